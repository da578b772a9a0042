//! Slices of time, each good or bad as a whole, and the hours in which they are due.

use super::{Duration, KNOWN, Occurrences, TimeOfDay};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::ops::Range;

/// The hours of each day in which something is due, by the clock of a time zone.
#[derive(Clone, Debug)]
pub struct ActiveHours {
    from: TimeOfDay,
    length: i64,
    zone: TimeZone,
}

/// A day, in seconds.
const DAY: i64 = 86_400;

impl ActiveHours {
    /// From one time of day to another, which is later and less than a day away. `None` without that, and in a time zone
    /// that does not exist.
    pub fn new(from: TimeOfDay, to: TimeOfDay, time_zone: &str) -> Option<ActiveHours> {
        let minutes = to.as_minutes().checked_sub(from.as_minutes())?;
        let zone = TimeZoneDatabase::bundled().get(time_zone).ok()?;
        (1..1_440).contains(&minutes).then(|| ActiveHours { from, length: 60 * i64::from(minutes), zone })
    }

    /// How long they are.
    pub const fn length(&self) -> Duration {
        Duration::seconds(self.length.unsigned_abs())
    }

    /// What the clock of these hours is: the seconds since they last began are `(time + shift) % 86400`, where the shift
    /// begins with the first number, and changes by the others at their instants.
    pub fn clock(&self) -> (i64, Vec<(i64, i64)>) {
        let from = 60 * i64::from(self.from.as_minutes());
        let shift = (self.offset(KNOWN.start) - from).rem_euclid(DAY);
        let mut offset = self.offset(KNOWN.start);
        let mut changes = Vec::new();
        for change in self.changes() {
            let next = self.offset(change);
            changes.extend((next != offset).then_some((change, next - offset)));
            offset = next;
        }
        (shift, changes)
    }

    fn offset(&self, time: i64) -> i64 {
        let offset = Timestamp::from_second(time).map(|time| self.zone.to_offset(time).seconds());
        offset.map_or(0, i64::from)
    }

    /// When the offset of the time zone changes, in the years that are known.
    fn changes(&self) -> Vec<i64> {
        let Ok(start) = Timestamp::from_second(KNOWN.start) else { return Vec::new() };
        let instants = self.zone.following(start).map(|change| change.timestamp().as_second());
        instants.take_while(|time| KNOWN.contains(time)).collect()
    }

    /// Whether an instant is in these hours, for spans that end in them and last so long.
    fn hold(&self, clock: &(i64, Vec<(i64, i64)>), time: i64, slice: i64) -> bool {
        let (shift, changes) = clock;
        let passed = changes.iter().filter(|(instant, _)| *instant <= time).map(|(_, by)| by);
        let since = (time + shift + passed.sum::<i64>()).rem_euclid(DAY);
        (slice..=self.length).contains(&since)
    }
}

/// Slices of time of one length.
#[derive(Clone, Debug)]
pub struct Slices {
    /// How long each is.
    pub length: Duration,
    /// The hours in which they are due, if not always: whole slices only.
    pub hours: Option<ActiveHours>,
}

impl Slices {
    /// The ends of the slices that are due. They lie at whole multiples of their length, as the steps of a query do.
    pub fn occurrences(&self, window: Duration) -> Occurrences {
        let Some(hours) = &self.hours else { return Occurrences::every(self.length) };
        let length = i64::try_from(self.length.as_seconds()).unwrap_or(i64::MAX).max(1);
        let clock = hours.clock();
        let span = known_for(&clock.1, window);
        let ends = (span.start.div_euclid(length)..span.end.div_euclid(length)).map(|index| index * length);
        Occurrences::at(ends.filter(|end| hours.hold(&clock, *end, length)).collect())
    }

    /// The most that are due in a window, where no clock changes.
    pub fn most_in(&self, window: Duration) -> u64 {
        let window = window.as_seconds();
        let day = DAY.unsigned_abs();
        let of_day = self.hours.as_ref().map_or(day, |hours| hours.length().as_seconds());
        let due = window / day * of_day + (window % day).min(of_day);
        due.checked_div(self.length.as_seconds()).unwrap_or(0)
    }
}

/// Where clocks do not change, windows that begin on two days tell all.
fn known_for(changes: &[(i64, i64)], window: Duration) -> Range<i64> {
    if !changes.is_empty() {
        return KNOWN;
    }
    let whole = i64::try_from(window.as_seconds()).unwrap_or(i64::MAX).saturating_add(3 * DAY);
    KNOWN.start..KNOWN.start.saturating_add(whole).min(KNOWN.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::Events;

    fn hours(from: &str, to: &str, zone: &str) -> ActiveHours {
        let time = |text| TimeOfDay::parse(text).unwrap();
        ActiveHours::new(time(from), time(to), zone).unwrap()
    }

    fn counted(hours: Option<ActiveHours>, minutes: u64, window: Duration) -> Events {
        Slices { length: Duration::minutes(minutes), hours }.occurrences(window).in_windows_of(window)
    }

    #[test]
    fn slices_are_counted_in_the_hours_alone() {
        let month = Duration::days(28);
        assert_eq!(counted(None, 5, month).to_string(), "8064");
        let tokyo = || Some(hours("06:00", "26:00", "Asia/Tokyo"));
        assert_eq!(counted(tokyo(), 5, month).to_string(), (28 * 240).to_string());
        // A slice of an hour and a half does not divide the twenty hours.
        let odd = counted(tokyo(), 90, month);
        assert!(odd.fewest >= 28 * 12 && odd.most <= 28 * 13, "{odd}");
        for (minutes, window) in [(5, Duration::hours(1)), (30, Duration::hours(24)), (60, Duration::days(3))]
        {
            let slices = Slices { length: Duration::minutes(minutes), hours: tokyo() };
            assert_eq!(
                slices.most_in(window),
                counted(tokyo(), minutes, window).most,
                "{minutes}m in {window}"
            );
        }
    }

    #[test]
    fn a_day_on_which_clocks_change_is_an_hour_shorter_or_longer() {
        let month = Duration::days(28);
        let night = counted(Some(hours("00:00", "12:00", "America/New_York")), 60, month);
        assert_eq!(night, Events { fewest: 28 * 12 - 1, most: 28 * 12 + 1 });
        let afternoon = counted(Some(hours("12:00", "18:00", "America/New_York")), 60, month);
        assert_eq!(afternoon, Events { fewest: 28 * 6 - 1, most: 28 * 6 + 1 });
    }

    #[test]
    fn the_clock_begins_with_the_hours() {
        let tokyo = hours("06:00", "26:00", "Asia/Tokyo");
        // Six o'clock in Tokyo is 21:00 in UTC.
        assert_eq!(tokyo.clock(), (3 * 3_600, Vec::new()));
        assert_eq!(tokyo.length(), Duration::hours(20));
        let (_, changes) = hours("06:00", "26:00", "America/New_York").clock();
        assert_eq!(changes.len(), 10);
        assert!(changes.iter().all(|(_, by)| by.abs() == 3_600));
        assert!(
            ActiveHours::new(TimeOfDay::parse("06:00").unwrap(), TimeOfDay::parse("06:00").unwrap(), "UTC")
                .is_none()
        );
    }
}
