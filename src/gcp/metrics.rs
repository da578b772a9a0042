//! The metrics that Genkai reads.
//!
//! Source, unless said otherwise: the list of Google Cloud metrics
//! (`docs.cloud.google.com/monitoring/api/metrics_gcp_c`, generated 2026-04-10) and the list of monitored resources.

pub mod dataflow;
mod families;
pub mod transfers;

use crate::slo::Duration;

pub use families::{FAMILIES, Family};

/// What a metric's points mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// A value at an instant.
    Gauge,
    /// A change since the last point.
    Delta,
}

/// The type of a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Whole numbers.
    Int64,
    /// Numbers.
    Double,
}

/// How far a metric's definition may still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// May change with notice.
    Beta,
    /// Stays as it is.
    GenerallyAvailable,
}

/// A metric and what is known of it.
#[derive(Debug)]
pub struct Metric {
    /// Its type, such as `composer.googleapis.com/workflow/run_count`.
    pub name: &'static str,
    /// What its points mean.
    pub kind: MetricKind,
    /// The type of its values.
    pub value: ValueType,
    /// The unit of its values, in the notation of UCUM.
    pub unit: &'static str,
    /// The monitored resource that Genkai reads it for. Composer's metrics have a twin on `internal_composer_*`, so
    /// every filter and selector must name the resource.
    pub resource: &'static str,
    /// The metric's own labels.
    pub labels: &'static [&'static str],
    /// The distance between points.
    pub sampled: Duration,
    /// How long after its time a point is visible at the latest.
    pub visible_after: Duration,
    /// How far its definition may still change.
    pub stage: Stage,
}

/// Every metric that Genkai reads: all of them Google's own, so that they exist before their first point.
pub static ALL: &[&Metric] = &[
    &DAG_RUN_COUNT,
    &DAG_RUN_DURATION,
    &TASK_RUN_DURATION,
    &PARSE_ERROR_COUNT,
    &SCHEDULER_HEARTBEAT_COUNT,
    &MAINTENANCE_OPERATION,
    &dataflow::ELAPSED_TIME,
    &dataflow::DATA_WATERMARK_AGE,
    &dataflow::STAGE_DATA_WATERMARK_AGE,
    &dataflow::SYSTEM_LAG,
    &dataflow::STAGE_SYSTEM_LAG,
    &dataflow::IS_FAILED,
    &dataflow::BYTES_PRODUCED,
    &dataflow::LOG_ENTRIES,
    &dataflow::UNDELIVERED_MESSAGES,
    &transfers::COMPLETED_RUNS,
];

impl Metric {
    /// The metric's name in PromQL: the first `/` becomes `:`, every other special character `_`
    /// (`cloud.google.com/monitoring/promql/promql-mapping`).
    pub fn promql_name(&self) -> String {
        promql_name(self.name)
    }
}

fn promql_name(metric: &str) -> String {
    let plain = |part: &str| part.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    match metric.split_once('/') {
        Some((domain, path)) => format!("{}:{}", plain(domain), plain(path)),
        None => plain(metric),
    }
}

/// The name in PromQL of a log-based metric. `-` and `_` become the same.
pub(super) fn log_based_promql_name(name: &str) -> String {
    promql_name(&format!("logging.googleapis.com/user/{name}"))
}

/// Finished and running DAG runs. `state` is success, shutdown, skipped, failed or **running**: a total without a filter on
/// it counts twice. `image_version` changes with each upgrade of Composer and starts new series: aggregate it away.
pub static DAG_RUN_COUNT: Metric = Metric {
    name: "composer.googleapis.com/workflow/run_count",
    kind: MetricKind::Delta,
    value: ValueType::Int64,
    unit: "1",
    resource: "cloud_composer_workflow",
    labels: &["state", "image_version"],
    sampled: Duration::seconds(60),
    visible_after: Duration::seconds(120),
    stage: Stage::Beta,
};

/// How long a DAG run took: one point when the run ends, none between runs. `state` is success, shutdown, skipped or
/// failed.
pub static DAG_RUN_DURATION: Metric = Metric {
    name: "composer.googleapis.com/workflow/run_duration",
    kind: MetricKind::Gauge,
    value: ValueType::Double,
    unit: "s",
    resource: "cloud_composer_workflow",
    labels: &["state", "image_version"],
    sampled: Duration::seconds(60),
    visible_after: Duration::seconds(120),
    stage: Stage::Beta,
};

/// How long a task of a DAG took: one point when a task instance ends. `state` is success, shutdown, skipped or failed.
pub static TASK_RUN_DURATION: Metric = Metric {
    name: "composer.googleapis.com/workflow/task/run_duration",
    kind: MetricKind::Gauge,
    value: ValueType::Double,
    unit: "s",
    resource: "cloud_composer_workflow",
    labels: &["state", "task_name", "operator", "image_version"],
    sampled: Duration::seconds(60),
    visible_after: Duration::seconds(120),
    stage: Stage::Beta,
};

/// Files of DAGs that could not be parsed, counted at each parse: a DAG of such a file has no runs, and no failures.
pub static PARSE_ERROR_COUNT: Metric = Metric {
    name: "composer.googleapis.com/environment/dag_processing/parse_error_count",
    kind: MetricKind::Delta,
    value: ValueType::Int64,
    unit: "1",
    resource: "cloud_composer_environment",
    labels: &["image_version"],
    sampled: Duration::seconds(60),
    visible_after: Duration::seconds(120),
    stage: Stage::Beta,
};

/// Signs of life of the schedulers. Without a scheduler nothing runs, and nothing fails.
pub static SCHEDULER_HEARTBEAT_COUNT: Metric = Metric {
    name: "composer.googleapis.com/environment/scheduler_heartbeat_count",
    kind: MetricKind::Delta,
    value: ValueType::Int64,
    unit: "1",
    resource: "cloud_composer_environment",
    labels: &["image_version"],
    sampled: Duration::seconds(60),
    visible_after: Duration::seconds(120),
    stage: Stage::Beta,
};

/// 1 while the environment is being maintained.
pub static MAINTENANCE_OPERATION: Metric = Metric {
    name: "composer.googleapis.com/environment/maintenance_operation",
    kind: MetricKind::Gauge,
    value: ValueType::Int64,
    unit: "1",
    resource: "cloud_composer_environment",
    labels: &["type"],
    sampled: Duration::seconds(60),
    visible_after: Duration::seconds(120),
    stage: Stage::Beta,
};

/// The label `workflow_name` of a DAG: the Composer environment, a dot, and the `dag_id`, which may hold dots itself.
/// Source: fleet monitoring code that splits it so, and `prometheus-community/stackdriver_exporter#56`.
pub fn workflow_name(composer_environment: &str, dag: &str) -> String {
    format!("{composer_environment}.{dag}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_promql() {
        assert_eq!(DAG_RUN_COUNT.promql_name(), "composer_googleapis_com:workflow_run_count");
        assert_eq!(log_based_promql_name("a-b/c"), "logging_googleapis_com:user_a_b_c");
    }
}
