//! The metrics of the BigQuery Data Transfer Service, which runs scheduled queries.

use super::{Metric, MetricKind, Stage, ValueType};
use crate::slo::Duration;

/// Runs that have ended. `completion_state` is SUCCEEDED, FAILED or CANCELLED; `run_cause` says what started the run.
pub static COMPLETED_RUNS: Metric = Metric {
    name: "bigquerydatatransfer.googleapis.com/transfer_config/completed_runs",
    kind: MetricKind::Delta,
    value: ValueType::Int64,
    unit: "1",
    resource: "bigquery_dts_config",
    labels: &["status", "completion_state", "run_cause", "data_source_id"],
    sampled: Duration::seconds(60),
    visible_after: Duration::seconds(180),
    stage: Stage::GenerallyAvailable,
};
