//! The pages that explain the codes: one for each, all of one form, and every example in them does what they say.
//!
//! A `yaml` block is compiled beside the Project that `genkai init` writes; a `yaml complete` block is all there is. What
//! stands on a line with `# <--` is what is wrong. `UPDATE_DOCS=1 cargo test --test fast explain::` writes the index.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and reads and writes the docs"
)]

use genkai::compile::compile;
use genkai::diagnostics::{Code, Diagnostic, Subject, text};
use genkai::source::Sources;
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The day by which the dates of accepted findings are judged.
const TODAY: Date = date(2026, 1, 1);

/// The headings of a page, in order, after its title.
const HEADINGS: [&str; 4] = ["What it means", "Why it matters", "Wrong", "Right"];

/// Codes that no specs cause, or none that are short enough to read: their pages show something else, and say so.
const ILLUSTRATED: [Code; 21] = [
    Code::NotRead,
    Code::Unreadable,
    Code::NotUtf8,
    Code::TooLarge,
    Code::TooDeep,
    Code::TooMuch,
    Code::NotEvaluated,
    Code::SloGoal,
    Code::SloWindow,
    Code::Link,
    Code::PolicyShape,
    Code::TooManyPolicies,
    Code::TooManyOfAKind,
    Code::ForeignFile,
    Code::SharedAddress,
    Code::CannotWrite,
    Code::BadManifest,
    Code::LineEndings,
    Code::Unmarked,
    Code::Leaving,
    Code::Template,
];

/// Codes about comments that accept a finding come with that finding.
const ABOUT_ANOTHER: [(Code, Code); 3] = [
    (Code::NotUnderstood, Code::AlertNotMade),
    (Code::ExpiredAllow, Code::AlertNotMade),
    (Code::ErrorAllowed, Code::UnknownKey),
];

/// What the pages of those codes say.
const ILLUSTRATION: &str = "An illustration: the tests do not compile it.";

/// The paragraphs and blocks below a heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).unwrap_or_default();
    rest.split("\n## ").next().unwrap()
}

/// The only block of a section: what follows the fence, and its lines.
fn block(section: &str) -> (&str, &str) {
    let parts: Vec<&str> = section.split("```").collect();
    assert_eq!(parts.len(), 3, "exactly one block in {section}");
    parts[1].split_once('\n').unwrap()
}

/// What is found in an example of a code's page. That a later version compiles it is nothing to explain there.
fn findings(info: &str, yaml: &str) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    match info {
        "yaml" => {
            sources.add("slo-specs/project.yaml", include_str!("../src/cli/example/project.yaml"));
        }
        "yaml complete" => {}
        other => panic!("a block of `{other}` is not compiled"),
    }
    sources.add("slo-specs/example.yaml", yaml);
    let findings = compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), TODAY).findings;
    (sources, findings)
}

#[test]
fn every_code_has_one_page_of_the_same_form() {
    for code in Code::ALL {
        let page = code.page();
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(page.lines().next(), Some(format!("# {code}: {}", code.title()).as_str()));
        assert_eq!(headings, HEADINGS, "{code}");
        for heading in HEADINGS {
            assert!(!section(page, heading).trim().is_empty(), "{code} says nothing about `{heading}`");
        }
        let longest = page.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(100), "{code} has a line of {longest:?} characters");
    }
    let names: BTreeSet<String> = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics")).unwrap();
    let files: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, names, "one page for each code, and nothing else");
}

#[test]
fn every_code_is_in_the_range_of_one_subject() {
    let by_subject: Vec<Code> = Subject::ALL.into_iter().flat_map(Subject::codes).collect();
    assert_eq!(by_subject, Code::ALL, "the codes are in order, each below a subject");
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len(), "no code is used twice");
}

#[test]
fn every_wrong_example_gives_its_code_where_it_says_and_nothing_else() {
    for code in Code::ALL.iter().filter(|code| !ILLUSTRATED.contains(code)) {
        let (info, yaml) = block(section(code.page(), "Wrong"));
        let (sources, findings) = findings(info, yaml);
        let shown = text::render(&sources, &findings, false);
        let codes: BTreeSet<Code> = findings.iter().map(|finding| finding.code).collect();
        let other = ABOUT_ANOTHER.iter().filter(|(about, _)| about == code).map(|(_, other)| *other);
        assert_eq!(codes, other.chain([*code]).collect(), "{code}:\n{shown}");
        let marked = yaml.lines().position(|line| line.contains("# <--"));
        let found = findings[0].primary.as_ref().map(|label| {
            assert_eq!(sources.path(label.span.file), "slo-specs/example.yaml", "{code}");
            yaml.get(..label.span.start as usize).unwrap().matches('\n').count()
        });
        assert!(marked.is_none() || found == marked, "{code} is not on the line with `# <--`:\n{shown}");
    }
}

#[test]
fn every_right_example_gives_no_finding() {
    for code in Code::ALL.iter().filter(|code| !ILLUSTRATED.contains(code)) {
        let (info, yaml) = block(section(code.page(), "Right"));
        let (sources, findings) = findings(info, yaml);
        assert!(findings.is_empty(), "{code}:\n{}", text::render(&sources, &findings, false));
    }
}

#[test]
fn pages_without_compiled_examples_say_so() {
    for code in Code::ALL {
        let wrong = section(code.page(), "Wrong");
        assert_eq!(wrong.contains(ILLUSTRATION), ILLUSTRATED.contains(code), "{code}");
        for example in [wrong, section(code.page(), "Right")] {
            let yaml = block(example).0.starts_with("yaml");
            assert_eq!(yaml, !ILLUSTRATED.contains(code), "{code}: `yaml` is what the tests compile");
        }
    }
}

fn index() -> String {
    let mut index = "<!-- Written by `UPDATE_DOCS=1 cargo test --test fast explain::`. -->\n# Diagnostics\n\n\
        Everything that Genkai finds has a code that never changes its meaning. `genkai explain GK102` prints the page \
        of one.\nThe examples are compiled by the tests, beside the [Project](../src/cli/example/project.yaml) that \
        `genkai init` writes\nwhere they show none of their own. A warning that is meant to be there \
        can be [accepted](allow.md).\n"
        .to_owned();
    for subject in Subject::ALL {
        index +=
            &format!("\n## {}xx: {}\n\n| code | what it means |\n|---|---|\n", subject.prefix, subject.name);
        for code in subject.codes() {
            index += &format!("| [{code}](diagnostics/{code}.md) | {} |\n", code.title());
        }
    }
    index
}

#[test]
fn the_index_lists_every_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, index()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == index(),
        "run `UPDATE_DOCS=1 cargo test --test fast explain::` and commit docs/diagnostics.md"
    );
}
