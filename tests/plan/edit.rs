//! Edits to the worked example, as text that reads like a diff, and both sides compiled.

use genkai::diagnostics::{Severity, text};
use genkai::plan::{Agreement, Plan, Side, plan};
use genkai::source::{Sources, disk};
use genkai::templates::{Templates, Texts};
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// Any day: no plan depends on it.
pub const TODAY: Date = date(2026, 1, 1);

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The worked example's files, by path.
pub fn files() -> &'static BTreeMap<String, String> {
    static FILES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let (sources, findings) = disk::load(Path::new(ROOT));
        assert!(findings.is_empty(), "{findings:?}");
        sources.iter().map(|(_, file)| (file.path.clone(), file.text.to_string())).collect()
    })
}

/// The worked example, compiled once. Compiling takes rayon's threads: what asks for it there first must have asked before,
/// or all of them wait for each other.
pub fn base() -> &'static Side {
    static BASE: OnceLock<Side> = OnceLock::new();
    BASE.get_or_init(|| compiled(files()))
}

pub fn templates() -> &'static Templates {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    TEMPLATES.get_or_init(|| Templates::new(Vec::new()).unwrap())
}

pub fn texts(side: &Side) -> Texts<'static> {
    templates().texts(side.insight.stacks[0].environment.language)
}

pub fn compiled(files: &BTreeMap<String, String>) -> Side {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(path.clone(), text.clone());
    }
    Side::compile(sources, Vec::new(), templates(), TODAY)
}

/// The errors of a side, as people read them.
pub fn errors(side: &Side) -> Option<String> {
    let errors = side.insight.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<_> = errors.cloned().collect();
    (!errors.is_empty()).then(|| text::render(&side.sources, &errors, false))
}

/// A side that compiles.
pub fn sound(files: &BTreeMap<String, String>) -> Side {
    let side = compiled(files);
    assert_eq!(errors(&side), None);
    side
}

pub fn planned(head: &Side) -> Plan {
    plan(base(), head, &Agreement::default())
}

/// One edit with its name and what it must be classified as.
pub struct Edit {
    pub name: String,
    /// The edit as it is written.
    pub written: String,
    /// `KIND ASPECT`, the most serious first.
    pub expected: Vec<String>,
}

/// The edits of a file: `=== NAME`, then for each spec `--- PATH` with lines to remove and lines in their place, and
/// `=> KIND ASPECT` for each change that the plan must have.
pub fn edits(text: &str) -> Vec<Edit> {
    let cases = text.split("\n=== ").skip(1);
    let edit = |case: &str| {
        let (name, body) = case.split_once('\n').unwrap();
        let (expected, written): (Vec<&str>, Vec<&str>) =
            body.lines().partition(|line| line.starts_with("=> "));
        Edit {
            name: name.to_owned(),
            written: written.join("\n").trim_end().to_owned(),
            expected: expected.iter().map(|line| line["=> ".len()..].to_owned()).collect(),
        }
    };
    cases.map(edit).collect()
}

/// The worked example with an edit. `--- *` is every spec and every occurrence; a file of which everything is removed is
/// written `--- PATH gone`, one that has another name `--- PATH is PATH`.
pub fn edited(written: &str) -> BTreeMap<String, String> {
    let mut files = files().clone();
    for part in format!("\n{written}").split("\n--- ").skip(1) {
        let (head, body) = part.split_once('\n').unwrap_or((part, ""));
        if let Some(path) = head.strip_suffix(" gone") {
            files.remove(path).unwrap();
        } else if let Some((from, to)) = head.split_once(" is ") {
            let text = files.remove(from).unwrap();
            files.insert(to.to_owned(), text);
        } else if head == "*" {
            let (from, to) = replaced(body).remove(0);
            files.values_mut().for_each(|text| *text = text.replace(from.trim_end(), to.trim_end()));
        } else {
            let text = files.entry(head.to_owned()).or_default();
            for (from, to) in replaced(body) {
                match from.is_empty() {
                    true => text.push_str(&to),
                    false => {
                        assert!(text.contains(&from), "{head} does not hold\n{from}");
                        *text = text.replacen(&from, &to, 1);
                    }
                }
            }
        }
    }
    files
}

/// Runs of removed lines with the lines in their place.
fn replaced(body: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut adding = true;
    for line in body.lines().filter(|line| !line.is_empty()) {
        let (removed, text) = match line.split_at(1) {
            ("-", text) => (true, text),
            ("+", text) => (false, text),
            _ => panic!("neither removed nor added: {line}"),
        };
        if (removed && adding) || all.is_empty() {
            all.push((String::new(), String::new()));
        }
        let (from, to) = all.last_mut().unwrap();
        let side = if removed { from } else { to };
        side.push_str(text);
        side.push('\n');
        adding = !removed;
    }
    all
}
