//! `serde_yaml` is the oracle: every accepted document means the same to it.

use super::yaml::{document, samples};
use super::{assert_places, reading};
use genkai::diagnostics::has_errors;
use genkai::source::{Node, Value};
use proptest::prelude::*;
use serde::Deserialize;

/// What `serde_yaml` reads, merge keys applied from the inside out, as YAML defines them.
fn oracle(text: &str) -> Result<Vec<serde_json::Value>, String> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| {
            let mut value = serde_yaml::Value::deserialize(document).map_err(|error| error.to_string())?;
            merge(&mut value);
            serde_json::to_value(value).map_err(|error| error.to_string())
        })
        .collect()
}

fn merge(value: &mut serde_yaml::Value) {
    match value {
        serde_yaml::Value::Mapping(mapping) => mapping.values_mut().for_each(merge),
        serde_yaml::Value::Sequence(items) => items.iter_mut().for_each(merge),
        _ => {}
    }
    value.apply_merge().unwrap();
}

fn ours(text: &str) -> Vec<serde_json::Value> {
    let reading = reading(text);
    assert!(!has_errors(&reading.findings), "{:?}\n{text}", reading.findings);
    assert_places(text, &reading);
    for document in &reading.documents {
        assert_keys(text, &document.root);
    }
    reading.documents.iter().map(|document| document.root.to_json()).collect()
}

/// A key's place holds the key, as it is or in quotes.
fn assert_keys(text: &str, node: &Node) {
    match &*node.value {
        Value::Sequence(items) => items.iter().for_each(|item| assert_keys(text, item)),
        Value::Mapping(mapping) => {
            for entry in &mapping.entries {
                let written = &text[entry.key_span.start as usize..entry.key_span.end as usize];
                match written.starts_with(['\'', '"', '*']) {
                    true => assert!(written.len() > 1, "{written}"),
                    false => assert_eq!(written, entry.key),
                }
                assert_keys(text, &entry.value);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn every_style_means_what_serde_yaml_reads(
        documents in proptest::collection::vec(samples(), 1..3), crlf in any::<bool>(), seed in any::<u64>()
    ) {
        let text: Vec<String> = documents.iter().map(|sample| document(sample, seed)).collect();
        let text = format!("# first\n---\n{}", text.join("---\n"));
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        let theirs = oracle(&text).unwrap_or_else(|error| panic!("the generator wrote bad YAML: {error}\n{text}"));
        prop_assert_eq!(ours(&text), theirs, "{}", text);
    }

    #[test]
    fn every_plain_scalar_means_what_serde_yaml_reads(text in "[-+.0-9xobaefE_:nul~tru]{1,6}") {
        // A colon at the end makes a key.
        prop_assume!(!text.ends_with(':'));
        let document = format!("- {text}\n");
        let reading = reading(&document);
        let theirs = oracle(&document);
        if let (false, Ok(theirs)) = (has_errors(&reading.findings), theirs) {
            let ours: Vec<_> = reading.documents.iter().map(|document| document.root.to_json()).collect();
            prop_assert_eq!(ours, theirs, "{}", document);
        }
    }
}

/// The oracle test can fail: merging in the wrong order would be seen.
#[test]
fn a_wrong_merge_order_would_be_caught() {
    let right = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*a, *b], y: 3}\n";
    let wrong = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*b, *a], y: 3}\n";
    assert_eq!(ours(right), oracle(right).unwrap());
    assert_eq!(ours(wrong), oracle(wrong).unwrap());
    assert_ne!(ours(wrong), oracle(right).unwrap());
    assert_eq!(ours(right)[0]["c"], serde_json::json!({"x": 1, "y": 3, "z": 2}));
}

#[test]
fn any_value_can_be_a_root() {
    for text in [
        "[1, {a: b}, c: d]",
        "- a\n- - b\n  - c\n",
        "text\n",
        "'17'",
        "17",
        "|\n a\n  b\n",
        "{}",
        "--- >-\n a\n b\n\n c\n",
    ] {
        assert_eq!(ours(text), oracle(text).unwrap(), "{text}");
    }
}

#[test]
fn anchors_and_aliases_can_be_keys() {
    let text = "&k name: &v 1\n? *v\n: &w two\n*w : *k\n'&q': *v\n";
    assert_eq!(ours(text), oracle(text).unwrap());
    let text = "{&k 1: a, b: *k}\n";
    assert_eq!(ours(text), oracle(text).unwrap());
}

/// A merged mapping that merges itself: its own parts come before those of the next in the list.
#[test]
fn nested_merges_keep_their_order() {
    let text = "p: &p {x: deep}\na: &a {<<: *p}\nb: &b {x: late}\nc: {<<: [*a, *b]}\n";
    assert_eq!(ours(text)[0]["c"]["x"], "deep");
    assert_eq!(ours(text), oracle(text).unwrap());
}

#[test]
fn merged_entries_keep_their_places() {
    let text = "a: &a {x: 1}\nb: {<<: *a, y: *a}\n";
    let reading = reading(text);
    let b = reading.documents[0].root.get("b").unwrap();
    let keys: Vec<&str> = b.as_mapping().unwrap().entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["y", "x"]);
    assert_eq!(b.entry("x").unwrap().key_span.start, 7);
    assert_eq!(b.get("y").unwrap().origin.anchor.unwrap().start, 6);
}

#[test]
fn empty_documents_are_none_and_nulls_are_some() {
    for empty in ["", "# only\n", "---\n", "---\n# c\n...\n", "---\n---\n", "\n\n"] {
        assert_eq!(ours(empty).len(), 0, "{empty:?}");
    }
    assert_eq!(ours("---\n~\n---\n---\nnull\n").len(), 2);
}

#[test]
fn documents_cover_their_comments() {
    let text = "# one\na: 1 # two\n---\n# three\nb: 2\n...\n# four\n---\nc: 3\n";
    let reading = reading(text);
    let of = |n: usize| {
        let span = reading.documents[n].span;
        let inside = reading
            .comments
            .iter()
            .filter(|comment| span.start <= comment.span.start && comment.span.end <= span.end);
        inside.map(|comment| comment.text.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((of(0), of(1), of(2)), (vec![" one", " two"], vec![" three"], vec![" four"]));
}
