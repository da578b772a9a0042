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
use genkai::plan::{Agreement, Side, plan, report};
use genkai::source::Sources;
use genkai::templates::{Language, NAMES, Templates};
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const TODAY: Date = date(2026, 1, 1);
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const DOCS: &str = include_str!("../docs/templates.md");

/// A small project that has every alert and every panel.
const PROJECT: &str = "
apiVersion: genkai.dev/v1
kind: Project
metadata: {name: small}
spec:
  environments:
    production:
      projectId: small-prod
      composerEnvironments: [composer]
      airflow: {composer: https://airflow.example.com}
      bigquery: {location: EU, dataset: genkai}
      channels: {team: {email: team@example.com}}
  owners:
    data: {page: [team], ticket: [team], runbook: 'https://wiki.example.com'}
  defaults: {owner: data, timezone: Asia/Tokyo}
  grafana: {folder: Data, url: 'https://grafana.example.com'}
---
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: deadlines}
spec:
  dag: deadlines
  schedule: {cron: '0 4 * * *', calendar: weekdays}
  objectives:
    landing: {by: '06:30', target: 95%}
    duration: {under: 45m}
    tasks: {load: {landing: {by: '06:00'}}}
---
apiVersion: genkai.dev/v1
kind: Calendar
metadata: {name: weekdays}
spec: {from: 2026-01-01, through: 2027-12-31, weekend: [saturday, sunday]}
---
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: counts, description: What it is.}
spec:
  dag: counts
  schedule: {cron: '0 4 * * *'}
  objectives:
    success: {target: 95%, window: 28d}
---
apiVersion: genkai.dev/v1
kind: NullRatioCheck
metadata: {name: nulls}
spec:
  table: sales.orders
  partition: {column: created_date}
  objective: {target: 95%}
  schedule: {cron: '0 7 * * *'}
  columns: {customer_id: {atMost: 0%}}
---
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: burn-rates}
spec:
  dag: burn_rates
  schedule: {cron: '*/10 * * * *'}
  objectives:
    success: {target: 99%, window: 28d}
---
apiVersion: genkai.dev/v1
kind: DataflowSlo
metadata: {name: streaming}
spec:
  job: {name: streaming, mode: streaming}
  objectives:
    freshness: {under: 10m, target: 99%}
    lag: {under: 2m, target: 99%}
    errors: {atMost: 0, per: 5m, target: 99%}
  steps: [{step: Parse, throughput: {atLeast: 1KiB, per: 10m, target: 99%}}]
  deadLetters: {subscription: dead-letters}
---
apiVersion: genkai.dev/v1
kind: DataflowSlo
metadata: {name: batch}
spec:
  job: {namePrefix: batch-, mode: batch}
  schedule: {cron: '0 4 * * *'}
";

/// The small project with templates of its own.
fn project_with(overrides: &[(String, String)]) -> Compilation {
    let mut sources = Sources::default();
    sources.add("slo-specs/all.yaml".to_owned(), PROJECT.to_owned());
    compile(&sources, Vec::new(), &Templates::new(overrides.to_vec()).unwrap(), TODAY)
}

/// What is wrong with the templates.
fn mistakes(compilation: &Compilation) -> Vec<String> {
    let findings = compilation.findings.iter().filter(|finding| finding.code == Code::Template);
    findings.map(|finding| finding.message.clone()).collect()
}

/// What a plan says of a change to the small project, with templates of the project's own: the first that fails.
fn plan_mistake(overrides: &[(String, String)]) -> Option<String> {
    let templates = Templates::new(overrides.to_vec()).unwrap();
    let side = |text: &str| {
        let mut sources = Sources::default();
        sources.add("slo-specs/all.yaml".to_owned(), text.to_owned());
        Side::compile(sources, Vec::new(), &templates, TODAY)
    };
    let changed = PROJECT.replace("target: 95%, window: 28d", "target: 80%, window: 28d");
    let changed =
        changed.replace("name: burn-rates", "name: other").replace("team@example.com", "us@example.com");
    let changed = changed.replace("https://wiki.example.com", "https://books.example.com");
    let changed = changed.replace(
        "spec:\n  dag: counts",
        "spec:\n  dag: counts\n  suspend: [{from: 2026-10-08, to: 2026-10-13, reason: x}]",
    );
    let plan = plan(&side(PROJECT), &side(&changed), &Agreement::default());
    let texts = templates.texts(Language::En);
    [report::text::render(&plan, texts), report::markdown::render(&plan, texts)]
        .into_iter()
        .find_map(|rendered| rendered.err().map(|error| error.to_string()))
}

/// Said only of what is longer than a comment may be; tests/plan has one.
const OF_LONG_PLANS: &str = "plan/more.md";

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

/// The built-in template with something in front of it.
fn with_first(first: &str, name: &str) -> (String, String) {
    let built_in = fs::read_to_string(format!("{ROOT}/templates/en/{name}")).unwrap();
    (format!("en/{name}"), format!("{first}{built_in}"))
}

#[test]
fn every_template_has_the_facts_that_the_docs_list() {
    let all = documented().into_iter().map(|(name, facts)| {
        let facts: String = facts.iter().map(|fact| format!("{{{{ {fact} }}}} ")).collect();
        with_first(&facts, name)
    });
    let all: Vec<_> = all.collect();
    assert_eq!(mistakes(&project_with(&all)), [""; 0]);
    assert_eq!(plan_mistake(&all), None);
}

/// A mistake in a template that nothing uses would not be noticed.
#[test]
fn every_template_is_used() {
    for name in NAMES.iter().filter(|name| **name != OF_LONG_PLANS) {
        let overrides = [with_first("{{ no_such_fact }}", name)];
        let is_used = match name.starts_with("plan/") {
            true => plan_mistake(&overrides).is_some(),
            false => !mistakes(&project_with(&overrides)).is_empty(),
        };
        assert!(is_used, "nothing uses {name}");
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
    let compilation = project_with(&overrides);
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
    assert!(called > 0);
}
