//! `docs/unconfirmed.md` against what is generated: the alerts that it says to rest on a fact are those whose conditions do,
//! and what it says to call still has a condition that does not, or one that is true of no data.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and reads the docs"
)]

use genkai::compile::compile;
use genkai::monitoring::Alert;
use genkai::source::disk;
use genkai::templates::Templates;
use jiff::civil::date;
use std::collections::BTreeSet;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The facts on which conditions rest, by the words with which the page tells them, and how a condition shows that it does:
/// by any of some texts.
const FACTS: [(&str, &[&str]); 19] = [
    ("`workflow/run_duration` has one point", &["workflow_run_duration", "workflow/run_duration"]),
    ("evaluates a sub-query", &[":1m]", ":4m]", ":5m]", ":10m]", ":15m]", ":1h]"]),
    ("`timestamp()` of a point", &["timestamp("]),
    ("`workflow/task/run_duration` has one point", &["workflow_task_run_duration"]),
    ("`environment/dag_processing/parse_error_count` counts", &["parse_error_count"]),
    ("`environment/maintenance_operation` is above 0", &["maintenance_operation"]),
    ("may compare the clock with a number", &["time() + 0 *"]),
    ("what is logged on `dataflow_step` is counted", &["logging_googleapis_com:"]),
    ("extracted from `resource.labels.step_id`", &["step=\"", "step=~\""]),
    ("`ptransform` of", &["ptransform"]),
    ("`elapsed_time` grows", &["elapsed_time"]),
    ("logs an error to `dataflow.googleapis.com/launcher`", &["launcher"]),
    ("`topk` chooses the same stage", &["topk("]),
    ("PromQL shows a point for five minutes", &[":4m]"]),
    ("the label `workflow_name` is", &["workflow_name", "select_slo_burn_rate"]),
    ("`select_slo_burn_rate` looks back", &["select_slo_burn_rate"]),
    ("an incident on an event closes 30 minutes", &["auto_close"]),
    ("a run that fails writes entries", &["resource.type=\"bigquery_dts_config\""]),
    ("`completed_runs` is written", &["completed_runs"]),
];

/// A condition as Terraform has it, with the strategy of its policy, in one line.
struct Condition {
    alert: &'static str,
    text: String,
}

impl Condition {
    fn rests_on(&self, signs: &[&str]) -> bool {
        signs.iter().any(|sign| self.text.contains(sign))
    }

    /// Whether it is true where there is no data.
    fn is_of_absence(&self) -> bool {
        ["or vector(0)", "EVALUATION_MISSING_DATA_ACTIVE"].iter().any(|sign| self.text.contains(sign))
    }
}

/// The alert of a policy, from the end of its address.
fn alert_of(address: &str) -> &'static str {
    let (_, end) = address.split_once("__").unwrap();
    let named = |alert: &&Alert| end == alert.slug() || end.starts_with(&format!("{}_", alert.slug()));
    Alert::ALL.iter().filter(named).max_by_key(|alert| alert.slug().len()).unwrap().key()
}

/// The conditions of a folder's alert policies, and whether each alert is a page.
fn conditions(folder: &Path, found: &mut Vec<Condition>) {
    let (sources, findings) = disk::load(folder);
    let compilation = compile(&sources, findings, &Templates::new(Vec::new()).unwrap(), date(2026, 1, 1));
    for artifact in compilation.artifacts.iter().filter(|artifact| artifact.path.ends_with(".tf")) {
        let policies = artifact.contents.split("\nresource \"google_monitoring_alert_policy\" \"").skip(1);
        for policy in policies {
            let policy = policy.split("\n}\n").next().unwrap();
            let (address, body) = policy.split_once('"').unwrap();
            let (asks, rest) = body.split_once("\n  documentation {").unwrap();
            let strategy = asks.split_once("\n  alert_strategy {").map_or("", |(_, strategy)| strategy);
            assert!(!rest.contains("\n  conditions {"));
            for condition in asks.split("\n  conditions {").skip(1) {
                let condition = condition.split("\n  alert_strategy {").next().unwrap();
                let text = format!("{condition} {strategy}");
                let text = text.replace("\\\"", "\"").split_whitespace().collect::<Vec<_>>().join(" ");
                found.push(Condition { alert: alert_of(address), text });
            }
        }
    }
}

/// Of the worked example, and of every case: one sets what the other does not.
fn all_conditions() -> Vec<Condition> {
    let mut found = Vec::new();
    conditions(Path::new(ROOT), &mut found);
    for case in std::fs::read_dir(Path::new(ROOT).join("tests/cases")).unwrap() {
        conditions(&case.unwrap().path(), &mut found);
    }
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// The cells of the first table's rows.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let table = page.split("\n\n").find(|part| part.starts_with("| not confirmed |")).unwrap();
    let rows = table.lines().skip(2).map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect());
    rows.collect()
}

/// The alerts that a cell names.
fn named(cell: &str) -> BTreeSet<&'static str> {
    let keys = cell.split('`').skip(1).step_by(2);
    keys.filter_map(|key| Alert::ALL.iter().map(|alert| alert.key()).find(|alert| *alert == key)).collect()
}

#[test]
fn what_rests_on_a_fact_and_what_still_calls_is_as_generated() {
    let page = std::fs::read_to_string(Path::new(ROOT).join("docs/unconfirmed.md")).unwrap();
    let rows = rows(&page);
    let conditions = all_conditions();
    let mut wrong = Vec::new();
    for (words, signs) in FACTS {
        let found: Vec<_> = rows.iter().filter(|cells| cells[0].contains(words)).collect();
        let [cells] = found.as_slice() else { panic!("{words}: {} rows", found.len()) };
        assert_eq!(cells.len(), 4, "{words}");
        let resting: BTreeSet<&str> =
            conditions.iter().filter(|it| it.rests_on(signs)).map(|it| it.alert).collect();
        if named(cells[1]) != resting {
            wrong.push(format!("{words}: rests on it: {resting:?}, and the page says {:?}", named(cells[1])));
        }
        let calling = named(cells[3]);
        for alert in &calling {
            let calls = |it: &&Condition| it.alert == *alert && (!it.rests_on(signs) || it.is_of_absence());
            if conditions.iter().find(calls).is_none() {
                wrong.push(format!("{words}: `{alert}` does not call"));
            }
        }
        if calling.is_empty() && !cells[3].starts_with("nothing") {
            wrong.push(format!("{words}: does nothing call?"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_alert_is_named_and_every_row_says_what_calls() {
    let page = std::fs::read_to_string(Path::new(ROOT).join("docs/unconfirmed.md")).unwrap();
    let missing: Vec<&str> = Alert::ALL
        .iter()
        .map(|alert| alert.key())
        .filter(|key| !page.contains(&format!("`{key}`")))
        .collect();
    assert_eq!(missing, [""; 0]);
    for cells in rows(&page) {
        assert!(cells.len() == 4 && cells.iter().all(|cell| !cell.is_empty()), "{cells:?}");
        let is_known = FACTS.iter().any(|(words, _)| cells[0].contains(words));
        // What is about slices, panels, limits or costs silences nobody.
        assert!(is_known || cells[3] == "—", "{cells:?}");
    }
}
