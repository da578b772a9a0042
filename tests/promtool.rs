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

mod burn_rate;
mod companions;
mod counted_starts;
mod dataflow_counts;
mod dataflow_gauges;
mod dataflow_states;
mod deadline;
mod engine;
mod failed_run;
mod full_scale;
mod incidents;
mod missed_check;
mod missed_run;
mod repeated_failure;
mod server;
mod silence;
mod slow_run;
mod task_landing;
mod too_few;
