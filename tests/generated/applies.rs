//! One apply after another: what changes between them succeeds in the middle, and orphans nothing.

use super::TODAY;
use crate::support::terraform::{PlanOutcome, Workspace};
use genkai::compile::{Compilation, compile};
use genkai::diagnostics::Diagnostic;
use genkai::monitoring::states;
use genkai::output::{Artifacts, Left, What, keep, returned};
use genkai::source::Sources;
use genkai::templates::Templates;
use std::fs;

const PROJECT: &str = r#"
apiVersion: genkai.dev/v1
kind: Project
metadata: {name: shop}
spec:
  environments:
    production:
      projectId: shop-prod
      terraform: {backend: {gcs: {bucket: shop-tfstate, prefix: production}}}
      composerEnvironments: [composer]
      bigquery: {location: EU, dataset: genkai, datasetIs: managed}
      channels:
        oncall: {email: oncall@example.com}
        lead: {email: lead@example.com}
        team: {email: team@example.com}
    staging:
      projectId: shop-stg
      composerEnvironments: [composer-stg]
      bigquery: {location: EU, dataset: genkai, datasetIs: managed}
      channels:
        oncall: {email: oncall@example.com}
        lead: {email: lead@example.com}
        team: {email: team@example.com}
  owners:
    data: {page: [oncall, lead], ticket: [team]}
  defaults: {owner: data, window: 28d, timezone: UTC}
  grafana: {folder: SLOs, url: "https://grafana.example.com"}
"#;

const ORDERS: &str = r#"
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: orders}
spec:
  dag: orders
  schedule: {cron: "0 4 * * *"}
  objectives: {success: {target: 95%}}
"#;

const CHECK: &str = r#"
apiVersion: genkai.dev/v1
kind: NullRatioCheck
metadata: {name: orders}
spec:
  table: sales.orders
  partition: {column: created_date}
  schedule: {cron: "0 9 * * *"}
  columns: {customer_id: {atMost: 1%}}
"#;

fn compiled(documents: &[&str]) -> Compilation {
    let mut sources = Sources::default();
    sources.add("slo-specs/all.yaml", documents.join("---"));
    let compilation = compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), TODAY);
    assert_eq!(compilation.findings, []);
    compilation
}

/// An environment that is applied again and again, as its specs change.
struct Applied {
    environment: &'static str,
    workspace: Workspace,
    before: Artifacts,
}

impl Applied {
    fn first(environment: &'static str, documents: &[&str]) -> Option<Applied> {
        let workspace = Workspace::new::<&str, &str>([])?.with_module("terraform");
        fs::create_dir_all(workspace.path().join("terraform")).unwrap();
        let mut applied = Applied { environment, workspace, before: Artifacts::default() };
        assert_eq!(applied.then(documents), []);
        assert_eq!(applied.workspace.apply(), Ok(()));
        assert_eq!(applied.workspace.plan(), PlanOutcome::Empty);
        Some(applied)
    }

    /// What other specs come to, beside what must be kept.
    fn then(&mut self, documents: &[&str]) -> Vec<Left> {
        let Compilation { mut artifacts, stacks, .. } = compiled(documents);
        let left = keep(&self.before, &mut artifacts, &states(&stacks), &[]);
        self.write(artifacts, |text| text.to_owned());
        left.into_iter().filter(|left| left.environment == self.environment).collect()
    }

    fn write(&mut self, artifacts: Artifacts, change: impl Fn(&str) -> String) {
        for entry in fs::read_dir(self.workspace.path().join("terraform")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "tf" || end == "sql") {
                fs::remove_file(path).unwrap();
            }
        }
        for (within, artifact) in artifacts.of(self.environment) {
            self.workspace.write(within, &change(&artifact.contents));
        }
        self.workspace.init();
        self.before = artifacts;
    }

    fn applies(&self) {
        assert_eq!(self.workspace.fmt_check(), Ok(()));
        assert_eq!(self.workspace.apply(), Ok(()));
        assert_eq!(self.workspace.plan(), PlanOutcome::Empty);
    }

    /// The addresses in the state.
    fn state(&self) -> Vec<String> {
        let state = self.workspace.show_json();
        let resources = state["values"]["root_module"]["resources"].as_array().cloned().unwrap_or_default();
        resources.iter().map(|resource| resource["address"].as_str().unwrap().to_owned()).collect()
    }

    fn has(&self, start: &str) -> bool {
        self.state().iter().any(|address| address.starts_with(start))
    }
}

/// Changes to the channels, each of which makes a channel go that policies named.
fn changes_to_channels() -> [(&'static str, String); 4] {
    let project = |from: &str, to: &str| {
        assert!(PROJECT.contains(from), "{from}");
        PROJECT.replace(from, to)
    };
    [
        ("an owner drops it", project("page: [oncall, lead]", "page: [oncall]")),
        (
            "it has another name",
            project("oncall: {email", "pager: {email").replace("[oncall, lead]", "[pager, lead]"),
        ),
        (
            "one that exists takes its place",
            project(
                "oncall: {email: oncall@example.com}",
                "oncall: {id: projects/shop-prod/notificationChannels/12}",
            ),
        ),
        (
            "it is looked up",
            project("lead: {email: lead@example.com}", "lead: {lookup: {type: email, displayName: Lead}}"),
        ),
    ]
}

#[test]
fn a_channel_goes_after_no_policy_names_it() {
    for (what, project) in changes_to_channels() {
        let Some(mut applied) = Applied::first("production", &[PROJECT, ORDERS]) else { return };
        applied.then(&[&project, ORDERS]);
        assert_eq!(applied.workspace.apply(), Ok(()), "{what}");
        assert_eq!(applied.workspace.plan(), PlanOutcome::Empty, "{what}");
    }
}

/// The proof proves something: in Terraform's own order each of them fails.
#[test]
fn without_the_order_each_change_to_the_channels_fails() {
    let lifecycle =
        |text: &str| text.replace("create_before_destroy = true", "create_before_destroy = false");
    for (what, project) in changes_to_channels() {
        let Some(mut applied) = Applied::first("production", &[PROJECT, ORDERS]) else { return };
        applied.write(compiled(&[PROJECT, ORDERS]).artifacts, lifecycle);
        assert_eq!(applied.workspace.apply(), Ok(()));
        applied.write(compiled(&[&project, ORDERS]).artifacts, lifecycle);
        let refused = applied.workspace.apply().expect_err(what);
        assert!(refused.contains("still being referenced"), "{what}: {refused}");
    }
}

/// Resources that an earlier version made, without the order and under other IDs.
#[test]
fn what_an_earlier_version_made_changes_over() {
    let Some(mut applied) = Applied::first("production", &[PROJECT, ORDERS]) else { return };
    let earlier = |text: &str| {
        text.replace("create_before_destroy = true", "create_before_destroy = false")
            .replace("\"shop-production-dag-slo-orders\"", "\"dag-slo-orders\"")
    };
    applied.write(compiled(&[PROJECT, ORDERS]).artifacts, earlier);
    assert_eq!(applied.workspace.apply(), Ok(()));
    applied.then(&[PROJECT, ORDERS]);
    let PlanOutcome::Changes(plan) = applied.workspace.plan() else { panic!("other IDs are a change") };
    assert!(plan.contains("google_monitoring_custom_service.dag_slo_orders must be replaced"), "{plan}");
    applied.applies();
    // From then on, a channel goes in order.
    applied.then(&[&PROJECT.replace("[oncall, lead]", "[oncall]"), ORDERS]);
    applied.applies();
}

#[test]
fn an_environment_that_leaves_is_destroyed_by_an_empty_module() {
    for environment in ["staging", "production"] {
        let Some(mut applied) = Applied::first(environment, &[PROJECT, ORDERS, CHECK]) else { return };
        let (before, rest) = PROJECT.split_once(&format!("    {environment}:\n")).unwrap();
        let rest: Vec<&str> = rest.lines().skip_while(|line| line.starts_with("      ")).collect();
        let project = format!("{before}{}\n", rest.join("\n"));
        let left = applied.then(&[&project, ORDERS, CHECK]);
        let whats: Vec<&str> = left.iter().map(Left::key).collect();
        assert_eq!(whats, ["environment", "history"]);
        let names: Vec<String> = applied.before.of(environment).map(|(path, _)| path.to_owned()).collect();
        let settings = ["terraform/forgotten.tf", "terraform/providers.tf", "terraform/versions.tf"];
        let backend = (environment == "production").then_some("terraform/backend.tf");
        assert_eq!(names, backend.into_iter().chain(settings).collect::<Vec<_>>());
        applied.applies();
        assert_eq!(applied.state(), [""; 0], "{environment}");
        // What is kept stays until somebody says that it was applied.
        assert_eq!(applied.then(&[&project, ORDERS, CHECK]), left);
        let Compilation { mut artifacts, stacks, .. } = compiled(&[&project, ORDERS, CHECK]);
        assert_eq!(keep(&applied.before, &mut artifacts, &states(&stacks), &[environment.to_owned()]), []);
        assert_eq!(artifacts.of(environment).count(), 0);
    }
}

#[test]
fn dashboards_go_with_grafana() {
    let Some(mut applied) = Applied::first("production", &[PROJECT, ORDERS]) else { return };
    assert!(applied.has("grafana_dashboard.") && applied.has("grafana_folder."));
    let project = PROJECT.replace("  grafana: {folder: SLOs, url: \"https://grafana.example.com\"}\n", "");
    let left = applied.then(&[&project, ORDERS]);
    assert_eq!(left.iter().map(Left::key).collect::<Vec<_>>(), ["grafana"]);
    applied.applies();
    assert!(!applied.has("grafana_") && applied.has("google_monitoring_alert_policy."));
    assert_eq!(applied.then(&[&project, ORDERS]), left);
}

#[test]
fn the_history_stays_when_the_last_check_goes() {
    let Some(mut applied) = Applied::first("production", &[PROJECT, ORDERS, CHECK]) else { return };
    let left = applied.then(&[PROJECT, ORDERS]);
    let [Left { what: What::History(addresses), .. }] = left.as_slice() else { panic!("{left:?}") };
    assert_eq!(addresses.len(), 2);
    applied.applies();
    assert!(!applied.has("google_bigquery_"), "{:?}", applied.state());
    // Also once the file that declared it is gone.
    assert_eq!(applied.then(&[PROJECT, ORDERS]), left);
    // A check that comes back has its table again, and lets go of nothing.
    let again = compiled(&[PROJECT, ORDERS, CHECK]).artifacts;
    let findings = returned(&applied.before, &again);
    assert!(!findings.is_empty());
    for command in [
        "`terraform import google_bigquery_dataset.genkai_null_ratios genkai`",
        "`terraform import google_bigquery_table.genkai_null_ratios genkai/null_ratios`",
    ] {
        let says = |finding: &Diagnostic| finding.help.iter().any(|help| help.contains(command));
        assert!(findings.iter().all(says), "{findings:?}");
    }
    assert_eq!(applied.then(&[PROJECT, ORDERS, CHECK]), []);
    assert_eq!(returned(&applied.before, &again), []);
}

#[test]
fn a_dataset_that_is_given_away_stays() {
    let Some(mut applied) = Applied::first("production", &[PROJECT, ORDERS, CHECK]) else { return };
    let project = PROJECT.replace("datasetIs: managed", "datasetIs: existing");
    assert_eq!(applied.then(&[&project, ORDERS, CHECK]).len(), 1);
    applied.applies();
    assert!(!applied.has("google_bigquery_dataset.") && applied.has("google_bigquery_table."));
}

#[test]
fn an_environment_with_another_name_goes_on_with_its_state() {
    let Some(mut applied) = Applied::first("production", &[PROJECT, ORDERS]) else { return };
    let addresses = applied.state();
    let before = std::mem::take(&mut applied.before);
    let project = PROJECT.replace("    production:\n", "    live:\n");
    let Compilation { mut artifacts, stacks, .. } = compiled(&[&project, ORDERS]);
    let left = keep(&before, &mut artifacts, &states(&stacks), &[]);
    assert_eq!(
        left,
        [Left { environment: "production".to_owned(), what: What::Successor("live".to_owned()) }]
    );
    applied.environment = "live";
    applied.write(artifacts, |text| text.to_owned());
    applied.applies();
    assert_eq!(applied.state(), addresses);
}
