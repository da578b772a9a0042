//! What changes in a spec that the Stack does not hold as a number: limits, deadlines, schedules, what is watched.
//!
//! The values compared are those in effect, each with the line that it comes from: a default of the Project is found at
//! the Project's line, and a default of the language where nothing is written.

use super::columns;
use super::days;
use super::model::{Change, Place};
use super::pipelines::{Pair, any_budget};
use super::side::View;
use crate::explain::in_effect;
use crate::monitoring::Pipeline;
use crate::slo::{ByteSize, Deadline, Duration, KNOWN, PercentagePoints, Ratio, TimeOfDay};
use crate::spec::ChangeKind;
use crate::terraform;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// What a setting means for a promise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Another part of the comparison tells it.
    Elsewhere,
    /// More of it is a weaker promise.
    Limit,
    /// Less of it is a weaker promise.
    Floor,
    /// More of it is a weaker alert.
    Patience,
    /// What is watched.
    Subject,
    /// When something is due.
    Schedule,
    /// From when on something is due: later is weaker.
    From,
    /// What becomes of missing data.
    MissingData,
    /// Something else.
    Other,
}

/// What a path of a spec means, by its keys.
fn rule(path: &str) -> Rule {
    let keys: Vec<&str> = path.split('.').collect();
    let last = keys.last().copied().unwrap_or_default();
    match keys.as_slice() {
        ["spec", "alerts", _, "after"] => Rule::Patience,
        ["spec", "alerts", ..] | ["spec", "suspend" | "schedule", "calendar", ..] => Rule::Elsewhere,
        ["spec", "schedule", ..] => Rule::Schedule,
        ["spec", "from"] => Rule::From,
        ["spec", key, ..] if key.starts_with("suspend[") => Rule::Elsewhere,
        ["spec", "missingData"] => Rule::MissingData,
        ["spec", "columns" | "empty", ..] => Rule::Elsewhere,
        ["spec", "startup"] | ["spec", "minRows"] | ["spec", "partition", "delay"] => Rule::Patience,
        ["spec", "dag" | "composerEnvironment" | "table" | "where" | "job" | "partition", ..] => {
            Rule::Subject
        }
        _ => match last {
            // The objective's own numbers are in the Stack, with what they come to.
            "target" | "window" => Rule::Elsewhere,
            "by" | "within" | "under" | "atMost" => Rule::Limit,
            "atLeast" => Rule::Floor,
            "consecutive" => Rule::Patience,
            "stage" | "subscription" => Rule::Subject,
            _ => Rule::Other,
        },
    }
}

/// A value in effect and where it is written.
struct Written {
    value: Json,
    place: Option<Place>,
}

pub(super) fn compare(pair: Pair<'_>, known: &[Change]) -> Vec<Change> {
    let was = values(pair.base, pair.was, pair.environment);
    let is = values(pair.head, pair.is, pair.environment);
    let paths: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let mut changes = Vec::new();
    for path in paths {
        let (before, after) = (was.get(path), is.get(path));
        let rule = rule(path);
        let told =
            rule == Rule::Elsewhere || same(before, after) || comes_with_its_promise(path, (&was, &is));
        // What closed days mean says nothing without a calendar, and is told with the days.
        let has_days = known.iter().any(|change| change.aspect == "onClosed");
        let idle = path == "spec.schedule.onClosed" && (before.is_none() || after.is_none() || has_days);
        if told || idle || is_half_of_a_deadline(path, &is) || is_hold(pair, path) {
            continue;
        }
        changes.push(change(pair, path, rule, (before, after), &was));
    }
    // A schedule's calendar is told with the days that it exempts; where it exempts none, here.
    let calendar = "spec.schedule.calendar".to_owned();
    let has_days = |change: &Change| change.aspect == "calendar";
    if !same(was.get(&calendar), is.get(&calendar)) && !known.iter().any(has_days) {
        changes.push(change(pair, &calendar, Rule::Schedule, (was.get(&calendar), is.get(&calendar)), &was));
    }
    changes
}

/// The values of a pipeline's document by their paths, with items of a list called by their names instead of positions.
fn values(view: &View<'_>, pipeline: &Pipeline, environment: &str) -> BTreeMap<String, Written> {
    let Some(document) = view.document(pipeline, environment) else { return BTreeMap::new() };
    let rows = in_effect(&view.side.sources, view.project(), document, view.called(environment));
    let named = rows.iter().filter_map(|row| {
        let item = row.path.strip_suffix(".step")?;
        Some((item.to_owned(), format!("{}[{}]", item.split_once('[')?.0, row.value.as_str()?)))
    });
    let named: Vec<(String, String)> = named.collect();
    let rename = |path: &str| {
        let found = named.iter().find_map(|(item, name)| {
            let rest = path.strip_prefix(item.as_str()).filter(|rest| rest.starts_with('.'))?;
            Some(format!("{name}{rest}"))
        });
        found.unwrap_or_else(|| path.to_owned())
    };
    let spec = rows.iter().filter(|row| row.path.starts_with("spec.") && !row.value.is_null());
    let written = spec.map(|row| {
        let place = row.place.clone();
        let place = place.map(|(file, line)| Place { file, line, in_base: view.is_base });
        (rename(&row.path), Written { value: row.value.clone(), place })
    });
    written.collect()
}

/// Whether two values are the same, however they are written.
fn same(one: Option<&Written>, other: Option<&Written>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            one.value == other.value
                || amount(&one.value).is_some_and(|amount_| Some(amount_) == amount(&other.value))
        }
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// A value as an amount that others of its sort can be compared with: its unit and how much.
fn amount(value: &Json) -> Option<(&'static str, u64)> {
    if let Some(number) = value.as_u64() {
        return Some(("number", number));
    }
    let text = value.as_str()?;
    let loudness = ["none", "ignore", "ticket", "page"].iter().zip([0, 0, 1, 2]);
    let loudness =
        loudness.clone().find(|(name, _)| **name == text).map(|(_, loudness)| ("loudness", loudness));
    let duration = || Duration::parse(text).map(|time| ("seconds", time.as_seconds()));
    let ratio = || Ratio::parse(text).map(|ratio| ("ratio", ratio.as_millionths().into()));
    let points =
        || PercentagePoints::parse(text).map(|points| ("points", points.as_ratio().as_millionths().into()));
    let time = || TimeOfDay::parse(text).map(|time| ("time", time.as_minutes().into()));
    let bytes = || ByteSize::parse(text).map(|size| ("bytes", size.as_bytes()));
    loudness.or_else(duration).or_else(ratio).or_else(points).or_else(time).or_else(bytes)
}

/// Whether a path is how long the conditions of an alert must hold, which the Stack knows.
fn is_hold(pair: Pair<'_>, path: &str) -> bool {
    let Some(alert) = path.strip_prefix("spec.alerts.").and_then(|rest| rest.strip_suffix(".after")) else {
        return false;
    };
    let holds = |pipeline: &Pipeline| {
        let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
        policies.filter(|policy| policy.alert.key() == alert).map(|policy| policy.hold).collect::<Vec<_>>()
    };
    holds(pair.was) != holds(pair.is)
}

/// The places in a spec whose mappings are promises: with the mapping, the promise comes or goes.
const PROMISES: [&str; 3] = ["spec.objectives.", "spec.steps[", "spec.deadLetters."];

/// Whether a value is there on one side only because its promise is.
fn comes_with_its_promise(
    path: &str,
    (was, is): (&BTreeMap<String, Written>, &BTreeMap<String, Written>),
) -> bool {
    let Some((parent, _)) = path.rsplit_once('.') else { return false };
    let has = |values: &BTreeMap<String, Written>| {
        let parent = format!("{parent}.");
        values.range(parent.clone()..).next().is_some_and(|(other, _)| other.starts_with(&parent))
    };
    PROMISES.iter().any(|prefix| path.starts_with(prefix)) && has(was) != has(is)
}

/// Of a deadline that is written in the other way now, only the new way is told.
fn is_half_of_a_deadline(path: &str, is: &BTreeMap<String, Written>) -> bool {
    let other = match path.rsplit_once('.') {
        Some((parent, "by")) => format!("{parent}.within"),
        Some((parent, "within")) => format!("{parent}.by"),
        _ => return false,
    };
    !is.contains_key(path) && is.contains_key(&other)
}

fn change(
    pair: Pair<'_>,
    path: &str,
    rule: Rule,
    (before, after): (Option<&Written>, Option<&Written>),
    was: &BTreeMap<String, Written>,
) -> Change {
    // A deadline that was written in the other way has its old value there.
    let other_way = path.rsplit_once('.').and_then(|(parent, key)| match key {
        "by" => was.get(&format!("{parent}.within")),
        "within" => was.get(&format!("{parent}.by")),
        _ => None,
    });
    let rewritten = before.is_none() && other_way.is_some();
    let before = before.or(other_way);
    let text = |written: Option<&Written>| {
        written.map(|written| match &written.value {
            Json::String(text) => text.clone(),
            value => value.to_string(),
        })
    };
    let kind = match rewritten {
        true => deadline(pair, (before, after)),
        false => kind(rule, (before, after)),
    };
    let Names { aspect, promise, alert } = names(path);
    let place = after.or(before).and_then(|written| written.place.clone());
    let change = pair.change(kind, aspect).values(text(before), text(after)).at(place);
    let change = match kind {
        ChangeKind::ChangedSchedule | ChangeKind::ChangedSetting => change.meaning(any_budget(pair)),
        ChangeKind::ChangedSubject => change.meaning(columns::history(pair)),
        _ => change,
    };
    let query = pair.is.scheduled_query.as_ref().and_then(|_| terraform::query_address(pair.is).ok());
    let change = change.addresses(query);
    Change { promise, alert, ..change }
}

/// Whether a deadline that is written in the other way now is later: asked of the next start that the clock knows.
fn deadline(pair: Pair<'_>, (before, after): (Option<&Written>, Option<&Written>)) -> ChangeKind {
    let read = |written: Option<&Written>| {
        let text = written?.value.as_str()?;
        let within = || Duration::parse(text).map(Deadline::Within);
        TimeOfDay::parse(text).map(Deadline::By).or_else(within)
    };
    let later = || {
        let document = pair.head.document(pair.is, pair.environment)?;
        let due = days::clock(document)?;
        let start = due.starts(KNOWN.start..KNOWN.end)?.first().copied()?;
        Some((due.deadline(start, read(before)?)?, due.deadline(start, read(after)?)?))
    };
    match later() {
        Some((before, after)) if after > before => ChangeKind::WeakerObjective,
        Some((before, after)) if after < before => ChangeKind::StrongerObjective,
        _ => ChangeKind::ChangedSetting,
    }
}

/// Whether a setting asks for more or for less.
fn kind(rule: Rule, (before, after): (Option<&Written>, Option<&Written>)) -> ChangeKind {
    let amounts = (before.and_then(|it| amount(&it.value)), after.and_then(|it| amount(&it.value)));
    // A limit that goes asks for less, whatever it was.
    let grows = match (amounts, before.is_some(), after.is_some()) {
        ((Some((unit, before)), Some((other, after))), ..) if unit == other => Some(after > before),
        (_, true, false) => Some(rule != Rule::Floor),
        (_, false, true) => Some(rule == Rule::Floor),
        _ => None,
    };
    let (weaker, stronger) = match rule {
        Rule::Limit | Rule::Floor => (ChangeKind::WeakerObjective, ChangeKind::StrongerObjective),
        Rule::Patience => (ChangeKind::WeakerAlert, ChangeKind::StrongerAlert),
        Rule::MissingData => (ChangeKind::MissingDataIgnored, ChangeKind::MissingDataAlerts),
        Rule::From => {
            // Days are written in the order that they have.
            let day = |written: Option<&Written>| Some(written?.value.as_str()?.to_owned());
            let later = day(after) > day(before);
            return if later { ChangeKind::MoreExemptDays } else { ChangeKind::FewerExemptDays };
        }
        Rule::Subject => return ChangeKind::ChangedSubject,
        Rule::Schedule => return ChangeKind::ChangedSchedule,
        Rule::Elsewhere | Rule::Other => return ChangeKind::ChangedSetting,
    };
    if rule == Rule::MissingData {
        let ignored = after.is_some_and(|written| written.value.as_str() == Some("ignore"));
        return if ignored { weaker } else { stronger };
    }
    match (grows, rule) {
        (None, _) => ChangeKind::ChangedSetting,
        (Some(grows), Rule::Floor) => {
            if grows {
                stronger
            } else {
                weaker
            }
        }
        (Some(grows), _) => {
            if grows {
                weaker
            } else {
                stronger
            }
        }
    }
}

/// What a path is called in a change.
struct Names {
    aspect: String,
    promise: Option<String>,
    alert: Option<String>,
}

fn names(path: &str) -> Names {
    let within = path.strip_prefix("spec.").unwrap_or(path);
    let split = |prefix| within.strip_prefix(prefix).and_then(|rest: &str| rest.rsplit_once('.'));
    let text = |text: &str| text.replace('"', "");
    match (split("objectives."), split("alerts.")) {
        (Some((promise, key)), _) => {
            Names { aspect: key.to_owned(), promise: Some(text(promise)), alert: None }
        }
        (_, Some((alert, key))) => Names { aspect: key.to_owned(), promise: None, alert: Some(text(alert)) },
        // A Calendar has another `from`.
        _ if within == "from" => Names { aspect: "dueFrom".to_owned(), promise: None, alert: None },
        _ => Names { aspect: text(within), promise: None, alert: None },
    }
}
