//! GK206, GK207 and GK209: a Calendar has open days, each of its entries changes something, and it goes on for a while.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::slo::{Calendar, Date, japanese_holiday};
use jiff::ToSpan;
use jiff::civil::Date as CivilDate;
use std::ops::RangeInclusive;

/// So many days before its end a Calendar is worth a warning: time enough to learn the days off of the year after.
const WARNED_BEFORE: i32 = 60;

/// As many days as a message names.
const NAMED: usize = 3;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let findings = resolved.calendars().flat_map(|(document, calendar)| {
        let calendar = calendar.spec.calendar();
        let mut findings = Vec::from_iter(no_open_day(document, &calendar));
        for (index, range) in calendar.closed.iter().enumerate() {
            let shared = overlap(document, &calendar, index, range);
            findings.extend(shared.or_else(|| closed_anyway(document, &calendar, index, range)));
        }
        findings.extend(open_anyway(document, &calendar));
        findings
    });
    findings.collect()
}

/// The place of a closed range, or of one of its keys.
fn closed<'a>(index: &'a str, key: Option<&'a str>) -> Vec<&'a str> {
    ["spec", "closed", index].into_iter().chain(key).collect()
}

fn no_open_day(document: &Effective, calendar: &Calendar) -> Option<Diagnostic> {
    let days = calendar.days().count();
    if days == 0 || calendar.days().any(|day| !calendar.is_closed(day)) {
        return None;
    }
    let ranges = calendar.closed.iter().enumerate();
    let longest = ranges.max_by_key(|(_, range)| range.start().through(*range.end()).count());
    let place = match longest {
        Some((index, _)) if calendar.weekend.len() < 7 => document.span(&closed(&index.to_string(), None)),
        _ => document.span(&["spec", "weekend"]),
    };
    let (from, through) = (calendar.from, calendar.through);
    let message = format!("no day is open: all {days} from {from} to {through} are closed");
    let finding = Diagnostic::error(Code::NoOpenDay, message).at(place, "closes too much");
    Some(
        finding.help(
            "a schedule with this Calendar would never be due: leave days open, or leave the schedule out",
        ),
    )
}

/// A day in two ranges is a slip in one of them.
fn overlap(
    document: &Effective,
    calendar: &Calendar,
    index: usize,
    range: &RangeInclusive<Date>,
) -> Option<Diagnostic> {
    let mut earlier = calendar.closed.iter().enumerate().take(index);
    let (other, shared) = earlier.find_map(|(other, before)| {
        let first = *before.start().max(range.start());
        let last = *before.end().min(range.end());
        (first <= last).then_some((other, first..=last))
    })?;
    let days = match shared.start() == shared.end() {
        true => shared.start().to_string(),
        false => format!("{} to {}", shared.start(), shared.end()),
    };
    let finding = Diagnostic::warning(Code::DayWithoutEffect, format!("two closed ranges hold {days}"))
        .at(document.span(&closed(&index.to_string(), Some("from"))), "the second")
        .also(document.span(&closed(&other.to_string(), Some("from"))), "the first");
    Some(finding.help("let one end before the other begins, or write them as one"))
}

/// A range of nothing but weekends and holidays: mostly it is a year or a month off.
fn closed_anyway(
    document: &Effective,
    calendar: &Calendar,
    index: usize,
    range: &RangeInclusive<Date>,
) -> Option<Diagnostic> {
    let days: Vec<Date> = range.start().through(*range.end()).collect();
    if days.is_empty() || !days.iter().all(|day| calendar.rests(*day)) {
        return None;
    }
    let mut reasons: Vec<String> = days.iter().take(NAMED).map(|day| why_it_rests(*day)).collect();
    if days.len() > NAMED {
        reasons.push("and so on".to_owned());
    }
    let finding = Diagnostic::warning(Code::DayWithoutEffect, "all days of this range are closed without it")
        .at(document.span(&closed(&index.to_string(), Some("from"))), reasons.join(", "));
    Some(finding.help("leave the range out, or correct its dates"))
}

fn why_it_rests(day: Date) -> String {
    let reason = match japanese_holiday(day) {
        Some(name) => name.to_owned(),
        None => format!("a {}", weekday(day)),
    };
    format!("{day} is {reason}")
}

fn weekday(day: Date) -> String {
    day.as_civil().strftime("%A").to_string()
}

fn open_anyway(document: &Effective, calendar: &Calendar) -> Vec<Diagnostic> {
    let known = calendar.from..=calendar.through;
    let closes = |day: Date| calendar.rests(day) || calendar.closed.iter().any(|range| range.contains(&day));
    let written = document.tree.at(["spec", "open"]).and_then(|node| node.as_sequence()).unwrap_or_default();
    let days = written.iter().filter_map(|node| Some((Date::parse(node.as_str()?)?, node.span())));
    let without_effect = days.filter(|(day, _)| known.contains(day) && !closes(*day));
    without_effect
        .map(|(day, place)| {
            Diagnostic::warning(Code::DayWithoutEffect, format!("{day} is open without this exception"))
                .at(place, format!("a {} that nothing closes", weekday(day)))
                .help("leave it out, or correct the date")
        })
        .collect()
}

/// After its end every run is due, on holidays, too.
pub(super) fn ends(resolved: &Resolved, today: CivilDate) -> Vec<Diagnostic> {
    let soon = today.saturating_add(WARNED_BEFORE.days());
    let findings = resolved.calendars().filter_map(|(document, calendar)| {
        let (from, through) = (calendar.spec.from, calendar.spec.through);
        if from > through || through.as_civil() >= soon {
            return None;
        }
        let left = today.until(through.as_civil()).map_or(0, |span| span.get_days());
        let message = match left {
            ..0 => format!("the Calendar ended on {through}"),
            0 => "the Calendar ends today".to_owned(),
            1 => "the Calendar ends tomorrow".to_owned(),
            days => format!("the Calendar ends in {days} days"),
        };
        let finding = Diagnostic::warning(Code::CalendarEnds, message)
            .at(
                document.span(&["spec", "through"]),
                "after this day every scheduled run is due, on holidays, too",
            )
            .help("add the days off of the year after, and move `through` to its end");
        Some(finding)
    });
    findings.collect()
}
