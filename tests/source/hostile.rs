//! Inputs made to exhaust the reader end in a finding, soon and in bounded memory.

use super::{assert_places, reading};
use genkai::diagnostics::Code;
use genkai::source::reader::{Limits, read};
use genkai::source::{FileId, Node, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The codes of a text's findings. Quadratic work would take minutes; the bound leaves room for a busy machine.
fn codes(text: &str) -> Vec<Code> {
    let begun = Instant::now();
    let reading = reading(text);
    assert!(begun.elapsed() < Duration::from_secs(60), "took {:?}", begun.elapsed());
    assert_places(text, &reading);
    reading.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn deep_nesting_is_refused_at_once() {
    for deep in ["[", "{a: ", "- ", "? ", "{? ", "[{a: ", "- - ? "] {
        let codes = codes(&deep.repeat(100_000));
        // `?` before a mapping is a key that is no text, too.
        let found = codes.iter().filter(|code| **code != Code::KeyNotText).collect::<Vec<_>>();
        assert!(found == [&Code::TooDeep] && codes.len() <= 2, "{deep:?}: {codes:?}");
    }
    assert_eq!(codes(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))), [Code::TooDeep]);
    let lines: String = (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(codes(&lines), [Code::TooDeep]);
}

#[test]
fn nesting_to_the_limit_is_read() {
    let nested = |depth: usize| format!("a: {}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert_eq!(codes(&nested(128)), []);
    assert_eq!(codes(&nested(129)), [Code::TooDeep]);
}

/// Each anchor alone is shallow, but each holds the one before.
#[test]
fn depth_counts_through_aliases() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for n in 1..10_000 {
        text += &format!("a{n}: &a{n} [*a{}]\n", n - 1);
    }
    assert_eq!(codes(&text), [Code::TooDeep]);
}

#[test]
fn alias_bombs_are_refused() {
    let mut lists = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "a0: &a0 {k: x}\n".to_owned();
    for n in 1..30 {
        let aliases = vec![format!("*a{}", n - 1); 10].join(", ");
        lists += &format!("a{n}: &a{n} [{aliases}]\n");
        merges += &format!("a{n}: &a{n} {{<<: [{aliases}], k{n}: 1}}\n");
    }
    assert_eq!(codes(&lists), [Code::TooMuch]);
    assert_eq!(codes(&merges), [Code::TooMuch]);
}

#[test]
fn a_long_text_under_many_aliases_is_refused() {
    let text = format!("a: &a \"{}\"\nb:\n{}", "x".repeat(100_000), "- *a\n".repeat(20_000));
    assert_eq!(codes(&text), [Code::TooMuch]);
    let keys = format!("a: &a {{? \"{}\" : 1}}\nb:\n{}", "x".repeat(100_000), "- {<<: *a}\n".repeat(20_000));
    assert_eq!(codes(&keys), [Code::TooMuch]);
}

#[test]
fn aliases_share_their_content() {
    let reading = reading("a: &a [1, 2]\nb: *a\n");
    let (a, b): (&Node, &Node) =
        (reading.documents[0].root.get("a").unwrap(), reading.documents[0].root.get("b").unwrap());
    assert!(Arc::ptr_eq(&a.value, &b.value));
    assert_eq!(b.origin.anchor, Some(a.span()));
    assert_eq!((a.span().start, a.span().end, b.span().start, b.span().end), (6, 12, 16, 18));
}

#[test]
fn large_inputs_cost_little() {
    assert_eq!(codes(&"a: 1\n".repeat(10_000_000)), [Code::TooLarge]);
    assert_eq!(codes(&"- 1\n".repeat(400_000)), [Code::TooMuch]);
    assert_eq!(codes(&format!("a: {}\n", "[1,".repeat(1_000_000))), [Code::TooDeep]);
    let limits = Limits { bytes: u64::MAX, ..Limits::default() };
    let stream = "---\nname: sales\nspec: {dag: x, text: 日本語}\n".repeat(20_000);
    let reading = read(FileId(0), &stream, &limits);
    assert_eq!((reading.documents.len(), reading.findings.len()), (20_000, 0));
}

#[test]
fn many_keys_in_one_mapping_are_not_quadratic() {
    let text: String = (0..90_000).map(|n| format!("k{n}: 1\n")).collect();
    assert_eq!(codes(&text), []);
}

#[test]
fn findings_have_an_end() {
    let broken = codes(&"---\na: b: c\n".repeat(100_000));
    assert_eq!((broken.len(), broken.last()), (1001, Some(&Code::TooMuch)));
    let doubled = codes(&format!("a: 1\n{}", "a: 1\n".repeat(50_000)));
    assert_eq!((doubled.len(), doubled.last()), (1001, Some(&Code::TooMuch)));
}

#[test]
fn long_comments_are_no_error() {
    let text = format!("a: 1\n{}b:\n{}- 1\n", "# why\n".repeat(5000), "  # how\n".repeat(5000));
    let reading = reading(&text);
    assert_eq!((reading.comments.len(), reading.findings.len(), reading.documents.len()), (10_000, 0, 1));
}

#[test]
fn one_hundred_thousand_directives() {
    let text = format!("{}--- a\n", "%TAG !a! tag:x\n".repeat(100_000));
    assert!(codes(&text).len() <= 1);
}

/// A tree at the depth limit can be dropped, cloned and written out on a small stack.
#[test]
fn the_deepest_tree_fits_a_small_stack() {
    let text = format!("{}{}", "[".repeat(128), "]".repeat(128));
    let reader = move || {
        let reading = reading(&text);
        let root = reading.documents[0].root.clone();
        assert!(matches!(*root.value, Value::Sequence(_)));
        drop(root.to_json());
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(reader).unwrap().join().unwrap();
}
