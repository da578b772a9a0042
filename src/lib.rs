//! Genkai compiles declared limits of data pipelines into Terraform for Cloud Monitoring and Grafana dashboards.
//!
//! The modules are the pipeline, in the order in which data flows; a module uses those above it and those beside the flow,
//! never those below. [`compile`] joins them without touching a disk.
//!
//! | module | from | to |
//! |---|---|---|
//! | [`source`] | files | span trees |
//! | [`spec`] | | the language: types and forms, one file per kind |
//! | [`resolve`] | span trees | one effective, typed document per environment |
//! | [`check`] | documents | findings that their form alone does not show |
//! | [`monitoring`] | documents | the Stack: promises, decisions, resources |
//! | [`verify`] | the Stack | what the APIs would reject |
//! | [`accept`] | findings | those that no comment accepts |
//! | [`terraform`] | the Stack | HCL |
//! | [`dashboards`] | the Stack | typed panels |
//! | [`grafana`] | typed panels | JSON |
//! | [`output`] | artifacts | files |
//! | [`explain`] | documents and the Stack | why everything is as it is |
//! | [`plan`] | two projects | what changes between them, and what it means |
//!
//! Beside the flow: [`slo`] (arithmetic; uses no other), [`nulls`] (the judgement of NULL ratios), [`diagnostics`], [`files`], [`gcp`]
//! (facts), [`promql`], [`sample`] (local samples, judged), [`sql`], [`templates`].

pub mod accept;
pub mod check;
pub mod cli;
pub mod compile;
pub mod dashboards;
pub mod diagnostics;
pub mod explain;
pub mod files;
pub mod gcp;
pub mod grafana;
pub mod monitoring;
pub mod nulls;
pub mod output;
pub mod plan;
pub mod promql;
pub mod resolve;
pub mod sample;
pub mod slo;
pub mod source;
pub mod spec;
pub mod sql;
pub mod templates;
pub mod terraform;
pub mod verify;
