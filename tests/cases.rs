//! Whole projects: each folder of `tests/cases/` is one, and its snapshot shows the specs and what becomes of them.
//!
//! A comment `# shows: PATH` in a spec names an artifact to show, below `generated/`; a dashboard appears as an outline.
//! A comment `# explains: KIND/NAME` names a document to explain. What is found is always shown, and what comments accept.
//! A new folder needs no code here: run the tests and look at the snapshot.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly and touch files"
)]

use genkai::compile::{Compilation, compile, inspect};
use genkai::diagnostics::{Accepted, text};
use genkai::explain::{self, explain};
use genkai::source::{Sources, disk};
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use serde_json::Value as Json;
use std::fmt::Write;
use std::path::Path;

/// The day by which the dates of accepted findings are judged.
const TODAY: Date = date(2026, 1, 1);

/// How wide explanations are.
const WIDTH: usize = 100;

#[test]
fn every_case_is_as_its_snapshot_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&case);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("snapshot", shown(&case)));
    }
}

/// A case's files, then what is found, then the artifacts that it names.
fn shown(case: &Path) -> String {
    let (sources, findings) = disk::load(case);
    let compilation = compile(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY);
    let mut out = String::new();
    for (_, file) in sources.iter() {
        write!(out, "━━━ {}\n{}\n\n", file.path, abridged(file.text.trim_end())).unwrap();
    }
    let Compilation { findings, accepted, .. } = &compilation;
    let rendered = text::render(&sources, findings, false);
    write!(out, "━━━ findings\n{rendered}{}\n", text::summary(findings, accepted)).unwrap();
    for Accepted { finding, reason, until, .. } in accepted {
        let rendered = text::render(&sources, std::slice::from_ref(finding), false);
        write!(out, "\n━━━ accepted until {until}: {reason}\n{rendered}").unwrap();
    }
    let asked = named(&sources, "# explains: ");
    if !asked.is_empty() {
        let (sources, findings) = disk::load(case);
        let insight = inspect(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY);
        for name in asked {
            let explanation = explain(&insight, &sources, name, None, TODAY).unwrap();
            write!(out, "\n━━━ explain {name}\n{}", explain::text::render(&explanation, WIDTH, false))
                .unwrap();
        }
    }
    for path in named(&sources, "# shows: ") {
        write!(out, "\n━━━ generated/{path}\n{}\n", artifact(&compilation, path).trim_end()).unwrap();
    }
    out
}

/// A text without the middle of long lines.
fn abridged(text: &str) -> String {
    let abridge = |line: &str| {
        let letters: Vec<char> = line.chars().collect();
        match letters.len() > 200 {
            true => format!(
                "{} … {}",
                String::from_iter(&letters[..100]),
                String::from_iter(&letters[letters.len() - 40..])
            ),
            false => line.to_owned(),
        }
    };
    text.lines().map(abridge).collect::<Vec<_>>().join("\n")
}

/// What the specs ask for in comments that begin like this.
fn named<'a>(sources: &'a Sources, comment: &str) -> Vec<&'a str> {
    let lines = sources.iter().flat_map(|(_, file)| file.text.lines());
    lines.filter_map(|line| line.strip_prefix(comment)).collect()
}

fn artifact(compilation: &Compilation, path: &str) -> String {
    let artifacts = &compilation.artifacts;
    match artifacts.iter().find(|artifact| artifact.path == path) {
        Some(artifact) if path.ends_with(".json") => outline(&artifact.contents),
        Some(artifact) => artifact.contents.to_string(),
        None => {
            let paths: Vec<&str> = artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
            format!("(there is no such file, only {paths:#?})")
        }
    }
}

/// A dashboard's panels: type, title, grid and queries.
fn outline(dashboard: &str) -> String {
    let dashboard: Json = serde_json::from_str(dashboard).unwrap();
    let mut out = format!("dashboard {}\n", dashboard["title"]);
    for panel in dashboard["panels"].as_array().unwrap() {
        let grid = &panel["gridPos"];
        let (x, y, w, h) = (&grid["x"], &grid["y"], &grid["w"], &grid["h"]);
        let kind = panel["type"].as_str().unwrap();
        writeln!(out, "{kind} {} at {x},{y} size {w}×{h}", panel["title"]).unwrap();
        if let Some(text) = panel.pointer("/options/content").and_then(Json::as_str) {
            text.lines().for_each(|line| writeln!(out, "    | {line}").unwrap());
        }
        for target in panel["targets"].as_array().into_iter().flatten() {
            writeln!(out, "    {}: {}", target["aliasBy"].as_str().unwrap_or_default(), query(target))
                .unwrap();
        }
    }
    out
}

fn query(target: &Json) -> String {
    let text = |pointer: &str| target.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    match text("/queryType") {
        "slo" => format!(
            "{} of {}/{}",
            text("/sloQuery/selectorName"),
            text("/sloQuery/serviceId"),
            text("/sloQuery/sloId")
        ),
        "timeSeriesList" => {
            let filters = target.pointer("/timeSeriesList/filters").and_then(Json::as_array).unwrap();
            filters.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" ")
        }
        "promQL" => text("/promQLQuery/expr").to_owned(),
        other => panic!("no outline for a query of type {other}"),
    }
}
