//! What the alert shapes promise, judged by Prometheus' own rule engine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and runs promtool"
)]

mod support;

#[path = "promtool/burn_rate.rs"]
mod burn_rate;
#[path = "promtool/companions.rs"]
mod companions;
#[path = "promtool/dataflow_counts.rs"]
mod dataflow_counts;
#[path = "promtool/dataflow_gauges.rs"]
mod dataflow_gauges;
#[path = "promtool/dataflow_states.rs"]
mod dataflow_states;
#[path = "promtool/deadline.rs"]
mod deadline;
#[path = "promtool/engine.rs"]
mod engine;
#[path = "promtool/failed_run.rs"]
mod failed_run;
#[path = "promtool/full_scale.rs"]
mod full_scale;
#[path = "promtool/incidents.rs"]
mod incidents;
#[path = "promtool/missed_check.rs"]
mod missed_check;
#[path = "promtool/missed_run.rs"]
mod missed_run;
#[path = "promtool/repeated_failure.rs"]
mod repeated_failure;
#[path = "promtool/server.rs"]
mod server;
#[path = "promtool/silence.rs"]
mod silence;
#[path = "promtool/slow_run.rs"]
mod slow_run;
#[path = "promtool/task_landing.rs"]
mod task_landing;
#[path = "promtool/too_few.rs"]
mod too_few;
