//! The SQL that Genkai writes, judged by sqlglot, which reads it as BigQuery does, by DuckDB, which
//! runs it, and by GoogleSQL itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and runs Python"
)]

mod bigquery;
mod checks;
mod googlesql;
mod histories;
mod hostile;
mod late_days;
mod series;
mod verdicts;
