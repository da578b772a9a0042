//! Genkai compiles declared limits of data pipelines into Terraform for Cloud Monitoring and Grafana dashboards.
//!
//! The modules are the pipeline, in the order in which data flows; a module uses those above it, never those below.

pub mod check;
pub mod cli;
pub mod compile;
pub mod dashboards;
pub mod diagnostics;
pub mod gcp;
pub mod grafana;
pub mod monitoring;
pub mod output;
pub mod promql;
pub mod resolve;
pub mod slo;
pub mod source;
pub mod spec;
pub mod templates;
pub mod terraform;
pub mod verify;
