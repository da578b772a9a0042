//! What an editor makes of the published schema, by the real yaml-language-server, set up as docs/editor.md says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and runs the language server"
)]

mod server;

use genkai::spec::Kind;
use genkai::spec::schema::{self, Draft};
use serde_json::{Value as Json, json};
use server::Server;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const GUIDE: &str = include_str!("../docs/editor.md");

/// The block of a language in the guide.
fn block(language: &str) -> &'static str {
    let (_, rest) = GUIDE.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// A project with the schema in its place, open in an editor.
struct Editor {
    server: Server,
    _project: TempDir,
    /// How many files were opened: each gets a name of its own.
    files: usize,
}

impl Editor {
    /// An editor with the settings of the guide, or with none; `None` when the language server is not there.
    fn start(settings: &str) -> Option<Editor> {
        let program = crate::support::npm_oracle("editor", "yaml-language-server")?;
        // The server's globs do not see into hidden folders, as temporary ones are.
        let project = tempfile::Builder::new().prefix("project").tempdir().unwrap();
        let specs = project.path().join("slo-specs");
        fs::create_dir(&specs).unwrap();
        fs::write(specs.join("genkai.schema.json"), schema::text(Draft::Draft07)).unwrap();
        let folder = project.path().canonicalize().unwrap();
        let server = Server::start(&program, &folder, &serde_json::from_str(settings).unwrap());
        Some(Editor { server, _project: project, files: 0 })
    }

    /// Opens a new document.
    fn open(&mut self, text: &str) -> (String, Vec<Json>) {
        self.files += 1;
        let path = format!("slo-specs/dags/file{}.yaml", self.files);
        let diagnostics = self.server.open(&path, text);
        (path, diagnostics)
    }

    /// What is suggested where `|` stands.
    fn completion(&mut self, text: &str) -> Vec<Json> {
        let (text, position) = cursor(text);
        let (path, _) = self.open(&text);
        self.server.completion(&path, &position)
    }

    /// The names of what is suggested where `|` stands.
    fn names(&mut self, text: &str) -> Vec<String> {
        let items = self.completion(text);
        items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    }

    /// What is shown about the place where `|` stands.
    fn hover(&mut self, text: &str) -> String {
        let (text, position) = cursor(text);
        let (path, _) = self.open(&text);
        // It ends with the path of the schema.
        let hover = self.server.hover(&path, &position);
        hover.split("\n\nSource: ").next().unwrap().to_owned()
    }
}

/// The text without its cursor, and where that is.
fn cursor(text: &str) -> (String, Json) {
    let (before, after) = text.split_once('|').unwrap();
    let line = before.matches('\n').count();
    let character = before.rsplit('\n').next().unwrap().encode_utf16().count();
    (format!("{before}{after}"), json!({ "line": line, "character": character }))
}

/// The suggestions as an editor lists them: each with what it inserts and what is said about it.
fn listed(items: &[Json]) -> String {
    let said = |item: &Json| match &item["documentation"] {
        Json::String(text) => text.clone(),
        other => other["value"].as_str().unwrap_or_default().to_owned(),
    };
    let lines = items.iter().map(|item| {
        let insert = item["textEdit"]["newText"].as_str().or(item["insertText"].as_str()).unwrap_or_default();
        format!(
            "{}  {insert:?}\n    {}\n",
            item["label"].as_str().unwrap(),
            said(item).replace('\n', "\n    ")
        )
    });
    lines.collect()
}

fn assert_snapshot(name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("editor/snapshots");
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

const DAG: &str = "\
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: sales, displayName: Sales}
spec:
  dag: sales
  schedule: {cron: '0 4 * * *'}
  objectives:
    success: {target: 95%}
";

/// A document of the example with more at its end.
fn dag(more: &str) -> String {
    format!("{DAG}{more}")
}

/// The keys that a schema has.
fn keys(schema: &Json) -> Vec<&str> {
    schema["properties"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn kinds_and_keys_are_suggested() {
    let Some(mut editor) = Editor::start(block("json")) else { return };
    let kinds = editor.completion("apiVersion: genkai.dev/v1\nkind: |\n");
    let names: Vec<&Json> = kinds.iter().map(|item| &item["label"]).collect();
    assert_eq!(names, Kind::ALL.map(Kind::name), "the kinds and nothing else");
    let mut shown = format!("# kind: |\n\n{}", listed(&kinds));
    for (title, text) in [
        ("an empty file", "|".to_owned()),
        ("below `kind: DagSlo`", "apiVersion: genkai.dev/v1\nkind: DagSlo\n|".to_owned()),
        ("below `spec:` of a DagSlo", "kind: DagSlo\nspec:\n  |".to_owned()),
        ("a value: `target: |`", DAG.replace("target: 95%", "target: |")),
        ("a value: `severity: |`", DAG.to_owned() + "  alerts:\n    failedRun:\n      severity: |\n"),
        ("a name of one's own: `overrides:`", dag("overrides:\n  |")),
    ] {
        shown += &format!("\n# {title}\n\n{}", listed(&editor.completion(&text)));
    }
    assert_snapshot("completion", &shown);
}

#[test]
fn the_keys_of_each_kind_are_suggested_and_no_others() {
    let Some(mut editor) = Editor::start(block("json")) else { return };
    let schema = schema::schema(Draft::Draft07);
    for (index, kind) in Kind::ALL.into_iter().enumerate() {
        let document = &schema["allOf"][index]["then"];
        let begin = format!("apiVersion: genkai.dev/v1\nkind: {}\n", kind.name());
        let offered = |names: Vec<String>| -> Vec<String> {
            // One with the name of the kind inserts all that is required at once.
            names.into_iter().filter(|name| name != kind.name()).collect()
        };
        let top: Vec<&str> =
            keys(document).into_iter().filter(|key| !["apiVersion", "kind"].contains(key)).collect();
        assert_eq!(offered(editor.names(&format!("{begin}|"))), top);
        let spec = keys(&document["properties"]["spec"]);
        assert_eq!(offered(editor.names(&format!("{begin}spec:\n  |"))), spec);
        let part = &document["properties"]["overrides"]["additionalProperties"];
        if part.is_object() {
            assert_eq!(keys(part), spec, "an override is a part of `spec`");
            assert_eq!(offered(editor.names(&format!("{begin}overrides:\n  staging:\n    |"))), spec);
        }
    }
}

#[test]
fn keys_and_values_are_explained() {
    let Some(mut editor) = Editor::start(block("json")) else { return };
    let more = "overrides:\n  staging:\n    objectives:\n      success: {consecutive: 3}\n    alerts:\n      failedRun:\n        severity: none\n";
    let text = dag(more);
    let mut shown = String::new();
    for place in [
        "kind",
        "DagSlo",
        "metadata",
        "displayName",
        "cron",
        "target",
        "95%",
        "overrides",
        "staging",
        "consecutive",
        "severity",
        "none",
    ] {
        let inside = text.find(place).unwrap() + 1;
        let hover = editor.hover(&format!("{}|{}", &text[..inside], &text[inside..]));
        shown += &format!("# {place}\n\n{hover}\n\n");
    }
    assert_snapshot("hover", &shown);
}

/// A file with what is said about it: each message below what it marks.
fn beside(text: &str, diagnostics: &[Json]) -> String {
    let mut shown = String::new();
    for (number, line) in text.lines().enumerate() {
        shown += &format!("{line}\n");
        for diagnostic in diagnostics {
            let [start, end] = ["start", "end"].map(|side| &diagnostic["range"][side]);
            let column = |position: &Json| usize::try_from(position["character"].as_u64().unwrap()).unwrap();
            if start["line"] == number {
                let end = if end["line"] == number { column(end) } else { line.chars().count() };
                let marks = "^".repeat(end.saturating_sub(column(start)).max(1));
                let message = diagnostic["message"].as_str().unwrap();
                shown += &format!("{}{marks} {message}\n", " ".repeat(column(start)));
            }
        }
    }
    shown
}

fn yaml_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|end| end == "yaml") {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn mistakes_are_told_in_words() {
    let Some(mut editor) = Editor::start(block("json")) else { return };
    let mut shown = String::new();
    for path in yaml_files(&crate::support::tests().join("editor/mistakes")) {
        let text = fs::read_to_string(&path).unwrap();
        let (_, diagnostics) = editor.open(&text);
        assert!(!diagnostics.is_empty(), "{}", path.display());
        let name = path.file_name().unwrap().to_string_lossy();
        shown += &format!("==> {name}\n{}\n", beside(&text, &diagnostics));
    }
    assert_snapshot("mistakes", &shown);
}

#[test]
fn nothing_is_said_about_the_worked_example() {
    let Some(mut editor) = Editor::start(block("json")) else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["slo-specs", "src/cli/example"] {
        for path in yaml_files(&root.join(folder)) {
            let (_, diagnostics) = editor.open(&fs::read_to_string(&path).unwrap());
            assert_eq!(diagnostics, Vec::<Json>::new(), "{}", path.display());
        }
    }
}

#[test]
fn each_document_of_a_file_is_judged_by_its_own_kind() {
    let Some(mut editor) = Editor::start(block("json")) else { return };
    let broken = DAG.replace("dag: sales", "dga: sales");
    let text = format!("{DAG}---\n{broken}---\n{DAG}");
    let (_, diagnostics) = editor.open(&text);
    let lines: Vec<&Json> =
        diagnostics.iter().map(|diagnostic| &diagnostic["range"]["start"]["line"]).collect();
    assert_eq!(lines, [12, 13], "{diagnostics:#?}");
    let project = "kind: Project\nspec:\n  language: en\n  |";
    assert!(editor.names(&format!("{DAG}---\n{project}")).contains(&"owners".to_owned()));
}

#[test]
fn a_line_in_the_file_names_the_schema() {
    let Some(mut editor) = Editor::start("{}") else { return };
    let broken = DAG.replace("95%", "95");
    let path = "slo-specs/sales.yaml";
    assert_eq!(editor.server.open("slo-specs/none.yaml", &broken), Vec::<Json>::new(), "without the line");
    let line = block("yaml");
    let diagnostics = editor.server.open(path, &format!("{line}{broken}---\n{line}{broken}---\n{broken}"));
    let lines: Vec<&Json> =
        diagnostics.iter().map(|diagnostic| &diagnostic["range"]["start"]["line"]).collect();
    assert_eq!(lines, [8, 18], "it holds for the document below it: {diagnostics:#?}");
}
