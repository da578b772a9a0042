//! Mistakes in keys: misspelt, missing, twice, in the wrong place.

use super::example::{Example, Site, keys};
use super::mistake::{Mistake, hash, line_at, line_of};
use genkai::source::Value;
use genkai::spec::Kind;
use std::ops::Range;

pub fn mistakes(example: &Example, seed: &str) -> Vec<Mistake> {
    [
        misspelt(example, seed),
        other_case(example),
        removed(example),
        twice(example),
        astray(example),
        of_another_kind(example),
    ]
    .concat()
}

/// Letters dropped, doubled, swapped and replaced.
fn misspelt(example: &Example, seed: &str) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (site, key) in example.keys() {
        let Some(known) = site.keys_here() else { continue };
        for (sort, typo) in typos(site.step(), &[seed, &site.path.join("/")]) {
            if !known.contains(typo.as_str()) {
                mistakes.push(Mistake::at(example, sort, site, key.clone(), &typo));
            }
        }
    }
    mistakes
}

/// A word with one mistake of each sort, at a place that depends on the word and its surroundings.
pub fn typos(word: &str, around: &[&str]) -> Vec<(&'static str, String)> {
    let letters: Vec<char> = word.chars().collect();
    let at = hash(&[&[word], around].concat()) as usize % letters.len();
    let with = |range: Range<usize>, letter: &[char]| -> String {
        [&letters[..range.start], letter, &letters[range.end..]].concat().into_iter().collect()
    };
    let mut typos = vec![
        ("a doubled letter", with(at..at + 1, &[letters[at], letters[at]])),
        ("a wrong letter", with(at..at + 1, &[if letters[at] == 'x' { 'c' } else { 'x' }])),
    ];
    if letters.len() > 2 {
        typos.push(("a dropped letter", with(at..at + 1, &[])));
    }
    if at + 1 < letters.len() && letters[at] != letters[at + 1] {
        typos.push(("two letters swapped", with(at..at + 2, &[letters[at + 1], letters[at]])));
    }
    typos
}

fn other_case(example: &Example) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (site, key) in example.keys().filter(|(site, _)| site.keys_here().is_some()) {
        let separated = |separator: &str| -> String {
            let split = |letter: char| match letter.is_ascii_uppercase() {
                true => format!("{separator}{}", letter.to_ascii_lowercase()),
                false => letter.to_string(),
            };
            site.step().chars().map(split).collect()
        };
        let (first, rest) = site.step().split_at(1);
        let capital = format!("{}{rest}", first.to_uppercase());
        for other in [capital, separated("_"), separated("-"), separated("")] {
            if other != site.step() {
                mistakes.push(Mistake::at(example, "a key in another case", site, key.clone(), &other));
            }
        }
    }
    mistakes
}

/// Everything that an entry takes up, so that nothing else changes when it goes: its lines, or its part of a line and a comma.
pub fn extent(text: &str, site: &Site) -> Range<usize> {
    let whole = site.whole();
    let line = line_at(text, whole.start);
    if text[line.start..whole.start].trim().is_empty() {
        return line.start..(line_at(text, whole.end).end + 1).min(text.len());
    }
    match text[whole.end..].starts_with(", ") {
        true => whole.start..whole.end + 2,
        false => whole.start - if text[..whole.start].ends_with(", ") { 2 } else { 0 }..whole.end,
    }
}

/// A required key is gone. The line is that of the mapping that lacks it; a document's is its first.
fn removed(example: &Example) -> Vec<Mistake> {
    let required = example.keys().filter(|(site, _)| site.is_required() && !site.is_in_override());
    required
        .map(|(site, _)| {
            let text = example.text(site.file);
            let holder = &site.path[..site.path.len() - 1];
            let holder =
                example.sites.iter().find(|other| other.document == site.document && other.path == holder);
            let holder = holder.unwrap().whole().start;
            let part = extent(text, site);
            // A document that starts with the key starts with the next one now, at the same line.
            let line = line_of(text, holder);
            Mistake::at(example, "a required key removed", site, part, "").on_lines([line])
        })
        .collect()
}

fn twice(example: &Example) -> Vec<Mistake> {
    let written = example.keys();
    written
        .map(|(site, key)| {
            let text = example.text(site.file);
            let part = extent(text, site);
            let copy = match text[part.clone()].ends_with('\n') {
                true => text[part.clone()].to_owned(),
                false => format!("{}, ", &text[site.whole()]),
            };
            let (at, line) = match text[part.clone()].ends_with('\n') {
                // Below: the second one is the mistake.
                true => (part.end, line_of(text, part.end)),
                false => (key.start, line_of(text, key.start)),
            };
            Mistake::at(example, "a key twice", site, at..at, &copy).on_lines([line])
        })
        .collect()
}

/// A key that another kind has in its `spec`, and this one nowhere.
fn of_another_kind(example: &Example) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for spec in example.sites.iter().filter(|site| site.path == ["spec"]) {
        let others = Kind::ALL.into_iter().filter(|kind| *kind != spec.kind);
        for other in others {
            let schema = other.form().schema().pointer("/properties/spec").unwrap();
            let own = spec.kind.form().schema().to_string();
            for key in keys(schema).unwrap().into_iter().filter(|key| !own.contains(&format!("\"{key}\":"))) {
                let at = spec.value.start;
                let line = format!("{key}: x\n  ");
                mistakes.push(Mistake::at(example, "a key of another kind", spec, at..at, &line));
            }
        }
    }
    mistakes
}

/// A line stands in another mapping that does not know its key.
fn astray(example: &Example) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (site, _) in example.keys().filter(|(site, _)| site.path.len() > 1) {
        let text = example.text(site.file);
        let part = extent(text, site);
        let known = |rule| keys(rule).is_some_and(|keys| !keys.contains(site.step()));
        let (true, true) = (text[part.clone()].ends_with('\n'), matches!(*site.node.value, Value::String(_)))
        else {
            continue;
        };
        for target in example.sites.iter().filter(|target| {
            target.document == site.document && target.node.as_mapping().is_some() && known(&target.rule)
        }) {
            let line = line_at(text, target.value.start);
            // Only mappings that are written below each other, so that the line can stand before their first.
            if target.value.start != line.start + indentation(text, line.start)
                || text[line.clone()].trim_start().starts_with('{')
            {
                continue;
            }
            let moved = format!("{}{}\n", " ".repeat(target.value.start - line.start), &text[site.whole()]);
            let (before, after) = (&text[..line.start], &text[line.start..]);
            let inserted = match part.start < line.start {
                true => format!("{}{}{moved}{after}", &before[..part.start], &before[part.end..]),
                false => {
                    let shift = line.start;
                    let (start, end) = (part.start - shift, part.end - shift);
                    format!("{before}{moved}{}{}", &after[..start], &after[end..])
                }
            };
            let removed_before = usize::from(part.start < line.start);
            let line = line_of(text, line.start) - removed_before;
            let mistake = Mistake::at(example, "a key in another mapping", site, 0..0, "").on_lines([line]);
            mistakes.push(Mistake { text: inserted, ..mistake });
        }
    }
    mistakes
}

fn indentation(text: &str, line_start: usize) -> usize {
    text[line_start..].bytes().take_while(|byte| *byte == b' ').count()
}
