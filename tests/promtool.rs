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

#[path = "promtool/deadline.rs"]
mod deadline;
#[path = "promtool/engine.rs"]
mod engine;
#[path = "promtool/repeated_failure.rs"]
mod repeated_failure;
