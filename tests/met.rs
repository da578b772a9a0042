//! Mistakes that people meet in their first weeks: edits to the project that `genkai init` writes, and what is found.
//!
//! Each file of `tests/met/` is a list of edits, and its snapshot shows the findings of each. `replace` and `by` change a
//! line of the DagSlo or the Project, `spec` adds the body of another document, and `file` and `text` another file.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and touch files")]

use genkai::compile::validate;
use genkai::diagnostics::{Diagnostic, Severity};
use genkai::source::{Sources, disk};
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use serde::Deserialize;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The day by which the ends of Calendars are judged.
const TODAY: Date = date(2026, 1, 1);

const PROJECT: &str = include_str!("../src/cli/example/project.yaml");
const DAG: &str = include_str!("../src/cli/example/daily-report.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// What somebody does.
    met: String,
    #[serde(default)]
    replace: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    file: Option<String>,
    #[serde(default)]
    text: String,
}

#[test]
fn what_people_meet_is_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/met");
    let mut lists: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    lists.retain(|list| list.extension().is_some_and(|ending| ending == "yaml"));
    lists.sort();
    for list in lists {
        let name = list.file_stem().unwrap().to_string_lossy().into_owned();
        let edits: Vec<Edit> = serde_yaml::from_str(&fs::read_to_string(&list).unwrap()).unwrap();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let shown: String = edits.iter().map(|edit| found(&name, edit)).collect();
        settings.bind(|| insta::assert_snapshot!(name, shown));
    }
}

/// An edit, and what is found.
fn found(list: &str, edit: &Edit) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("met").join(list);
    let _ = fs::remove_dir_all(&folder);
    let specs = folder.join("slo-specs");
    fs::create_dir_all(&specs).unwrap();
    let known = edit.replace.is_empty() || [PROJECT, DAG].iter().any(|text| text.contains(&edit.replace));
    assert!(known, "`{}` is nowhere in the project", edit.replace);
    for (name, text) in [("project.yaml", PROJECT), ("daily-report.yaml", DAG)] {
        let text =
            if edit.replace.is_empty() { text.to_owned() } else { text.replace(&edit.replace, &edit.by) };
        fs::write(specs.join(name), text).unwrap();
    }
    if let Some(name) = &edit.file {
        let path = specs.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &edit.text).unwrap();
    }
    let (sources, findings) = disk::load(&folder);
    let compilation = validate(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY);
    let told = |finding| brief(&sources, finding);
    let told: String = compilation.findings.iter().map(told).collect();
    format!("━━━ {}\n{}", edit.met, if told.is_empty() { "    nothing is found\n" } else { &told })
}

/// A finding without the lines of the file: the places as they are written, and what is said of each.
fn brief(sources: &Sources, finding: &Diagnostic) -> String {
    let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
    let mut out = format!("    {severity}[{}]: {}\n", finding.code, finding.message);
    for label in finding.primary.iter().chain(&finding.secondary) {
        let (_, file) = sources.iter().find(|(id, _)| *id == label.span.file).unwrap();
        let written = file.text.get(label.span.start as usize..label.span.end as usize).unwrap();
        writeln!(out, "      at {}: {}", written.lines().next().unwrap_or_default(), label.message).unwrap();
    }
    let path = finding.path.iter().map(|path| format!("      in {path}\n"));
    let help = finding.help.iter().map(|help| format!("      = {help}\n"));
    out.extend(path.chain(help));
    out
}
