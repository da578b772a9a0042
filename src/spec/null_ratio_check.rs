//! NullRatioCheck: what is promised about the NULLs in the columns of a BigQuery table.

use super::alerts::AlertSettings;
use super::metadata::Document;
use super::schedule::{DaysOff, Schedule};
use super::values::{
    ColumnPath, MeasuredColumn, Severity, TableName, default_window, schema_of_form, utc, whole,
};
use crate::slo::{Date, Duration, PercentagePoints, Ratio};
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
    /// The table or view, as `project.dataset.table`, or `dataset.table` for one in the environment's project; all tables whose
    /// names begin so where it ends with `*`.
    pub table: TableName,
    /// How the table's rows are divided into data days; without it, the whole table is measured each time.
    #[serde(default)]
    #[schemars(with = "Partition")]
    pub partition: Option<Partition>,
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
    pub columns: BTreeMap<MeasuredColumn, Column>,
    /// The share of column checks that pass.
    #[serde(default)]
    #[schemars(with = "Objective")]
    pub objective: Option<Objective>,
    /// The first data day that is judged: a first apply does not alert for what does not run yet.
    #[serde(default)]
    #[schemars(with = "Date")]
    pub from: Option<Date>,
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
    /// The column that the table is partitioned by; without it, the time of ingestion, or the `YYYYMMDD` that the names of
    /// a wildcard's tables end with.
    #[serde(default)]
    #[schemars(with = "ColumnPath", extend("examples" = ["created_date"]))]
    pub column: Option<ColumnPath>,
    /// What the column holds; by default dates.
    #[serde(default, rename = "type")]
    #[schemars(with = "PartitionType")]
    pub partition_type: Option<PartitionType>,
    /// How long after its end a data day is complete.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["2h"]))]
    pub delay: Option<Duration>,
    /// The time zone in which data days begin, by its IANA name; by default that of the Project's `defaults`, else UTC.
    #[serde(default = "utc")]
    #[schemars(length(min = 1), extend("examples" = ["Asia/Tokyo"]))]
    pub timezone: String,
}

/// What a column that a table is partitioned by holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PartitionType {
    /// Dates (DATE).
    #[default]
    Date,
    /// Local times (DATETIME).
    Datetime,
    /// Instants (TIMESTAMP), which `timezone` divides into days.
    Timestamp,
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
    /// What counts.
    pub counts: Counts,
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
    /// What counts as NULL.
    #[serde(default)]
    counts: Counts,
    /// How loudly a breach of either speaks; also with `none` it counts against the objective.
    #[serde(default = "page")]
    severity: Severity,
}

schema_of_form!(Column, ColumnForm);

impl TryFrom<ColumnForm> for Column {
    type Error = &'static str;

    fn try_from(form: ColumnForm) -> Result<Column, Self::Error> {
        let ColumnForm { at_most, rise, counts, severity } = form;
        match at_most.is_some() || rise.is_some() {
            true => Ok(Column { at_most, rise, counts, severity }),
            false => Err("a column needs a limit"),
        }
    }
}

/// What counts as NULL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Counts {
    /// NULLs; at the path into a JSON column also JSON's null, and that there is nothing.
    #[default]
    Nulls,
    /// Of a list (a REPEATED column): that it is NULL or empty, which BigQuery does not tell apart once stored.
    NullsAndEmpty,
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
    /// How far the data days before reach back, in whole days.
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
