//! What changes about an environment as a whole: where it is applied, its channels, and which pipelines it has.

use super::columns;
use super::ground::{Renames, find};
use super::model::{Change, Holdings, Meaning, Place};
use super::side::{View, holdings};
use crate::monitoring::{Backend, Channel, Pipeline, Stack, Subject, Urgency};
use crate::nulls::Table;
use crate::spec::ChangeKind;
use std::collections::{BTreeMap, BTreeSet};

/// One environment, on the sides that have it.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub base: &'a View<'a>,
    pub head: &'a View<'a>,
    pub name: &'a str,
}

impl Sides<'_> {
    fn reference(&self) -> String {
        reference(self.name)
    }

    fn change(&self, kind: ChangeKind, aspect: &str) -> Change {
        Change::new(kind, aspect, self.reference(), self.name).at(self.place(&[]))
    }

    fn place(&self, path: &[&str]) -> Option<Place> {
        self.head.environment_place(self.name, path)
    }

    /// An environment that only the head has.
    pub fn came(&self, stack: &Stack) -> Change {
        let holds = holdings(&stack.pipelines);
        let implied = [
            (holds.objectives, ChangeKind::AddedObjective),
            (holds.pages, ChangeKind::AddedPage),
            (holds.tickets, ChangeKind::AddedAlert),
        ];
        let implied = implied.into_iter().filter(|(count, _)| *count > 0).map(|(_, kind)| kind);
        self.change(ChangeKind::AddedEnvironment, "environment")
            .values(None, Some(self.name.to_owned()))
            .meaning(Some(Meaning::Holds(holds)))
            .implying(implied)
    }

    /// An environment that only the base has.
    pub fn went(&self, stack: &Stack) -> Change {
        let place = self.base.environment_place(self.name, &[]);
        let holds = holdings(&stack.pipelines);
        self.change(ChangeKind::RemovedEnvironment, "environment")
            .values(Some(self.name.to_owned()), None)
            .at(place)
            .meaning(Some(Meaning::Holds(holds)))
            .implying(lost(&holds))
    }

    /// A pipeline that only the base has.
    pub fn pipeline_gone(&self, pipeline: &Pipeline) -> Change {
        let holds = holdings([pipeline]);
        let (kind, aspect) = match (is_declared(pipeline), holds.pages > 0) {
            (true, _) => (ChangeKind::RemovedSpec, "document"),
            (false, true) => (ChangeKind::RemovedPage, "companion"),
            (false, false) => (ChangeKind::RemovedAlert, "companion"),
        };
        let change = Change::new(kind, aspect, pipeline.reference(), self.name);
        // It may still be there, and say that it is not for this environment.
        let left = self
            .head
            .any_document(pipeline)
            .and_then(|document| self.head.place(document.span(&["environments"])));
        let implied = lost(&holds).into_iter().filter(|implied| *implied != kind);
        change
            .at(left.or_else(|| self.base.place_of_document(pipeline)))
            .meaning(Some(Meaning::Holds(holds)))
            .implying(implied)
    }

    /// A pipeline that only the head has.
    pub fn pipeline_is_new(&self, pipeline: &Pipeline) -> Change {
        let holds = holdings([pipeline]);
        let (kind, aspect) = match (is_declared(pipeline), holds.pages > 0) {
            (true, _) => (ChangeKind::AddedSpec, "document"),
            (false, true) => (ChangeKind::AddedPage, "companion"),
            (false, false) => (ChangeKind::AddedAlert, "companion"),
        };
        let implied = [
            (holds.objectives > 0 && is_declared(pipeline), ChangeKind::AddedObjective),
            (holds.pages > 0, ChangeKind::AddedPage),
            (holds.tickets > 0, ChangeKind::AddedAlert),
        ];
        let implied = implied.into_iter().filter(|(has, implied)| *has && *implied != kind);
        Change::new(kind, aspect, pipeline.reference(), self.name)
            .at(self.head.place_of_document(pipeline))
            .meaning(Some(Meaning::Holds(holds)))
            .implying(implied.map(|(_, kind)| kind))
    }

    /// What changes about an environment that both have, its pipelines aside.
    pub fn compare(&self, was: &Stack, is: &Stack) -> Vec<Change> {
        let mut changes = self.settings(was, is);
        changes.extend(self.renamed(&was.environment.name));
        changes.extend(self.channels(was, is));
        changes
    }

    /// Another name, with the state that it had.
    fn renamed(&self, was: &str) -> Option<Change> {
        let values = (Some(reference(was)), Some(self.reference()));
        (was != self.name).then(|| self.change(ChangeKind::Renamed, "environment").values(values.0, values.1))
    }

    fn settings(&self, was: &Stack, is: &Stack) -> Vec<Change> {
        let (before, after) = (&was.environment, &is.environment);
        // As the Project has it.
        let folder = |stack: &Stack| {
            let folder = &stack.environment.grafana.as_ref()?.folder;
            let of_environment = format!(" ({})", stack.environment.name);
            Some(folder.strip_suffix(&of_environment).unwrap_or(folder).to_owned())
        };
        let uid =
            |stack: &Stack| stack.environment.grafana.as_ref().map(|grafana| grafana.folder_uid.clone());
        let url = |stack: &Stack| stack.environment.grafana.as_ref().and_then(|grafana| grafana.url.clone());
        let language = |stack: &Stack| Some(stack.environment.language.folder().to_owned());
        let project = |stack: &Stack| Some(stack.environment.project_id.clone());
        let own = [
            ("projectId", project(was), project(is), vec!["projectId"]),
            ("location", before.location.clone(), after.location.clone(), vec!["location"]),
            ("history", history(was), history(is), vec!["bigquery", "dataset"]),
            ("bigquery.datasetIs", dataset_is(was, is), dataset_is(is, was), vec!["bigquery", "datasetIs"]),
            ("bigquery.location", location(was, is), location(is, was), vec!["bigquery", "location"]),
            (
                "bigquery.serviceAccount",
                account(was, is),
                account(is, was),
                vec!["bigquery", "serviceAccount"],
            ),
            ("backend", backend(before.backend.as_ref()), backend(after.backend.as_ref()), vec!["terraform"]),
        ];
        let of_project = [
            ("grafana.folder", folder(was), folder(is), vec!["spec", "grafana"]),
            (
                "grafana.folderUid",
                uid(was).and(uid(is)).and(uid(was)),
                uid(was).and(uid(is)),
                vec!["metadata", "name"],
            ),
            ("grafana.url", url(was), url(is), vec!["spec", "grafana"]),
            ("language", language(was), language(is), vec!["spec", "language"]),
            ("source", Some(before.source.clone()), Some(after.source.clone()), vec!["kind"]),
        ];
        let own = own.into_iter().map(|(aspect, from, to, path)| (aspect, from, to, self.place(&path)));
        let of_project = of_project
            .into_iter()
            .map(|(aspect, from, to, path)| (aspect, from, to, self.head.project_place(&path)));
        let differ = own.chain(of_project).filter(|(_, from, to, _)| from != to);
        let change = |(aspect, from, to, place): (&str, _, _, _)| {
            let kind = match aspect {
                "language" => ChangeKind::ChangedText,
                "source" => ChangeKind::ChangedOutput,
                _ => ChangeKind::ChangedEnvironment,
            };
            let meaning = match aspect {
                "projectId" => Some(Meaning::ReplacesAll),
                "backend" => Some(Meaning::MovesState),
                "grafana.url" if url(was).is_some() && url(is).is_some() => Some(Meaning::LeavesDashboards),
                "history" if was.history.is_some() => columns::other_history(is),
                _ => None,
            };
            self.change(kind, aspect).values(from, to).at(place).meaning(meaning)
        };
        differ.map(change).collect()
    }

    fn channels(&self, was: &Stack, is: &Stack) -> Vec<Change> {
        let names: BTreeSet<&String> = was.channels.keys().chain(is.channels.keys()).collect();
        let mut changes = Vec::new();
        for name in names {
            let (before, after) = (was.channels.get(name), is.channels.get(name));
            if before == after {
                continue;
            }
            let kind = match (before, after) {
                (_, None) => ChangeKind::RemovedChannel,
                (None, _) => ChangeKind::AddedChannel,
                // Nothing but its title is another.
                (Some(before), Some(after)) if leads_to(before) == leads_to(after) => ChangeKind::ChangedText,
                _ => ChangeKind::ChangedChannel,
            };
            let said: fn(&Channel) -> String = if kind == ChangeKind::ChangedText { title } else { leads_to };
            let place = match kind {
                ChangeKind::RemovedChannel => self.base.environment_place(self.name, &["channels", name]),
                _ => self.place(&["channels", name]),
            };
            let change = Change::new(kind, "channel", format!("Channel/{name}"), self.name);
            let addresses = channel_addresses(name);
            let change = change.values(before.map(said), after.map(said)).at(place).addresses(addresses);
            let users = if after.is_some() { is } else { was };
            changes.push(change.meaning(Some(Meaning::UsedBy(users_of(users, name)))));
        }
        changes
    }
}

/// The table that checks write to.
fn history(stack: &Stack) -> Option<String> {
    let Table { dataset, name, .. } = &stack.history.as_ref()?.table;
    Some(format!("{dataset}.{name}"))
}

/// Who makes the dataset of the history, where both sides have one.
fn dataset_is(of: &Stack, other: &Stack) -> Option<String> {
    let (history, _) = (of.history.as_ref()?, other.history.as_ref()?);
    Some(if history.makes_dataset { "managed" } else { "existing" }.to_owned())
}

/// Where checks run, where both sides have some.
fn location(of: &Stack, other: &Stack) -> Option<String> {
    other.history.as_ref().and(of.history.as_ref()).map(|history| history.location.clone())
}

/// Who checks run as, where both sides have some.
fn account(of: &Stack, other: &Stack) -> Option<String> {
    other.history.as_ref()?;
    let mut queries = of.pipelines.iter().filter_map(|pipeline| pipeline.scheduled_query.as_ref());
    queries.next()?.service_account.clone()
}

/// The alerts of a Stack that use a channel.
fn users_of(stack: &Stack, channel: &String) -> Holdings {
    let mut users = Holdings::default();
    for pipeline in &stack.pipelines {
        let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
        let policies = policies.filter(|policy| policy.channels.contains(channel));
        let (pages, tickets): (Vec<_>, Vec<_>) = policies.partition(|policy| policy.urgency == Urgency::Page);
        users.pages += pages.len();
        users.tickets += tickets.len();
        users.specs += usize::from(!pages.is_empty() || !tickets.is_empty());
    }
    users
}

/// How an environment is called among documents.
pub(super) fn reference(environment: &str) -> String {
    format!("Environment/{environment}")
}

/// The kinds of change that go with what is lost.
fn lost(holds: &Holdings) -> Vec<ChangeKind> {
    let lost = [
        (holds.objectives, ChangeKind::RemovedObjective),
        (holds.pages, ChangeKind::RemovedPage),
        (holds.tickets, ChangeKind::RemovedAlert),
    ];
    lost.into_iter().filter(|(count, _)| *count > 0).map(|(_, kind)| kind).collect()
}

/// Whether a document declares a pipeline's promises; other pipelines only come with them.
fn is_declared(pipeline: &Pipeline) -> bool {
    matches!(pipeline.subject, Subject::Document(_)) && pipeline.dashboard_uid.is_some()
}

fn backend(backend: Option<&Backend>) -> Option<String> {
    backend.map(|backend| match backend {
        Backend::Gcs { bucket, prefix } => {
            let prefix = prefix.as_deref().map(|prefix| format!("/{prefix}")).unwrap_or_default();
            format!("gs://{bucket}{prefix}")
        }
        Backend::Local { path } => path.clone().unwrap_or_else(|| "terraform.tfstate".to_owned()),
    })
}

fn leads_to(channel: &Channel) -> String {
    match channel {
        Channel::Id(id) => id.clone(),
        Channel::Lookup { channel_type, display_name } => format!("{channel_type} {display_name}"),
        Channel::Email { address, .. } => address.clone(),
    }
}

/// What people see of a channel that is made here.
fn title(channel: &Channel) -> String {
    match channel {
        Channel::Email { display_name, .. } => display_name.clone(),
        other => leads_to(other),
    }
}

/// Every address that a channel may have.
fn channel_addresses(name: &str) -> Vec<String> {
    let name = name.replace('-', "_");
    vec![
        format!("local.channel_{name}"),
        format!("data.google_monitoring_notification_channel.{name}"),
        format!("google_monitoring_notification_channel.{name}"),
    ]
}

/// The pipelines of an environment by side: in both, only in the base, only in the head.
pub(super) struct Matched<'a> {
    pub both: Vec<(&'a Pipeline, &'a Pipeline)>,
    pub gone: Vec<&'a Pipeline>,
    pub new: Vec<&'a Pipeline>,
}

pub(super) fn matched<'a>(base: &'a Stack, head: &'a Stack, renames: &Renames<'a>) -> Matched<'a> {
    let mut matched = Matched { both: Vec::new(), gone: Vec::new(), new: Vec::new() };
    let mut known: BTreeMap<String, ()> = BTreeMap::new();
    for is in &head.pipelines {
        let renamed = renames.get(&is.reference()).map(|(was, _)| *was);
        match renamed.or_else(|| find(base, is)) {
            Some(was) => {
                known.insert(was.reference(), ());
                matched.both.push((was, is));
            }
            None => matched.new.push(is),
        }
    }
    matched.gone = base.pipelines.iter().filter(|was| !known.contains_key(&was.reference())).collect();
    matched
}
