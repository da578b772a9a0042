//! Closed days as a reviewer reads them: weekends by rule, and what differs from it.

use crate::nulls::OpenDays;
use crate::slo::Date;
use std::ops::RangeInclusive;

/// Closed days.
pub(super) struct Closed {
    /// Weekends, where most of them are closed.
    pub weekends: Option<Weekends>,
    /// The others, as ranges, sorted and apart.
    pub days: Vec<RangeInclusive<Date>>,
}

/// Weekends that are closed.
pub(super) struct Weekends {
    /// From the first to the last closed day.
    pub known: RangeInclusive<Date>,
    /// But for these.
    pub open: Vec<RangeInclusive<Date>>,
}

impl Closed {
    /// The closed days of a check.
    pub fn of(open: &OpenDays) -> Closed {
        let plain = || Closed { weekends: None, days: open.closed.clone() };
        let (Some(first), Some(last)) = (open.closed.first(), open.closed.last()) else { return plain() };
        let known = *first.start()..=*last.end();
        let weekends = known.start().through(*known.end()).filter(|day| open.is_weekend(*day));
        let (closed, exceptions): (Vec<Date>, Vec<Date>) = weekends.partition(|day| open.is_closed(*day));
        if closed.len() <= exceptions.len() {
            return plain();
        }
        let days = open.closed.iter().filter_map(|range| without_weekends_around(open, range)).collect();
        Closed { weekends: Some(Weekends { known, open: ranges(exceptions) }), days }
    }
}

/// A holiday beside a weekend is the holiday alone; one around it stays one range.
fn without_weekends_around(open: &OpenDays, range: &RangeInclusive<Date>) -> Option<RangeInclusive<Date>> {
    let mut days = range.start().through(*range.end()).filter(|day| !open.is_weekend(*day));
    let first = days.next()?;
    Some(first..=days.last().unwrap_or(first))
}

/// Days in order as ranges.
fn ranges(days: Vec<Date>) -> Vec<RangeInclusive<Date>> {
    let mut ranges: Vec<RangeInclusive<Date>> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some(last) if last.end().as_civil().tomorrow().ok() == Some(day.as_civil()) => {
                *last = *last.start()..=day;
            }
            _ => ranges.push(day..=day),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;

    fn range(from: &str, to: &str) -> RangeInclusive<Date> {
        Date::parse(from).unwrap()..=Date::parse(to).unwrap()
    }

    fn open(closed: Vec<RangeInclusive<Date>>) -> OpenDays {
        OpenDays { closed, weekend: vec![Weekday::Saturday, Weekday::Sunday], ..OpenDays::default() }
    }

    /// Two weekends and the holidays beside and between them; a Saturday that is open.
    #[test]
    fn weekends_are_a_rule_and_what_differs_from_it() {
        let closed = Closed::of(&open(vec![
            range("2026-09-12", "2026-09-13"),
            range("2026-09-19", "2026-09-23"),
            range("2026-09-27", "2026-09-27"),
            range("2026-10-03", "2026-10-05"),
        ]));
        assert_eq!(closed.days, [range("2026-09-21", "2026-09-23"), range("2026-10-05", "2026-10-05")]);
        let weekends = closed.weekends.unwrap();
        assert_eq!(weekends.known, range("2026-09-12", "2026-10-05"));
        assert_eq!(weekends.open, [range("2026-09-26", "2026-09-26")]);
    }

    #[test]
    fn holidays_alone_are_holidays() {
        let days = vec![range("2026-12-24", "2026-12-27"), range("2027-04-02", "2027-04-02")];
        let closed = Closed::of(&open(days.clone()));
        assert!(closed.weekends.is_none());
        assert_eq!(closed.days, days);
        assert!(Closed::of(&open(Vec::new())).days.is_empty());
    }
}
