//! When runs are due: cron in a time zone, read as Airflow reads it.

use super::cron::{self, CronError};
use super::latest_start::LatestStart;
use super::{Calendar, Deadline, Duration, Occurrences, TimeOfDay};
use croner::Cron;
use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The span over which expected events are counted when nothing bounds it: four years with a leap day, always the
/// same, so that the same spec gives the same numbers on every day.
const COUNTED: Range<Date> = date(2024, 1, 1)..date(2028, 1, 1);

/// With a calendar, windows that begin as long before its first day are counted, too; a longer window holds what these
/// years hold.
const YEARS_BEFORE: i16 = 4;

/// Of a longer calendar, the windows that end in its first years are counted: a run a minute is half a million a year.
const YEARS_OF_A_CALENDAR: i16 = 10;

/// The days that starts are looked for in, whoever asks for which span.
const SPANNED: Range<Date> = date(1960, 1, 1)..date(2101, 1, 1);

/// A cron expression in a time zone and, where it has one, the calendar on whose closed days it does not run.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    time_zone: TimeZone,
    /// The times of day at which it runs, sorted.
    times: Vec<Time>,
    calendar: Option<Arc<Calendar>>,
    /// Every run that is due in the counted span, once somebody asks.
    due: OnceLock<Occurrences>,
    /// The latest starts by what was asked for, once somebody asks.
    latest_starts: Arc<Mutex<LatestStarts>>,
}

/// How many starts before the latest, the deadline and the delay.
type Asked = (usize, Deadline, Duration);

type LatestStarts = BTreeMap<Asked, Option<Arc<LatestStart>>>;

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
        let schedule = Schedule {
            cron: parsed,
            time_zone,
            times,
            calendar: None,
            due: OnceLock::new(),
            latest_starts: Arc::default(),
        };
        if !days(&COUNTED).any(|day| schedule.runs_on(day)) {
            return Err(ScheduleError::Never(cron.to_owned()));
        }
        Ok(schedule)
    }

    /// The same schedule, without runs on the closed days of a calendar.
    pub fn with_calendar(&self, calendar: Arc<Calendar>) -> Schedule {
        Schedule {
            calendar: Some(calendar),
            due: OnceLock::new(),
            latest_starts: Arc::default(),
            ..self.clone()
        }
    }

    /// The runs that budgets are counted over: without a calendar those of a fixed span; with one those in the windows
    /// that end on a day that it knows.
    pub fn occurrences(&self) -> &Occurrences {
        self.due.get_or_init(|| match &self.calendar {
            None => Occurrences::at(self.starts_on(&COUNTED, |_| true)),
            Some(calendar) => self.counted_over(calendar),
        })
    }

    fn counted_over(&self, calendar: &Calendar) -> Occurrences {
        let first = calendar.from.as_civil();
        let years_later = |years: i16| first.saturating_add(i32::from(years).years());
        let end = calendar.through.as_civil().saturating_add(1.day()).min(years_later(YEARS_OF_A_CALENDAR));
        let starts =
            self.starts_on(&(years_later(-YEARS_BEFORE)..end), |day| !is_closed(&self.calendar, day));
        Occurrences::in_windows_that_end(starts, self.midnight(first)..self.midnight(end))
    }

    /// The scheduled starts in a span, in seconds of the epoch, sorted: those on days for which `is_due` holds, the
    /// local dates of the starts. The calendar does not matter here.
    pub fn starts(&self, span: Range<i64>, is_due: impl Fn(Date) -> bool) -> Vec<i64> {
        let days_around = self.local_day(span.start).saturating_sub(1.day()).max(SPANNED.start)
            ..self.local_day(span.end).saturating_add(2.days()).min(SPANNED.end);
        let mut starts = self.starts_on(&days_around, is_due);
        starts.retain(|start| span.contains(start));
        starts
    }

    /// Whether the calendar keeps runs from starting on a day.
    pub fn is_closed(&self, day: Date) -> bool {
        is_closed(&self.calendar, day)
    }

    /// Whether it has runs on the days that its calendar knows, but on none that is open.
    pub fn runs_on_closed_days_only(&self) -> bool {
        let known = self.calendar.iter().flat_map(|calendar| calendar.days().map(super::Date::as_civil));
        let mut runs = known.filter(|day| self.runs_on(*day)).peekable();
        runs.peek().is_some() && runs.all(|day| self.is_closed(day))
    }

    fn starts_on(&self, span: &Range<Date>, is_due: impl Fn(Date) -> bool) -> Vec<i64> {
        let changes = self.offset_changes(span);
        let mut due = Vec::new();
        for day in days(span).filter(|day| self.runs_on(*day)) {
            match self.undisturbed_midnight(day, &changes) {
                Some(_) if !is_due(day) => {}
                Some(midnight) => due.extend(self.times.iter().map(|time| midnight + since_midnight(*time))),
                None => {
                    let starts = self.starts_of_disturbed(day);
                    // A change of the offset may move a start to another day.
                    due.extend(starts.into_iter().filter(|start| is_due(self.local_day(*start))));
                }
            }
        }
        due.sort_unstable();
        due.dedup();
        due
    }

    /// The day on which an instant is, by the time zone.
    fn local_day(&self, second: i64) -> Date {
        self.local(second).date()
    }

    /// The offset from UTC at an instant, in seconds.
    pub(super) fn offset(&self, second: i64) -> i64 {
        let nearest = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.time_zone.to_offset(Timestamp::from_second(second).unwrap_or(nearest)).seconds().into()
    }

    /// What is known of a deadline, or is found now.
    pub(super) fn known_start(
        &self,
        asked: Asked,
        find: impl FnOnce() -> Option<Arc<LatestStart>>,
    ) -> Option<Arc<LatestStart>> {
        let mut known = self.latest_starts.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(asked).or_insert_with(find).clone()
    }

    /// Whether every week has the same runs, but for closed days and changes of the clock.
    pub(super) fn is_weekly(&self) -> bool {
        let runs = |day: &Date| self.runs_on(*day);
        let mut on = [None; 7];
        days(&(COUNTED.start..COUNTED.start.saturating_add(400.days()))).all(|day| {
            let weekday = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
            on.get_mut(weekday).is_some_and(|known| *known.get_or_insert_with(|| runs(&day)) == runs(&day))
        })
    }

    /// What the clock shows at an instant.
    pub fn local(&self, second: i64) -> DateTime {
        let nearest = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.time_zone.to_datetime(Timestamp::from_second(second).unwrap_or(nearest))
    }

    /// Whether the offset is the same all through a span.
    pub(super) fn keeps_its_offset(&self, span: &Range<i64>) -> bool {
        self.offset_changes(&(self.local_day(span.start)..self.local_day(span.end))).is_empty()
    }

    /// The first instant after a start at which the clock shows a time of the start's day.
    pub(super) fn clock(&self, start: i64, time: TimeOfDay) -> i64 {
        let minutes = i64::from(time.as_minutes());
        let day = self.local_day(start).saturating_add((minutes / 1_440).days());
        let in_day = SignedDuration::from_mins(minutes % 1_440);
        let shown = day.to_datetime(Time::midnight()).saturating_add(in_day);
        self.time_zone.to_ambiguous_timestamp(shown).compatible().map_or(start, Timestamp::as_second)
    }

    /// The instants at which the calendar's days begin and end.
    pub(super) fn edges(&self) -> Vec<i64> {
        let calendar = self.calendar.as_ref();
        let edges = calendar.map(|calendar| {
            let after = calendar.through.as_civil().saturating_add(1.day());
            [self.midnight(calendar.from.as_civil()), self.midnight(after)]
        });
        edges.into_iter().flatten().collect()
    }

    /// The instant at which a day begins.
    fn midnight(&self, day: Date) -> i64 {
        let midnight = self.time_zone.to_ambiguous_timestamp(day.to_datetime(Time::midnight()));
        midnight.compatible().map_or(0, Timestamp::as_second)
    }

    /// The instants around a span at which the time zone's offset changes.
    fn offset_changes(&self, span: &Range<Date>) -> Vec<i64> {
        let well_before = self.midnight(span.start.saturating_sub(3.days()));
        let well_after = self.midnight(span.end.saturating_add(3.days()));
        let begin = Timestamp::from_second(well_before).unwrap_or(Timestamp::MIN);
        let changes = self.time_zone.following(begin).map(|change| change.timestamp().as_second());
        changes.take_while(|change| *change < well_after).collect()
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

    /// The starts of a day on which, or beside which, the offset changes. Airflow looks for the next start after what the clock
    /// showed at the one before: what the clock skips runs as much later, and the times that this passes do not run again.
    fn starts_of_disturbed(&self, day: Date) -> Vec<i64> {
        let mut starts = Vec::new();
        let mut shown: Option<DateTime> = None;
        for time in &self.times {
            if shown.is_some_and(|shown| day.to_datetime(*time) <= shown) {
                continue;
            }
            self.instants(day, *time, &mut starts);
            if !self.covers_every_hour() {
                shown = starts.last().map(|start| self.local(*start));
            }
        }
        starts
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

fn days(span: &Range<Date>) -> impl Iterator<Item = Date> {
    let end = span.end;
    span.start.series(1.day()).take_while(move |day| *day < end)
}

fn is_closed(calendar: &Option<Arc<Calendar>>, day: Date) -> bool {
    let closed = |calendar: &Arc<Calendar>| Some(calendar.is_closed(super::Date::from_civil(day)?));
    calendar.as_ref().and_then(closed).unwrap_or(false)
}

/// A schedule, or why it is none.
type Known = Result<Arc<Schedule>, ScheduleError>;

/// A cron expression, a time zone, and the name of a calendar.
type Written = (String, String, Option<String>);

/// Schedules by their written form. Many specs share one, and counting its runs is the dearest part of a compilation.
#[derive(Debug, Default)]
pub struct Schedules {
    calendars: BTreeMap<String, Arc<Calendar>>,
    known: Mutex<BTreeMap<Written, Known>>,
}

impl Schedules {
    /// No schedule yet, and calendars by their names.
    pub fn with_calendars(calendars: BTreeMap<String, Arc<Calendar>>) -> Schedules {
        Schedules { calendars, ..Schedules::default() }
    }

    /// The calendar of a name.
    pub fn calendar(&self, name: &str) -> Option<&Arc<Calendar>> {
        self.calendars.get(name)
    }

    /// The schedule of a cron expression in a time zone, see [`Schedule::parse`].
    pub fn get(&self, cron: &str, time_zone: &str) -> Result<Arc<Schedule>, ScheduleError> {
        self.known(cron, time_zone, None, || Schedule::parse(cron, time_zone))
    }

    /// The same with a calendar's closed days taken away; without them if no calendar has the name.
    pub fn get_with_calendar(
        &self,
        cron: &str,
        time_zone: &str,
        calendar: &str,
    ) -> Result<Arc<Schedule>, ScheduleError> {
        let plain = self.get(cron, time_zone)?;
        match self.calendar(calendar) {
            None => Ok(plain),
            Some(days) => {
                self.known(cron, time_zone, Some(calendar), || Ok(plain.with_calendar(Arc::clone(days))))
            }
        }
    }

    fn known(
        &self,
        cron: &str,
        time_zone: &str,
        calendar: Option<&str>,
        make: impl FnOnce() -> Result<Schedule, ScheduleError>,
    ) -> Known {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let written = (cron.to_owned(), time_zone.to_owned(), calendar.map(str::to_owned));
        known.entry(written).or_insert_with(|| make().map(Arc::new)).clone()
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
    use crate::slo::Duration;

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
                for day in days(&COUNTED).filter(|day| schedule.runs_on(*day)) {
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
        assert!(help("@reboot").starts_with("the presets with a schedule are `@hourly`"));
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
