//! Dates, days of the week and times of day, as specs write them.

use jiff::ToSpan;
use jiff::civil::{Date as CivilDate, date};
use std::fmt;

/// A day of the calendar from 1970 to 2099, written `2026-12-29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(CivilDate);

impl Date {
    /// The first day.
    pub const EARLIEST: Date = Date(date(1970, 1, 1));

    /// The day before, if there is one.
    pub fn yesterday(self) -> Option<Date> {
        Date::from_civil(self.0.yesterday().ok()?)
    }

    /// Reads the written form.
    pub fn parse(text: &str) -> Option<Date> {
        let day: CivilDate = text.parse().ok()?;
        // jiff reads other forms of ISO 8601, too.
        Date::from_civil(day).filter(|_| day.to_string() == text)
    }

    /// The day as jiff has it.
    pub const fn as_civil(self) -> CivilDate {
        self.0
    }

    /// The day that jiff has, if it is from 1970 to 2099.
    pub fn from_civil(day: CivilDate) -> Option<Date> {
        (date(1970, 1, 1)..=date(2099, 12, 31)).contains(&day).then_some(Date(day))
    }

    /// The days from this one through another, in order; none if that is before this one.
    pub fn through(self, last: Date) -> impl Iterator<Item = Date> {
        self.0.series(1.day()).take_while(move |day| *day <= last.0).map(Date)
    }

    /// A number of days from this one on, in order, as far as dates reach.
    pub fn through_days(self, days: usize) -> impl Iterator<Item = Date> {
        self.0.series(1.day()).map_while(Date::from_civil).take(days)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A time of day, written `06:30`; from `24:00` on it is on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    minutes: u16,
}

impl TimeOfDay {
    /// Minutes since the midnight that the day begins with.
    pub const fn as_minutes(self) -> u16 {
        self.minutes
    }

    /// Reads the written form: two digits each, up to `47:59`.
    pub fn parse(text: &str) -> Option<TimeOfDay> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |digits: &str| {
            let two = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| two)
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        (hours < 48 && minutes < 60).then_some(TimeOfDay { minutes: hours * 60 + minutes })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_exist_and_have_one_spelling() {
        for text in ["1970-01-01", "2024-02-29", "2026-12-29", "2099-12-31"] {
            assert_eq!(Date::parse(text).map(|day| day.to_string()).as_deref(), Some(text));
        }
        for text in
            ["2025-02-29", "2026-13-01", "2026-04-31", "20261229", "2026-1-2", "1969-12-31", "2100-01-01", ""]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_may_be_past_midnight_and_have_one_spelling() {
        for text in ["00:00", "06:30", "26:00", "47:59"] {
            assert_eq!(TimeOfDay::parse(text).map(|time| time.to_string()).as_deref(), Some(text));
        }
        for text in ["6:30", "06:60", "48:00", "0630", "+6:30", "06:30:00", ""] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
    }
}
