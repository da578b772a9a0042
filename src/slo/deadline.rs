//! By when something must follow a scheduled start.

use super::latest_start::{LatestStart, ScheduledStart, latest_start};
use super::{Due, Duration, Schedule, TimeOfDay};
use jiff::civil::Date as CivilDate;
use std::ops::Range;
use std::sync::Arc;

/// By when something must follow a scheduled start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deadline {
    /// By a time of day, in the schedule's time zone.
    By(TimeOfDay),
    /// Within so long after the start.
    Within(Duration),
}

/// The years whose changes of the clock, and whose starts that do not repeat, Genkai knows: 2026 to 2030. They are the same
/// whenever it runs, so that the same specs give the same files.
pub const KNOWN: Range<i64> = 1_767_225_600..1_924_992_000;

/// Their days.
pub const KNOWN_DAYS: Range<CivilDate> = CivilDate::constant(2026, 1, 1)..CivilDate::constant(2031, 1, 1);

/// Where every week is like the other, these tell all.
const TEN_WEEKS: i64 = 70 * 86_400;

impl Due {
    /// The latest start whose deadline passed `delay` ago, for every instant. `None` where no clock starts the runs.
    pub fn latest_start(&self, deadline: Deadline, delay: Duration) -> Option<Arc<LatestStart>> {
        self.known_start(0, deadline, delay)
    }

    /// The start that is so many starts before the latest one, for every instant. `None` where no clock starts the runs.
    pub fn starts_before(&self, steps: usize) -> Option<Arc<LatestStart>> {
        let at_once = Duration::seconds(0);
        self.known_start(steps, Deadline::Within(at_once), at_once)
    }

    fn known_start(&self, steps: usize, deadline: Deadline, delay: Duration) -> Option<Arc<LatestStart>> {
        let schedule = self.schedule()?;
        let find = || self.find_start(schedule, steps, deadline, delay).map(Arc::new);
        // Most schedules are not suspended, and are asked again for each environment.
        if self.is_suspended() { find() } else { schedule.known_start((steps, deadline, delay), find) }
    }

    fn find_start(
        &self,
        schedule: &Schedule,
        steps: usize,
        deadline: Deadline,
        delay: Duration,
    ) -> Option<LatestStart> {
        let changes = schedule.edges();
        let keeps_its_offset = schedule.keeps_its_offset(&KNOWN);
        let weekly = changes.is_empty() && !self.is_suspended() && keeps_its_offset && schedule.is_weekly();
        let span = if weekly { KNOWN.start..KNOWN.start + TEN_WEEKS } else { KNOWN };
        let starts = self.due_starts(span)?;
        let offset = schedule.offset(KNOWN.start);
        let delay = i64::try_from(delay.as_seconds()).unwrap_or(i64::MAX);
        let later = starts.iter().copied().skip(steps).zip(&starts);
        let scheduled = later.map(|(start, earlier)| ScheduledStart {
            start: *earlier,
            missed: self.deadline(start, deadline).unwrap_or(start).saturating_add(delay),
            offset: if keeps_its_offset { offset } else { schedule.offset(start) },
        });
        let scheduled: Vec<ScheduledStart> = scheduled.collect();
        let latest = latest_start(&scheduled, &changes);
        // What repeats says nothing of the time before the first start.
        match scheduled.first().filter(|_| self.begins_later()) {
            Some(first) => Some(latest.since(first.missed)),
            None => Some(latest),
        }
    }

    /// The instant of a start's deadline, in seconds of the epoch. `None` where no clock starts the runs.
    pub fn deadline(&self, start: i64, deadline: Deadline) -> Option<i64> {
        let schedule = self.schedule()?;
        Some(match deadline {
            Deadline::By(time) => schedule.clock(start, time),
            Deadline::Within(time) => start.saturating_add_unsigned(time.as_seconds()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::{Calendar, Date};
    use jiff::Timestamp;
    use jiff::civil::Weekday;
    use std::collections::BTreeSet;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    fn by(time: &str) -> Deadline {
        Deadline::By(TimeOfDay::parse(time).unwrap())
    }

    fn due(cron: &str, zone: &str) -> Due {
        Due::scheduled(Arc::new(Schedule::parse(cron, zone).unwrap()))
    }

    #[test]
    fn the_years_that_are_known() {
        assert_eq!(KNOWN, at("2026-01-01T00:00:00Z")..at("2031-01-01T00:00:00Z"));
        assert_eq!(KNOWN_DAYS.start.to_string(), "2026-01-01");
        assert_eq!(KNOWN_DAYS.end.to_string(), "2031-01-01");
    }

    #[test]
    fn a_time_of_day_is_that_of_the_start_s_day_and_may_be_on_the_next() {
        let due = due("0 22 * * *", "America/New_York");
        // Clocks go forward on 8 March.
        let start = at("2026-03-08T03:00:00Z");
        assert_eq!(due.deadline(start, by("23:30")), Some(at("2026-03-08T04:30:00Z")));
        assert_eq!(due.deadline(start, by("28:00")), Some(at("2026-03-08T08:00:00Z")));
        assert_eq!(due.deadline(start, Deadline::Within(Duration::hours(6))), Some(start + 21_600));
    }

    #[test]
    fn before_the_first_day_no_start_is_the_latest() {
        let first = Date::parse("2026-12-01").unwrap();
        let due = due("0 4 * * *", "Asia/Tokyo").suspended(vec![Date::EARLIEST..=first.yesterday().unwrap()]);
        let latest = due.latest_start(by("06:30"), Duration::minutes(3)).unwrap();
        let missed = at("2026-11-30T21:33:00Z");
        assert_eq!(latest.at(missed - 1), None);
        assert_eq!(latest.at(at("2026-06-01T00:00:00Z")), None);
        assert_eq!(latest.at(missed), Some(at("2026-11-30T19:00:00Z")));
        assert_eq!(latest.at(missed + 86_400), Some(at("2026-12-01T19:00:00Z")));
        // Of a row, the start before the second one.
        let before = due.starts_before(1).unwrap();
        assert_eq!(before.at(at("2026-12-01T18:59:59Z")), None);
        assert_eq!(before.at(at("2026-12-01T19:00:00Z")), Some(at("2026-11-30T19:00:00Z")));
    }

    #[test]
    fn over_a_holiday_the_latest_start_is_the_one_before() {
        let calendar = Calendar {
            from: Date::parse("2026-01-01").unwrap(),
            through: Date::parse("2027-12-31").unwrap(),
            japanese_holidays: true,
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
            closed: Vec::new(),
            open: BTreeSet::new(),
        };
        let schedule = Schedule::parse("0 4 * * *", "Asia/Tokyo").unwrap().with_calendar(Arc::new(calendar));
        let due = Due::scheduled(Arc::new(schedule));
        let latest = due.latest_start(by("06:30"), Duration::minutes(3)).unwrap();
        let start =
            |time: &str| latest.at(at(time)).map(|start| Timestamp::from_second(start).unwrap().to_string());
        // Friday 1 May is the last open day before Golden Week, Thursday 7 May the first after it.
        let friday = Some("2026-04-30T19:00:00Z".to_owned());
        assert_eq!(start("2026-04-30T21:32:59Z"), Some("2026-04-29T19:00:00Z".to_owned()));
        assert_eq!(start("2026-04-30T21:33:00Z"), friday);
        assert_eq!(start("2026-05-06T21:32:59Z"), friday);
        assert_eq!(start("2026-05-06T21:33:00Z"), Some("2026-05-06T19:00:00Z".to_owned()));
        // After the calendar, the plain cron holds: a Saturday is due.
        assert_eq!(start("2028-01-08T12:00:00Z"), Some("2028-01-07T19:00:00Z".to_owned()));
    }

    /// Business days in Japan with the end of the year, and a Saturday that is open all the same.
    fn business_days(cron: &str, zone: &str) -> Due {
        let calendar = Calendar {
            from: Date::parse("2026-01-01").unwrap(),
            through: Date::parse("2027-12-31").unwrap(),
            japanese_holidays: true,
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
            closed: vec![Date::parse("2026-12-29").unwrap()..=Date::parse("2027-01-03").unwrap()],
            open: BTreeSet::from([Date::parse("2026-05-09").unwrap()]),
        };
        Due::scheduled(Arc::new(Schedule::parse(cron, zone).unwrap().with_calendar(Arc::new(calendar))))
    }

    /// Asked at each deadline, in the middle until the next one, and just before it.
    fn knows_every_start(due: &Due, deadline: Deadline) -> Arc<LatestStart> {
        let delay = Duration::minutes(3);
        let latest = due.latest_start(deadline, delay).unwrap();
        let mut missed: Vec<(i64, i64)> = Vec::new();
        for start in due.due_starts(KNOWN).unwrap() {
            let at = due.deadline(start, deadline).unwrap() + 180;
            while missed.last().is_some_and(|(earlier, _)| *earlier >= at) {
                missed.pop();
            }
            missed.push((at, start));
        }
        for pair in missed.windows(2) {
            let ((from, start), (until, _)) = (pair[0], pair[1]);
            for time in [from, i64::midpoint(from, until), until - 1] {
                assert_eq!(latest.at(time), Some(start), "at {time}: {latest:#?}");
            }
        }
        latest
    }

    #[test]
    fn uneven_starts_are_known_over_holidays_changes_of_the_clock_and_pauses() {
        for zone in ["Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Nuuk"]
        {
            for cron in ["0 8,12,17 * * *", "0 9-12,14-18 * * *", "15 7,9 * * 1,3,5", "0 0,23 * * *"] {
                let due = business_days(cron, zone);
                let within = Deadline::Within(Duration::hours(1));
                assert!(!knows_every_start(&due, within).pieces.is_empty(), "{cron} in {zone}");
                let pause = Date::parse("2026-11-02").unwrap()..=Date::parse("2026-11-20").unwrap();
                let paused = due.clone().suspended(vec![pause]);
                assert!(!knows_every_start(&paused, within).pieces.is_empty(), "{cron} in {zone}, paused");
                assert!(!knows_every_start(&due, by("27:30")).pieces.is_empty(), "{cron} in {zone}, by");
            }
        }
    }

    #[test]
    fn all_that_is_due_is_known_without_a_calendar_too() {
        for (cron, zone) in [("@quarterly", "UTC"), ("0 4 * * *", "Europe/Berlin"), ("*/10 * * * *", "UTC")] {
            let due = due(cron, zone);
            let latest =
                due.latest_start(Deadline::Within(Duration::hours(1)), Duration::minutes(3)).unwrap();
            for start in due.due_starts(KNOWN).unwrap().into_iter().step_by(97) {
                assert_eq!(latest.at(start + 3_780), Some(start), "{cron} in {zone}");
            }
        }
    }
}
