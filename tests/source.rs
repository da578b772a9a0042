//! Reading: what is understood, what is refused and in which words, and what hostile input costs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test may fail loudly and touch files"
)]

mod disk;
mod hostile;
mod mistakes;
mod oracle;
mod versions;
mod yaml;

use genkai::diagnostics::{Diagnostic, text};
use genkai::source::reader::{Limits, Reading, decode, read};
use genkai::source::{FileId, Node, Sources, Span, Value};

/// Reads a text with the default limits.
fn reading(text: &str) -> Reading {
    read(FileId(0), text, &Limits::default())
}

/// The text rendering of findings about one file.
fn rendered(source: &str, findings: &[Diagnostic]) -> String {
    let mut sources = Sources::default();
    sources.add("slo-specs/case.yaml", source);
    text::render(&sources, findings, false)
}

/// Every place of a tree.
fn spans(node: &Node, out: &mut Vec<Span>) {
    out.push(node.origin.span);
    out.extend(node.origin.anchor);
    match &*node.value {
        Value::Sequence(items) => items.iter().for_each(|item| spans(item, out)),
        Value::Mapping(mapping) => {
            for entry in &mapping.entries {
                out.push(entry.key_span);
                spans(&entry.value, out);
            }
        }
        _ => {}
    }
}

/// Every place that a reading names can be cut out of the text.
fn assert_places(text: &str, reading: &Reading) {
    let mut all: Vec<Span> = reading.comments.iter().map(|comment| comment.span).collect();
    for document in &reading.documents {
        all.push(document.span);
        spans(&document.root, &mut all);
    }
    for finding in &reading.findings {
        all.extend(finding.primary.iter().chain(&finding.secondary).map(|label| label.span));
    }
    for span in all {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} in {text:?}");
    }
}

mod anything {
    use super::*;
    use proptest::prelude::*;

    fn survives(bytes: &[u8]) {
        match decode("slo-specs/any.yaml", bytes) {
            Ok(text) => {
                let reading = reading(&text);
                assert_places(&text, &reading);
                for color in [false, true] {
                    let mut sources = Sources::default();
                    sources.add("slo-specs/any.yaml", text.as_str());
                    text::render(&sources, &reading.findings, color);
                }
            }
            Err(finding) => {
                text::render(&Sources::default(), &[finding], false);
            }
        }
    }

    /// Inputs that these properties found once.
    #[test]
    fn old_findings_stay_away() {
        survives("*-\t\"\u{feff}\\".as_bytes());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            survives(&bytes);
        }

        #[test]
        fn any_punctuation_is_survived(text in "[-?:,\\[\\]{}#&*!|>'\"%@` \n\t\ra日🦀~<0\\\\.\u{0}\u{feff}\u{85}]{0,80}") {
            survives(text.as_bytes());
        }

        #[test]
        fn any_lines_are_survived(lines in proptest::collection::vec(
            "( {0,4}(- |[ab]: |\\? |: |<<: |&a |\\*a |\\[|\\{|\"|'|---|\\.\\.\\.|\\||>|!t |# |\t|x|,|\\]|\\}){1,4}\n)", 0..12)) {
            survives(lines.concat().as_bytes());
        }

        #[test]
        fn any_place_is_rendered(text in "[ab日🦀\t\r\n]{0,40}", start in 0u32..90, end in 0u32..90, also in 0u32..90) {
            let mut sources = Sources::default();
            let file = sources.add("a.yaml", text);
            let span = |start, end| Span { file, start, end };
            let finding = Diagnostic::error(genkai::diagnostics::Code::Syntax, "any")
                .at(span(start, end), "one").also(span(also, also), "two").also(Span { file: FileId(7), start, end }, "lost");
            text::render(&sources, &[finding], false);
        }
    }
}
