//! Data flows down: a room uses those above it and those beside the flow, never those below.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and reads the sources"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may use.
const ROOMS: [(&str, &[&str]); 24] = [
    // Beside the flow.
    ("slo", &[]),
    ("diagnostics", &["source"]),
    ("files", &[]),
    ("gcp", &["promql", "slo"]),
    ("nulls", &["diagnostics", "slo"]),
    ("promql", &["slo"]),
    ("sample", &["diagnostics", "nulls", "slo"]),
    ("sql", &["nulls", "slo"]),
    ("templates", &["slo"]),
    // The flow.
    ("source", &["diagnostics", "files"]),
    ("spec", &["diagnostics", "slo", "source"]),
    ("resolve", &["diagnostics", "source", "spec"]),
    ("check", &["diagnostics", "nulls", "resolve", "slo", "source", "spec"]),
    (
        "monitoring",
        &["diagnostics", "gcp", "nulls", "promql", "resolve", "slo", "source", "spec", "sql", "templates"],
    ),
    ("verify", &["diagnostics", "gcp", "monitoring", "promql", "slo", "source"]),
    ("accept", &["diagnostics", "source"]),
    // What knows the Stack and nothing above it.
    ("terraform", &["monitoring", "slo", "sql"]),
    ("dashboards", &["gcp", "monitoring", "nulls", "slo", "sql", "templates"]),
    ("grafana", &["dashboards", "gcp", "slo", "sql"]),
    ("output", &["diagnostics", "files", "terraform"]),
    // What joins the rooms.
    (
        "compile",
        &[
            "accept",
            "check",
            "dashboards",
            "diagnostics",
            "grafana",
            "monitoring",
            "output",
            "resolve",
            "source",
            "templates",
            "terraform",
            "verify",
        ],
    ),
    ("explain", &["compile", "diagnostics", "monitoring", "resolve", "slo", "source", "spec"]),
    (
        "plan",
        &[
            "compile",
            "diagnostics",
            "explain",
            "monitoring",
            "nulls",
            "output",
            "promql",
            "resolve",
            "slo",
            "source",
            "spec",
            "sql",
            "templates",
            "terraform",
        ],
    ),
    (
        "cli",
        &[
            "accept",
            "compile",
            "diagnostics",
            "explain",
            "files",
            "monitoring",
            "nulls",
            "output",
            "plan",
            "resolve",
            "sample",
            "slo",
            "source",
            "spec",
            "templates",
            "terraform",
        ],
    ),
];

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_dir() || path.extension().is_some_and(|end| end == "rs"))
        .flat_map(|path| files(&path))
        .collect()
}

/// The rooms that a text names, as `crate::room`, or in a list as in `use crate::{grafana, terraform}`.
fn used(text: &str) -> BTreeSet<&str> {
    let mut rooms = BTreeSet::new();
    for (at, path) in text.match_indices("crate::") {
        let rest = text.get(at + path.len()..).unwrap();
        let names = match rest.strip_prefix('{') {
            Some(list) => list.split_once('}').unwrap().0,
            None => rest.split(|letter: char| !letter.is_ascii_lowercase()).next().unwrap(),
        };
        let name = |part: &'_ str| part.trim().split("::").next().unwrap().len();
        rooms.extend(
            names
                .split(',')
                .map(|part| part.trim().get(..name(part)).unwrap())
                .filter(|part| !part.is_empty()),
        );
    }
    rooms
}

#[test]
fn no_room_uses_one_below_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut known: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    // Beside the rooms: the crate's roots, and what the tests in `src` expect.
    known.extend(["lib", "main", "snapshots"]);
    for entry in fs::read_dir(&source).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(known.contains(&name.as_str()), "`{name}` is not in the table of rooms");
    }
    for (room, allowed) in ROOMS {
        let folder = source.join(room);
        let path = if folder.is_dir() { folder } else { source.join(format!("{room}.rs")) };
        for file in files(&path) {
            let text = fs::read_to_string(&file).unwrap();
            for other in used(&text).into_iter().filter(|other| *other != room) {
                assert!(
                    allowed.contains(&other),
                    "{} uses `{other}`, which is below `{room}`",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn uses_are_found_in_every_form() {
    let text = "use crate::slo::{Budget, Ratio};\nuse crate::{grafana, terraform::print};\nlet x = crate::spec::Kind;";
    assert_eq!(used(text), BTreeSet::from(["slo", "grafana", "terraform", "spec"]));
}

/// `ARCHITECTURE.md` names every room, and no room that is not there.
#[test]
fn the_architecture_is_the_one_that_is_written_down() {
    let page = include_str!("../ARCHITECTURE.md");
    let (_, drawing) = page.split_once("slo-specs/*.yaml").unwrap();
    let (drawing, _) = drawing.split_once("\n## ").unwrap();
    let words: BTreeSet<&str> = drawing.split(|letter: char| !letter.is_ascii_lowercase()).collect();
    for (room, _) in ROOMS {
        assert!(words.contains(room), "ARCHITECTURE.md does not show `{room}`");
    }
}

/// Files that the pages for contributors name are there.
#[test]
fn the_files_that_contributors_are_sent_to_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        let code = text.split('`').skip(1).step_by(2);
        for path in code.filter(|path| path.contains('/') && !path.contains([' ', '*', '<'])) {
            let found = ["", "src/"].iter().any(|folder| root.join(folder).join(path).exists());
            assert!(found, "{page} names `{path}`, which is not there");
        }
    }
}

/// The threat model is what the tests hold: each line of its table names at least one, and each of them is there.
#[test]
fn each_line_of_the_threat_model_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = String::new();
    let mut folders = vec![root.join("tests"), root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "rs") {
                tests.push_str(&fs::read_to_string(path).unwrap());
            } else if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with(".venv") {
                folders.push(path);
            }
        }
    }
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 15);
    for row in rows {
        let last = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let names: Vec<&str> = last.split(", ").map(|name| name.trim_matches('`')).collect();
        for name in names {
            assert!(tests.contains(&format!("fn {name}(")), "no test `{name}`: {row}");
        }
    }
}
