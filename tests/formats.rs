//! The same findings in every format: what they look like, that they keep to their schemas, and that places are right in
//! the units in which each format counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test may fail loudly and touch files"
)]

use genkai::diagnostics::{Accepted, Code, Diagnostic, github, json, sarif, text};
use genkai::source::{FileId, Sources, Span};
use proptest::prelude::*;
use serde_json::Value;
use std::path::Path;
use std::sync::LazyLock;

const SALES: &str =
    "kind: DagSlo\r\nmetadata:\r\n  displayName: 🦀 売上\t# 注: 100%\r\nspec: {targt: 95%}\r\n";
const PROJECT: &str = "kind: Project\nspec:\n  environments:\n    staging: {}\n    production: {}\n";

/// What makes formats stumble: characters of every width, tabs, CRLF, paths and messages that need escaping.
fn fixture() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let sales = sources.add("slo-specs/売上, 100%/a:b c.yaml", SALES);
    let project = sources.add("slo-specs/project.yaml", PROJECT);
    let place = |file: FileId, part: &str| {
        let text = &sources.get(file).unwrap().text;
        let start = text.find(part).unwrap();
        Span { file, start: u32::try_from(start).unwrap(), end: u32::try_from(start + part.len()).unwrap() }
    };
    let findings = vec![
        Diagnostic::error(Code::UnknownKey, "`spec` has no key `targt`")
            .at(place(sales, "targt"), "not a key")
            .also(place(sales, "DagSlo"), "of this kind")
            .also(place(project, "staging"), "and here: 1, 2")
            .also(place(project, "production"), "")
            .in_environment("staging")
            .in_environment("production")
            .help("did you mean `target`?\nfor example `{target: 95%}`"),
        Diagnostic::warning(Code::Malformed, "a comment after a tab, an emoji and 日本語")
            .at(place(sales, "# 注: 100%"), ""),
        Diagnostic::warning(Code::NoEnvironment, "several lines").at(
            Span { end: u32::try_from(PROJECT.len()).unwrap(), ..place(project, "staging") },
            "up to the line break",
        ),
        Diagnostic::error(Code::Syntax, "the end of the file\u{1b}[31m\rcomes too early")
            .at(Span { file: project, start: u32::MAX, end: u32::MAX }, "here"),
        Diagnostic::error(Code::Unreadable, "`slo-specs/x, y: 50%.yaml` is a folder, not a file")
            .in_path("slo-specs/x, y: 50%.yaml")
            .help("rename the folder"),
        Diagnostic::error(Code::NoProject, "there is no Project document"),
    ];
    (sources, findings)
}

/// What a comment of the fixture accepts.
fn accepted(sources: &Sources) -> Vec<Accepted> {
    let (file, _) = sources.iter().next().unwrap();
    let place = |part: &str| {
        let start = SALES.find(part).unwrap();
        Span { file, start: u32::try_from(start).unwrap(), end: u32::try_from(start + part.len()).unwrap() }
    };
    vec![Accepted {
        finding: Diagnostic::warning(Code::NoFailureAllowed, "`95%` allows no failure").at(place("95%"), ""),
        reason: "the \"old\" {target}, 100%: 目標を待つ".to_owned(),
        until: jiff::civil::date(2027, 3, 31),
        comment: place("# 注: 100%"),
    }]
}

fn assert_snapshot(name: &str, rendered: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, rendered));
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn validator(path: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    // SARIF's schema has a stray bracket in a pattern, which a strict reader of regular expressions refuses.
    jsonschema::validator_for(&parsed(&text.replace("{2}]?$", "{2}?$"))).unwrap()
}

const OURS: &str = "schemas/findings.schema.json";
const SARIF: &str = "tests/schemas/sarif-2.1.0-rtm.5.json";

fn assert_valid(validator: &jsonschema::Validator, document: &str) {
    let document = parsed(document);
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

#[test]
fn the_same_findings_in_every_format() {
    let (sources, findings) = fixture();
    assert_snapshot("text", &text::render(&sources, &findings, false));
    let accepted = accepted(&sources);
    assert_snapshot("json", &json::render(&sources, &findings, &accepted));
    assert_snapshot("github", &github::render(&sources, &findings));
    assert_snapshot("sarif", &sarif::render(&sources, &findings, &accepted));
}

#[test]
fn no_findings_are_a_document_too() {
    let sources = Sources::default();
    assert_eq!(parsed(&json::render(&sources, &[], &[]))["findings"], Value::Array(Vec::new()));
    assert_eq!(parsed(&sarif::render(&sources, &[], &[]))["runs"][0]["results"], Value::Array(Vec::new()));
    assert_eq!(github::render(&sources, &[]), "");
    assert_valid(&validator(OURS), &json::render(&sources, &[], &[]));
    assert_valid(&validator(SARIF), &sarif::render(&sources, &[], &[]));
}

#[test]
fn documents_keep_to_their_schemas() {
    let (sources, findings) = fixture();
    let accepted = accepted(&sources);
    assert_valid(&validator(SARIF), &sarif::render(&sources, &findings, &accepted));
    assert_valid(&validator(OURS), &json::render(&sources, &findings, &accepted));
    let mut document = json::Document::new(&sources, &findings, &accepted);
    let file = |path: &str, status, source: Option<&str>| json::File {
        path: path.to_owned(),
        status,
        source: source.map(str::to_owned),
    };
    document.files = Some(vec![
        file("generated/a/terraform/x.tf", json::Status::Stale, Some("slo-specs/x.yaml")),
        file("generated/a/terraform/y.tf", json::Status::Foreign, None),
    ]);
    assert_valid(&validator(OURS), &document.print());
}

#[test]
fn the_schemas_refuse_what_is_wrong() {
    let (sources, findings) = fixture();
    let wrong = |path: &str, rendered: &str, pointer: &str| {
        let mut document = parsed(rendered);
        *document.pointer_mut(pointer).unwrap() = Value::from("wrong");
        assert!(!validator(path).is_valid(&document), "{pointer}");
    };
    let json = json::render(&sources, &findings, &[]);
    let pointers =
        ["/version", "/findings/0/code", "/findings/0/severity", "/findings/0/primary/start/columnUtf16"];
    pointers.iter().for_each(|pointer| wrong(OURS, &json, pointer));
    let sarif = sarif::render(&sources, &findings, &[]);
    let pointers =
        ["/version", "/runs/0/columnKind", "/runs/0/results/0/level", "/runs/0/results/0/locations"];
    pointers.iter().for_each(|pointer| wrong(SARIF, &sarif, pointer));
}

#[test]
fn the_published_schema_is_current() {
    let current = format!("{:#}\n", json::schema().to_value());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(OURS);
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == current,
        "{OURS} is out of date; regenerate it: UPDATE_SCHEMAS=1 cargo test --test fast formats::the_published_schema"
    );
}

/// What a place on one line marks, cut out in UTF-16 units by line and column.
fn cut(text: &str, line: &Value, columns: [&Value; 2]) -> String {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let line: Vec<u16> = text.split('\n').nth(number(line) - 1).unwrap().encode_utf16().collect();
    let [start, end] = columns.map(number);
    String::from_utf16(&line[start - 1..end - 1]).unwrap()
}

#[test]
fn places_mark_the_same_text_in_every_unit() {
    let (sources, findings) = fixture();
    let json = parsed(&json::render(&sources, &findings, &[]));
    let sarif = parsed(&sarif::render(&sources, &findings, &[]));
    for (index, expected) in [(0, "targt"), (1, "# 注: 100%")] {
        let [start, end] = ["start", "end"].map(|side| &json["findings"][index]["primary"][side]);
        let bytes = [start, end].map(|side| usize::try_from(side["byte"].as_u64().unwrap()).unwrap());
        assert_eq!(&SALES[bytes[0]..bytes[1]], expected);
        assert_eq!(cut(SALES, &start["line"], [&start["columnUtf16"], &end["columnUtf16"]]), expected);
        let line: Vec<char> =
            SALES.split('\n').nth(start["line"].as_u64().unwrap() as usize - 1).unwrap().chars().collect();
        let column = |side: &Value| side["column"].as_u64().unwrap() as usize - 1;
        assert_eq!(line[column(start)..column(end)].iter().collect::<String>(), expected);

        let location = &sarif["runs"][0]["results"][index]["locations"][0]["physicalLocation"];
        let region = &location["region"];
        assert_eq!(
            cut(SALES, &region["startLine"], [&region["startColumn"], &region["endColumn"]]),
            expected
        );
        assert_eq!(
            location["artifactLocation"]["uri"],
            "slo-specs/%E5%A3%B2%E4%B8%8A%2C%20100%25/a%3Ab%20c.yaml"
        );
    }
}

/// A command as GitHub's runner reads it: its name, properties and message.
fn as_the_runner_reads(line: &str) -> (String, Vec<(String, String)>, String) {
    let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (name, properties) = command.split_once(' ').unwrap();
    let data = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        text.replace("%25", "%")
    };
    let properties = properties.split(',').map(|pair| {
        let (key, value) = pair.split_once('=').unwrap();
        (key.to_owned(), property(value))
    });
    (name.to_owned(), properties.collect(), data(message))
}

#[test]
fn the_runner_reads_what_was_meant() {
    let (sources, findings) = fixture();
    let rendered = github::render(&sources, &findings);
    let commands: Vec<_> = rendered.lines().map(as_the_runner_reads).collect();
    assert_eq!(commands.len(), findings.len());
    let (name, properties, message) = &commands[0];
    assert_eq!(name, "error");
    let expected = [
        ("file", "slo-specs/売上, 100%/a:b c.yaml"),
        ("line", "4"),
        ("endLine", "4"),
        ("col", "8"),
        ("endColumn", "13"),
        ("title", "GK102: a key that the language does not have here"),
    ];
    assert_eq!(*properties, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    assert!(message.ends_with("help: did you mean `target`?\nfor example `{target: 95%}`"), "{message}");

    assert_eq!(commands[3].2, "the end of the file\\u{1b}[31m\rcomes too early\nhere");

    let keys = |index: usize| {
        let (_, properties, _) = &commands[index];
        properties.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(keys(2), ["file", "line", "endLine", "title"], "columns only within a line");
    assert_eq!(keys(4), ["file", "title"]);
    assert_eq!(keys(5), ["title"]);
}

static VALIDATORS: LazyLock<(jsonschema::Validator, jsonschema::Validator)> =
    LazyLock::new(|| (validator(OURS), validator(SARIF)));

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_place_is_valid_everywhere(
        text in "[ab日🦀\t\r\n]{0,40}", path in "[a日%:, \n]{1,8}", message in "(?s).{0,20}",
        start in 0u32..90, end in 0u32..90,
    ) {
        let mut sources = Sources::default();
        let file = sources.add(path, text);
        let finding = Diagnostic::error(Code::Syntax, message.clone())
            .at(Span { file, start, end }, message)
            .also(Span { file, start: end, end: start }, "two")
            .also(Span { file: FileId(7), start, end }, "lost");
        let findings = [finding];
        let (ours, sarifs) = &*VALIDATORS;
        assert_valid(ours, &json::render(&sources, &findings, &[]));
        assert_valid(sarifs, &sarif::render(&sources, &findings, &[]));
        let rendered = github::render(&sources, &findings);
        prop_assert_eq!(rendered.matches(['\n', '\r']).count(), 1);
        as_the_runner_reads(rendered.trim_end_matches('\n'));
    }
}
