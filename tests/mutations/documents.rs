//! Mistakes between documents: names that lead nowhere, names used twice, a second Project, a lost separator.

use super::example::Example;
use super::keys::{extent, typos};
use super::mistake::{Mistake, line_at, line_of};
use genkai::spec::Kind;

pub fn mistakes(example: &Example, seed: &str) -> Vec<Mistake> {
    [references(example, seed), duplicate_names(example), second_project(example), lost_separators(example)]
        .concat()
}

fn references(example: &Example, seed: &str) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let references = example.references();
    for (definition, uses) in references.iter().filter(|(_, uses)| !uses.is_empty()) {
        let text = example.text(definition.file);
        let (removed, renamed) = ("a name removed that is used", "a name misspelt where it is defined");
        let outside: Vec<_> = uses
            .iter()
            .copied()
            .filter(|site| site.document != definition.document || !site.path.starts_with(&definition.path))
            .collect();
        // The last of its siblings leaves an empty mapping behind, which is another mistake.
        if definition.key.is_some() && example.siblings(definition).count() > 1 {
            // Uses below it in the same file move up with the rest of the text, by as many lines as go.
            let part = extent(text, definition);
            let gone = text[part.clone()].matches('\n').count();
            let mut mistake =
                Mistake::at(example, removed, definition, part.clone(), "").on_uses(example, &outside);
            let moved = |(file, line): (_, usize)| match file == definition.file
                && line > line_of(text, part.start)
            {
                true => (file, line - gone),
                false => (file, line),
            };
            mistake.lines = mistake.lines.into_iter().map(moved).collect();
            mistakes.push(mistake);
        }
        for (_, typo) in typos(&definition.name(), &[seed]) {
            let known = references.iter().any(|(other, _)| other.name() == typo);
            if !known {
                let part = definition.name_bytes();
                mistakes
                    .push(Mistake::at(example, renamed, definition, part, &typo).on_uses(example, &outside));
            }
        }
    }
    for site in example.sites.iter().filter(|site| site.uses().is_some()) {
        for (_, typo) in typos(&site.name(), &[seed, &site.path.join("/")]) {
            if !references.iter().any(|(definition, _)| definition.name() == typo) {
                let part = site.name_bytes();
                mistakes.push(Mistake::at(example, "a name misspelt where it is used", site, part, &typo));
            }
        }
    }
    mistakes
}

/// A document takes the name of another one of its kind. Of two, the later one is named.
fn duplicate_names(example: &Example) -> Vec<Mistake> {
    let names: Vec<_> = example.sites.iter().filter(|site| site.path == ["metadata", "name"]).collect();
    let mut mistakes = Vec::new();
    for site in &names {
        let others = names.iter().filter(|other| other.kind == site.kind && other.document != site.document);
        for other in others {
            let later = if other.document > site.document { other } else { site };
            let part = site.value.clone();
            let mistake = Mistake::at(example, "a name that another document has", site, part, &other.name());
            mistakes.push(mistake.on_uses(example, &[later]));
        }
    }
    mistakes
}

/// The Project once more, in each file. Of two, the later one is named, at its `kind`.
fn second_project(example: &Example) -> Vec<Mistake> {
    let project =
        example.sites.iter().find(|site| site.kind == Kind::Project && site.path.is_empty()).unwrap();
    let kind = example.sites.iter().find(|site| site.kind == Kind::Project && site.path == ["kind"]).unwrap();
    let copy = format!("---\n{}\n", &example.text(project.file)[project.value.clone()]);
    let above = copy[..copy.find("kind:").unwrap()].matches('\n').count();
    let mut mistakes = Vec::new();
    for (file, source) in example.sources.iter() {
        let end = source.text.len();
        let line = line_of(&source.text, end) + above;
        let mistake = Mistake::replace(example, "a second Project", file, end..end, &copy);
        mistakes.push(match file <= kind.file {
            true => mistake.on_uses(example, &[kind]),
            false => mistake.on_lines([line]),
        });
        if file == kind.file {
            mistakes.last_mut().unwrap().lines = [(file, line)].into();
        }
    }
    mistakes
}

/// Two documents without `---` between them. The line is the first of the second document.
fn lost_separators(example: &Example) -> Vec<Mistake> {
    let starts = example.sites.iter().filter(|site| site.path.is_empty());
    starts
        .filter_map(|site| {
            let text = example.text(site.file);
            let separator = text[..site.value.start].rfind("\n---\n")? + 1;
            // Only the one directly above.
            if text[separator + 4..site.value.start].lines().any(|line| !line.starts_with('#')) {
                return None;
            }
            let line = line_of(text, site.value.start) - 1;
            let part = separator..line_at(text, separator).end + 1;
            Some(Mistake::at(example, "a lost `---`", site, part, "").on_lines([line]))
        })
        .collect()
}
