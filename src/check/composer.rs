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
    let written = dag.spec.composer_environment.as_ref();
    if written.map_or(known.len() == 1, |name| known.contains(&name.as_str())) {
        return None;
    }
    let error = |message: String| Diagnostic::error(Code::ComposerEnvironment, message);
    let dag = document.span(&["spec", "dag"]);
    let finding = match written {
        Some(name) => {
            let finding = error(format!("there is no Composer environment `{name}`"))
                .at(document.span(&["spec", "composerEnvironment"]), "");
            match closest(name.as_str(), known.iter().copied()) {
                Some(close) => finding.help(format!("did you mean `{close}`?")),
                None => finding.help(format!("add it to the environment's {LIST}")),
            }
        }
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
