//! When runs are due: cron in a time zone, read as Airflow reads it.

use super::cron::{self, CronError};
use super::{Duration, Events};
use croner::Cron;
use jiff::civil::{Date, Time, date};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The span over which expected events are counted when nothing bounds it: four years with a leap day, always the
/// same, so that the same spec gives the same numbers on every day.
const COUNTED_FROM: Date = date(2024, 1, 1);
const COUNTED_UNTIL: Date = date(2028, 1, 1);

/// A cron expression in a time zone.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    time_zone: TimeZone,
    /// The times of day at which it runs, sorted.
    times: Vec<Time>,
    /// Every run that is due in the counted span, once somebody asks.
    due: OnceLock<Occurrences>,
}

/// Why a schedule cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The cron expression cannot be used.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// The time zone does not exist.
    #[error("`{0}` is not a time zone of the IANA database")]
    TimeZone(String),
    /// No day matches, as in `0 0 30 2 *`.
    #[error("`{0}` never runs")]
    Never(String),
}

impl Schedule {
    /// Reads a cron expression of five fields, or a preset, in an IANA time zone.
    pub fn parse(cron: &str, time_zone: &str) -> Result<Schedule, ScheduleError> {
        let parsed = cron::parse(cron)?;
        let time_zone = TimeZoneDatabase::bundled()
            .get(time_zone)
            .ok()
            // jiff ignores case, Airflow does not.
            .filter(|zone| zone.iana_name() == Some(time_zone))
            .ok_or_else(|| ScheduleError::TimeZone(time_zone.to_owned()))?;
        let times = times_of_day(&parsed);
        let schedule = Schedule { cron: parsed, time_zone, times, due: OnceLock::new() };
        if !days().any(|day| schedule.runs_on(day)) {
            return Err(ScheduleError::Never(cron.to_owned()));
        }
        Ok(schedule)
    }

    /// Every run that is due in the counted span.
    pub fn occurrences(&self) -> &Occurrences {
        self.due.get_or_init(|| self.counted())
    }

    fn counted(&self) -> Occurrences {
        let changes = self.offset_changes();
        let mut due = Vec::new();
        for day in days().filter(|day| self.runs_on(*day)) {
            match self.undisturbed_midnight(day, &changes) {
                Some(midnight) => due.extend(self.times.iter().map(|time| midnight + since_midnight(*time))),
                None => self.times.iter().for_each(|time| self.instants(day, *time, &mut due)),
            }
        }
        due.sort_unstable();
        due.dedup();
        Occurrences { due, ..Occurrences::default() }
    }

    /// The instants around the counted span at which the time zone's offset changes.
    fn offset_changes(&self) -> Vec<i64> {
        let years = |year: i16| i64::from(year - 1970) * 366 * 86_400;
        // Well before the span begins; from the first change on if that were no instant.
        let begin =
            Timestamp::from_second(years(COUNTED_FROM.year()) - years(1980)).unwrap_or(Timestamp::MIN);
        let changes = self.time_zone.following(begin).map(|change| change.timestamp().as_second());
        changes.take_while(|change| *change < years(COUNTED_UNTIL.year())).collect()
    }

    /// The instant of a day's midnight, if no change of the offset is near it: then the clock runs on as usual.
    fn undisturbed_midnight(&self, day: Date, changes: &[i64]) -> Option<i64> {
        let midnight = self.time_zone.to_ambiguous_timestamp(day.to_datetime(Time::midnight()));
        let midnight = midnight.compatible().ok()?.as_second();
        let near = |change: &i64| (midnight - 86_400..midnight + 2 * 86_400).contains(change);
        (!changes.iter().any(near)).then_some(midnight)
    }

    fn runs_on(&self, day: Date) -> bool {
        self.times
            .first()
            .is_some_and(|time| self.cron.is_time_matching(&day.to_datetime(*time)).unwrap_or(false))
    }

    /// Whether the wall clock decides alone. Airflow counts a cron that covers every hour in elapsed time, so that the
    /// repeated hour in autumn runs twice; any other cron runs once, at the second of the two
    /// (`airflow.timetables._cron`, `airflow.utils.timezone.make_aware`).
    fn covers_every_hour(&self) -> bool {
        (0..24).all(|hour| self.times.iter().any(|time| time.hour() == hour))
    }

    /// Adds the instants at which the wall clock shows a time of a day: none, one or two.
    fn instants(&self, day: Date, time: Time, due: &mut Vec<i64>) {
        let civil = day.to_datetime(time);
        let ambiguous = self.time_zone.to_ambiguous_timestamp(civil);
        let mut add = |instant: Result<Timestamp, jiff::Error>| due.extend(instant.map(Timestamp::as_second));
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => add(ambiguous.compatible()),
            AmbiguousOffset::Gap { .. } if self.covers_every_hour() => {}
            AmbiguousOffset::Gap { .. } => add(ambiguous.compatible()),
            AmbiguousOffset::Fold { .. } => {
                if self.covers_every_hour() {
                    add(ambiguous.earlier());
                }
                add(ambiguous.later());
            }
        }
    }
}

/// Seconds from midnight to a time of day.
fn since_midnight(time: Time) -> i64 {
    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60
}

/// The days of the counted span.
fn days() -> impl Iterator<Item = Date> {
    COUNTED_FROM.series(1.day()).take_while(|day| *day < COUNTED_UNTIL)
}

/// A schedule, or why it is none.
type Known = Result<Arc<Schedule>, ScheduleError>;

/// Schedules by their written form. Many specs share one, and counting its runs is the dearest part of a compilation.
#[derive(Debug, Default)]
pub struct Schedules {
    known: Mutex<BTreeMap<(String, String), Known>>,
}

impl Schedules {
    /// The schedule of a cron expression in a time zone, see [`Schedule::parse`].
    pub fn get(&self, cron: &str, time_zone: &str) -> Result<Arc<Schedule>, ScheduleError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let written = (cron.to_owned(), time_zone.to_owned());
        known.entry(written).or_insert_with(|| Schedule::parse(cron, time_zone).map(Arc::new)).clone()
    }
}

/// Instants at which runs are due, in seconds of the epoch, sorted.
#[derive(Clone, Debug, Default)]
pub struct Occurrences {
    due: Vec<i64>,
    /// What was asked for before: specs with one schedule ask for the same few.
    asked: Arc<Mutex<Asked>>,
}

#[derive(Debug, Default)]
struct Asked {
    windows: BTreeMap<Duration, Events>,
    distances: BTreeMap<usize, Vec<Duration>>,
}

impl Occurrences {
    /// The instants, in seconds of the epoch, sorted.
    pub fn as_seconds(&self) -> &[i64] {
        &self.due
    }

    /// The fewest and the most events in any window `(t - window, t]` that lies in the counted span.
    ///
    /// The count falls only one window after an event and rises only at one, so these instants decide. A window longer
    /// than the span holds what the span holds.
    pub fn in_windows_of(&self, window: Duration) -> Events {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        *asked.windows.entry(window).or_insert_with(|| self.count_windows(window))
    }

    fn count_windows(&self, window: Duration) -> Events {
        let length = i64::try_from(window.as_seconds()).unwrap_or(i64::MAX);
        let last = self.due.last().copied().unwrap_or(i64::MIN);
        let mut fewest = None;
        let mut most = 0;
        // The events before `begin` are past, and those before `end` are in the window that begins after this one.
        let mut end = 0;
        for (begin, due) in self.due.iter().enumerate() {
            let until = due.saturating_add(length);
            while self.due.get(end).is_some_and(|event| *event < until) {
                end += 1;
            }
            // The window that ends just before `until` still holds the event itself.
            most = most.max(end - begin);
            if until <= last {
                let at_its_end = usize::from(self.due.get(end) == Some(&until));
                fewest = Some(fewest.unwrap_or(usize::MAX).min(end + at_its_end - begin - 1));
            }
        }
        Events { fewest: fewest.unwrap_or(most) as u64, most: most as u64 }
    }

    /// The distances between a run and the one `steps` later: the different ones, sorted.
    pub fn distances(&self, steps: usize) -> Vec<Duration> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.distances.entry(steps).or_insert_with(|| self.find_distances(steps)).clone()
    }

    fn find_distances(&self, steps: usize) -> Vec<Duration> {
        let later = self.due.iter().skip(steps);
        let mut distances: Vec<Duration> = later
            .zip(&self.due)
            .map(|(later, earlier)| Duration::seconds(later.abs_diff(*earlier)))
            .collect();
        distances.sort_unstable();
        distances.dedup();
        distances
    }
}

fn times_of_day(cron: &Cron) -> Vec<Time> {
    let matches = |hour: i8, minute: i8| {
        cron.pattern.hour_match(u32::from(hour.unsigned_abs())).unwrap_or(false)
            && cron.pattern.minute_match(u32::from(minute.unsigned_abs())).unwrap_or(false)
    };
    (0..24i8)
        .flat_map(|hour| (0..60i8).map(move |minute| (hour, minute)))
        .filter(|(hour, minute)| matches(*hour, *minute))
        .filter_map(|(hour, minute)| Time::new(hour, minute, 0, 0).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn occurrences(cron: &str, zone: &str) -> Occurrences {
        Schedule::parse(cron, zone).unwrap().occurrences().clone()
    }

    fn in_28_days(cron: &str, zone: &str) -> (u64, u64) {
        let events = occurrences(cron, zone).in_windows_of(Duration::days(28));
        (events.fewest, events.most)
    }

    #[test]
    fn events_are_counted_and_not_divided() {
        assert_eq!(in_28_days("0 4 * * *", "Asia/Tokyo"), (28, 28));
        assert_eq!(in_28_days("*/10 * * * *", "UTC"), (4032, 4032));
        assert_eq!(in_28_days("0 4 * * 1-5", "Asia/Tokyo"), (20, 20));
        assert_eq!(in_28_days("0 4 * * 1", "Asia/Tokyo"), (4, 4));
        assert_eq!(in_28_days("0 4 1 * *", "Asia/Tokyo"), (0, 1));
        assert_eq!(in_28_days("@daily", "UTC"), (28, 28));
    }

    proptest! {
        /// Two pointers against the definition: every window of the span that ends at a whole second.
        #[test]
        fn windows_hold_what_the_definition_says(
            due in proptest::collection::btree_set(0i64..200, 1..40),
            window in 1u64..250,
        ) {
            let due: Vec<i64> = due.into_iter().collect();
            let length = i64::try_from(window).unwrap();
            let (first, last) = (due[0], due[due.len() - 1]);
            let count = |end: i64| due.iter().filter(|event| (end - length + 1..=end).contains(event)).count() as u64;
            let most = (first..=last).map(count).max().unwrap();
            let fewest = (first + length..=last).map(count).min().unwrap_or(most);
            let occurrences = Occurrences { due, ..Occurrences::default() };
            prop_assert_eq!(occurrences.in_windows_of(Duration::seconds(window)), Events { fewest, most });
        }
    }

    #[test]
    fn daylight_saving_moves_a_run_across_the_edge_of_a_window() {
        assert_eq!(in_28_days("0 4 * * *", "America/New_York"), (27, 29));
    }

    #[test]
    fn in_the_repeated_hour_an_hourly_cron_runs_twice_and_a_daily_one_at_the_second() {
        // New York, 2024-11-03: 01:00 to 02:00 happens twice, at 05:00 and 06:00 UTC.
        let at = |hour: i64, minute: i64| 1_730_592_000 + hour * 3_600 + minute * 60;
        let half_past = occurrences("30 * * * *", "America/New_York");
        assert!(half_past.as_seconds().contains(&at(5, 30)) && half_past.as_seconds().contains(&at(6, 30)));
        let daily = occurrences("30 1 * * *", "America/New_York");
        assert!(!daily.as_seconds().contains(&at(5, 30)) && daily.as_seconds().contains(&at(6, 30)));
    }

    #[test]
    fn sunday_is_0_and_7_and_day_of_month_or_weekday_suffices() {
        assert_eq!(
            occurrences("0 0 * * 7", "UTC").as_seconds(),
            occurrences("0 0 * * 0", "UTC").as_seconds()
        );
        let either = occurrences("0 0 1 * 1", "UTC").as_seconds().len();
        assert!(either > occurrences("0 0 * * 1", "UTC").as_seconds().len() + 30);
    }

    /// The short way to a day's instants against the long one, over zones with all sorts of changes.
    #[test]
    fn days_without_a_change_of_the_offset_are_as_the_clock_has_them() {
        let zones = ["UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"];
        for zone in
            zones.into_iter().chain(["Africa/Casablanca", "America/Nuuk", "Asia/Gaza", "Africa/Cairo"])
        {
            for cron in ["*/30 * * * *", "15 0,1,2,3,23 * * *", "0 4 * * *"] {
                let schedule = Schedule::parse(cron, zone).unwrap();
                let mut slowly = Vec::new();
                for day in days().filter(|day| schedule.runs_on(*day)) {
                    schedule.times.iter().for_each(|time| schedule.instants(day, *time, &mut slowly));
                }
                slowly.sort_unstable();
                slowly.dedup();
                assert_eq!(schedule.occurrences().as_seconds(), slowly, "{cron} in {zone}");
            }
        }
    }

    #[test]
    fn distances_between_runs() {
        assert_eq!(occurrences("0 4 * * *", "Asia/Tokyo").distances(1), [Duration::days(1)]);
        assert_eq!(
            occurrences("0 4 * * 1-5", "Asia/Tokyo").distances(1),
            [Duration::days(1), Duration::days(3)]
        );
        let hours = occurrences("0 4 * * *", "Europe/Berlin").distances(1);
        assert_eq!(hours, [Duration::hours(23), Duration::hours(24), Duration::hours(25)]);
    }

    #[test]
    fn what_cannot_be_used_says_what_to_write() {
        let help = |cron: &str| match Schedule::parse(cron, "UTC") {
            Err(ScheduleError::Cron(error)) => error.help,
            other => format!("{other:?}"),
        };
        assert!(help("0 4 * *").starts_with("give five fields, not 4"));
        assert!(help("0 0 4 * * *").starts_with("give five fields, without seconds"));
        assert!(help("@once").starts_with("the presets with a schedule are `@hourly`"));
        assert!(help("0 22-2 * * *").starts_with("write `22-2` as two ranges"));
        assert!(help("61 4 * * *").starts_with("`61` is not right for the minute: give 0 to 59"));
        assert_eq!(
            Schedule::parse("0 0 30 2 *", "UTC").err(),
            Some(ScheduleError::Never("0 0 30 2 *".into()))
        );
        for zone in ["Mars", "asia/tokyo", "utc", ""] {
            assert_eq!(Schedule::parse("@daily", zone).err(), Some(ScheduleError::TimeZone(zone.into())));
        }
        for zone in ["UTC", "Etc/UTC", "Asia/Tokyo", "Japan", "GMT"] {
            assert!(Schedule::parse("@daily", zone).is_ok(), "{zone}");
        }
    }
}
