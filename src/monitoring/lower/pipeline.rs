//! What a pipeline is, whatever its kind: names, owner, labels, from a document's metadata.

use super::{Context, uid};
use crate::monitoring::stack::{Pipeline, Places};
use crate::resolve::Effective;
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
    let runbook = metadata.runbook.as_ref().or_else(|| project.spec.owners.get(owner)?.runbook.as_ref());
    Some(Pipeline {
        kind,
        name: name.to_owned(),
        display_name: metadata.display_name.clone().unwrap_or_else(|| name.to_owned()),
        description: metadata.description.clone(),
        owner: owner.to_string(),
        runbook: runbook.map(ToString::to_string),
        labels: BTreeMap::from_iter(own.chain(ours)),
        source: context.sources.path(effective.file).to_owned(),
        dashboard_uid: uid(&[project.metadata.name.as_str(), environment.as_str(), &kind.slug('-'), name]),
        promises: Vec::new(),
        places: places(effective),
    })
}

fn places(effective: &Effective) -> Places {
    let at = |key| effective.span(&["metadata", key]);
    Places {
        name: at("name"),
        display_name: at("displayName"),
        description: at("description"),
        owner: at("owner"),
        runbook: at("runbook"),
        labels: at("labels"),
    }
}
