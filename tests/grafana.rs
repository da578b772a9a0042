//! Dashboards, judged by Grafana's own types (`grafana/types.rs`) and by what types cannot say (`grafana/rules.rs`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and runs the TypeScript compiler"
)]

mod outline;
mod rules;
mod types;

use genkai::compile::compile;
use genkai::diagnostics::{has_errors, text};
use genkai::source::disk;
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

/// Any day: nothing here depends on it.
const TODAY: Date = date(2026, 1, 1);

const PROJECT: &str = "
apiVersion: genkai.dev/v1
kind: Project
metadata: {name: example}
spec:
  grafana: {folder: Data pipelines, url: https://grafana.example.com}
  environments:
    production:
      projectId: example-prod
      composerEnvironments: [composer]
      bigquery: {dataset: monitoring, location: EU}
      channels:
        oncall: {email: oncall@example.com}
        team: {email: data-team@example.com}
    staging:
      projectId: example-staging
      composerEnvironments: [composer]
      maxSeverity: none
      bigquery: {dataset: monitoring, location: EU}
      channels:
        oncall: {email: oncall@example.com}
        team: {email: data-team@example.com}
  owners:
    data-team: {page: [oncall], ticket: [team], runbook: 'https://wiki.example.com/data'}
  defaults: {owner: data-team, window: 28d, timezone: UTC}
";

/// Name, other metadata, cron and target: the ways in which a promise is watched, and texts that Grafana would read.
const SPECS: [(&str, &str, &str, &str); 4] = [
    ("daily", "displayName: Daily report, description: Sums up yesterday's sales.", "0 4 * * *", "95%"),
    ("frequent", "displayName: Ingest events", "*/10 * * * *", "99.5%"),
    ("flawless", "displayName: Closing of the books", "0 6 1 * *", "100%"),
    (
        "hostile",
        "displayName: '$project ${datasource} [[project]] [[[[[project]]] $__interval ${__url_time_range}', \
         description: 'See $project, ${datasource:raw}, [[project]], $$project, [[[project]]].', \
         runbook: 'https://x.example.com/$project?a=$__all_variables'",
        "*/10 * * * *",
        "99%",
    ),
];

/// With an objective and without, and with names that look like Grafana's.
const CHECKS: &str = "
apiVersion: genkai.dev/v1
kind: NullRatioCheck
metadata: {name: orders, displayName: NULLs in orders}
spec:
  table: example-prod.shop.orders
  partition: {column: day, delay: 1h}
  schedule: {cron: '0 6 * * *'}
  columns:
    zip: {rise: {moreThan: 5pt, over: 28d}, severity: ticket}
    'payload:$.project': {atMost: 1%}
    'payload:$.ids[0]': {atMost: 1%}
  objective: {target: 99%}
---
apiVersion: genkai.dev/v1
kind: NullRatioCheck
metadata: {name: unpromised}
spec:
  table: example-prod.shop.orders
  partition: {column: day, delay: 1h}
  schedule: {cron: '0 6 * * *'}
  columns:
    zip: {atMost: 5%}
";

/// The dashboards of a project with all specs, by environment and name, such as `production-daily`.
static DASHBOARDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(dashboards);

fn dashboards() -> BTreeMap<String, String> {
    let project = tempfile::tempdir().unwrap();
    let folder = project.path().join("slo-specs");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("project.yaml"), PROJECT).unwrap();
    for (name, metadata, cron, target) in SPECS {
        let spec = format!(
            "apiVersion: genkai.dev/v1\nkind: DagSlo\nmetadata: {{name: {name}, {metadata}}}\nspec:\n  dag: {name}\n  \
             schedule: {{cron: '{cron}'}}\n  objectives:\n    success: {{target: {target}}}\n"
        );
        fs::write(folder.join(format!("{name}.yaml")), spec).unwrap();
    }
    fs::write(folder.join("checks.yaml"), CHECKS).unwrap();
    let (sources, findings) = disk::load(project.path());
    let compilation = compile(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY);
    let findings = &compilation.findings;
    assert!(!has_errors(findings), "{}", text::render(&sources, findings, false));
    let artifacts = compilation.artifacts.iter();
    let dashboards: BTreeMap<String, String> = artifacts
        .filter(|artifact| artifact.path.contains("/grafana/"))
        .filter_map(|artifact| {
            let (environment, name) = artifact.path.strip_suffix(".json")?.split_once("/grafana/")?;
            let (_, name) = name.split_once('_')?;
            let name = format!("{environment}-{name}");
            Some((name, artifact.contents.to_string()))
        })
        .collect();
    assert_eq!(dashboards.len(), 2 * SPECS.len() + 4);
    dashboards
}

fn dashboard(name: &str) -> Value {
    serde_json::from_str(&DASHBOARDS[name]).unwrap()
}

/// The dashboard that has all there is: an SLO, burn rates, counted events.
fn frequent() -> Value {
    dashboard("production-frequent")
}
