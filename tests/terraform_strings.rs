//! Terraform gives back every text that we write, wherever it stands and whatever it holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing test may panic"
)]
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "tests run terraform on files")]

use genkai::terraform::hcl::{self, Expression, Part};
use genkai::terraform::{Block, File, print};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

/// The text on which hcl-rs's own escaping leaves the second part live.
const KNOWN_HOLE: &str = "${a} 100%${terraform.workspace}";

/// What breaks careless writers, to be strung together.
const PIECES: &[&str] = &[
    "${",
    "%{",
    "$${",
    "%%{",
    "$",
    "%",
    "$$",
    "{",
    "}",
    "~}",
    "\"",
    "\\",
    "\\u0024",
    "\\n",
    "'",
    "`",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "EOT",
    "\nEOT\n",
    "<<EOT",
    "<<-EOT\n",
    "#",
    "//",
    "/*",
    "*/",
    "=",
    ",",
    "a",
    "two words",
    "${terraform.workspace}",
    "%{ if true }x%{ endif }",
    "\u{0}",
    "\u{1}",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "e\u{301}",
    "\u{301}x",
    "\u{fe0f}x",
    "\u{1f3fd}x",
    "  \u{ff9e}x",
    "\u{301}",
    "\u{200d}",
    "\u{ff9e}",
    "\u{1f3fd}",
    "\u{fe0f}",
    "\u{93e}",
    "é",
    "日本語",
    "か\u{3099}",
    "\u{3000}",
    "\u{200b}",
    "👨\u{200d}👩\u{200d}👧",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{fffe}",
    "\u{e0041}\u{e007f}",
    "\u{10ffff}",
];

/// The lines of prose, most of which fit a heredoc.
const LINES: &[&str] = &[
    "",
    "",
    "The pipeline is late.",
    "  An indented line",
    "\tA tab",
    "Ask ${team} or %{ someone }",
    "100% of $5",
    "${start}",
    "\u{3000}全角の段落",
    "日本語の説明。",
    "ends in a space ",
    "\"quoted\" and \\n",
    "# no comment",
    "not EOT yet",
    "e\u{301}",
    "\u{301}x",
    "\u{fe0f}x",
    "\u{1f3fd}x",
    "  \u{ff9e}x",
    " ",
    "EOT",
    "$${a}",
];

/// Always the same values of a strategy.
fn sample<T: std::fmt::Debug>(count: usize, seed: u8, strategy: impl Strategy<Value = T>) -> Vec<T> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// The known hole, every text of up to six of the characters that markers are made of, and 1,000 random ones.
fn hostile() -> Vec<String> {
    let mut short = vec![String::new()];
    for length in 0..6 {
        let longest: Vec<String> = short.iter().filter(|text| text.len() == length).cloned().collect();
        short.extend(longest.iter().flat_map(|text| ["$", "%", "{"].map(|c| format!("{text}{c}"))));
    }
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..9).prop_map(|pieces| pieces.concat());
    [vec![KNOWN_HOLE.to_owned()], short, sample(1_000, 1, pieces)].concat()
}

fn prose() -> Vec<String> {
    let lines =
        (prop::collection::vec(prop::sample::select(LINES), 2..5), prop::sample::select(&["", "\n", "\n\n"]))
            .prop_map(|(lines, end)| lines.join("\n") + end);
    let second_lines = hostile().iter().map(|text| format!("first\n{text}")).collect();
    [hostile(), second_lines, sample(1_000, 2, lines)].concat()
}

fn output(name: &'static str, value: Expression) -> Block {
    Block::new("output", [name]).attribute("value", value)
}

/// The texts that terraform gives back otherwise than NFC has them. `read` finds a text in one item of the output.
fn changed<'a>(
    texts: &'a [String],
    output: &Value,
    read: impl Fn(usize, &Value) -> String,
) -> Vec<(&'a String, String)> {
    let nfc = |text: &str| text.nfc().collect::<String>();
    let each = |index: usize| match &output["value"] {
        Value::Array(items) => read(index, &items[index]),
        object => read(index, &object[format!("s{index}")]),
    };
    let pairs = texts.iter().enumerate().map(|(index, text)| (text, each(index)));
    pairs.filter(|(text, got)| nfc(text) != *got).collect()
}

fn text(item: &Value) -> String {
    item.as_str().unwrap_or("not a text").to_owned()
}

#[test]
fn texts_come_back_as_strings_keys_prose_and_parts_of_templates() {
    let (texts, prose) = (hostile(), prose());
    let mark = || Part::Reference(hcl::reference(&["local", "mark"]).unwrap());
    let named = |(index, text): (usize, &String)| (format!("s{index}"), hcl::text(text));
    let file = File::new()
        .block(Block::bare("locals").attribute("mark", hcl::string("|")))
        .block(output("strings", hcl::list(texts.iter().map(|text| hcl::string(text)))))
        .block(output("keys", hcl::list(texts.iter().map(|text| hcl::object([(text, hcl::integer(1))])))))
        .block(output("prose", hcl::object(prose.iter().enumerate().map(named))))
        .block(output("prose_in_a_list", hcl::list(prose.iter().map(|text| hcl::text(text)))))
        .block(output(
            "templates",
            hcl::list(texts.iter().map(|text| hcl::template([mark(), Part::Text(text), mark()]))),
        ));
    let printed = print(&file);
    let heredocs = (printed.matches(" = chomp(<<-EOT").count(), printed.matches(" = <<-EOT").count());
    assert!(heredocs.0 > 500 && heredocs.1 > 100, "too few heredocs to prove anything: {heredocs:?}");

    let Some(outputs) = crate::support::bare_terraform::outputs(&printed) else { return };
    let outputs = outputs.unwrap();
    let none: Vec<(&String, String)> = Vec::new();
    assert_eq!(changed(&texts, &outputs["strings"], |_, item| text(item)), none);
    assert_eq!(
        changed(&texts, &outputs["keys"], |_, item| item.as_object().unwrap().keys().cloned().collect()),
        none
    );
    assert_eq!(changed(&prose, &outputs["prose"], |_, item| text(item)), none);
    assert_eq!(changed(&prose, &outputs["prose_in_a_list"], |_, item| text(item)), none);
    let inside = |_, item: &Value| {
        text(item).strip_prefix('|').and_then(|t| t.strip_suffix('|')).unwrap_or("?").to_owned()
    };
    assert_eq!(changed(&texts, &outputs["templates"], inside), none);
}

/// The same check finds the fault of hcl-rs's own escaping; otherwise it would prove nothing.
#[test]
fn the_check_notices_what_hcl_rs_gets_wrong() {
    let texts = [KNOWN_HOLE.to_owned(), "harmless".to_owned()];
    let naive =
        hcl_rs::Expression::from(texts.iter().cloned().map(hcl_rs::Expression::from).collect::<Vec<_>>());
    let main = format!("output \"naive\" {{\n  value = {naive}\n}}\n");
    let Some(outputs) = crate::support::bare_terraform::outputs(&main) else { return };
    let evaluated = "${a} 100%default".to_owned();
    assert_eq!(changed(&texts, &outputs.unwrap()["naive"], |_, item| text(item)), [(&texts[0], evaluated)]);
}

/// The one text that cannot be written at all: terraform composes an accent with a character beyond U+FFFF as if only the
/// last 16 bits of that counted. When this fails, terraform has been mended; then drop the note in `escape.rs`.
#[test]
fn terraform_composes_an_accent_with_the_wrong_letter() {
    let file = File::new().block(output("tag", hcl::string("\u{e0041}\u{301}")));
    let Some(outputs) = crate::support::bare_terraform::outputs(&print(&file)) else { return };
    assert_eq!(text(&outputs.unwrap()["tag"]["value"]), "\u{c1}");
}

#[test]
fn numbers_come_back() {
    let numbers =
        sample(200, 3, prop_oneof![prop::num::f64::NORMAL, (0..100_000u32).prop_map(|n| f64::from(n) / 1e5)]);
    let file =
        File::new().block(output("numbers", hcl::list(numbers.iter().map(|number| hcl::number(*number)))));
    let Some(outputs) = crate::support::bare_terraform::outputs(&print(&file)) else { return };
    let got = outputs.unwrap()["numbers"]["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::as_f64)
        .collect::<Vec<_>>();
    assert_eq!(got, numbers.into_iter().map(Some).collect::<Vec<_>>());
}
