//! When something is due: runs, less the days on which nothing is.

use super::{Date, Duration, KNOWN_DAYS, Occurrences, Schedule};
use jiff::ToSpan;
use jiff::civil::Date as CivilDate;
use jiff::tz::TimeZoneDatabase;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// When something is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// What starts the runs, where it is the clock.
    schedule: Option<Arc<Schedule>>,
    occurrences: Occurrences,
    /// Days on which nothing is due, the last ones included.
    suspended: Vec<RangeInclusive<Date>>,
}

impl Due {
    /// The runs of a schedule; on the closed days of its calendar, if it has one, nothing is due.
    pub fn scheduled(schedule: Arc<Schedule>) -> Due {
        let occurrences = schedule.occurrences().clone();
        Due { schedule: Some(schedule), occurrences, suspended: Vec::new() }
    }

    /// A run at a fixed distance from the run before; nobody knows when the first was.
    pub fn every(distance: Duration) -> Due {
        Due { schedule: None, occurrences: Occurrences::every(distance), suspended: Vec::new() }
    }

    /// Runs that something else starts, so many at least in a time.
    pub fn triggered(at_least: u64, per: Duration) -> Due {
        Due { schedule: None, occurrences: Occurrences::at_least(at_least, per), suspended: Vec::new() }
    }

    /// The same, where nothing is due on the days of some ranges.
    pub fn suspended(self, days: Vec<RangeInclusive<Date>>) -> Due {
        Due { suspended: days, ..self }
    }

    /// The runs that budgets are counted over.
    ///
    /// Suspensions are no part of them: if a pause of once made a window hold a run less, that window would set the
    /// budget, and every failure could page for ever.
    pub fn occurrences(&self) -> &Occurrences {
        &self.occurrences
    }

    /// What starts the runs, where it is the clock.
    pub fn schedule(&self) -> Option<&Schedule> {
        self.schedule.as_deref()
    }

    /// When nothing is due, in seconds of the epoch, by the days of a time zone. What begins on the earliest day has always
    /// been, in any time zone.
    pub fn pauses(&self, time_zone: &str) -> Vec<Range<i64>> {
        let Ok(zone) = TimeZoneDatabase::bundled().get(time_zone) else { return Vec::new() };
        let midnight =
            |day: CivilDate| day.to_zoned(zone.clone()).map(|midnight| midnight.timestamp().as_second());
        let span = |days: &RangeInclusive<Date>| {
            let after = days.end().as_civil().saturating_add(1.day());
            let begins = match *days.start() {
                Date::EARLIEST => i64::MIN,
                first => midnight(first.as_civil()).ok()?,
            };
            Some(begins..midnight(after).ok()?)
        };
        self.suspended.iter().filter_map(span).collect()
    }

    /// Whether nothing is due on some days.
    pub(super) fn is_suspended(&self) -> bool {
        !self.suspended.is_empty()
    }

    /// Whether nothing is due yet when the years begin that Genkai knows.
    pub(super) fn begins_later(&self) -> bool {
        let first = KNOWN_DAYS.start;
        let holds = |range: &RangeInclusive<Date>| {
            range.start().as_civil() <= first && first <= range.end().as_civil()
        };
        self.suspended.iter().any(holds)
    }

    /// Whether something may be due that starts on a day: it is neither suspended nor closed.
    pub fn is_due_on(&self, day: Date) -> bool {
        self.is_due(day.as_civil())
    }

    /// The scheduled starts in a span, in seconds of the epoch, sorted, as if no day were closed or suspended. `None`
    /// where they are not known.
    ///
    /// A `*/10` has half a million in ten years: ask for the span that is needed.
    pub fn starts(&self, span: Range<i64>) -> Option<Vec<i64>> {
        self.schedule().map(|schedule| schedule.starts(span, |_| true))
    }

    /// Those of them that are due: the local date of the start, in the schedule's time zone, is neither closed nor
    /// suspended.
    pub fn due_starts(&self, span: Range<i64>) -> Option<Vec<i64>> {
        self.schedule().map(|schedule| schedule.starts(span, |day| self.is_due(day)))
    }

    fn is_due(&self, day: CivilDate) -> bool {
        let suspended =
            |range: &RangeInclusive<Date>| (range.start().as_civil()..=range.end().as_civil()).contains(&day);
        let closed = self.schedule().is_some_and(|schedule| schedule.is_closed(day));
        !closed && !self.suspended.iter().any(suspended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::{Calendar, Events};
    use jiff::Timestamp;
    use jiff::civil::Weekday;
    use std::collections::BTreeSet;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    fn schedule(cron: &str, zone: &str) -> Schedule {
        Schedule::parse(cron, zone).unwrap()
    }

    /// Business days in Japan, with the end of the year.
    fn calendar() -> Arc<Calendar> {
        Arc::new(Calendar {
            from: day("2026-01-01"),
            through: day("2027-12-31"),
            japanese_holidays: true,
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
            closed: vec![day("2026-12-29")..=day("2027-01-03")],
            open: BTreeSet::new(),
        })
    }

    fn business_days(cron: &str) -> Due {
        Due::scheduled(Arc::new(schedule(cron, "Asia/Tokyo").with_calendar(calendar())))
    }

    /// The local days of starts, in Tokyo.
    fn days(starts: &[i64]) -> Vec<String> {
        let local = |start: &i64| Timestamp::from_second(start + 9 * 3_600).unwrap().to_string();
        starts.iter().map(|start| local(start).split_once('T').unwrap().0.to_owned()).collect()
    }

    #[test]
    fn nothing_is_due_on_closed_and_suspended_days() {
        let due = business_days("0 4 * * *").suspended(vec![day("2026-05-07")..=day("2026-05-08")]);
        let golden_week = at("2026-04-30T00:00:00Z")..at("2026-05-11T00:00:00Z");
        assert_eq!(due.starts(golden_week.clone()).unwrap().len(), 11);
        // 3 to 5 May are holidays, 6 May is free for the 3rd, 2, 9 and 10 May are weekends.
        assert_eq!(days(&due.due_starts(golden_week).unwrap()), ["2026-05-01", "2026-05-11"]);
        assert!(due.is_due_on(day("2026-05-01")) && !due.is_due_on(day("2026-05-02")));
        assert!(!due.is_due_on(day("2026-05-07")));
    }

    #[test]
    fn the_day_of_a_run_is_the_local_date_of_its_start() {
        // In UTC, 04:00 in Tokyo is still the day before.
        let due = business_days("0 4 * * *");
        let monday_in_tokyo = at("2026-06-07T19:00:00Z");
        assert_eq!(due.due_starts(monday_in_tokyo..monday_in_tokyo + 1).unwrap(), [monday_in_tokyo]);
        let saturday_in_tokyo = at("2026-06-05T19:00:00Z");
        assert_eq!(due.due_starts(saturday_in_tokyo..saturday_in_tokyo + 1).unwrap(), Vec::<i64>::new());
    }

    #[test]
    fn budgets_are_counted_over_the_calendar_and_suspensions_do_not_matter() {
        let month = Duration::days(28);
        let due = business_days("0 4 * * *");
        let events = due.occurrences().in_windows_of(month);
        // The fewest are in the 28 days before 04:00 on 12 January 2027. Before 2026 the plain cron runs each day, which no
        // window of days that the calendar knows holds.
        assert_eq!(events, Events { fewest: 15, most: 20 });
        let frozen = due.suspended(vec![day("2026-12-01")..=day("2026-12-31")]);
        assert_eq!(frozen.occurrences().in_windows_of(month), events);
    }

    #[test]
    fn starts_are_exact_where_clocks_change() {
        let due = Due::scheduled(Arc::new(schedule("30 2 * * *", "America/New_York")));
        let days = at("2026-03-07T00:00:00Z")..at("2026-03-10T00:00:00Z");
        // 02:30 does not exist on 8 March; Airflow runs an hour later by the clock.
        let starts = ["2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"].map(at);
        assert_eq!(due.starts(days).unwrap(), starts);
        let hourly = Due::scheduled(Arc::new(schedule("@hourly", "America/New_York")));
        let day = at("2026-11-01T04:00:00Z")..at("2026-11-02T05:00:00Z");
        assert_eq!(hourly.starts(day).unwrap().len(), 25);
    }

    /// Apia had no 30 December 2011; Nuuk's clocks leap over midnight from Saturday to Sunday.
    #[test]
    fn a_change_of_the_offset_may_move_a_run_to_another_day() {
        let apia = Due::scheduled(Arc::new(schedule("0 4 * * *", "Pacific/Apia")));
        let around = at("2011-12-28T00:00:00Z")..at("2012-01-02T00:00:00Z");
        let starts = apia.starts(around.clone()).unwrap();
        assert!(starts.windows(2).all(|pair| pair[0] < pair[1]), "{starts:?}");
        let nuuk = schedule("30 23 * * *", "America/Nuuk");
        let sundays =
            Calendar { weekend: vec![Weekday::Sunday], japanese_holidays: false, ..(*calendar()).clone() };
        let due = Due::scheduled(Arc::new(nuuk.with_calendar(Arc::new(sundays))));
        let march = at("2026-03-28T12:00:00Z")..at("2026-03-30T00:00:00Z");
        // 23:30 on Saturday 28 March 2026 does not exist, and what runs in its place runs on Sunday.
        assert_eq!(due.starts(march.clone()).unwrap(), ["2026-03-29T01:30:00Z"].map(at));
        assert_eq!(due.due_starts(march).unwrap(), Vec::<i64>::new());
    }

    /// The days of starts by the schedule's arithmetic, against those that jiff tells of each instant.
    #[test]
    fn what_is_due_is_what_starts_on_an_open_day() {
        for zone in ["UTC", "Asia/Tokyo", "America/New_York", "America/Nuuk", "Africa/Cairo", "Asia/Gaza"] {
            let local = jiff::tz::TimeZoneDatabase::bundled().get(zone).unwrap();
            for cron in ["*/30 * * * *", "59 23 * * *", "0 0 * * *", "30 2 1-7 * *"] {
                let plain = schedule(cron, zone);
                let due = Due::scheduled(Arc::new(plain.with_calendar(calendar()))).suspended(vec![
                    day("2026-03-25")..=day("2026-04-02"),
                    day("2028-01-01")..=day("2028-01-07"),
                ]);
                let span = at("2025-11-01T00:00:00Z")..at("2028-03-01T00:00:00Z");
                let starts_open = |start: &i64| {
                    let civil = local.to_datetime(Timestamp::from_second(*start).unwrap()).date();
                    due.is_due_on(Date::from_civil(civil).unwrap())
                };
                let mut expected = due.starts(span.clone()).unwrap();
                expected.retain(starts_open);
                assert_eq!(due.due_starts(span).unwrap(), expected, "{cron} in {zone}");
            }
        }
    }

    #[test]
    fn ten_years_of_a_frequent_cron_are_half_a_million_starts() {
        let due = Due::scheduled(Arc::new(schedule("*/10 * * * *", "America/New_York")));
        let decade = at("2026-01-01T00:00:00Z")..at("2036-01-01T00:00:00Z");
        let starts = due.starts(decade.clone()).unwrap();
        assert_eq!(starts.len(), 3_652 * 144);
        assert!(starts.windows(2).all(|pair| pair[0] + 600 == pair[1]));
        assert_eq!(starts.first(), Some(&decade.start));
    }

    #[test]
    fn spans_without_end_are_no_panic() {
        for due in [
            business_days("0 4 1 * *"),
            Due::every(Duration::hours(6)),
            Due::triggered(1, Duration::hours(1)),
        ] {
            let all = due.starts(i64::MIN..i64::MAX);
            assert_eq!(all.is_some(), due.schedule().is_some());
            assert!(all.is_none_or(|starts| starts.len() > 1_000));
            assert_eq!(due.due_starts(5..5).unwrap_or_default(), Vec::<i64>::new());
        }
        let edges = Calendar { from: day("1970-01-01"), through: day("2099-12-31"), ..(*calendar()).clone() };
        let due =
            Due::scheduled(Arc::new(schedule("@daily", "Pacific/Kiritimati").with_calendar(Arc::new(edges))));
        assert!(due.occurrences().in_windows_of(Duration::days(9_999)).fewest > 0);
    }
}
