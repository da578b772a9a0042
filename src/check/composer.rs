//! GK307: a DAG runs in one Composer environment, which is named where there are several.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::source::Node;
use crate::spec::{ComposerEnvironment, Environment, Kind, Name};

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let Some(project) = &resolved.project else { return Vec::new() };
    let environments = &project.project.spec.environments;
    let mut findings: Vec<Diagnostic> =
        environments.keys().flat_map(|name| unknown_airflows(&project.tree, name)).collect();
    for document in &resolved.documents {
        for name in &document.environments {
            let environment = environments.get(name);
            findings.extend(environment.and_then(|environment| composer(document, name, environment)));
        }
    }
    findings
}

/// Addresses of Airflow for Composer environments that the environment does not have.
fn unknown_airflows(project: &Node, environment: &Name) -> Vec<Diagnostic> {
    let at = |key| project.at(["spec", "environments", environment.as_str(), key]);
    let names = at("composerEnvironments").and_then(Node::as_sequence).into_iter().flatten();
    let known: Vec<&str> = names.filter_map(Node::as_str).collect();
    let entries = at("airflow").and_then(Node::as_mapping).into_iter().flat_map(|airflow| &airflow.entries);
    let unknown = entries.filter(|entry| !known.contains(&entry.key.as_str()));
    unknown
        .map(|entry| {
            let message = format!("there is no Composer environment `{}`", entry.key);
            Diagnostic::error(Code::ComposerEnvironment, message)
                .at(entry.key_span, "")
                .suggest(&entry.key, known.iter().copied(), || format!("add it to the environment's {LIST}"))
                .in_environment(environment.as_str())
        })
        .collect()
}

fn composer(document: &Effective, environment_name: &Name, environment: &Environment) -> Option<Diagnostic> {
    if document.kind != Kind::DagSlo {
        return None;
    }
    let known: Vec<&str> =
        environment.composer_environments.iter().map(ComposerEnvironment::as_str).collect();
    let written = document.text(&["spec", "composerEnvironment"]);
    // In a document whose form is wrong, what is missing may be what is misspelt.
    let fits_unwritten = known.len() == 1 || document.spec.is_none();
    if written.map_or(fits_unwritten, |name| known.contains(&name) || !ComposerEnvironment::is_one(name)) {
        return None;
    }
    let error = |message: String| Diagnostic::error(Code::ComposerEnvironment, message);
    let dag = document.span(&["spec", "dag"]);
    let finding = match written {
        Some(name) => error(format!("there is no Composer environment `{name}`"))
            .at(document.span(&["spec", "composerEnvironment"]), "")
            .suggest(name, known.iter().copied(), || format!("add it to the environment's {LIST}")),
        None if known.is_empty() => error("there is no Composer environment for this DAG".to_owned())
            .at(dag, "no environment runs this DAG")
            .help(format!("add {LIST} to the environment")),
        None => error("there are several Composer environments for this DAG".to_owned())
            .at(dag, "which one runs this DAG?")
            .help(format!("add `composerEnvironment:` with one of `{}`", known.join("`, `"))),
    };
    Some(finding.in_environment(environment_name.as_str()))
}

const LIST: &str = "`composerEnvironments` in the Project";
