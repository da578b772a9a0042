//! `plan`: what edits to the worked example mean, and how that is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and runs programs"
)]

mod edit;
mod gallery;
mod git;
mod ground;
mod hostile;
mod renamed;
mod review;
mod traps;
mod workflows;

use edit::{base, edited, edits, files, planned, sound, texts};
use genkai::plan::report;
use rayon::prelude::*;
use std::fmt::Write;
use std::path::Path;

/// Each edit is classified as it says, and shown beside what the plan tells.
#[test]
fn every_edit_is_classified_as_it_must_be() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan");
    let mut paths: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "edits"));
    paths.sort();
    let mut count = 0;
    for path in paths {
        let edits = edits(&std::fs::read_to_string(&path).unwrap());
        count += edits.len();
        base();
        let (shown, wrong): (Vec<String>, Vec<String>) = edits.par_iter().map(shown).unzip();
        assert!(wrong.iter().all(String::is_empty), "{}", wrong.concat());
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        settings.bind(|| insta::assert_snapshot!(name, shown.join("\n")));
    }
    assert!(count >= 40, "{count} edits");
}

/// An edit beside what the plan tells, and that again if it is not classified as it must be.
fn shown(edit: &edit::Edit) -> (String, String) {
    let head = sound(&edited(&edit.written));
    let plan = planned(&head);
    ground::holds(base(), &head, &plan, &edit.name);
    let kinds: Vec<String> =
        plan.changes.iter().map(|change| format!("{} {}", change.kind.key(), change.aspect)).collect();
    let mut shown = String::new();
    let told = report::text::render(&plan, texts(&head)).unwrap();
    let wrong = match kinds == edit.expected {
        true => String::new(),
        false => format!("{}: {kinds:?}, not {:?}\n{told}\n", edit.name, edit.expected),
    };
    let told = told.lines().filter(|line| !line.starts_with("    ~ ")).collect::<Vec<_>>().join("\n");
    writeln!(shown, "━━━ {}\n{}\n\n{told}", edit.name, edit.written).unwrap();
    (shown, wrong)
}

/// Values of the example with others in their place, and lines left out: whatever compiles.
#[test]
fn a_plan_is_empty_exactly_when_the_files_stay_the_same() {
    let mut all = Vec::new();
    for (path, text) in files() {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'))
        {
            let mut with = |what: &str, other: Option<String>| {
                let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
                match other {
                    Some(other) => lines[number] = other,
                    None => drop(lines.remove(number)),
                }
                let mut files = files().clone();
                files.insert(path.clone(), lines.join("\n") + "\n");
                all.push((format!("{path}:{}: {what}", number + 1), files));
            };
            with("left out", None);
            for (from, to) in [
                ("5%", "1%"),
                ("28d", "21d"),
                ("1h", "2h"),
                ("page", "ticket"),
                ("sales", "orders"),
                ("0 ", "5 "),
            ] {
                if line.contains(from) {
                    with(&format!("{from} is {to}"), Some(line.replace(from, to)));
                }
            }
        }
    }
    // By what is changed, so that another line in the example leaves most of the choice as it is.
    all.sort_by_cached_key(|(what, _)| {
        what.bytes().fold(5381u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte))
    });
    base();
    let tried = all.par_iter().take(90).filter(|(what, files)| {
        let head = edit::compiled(files);
        let compiles = edit::errors(&head).is_none();
        if compiles {
            ground::holds(base(), &head, &planned(&head), what);
        }
        compiles
    });
    let tried = tried.count();
    assert!(tried > 30, "only {tried} of the edits compile");
}

#[test]
fn a_project_has_no_changes_against_itself() {
    let plan = planned(&sound(files()));
    assert!(plan.is_empty(), "{plan:#?}");
    let told = report::text::render(&plan, texts(base())).unwrap();
    assert_eq!(told, "no change\n");
}
