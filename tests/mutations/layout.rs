//! Mistakes in the layout: indentation, tabs, colons, quotes, brackets, letters that only look right, stray lines.

use super::example::{Example, Site, keys};
use super::mistake::{Mistake, line_at, line_of};
use genkai::source::{FileId, Value};
use std::ops::Range;

pub fn mistakes(example: &Example) -> Vec<Mistake> {
    let lines = lines(example);
    [
        indented(example, &lines),
        pushed(example, &lines),
        colons(example),
        quotes_and_brackets(example),
        look_alikes(example),
        strays(example, &lines),
    ]
    .concat()
}

/// A line that starts with a key.
struct Line<'a> {
    site: &'a Site,
    file: FileId,
    /// Without its line break.
    bytes: Range<usize>,
    indentation: usize,
}

fn lines(example: &Example) -> Vec<Line<'_>> {
    let starting = example.keys().filter_map(|(site, key)| {
        let text = example.text(site.file);
        let bytes = line_at(text, key.start);
        let starts = text[bytes.start..key.start].trim().is_empty();
        starts.then(|| Line { site, file: site.file, indentation: key.start - bytes.start, bytes })
    });
    starting.collect()
}

/// One line, and nothing below it, indented by one or two more or less.
///
/// It no longer fits the line above or the one below; where it moved two levels away from what it holds, either side of
/// the gap may be the wrong one, so that the line below is as right for an error.
fn indented(example: &Example, lines: &[Line<'_>]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for line in lines {
        let part = line.bytes.start..line.bytes.start + line.indentation;
        for by in [-2isize, -1, 1, 2] {
            let Some(to) = line.indentation.checked_add_signed(by) else { continue };
            if is_as_good_there(example, lines, line, to) {
                continue;
            }
            let sort = if by < 0 { "a line indented less" } else { "a line indented more" };
            let number = line_of(example.text(line.file), line.bytes.start);
            let mistake = Mistake::replace(example, sort, line.file, part.clone(), &" ".repeat(to));
            mistakes.push(mistake.on_lines([number, number + 1]));
        }
        if line.indentation > 0 {
            let tabs = "\t".repeat(line.indentation / 2);
            mistakes.push(Mistake::replace(example, "a tab for indentation", line.file, part, &tabs));
        }
    }
    mistakes
}

/// Whether a line means the same, or something else that is legal, at another indentation.
fn is_as_good_there(example: &Example, lines: &[Line<'_>], line: &Line<'_>, to: usize) -> bool {
    let site = line.site;
    let depth = |path: &[String]| {
        let of = |other: &&Line<'_>| other.site.document == site.document && other.site.path == path;
        lines.iter().find(of).map(|line| line.indentation)
    };
    let holder = &site.path[..site.path.len() - 1];
    // The only line of a mapping can stand anywhere between the mapping's key and what the line itself holds.
    let below = lines.iter().filter(|other| {
        other.site.document == site.document
            && other.site.path.starts_with(&site.path)
            && other.site.path != site.path
    });
    let below = below.map(|line| line.indentation).min().unwrap_or(usize::MAX);
    let inside = depth(holder).is_none_or(|depth| depth < to) && to < below && !holder.is_empty();
    if example.siblings(site).count() == 1 && inside {
        return true;
    }
    // Among the keys around its mapping, it may be one that the language has there too.
    let around = example.sites.iter().find(|other| other.document == site.document && other.path == holder);
    let known = around.and_then(|around| around.keys_here().map(|keys| keys.contains(site.step())));
    depth(holder) == Some(to) && known == Some(true)
}

/// An entry with all its lines moves a level up or down: out of its mapping, or into the entry above.
fn pushed(example: &Example, lines: &[Line<'_>]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for line in lines {
        let (site, text) = (line.site, example.text(line.file));
        let end = line_at(text, site.value.end).end;
        let part = line.bytes.start..end;
        let block = &text[part.clone()];
        let shifted = |shift: fn(&str) -> String| block.lines().map(shift).collect::<Vec<_>>().join("\n");
        let mut add = |sort, with: String| {
            mistakes.push(Mistake::replace(example, sort, line.file, part.clone(), &with));
        };
        // Where authors choose the keys, one more is none too many.
        let knows_not = |site: &Site| keys(&site.rule).is_some_and(|keys| !keys.contains(line.site.step()));
        let last = !text[end..].starts_with(&format!("\n{}", " ".repeat(line.indentation)));
        let around = site.path.len().checked_sub(2).and_then(|depth| {
            let above = &site.path[..depth];
            example.sites.iter().find(|other| other.document == site.document && other.path == above)
        });
        if last && around.is_some_and(knows_not) {
            add("an entry a level up", shifted(|line| line.strip_prefix("  ").unwrap_or(line).to_owned()));
        }
        let above = example.siblings(site).filter(|other| other.value.end < line.bytes.start).last();
        let scalar = |site: &Site| site.scalar().is_some();
        if above.is_some_and(|above| knows_not(above) || scalar(above)) {
            add("an entry a level down", shifted(|line| format!("  {line}")));
        }
    }
    mistakes
}

fn colons(example: &Example) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (site, key) in example.keys() {
        let text = example.text(site.file);
        let spaced = text[key.end..].starts_with(": ");
        let mut add = |sort, part: Range<usize>, with| {
            mistakes.push(Mistake::at(example, sort, site, part, with));
        };
        add("a missing colon", key.end..key.end + 1, "");
        add("a full-width colon", key.end..key.end + 1, "：");
        add("an equals sign for a colon", key.end..key.end + 1, " =");
        if spaced {
            add("no space after a colon", key.end..key.end + 2, ":");
            add("a no-break space after a colon", key.end..key.end + 2, ":\u{a0}");
            add("a full-width space after a colon", key.end..key.end + 2, ":\u{3000}");
        }
    }
    mistakes
}

fn quotes_and_brackets(example: &Example) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for site in example.sites.iter().filter(|site| !site.path.is_empty()) {
        let text = example.text(site.file);
        let written = &text[site.value.clone()];
        let (start, end) = (site.value.start, site.value.end);
        let mut add = |sort, part: Range<usize>, with| {
            mistakes.push(Mistake::at(example, sort, site, part, with));
        };
        match written.as_bytes() {
            [b'"', .., b'"'] => {
                add("a quote that is not closed", end - 1..end, "");
                // Nearly any text may hold a quote.
                if is_strict(site) {
                    add("a quote that is not opened", start..start + 1, "");
                }
            }
            [b'{', .., b'}'] => {
                add("a brace that is not closed", end - 1..end, "");
                add("a brace that is not opened", start..start + 1, "");
                add("a bracket that closes a brace", end - 1..end, "]");
                add("a brace too many", end..end, "}");
            }
            [b'[', .., b']'] => {
                add("a bracket that is not closed", end - 1..end, "");
                add("a bracket that is not opened", start..start + 1, "");
                add("a bracket too many", end..end, "]");
            }
            _ => {}
        }
        if text[end..].starts_with(", ") {
            add("a missing comma", end..end + 1, "");
            add("a semicolon for a comma", end..end + 1, ";");
            add("a full-width comma", end..end + 1, "，");
        }
    }
    mistakes
}

/// Whether a value is one of a strict form, so that any other character in it is wrong.
fn is_strict(site: &Site) -> bool {
    let pattern = site.rule.get("pattern").and_then(|pattern| pattern.as_str());
    // A title may hold nearly anything, and so may a link and an address.
    let strict = pattern.is_some_and(|pattern| !pattern.starts_with("^[^") && !pattern.starts_with("^http"));
    (strict || site.rule.get("enum").is_some() || site.step() == "cron" || site.step() == "timezone")
        && matches!(*site.node.value, Value::String(_))
}

fn look_alikes(example: &Example) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for site in example.sites.iter().filter(|site| !site.path.is_empty()) {
        let text = example.text(site.file);
        let written = &text[site.value.clone()];
        let mut add = |sort, with: String| {
            mistakes.push(Mistake::at(example, sort, site, site.value.clone(), &with));
        };
        if is_strict(site) {
            let plain = written.trim_matches('"');
            add("smart quotes", format!("“{plain}”"));
            // Between the fields of a cron expression, and behind them, Airflow takes any space.
            if site.step() != "cron" {
                add("a no-break space at the end", format!("\"{plain}\u{a0}\""));
            }
            add("an invisible letter", format!("{plain}\u{200b}"));
            let full_width = |letter: char| match letter.is_ascii_digit() {
                true => char::from_u32(u32::from(letter) - u32::from('0') + u32::from('０')).unwrap(),
                false => letter,
            };
            let wide: String = written.chars().map(full_width).collect();
            if wide != written {
                add("full-width digits", wide);
            }
        }
        if let Some(key) = site.key.clone()
            && site.keys_here().is_some()
        {
            let name = site.step();
            if name.contains('a') {
                let cyrillic = name.replacen('a', "а", 1);
                mistakes.push(Mistake::at(
                    example,
                    "a Cyrillic letter in a key",
                    site,
                    key.clone(),
                    &cyrillic,
                ));
            }
            let line = line_at(text, key.start);
            if key.start - line.start >= 2 && text[line.start..key.start].trim().is_empty() {
                let part = key.start - 2..key.start;
                mistakes.push(Mistake::at(
                    example,
                    "no-break spaces for indentation",
                    site,
                    part.clone(),
                    "\u{a0}\u{a0}",
                ));
                mistakes.push(Mistake::at(
                    example,
                    "a full-width space for indentation",
                    site,
                    part,
                    "\u{3000}",
                ));
            }
        }
    }
    mistakes
}

fn strays(example: &Example, lines: &[Line<'_>]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for line in lines {
        let text = example.text(line.file);
        let Range { start, end } = line.bytes;
        let content = &text[line.bytes.clone()];
        let number = line_of(text, start);
        let mut add = |sort, part: Range<usize>, with: &str, on: usize| {
            mistakes.push(Mistake::replace(example, sort, line.file, part, with).on_lines([on]));
        };
        let key = start + line.indentation;
        add("a dash before a key", key..key, "- ", number);
        add(
            "a word on a line of its own",
            start..start,
            &format!("{}todo\n", " ".repeat(line.indentation)),
            number,
        );
        add("a stray bracket on a line of its own", start..start, "}\n", number);
        let conflict = format!("<<<<<<< HEAD\n{content}\n=======\n{content}\n>>>>>>> main");
        add("a merge conflict", start..end, &conflict, number);
        if is_strict(line.site) {
            add("a comma at the end of a line", end..end, ",", number);
            add("a semicolon at the end of a line", end..end, ";", number);
            add("a letter too many at the end of a line", end..end, "'", number);
        }
        if content.ends_with('}') || content.ends_with(']') {
            add("a word after a bracket", end..end, " x", number);
            add("a comma after a bracket", end..end, ",", number);
        }
    }
    mistakes
}
