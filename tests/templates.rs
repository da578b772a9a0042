//! The texts in `templates/`: each is used, each may use what docs/templates.md says, and what is shown there works.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and reads templates"
)]

use genkai::compile::{Compilation, compile};
use genkai::diagnostics::Code;
use genkai::source::disk;
use genkai::templates::{NAMES, Templates};
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const TODAY: Date = date(2026, 1, 1);
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const DOCS: &str = include_str!("../docs/templates.md");

/// The worked example, which has every alert, with templates of its own.
fn example_with(overrides: &[(String, String)]) -> Compilation {
    let (sources, findings) = disk::load(Path::new(ROOT));
    compile(&sources, findings, &Templates::new(overrides.to_vec()).unwrap(), TODAY)
}

/// What is wrong with the templates.
fn mistakes(compilation: &Compilation) -> Vec<String> {
    let findings = compilation.findings.iter().filter(|finding| finding.code == Code::Template);
    findings.map(|finding| finding.message.clone()).collect()
}

/// The rows of the table whose header begins with a word.
fn table(header: &str) -> Vec<Vec<&'static str>> {
    let lines = DOCS.lines().skip_while(|line| !line.starts_with(&format!("| {header} |")));
    let rows = lines.skip(2).map_while(|line| line.strip_prefix("| ")?.strip_suffix("|"));
    rows.map(|row| row.split('|').map(str::trim).collect()).collect()
}

fn code(text: &str) -> Option<&str> {
    text.strip_prefix('`')?.strip_suffix('`')
}

/// What each template may use, by its name.
fn documented() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let facts = table("fact");
    let facts = |set: &str| -> Vec<&str> {
        let of_set = facts.iter().filter(|row| row.get(1).unwrap().split(", ").any(|of| of == set));
        of_set.map(|row| code(row.first().unwrap()).unwrap()).collect()
    };
    let row = |row: Vec<&'static str>| {
        let [name, _, uses] = row.as_slice() else { panic!("{row:?}") };
        let uses = uses.split(", ").filter(|part| !part.is_empty());
        let uses = uses.flat_map(|part| code(part).map_or_else(|| facts(part), |fact| vec![fact]));
        (code(name).unwrap(), uses.collect())
    };
    table("template").into_iter().map(row).collect()
}

#[test]
fn the_docs_list_every_template() {
    assert_eq!(
        documented().keys().copied().collect::<BTreeSet<_>>(),
        BTreeSet::from_iter(NAMES.iter().copied())
    );
}

/// A mistake in a template that nothing uses would not be noticed, and what the docs promise to it must be there.
#[test]
fn every_template_is_used_and_has_the_facts_that_the_docs_list() {
    for (name, facts) in documented() {
        let built_in = fs::read_to_string(format!("{ROOT}/templates/en/{name}")).unwrap();
        let path = format!("en/{name}");
        let all: String = facts.iter().map(|fact| format!("{{{{ {fact} }}}} ")).collect();
        let compilation = example_with(&[(path.clone(), format!("{all}{built_in}"))]);
        assert_eq!(mistakes(&compilation), [""; 0], "{name} does not have what docs/templates.md says");
        let compilation = example_with(&[(path, format!("{{{{ no_such_fact }}}}{built_in}"))]);
        assert!(!mistakes(&compilation).is_empty(), "nothing uses {name}");
    }
}

#[test]
fn what_the_docs_show_compiles_and_is_seen() {
    let blocks = DOCS.split("```jinja templates/").skip(1);
    let overrides: Vec<(String, String)> = blocks
        .map(|block| {
            let (name, rest) = block.split_once('\n').unwrap();
            (name.to_owned(), rest.split_once("```").unwrap().0.to_owned())
        })
        .collect();
    assert_eq!(overrides.len(), 2);
    let compilation = example_with(&overrides);
    assert_eq!(mistakes(&compilation), [""; 0]);
    let policies = compilation.stacks.iter().flat_map(|stack| &stack.pipelines);
    let policies = policies.flat_map(|pipeline| &pipeline.promises).flat_map(|promise| &promise.policies);
    let mut called = 0;
    for policy in policies {
        let content = &policy.documentation.content;
        assert!(content.ends_with("\n\nQuestions: #data-platform."), "{content}");
        let pages = policy.alert == genkai::monitoring::Alert::RepeatedFailure;
        assert_eq!(content.contains("1. Call whoever is on duty in the warehouse"), pages, "{content}");
        called += usize::from(pages);
    }
    assert!(called > 3);
}
