//! Days on which nothing is due any longer, or something is due again: suspensions and Calendars.

use super::columns::check_of;
use super::model::{Change, Meaning};
use super::pipelines::{Pair, any_budget};
use super::side::View;
use crate::resolve::{Effective, Spec};
use crate::slo::{Calendar, Date, Due, Schedule};
use crate::spec::{self, ChangeKind, DaysOff, OnClosed, Timing};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A list of days has so many ranges at most.
const RANGES: usize = 4;

/// When something is due.
struct Dueness<'a> {
    schedule: &'a spec::Schedule,
    suspend: Vec<RangeInclusive<Date>>,
    calendar: Option<(String, Calendar)>,
    /// Whether days are due, not runs: a check judges each data day, whenever it runs.
    is_by_day: bool,
}

/// The changes of a pipeline's exempt days, by their cause.
pub(super) fn compare(pair: Pair<'_>) -> Vec<Change> {
    let was = pair.base.document(pair.was, pair.environment).and_then(schedule_of);
    let is = pair.head.document(pair.is, pair.environment).and_then(schedule_of);
    let (Some((before, suspend_before)), Some((after, suspend_after))) = (was, is) else { return Vec::new() };
    // Checks judge closed days, too, where the schedule runs without data; that data is due on them they never say.
    let runs = |schedule: &spec::Schedule| schedule.on_closed == OnClosed::RunsWithoutData;
    let judges_closed = check_of(pair.is).is_some() && runs(before) && runs(after);
    let calendar = |view: &View<'_>, schedule: &spec::Schedule| {
        let name = schedule.calendar.as_ref().filter(|_| judges_closed || !runs(schedule))?;
        match &view.calendar(name.as_str())?.spec {
            Some(Spec::Calendar(calendar)) => Some((name.to_string(), calendar.spec.calendar())),
            _ => None,
        }
    };
    let ranges = |suspend: &[DaysOff]| suspend.iter().map(DaysOff::days).collect::<Vec<_>>();
    let by_day = [pair.was, pair.is].map(|of| check_of(of).is_some_and(|check| check.data_days.is_some()));
    // Where runs are due at other times, their days cannot be compared; data days can.
    let is_by_day = by_day == [true, true];
    if !is_by_day && (before.timing != after.timing || before.timezone != after.timezone) {
        return Vec::new();
    }
    let was = Dueness {
        schedule: before,
        suspend: ranges(suspend_before),
        calendar: calendar(pair.base, before),
        is_by_day,
    };
    let is = Dueness {
        schedule: after,
        suspend: ranges(suspend_after),
        calendar: calendar(pair.head, after),
        is_by_day,
    };
    let suspended =
        Dueness { schedule: before, suspend: is.suspend.clone(), calendar: was.calendar.clone(), is_by_day };
    let mut changes = exempt(pair, &was, &suspended, "suspend");
    let cause = match (&was.calendar, &is.calendar) {
        (Some((before, _)), Some((after, _))) if before == after => "calendarDays",
        _ if before.calendar == after.calendar => "onClosed",
        _ => "calendar",
    };
    changes.extend(exempt(pair, &suspended, &is, cause));
    changes
}

/// When the runs of a document are due, and when they are suspended.
fn schedule_of(document: &Effective) -> Option<(&spec::Schedule, &[DaysOff])> {
    match document.spec.as_ref()? {
        Spec::DagSlo(dag) => Some((&dag.spec.schedule, &dag.spec.suspend)),
        Spec::DataflowSlo(job) => Some((job.spec.schedule.as_ref()?, &job.spec.suspend)),
        Spec::NullRatioCheck(check) => Some((&check.spec.schedule, &check.spec.suspend)),
        Spec::Calendar(_) => None,
    }
}

/// The runs of a document that the clock starts, as if no day were exempt.
pub(super) fn clock(document: &Effective) -> Option<Due> {
    let (schedule, _) = schedule_of(document)?;
    let Timing::Cron(cron) = &schedule.timing else { return None };
    Some(Due::scheduled(Arc::new(Schedule::parse(cron, &schedule.timezone).ok()?)))
}

impl Dueness<'_> {
    fn is_due(&self, day: jiff::civil::Date) -> bool {
        let Some(day) = Date::from_civil(day) else { return true };
        let suspended = self.suspend.iter().any(|range| range.contains(&day));
        !suspended && !self.calendar.as_ref().is_some_and(|(_, calendar)| calendar.is_closed(day))
    }

    /// The first and the last day that it knows anything of.
    fn known(&self) -> impl Iterator<Item = Date> {
        let calendar = self.calendar.iter().flat_map(|(_, calendar)| [calendar.from, calendar.through]);
        self.suspend.iter().flat_map(|range| [*range.start(), *range.end()]).chain(calendar)
    }
}

fn exempt(pair: Pair<'_>, was: &Dueness<'_>, is: &Dueness<'_>, cause: &str) -> Vec<Change> {
    let (first, last) = (was.known().chain(is.known()).min(), was.known().chain(is.known()).max());
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let lost = days(was, is, first, last);
    let regained = days(is, was, first, last);
    let sides = [(ChangeKind::MoreExemptDays, lost), (ChangeKind::FewerExemptDays, regained)];
    let changed = sides.into_iter().filter(|(_, (runs, _))| *runs > 0);
    changed.filter_map(|(kind, (runs, days))| change(pair, (was, is), cause, kind, (runs, &days))).collect()
}

/// What is due on one side and not on the other: runs, or days where no clock starts them, and their days.
fn days(due: &Dueness<'_>, not_due: &Dueness<'_>, first: Date, last: Date) -> (u64, BTreeSet<Date>) {
    let differs = |day| due.is_due(day) && !not_due.is_due(day);
    let cron = match &due.schedule.timing {
        Timing::Cron(cron) if !due.is_by_day => Some(cron),
        _ => None,
    };
    let Some(cron) = cron else {
        let days: BTreeSet<Date> = first.through(last).filter(|day| differs(day.as_civil())).collect();
        return (days.len() as u64, days);
    };
    let Ok(schedule) = Schedule::parse(cron, &due.schedule.timezone) else { return (0, BTreeSet::new()) };
    let seconds = |day: Date| day.as_civil().duration_since(jiff::civil::date(1970, 1, 1)).as_secs();
    // Time zones are less than a day apart from UTC.
    let span = seconds(first).saturating_sub(86_400)..seconds(last).saturating_add(2 * 86_400);
    let starts = schedule.starts(span, differs);
    let days = starts.iter().filter_map(|start| Date::from_civil(schedule.local(*start).date()));
    (starts.len() as u64, days.collect())
}

fn change(
    pair: Pair<'_>,
    (was, is): (&Dueness<'_>, &Dueness<'_>),
    cause: &str,
    kind: ChangeKind,
    (runs, days): (u64, &BTreeSet<Date>),
) -> Option<Change> {
    let name = |dueness: &Dueness<'_>| dueness.calendar.as_ref().map(|(name, _)| name.clone());
    let change = pair.change(kind, cause);
    let change = match cause {
        "suspend" => change.values(None, Some(ranges(days))).at(pair.place(&["spec", "suspend"])),
        "onClosed" => {
            let name = is.schedule.calendar.as_ref().map(|name| format!("Calendar/{name}"));
            let place = pair.place(&["spec", "schedule", "onClosed"]);
            change.values(name, Some(ranges(days))).at(place)
        }
        "calendar" => change.values(name(was), name(is)).at(pair.place(&["spec", "schedule", "calendar"])),
        // The Calendar's own days are the same for all that follow it.
        _ => {
            let (name, after) = is.calendar.as_ref()?;
            let (_, before) = was.calendar.as_ref()?;
            let known = |calendar: &Calendar| [calendar.from, calendar.through];
            let all = [known(before), known(after)].concat();
            let all = all.iter().min()?.through(*all.iter().max()?);
            let closes = |day: &Date| match kind {
                ChangeKind::MoreExemptDays => after.is_closed(*day) && !before.is_closed(*day),
                _ => before.is_closed(*day) && !after.is_closed(*day),
            };
            let place = pair.head.calendar(name).map(|calendar| calendar.span(&["spec"]));
            change
                .values(Some(format!("Calendar/{name}")), Some(ranges(&all.filter(closes).collect())))
                .at(place.and_then(|span| pair.head.place(span)))
        }
    };
    let exempt = || {
        let (first, last) = (days.first()?.to_string(), days.last()?.to_string());
        Some(match is.is_by_day {
            true => Meaning::DataDays { count: runs, first, last },
            false => Meaning::Runs { count: runs, first, last },
        })
    };
    let meaning = any_budget(pair).or_else(exempt);
    // Budgets do not count suspensions, so only a Calendar explains another one.
    let meaning = match (meaning, cause) {
        (Some(Meaning::Budget { .. }), "suspend") | (None, _) => exempt(),
        (meaning, _) => meaning,
    };
    Some(change.meaning(meaning))
}

/// Days as ranges, such as `2026-08-12–2026-08-14, 2026-12-30`; of many, the first and the number of the others.
pub(super) fn ranges(days: &BTreeSet<Date>) -> String {
    let mut ranges: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some((_, last)) if last.through(*day).count() == 2 => *last = *day,
            _ => ranges.push((*day, *day)),
        }
    }
    let text = |(first, last): &(Date, Date)| match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    };
    let mut shown: Vec<String> = ranges.iter().take(RANGES).map(text).collect();
    let listed: usize = ranges.iter().take(RANGES).map(|(first, last)| first.through(*last).count()).sum();
    if days.len() > listed {
        shown.push(format!("… +{}", days.len() - listed));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::ranges;
    use crate::slo::Date;

    #[test]
    fn days_in_a_row_are_one_range_and_many_are_counted() {
        let days = |texts: &[&str]| texts.iter().map(|text| Date::parse(text).unwrap()).collect();
        assert_eq!(
            ranges(&days(&["2026-12-30", "2026-12-31", "2027-01-01", "2027-03-01"])),
            "2026-12-30–2027-01-01, 2027-03-01"
        );
        let apart = ["2026-01-01", "2026-01-03", "2026-01-05", "2026-01-07", "2026-01-09", "2026-01-10"];
        assert_eq!(ranges(&days(&apart)), "2026-01-01, 2026-01-03, 2026-01-05, 2026-01-07, … +2");
    }
}
