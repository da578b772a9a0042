//! The worked example in this repository: it is what its specs compile to, the real terraform accepts it, and every query
//! in it is PromQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise"
)]

mod applies;

use crate::support::terraform::{PlanOutcome, Workspace};
use genkai::compile::{Compilation, compile};
use genkai::monitoring::Query;
use genkai::output::{self, RealDisk};
use genkai::source::{Sources, disk};
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use std::path::Path;
use std::process::Command;

/// Any day: nothing here depends on it.
const TODAY: Date = date(2026, 1, 1);

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn example() -> Compilation {
    let (sources, findings) = disk::load(Path::new(ROOT));
    let compilation = compile(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY);
    assert_eq!(compilation.findings, []);
    compilation
}

#[test]
fn generated_is_what_the_specs_compile_to() {
    let disk = RealDisk::new(Path::new(ROOT).join("generated"));
    let comparison = output::check(&disk, &example().artifacts).unwrap();
    assert!(comparison.is_current(), "run `cargo run -- generate`:\n{comparison}");
}

/// The example with every spec's text changed.
fn example_with(change: impl Fn(&str) -> String) -> Compilation {
    let (sources, findings) = disk::load(Path::new(ROOT));
    let mut changed = Sources::default();
    for (_, file) in sources.iter() {
        changed.add(file.path.clone(), change(&file.text));
    }
    compile(&changed, findings, &Templates::new(Vec::new()).unwrap(), TODAY)
}

#[test]
fn a_line_more_in_a_spec_changes_nothing() {
    let files = |compilation: &Compilation| -> Vec<(String, String)> {
        compilation
            .artifacts
            .iter()
            .map(|artifact| (artifact.path.clone(), artifact.contents.to_string()))
            .collect()
    };
    let as_it_is = files(&example());
    assert_eq!(files(&example_with(|text| format!("# One line more.\n\n{text}"))), as_it_is);
    assert_eq!(files(&example_with(|text| text.replace('\n', "\r\n"))), as_it_is);
    // And a change that matters is seen.
    assert_ne!(files(&example_with(|text| text.replace("target: 95%", "target: 90%"))), as_it_is);
}

/// A scheduled query runs as soon as it is created. Only alerts that need its ID come after it.
#[test]
fn alerts_that_match_a_checks_message_exist_before_its_first_run() {
    let compilation = example();
    let checks = compilation.artifacts.iter().map(|artifact| artifact.contents.to_string());
    let checks: Vec<String> =
        checks.filter(|file| file.contains("\"google_bigquery_data_transfer_config\"")).collect();
    assert!(checks.len() > 5);
    for file in checks {
        let (query, policies) = file.split_once("\nresource \"google_monitoring_alert_policy\" ").unwrap();
        let depends_on = query.split_once("depends_on").unwrap().1;
        for policy in policies.split("\nresource \"google_monitoring_alert_policy\" ") {
            let name = policy.split('"').nth(1).unwrap();
            let is_first = depends_on.contains(&format!("google_monitoring_alert_policy.{name},"));
            assert_eq!(is_first, name.contains("__failing_columns"), "{name} {depends_on}");
            assert_ne!(is_first, policy.contains("google_bigquery_data_transfer_config."), "{name}");
        }
    }
}

/// What the output promises to Terraform: formatted, valid, applied at the first try, and nothing to do after it.
fn accepts(workspace: Workspace, what: &str) {
    let workspace = workspace.with_module("terraform");
    workspace.fmt_check().unwrap_or_else(|diff| panic!("{what}: {diff}"));
    workspace.init();
    assert_eq!(workspace.validate(), [""; 0], "{what}");
    let first = workspace.plan();
    assert!(matches!(first, PlanOutcome::Changes(_)), "{what}: {first:?}");
    workspace.apply().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(workspace.plan(), PlanOutcome::Empty, "{what}");
}

#[test]
fn terraform_accepts_both_environments_of_the_example() {
    for environment in ["production", "staging"] {
        let folder = Path::new(ROOT).join("generated").join(environment);
        let Some(workspace) = Workspace::copy_of(&folder) else { return };
        accepts(workspace, environment);
    }
}

/// Hostile texts, windows without an SLO, channels of every kind: what the cases show, terraform takes.
#[test]
fn terraform_accepts_every_sound_case() {
    let mut accepted = 0;
    for case in std::fs::read_dir(Path::new(ROOT).join("tests/cases")).unwrap() {
        let case = case.unwrap().path();
        let (sources, findings) = disk::load(&case);
        let compilation = compile(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY);
        for stack in compilation.stacks.iter().filter(|stack| !stack.pipelines.is_empty()) {
            let prefix = format!("{}/", stack.environment.name);
            let files = compilation.artifacts.iter().filter_map(|artifact| {
                Some((artifact.path.strip_prefix(&prefix)?.to_owned(), artifact.contents.clone()))
            });
            let Some(workspace) = Workspace::new(files) else { return };
            accepts(workspace, &format!("{} in {}", case.display(), stack.environment.name));
            accepted += 1;
        }
    }
    assert!(accepted > 8, "most cases about output must be sound: {accepted}");
}

/// Every query in the example, and the twins in PromQL of the conditions that are not.
fn queries() -> Vec<String> {
    let mut queries = Vec::new();
    let stacks = example().stacks;
    for promise in stacks.iter().flat_map(|stack| &stack.pipelines).flat_map(|pipeline| &pipeline.promises) {
        queries.extend(promise.policies.iter().map(|policy| policy.twin.pretty()));
        for condition in promise.policies.iter().flat_map(|policy| &policy.conditions) {
            if let Query::PromQl { query, .. } = &condition.query {
                queries.extend([query.pretty(), query.one_line()]);
            }
        }
    }
    assert!(queries.len() > 10);
    queries
}

#[test]
fn every_query_parses() {
    for query in queries() {
        promql_parser::parser::parse(&query).unwrap_or_else(|error| panic!("{error}: {query}"));
    }
}

/// A metrics scope may hold the series of several projects, and Composer's names may be the same in several regions.
#[test]
fn every_selector_and_every_filter_names_the_project() {
    let stacks = example().stacks;
    for stack in &stacks {
        let scoped = [
            format!(r#"project_id="{}""#, stack.environment.project_id),
            format!(r#"location="{}""#, stack.environment.location.as_ref().unwrap()),
        ];
        let promises = stack.pipelines.iter().flat_map(|pipeline| &pipeline.promises);
        let mut series: Vec<String> = Vec::new();
        for promise in promises {
            series.extend(promise.slo.iter().flat_map(|slo| [slo.good.to_string(), slo.bad.to_string()]));
            for policy in &promise.policies {
                let labels = policy.twin.one_line();
                series
                    .extend(labels.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()));
                series.extend(policy.conditions.iter().filter_map(|condition| match &condition.query {
                    Query::Count { filter, .. }
                    | Query::TooFew { filter, .. }
                    | Query::Highest { filter, .. } => Some(filter.to_string()),
                    _ => None,
                }));
            }
        }
        assert!(series.len() > 50, "{}", series.len());
        for series in series {
            let of_composer = series.contains("cloud_composer_");
            let wanted = if of_composer { &scoped[..] } else { &scoped[..1] };
            assert!(wanted.iter().all(|label| series.contains(label)), "{series}");
        }
    }
}

/// Counts the levels of sub-queries, each of which multiplies the work.
#[derive(Default)]
struct Levels {
    now: usize,
    most: usize,
}

impl promql_parser::util::ExprVisitor for Levels {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &promql_parser::parser::Expr) -> Result<bool, Self::Error> {
        self.now += usize::from(matches!(expr, promql_parser::parser::Expr::Subquery(_)));
        self.most = self.most.max(self.now);
        Ok(true)
    }

    fn post_visit(&mut self, expr: &promql_parser::parser::Expr) -> Result<bool, Self::Error> {
        self.now -= usize::from(matches!(expr, promql_parser::parser::Expr::Subquery(_)));
        Ok(true)
    }
}

fn levels(query: &str) -> usize {
    let expr = promql_parser::parser::parse(query).unwrap_or_else(|error| panic!("{error}: {query}"));
    let mut levels = Levels::default();
    promql_parser::util::walk_expr(&mut levels, &expr).unwrap();
    levels.most
}

/// Of the example and of every case that compiles.
#[test]
fn no_query_is_too_long_or_nests_subqueries() {
    assert_eq!(levels("max_over_time(a[1h:4m]) + max_over_time(b[1h:4m])"), 1);
    assert_eq!(levels("max_over_time(max_over_time(a[1h:4m])[1h:4m])"), 2);
    let cases = std::fs::read_dir(Path::new(ROOT).join("tests/cases")).unwrap().map(|case| {
        let (sources, findings) = disk::load(&case.unwrap().path());
        compile(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY)
    });
    let mut seen = 0;
    for compilation in cases.chain([example()]) {
        let stacks = compilation.stacks.iter().filter(|stack| !stack.pipelines.is_empty());
        let promises = stacks.flat_map(|stack| &stack.pipelines).flat_map(|pipeline| &pipeline.promises);
        for policy in promises.flat_map(|promise| &promise.policies) {
            // The twin of several conditions is longer than what is sent.
            assert!(levels(&policy.twin.one_line()) <= 1, "{}", policy.twin.pretty());
            for condition in &policy.conditions {
                let Query::PromQl { query, .. } = &condition.query else { continue };
                let text = query.pretty();
                assert!(levels(&text) <= 1 && text.chars().count() <= 2_000, "{text}");
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn promtool_accepts_every_query() {
    let Some(promtool) = crate::support::oracle("promtool") else { return };
    let rules: Vec<_> = queries()
        .iter()
        .enumerate()
        .map(|(at, expr)| serde_json::json!({ "alert": format!("A{at}"), "expr": expr }))
        .collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    let groups = serde_json::json!({ "groups": [{ "name": "example", "rules": rules }] });
    std::fs::write(file.path(), groups.to_string()).unwrap();
    let output = Command::new(promtool).args(["check", "rules"]).arg(file.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
