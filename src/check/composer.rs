//! GK307: a DAG runs in one Composer environment, which is named where there are several.

use crate::diagnostics::{Code, Diagnostic, closest};
use crate::resolve::{Effective, Resolved, Spec};
use crate::spec::{Environment, Name};

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let Some(project) = &resolved.project else { return Vec::new() };
    let environments = &project.project.spec.environments;
    let mut findings = Vec::new();
    for document in &resolved.documents {
        for name in &document.environments {
            let environment = environments.get(name);
            findings.extend(environment.and_then(|environment| composer(document, name, environment)));
        }
    }
    findings
}

fn composer(document: &Effective, environment_name: &Name, environment: &Environment) -> Option<Diagnostic> {
    let Spec::DagSlo(dag) = &document.spec;
    let known: Vec<&str> = environment.composer_environments.iter().map(Name::as_str).collect();
    let error = |message: String| Diagnostic::error(Code::ComposerEnvironment, message);
    match &dag.spec.composer_environment {
        Some(name) if known.contains(&name.as_str()) => None,
        Some(name) => {
            let finding =
                error(format!("the environment `{environment_name}` has no Composer environment `{name}`"))
                    .at(document.span(&["spec", "composerEnvironment"]), "");
            Some(match closest(name.as_str(), known.iter().copied()) {
                Some(close) => finding.help(format!("did you mean `{close}`?")),
                None => {
                    finding.help(format!("add it to `environments.{environment_name}.composerEnvironments`"))
                }
            })
        }
        None if known.len() == 1 => None,
        None if known.is_empty() => Some(
            error(format!("the environment `{environment_name}` has no Composer environment"))
                .at(document.span(&["spec", "dag"]), "no environment runs this DAG")
                .help(format!(
                    "add `composerEnvironments` to `environments.{environment_name}` in the Project"
                )),
        ),
        None => Some(
            error(format!("the environment `{environment_name}` has several Composer environments"))
                .at(document.span(&["spec", "dag"]), "which one runs this DAG?")
                .help(format!("add `composerEnvironment:` with one of `{}`", known.join("`, `"))),
        ),
    }
}
