//! NullRatioCheck: what is promised about the NULLs in the columns of a BigQuery table.

use super::alerts::AlertSettings;
use super::metadata::Document;
use super::schedule::{DaysOff, Schedule};
use super::values::{ColumnPath, Severity, TableName, default_window, schema_of_form, utc, whole};
use crate::slo::{Duration, PercentagePoints, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A NullRatioCheck document.
pub type NullRatioCheck = Document<NullRatioCheckSpec>;

/// Where the Project's defaults go.
pub(super) const DEFAULTS: &[(&str, &[&str])] = &[
    ("owner", &["metadata", "owner"]),
    ("timezone", &["spec", "schedule", "timezone"]),
    ("timezone", &["spec", "partition", "timezone"]),
    ("window", &["spec", "objective", "window"]),
];

/// What is promised about the NULLs of a table.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NullRatioCheckSpec {
    /// The table, as `project.dataset.table`, or `dataset.table` for one in the environment's project.
    pub table: TableName,
    /// How the table's rows are divided into data days.
    pub partition: Partition,
    /// An SQL condition: rows for which it is not true do not count.
    #[serde(default, rename = "where")]
    #[schemars(with = "String", length(min = 1), extend("examples" = ["status != 'draft'"]))]
    pub condition: Option<String>,
    /// When the check runs; its calendar judges data days.
    pub schedule: Schedule,
    /// With fewer rows than this a data day is inconclusive, never a pass.
    #[serde(default = "one", deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub min_rows: u32,
    /// What a data day without any row means.
    #[serde(default)]
    pub empty: Empty,
    /// The columns, and their limits.
    #[schemars(extend("minProperties" = 1))]
    pub columns: BTreeMap<ColumnPath, Column>,
    /// The share of column checks that pass.
    #[serde(default)]
    #[schemars(with = "Objective")]
    pub objective: Option<Objective>,
    /// Data days that are not judged: a freeze, a pause, a rebuild.
    #[serde(default)]
    pub suspend: Vec<DaysOff>,
    /// Settings of single alerts.
    #[serde(default)]
    pub alerts: NullRatioAlerts,
}

fn one() -> u32 {
    1
}

/// How rows are divided into data days.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Partition {
    /// The column that the table is partitioned by; without it, the time of ingestion.
    #[serde(default)]
    #[schemars(with = "ColumnPath", extend("examples" = ["created_date"]))]
    pub column: Option<ColumnPath>,
    /// How long after its end a data day is complete.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["2h"]))]
    pub delay: Option<Duration>,
    /// The time zone in which data days begin, by its IANA name; by default that of the Project's `defaults`, else UTC.
    #[serde(default = "utc")]
    #[schemars(length(min = 1), extend("examples" = ["Asia/Tokyo"]))]
    pub timezone: String,
}

/// What a data day without any row means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Empty {
    /// Somebody is woken.
    Page,
    /// Somebody looks at it in working hours.
    #[default]
    Ticket,
    /// Nothing.
    Ignore,
}

/// The limits of a column: at least one of the two.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "ColumnForm")]
pub struct Column {
    /// The largest share of NULLs.
    pub at_most: Option<Ratio>,
    /// The largest rise of the share of NULLs.
    pub rise: Option<Rise>,
    /// How loudly a breach of either speaks.
    pub severity: Severity,
}

/// The limits of a column: `atMost`, `rise`, or both.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("anyOf" = [{"required": ["atMost"]}, {"required": ["rise"]}]))]
struct ColumnForm {
    /// The largest share of NULLs.
    #[serde(default)]
    #[schemars(with = "Ratio", extend("examples" = ["2%"]))]
    at_most: Option<Ratio>,
    /// The largest rise of the share of NULLs.
    #[serde(default)]
    #[schemars(with = "Rise")]
    rise: Option<Rise>,
    /// How loudly a breach of either speaks.
    #[serde(default = "page")]
    severity: Severity,
}

schema_of_form!(Column, ColumnForm);

impl TryFrom<ColumnForm> for Column {
    type Error = &'static str;

    fn try_from(form: ColumnForm) -> Result<Column, Self::Error> {
        let ColumnForm { at_most, rise, severity } = form;
        match at_most.is_some() || rise.is_some() {
            true => Ok(Column { at_most, rise, severity }),
            false => Err("a column needs a limit"),
        }
    }
}

fn page() -> Severity {
    Severity::Page
}

/// The largest rise of the share of NULLs, over the median of like data days before.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rise {
    /// The rise.
    pub more_than: PercentagePoints,
    /// How far the data days before reach back.
    #[schemars(extend("examples" = ["14d"]))]
    pub over: Duration,
    /// A share below which no rise counts.
    #[serde(default)]
    #[schemars(with = "Ratio", extend("examples" = ["1%"]))]
    pub floor: Option<Ratio>,
    /// With fewer data days than this there is nothing to compare with.
    #[serde(default = "five", deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 1_000))]
    pub min_days: u32,
}

fn five() -> u32 {
    5
}

/// The share of column checks that pass.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Objective {
    /// The share.
    pub target: Ratio,
    /// The rolling window that it is judged over; by default that of the Project's `defaults`, else `28d`.
    #[serde(default = "default_window")]
    pub window: Duration,
}

/// Settings of a check's alerts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NullRatioAlerts {
    /// A column breaks a limit, or a data day is empty.
    #[serde(default)]
    pub failing_columns: AlertSettings,
    /// The check did not run.
    #[serde(default)]
    pub missed_run: AlertSettings,
    /// The check's own query is broken.
    #[serde(default)]
    pub broken_query: AlertSettings,
}
