//! From the texts of specs to findings in every format: nothing panics, and every place is one that a reader can find.
#![no_main]

use genkai::compile::compile;
use genkai::diagnostics::{Diagnostic, github, has_errors, json, sarif, text};
use genkai::source::reader::decode;
use genkai::source::{Sources, Span};
use genkai::templates::Templates;
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use serde_json::Value as Json;
use std::sync::LazyLock;

/// The line between two files of one input; `seed.sh` writes it too.
const SEPARATOR: &[u8] = b"\n%%%%\n";

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::new(Vec::new()).unwrap());

fuzz_target!(|input: &[u8]| {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    for (number, bytes) in files(input).into_iter().enumerate() {
        let path = format!("slo-specs/{number}.yaml");
        match decode(&path, bytes) {
            Ok(text) => drop(sources.add(path, text)),
            Err(finding) => findings.push(finding),
        }
    }
    let compilation = compile(&sources, findings, &TEMPLATES, date(2026, 1, 1));
    assert_eq!(has_errors(&compilation.findings), compilation.stacks.is_empty());
    assert!(compilation.findings.is_sorted_by_key(place), "findings out of order");
    compilation.findings.iter().for_each(|finding| assert_places(&sources, finding));
    text::render(&sources, &compilation.findings, false);
    text::render(&sources, &compilation.findings, true);
    github::render(&sources, &compilation.findings);
    let _: Json =
        serde_json::from_str(&sarif::render(&sources, &compilation.findings, &compilation.accepted)).unwrap();
    let document: Json =
        serde_json::from_str(&json::render(&sources, &compilation.findings, &compilation.accepted)).unwrap();
    for finding in document["findings"].as_array().unwrap() {
        if finding["primary"].is_object() {
            assert_positions(&sources, &finding["file"], &finding["primary"]);
        }
        for other in finding["secondary"].as_array().unwrap() {
            assert_positions(&sources, &other["file"], other);
        }
    }
});

fn files(input: &[u8]) -> Vec<&[u8]> {
    let mut files = Vec::new();
    let mut rest = input;
    while let Some(at) = rest.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
        files.push(&rest[..at]);
        rest = &rest[at + SEPARATOR.len()..];
    }
    files.push(rest);
    files
}

/// What findings are sorted by.
fn place(finding: &Diagnostic) -> (Option<Span>, Option<String>) {
    (finding.primary.as_ref().map(|label| label.span), finding.path.clone())
}

/// Every span can be cut out of its file, and somebody is told where to look.
fn assert_places(sources: &Sources, finding: &Diagnostic) {
    assert!(finding.primary.is_some() || finding.path.is_some(), "no place: {finding:?}");
    for label in finding.primary.iter().chain(&finding.secondary) {
        let text = &sources.get(label.span.file).unwrap().text;
        let bytes = label.span.start as usize..label.span.end as usize;
        assert!(text.get(bytes).is_some(), "{finding:?}");
    }
}

/// Lines and columns say the same as the bytes.
fn assert_positions(sources: &Sources, file: &Json, range: &Json) {
    let text = &sources.iter().find(|(_, source)| file == &source.path).unwrap().1.text;
    let number = |position: &Json, key: &str| usize::try_from(position[key].as_u64().unwrap()).unwrap();
    for position in [&range["start"], &range["end"]] {
        let before = &text[..number(position, "byte")];
        let line = before.rsplit('\n').next().unwrap();
        assert_eq!(number(position, "line"), before.split('\n').count());
        assert_eq!(number(position, "column"), line.chars().count() + 1);
        assert_eq!(number(position, "columnUtf16"), line.encode_utf16().count() + 1);
    }
    assert!(number(&range["start"], "byte") <= number(&range["end"], "byte"));
}
