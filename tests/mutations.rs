//! Single mistakes in the worked example: each is found at its line, in words that say what to do, and alone.
//!
//! The mistakes are made by rules that know the language, not by trying: a rule that made a legal text would be a failure
//! here, never skipped. `GENKAI_MUTATIONS_SEED=…` tries other letters and places; `GENKAI_MUTATIONS_SHOW=…` prints the
//! mistakes of the sorts that contain a text, all of them if it is empty.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test may fail loudly and touch files"
)]

mod documents;
mod example;
mod keys;
mod layout;
mod mistake;
mod values;

use example::Example;
use genkai::compile::compile;
use genkai::diagnostics::{Diagnostic, Severity, json, text};
use genkai::source::Sources;
use genkai::templates::Templates;
use jiff::civil::date;
use mistake::{Mistake, hash, line_of};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How many mistakes of each sort are tried; sorts that a small example has fewer of give all they have. With 3000, it is
/// every mistake that the rules can make, which takes minutes.
const EACH: usize = 6;

/// How many mistakes of each sort are shown for reading.
const SHOWN: usize = 1;

/// The mistakes of each sort, the same on every run.
fn chosen(example: &Example) -> BTreeMap<&'static str, Vec<Mistake>> {
    let seed = std::env::var("GENKAI_MUTATIONS_SEED").unwrap_or_else(|_| "genkai".to_owned());
    let all = [
        keys::mistakes(example, &seed),
        values::mistakes(example, &seed),
        documents::mistakes(example, &seed),
        layout::mistakes(example),
    ]
    .concat();
    let mut sorts: BTreeMap<&'static str, Vec<Mistake>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for mistake in all {
        if seen.insert((mistake.file, mistake.text.clone())) {
            sorts.entry(mistake.sort).or_default().push(mistake);
        }
    }
    for mistakes in sorts.values_mut() {
        // By what is changed, not by where it stands: a spec more leaves most of the choice as it is.
        mistakes.sort_by_cached_key(|mistake| hash(&[&seed, &mistake.changed(example)]));
        mistakes.truncate(EACH);
    }
    sorts
}

/// The example with a mistake, and what is found.
fn compiled(example: &Example, mistake: &Mistake) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    for (file, source) in example.sources.iter() {
        let changed = file == mistake.file;
        sources.add(
            source.path.clone(),
            if changed { mistake.text.as_str().into() } else { source.text.clone() },
        );
    }
    let compilation = compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), date(2026, 1, 1));
    json::render(&sources, &compilation.findings, &compilation.accepted);
    (sources, compilation.findings)
}

/// What is wrong with the findings of a mistake.
fn complaint(sources: &Sources, findings: &[Diagnostic], mistake: &Mistake) -> Option<String> {
    let errors = || findings.iter().filter(|finding| finding.severity == Severity::Error);
    let line = |finding: &Diagnostic| {
        let span = finding.primary.as_ref()?.span;
        Some((span.file, line_of(&sources.get(span.file)?.text, span.start as usize)))
    };
    let named = errors().filter_map(line).any(|line| mistake.is_right_at(&line));
    let helpless =
        findings.iter().find(|finding| finding.help.as_ref().is_none_or(|help| help.trim().is_empty()));
    match () {
        () if errors().next().is_none() => Some("nothing is found".to_owned()),
        () if !named => Some("no error names the line".to_owned()),
        () if errors().count() > mistake.most => Some(format!("{} errors", errors().count())),
        () => helpless.map(|finding| format!("no help: {}", finding.message)),
    }
}

impl Mistake {
    /// The lines that the mistake changes, before and after, with two lines around them.
    fn changed(&self, example: &Example) -> String {
        let (before, after) = (example.text(self.file), self.text.as_str());
        let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        let same = |a: &mut dyn Iterator<Item = (&&str, &&str)>| a.take_while(|(a, b)| a == b).count();
        let start = same(&mut before.iter().zip(&after));
        let shortest = before.len().min(after.len()) - start;
        let end = same(&mut before.iter().rev().zip(after.iter().rev())).min(shortest);
        let mut shown = format!("{}\n", example.sources.path(self.file));
        let part = |lines: &[&str], sign: char| -> String {
            let cut = |line: &&str| format!("{sign} {}\n", line.replace('\t', "→").replace('\u{a0}', "⍽"));
            match lines.len() > 8 {
                true => format!("{}{sign} … {} lines\n", cut(&lines[0]), lines.len()),
                false => lines.iter().map(cut).collect(),
            }
        };
        shown += &part(&before[start.saturating_sub(1)..start], ' ');
        shown += &part(&before[start..before.len() - end], '-');
        shown += &part(&after[start..after.len() - end], '+');
        shown
    }
}

#[test]
fn every_single_mistake_is_found_at_its_line() {
    let example = Example::load();
    let mut complaints = String::new();
    let (mut count, mut failed) = (0, 0);
    let mut files = BTreeSet::new();
    let show = std::env::var("GENKAI_MUTATIONS_SHOW").ok();
    for mistake in chosen(&example).into_values().flatten() {
        let (sources, findings) = compiled(&example, &mistake);
        count += 1;
        files.insert(mistake.file);
        let complaint = complaint(&sources, &findings, &mistake);
        let shown = || format!("{}{}", mistake.changed(&example), text::render(&sources, &findings, false));
        if show.as_ref().is_some_and(|part| mistake.sort.contains(part.as_str())) {
            println!("━━━ {} {}\n{}", mistake.sort, if complaint.is_some() { "(!)" } else { "" }, shown());
        }
        if let Some(complaint) = complaint {
            failed += 1;
            writeln!(complaints, "━━━ {}: {complaint}\n{}", mistake.sort, shown()).unwrap();
        }
    }
    assert!(count >= 300, "only {count} mistakes");
    assert_eq!(files.len(), example.sources.iter().count(), "a file without mistakes");
    assert!(complaints.is_empty(), "{failed} of {count} mistakes\n{complaints}");
}

#[test]
fn a_sample_reads_well() {
    let example = Example::load();
    let mut sample = String::new();
    for (sort, mistakes) in chosen(&example) {
        for mistake in mistakes.iter().take(SHOWN) {
            let (sources, findings) = compiled(&example, mistake);
            let rendered = text::render(&sources, &findings, false);
            writeln!(sample, "━━━ {sort}\n{}\n{rendered}", mistake.changed(&example)).unwrap();
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("sample", sample));
}
