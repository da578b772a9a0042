//! DagSlo: what is promised about one Airflow DAG.

use super::metadata::{Document, Schedule};
use super::values::{DagId, Name, NotYet, Severity, whole};
use crate::slo::{Duration, Ratio};
use schemars::JsonSchema;
use serde::Deserialize;

/// A DagSlo document.
pub type DagSlo = Document<DagSloSpec>;

/// Where the Project's defaults go.
pub(super) const DEFAULTS: &[(&str, &[&str])] = &[
    ("owner", &["metadata", "owner"]),
    ("timezone", &["spec", "schedule", "timezone"]),
    ("window", &["spec", "objectives", "success", "window"]),
];

/// What is promised about one DAG.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DagSloSpec {
    /// The DAG's `dag_id`.
    pub dag: DagId,
    /// The Composer environment that runs it, where the Project's environment has several.
    #[serde(default)]
    #[schemars(with = "Name")]
    pub composer_environment: Option<Name>,
    /// When its runs are due.
    pub schedule: Schedule,
    /// The promises.
    pub objectives: DagObjectives,
    /// Spans in which nothing is due.
    #[serde(default)]
    pub suspend: Option<NotYet>,
    /// Settings of single alerts.
    #[serde(default)]
    pub alerts: DagAlerts,
}

/// The promises about a DAG.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DagObjectives {
    /// The share of scheduled runs that succeed in the end.
    pub success: Success,
    /// A success after each scheduled start by a deadline.
    #[serde(default)]
    pub landing: Option<NotYet>,
    /// The longest that a run may take.
    #[serde(default)]
    pub duration: Option<NotYet>,
    /// Promises about single tasks.
    #[serde(default)]
    pub tasks: Option<NotYet>,
}

/// The share of scheduled runs that succeed in the end.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Success {
    /// The share.
    pub target: Ratio,
    /// The rolling window that it is judged over.
    #[serde(default = "default_window")]
    pub window: Duration,
    /// How many failed runs in a row page, whatever is left of the budget.
    #[serde(default = "default_consecutive", deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 10))]
    pub consecutive: u32,
}

fn default_window() -> Duration {
    Duration::days(28)
}

fn default_consecutive() -> u32 {
    2
}

/// Settings of a DAG's alerts; an objective has those that suit how often the DAG runs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DagAlerts {
    /// A run failed (few runs; a ticket).
    #[serde(default)]
    pub failed_run: AlertSettings,
    /// Failures in a row, or more failures than the budget allows (few runs; a page).
    #[serde(default)]
    pub repeated_failure: AlertSettings,
    /// The budget is being spent fast (many runs; a page).
    #[serde(default)]
    pub fast_burn: AlertSettings,
    /// The budget is being spent slowly (many runs; a ticket).
    #[serde(default)]
    pub slow_burn: AlertSettings,
}

/// Settings of one alert.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AlertSettings {
    /// `page`, `ticket` or `none`.
    #[serde(default)]
    #[schemars(with = "Severity")]
    pub severity: Option<Severity>,
    /// The grace before it fires.
    #[serde(default)]
    pub after: Option<NotYet>,
    /// How often it reminds while it is open.
    #[serde(default)]
    #[schemars(with = "Duration")]
    pub renotify: Option<Duration>,
}
