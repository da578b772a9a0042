//! `genkai queries`: the PromQL of an environment.

use super::explain::not_found;
use super::streams::{self, Shape};
use super::{Outcome, project};
use crate::diagnostics::{Diagnostic, Severity, text};
use crate::explain::queries;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use std::path::Path;

/// Which queries to print, and how.
#[derive(Args)]
#[group(id = "queries")]
pub(super) struct Asked {
    /// The only document whose queries to print, such as DagSlo/sales-daily
    #[arg(value_name = "KIND/NAME")]
    document: Option<String>,
    /// The environment, where the Project has several
    #[arg(long = "env", value_name = "NAME")]
    environment: Option<String>,
    /// How to print them
    #[arg(long, default_value = "text")]
    format: Format,
}

/// A format of queries.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// PromQL with comments
    Text,
    /// For programs: one document, see schemas/queries.schema.json
    Json,
    /// For Prometheus, promtool and pint: a file of alerting rules
    Rules,
}

pub(super) fn queries(directory: &Path, asked: &Asked, today: Date) -> Outcome {
    let (sources, insight) = match project::inspect(directory, today) {
        Ok(known) => known,
        Err(outcome) => return outcome,
    };
    let errors = insight.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<Diagnostic> = errors.cloned().collect();
    if !errors.is_empty() {
        streams::say(&text::render(&sources, &errors, true));
        streams::say(&text::summary(&errors, &[]));
        return Outcome::Errors;
    }
    let (environment, document) = (asked.environment.as_deref(), asked.document.as_deref());
    match queries::queries(&insight, &sources, environment, document) {
        Ok(queries) => {
            let (shape, printed) = match asked.format {
                Format::Text => (Shape::Text, queries.text()),
                Format::Json => (Shape::Json, queries.json()),
                Format::Rules => (Shape::Text, queries.rules()),
            };
            streams::out(shape, &printed);
            Outcome::Done
        }
        Err(missing) => not_found(&missing),
    }
}
