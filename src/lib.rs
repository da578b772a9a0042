//! Genkai compiles declared limits of data pipelines into Terraform for Cloud Monitoring and Grafana dashboards.
//!
//! The modules are the pipeline, in the order in which data flows; a module uses those above it, never those below.

pub mod diagnostics;
pub mod slo;
pub mod source;
pub mod spec;
pub mod resolve;
pub mod gcp;
pub mod promql;
