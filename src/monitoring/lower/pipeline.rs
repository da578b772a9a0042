//! What a pipeline is, whatever its kind: names, owner, labels, from a document's metadata.

use super::{Context, service_id, uid};
use crate::monitoring::stack::{Pipeline, Places, Subject};
use crate::resolve::{Effective, place};
use crate::source::Node;
use crate::spec::{Kind, Metadata, Name};
use std::collections::BTreeMap;

/// A pipeline without promises yet. `None` without an owner, which `check` reports.
pub(super) fn pipeline(
    context: Context<'_>,
    effective: &Effective,
    kind: Kind,
    metadata: &Metadata,
    environment: &Name,
) -> Option<Pipeline> {
    let project = &context.project.project;
    let owner = metadata.owner.as_ref()?;
    let name = metadata.name.as_str();
    let own = metadata.labels.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    let ours = [
        ("genkai-project".to_owned(), project.metadata.name.to_string()),
        ("genkai-owner".to_owned(), owner.to_string()),
    ];
    let earlier_names: Vec<String> = metadata.renamed_from.iter().map(ToString::to_string).collect();
    let first_name = metadata.renamed_from.first().map_or(name, Name::as_str);
    let runbook = metadata.runbook.as_ref().or_else(|| project.spec.owners.get(owner)?.runbook.as_ref());
    Some(Pipeline {
        subject: Subject::Document(kind),
        name: name.to_owned(),
        earlier_names,
        display_name: context.titles.of_document(kind, metadata),
        description: metadata.description.clone(),
        owner: owner.to_string(),
        runbook: runbook.map(ToString::to_string),
        airflow: None,
        labels: BTreeMap::from_iter(own.chain(ours)),
        source: context.sources.path(effective.file).to_owned(),
        service_id: service_id(
            project.metadata.name.as_str(),
            environment,
            Subject::Document(kind),
            first_name,
        ),
        dashboard_uid: Some(uid(&[
            project.metadata.name.as_str(),
            environment.as_str(),
            &kind.slug('-'),
            first_name,
        ])),
        log_metrics: Vec::new(),
        promises: Vec::new(),
        scheduled_query: None,
        places: places(context, effective, owner),
    })
}

fn places(context: Context<'_>, effective: &Effective, owner: &Name) -> Places {
    let at = |key| effective.span(&["metadata", key]);
    let own_runbook = effective.tree.at(["metadata", "runbook"]).map(Node::span);
    let owners_runbook = || place(&context.project.tree, &["spec", "owners", owner.as_str(), "runbook"]);
    Places {
        name: at("name"),
        display_name: at("displayName"),
        description: at("description"),
        runbook: own_runbook.unwrap_or_else(owners_runbook),
        labels: at("labels"),
    }
}
