//! The words of findings: each case shows what was written and what is said.

use super::{assert_places, rendered};
use genkai::diagnostics::{Code, Diagnostic, text};
use genkai::source::reader::{Limits, decode, read};
use genkai::source::{FileId, Sources, Span};
use std::fmt::Write;

fn transcript(cases: &[(&str, &str)]) -> String {
    transcript_within(&Limits::default(), cases)
}

fn transcript_within(limits: &Limits, cases: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, source) in cases {
        let reading = read(FileId(0), source, limits);
        assert_places(source, &reading);
        assert!(!reading.findings.is_empty(), "{name}: nothing found");
        let visible: String = source
            .chars()
            .map(|c| match c {
                '\n' => "\n".to_owned(),
                '\t' => "→".to_owned(),
                c if c.is_control() || c == '\u{feff}' => c.escape_unicode().to_string(),
                c => c.to_string(),
            })
            .collect();
        let findings = rendered(source, &reading.findings);
        writeln!(out, "━━━ {name}\n{}\n\n{findings}", abridged(visible.trim_end())).unwrap();
        if !reading.documents.is_empty() {
            writeln!(out, "read all the same: {} document(s)\n", reading.documents.len()).unwrap();
        }
    }
    out
}

/// A text without the middle of long lines and of many lines.
fn abridged(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.len() > 200 {
            true => format!("{} … {}", &line[..20], &line[line.len() - 20..]),
            false => line.to_owned(),
        })
        .collect();
    match lines.len() > 20 {
        true => format!("{}\n…\n{}", lines[..2].join("\n"), lines[lines.len() - 1]),
        false => lines.join("\n"),
    }
}

/// A snapshot without a second copy of its input.
fn assert_transcript(name: &str, transcript: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, transcript));
}

#[test]
fn everyday_mistakes() {
    assert_transcript(
        "everyday_mistakes",
        &transcript(&[
            ("tab indentation", "spec:\n\tdag: sales\n"),
            ("tab after a value", "metadata: {name: a}\nspec:\n  dag: sales\n\towner: me\n"),
            ("unclosed double quote", "metadata:\n  name: \"sales\nkind: DagSlo\n"),
            ("unclosed quote before another quote", "metadata:\n  name: \"sales\nkind: \"DagSlo\"\n"),
            ("unclosed quote before another document", "name: 'sales\n---\nname: ok\n"),
            ("no space after a colon", "kind: DagSlo\nowner:data\nspec: {}\n"),
            ("full-width colon", "kind: DagSlo\nowner：data\nspec: {}\n"),
            ("second colon", "description: landing: late  # why\n"),
            ("second colon after a quoted value", "a: \"b\": c\n"),
            ("indented less than its neighbours", "spec:\n    dag: sales\n  owner: me\n"),
            ("indented more than its neighbours", "spec:\n  dag: sales\n    owner: me\n"),
            ("a line without a colon", "kind: DagSlo\nspec\nowner: me\n"),
            ("cron that starts with a star", "schedule:\n  cron: */5 * * * * # often\n"),
            ("cron with a step and a number", "cron: */5 4 * * *\n"),
            ("cron of stars", "cron: * * * * *\n"),
            ("a value with an at sign", "owner: @data-team\n"),
            ("a macro", "date: {{ ds }}\n"),
            ("a macro with more text", "path: {{ ds }}/x\n"),
            ("list on the line of its key", "owners: - a\n"),
            ("list item among keys", "kind: DagSlo\n- item\n"),
            ("key among list items", "- item\nkind: DagSlo\n"),
            ("text after a quoted value", "name: \"sales\" daily\n"),
            ("apostrophe in single quotes", "reason: 'it's closed'\n"),
            ("backslash in double quotes", "pattern: \"\\d+\"\n"),
            ("second escape wrong", "pattern: \"\\x41 \\u3042 \\q\"\n"),
            ("half a surrogate", "pattern: \"\\ud800\"\n"),
            ("unclosed list", "owners: [a, b\nkind: DagSlo\n"),
            ("missing comma", "metadata: {name: \"a\", owner: [b, c] team: d}\n"),
            ("unclosed list at the end", "owners: [a, b\n"),
            ("unclosed mapping", "metadata: {name: a\nkind: DagSlo\n"),
            ("wrong closing bracket", "owners: [a, b}\n"),
            ("bracket without opening", "owners: ]\n"),
            ("text after a block indicator", "description: |late\n  text\n"),
            ("merge conflict", "kind: DagSlo\n<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> main\n"),
            ("NUL", "name: sa\0les\n"),
            ("bell", "name: \u{7}\n"),
            ("byte-order mark inside", "a: 1\n\u{feff}b: 2\n"),
        ]),
    );
}

/// The parser stops below the line that is wrong; the finding does not.
#[test]
fn the_line_to_blame() {
    assert_transcript(
        "the_line_to_blame",
        &transcript(&[
            ("first line of a block further out", "metadata:\n name: a\n  owner: b\n  runbook: c\n"),
            ("a line among others further out", "spec:\n  dag: a\n schedule: b\n  owner: c\n"),
            (
                "a block further out",
                "spec:\n  a: {b: c}\nowners:\n    x: {y: z}\n    v: {w: z}\n  defaults: d\n",
            ),
            (
                "a key beside the one that holds it",
                "spec:\n  environments:\n  one:\n      a: b\n    two:\n      a: b\n",
            ),
            (
                "first line of a block further in",
                "spec:\n    dag: a\n  owner: b\n  runbook: c\n  labels: d\n",
            ),
            ("first line of a document further in", "a: 1\n---\n  kind: DagSlo\nmetadata: {}\n"),
            ("four spaces on each level", "a:\n    b:\n        c: 1\n      d: 2\n    e: 3\n"),
            ("a word above a key", "spec:\n  todo\n  dag: a\n"),
            ("a word that belongs to the value above", "description: loads\n  the sales\n  owner: b\n"),
            ("no colon above a block", "owners\n  data: a\n"),
            ("an equals sign", "spec:\n  dag = a\n  owner: b\n"),
            ("an equals sign before a bracket", "spec:\n  success = {target: 90%, window: 28d}\n"),
            ("no space after a colon, above a key", "spec:\n  dag:a\n  owner: b\n"),
            ("a full-width colon above a key", "spec:\n  dag： a\n  owner: b\n"),
            ("a full-width space after a colon", "spec:\n  dag:\u{3000}a\n  owner: b\n"),
            ("a no-break space before a bracket", "spec:\n  list: {lookup:\u{a0}{a: b}}\n"),
            ("no-break spaces for indentation", "spec:\n\u{a0}\u{a0}dag: a\n  owner: b\n"),
            (
                "Japanese text above",
                "description: |\n  注意：売上\n  \u{3000}集計\nspec:\n  dag: a\n    owner: b\n",
            ),
            ("one dash among keys", "spec:\n  - dag: a\n    x: y\n  owner: b\n"),
            ("a full-width comma", "a: {b: c， d: e}\n"),
            ("a semicolon after a quoted value", "a: {b: \"c\"; d: e}\n"),
            ("a missing brace", "a: {b: c: d}}\n"),
            ("a missing brace on a line", "a: b: {c: d}}\n"),
            ("a missing colon before a brace", "a: {b {c: d}}\n"),
            ("a comma after a bracket", "a: [b],\nc: d\n"),
            ("a word after a bracket", "a: [b] c\n"),
            (
                "two documents without a separator",
                "kind: A\nmetadata: a\nspec: b\nkind: B\nmetadata: c\nspec: d\n",
            ),
            ("a key like those that it holds", "one:\n  a: 1\n  b: 2\n  two:\n  a: 3\n  c: 4\n  b: 5\n"),
        ]),
    );
}

#[test]
fn what_the_language_leaves_out() {
    assert_transcript(
        "what_the_language_leaves_out",
        &transcript(&[
            ("duplicate keys, several", "a: 1\nb: {c: 1, \"c\": 2}\na: 3\n'null': 1\nnull: 2\n"),
            ("duplicate key far away", &format!("a: 1\n{}a: 3\n", "# filler\n".repeat(900))),
            ("key that is a list", "? [a, b]\n: c\nd: 1\n"),
            ("missing key", "a: 1\n: b\n"),
            ("unknown alias", "a: *nobody\nb: 1\n"),
            ("alias inside its anchor", "a: &a\n  b: *a\n"),
            ("merge of text", "base: &base text\na:\n  <<: *base\nb:\n  <<: [{x: 1}, 2]\n"),
            ("two merge keys", "a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n"),
            ("infinity", "a: .inf\nb: -.INF\nc: .nan\n"),
            ("a number of 20 digits", "id: 99999999999999999999\n"),
            ("tags", "a: !!str 1\nb: !secret x\nc: !e!x 1\n"),
            ("two broken documents and a sound one", "a: b: c\n---\nsound: 1\n---\na: [\n"),
            ("Japanese, emoji and CRLF", "名前: 売上\r\n説明: 🦀🦀 \"x\": y\r\n"),
            ("a long line", &format!("a: [{}x: v: z, {}]\n", "1, ".repeat(3000), "2, ".repeat(3000))),
            ("a long key twice", &format!("{0}: 1\n{0}: 2\n", "k".repeat(70))),
            ("ANSI colours in a key", "\"\\e[31mred\": 1\n\"\\e[31mred\": 2\n"),
        ]),
    );
}

#[test]
fn what_asks_for_too_much() {
    let limits = Limits { bytes: 200, depth: 4, nodes: 30, expanded_bytes: 80, findings: 2 };
    assert_transcript(
        "what_asks_for_too_much",
        &transcript_within(
            &limits,
            &[
                ("nesting", "a: [[[[1]]]]\n"),
                ("nesting through an alias", "a: &a [[1]]\nb: [[*a]]\n"),
                ("aliases of lists", "a: &a [1, 2, 3, 4, 5]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
                ("merges", "a: &a {k: 1, l: 2, m: 3}\nb: {<<: [*a, *a, *a]}\nc: {<<: [*a, *a, *a]}\n"),
                ("a long text under aliases", "a: &a twenty-five characters..\nb: [*a, *a, *a]\n"),
                ("many findings", "a: 1\na: 2\na: 3\na: 4\n---\nb: 1\n"),
                ("a large file", &"# filler\n".repeat(30)),
            ],
        ),
    );
}

#[test]
fn bytes_that_are_not_text() {
    let cases: [&[u8]; 3] = [b"a: 1\nb: \xe6\x97\xa5\xff\n", b"\xef\xbb\xbfa: \x82\xa0\n", b"\xff\xfea\0:\0"];
    let findings: Vec<Diagnostic> =
        cases.iter().map(|bytes| decode("slo-specs/case.yaml", bytes).unwrap_err()).collect();
    assert_transcript("bytes_that_are_not_text", &text::render(&Sources::default(), &findings, false));
}

#[test]
fn a_finding_with_everything() {
    let mut sources = Sources::default();
    let sales = "spec:\n  schedule: {cron: \"0 4 * * *\", timezone: Asia/Tokyo}\n  objectives:\n    landing: {by: \"03:30\", target: 95%}\n";
    let project = "kind: Project\nspec:\n  language: ja\n";
    let files = [sources.add("slo-specs/sales.yaml", sales), sources.add("slo-specs/project.yaml", project)];
    let place = |file: usize, part: &str| {
        let start = u32::try_from([sales, project][file].find(part).unwrap()).unwrap();
        Span { file: files[file], start, end: start + u32::try_from(part.len()).unwrap() }
    };
    let landing = Diagnostic::error(Code::BadCron, "`landing.by` is before the DAG starts")
        .at(place(0, "\"03:30\""), "30 minutes earlier")
        .also(place(0, "\"0 4 * * *\""), "the run starts at 04:00")
        .also(place(1, "language"), "says so too")
        .in_environment("staging")
        .in_environment("production")
        .help("give a time after 04:00, or `within: 23h30m` for the next day");
    let folder = Diagnostic::warning(Code::Unreadable, "`slo-specs/x.yaml` is a folder")
        .in_path("slo-specs/x.yaml")
        .help("rename it");
    let nowhere = Diagnostic::error(Code::NoProject, "there is no Project document");
    let findings = [landing, folder, nowhere];
    let text = format!("{}\n{}\n", text::render(&sources, &findings, false), text::summary(&findings, &[]));
    assert_transcript("a_finding_with_everything", &text);
}
