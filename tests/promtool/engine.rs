//! Histories of metrics, given to `promtool test rules` with what an alert must do.

use std::path::Path;
use std::process::Command;

/// A series: its name with labels, and its samples by the minute of the history.
pub struct Series {
    pub name: String,
    pub samples: Vec<(usize, f64)>,
}

/// What happened, and at which minutes the alert must be open or closed.
pub struct History {
    pub series: Vec<Series>,
    pub expected: Vec<(usize, bool)>,
}

/// The labels that all series of the DAG share.
const DAG: &str = r#"monitored_resource="cloud_composer_workflow",workflow_name="composer.sales""#;

/// A run's end, in minutes from the start, and whether it succeeded.
pub type Run = (usize, bool);

/// The samples of `workflow/run_duration` that runs leave.
pub fn runs(runs: &[Run]) -> Vec<Series> {
    runs_of_version("1", runs)
}

/// The same, as a version of Composer's image writes them.
pub fn runs_of_version(version: &str, runs: &[Run]) -> Vec<Series> {
    let of_state = |(state, succeeded): (&str, bool)| Series {
        name: format!(
            r#"composer_googleapis_com:workflow_run_duration{{{DAG},state="{state}",image_version="{version}"}}"#
        ),
        samples: runs.iter().filter(|run| run.1 == succeeded).map(|run| (run.0, 300.0)).collect(),
    };
    [("failed", false), ("success", true)].map(of_state).into()
}

/// Asks promtool about a query over histories.
///
/// # Errors
/// What promtool says where the alert is open and should not be, or the other way round.
pub fn promtool(promtool: &Path, query: &str, every: &str, histories: &[History]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let rules = serde_json::json!({ "groups": [{ "name": "genkai", "rules": [{ "alert": "Alert", "expr": query }] }] });
    std::fs::write(folder.path().join("rules.json"), rules.to_string()).unwrap();
    let tests: Vec<_> = histories.iter().map(test).collect();
    let test =
        serde_json::json!({ "rule_files": ["rules.json"], "evaluation_interval": every, "tests": tests });
    let file = folder.path().join("test.json");
    std::fs::write(&file, test.to_string()).unwrap();
    let output = Command::new(promtool).args(["test", "rules"]).arg(&file).output().unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }
}

fn test(history: &History) -> serde_json::Value {
    let end = history.expected.iter().map(|(minute, _)| *minute).max().unwrap_or(0);
    let series: Vec<_> = history
        .series
        .iter()
        .map(|series| serde_json::json!({ "series": series.name, "values": values(&series.samples, end) }))
        .collect();
    let checks: Vec<_> = history
        .expected
        .iter()
        .map(|(minute, open)| {
            let alerts = if *open { vec![serde_json::json!({ "exp_labels": {} })] } else { Vec::new() };
            serde_json::json!({ "eval_time": format!("{minute}m"), "alertname": "Alert", "exp_alerts": alerts })
        })
        .collect();
    serde_json::json!({ "interval": "1m", "input_series": series, "alert_rule_test": checks })
}

/// Samples in promtool's notation: `_x9` is nothing for nine minutes.
fn values(samples: &[(usize, f64)], end: usize) -> String {
    let mut sorted: Vec<_> = samples.iter().filter(|(minute, _)| *minute <= end).collect();
    sorted.sort_by_key(|(minute, _)| *minute);
    sorted.dedup_by_key(|(minute, _)| *minute);
    let mut values = Vec::new();
    let mut next = 0;
    for (minute, value) in sorted {
        values.extend((*minute > next).then(|| format!("_x{}", minute - next)));
        values.push(value.to_string());
        next = minute + 1;
    }
    values.push("_".to_owned());
    values.join(" ")
}

/// A small generator, so that the histories are the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// How many random histories a shape is judged by: 200, or what `GENKAI_HISTORIES` says.
pub fn histories() -> usize {
    std::env::var("GENKAI_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(200)
}
