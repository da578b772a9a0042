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

mod support;

#[path = "sql/bigquery.rs"]
mod bigquery;
#[path = "sql/checks.rs"]
mod checks;
#[path = "sql/googlesql.rs"]
mod googlesql;
#[path = "sql/histories.rs"]
mod histories;
#[path = "sql/hostile.rs"]
mod hostile;
#[path = "sql/late_days.rs"]
mod late_days;
#[path = "sql/series.rs"]
mod series;
#[path = "sql/verdicts.rs"]
mod verdicts;
