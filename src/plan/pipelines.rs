//! What changes about a pipeline that both sides have: its promises, its alerts and what people read of it.

use super::model::{Allowance, Change, Meaning, Place};
use super::side::{View, is_declared};
use super::{columns, days, settings};
use crate::monitoring::{Alert, AlertPolicy, Objective, Pipeline, Promise, Urgency};
use crate::slo::{Budget, Duration};
use crate::spec::{ChangeKind, Name, Severity};
use crate::terraform;
use std::collections::{BTreeMap, BTreeSet};

/// A pipeline on both sides, in one environment.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub base: &'a View<'a>,
    pub head: &'a View<'a>,
    pub environment: &'a str,
    pub was: &'a Pipeline,
    pub is: &'a Pipeline,
}

impl Pair<'_> {
    pub fn change(&self, kind: ChangeKind, aspect: impl Into<String>) -> Change {
        Change::new(kind, aspect, self.is.reference(), self.environment)
    }

    /// The place of a key in the document of the head, or of the nearest mapping around it.
    pub fn place(&self, path: &[&str]) -> Option<Place> {
        match self.head.document(self.is, self.environment) {
            Some(document) => self.head.place(document.span(path)),
            None => self.head.place_of(self.is),
        }
    }

    /// What the environment allows at most.
    pub fn most_severe(&self, view: &View<'_>) -> Option<Severity> {
        let environments = &view.project()?.project.spec.environments;
        environments
            .get(&Name(view.called(self.environment).to_owned()))
            .map(|environment| environment.max_severity)
    }
}

/// Every change of a pipeline.
pub(super) fn compare(pair: Pair<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    changes.extend(renamed(pair));
    changes.extend(promises(pair));
    changes.extend(columns::compare(pair));
    changes.extend(days::compare(pair));
    let settings = settings::compare(pair, &changes);
    changes.extend(settings);
    let timings = timings(pair, &changes);
    changes.extend(timings);
    changes.extend(texts(pair));
    changes
}

fn renamed(pair: Pair<'_>) -> Option<Change> {
    let (from, to) = (pair.was.reference(), pair.is.reference());
    let change = || pair.change(ChangeKind::Renamed, "name").at(pair.place(&["metadata", "name"]));
    (from != to).then(|| change().values(Some(from), Some(to)).meaning(columns::history(pair)))
}

/// Promises by their key and, of several with one key, by what they are about.
fn by_key(pipeline: &Pipeline) -> BTreeMap<(&str, String, usize), &Promise> {
    let mut promises = BTreeMap::new();
    for promise in &pipeline.promises {
        let of_promise = promise.policies.first().filter(|policy| policy.alert != Alert::FailingColumns);
        let instance = of_promise.and_then(|policy| policy.instance.clone()).unwrap_or_default();
        let nth = (0..).find(|nth| !promises.contains_key(&(promise.id, instance.clone(), *nth)));
        promises.insert((promise.id, instance, nth.unwrap_or_default()), promise);
    }
    promises
}

/// A promise by its key, with the task or step that it is about.
fn key((id, instance, _): &(&str, String, usize)) -> String {
    if instance.is_empty() { (*id).to_owned() } else { format!("{id} {instance}") }
}

fn promises(pair: Pair<'_>) -> Vec<Change> {
    let (was, is) = (by_key(pair.was), by_key(pair.is));
    let mut changes = Vec::new();
    for (id, before) in &was {
        match is.get(id) {
            Some(after) => changes.extend(promise(pair, &key(id), before, after)),
            None if is_declared(pair.was, before) => changes.push(gone(pair, &key(id), before)),
            None => changes.extend(before.policies.iter().map(|policy| alert_gone(pair, policy, None))),
        }
    }
    for (id, after) in is.iter().filter(|(id, _)| !was.contains_key(id)) {
        match is_declared(pair.is, after) {
            true => changes.push(new(pair, &key(id), after)),
            false => changes.extend(after.policies.iter().map(|policy| alert_is_new(pair, policy))),
        }
    }
    changes
}

/// The addresses of a promise's resources.
fn addresses(pipeline: &Pipeline, promise: &Promise) -> Vec<String> {
    let slo = promise.slo.as_ref().and_then(|_| terraform::slo_address(pipeline, promise).ok());
    let policies = promise.policies.iter();
    policies.filter_map(|policy| terraform::policy_address(pipeline, policy).ok()).chain(slo).collect()
}

fn gone(pair: Pair<'_>, id: &str, promise: &Promise) -> Change {
    let implied = promise.policies.iter().map(|policy| match policy.urgency {
        Urgency::Page => ChangeKind::RemovedPage,
        Urgency::Ticket => ChangeKind::RemovedAlert,
    });
    pair.change(ChangeKind::RemovedObjective, "objective")
        .promise(id)
        .values(Some(promise.statement.clone()), None)
        .at(pair.base.place(promise.span))
        .meaning(promise.objective.as_ref().map(|objective| Meaning::Allows(allowance(&objective.budget))))
        .implying(implied)
        .addresses(addresses(pair.was, promise))
}

fn new(pair: Pair<'_>, id: &str, promise: &Promise) -> Change {
    let implied = promise.policies.iter().map(|policy| match policy.urgency {
        Urgency::Page => ChangeKind::AddedPage,
        Urgency::Ticket => ChangeKind::AddedAlert,
    });
    pair.change(ChangeKind::AddedObjective, "objective")
        .promise(id)
        .values(None, Some(promise.statement.clone()))
        .at(pair.head.place(promise.span))
        .meaning(promise.objective.as_ref().map(|objective| Meaning::Allows(allowance(&objective.budget))))
        .implying(implied)
        .addresses(addresses(pair.is, promise))
}

fn allowance(budget: &Budget) -> Allowance {
    Allowance { allowed: budget.allowed, events: budget.events, window: budget.window }
}

/// How a promise's budget changes, step by step, so that each change has its own consequence: as it was, with other runs,
/// with another target, with another window, as it is.
fn steps(was: &Promise, is: &Promise) -> Option<[Budget; 4]> {
    let (before, after) = (was.objective.as_ref()?.budget, is.objective.as_ref()?.budget);
    // How many runs another window held before is not known.
    let events = if before.window == after.window { after.events } else { before.events };
    let runs = Budget::new(before.target, before.window, events);
    Some([before, runs, Budget::new(after.target, before.window, events), after])
}

/// What one step does to a promise's budget.
fn budget(id: &str, before: &Budget, after: &Budget) -> Meaning {
    Meaning::Budget { promise: id.to_owned(), before: allowance(before), after: allowance(after) }
}

/// What other runs do to the first budget of a pipeline that they change.
pub(super) fn any_budget(pair: Pair<'_>) -> Option<Meaning> {
    let is = by_key(pair.is);
    by_key(pair.was).into_iter().find_map(|(id, before)| {
        let [was, runs, ..] = steps(before, is.get(&id)?)?;
        (allowance(&was) != allowance(&runs)).then(|| budget(&key(&id), &was, &runs))
    })
}

fn promise(pair: Pair<'_>, id: &str, was: &Promise, is: &Promise) -> Vec<Change> {
    let mut changes = Vec::new();
    if let (Some(before), Some(after)) = (&was.objective, &is.objective) {
        changes.extend(objective(pair, id, (was, before), (is, after)));
    }
    changes.extend(objective_alone(pair, id, was, is));
    if was.decision.strategy.name() != is.decision.strategy.name() {
        let name = |promise: &Promise| Some(promise.decision.strategy.name().to_owned());
        let change = pair.change(ChangeKind::ChangedMethod, "strategy").promise(id);
        changes.push(change.values(name(was), name(is)).at(pair.head.place(is.span)));
    } else if was.slo.is_some() != is.slo.is_some() {
        let name = |promise: &Promise| promise.slo.as_ref().map(|slo| slo.id.to_owned());
        let slo = if was.slo.is_some() { (pair.was, was) } else { (pair.is, is) };
        let change = pair.change(ChangeKind::ChangedMethod, "slo").promise(id).values(name(was), name(is));
        changes
            .push(change.at(pair.head.place(is.span)).addresses(terraform::slo_address(slo.0, slo.1).ok()));
    }
    changes.extend(alerts(pair, was, is));
    changes
}

/// An objective that comes or goes while the rest of its promise stays.
fn objective_alone(pair: Pair<'_>, id: &str, was: &Promise, is: &Promise) -> Option<Change> {
    let text = |objective: &Objective| format!("{}, {}", objective.budget.target, objective.budget.window);
    let (kind, objective, from, to, span) = match (&was.objective, &is.objective) {
        (Some(before), None) => (ChangeKind::RemovedObjective, before, Some(text(before)), None, is.span),
        (None, Some(after)) => {
            (ChangeKind::AddedObjective, after, None, Some(text(after)), after.target_span)
        }
        _ => return None,
    };
    let change = pair.change(kind, "target").promise(id).values(from, to).at(pair.head.place(span));
    Some(
        change.meaning(Some(Meaning::Allows(allowance(&objective.budget)))).addresses(addresses(pair.is, is)),
    )
}

fn objective(
    pair: Pair<'_>,
    id: &str,
    (was, before): (&Promise, &Objective),
    (is, after): (&Promise, &Objective),
) -> Vec<Change> {
    let mut changes = Vec::new();
    let Some([_, runs, target, window]) = steps(was, is) else { return changes };
    let mut change =
        |aspect: &str, weaker: bool, values: (String, String), span, from: &Budget, to: &Budget| {
            let kind = if weaker { ChangeKind::WeakerObjective } else { ChangeKind::StrongerObjective };
            let change = pair.change(kind, aspect).promise(id).values(Some(values.0), Some(values.1));
            let change = change.at(pair.head.place(span)).meaning(Some(budget(id, from, to)));
            changes.push(change.addresses(addresses(pair.is, is)));
        };
    let (from, to) = (before.budget.target, after.budget.target);
    if from != to {
        change("target", to < from, (from.to_string(), to.to_string()), after.target_span, &runs, &target);
    }
    let (from, to) = (before.budget.window, after.budget.window);
    if from != to {
        change("window", to > from, (from.to_string(), to.to_string()), after.window_span, &target, &window);
    }
    changes
}

/// The alerts of a promise, by which they are.
fn policies(promise: &Promise) -> BTreeMap<(&str, Option<&str>), &AlertPolicy> {
    let key = |policy: &'_ AlertPolicy| policy.alert.key();
    promise.policies.iter().map(|policy| ((key(policy), policy.instance.as_deref()), policy)).collect()
}

fn alerts(pair: Pair<'_>, was: &Promise, is: &Promise) -> Vec<Change> {
    let (before, after) = (policies(was), policies(is));
    let mut changes = Vec::new();
    for (id, policy) in &before {
        match after.get(id) {
            None if columns::explains(pair, policy) => {}
            None => changes.push(alert_gone(pair, policy, Some(is))),
            Some(now) if policy.urgency != now.urgency => changes.push(urgency(pair, policy, now)),
            Some(now) => changes.extend(channels(pair, policy, now)),
        }
    }
    let new =
        after.iter().filter(|(id, policy)| !before.contains_key(id) && !columns::explains(pair, policy));
    changes.extend(new.map(|(_, policy)| alert_is_new(pair, policy)));
    changes
}

fn urgency_name(urgency: Urgency) -> String {
    match urgency {
        Urgency::Page => "page".to_owned(),
        Urgency::Ticket => "ticket".to_owned(),
    }
}

/// An alert that is no more: its severity is `none` now, or its promise is watched by others.
fn alert_gone(pair: Pair<'_>, policy: &AlertPolicy, promise: Option<&Promise>) -> Change {
    let document = pair.head.document(pair.is, pair.environment);
    let path = ["spec", "alerts", policy.alert.key(), "severity"];
    let written = document.and_then(|document| document.tree.at(path));
    let written = written.filter(|node| node.as_str() == Some("none")).map(|node| node.span());
    let kind = match policy.urgency {
        _ if written.is_none() && is_replaced(pair, policy, promise) => ChangeKind::ReplacedAlert,
        Urgency::Page => ChangeKind::RemovedPage,
        Urgency::Ticket => ChangeKind::RemovedAlert,
    };
    let span = written.or(promise.map(|promise| promise.span)).unwrap_or(pair.is.places.name);
    if kind == ChangeKind::RemovedPage && written.is_none() && is_capped_lower(pair) {
        return capped(pair, kind, (policy.urgency, Urgency::Ticket))
            .addresses(terraform::policy_address(pair.was, policy).ok());
    }
    pair.change(kind, "alert")
        .alert(&alert_key(policy))
        .values(Some(urgency_name(policy.urgency)), None)
        .at(pair.head.place(span))
        .addresses(terraform::policy_address(pair.was, policy).ok())
}

/// Whether another alert takes over from one that nobody switched off: one of the same promise, or a new one, that is at
/// least as loud.
fn is_replaced(pair: Pair<'_>, policy: &AlertPolicy, promise: Option<&Promise>) -> bool {
    let is_loud = |other: &&AlertPolicy| other.urgency >= policy.urgency;
    let of_promise = promise.into_iter().flat_map(|promise| &promise.policies).any(|other| is_loud(&other));
    let known: BTreeSet<String> =
        pair.was.promises.iter().flat_map(|promise| &promise.policies).map(AlertPolicy::slug).collect();
    let of_pipeline = pair.is.promises.iter().flat_map(|promise| &promise.policies);
    of_promise || of_pipeline.filter(is_loud).any(|other| !known.contains(&other.slug()))
}

fn alert_is_new(pair: Pair<'_>, policy: &AlertPolicy) -> Change {
    let kind = match policy.urgency {
        Urgency::Page => ChangeKind::AddedPage,
        Urgency::Ticket => ChangeKind::AddedAlert,
    };
    pair.change(kind, "alert")
        .alert(&alert_key(policy))
        .values(None, Some(urgency_name(policy.urgency)))
        .at(pair.head.place(policy.places.settings))
        .addresses(terraform::policy_address(pair.is, policy).ok())
}

/// An alert by its key, with the task or step that it is about.
fn alert_key(policy: &AlertPolicy) -> String {
    match &policy.instance {
        // Its instances are how loud they are, which every change of them tells.
        Some(_) if policy.alert == Alert::FailingColumns => policy.alert.key().to_owned(),
        Some(instance) => format!("{} {instance}", policy.alert.key()),
        None => policy.alert.key().to_owned(),
    }
}

fn urgency(pair: Pair<'_>, was: &AlertPolicy, is: &AlertPolicy) -> Change {
    let kind = if is.urgency < was.urgency { ChangeKind::RemovedPage } else { ChangeKind::AddedPage };
    let names = (Some(urgency_name(was.urgency)), Some(urgency_name(is.urgency)));
    let address = terraform::policy_address(pair.is, is).ok();
    if is.capped != was.capped {
        return capped(pair, kind, (was.urgency, is.urgency)).addresses(address);
    }
    let change = pair.change(kind, "severity").alert(&alert_key(is)).values(names.0, names.1);
    change.at(pair.head.place(is.places.settings)).addresses(address)
}

/// What an environment allows at most is one cause for all of its alerts.
fn capped(pair: Pair<'_>, kind: ChangeKind, (was, is): (Urgency, Urgency)) -> Change {
    let place = pair.head.environment_place(pair.environment, &["maxSeverity"]);
    pair.change(kind, "maxSeverity").values(Some(urgency_name(was)), Some(urgency_name(is))).at(place)
}

/// Whether the environment allows less than before.
fn is_capped_lower(pair: Pair<'_>) -> bool {
    pair.most_severe(pair.head) < pair.most_severe(pair.base)
}

/// Whom an alert reaches. All alerts of one urgency reach the same, so the alert is not part of the change.
fn channels(pair: Pair<'_>, was: &AlertPolicy, is: &AlertPolicy) -> Option<Change> {
    let (before, after): (BTreeSet<&String>, BTreeSet<&String>) =
        (was.channels.iter().collect(), is.channels.iter().collect());
    if before == after {
        return None;
    }
    let kind = match (before.is_subset(&after), is.urgency) {
        (true, _) => ChangeKind::AddedChannel,
        (false, Urgency::Page) => ChangeKind::RemovedPageChannel,
        (false, Urgency::Ticket) => ChangeKind::RemovedTicketChannel,
    };
    let list = |channels: &[String]| Some(channels.join(", "));
    let place = match pair.was.owner == pair.is.owner {
        true => pair.head.place(is.places.channels),
        false => pair.place(&["metadata", "owner"]),
    };
    let change = pair.change(kind, urgency_name(is.urgency)).values(list(&was.channels), list(&is.channels));
    Some(change.at(place).addresses(terraform::policy_address(pair.is, is).ok()))
}

/// How long alerts wait and how often they remind, where no other change explains it.
fn timings(pair: Pair<'_>, known: &[Change]) -> Vec<Change> {
    let is = by_key(pair.is);
    let both =
        by_key(pair.was).into_iter().filter_map(|(id, before)| Some((key(&id), before, *is.get(&id)?)));
    let mut changes = Vec::new();
    for (id, before, after) in both {
        let explained = known.iter().any(|change| {
            let of_promise = change.promise.as_ref().is_some_and(|promise| *promise == id);
            let of_alert = change
                .alert
                .as_ref()
                .is_some_and(|alert| before.policies.iter().any(|policy| policy.alert.key() == alert));
            matches!(change.kind, ChangeKind::ChangedSchedule | ChangeKind::ChangedMethod)
                || ((of_promise || of_alert) && change.kind != ChangeKind::ChangedText)
        });
        let after = policies(after);
        for (key, was) in policies(before) {
            if let Some(is) = after.get(&key) {
                changes.extend(timing(pair, was, is, explained));
            }
        }
    }
    changes
}

fn timing(pair: Pair<'_>, was: &AlertPolicy, is: &AlertPolicy, explained: bool) -> Vec<Change> {
    let change = |aspect: &str, from: Option<Duration>, to: Option<Duration>, span| {
        let weaker = match (from, to) {
            // Without reminders, an alert speaks once.
            (_, None) if aspect == "renotify" => true,
            (None, _) if aspect == "renotify" => false,
            _ => to > from,
        };
        let kind = if weaker { ChangeKind::WeakerAlert } else { ChangeKind::StrongerAlert };
        let text = |time: Option<Duration>| time.map(|time| time.to_string());
        pair.change(kind, aspect)
            .alert(is.alert.key())
            .values(text(from), text(to))
            .at(pair.head.place(span))
            .addresses(terraform::policy_address(pair.is, is).ok())
    };
    let mut changes = Vec::new();
    // What always holds comes with the construct, as how soon it fires does.
    if was.hold != is.hold && was.written_hold != is.written_hold {
        changes.push(change("after", was.hold, is.hold, is.places.hold));
    } else if was.within != is.within && !explained {
        changes.push(change("within", was.within, is.within, is.places.hold));
    }
    if was.renotify != is.renotify && was.urgency == is.urgency {
        changes.push(change("renotify", was.renotify, is.renotify, is.places.renotify));
    }
    changes
}

/// What people read, and who answers for it.
fn texts(pair: Pair<'_>) -> Vec<Change> {
    let (was, is) = (pair.was, pair.is);
    let mut changes = Vec::new();
    let mut text = |aspect: &str, from: Option<&String>, to: Option<&String>, span| {
        if from != to {
            let change = pair.change(ChangeKind::ChangedText, aspect).values(from.cloned(), to.cloned());
            changes.push(change.at(pair.head.place(span)));
        }
    };
    text("displayName", Some(&was.display_name), Some(&is.display_name), is.places.display_name);
    text("description", was.description.as_ref(), is.description.as_ref(), is.places.description);
    text("runbook", was.runbook.as_ref(), is.runbook.as_ref(), is.places.runbook);
    let (before, after) = (differing_labels(was, is), differing_labels(is, was));
    text("labels", before.as_ref(), after.as_ref(), is.places.labels);
    text("source", Some(&was.source), Some(&is.source), is.places.name);
    if was.owner != is.owner {
        let change = pair.change(ChangeKind::ChangedOwner, "owner");
        let change = change.values(Some(was.owner.clone()), Some(is.owner.clone()));
        changes.push(change.at(pair.place(&["metadata", "owner"])));
    }
    for change in &mut changes {
        if change.aspect == "source" {
            change.kind = ChangeKind::ChangedOutput;
        }
    }
    changes
}

/// The labels of one that the other does not have so. The owner's follows from the owner.
fn differing_labels(one: &Pipeline, other: &Pipeline) -> Option<String> {
    let labels = one
        .labels
        .iter()
        .filter(|(key, value)| key.as_str() != "genkai-owner" && other.labels.get(*key) != Some(*value));
    let labels: Vec<String> = labels.map(|(key, value)| format!("{key}={value}")).collect();
    (!labels.is_empty()).then(|| labels.join(", "))
}
