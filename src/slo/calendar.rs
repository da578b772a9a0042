//! Days on which nothing is due.

use super::{Date, japanese_holiday};
use jiff::civil::Weekday;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// The days of a calendar: which are open, and which are closed.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The first day that it knows.
    pub from: Date,
    /// The last day that it knows. Before `from` and after this day none is closed, so the plain schedule applies.
    pub through: Date,
    /// Whether the national holidays of Japan are closed.
    pub japanese_holidays: bool,
    /// The days of the week that are closed.
    pub weekend: Vec<Weekday>,
    /// Other closed days, the last ones included.
    pub closed: Vec<RangeInclusive<Date>>,
    /// Days that are open whatever closes them.
    pub open: BTreeSet<Date>,
}

impl Calendar {
    /// Whether nothing is due on a day.
    pub fn is_closed(&self, day: Date) -> bool {
        let known = (self.from..=self.through).contains(&day);
        let closed = || self.rests(day) || self.closed.iter().any(|range| range.contains(&day));
        known && !self.open.contains(&day) && closed()
    }

    /// Whether a day is a weekend's or a national holiday, whatever its own ranges and exceptions say.
    pub fn rests(&self, day: Date) -> bool {
        self.weekend.contains(&day.as_civil().weekday())
            || (self.japanese_holidays && japanese_holiday(day).is_some())
    }

    /// The days that it knows, in order.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.from.through(self.through)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn business_days() -> Calendar {
        Calendar {
            from: day("2026-01-01"),
            through: day("2027-12-31"),
            japanese_holidays: true,
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
            closed: vec![day("2026-12-29")..=day("2027-01-03")],
            open: BTreeSet::from([day("2026-12-30"), day("2026-05-06")]),
        }
    }

    #[test]
    fn a_day_is_closed_for_one_reason_or_another_unless_it_is_open() {
        let calendar = business_days();
        let closed = ["2026-01-01", "2026-05-05", "2026-05-02", "2026-12-29", "2027-01-03", "2027-12-26"];
        let open = ["2026-05-01", "2026-05-06", "2026-12-28", "2026-12-30", "2027-01-04", "2027-12-31"];
        assert!(closed.iter().all(|text| calendar.is_closed(day(text))));
        assert!(!open.iter().any(|text| calendar.is_closed(day(text))));
    }

    #[test]
    fn outside_of_what_it_knows_no_day_is_closed() {
        let calendar = business_days();
        for text in ["1970-01-01", "2025-12-28", "2028-01-01", "2099-12-31"] {
            assert!(!calendar.is_closed(day(text)), "{text}");
        }
    }

    #[test]
    fn its_days_are_all_between_the_first_and_the_last() {
        let mut calendar = business_days();
        assert_eq!(calendar.days().count(), 730);
        calendar.through = day("2099-12-31");
        assert_eq!(calendar.days().last(), Some(day("2099-12-31")));
        calendar.through = day("2025-12-31");
        assert_eq!(calendar.days().count(), 0);
    }
}
