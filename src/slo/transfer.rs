//! Schedules of the BigQuery Data Transfer Service, which are no cron and know no time zone but UTC.
//!
//! Their form is App Engine's (`cloud.google.com/appengine/docs/flexible/python/scheduling-jobs-with-cron-yaml`), as
//! `google/cloud/bigquery/datatransfer/v1/transfer.proto` says: `every day 07:00`, `every mon,wed 09:00`, `every 6 hours`.

use super::{Duration, Schedule};
use jiff::ToSpan;
use jiff::civil::{DateTime, Time, Weekday, date};
use std::collections::BTreeSet;

/// The days of the longest month.
const MONTH: u64 = 31;

/// A schedule of the transfer service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferSchedule {
    /// As the service takes it.
    pub written: String,
    /// The times of day that it comes to in the time zone of the cron expression, sorted; none for a fixed distance.
    pub local: Vec<String>,
    /// The longest time between two runs.
    pub gap: Duration,
    /// The most runs in a month of 31 days.
    pub most_runs: u64,
}

/// Why the transfer service cannot run a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTransferSchedule {
    /// It runs at several times of a day.
    #[error("it runs at several times of a day")]
    SeveralTimes,
    /// Its days are not those of a week.
    #[error("its days are not the same every week")]
    NotWeekly,
    /// Its distance is no whole number of minutes, or too short.
    #[error("its distance is not a whole number of minutes, five at least")]
    Distance,
    /// Something else starts it.
    #[error("it has no times")]
    Triggered,
}

impl TransferSchedule {
    /// The shortest distance between two runs of a scheduled query.
    pub const SHORTEST: Duration = Duration::minutes(5);

    /// A cron expression in its time zone. Where the offset from UTC changes, the latest of the instants counts, so that no
    /// run is early.
    ///
    /// # Errors
    /// When it is not one time on the same days of every week.
    pub fn of_cron(schedule: &Schedule) -> Result<TransferSchedule, NoTransferSchedule> {
        let counted =
            [date(2024, 1, 1), date(2028, 1, 1)].map(|day| seconds(day.to_datetime(Time::midnight())));
        let starts = schedule.starts(counted[0]..counted[1], |_| true);
        let days: Vec<_> = starts.iter().map(|start| schedule.local(*start).date()).collect();
        if days.iter().zip(days.iter().skip(1)).any(|(day, next)| day == next) {
            return Err(NoTransferSchedule::SeveralTimes);
        }
        if !schedule.is_weekly() {
            return Err(NoTransferSchedule::NotWeekly);
        }
        let midnights = days.iter().map(|day| seconds(day.to_datetime(Time::midnight())));
        let latest = starts.iter().zip(midnights.clone()).map(|(start, midnight)| start - midnight).max();
        let latest = latest.unwrap_or_default();
        let local = midnights.map(|midnight| clock(schedule.local(midnight + latest).time()));
        let weekdays: BTreeSet<i8> = days
            .iter()
            .map(|day| day.saturating_add(latest.div_euclid(DAY).days()).weekday().to_monday_zero_offset())
            .collect();
        let time =
            DateTime::constant(1970, 1, 1, 0, 0, 0, 0).saturating_add(latest.rem_euclid(DAY).seconds());
        Ok(TransferSchedule {
            written: format!("every {} {}", written(&weekdays), clock(time.time())),
            local: local.collect::<BTreeSet<_>>().into_iter().collect(),
            gap: Duration::days(longest_gap(&weekdays)),
            most_runs: most_in_a_month(&weekdays),
        })
    }

    /// A fixed distance between runs.
    ///
    /// # Errors
    /// When it is not a whole number of minutes, five at least.
    pub fn every(distance: Duration) -> Result<TransferSchedule, NoTransferSchedule> {
        let seconds = distance.as_seconds();
        let written = match (seconds.is_multiple_of(3_600), seconds.is_multiple_of(60)) {
            _ if distance < TransferSchedule::SHORTEST => return Err(NoTransferSchedule::Distance),
            (true, _) => format!("every {} hours", seconds / 3_600),
            (_, true) => format!("every {} minutes", seconds / 60),
            _ => return Err(NoTransferSchedule::Distance),
        };
        let most_runs = (MONTH * 86_400).div_ceil(seconds);
        Ok(TransferSchedule { written, local: Vec::new(), gap: distance, most_runs })
    }
}

const DAY: i64 = 86_400;

/// Seconds of the epoch, if it were UTC.
fn seconds(at: DateTime) -> i64 {
    at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs()
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Weekdays from Monday, which is 0.
fn written(weekdays: &BTreeSet<i8>) -> String {
    if weekdays.len() == 7 {
        return "day".to_owned();
    }
    let name = |day: &i8| match Weekday::from_monday_zero_offset(*day) {
        Ok(Weekday::Monday) => "mon",
        Ok(Weekday::Tuesday) => "tue",
        Ok(Weekday::Wednesday) => "wed",
        Ok(Weekday::Thursday) => "thu",
        Ok(Weekday::Friday) => "fri",
        Ok(Weekday::Saturday) => "sat",
        Ok(Weekday::Sunday) | Err(_) => "sun",
    };
    weekdays.iter().map(name).collect::<Vec<_>>().join(",")
}

/// The most days from one of the weekdays to the next.
fn longest_gap(weekdays: &BTreeSet<i8>) -> u64 {
    let around = weekdays.iter().copied().chain(weekdays.first().map(|first| first + 7));
    let gaps = weekdays.iter().zip(around.skip(1)).map(|(day, next)| next.abs_diff(*day));
    gaps.max().map_or(7, u64::from)
}

/// The most runs on weekdays in a month: whole weeks, and the days that are left where most of them are due.
fn most_in_a_month(weekdays: &BTreeSet<i8>) -> u64 {
    let due = |day: i8| u64::from(weekdays.contains(&day.rem_euclid(7)));
    let left = |first: i8| (first..).take((MONTH % 7) as usize).map(due).sum::<u64>();
    (MONTH / 7) * weekdays.len() as u64 + (0..7).map(left).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cron: &str, zone: &str) -> Result<String, NoTransferSchedule> {
        let schedule = TransferSchedule::of_cron(&Schedule::parse(cron, zone).unwrap())?;
        Ok(format!("{} = {} each {}", schedule.written, schedule.local.join(" or "), schedule.gap))
    }

    #[test]
    fn the_latest_instant_in_utc_counts() {
        for (cron, zone, expected) in [
            ("0 7 * * *", "UTC", "every day 07:00 = 07:00 each 1d"),
            ("0 7 * * *", "Asia/Tokyo", "every day 22:00 = 07:00 each 1d"),
            ("30 7 * * *", "America/New_York", "every day 12:30 = 07:30 or 08:30 each 1d"),
            ("0 7 * * 1", "Asia/Tokyo", "every sun 22:00 = 07:00 each 7d"),
            ("0 9 * * 1-5", "Asia/Tokyo", "every mon,tue,wed,thu,fri 00:00 = 09:00 each 3d"),
            ("0 8 * * 1-5", "Asia/Tokyo", "every mon,tue,wed,thu,sun 23:00 = 08:00 each 3d"),
            ("0 20 * * 5,6", "America/New_York", "every sat,sun 01:00 = 20:00 or 21:00 each 6d"),
            // In summer 19:30 is 23:30 in UTC, in winter 00:30 of the next day.
            ("30 19 * * 1", "America/New_York", "every tue 00:30 = 19:30 or 20:30 each 7d"),
            ("0 7 * * *", "Asia/Kathmandu", "every day 01:15 = 07:00 each 1d"),
        ] {
            assert_eq!(of(cron, zone).as_deref(), Ok(expected), "{cron} {zone}");
        }
    }

    #[test]
    fn no_run_is_early() {
        for zone in ["America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo"] {
            let schedule = Schedule::parse("30 2 * * *", zone).unwrap();
            let written = TransferSchedule::of_cron(&schedule).unwrap();
            assert!(written.local.iter().all(|local| local.as_str() >= "02:30"), "{zone}: {written:?}");
        }
    }

    #[test]
    fn what_the_service_cannot_run_says_why() {
        assert_eq!(of("0 7,19 * * *", "UTC"), Err(NoTransferSchedule::SeveralTimes));
        assert_eq!(of("0 7 1 * *", "UTC"), Err(NoTransferSchedule::NotWeekly));
        assert_eq!(of("0 7 * * 1#1", "UTC"), Err(NoTransferSchedule::NotWeekly));
        let every = |distance| TransferSchedule::every(distance).map(|schedule| schedule.written);
        assert_eq!(every(Duration::hours(6)).as_deref(), Ok("every 6 hours"));
        assert_eq!(every(Duration::minutes(90)).as_deref(), Ok("every 90 minutes"));
        assert_eq!(every(Duration::seconds(90)), Err(NoTransferSchedule::Distance));
        assert_eq!(every(Duration::minutes(1)), Err(NoTransferSchedule::Distance));
    }

    #[test]
    fn a_month_has_as_many_runs_as_its_longest() {
        let cron =
            |cron| TransferSchedule::of_cron(&Schedule::parse(cron, "UTC").unwrap()).unwrap().most_runs;
        assert_eq!(cron("0 7 * * *"), 31);
        assert_eq!(cron("0 7 * * 1"), 5);
        // From a Monday, a Tuesday or a Wednesday on; and from a Sunday.
        assert_eq!(cron("0 7 * * 1-5"), 23);
        assert_eq!(cron("0 7 * * 0,1,2"), 15);
        let every = |distance| TransferSchedule::every(distance).unwrap().most_runs;
        assert_eq!(every(Duration::hours(6)), 124);
        assert_eq!(every(Duration::minutes(7 * 60)), 107);
        assert_eq!(every(Duration::hours(40 * 24)), 1);
    }
}
