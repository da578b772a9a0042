//! GK305 and GK306: every document has an owner of the Project, whose channels exist wherever it is compiled.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved, ResolvedProject, place, unknown_environment};
use crate::spec::{Name, Severity};
use std::collections::BTreeSet;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let Some(project) = &resolved.project else { return Vec::new() };
    let mut findings: Vec<Diagnostic> =
        resolved.documents.iter().filter_map(|document| owner_of(project, document)).collect();
    findings.extend(channels(project, &resolved.documents));
    findings.extend(default_environments(project));
    findings
}

fn owner_of(project: &ResolvedProject, document: &Effective) -> Option<Diagnostic> {
    let owners = &project.project.spec.owners;
    let names: Vec<&str> = owners.keys().map(Name::as_str).collect();
    let path = ["metadata", "owner"];
    let Some(owner) = document.text(&path) else {
        // In a document whose form is wrong, what is missing may be what is misspelt.
        return document.spec.is_some().then(|| {
            Diagnostic::error(Code::MissingKey, "the document has no owner")
                .at(document.span(&["metadata"]), "")
                .help(format!(
                    "add `owner:` with one of `{}`, or `defaults.owner` to the Project",
                    names.join("`, `")
                ))
        });
    };
    if names.contains(&owner) || Name::parse(owner).is_none() {
        return None;
    }
    let finding = Diagnostic::error(Code::UnknownOwner, format!("the Project has no owner `{owner}`"))
        .at(document.span(&path), document.label(&path))
        .suggest(owner, names.iter().copied(), || format!("its owners are `{}`", names.join("`, `")));
    Some(finding)
}

/// An owner's channels must exist in every environment in which something of the owner's is compiled.
fn channels(project: &ResolvedProject, documents: &[Effective]) -> Vec<Diagnostic> {
    let mut wanted = BTreeSet::new();
    for document in documents {
        let owner = document.text(&["metadata", "owner"]).and_then(Name::parse);
        wanted.extend(
            owner.iter().flat_map(|owner| {
                document.environments.iter().map(move |name| (owner.clone(), name.clone()))
            }),
        );
    }
    let mut findings = Vec::new();
    for (owner_name, environment_name) in wanted {
        let owner = project.project.spec.owners.get(&owner_name);
        let environment = project.project.spec.environments.get(&environment_name);
        let (Some(owner), Some(environment)) = (owner, environment) else { continue };
        let known: Vec<&str> = environment.channels.keys().map(Name::as_str).collect();
        let lists = [(Severity::Page, "page", &owner.page), (Severity::Ticket, "ticket", &owner.ticket)];
        // Where nothing pages, nobody needs a channel for it.
        for (_, list, names) in
            lists.into_iter().filter(|(severity, ..)| *severity <= environment.max_severity)
        {
            for (index, name) in names.iter().enumerate() {
                if environment.channels.contains_key(name) {
                    continue;
                }
                let path = ["spec", "owners", owner_name.as_str(), list, &index.to_string()];
                let place_of_environment =
                    place(&project.tree, &["spec", "environments", environment_name.as_str()]);
                let message = format!("the environment `{environment_name}` has no channel `{name}`");
                let finding = Diagnostic::error(Code::UnknownChannel, message)
                    .at(place(&project.tree, &path), "")
                    .also(place_of_environment, "declared here");
                findings.push(finding.suggest(name.as_str(), known.iter().copied(), || {
                    format!("add `{name}` to `environments.{environment_name}.channels`")
                }));
            }
        }
    }
    findings
}

fn default_environments(project: &ResolvedProject) -> Vec<Diagnostic> {
    let spec = &project.project.spec;
    let known: Vec<&str> = spec.environments.keys().map(Name::as_str).collect();
    let defaults = spec.defaults.environments.iter().flatten().enumerate();
    defaults
        .filter(|(_, name)| !spec.environments.contains_key(*name))
        .map(|(index, name)| {
            let path = ["spec", "defaults", "environments", &index.to_string()];
            unknown_environment(name.as_str(), place(&project.tree, &path), &known)
        })
        .collect()
}
