//! What no other part of the comparison explains: it is added to the change that most likely causes it, or told as a
//! change of texts, dashboards or files.

use super::environments::reference;
use super::ground::Renames;
use super::model::{Action, Change, FileChange, Place, ResourceChange};
use super::scheduled;
use crate::monitoring::{Pipeline, Stack};
use crate::spec::{ChangeKind, Seriousness};
use crate::terraform;
use std::collections::{BTreeMap, BTreeSet};

/// Arguments of a resource that only people read.
const TEXTS: [&str; 3] = ["display_name", "documentation", "user_labels"];

/// The files of a pipeline, below its environment's folder.
pub(super) fn paths(pipeline: &Pipeline) -> Vec<String> {
    let module = [terraform::file_name(pipeline)].into_iter();
    let script = pipeline.scheduled_query.as_ref().map(|_| terraform::script_file(pipeline));
    module.chain(script).map(|name| format!("terraform/{name}")).chain([pipeline.dashboard_file()]).collect()
}

/// Makes sure that every address and every file that differs is part of a change.
pub(super) fn explain(
    changes: &mut Vec<Change>,
    resources: &[ResourceChange],
    files: &[FileChange],
    (environment, was, is): (&str, Option<&Stack>, Option<&Stack>),
    (renames, unknown): (&Renames<'_>, &BTreeSet<&String>),
) {
    let told: BTreeSet<String> = changes
        .iter()
        .flat_map(|change| &change.reached)
        .flat_map(|reached| reached.addresses.iter().cloned())
        .collect();
    let comments = scheduled::only_comments(was, is, renames);
    for resource in resources.iter().filter(|resource| !told.contains(&resource.address)) {
        address(changes, resource, environment, is_wording(resource, &comments));
    }
    // The files of a renamed document are the document's, under either name.
    let renamed = renames.iter().map(|(now, (was, _))| (was.reference(), now.clone()));
    let renamed: BTreeMap<String, String> = renamed.collect();
    let now = |pipeline: &Pipeline| {
        let reference = pipeline.reference();
        renamed.get(&reference).cloned().unwrap_or(reference)
    };
    let owners: BTreeMap<String, String> = was
        .into_iter()
        .chain(is)
        .flat_map(|stack| &stack.pipelines)
        .flat_map(|pipeline| paths(pipeline).into_iter().map(move |path| (path, pipeline)))
        .map(|(path, pipeline)| (path, now(pipeline)))
        .collect();
    let own = files.iter().filter_map(|file| file.path.strip_prefix(environment)?.strip_prefix('/'));
    for path in own {
        match owners.get(path) {
            Some(of) if unknown.contains(of) => {}
            Some(of) => file(changes, of.clone(), environment, path),
            None => file(changes, reference(environment), environment, path),
        }
    }
}

/// An address belongs to the most serious change of its document, since that changed because of something.
fn address(changes: &mut Vec<Change>, resource: &ResourceChange, environment: &str, is_wording: bool) {
    let of = resource.reference.clone().unwrap_or_else(|| reference(environment));
    let only_channels = resource.arguments == ["notification_channels"];
    let causes = |change: &Change| match (change.kind, change.kind.seriousness()) {
        (_, Seriousness::Wording) => is_wording || change.aspect == "language",
        (ChangeKind::ChangedChannel, _) => only_channels,
        // Whom alerts reach is told of each alert.
        (ChangeKind::AddedChannel, _) | (_, Seriousness::Rerouted) => false,
        _ => true,
    };
    let is_cause = |change: &&mut Change| {
        let of_all = is_of_all(change, environment) || change.kind == ChangeKind::ChangedChannel;
        (change.reaches(&of, environment) || of_all) && causes(change)
    };
    let cause = changes.iter_mut().filter(is_cause).min_by_key(|change| change.kind);
    match cause {
        Some(change) => {
            for reached in &mut change.reached {
                reached.addresses.insert(resource.address.clone());
            }
        }
        None => changes.push(told(resource, of, environment, is_wording)),
    }
}

/// Whether a change is about an environment as a whole.
fn is_of_all(change: &Change, environment: &str) -> bool {
    change.reaches(&reference(environment), environment)
        && change.aspect != "source"
        && change.aspect != "file"
}

/// Whether only what people read differs; of some queries, only comments do.
fn is_wording(resource: &ResourceChange, comments: &BTreeSet<String>) -> bool {
    let is_dashboard = resource.address.starts_with("grafana_dashboard.");
    let is_text = |argument: &String| {
        TEXTS.contains(&argument.as_str()) || (argument == "params" && comments.contains(&resource.address))
    };
    resource.action == Action::Update && (is_dashboard || resource.arguments.iter().all(is_text))
}

/// An address that nothing explains.
fn told(resource: &ResourceChange, of: String, environment: &str, is_wording: bool) -> Change {
    let kind = if resource.address.starts_with("grafana_") {
        ChangeKind::ChangedDashboard
    } else if is_wording {
        ChangeKind::ChangedText
    } else if resource.address.starts_with("google_") {
        ChangeKind::ChangedAlert
    } else {
        ChangeKind::ChangedOutput
    };
    let aspect = match resource.arguments.as_slice() {
        [] => resource.action.key().to_owned(),
        arguments => arguments.join(", "),
    };
    Change::new(kind, aspect, of, environment).addresses([resource.address.clone()])
}

/// A file of a document that has no change at all: then only its comments differ, or it is a dashboard that Terraform
/// does not manage.
fn file(changes: &mut Vec<Change>, of: String, environment: &str, path: &str) {
    let is_project = of == reference(environment);
    let told = |change: &Change| {
        let whole = is_of_all(change, environment) || (is_project && reaches(change, environment));
        change.reaches(&of, environment) || whole
    };
    if changes.iter().any(told) {
        return;
    }
    let kind = match path.starts_with("grafana/") {
        true => ChangeKind::ChangedDashboard,
        false => ChangeKind::ChangedOutput,
    };
    changes.push(
        Change::new(kind, "file", of, environment).values(None, Some(path.to_owned())).at(None::<Place>),
    );
}

fn reaches(change: &Change, environment: &str) -> bool {
    change.reached.iter().any(|reached| reached.environments.contains(environment))
}
