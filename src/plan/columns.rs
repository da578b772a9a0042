//! What changes about a NULL-ratio check that no other kind has: its columns, their limits, and how loudly they speak.

use super::model::{Change, Meaning};
use super::pipelines::{Pair, any_budget};
use super::side::View;
use crate::monitoring::{Alert, AlertPolicy, Pipeline, Signal, Stack, Urgency};
use crate::nulls::{Check, Consequence};
use crate::resolve::{Effective, Spec};
use crate::slo::Ratio;
use crate::spec::{ChangeKind, Column, Counts, MeasuredColumn, NullRatioCheckSpec, Rise};
use crate::terraform;

/// The check of a pipeline, where it is one.
pub(super) fn check_of(pipeline: &Pipeline) -> Option<&Check> {
    pipeline.promises.iter().find_map(|promise| match &promise.signal {
        Signal::NullRatios { check, .. } => Some(&**check),
        _ => None,
    })
}

/// What a change of the check's name or of what is measured means for what was measured before. The name is the key of the
/// history.
pub(super) fn history(pair: Pair<'_>) -> Option<Meaning> {
    let (was, is) = (check_of(pair.was)?, check_of(pair.is)?);
    Some(match was.name == is.name {
        true => Meaning::SameHistory { has_rise: warm_up(is).is_some() },
        false => Meaning::NewHistory { judged: is.reach(), days: warm_up(is) },
    })
}

/// What it means for all checks of an environment that they write to another table.
pub(super) fn other_history(stack: &Stack) -> Option<Meaning> {
    let checks = || stack.pipelines.iter().filter_map(check_of);
    Some(Meaning::NewHistory {
        judged: checks().map(Check::reach).max()?,
        days: checks().filter_map(warm_up).max(),
    })
}

/// The data days that must be judged before every rise of a check is.
fn warm_up(check: &Check) -> Option<u32> {
    check.columns.iter().filter_map(|column| Some(column.rise.as_ref()?.min_days)).max()
}

/// The changes of columns, and of what a data day without rows means.
pub(super) fn compare(pair: Pair<'_>) -> Vec<Change> {
    let was = pair.base.document(pair.was, pair.environment).and_then(spec);
    let is = pair.head.document(pair.is, pair.environment).and_then(spec);
    let (Some(was), Some(is)) = (was, is) else { return Vec::new() };
    let mut changes: Vec<Change> = empty(pair).into_iter().collect();
    for (name, column) in &was.columns {
        match is.columns.get(name) {
            None => changes.push(gone(pair, name, column)),
            Some(now) => changes.extend(OfColumn { pair, name }.compare(column, now)),
        }
    }
    let new = is.columns.iter().filter(|(name, _)| !was.columns.contains_key(*name));
    changes.extend(new.map(|(name, column)| came(pair, name, column)));
    changes.into_iter().map(|change| change.addresses(terraform::query_address(pair.is).ok())).collect()
}

/// Whether an alert on failing columns comes or goes because of what columns and empty days say, which is told of them.
pub(super) fn explains(pair: Pair<'_>, policy: &AlertPolicy) -> bool {
    let (Some(was), Some(is)) = (check_of(pair.was), check_of(pair.is)) else { return false };
    let written = |view: &View<'_>, pipeline: &Pipeline| {
        spec(view.document(pipeline, pair.environment)?)?.alerts.failing_columns.severity
    };
    let speaks = |check: &Check| {
        let mut all = check.columns.iter().map(|column| column.severity).chain([check.empty]);
        all.any(|severity| instance(severity) == policy.instance.as_deref())
    };
    policy.alert == Alert::FailingColumns
        && speaks(was) != speaks(is)
        && written(pair.base, pair.was) == written(pair.head, pair.is)
        && pair.most_severe(pair.base) == pair.most_severe(pair.head)
}

fn spec(document: &Effective) -> Option<&NullRatioCheckSpec> {
    match document.spec.as_ref()? {
        Spec::NullRatioCheck(check) => Some(&check.spec),
        _ => None,
    }
}

/// The alert that speaks of something so bad.
fn instance(severity: Consequence) -> Option<&'static str> {
    match severity {
        Consequence::Ignore => None,
        Consequence::Ticket => Some("ticket"),
        Consequence::Page => Some("page"),
    }
}

/// Whom something so bad reaches: an environment or the settings of the alert may make less of it.
fn reaches(pipeline: &Pipeline, severity: Consequence) -> Option<Urgency> {
    let instance = instance(severity)?;
    let mut policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
    let policy = policies
        .find(|policy| policy.alert == Alert::FailingColumns && policy.instance.as_deref() == Some(instance));
    policy.map(|policy| policy.urgency)
}

fn of_column(pipeline: &Pipeline, name: &MeasuredColumn) -> Option<Urgency> {
    let column = check_of(pipeline)?.columns.iter().find(|column| column.name == name.as_str())?;
    reaches(pipeline, column.severity)
}

/// Something that reaches people otherwise than before: the kind of change, and the two values.
fn louder_or_quieter(
    was: Option<Urgency>,
    is: Option<Urgency>,
) -> Option<(ChangeKind, Option<String>, Option<String>)> {
    let name = |urgency: Option<Urgency>| {
        urgency.map(|urgency| if urgency == Urgency::Page { "page" } else { "ticket" }.to_owned())
    };
    let kind = match (was, is) {
        _ if was == is => return None,
        (Some(Urgency::Page), _) => ChangeKind::RemovedPage,
        (_, Some(Urgency::Page)) => ChangeKind::AddedPage,
        (Some(Urgency::Ticket), _) => ChangeKind::RemovedAlert,
        _ => ChangeKind::AddedAlert,
    };
    Some((kind, name(was), name(is)))
}

fn empty(pair: Pair<'_>) -> Option<Change> {
    let (was, is) = (check_of(pair.was)?, check_of(pair.is)?);
    if was.empty == is.empty {
        return None;
    }
    let (kind, from, to) = louder_or_quieter(reaches(pair.was, was.empty), reaches(pair.is, is.empty))?;
    let written = |view: &View<'_>, pipeline| Some(spec(view.document(pipeline, pair.environment)?)?.empty);
    // What the environment caps is told of the environment.
    if written(pair.base, pair.was) == written(pair.head, pair.is) {
        return None;
    }
    Some(pair.change(kind, "empty").values(from, to).at(pair.place(&["spec", "empty"])))
}

fn gone(pair: Pair<'_>, name: &MeasuredColumn, column: &Column) -> Change {
    let implied = of_column(pair.was, name).map(|urgency| match urgency {
        Urgency::Page => ChangeKind::RemovedPage,
        Urgency::Ticket => ChangeKind::RemovedAlert,
    });
    let document = pair.base.document(pair.was, pair.environment);
    let place = document.and_then(|it| pair.base.place(it.span(&["spec", "columns", name.as_str()])));
    pair.change(ChangeKind::RemovedObjective, "column")
        .promise(name.as_str())
        .values(Some(limits(column)), None)
        .at(place)
        .meaning(any_budget(pair))
        .implying(implied)
}

fn came(pair: Pair<'_>, name: &MeasuredColumn, column: &Column) -> Change {
    let implied = of_column(pair.is, name).map(|urgency| match urgency {
        Urgency::Page => ChangeKind::AddedPage,
        Urgency::Ticket => ChangeKind::AddedAlert,
    });
    let warms_up = column.rise.as_ref().map(|rise| Meaning::NewColumn { days: rise.min_days });
    pair.change(ChangeKind::AddedObjective, "column")
        .promise(name.as_str())
        .values(None, Some(limits(column)))
        .at(pair.place(&["spec", "columns", name.as_str()]))
        .meaning(warms_up.or_else(|| any_budget(pair)))
        .implying(implied)
}

/// The limits of a column, as a spec writes them.
fn limits(column: &Column) -> String {
    let at_most = column.at_most.map(|limit| format!("atMost: {limit}"));
    let rise = column.rise.as_ref().map(|of| format!("rise: {}", rise(of)));
    at_most.into_iter().chain(rise).collect::<Vec<_>>().join(", ")
}

fn rise(rise: &Rise) -> String {
    format!("{{moreThan: {}, over: {}}}", rise.more_than, rise.over)
}

/// A column that both sides measure.
#[derive(Clone, Copy)]
struct OfColumn<'a> {
    pair: Pair<'a>,
    name: &'a MeasuredColumn,
}

impl OfColumn<'_> {
    fn change(
        &self,
        kind: ChangeKind,
        path: &[&str],
        (from, to): (Option<String>, Option<String>),
    ) -> Change {
        let aspect = path.last().copied().unwrap_or_default();
        let path = [&["spec", "columns", self.name.as_str()], path].concat();
        let change = self.pair.change(kind, aspect).promise(self.name.as_str());
        change.values(from, to).at(self.pair.place(&path))
    }

    /// A limit that asks for less the more of it there is; without it nothing is asked.
    fn limit<T: PartialOrd + ToString>(
        &self,
        path: &[&str],
        was: Option<T>,
        is: Option<T>,
    ) -> Option<Change> {
        let weaker = match (&was, &is) {
            (Some(was), Some(is)) if was == is => return None,
            (Some(was), Some(is)) => is > was,
            (None, None) => return None,
            (was, _) => was.is_some(),
        };
        let text = |limit: Option<T>| limit.map(|limit| limit.to_string());
        Some(self.change(objective(weaker), path, (text(was), text(is))))
    }

    fn compare(&self, was: &Column, is: &Column) -> Vec<Change> {
        let mut changes = Vec::new();
        changes.extend(self.limit(&["atMost"], was.at_most, is.at_most));
        changes.extend(self.rise(was.rise.as_ref(), is.rise.as_ref()));
        if was.counts != is.counts {
            let name = |counts| match counts {
                Counts::Nulls => "nulls",
                Counts::NullsAndEmpty => "nullsAndEmpty",
            };
            let values = (Some(name(was.counts).to_owned()), Some(name(is.counts).to_owned()));
            changes.push(self.change(objective(is.counts == Counts::Nulls), &["counts"], values));
        }
        changes.extend(self.severity(was, is));
        changes
    }

    fn rise(&self, was: Option<&Rise>, is: Option<&Rise>) -> Vec<Change> {
        let (Some(was), Some(is)) = (was, is) else {
            let kind = objective(was.is_some());
            let values = (was.map(rise), is.map(rise));
            return (was.is_some() || is.is_some())
                .then(|| self.change(kind, &["rise"], values))
                .into_iter()
                .collect();
        };
        let floor = |rise: &Rise| Some(rise.floor.unwrap_or(Ratio::millionths(0)));
        let points = |rise: &Rise| Some(rise.more_than.as_ratio());
        let mut changes = Vec::new();
        changes
            .extend(self.limit(&["rise", "moreThan"], points(was), points(is)).map(|change| {
                change.values(Some(was.more_than.to_string()), Some(is.more_than.to_string()))
            }));
        changes.extend(self.limit(&["rise", "floor"], floor(was), floor(is)));
        changes.extend(self.limit(&["rise", "minDays"], Some(was.min_days), Some(is.min_days)));
        if was.over != is.over {
            // Neither is stricter: a rise is compared with other days.
            let values = (Some(was.over.to_string()), Some(is.over.to_string()));
            changes.push(self.change(ChangeKind::ChangedSetting, &["rise", "over"], values));
        }
        changes
    }

    /// Where the spec says the same, what changes is the environment or the alert, which tell it.
    fn severity(&self, was: &Column, is: &Column) -> Option<Change> {
        if was.severity == is.severity {
            return None;
        }
        let (before, after) = (of_column(self.pair.was, self.name), of_column(self.pair.is, self.name));
        let (kind, from, to) = louder_or_quieter(before, after)?;
        Some(self.change(kind, &["severity"], (from, to)))
    }
}

fn objective(weaker: bool) -> ChangeKind {
    if weaker { ChangeKind::WeakerObjective } else { ChangeKind::StrongerObjective }
}
