//! The latest start that should have succeeded by now, as a function of time that fits into a query.
//!
//! Deadlines are a long list of instants. A query has 2,000 characters and a clock that knows no calendar. So the list is
//! written as periods that repeat (every day, every week, every month, one set for each offset of the time zone), and what
//! does not fit them (a holiday, a day on which the clock changes) as exceptions between two absolute instants.
//!
//! [`LatestStart::at`] gives back the same instants as the list; the tests hold the two together.

mod find;
mod model;

pub use find::latest_start;
pub use model::{Gap, Model, Period, Progression};

/// A scheduled start and the instant from which on it counts as missed. In seconds of the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduledStart {
    /// The start.
    pub start: i64,
    /// From when on it is missed without a success.
    pub missed: i64,
    /// The offset of the time zone at the start, in seconds.
    pub offset: i64,
}

/// From an instant until before another; without one it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: Option<i64>,
    /// The first instant that is not in it.
    pub until: Option<i64>,
}

impl Span {
    /// What of it is before an instant.
    pub fn until(self, time: i64) -> Option<Span> {
        let until = Some(self.until.map_or(time, |until| until.min(time)));
        self.from.is_none_or(|from| from < time).then_some(Span { until, ..self })
    }

    /// What of it is at an instant and after.
    pub fn since(self, time: i64) -> Option<Span> {
        let from = Some(self.from.map_or(time, |from| from.max(time)));
        self.until.is_none_or(|until| time < until).then_some(Span { from, ..self })
    }

    fn holds(self, time: i64) -> bool {
        self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time < until)
    }
}

/// A span in which the latest start is another than the model's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exception {
    /// From when on.
    pub from: i64,
    /// Until when.
    pub until: i64,
    /// The latest start in it.
    pub start: i64,
    /// Whether the model's is later somewhere in it, as over a holiday.
    pub caps: bool,
    /// Whether the model's is earlier somewhere in it, as on a day that is open all the same.
    pub raises: bool,
}

/// Where one model holds, but for its exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it holds.
    pub spans: Vec<Span>,
    /// The starts that repeat; none where nothing does, and the exceptions are all that there is.
    pub model: Option<Model>,
    /// What does not fit the model, in order, within the spans.
    pub exceptions: Vec<Exception>,
}

/// No policy holds more progressions, gaps, exceptions and spans than these, so the search for more ends here.
pub const MOST_TERMS: usize = 300;

/// The latest start that should have succeeded, for every instant: the pieces share no instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LatestStart {
    /// The pieces; none where it takes more than [`MOST_TERMS`] to write them.
    pub pieces: Vec<Piece>,
    /// The longest time for which a start is the latest one, counted from the start itself.
    pub longest: i64,
}

impl LatestStart {
    /// The same, with no start before an instant.
    pub fn since(mut self, time: i64) -> LatestStart {
        for piece in &mut self.pieces {
            piece.spans = piece.spans.iter().filter_map(|span| span.since(time)).collect();
            piece.exceptions.retain(|exception| time < exception.until);
        }
        self.pieces.retain(|piece| !piece.spans.is_empty());
        self
    }

    /// The latest start at an instant.
    pub fn at(&self, time: i64) -> Option<i64> {
        let piece = self.pieces.iter().find(|piece| piece.spans.iter().any(|span| span.holds(time)))?;
        let exception = piece.exceptions.iter().find(|one| (one.from..one.until).contains(&time));
        match exception {
            Some(exception) => Some(exception.start),
            None => piece.model.as_ref().map(|model| model.latest(time)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::Schedule;
    use jiff::civil::Weekday;
    use jiff::tz::{TimeZone, TimeZoneDatabase};
    use jiff::{Timestamp, Zoned};

    fn zone(name: &str) -> TimeZone {
        TimeZoneDatabase::bundled().get(name).unwrap()
    }

    /// The deadlines of a cron but for the closed days, missed `age` after the start.
    fn deadlines(cron: &str, name: &str, age: i64, closed: impl Fn(&Zoned) -> bool) -> Vec<ScheduledStart> {
        let zone = zone(name);
        let schedule = Schedule::parse(cron, name).unwrap();
        let starts = schedule
            .occurrences()
            .as_seconds()
            .iter()
            .map(|start| (*start, Timestamp::from_second(*start).unwrap().to_zoned(zone.clone())));
        let open = starts.filter(|(_, local)| !closed(local));
        open.map(|(start, local)| ScheduledStart {
            start,
            missed: start + age,
            offset: i64::from(local.offset().seconds()),
        })
        .collect()
    }

    /// The pieces say at every instant what the list says: asked at each deadline, just before it, and between.
    fn proven(deadlines: &[ScheduledStart], changes: &[i64]) -> LatestStart {
        let latest = latest_start(deadlines, changes);
        for pair in deadlines.windows(2) {
            let (one, next) = (pair[0], pair[1]);
            for time in [one.missed, i64::midpoint(one.missed, next.missed), next.missed - 1] {
                assert_eq!(latest.at(time), Some(one.start), "at {time}: {latest:#?}");
            }
        }
        latest
    }

    /// Progressions, gaps and exceptions of each piece, and how many spans it has.
    fn outline(latest: &LatestStart) -> Vec<(usize, usize, usize, usize)> {
        let of = |piece: &Piece| {
            let model = piece.model.clone().unwrap_or_default();
            (model.progressions.len(), model.gaps.len(), piece.exceptions.len(), piece.spans.len())
        };
        latest.pieces.iter().map(of).collect()
    }

    fn never(_: &Zoned) -> bool {
        false
    }

    #[test]
    fn what_repeats_is_written_once() {
        let shape = |cron: &str| outline(&proven(&deadlines(cron, "Asia/Tokyo", 9_000, never), &[]));
        assert_eq!(shape("0 4 * * *"), [(1, 0, 0, 1)]);
        assert_eq!(shape("*/10 * * * *"), [(1, 0, 0, 1)]);
        assert_eq!(shape("0 8,12,17 * * *"), [(3, 0, 0, 1)]);
        assert_eq!(shape("0 4 * * 1"), [(1, 0, 0, 1)]);
        assert_eq!(shape("0 4 * * 1-5"), [(1, 1, 0, 1)], "days with a gap at the weekend");
        assert_eq!(shape("0 9-18 * * *"), [(1, 1, 0, 1)], "hours with a gap in the night");
        assert_eq!(shape("*/10 9-18 * * 1-5"), [(1, 2, 0, 1)], "the night and the weekend");
        assert_eq!(shape("0 8,12,17 * * 1-5"), [(3, 1, 0, 1)], "three a day with a gap at the weekend");
        assert_eq!(shape("0 4 1 * *"), [(1, 0, 0, 1)]);
        assert_eq!(shape("0 4 1,15 * *"), [(2, 0, 0, 1)]);
        assert_eq!(shape("0 4 L * *"), [(1, 0, 0, 1)]);
        assert_eq!(shape("0 4 1 * 1"), [(2, 0, 0, 1)], "the first of the month and Mondays");
    }

    #[test]
    fn what_does_not_repeat_is_listed() {
        for (cron, count) in [("@quarterly", 16), ("@yearly", 4), ("0 4 * * 1#2", 48)] {
            let latest = proven(&deadlines(cron, "UTC", 3_600, never), &[]);
            assert_eq!(outline(&latest), [(0, 0, count, 1)], "{cron}");
        }
    }

    #[test]
    fn each_offset_of_the_time_zone_has_its_piece() {
        let shape = |cron: &str, zone: &str| outline(&proven(&deadlines(cron, zone, 9_000, never), &[]));
        // Four years: a winter at each end and three between, and four summers. On the last day of a summer the next
        // start is an hour later than in summer.
        assert_eq!(shape("0 4 * * *", "America/New_York"), [(1, 0, 0, 5), (1, 0, 4, 4)]);
        assert_eq!(shape("0 4 1 * *", "Europe/Berlin").len(), 2);
        for zone in ["Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "Africa/Cairo", "Asia/Gaza"]
        {
            for cron in ["30 2 * * *", "*/30 * * * *", "0 9-18 * * 1-5", "0 4 1 * *"] {
                shape(cron, zone);
            }
        }
    }

    #[test]
    fn a_closed_day_is_an_exception_and_a_closed_weekend_a_part_of_what_repeats() {
        let weekend = |day: &Zoned| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let golden_week = |day: &Zoned| day.month() == 5 && (3..=5).contains(&day.day());
        let closed = |day: &Zoned| weekend(day) || golden_week(day);
        let latest = proven(&deadlines("0 4 * * *", "Asia/Tokyo", 9_000, closed), &[]);
        assert_eq!(outline(&latest), [(1, 1, 4, 1)]);
        assert!(latest.pieces[0].exceptions.iter().all(|day| day.caps && !day.raises));
        // A Saturday that is open all the same.
        let latest = proven(
            &deadlines("0 4 * * *", "Asia/Tokyo", 9_000, |day| {
                weekend(day) && day.date() != jiff::civil::date(2026, 5, 9)
            }),
            &[],
        );
        assert_eq!(outline(&latest), [(1, 1, 1, 1)]);
        assert!(latest.pieces[0].exceptions.iter().all(|day| day.raises && !day.caps));
    }

    /// On a closed day the latest start stands still, however many starts a day has.
    #[test]
    fn exceptions_do_not_grow_with_the_starts_of_a_day() {
        let weekend = |day: &Zoned| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let year_end =
            |day: &Zoned| (day.month(), day.day()) >= (12, 29) || (day.month(), day.day()) <= (1, 3);
        let closed = |day: &Zoned| weekend(day) || year_end(day);
        for (cron, progressions) in [("0 8 * * *", 1), ("0 8,12,17 * * *", 3), ("0 7,8,12,13,17 * * *", 5)] {
            let latest = proven(&deadlines(cron, "Asia/Tokyo", 3_780, closed), &[]);
            let [(repeating, gaps, exceptions, 1)] = outline(&latest)[..] else { panic!("{latest:#?}") };
            // The first year end of the four has nothing before it.
            assert_eq!((repeating, gaps, exceptions), (progressions, 1, 3), "{cron}");
        }
    }

    #[test]
    fn what_fits_into_no_policy_is_not_looked_for() {
        for cron in ["*/5 * 1-10 * *", "* * 1-15 * *", "0 4 */2 * *"] {
            let latest = latest_start(&deadlines(cron, "Asia/Tokyo", 3_600, never), &[]);
            assert_eq!(latest.pieces, [], "{cron}");
        }
    }

    #[test]
    fn after_a_change_another_pattern_holds() {
        let through = 1_767_225_600; // 2026-01-01
        let closed = |day: &Zoned| {
            day.timestamp().as_second() < through
                && matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
        };
        let latest = proven(&deadlines("0 4 * * *", "Asia/Tokyo", 9_000, closed), &[through]);
        assert_eq!(outline(&latest), [(1, 1, 0, 1), (1, 0, 0, 1)]);
    }
}
