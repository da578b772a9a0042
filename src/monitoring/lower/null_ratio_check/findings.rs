//! GK401, GK421, GK422, GK424 and GK426: what a NullRatioCheck says and can never mean.

use super::baselines::{Held, held};
use crate::diagnostics::{Code, Diagnostic};
use crate::nulls::{Check, Column, DataDays, Measured, Rise, latest_complete};
use crate::resolve::Effective;
use crate::slo::{Budget, Calendar, Date, Due, Duration, KNOWN, Ratio};
use jiff::Timestamp;
use std::collections::VecDeque;

/// The limits of the columns, then the schedule.
pub(super) fn findings(
    effective: &Effective,
    check: &Check,
    calendar: Option<&Calendar>,
    due: Option<&Due>,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for column in &check.columns {
        let of = OfColumn { effective, check, column };
        findings.extend(of.partition());
        findings.extend(of.at_most());
        if let Some(rise) = &column.rise {
            findings.extend(of.rise(rise));
            findings.extend(of.baseline(rise, calendar));
        }
    }
    findings.extend(due.and_then(|due| schedule(effective, check, due)));
    findings.extend(whole_table(effective, check));
    findings
}

/// An objective that no failure fits in is legitimate, but rarely what its author means.
pub(super) fn none_may_fail(effective: &Effective, budget: &Budget) -> Option<Diagnostic> {
    let Budget { target, window, events, allowed } = *budget;
    if allowed > 0 || target == Ratio::WHOLE {
        return None;
    }
    let message = format!(
        "{target} of {} column checks in {window} allows none to fail: {target} cannot be told from 100%",
        events.fewest
    );
    Some(
        Diagnostic::warning(Code::NoFailureAllowed, message)
            .at(effective.span(&["spec", "objective", "target"]), "")
            .help("give a lower target or a longer window, or write `target: 100%`"),
    )
}

struct OfColumn<'a> {
    effective: &'a Effective,
    check: &'a Check,
    column: &'a Column,
}

impl OfColumn<'_> {
    fn finding(&self, finding: Diagnostic, keys: &[&str], label: impl Into<String>) -> Diagnostic {
        let path: Vec<&str> =
            ["spec", "columns", &self.column.name].into_iter().chain(keys.iter().copied()).collect();
        finding.at(self.effective.span(&path), label)
    }

    /// Rows whose data day is NULL belong to none.
    fn partition(&self) -> Option<Diagnostic> {
        let (DataDays::Date(path) | DataDays::DateTime(path) | DataDays::Timestamp(path)) =
            self.check.data_days.as_ref()?
        else {
            return None;
        };
        let lower = |names: &[String]| names.join(".").to_lowercase();
        let same = self.column.measured == Measured::Null && lower(&path.0) == lower(&self.column.path.0);
        same.then(|| {
            let message = format!("`{}` is never NULL in a data day", self.column.name);
            self.finding(
                Diagnostic::error(Code::NeverBroken, message),
                &[],
                "its NULLs belong to no data day",
            )
            .also(self.effective.span(&["spec", "partition", "column"]), "divides rows into data days")
            .help("measure it in a check without `partition`, or leave it out")
        })
    }

    fn at_most(&self) -> Option<Diagnostic> {
        let limit = self.column.at_most.filter(|limit| limit.complement().as_millionths() == 0)?;
        let message = format!("`atMost: {limit}` says nothing: no share is larger");
        let finding = Diagnostic::error(Code::NeverBroken, message);
        let help = "write the largest share that is still fine, or leave it out where `rise` is promised";
        Some(self.finding(finding, &["atMost"], "").help(help))
    }

    /// A rise that is impossible, or that `atMost` always forestalls.
    fn rise(&self, rise: &Rise) -> Option<Diagnostic> {
        let points = rise.more_than;
        if points.as_ratio().complement().as_millionths() == 0 {
            let finding =
                Diagnostic::error(Code::NeverBroken, format!("nothing rises by more than {points}"));
            let help = "write the largest rise that is still fine, such as `5pt`";
            return Some(self.finding(finding, &["rise", "moreThan"], "").help(help));
        }
        if rise.floor.complement().as_millionths() == 0 {
            let message = format!("`floor: {}` says nothing: no share is larger", rise.floor);
            let help = "write the share below which no rise counts, such as `1%`";
            return Some(
                self.finding(Diagnostic::error(Code::NeverBroken, message), &["rise", "floor"], "")
                    .help(help),
            );
        }
        let limit = self.column.at_most?;
        let (key, why) = if points.as_ratio() >= limit {
            ("moreThan", format!("whatever rises by more than {points} is above {limit}"))
        } else if rise.floor > limit {
            ("floor", format!("from {} on it is above {limit}", rise.floor))
        } else {
            return None;
        };
        let message = format!("`rise` decides nothing beside `atMost: {limit}`");
        let finding = self.finding(Diagnostic::warning(Code::NeverBroken, message), &["rise", key], why);
        let at_most = self.effective.span(&["spec", "columns", &self.column.name, "atMost"]);
        let help = "let `rise` speak earlier than `atMost`, or leave it out";
        Some(finding.also(at_most, "is broken before").help(help))
    }

    fn baseline(&self, rise: &Rise, calendar: Option<&Calendar>) -> Option<Diagnostic> {
        self.check.data_days.as_ref()?;
        let Held { most, like } = held(self.check, rise, calendar);
        let [weekends, others] = like;
        let needed = rise.min_days;
        let over = rise.over_days;
        let of_calendar = if calendar.is_some() { " that the calendar opens" } else { "" };
        let (finding, label, help) = if most < needed {
            let message =
                format!("the {over} days before hold {most} at most{of_calendar}, and {needed} are needed");
            let finding = Diagnostic::error(Code::BadBaseline, message);
            (finding, "a rise is never judged", "look back over more days, or need fewer")
        } else {
            let few = |held: Option<u32>| held.filter(|held| *held < needed);
            let (held, days, label) = match (few(weekends), few(others)) {
                (Some(held), _) => (held, "weekend days", "weekends are compared with all days"),
                (_, Some(held)) => (held, "working days", "working days are compared with all days"),
                _ => return None,
            };
            let message =
                format!("the {over} days before hold {held} {days} at most, and {needed} are needed");
            let help = "look back over more days, or need fewer, so that like days are compared";
            (Diagnostic::warning(Code::BadBaseline, message), label, help)
        };
        let path = ["spec", "columns", &self.column.name, "rise", "minDays"];
        let written = self.effective.tree.at(path).is_some();
        let why = if written { "needed" } else { "`minDays` is 5 where it is not written" };
        let finding = self.finding(finding, &["rise", "over"], label);
        Some(finding.also(self.effective.span(&path), why).help(help))
    }
}

/// Two years of runs tell whether they keep up with the data days.
fn schedule(effective: &Effective, check: &Check, due: &Due) -> Option<Diagnostic> {
    check.data_days.as_ref()?;
    let runs = runs(due)?;
    let path = ["spec", "schedule"];
    if let Some(between) = lost(check, &runs) {
        let most = Check::MOST_DAYS;
        let message = format!("a run judges {most} days at most, and {between} become due between two runs");
        let finding = Diagnostic::error(Code::CannotKeepUp, message);
        let help = "let the check run at least once a week, better once a day";
        return Some(finding.at(effective.span(&path), "some days are never judged").help(help));
    }
    let gaps = runs.iter().zip(runs.iter().skip(1)).map(|(start, next)| next - start);
    let gap = Duration::seconds(u64::try_from(gaps.max()?).ok()?);
    // A day is no shorter for the hour that the clock may take of it.
    let bearable = gap.max(Duration::days(1)).plus(Duration::hours(1));
    (check.delay > bearable).then(|| {
        let message = format!("with a delay of {}, no run judges the day before it", check.delay);
        Diagnostic::warning(Code::CannotKeepUp, message)
            .at(effective.span(&["spec", "partition", "delay"]), "longer than the time between two runs")
            .also(effective.span(&path), "runs this often")
            .help("no day is lost; give a shorter delay if a day's data is complete sooner")
    })
}

/// The starts of runs over two years; those that no clock starts at their distance.
fn runs(due: &Due) -> Option<Vec<i64>> {
    const SPAN: i64 = 2 * 366 * 86_400;
    let known = KNOWN.start..KNOWN.start + SPAN;
    if let Some(starts) = due.starts(known.clone()) {
        return Some(starts);
    }
    let occurrences = due.occurrences();
    let distance = occurrences.distances(1).into_iter().max().or_else(|| occurrences.expected_within())?;
    let distance = i64::try_from(distance.as_seconds()).ok()?.max(60);
    Some(
        std::iter::successors(Some(known.start), |start| Some(start + distance))
            .take_while(|start| known.contains(start))
            .collect(),
    )
}

/// The most open days that become complete between two runs, where a day leaves the look-back before a run judges it.
fn lost(check: &Check, runs: &[i64]) -> Option<usize> {
    let latest = |run: &i64| latest_complete(check, Timestamp::from_second(*run).ok()?);
    let mut pending: VecDeque<Date> = VecDeque::new();
    let mut known = latest(runs.first()?)?;
    let (mut most, mut any) = (0, false);
    for day in runs.iter().skip(1).filter_map(latest) {
        let new = known.through(day).skip(1).filter(|day| check.open.is_judged(*day));
        let before = pending.len();
        pending.extend(new);
        most = most.max(pending.len() - before);
        known = day;
        let reach = i64::from(check.reach());
        while pending.front().is_some_and(|oldest| days_between(*oldest, day) >= reach) {
            pending.pop_front();
            any = true;
        }
        pending.drain(..pending.len().min(Check::MOST_DAYS as usize));
    }
    any.then_some(most)
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to.as_civil() - from.as_civil()).get_days())
}

fn whole_table(effective: &Effective, check: &Check) -> Option<Diagnostic> {
    check.data_days.is_none().then(|| {
        Diagnostic::warning(Code::WholeTable, "each run reads the measured columns of the whole table")
            .at(effective.span(&["spec", "table"]), "no `partition` limits what is read, and paid for")
            .help("add `partition:`, or accept this for a table that is small or has no data days")
    })
}
