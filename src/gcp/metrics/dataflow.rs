//! The metrics of Dataflow jobs and of what they need.
//!
//! Source, unless said otherwise: the list of Google Cloud metrics (`docs.cloud.google.com/monitoring/api/metrics_gcp_d_h`,
//! generated 2026-04-10) and the list of monitored resources. `job_id` is the ID of one run: it changes with every
//! deployment, so it is always aggregated away. `status` is a string, which no alert can read.

use super::{Metric, MetricKind, Stage, ValueType};
use crate::slo::Duration;

/// The monitored resource of a Dataflow job: `project_id`, `job_name`, `region`.
const JOB: &str = "dataflow_job";

const fn gauge(
    name: &'static str,
    unit: &'static str,
    labels: &'static [&'static str],
    visible_after: u64,
) -> Metric {
    Metric {
        name,
        kind: MetricKind::Gauge,
        value: ValueType::Int64,
        unit,
        resource: JOB,
        labels,
        sampled: Duration::seconds(60),
        visible_after: Duration::seconds(visible_after),
        stage: Stage::GenerallyAvailable,
    }
}

/// How long a run has been going on. Between runs it stays what it was for the last one, so only what grows is running.
pub static ELAPSED_TIME: Metric = gauge("dataflow.googleapis.com/job/elapsed_time", "s", &["job_id"], 240);

/// The age of the data that a job has processed to its end, by event time.
pub static DATA_WATERMARK_AGE: Metric =
    gauge("dataflow.googleapis.com/job/data_watermark_age", "s", &["job_id"], 240);

/// The same for each fused stage. A stage's name changes with the pipeline's code.
pub static STAGE_DATA_WATERMARK_AGE: Metric =
    gauge("dataflow.googleapis.com/job/per_stage_data_watermark_age", "s", &["job_id", "stage"], 240);

/// How long an element has been waiting or processed at most.
pub static SYSTEM_LAG: Metric = gauge("dataflow.googleapis.com/job/system_lag", "s", &["job_id"], 240);

/// The same for each fused stage.
pub static STAGE_SYSTEM_LAG: Metric =
    gauge("dataflow.googleapis.com/job/per_stage_system_lag", "s", &["job_id", "stage"], 240);

/// 1 when a job has failed. It has no label of its own, so all runs of one name share a series, and is not recorded for a
/// job that fails before its launch.
pub static IS_FAILED: Metric = gauge("dataflow.googleapis.com/job/is_failed", "1", &[], 60);

/// Bytes that left a transform, estimated. The only count per step that is neither a gauge nor in alpha.
pub static BYTES_PRODUCED: Metric = Metric {
    kind: MetricKind::Delta,
    ..gauge(
        "dataflow.googleapis.com/job/estimated_bytes_produced_count",
        "1",
        &["job_id", "pcollection", "ptransform"],
        240,
    )
};

/// Log entries. Those of the logging resource `dataflow_step` are counted on `dataflow_job`, as is what log-based metrics
/// count of them. Source: two independent published alert policies that read them there; the kind from the reference of
/// log-based metrics. That it is visible within two minutes is from memory.
pub static LOG_ENTRIES: Metric = Metric {
    kind: MetricKind::Delta,
    ..gauge("logging.googleapis.com/log_entry_count", "1", &["log", "severity"], 120)
};

/// Messages that no subscriber has acknowledged. Source: `metrics_gcp_p_z` of the same list.
pub static UNDELIVERED_MESSAGES: Metric = Metric {
    resource: "pubsub_subscription",
    ..gauge("pubsub.googleapis.com/subscription/num_undelivered_messages", "1", &[], 120)
};

/// The monitored resource of a job's log entries: `job_id`, `job_name`, `step_id`, `project_id`, `region`.
pub const LOG_RESOURCE: &str = "dataflow_step";

/// The log of what launches a job from a template. Source: the list of Dataflow's logs in facts that others published.
pub const LAUNCHER_LOG: &str = "dataflow.googleapis.com/launcher";

/// The severities that are errors, or worse, in the label `severity` of [`LOG_ENTRIES`].
pub const ERRORS: [&str; 4] = ["ERROR", "CRITICAL", "ALERT", "EMERGENCY"];
