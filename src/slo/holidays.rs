//! National holidays of Japan, by the rules of the law and not by a table that somebody must extend.
//!
//! [国民の祝日に関する法律](https://laws.e-gov.go.jp/law/323AC1000000178) (1948) with its changes of 1966, 1973, 1985, 1989,
//! 1995, 1998, 2001, 2005, 2014 and 2018, and the laws for single days and years. Days of the equinoxes are official only
//! once they are announced in the February before; the formula has always agreed with what was announced.

use super::Date;
use jiff::ToSpan;
use jiff::civil::{Date as CivilDate, Weekday, date};

/// When days after a holiday on a Sunday began to be free, and days between two holidays.
const SUBSTITUTES_FROM: CivilDate = date(1973, 4, 12);
const BETWEEN_FROM: CivilDate = date(1985, 12, 27);
/// Since then the first day that is no holiday is free, not only the very next one.
const ANY_SUBSTITUTE_FROM: CivilDate = date(2007, 1, 1);

/// The name of the national holiday that a day is, or what makes it free like one.
pub fn japanese_holiday(day: Date) -> Option<&'static str> {
    let day = day.as_civil();
    named(day).or_else(|| substitute(day)).or_else(|| between(day))
}

/// The holidays that the laws name.
fn named(day: CivilDate) -> Option<&'static str> {
    let (year, number) = (day.year(), day.day());
    let monday = |nth: i8| day.weekday() == Weekday::Monday && (number - 1) / 7 == nth - 1;
    Some(match (day.month(), number) {
        (1, 1) => "New Year's Day",
        (1, 15) if year < 2000 => "Coming of Age Day",
        (1, _) if year >= 2000 && monday(2) => "Coming of Age Day",
        (2, 11) => "National Foundation Day",
        (2, 23) if year >= 2020 => "the Emperor's Birthday",
        (2, 24) if year == 1989 => "the funeral of Emperor Showa",
        (3, _) if number == equinox(year, [20_835_700, 20_843_100]) => "Vernal Equinox Day",
        (4, 29) if year < 1989 => "the Emperor's Birthday",
        (4, 29) if year < 2007 => "Greenery Day",
        (4, 29) => "Showa Day",
        (5, 1) if year == 2019 => "the Emperor's accession",
        (5, 3) => "Constitution Memorial Day",
        (5, 4) if year >= 2007 => "Greenery Day",
        (5, 5) => "Children's Day",
        (6, 9) if year == 1993 => "the Crown Prince's wedding",
        (7..=8 | 10, _) if matches!(year, 2020 | 2021) => olympic(day)?,
        (7, 20) if (1996..2003).contains(&year) => "Marine Day",
        (7, _) if year >= 2003 && monday(3) => "Marine Day",
        (8, 11) if year >= 2016 => "Mountain Day",
        (9, 15) if year < 2003 => "Respect for the Aged Day",
        (9, _) if year >= 2003 && monday(3) => "Respect for the Aged Day",
        (9, _) if number == equinox(year, [23_258_800, 23_248_800]) => "Autumnal Equinox Day",
        (10, 10) if year < 2000 => "Sports Day",
        (10, _) if year >= 2000 && monday(2) => "Sports Day",
        (10, 22) if year == 2019 => "the Emperor's enthronement",
        (11, 3) => "Culture Day",
        (11, 12) if year == 1990 => "the Emperor's enthronement",
        (11, 23) => "Labor Thanksgiving Day",
        (12, 23) if (1989..2019).contains(&year) => "the Emperor's Birthday",
        _ => return None,
    })
}

/// Three holidays were moved to the opening and the end of the Olympic Games, in both years that these were meant for.
fn olympic(day: CivilDate) -> Option<&'static str> {
    Some(match (day.year(), day.month(), day.day()) {
        (2020, 7, 23) | (2021, 7, 22) => "Marine Day",
        (2020, 7, 24) | (2021, 7, 23) => "Sports Day",
        (2020, 8, 10) | (2021, 8, 8) => "Mountain Day",
        _ => return None,
    })
}

/// The day of an equinox in Japan, from 1900 to 2099, by the formula of 海上保安庁水路部 (新こよみ便利帳). The numbers are
/// millionths of a day, before 1980 and since.
fn equinox(year: i16, [before_1980, since]: [i32; 2]) -> i8 {
    let year = i32::from(year);
    let (start, leap_days) =
        if year < 1980 { (before_1980, (year - 1983) / 4) } else { (since, (year - 1980) / 4) };
    let day = (start + 242_194 * (year - 1980)) / 1_000_000 - leap_days;
    i8::try_from(day).unwrap_or(0)
}

/// The day that is free because a holiday before it is on a Sunday.
fn substitute(day: CivilDate) -> Option<&'static str> {
    let mut before = day;
    loop {
        before = before.yesterday().ok()?;
        named(before)?;
        if before.weekday() == Weekday::Sunday {
            return (before >= SUBSTITUTES_FROM).then_some("a substitute holiday");
        }
        if day < ANY_SUBSTITUTE_FROM {
            return None;
        }
    }
}

/// The day that is free because it is between two holidays.
fn between(day: CivilDate) -> Option<&'static str> {
    let neighbour = |days: i32| day.checked_add(days.days()).ok().and_then(named);
    let held = neighbour(-1).is_some() && neighbour(1).is_some();
    (held && day >= BETWEEN_FROM && day.weekday() != Weekday::Sunday).then_some("a day between holidays")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data set of holiday-jp, which nobody here wrote.
    const HOLIDAY_JP: &str = include_str!("../../tests/holidays/holiday_jp.yml");

    #[test]
    fn every_day_from_1970_to_2050_is_as_holiday_jp_has_it() {
        let known: std::collections::BTreeSet<&str> =
            HOLIDAY_JP.lines().map(|line| line.split_once(": ").unwrap().0).collect();
        assert_eq!(known.len(), 1_329);
        let mut day = date(1970, 1, 1);
        while day < date(2051, 1, 1) {
            let text = day.to_string();
            let holiday = japanese_holiday(Date::parse(&text).unwrap());
            assert_eq!(holiday.is_some(), known.contains(&*text), "{text}: {holiday:?}");
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn holidays_have_their_names() {
        let name = |day: &str| japanese_holiday(Date::parse(day).unwrap());
        assert_eq!(name("2026-01-01"), Some("New Year's Day"));
        assert_eq!(name("2026-05-06"), Some("a substitute holiday"));
        assert_eq!(name("2026-09-22"), Some("a day between holidays"));
        assert_eq!(name("2019-04-30"), Some("a day between holidays"));
        assert_eq!(name("2021-07-23"), Some("Sports Day"));
        assert_eq!(name("2026-12-31"), None);
        // The edges of what a date can be.
        assert_eq!((name("1970-01-01"), name("2099-12-31")), (Some("New Year's Day"), None));
    }
}
