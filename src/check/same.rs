//! GK320: one DAG, one job or one column is mostly promised about once; a copied document still names that of the first.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved, Spec};
use crate::source::Span;
use crate::spec::{Environment, JobSelector, Name};
use std::collections::BTreeMap;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let Some(project) = &resolved.project else { return Vec::new() };
    let mut findings = Vec::new();
    for (name, environment) in &project.project.spec.environments {
        let mut known: BTreeMap<String, (usize, Span)> = BTreeMap::new();
        let documents = resolved.documents.iter().enumerate();
        for (number, document) in documents.filter(|(_, document)| document.environments.contains(name)) {
            for Subject { key, noun, place } in subjects(document, environment) {
                let (of, first) = *known.entry(key).or_insert((number, place));
                if of != number {
                    findings.push(twice(&noun, place, first, name));
                }
            }
        }
    }
    findings
}

/// What a document is about, in one environment.
struct Subject {
    /// The same for two documents about the same.
    key: String,
    noun: String,
    place: Span,
}

fn twice(noun: &str, second: Span, first: Span, environment: &Name) -> Diagnostic {
    Diagnostic::warning(Code::SameSubject, format!("there are two documents about {noun}"))
        .at(second, "the second")
        .also(first, "the first")
        .help("name what this one is about, or write all promises about it in one document")
        .in_environment(environment.as_str())
}

fn subjects(document: &Effective, environment: &Environment) -> Vec<Subject> {
    match &document.spec {
        Some(Spec::DagSlo(dag)) => {
            let spec = &dag.spec;
            let composer = spec.composer_environment.as_ref().or(environment.composer_environments.first());
            let composer = composer.map(ToString::to_string).unwrap_or_default();
            vec![Subject {
                key: format!("dag {composer} {}", spec.dag),
                noun: format!("the DAG `{}`", spec.dag),
                place: document.span(&["spec", "dag"]),
            }]
        }
        Some(Spec::DataflowSlo(job)) => {
            let (key, name) = match &job.spec.job.selector {
                JobSelector::Name(name) => ("name", name.to_string()),
                JobSelector::NamePrefix(prefix) => ("namePrefix", prefix.to_string()),
            };
            vec![Subject {
                key: format!("job {key} {name}"),
                noun: format!("the Dataflow job `{name}`"),
                place: document.span(&["spec", "job", key]),
            }]
        }
        Some(Spec::NullRatioCheck(check)) => {
            let spec = &check.spec;
            let table = spec.table.as_str();
            let own = format!("{}.", environment.project_id);
            let condition = spec.condition.as_deref().unwrap_or_default().trim();
            let columns = spec.columns.keys().map(|column| Subject {
                key: format!(
                    "column {} {} {condition}",
                    table.strip_prefix(&own).unwrap_or(table),
                    column.as_str().to_lowercase()
                ),
                noun: format!("the column `{column}` of `{table}`"),
                place: document.span(&["spec", "columns", column.as_str()]),
            });
            columns.collect()
        }
        Some(Spec::Calendar(_)) | None => Vec::new(),
    }
}
