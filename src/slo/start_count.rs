//! How many starts there were by an instant, where they lie on steps of one length.
//!
//! A step of five minutes from 6:00 to 21:55 is a step of five minutes all day, less those of the night. So the starts before
//! an instant are counted by a formula that is short enough for a query, however many of them a row of failures goes back.

use super::Due;
use std::collections::BTreeSet;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// Starts at even steps, less the steps at which nothing starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartCount {
    /// The length of a step, in seconds.
    pub step: i64,
    /// When one begins: seconds after a multiple of the step, in UTC.
    pub phase: i64,
    /// Where nothing starts: parts of hours, nights, days of the week.
    pub left_out: Vec<LeftOut>,
}

/// Steps of every period at which nothing starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The period, in seconds.
    pub period: i64,
    /// The step before the first of them: seconds after the beginning of a period, in UTC.
    pub phase: i64,
    /// How many they are.
    pub steps: i64,
}

/// More of them fit into no query.
const MOST_LEFT_OUT: usize = 6;

impl StartCount {
    /// The starts up to an instant, that one included. Only differences mean something.
    pub fn at(&self, time: i64) -> i64 {
        let left_out = self.left_out.iter().map(|one| {
            let since = time - one.phase;
            since.div_euclid(one.period) * one.steps
                + (since.rem_euclid(one.period) / self.step).min(one.steps)
        });
        (time - self.phase).div_euclid(self.step) - left_out.sum::<i64>()
    }

    /// Of the starts of a week.
    fn of_week(week: &[i64]) -> Option<StartCount> {
        let first = *week.first()?;
        let step = week.iter().map(|start| start - first).fold(WEEK, greatest_common_divisor);
        let taken: BTreeSet<i64> = week.iter().map(|start| (start - first) / step).collect();
        let mut free: BTreeSet<i64> = (0..WEEK / step).filter(|place| !taken.contains(place)).collect();
        let mut left_out = Vec::new();
        for period in [HOUR, DAY, WEEK].into_iter().filter(|period| period % step == 0) {
            let places = period / step;
            let each =
                |place: &i64| (*place..WEEK / step).step_by(usize::try_from(places).unwrap_or(usize::MAX));
            let all: BTreeSet<i64> =
                (0..places).filter(|place| each(place).all(|place| free.contains(&place))).collect();
            free.retain(|place| !all.contains(&(place % places)));
            left_out.extend(runs(&all, first, step, period));
        }
        let count = StartCount { step, phase: first.rem_euclid(step), left_out };
        (count.left_out.len() <= MOST_LEFT_OUT).then_some(count)
    }
}

fn greatest_common_divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

/// What lies side by side; the first place of all is taken, so none of these goes around.
fn runs(free: &BTreeSet<i64>, first: i64, step: i64, period: i64) -> Vec<LeftOut> {
    let mut runs: Vec<LeftOut> = Vec::new();
    let mut end = None;
    for place in free {
        match runs.last_mut() {
            Some(run) if end == Some(*place) => run.steps += 1,
            _ => {
                let phase = (first + (place - 1) * step).rem_euclid(period);
                runs.push(LeftOut { period, phase, steps: 1 });
            }
        }
        end = Some(place + 1);
    }
    runs
}

impl Due {
    /// The count of the starts; `None` where they lie on no such steps, as where the clocks change or days are closed.
    pub fn start_count(&self) -> Option<StartCount> {
        if self.schedule().is_none() || self.is_suspended() {
            return None;
        }
        let starts = self.occurrences().as_seconds();
        let next_week = starts.first()? + WEEK;
        let in_a_week = starts.partition_point(|start| *start < next_week);
        let weekly = |(start, next): (&i64, &i64)| next - start == WEEK;
        if !starts.iter().zip(starts.iter().skip(in_a_week)).all(weekly) {
            return None;
        }
        let week = starts.get(..in_a_week)?;
        let count = StartCount::of_week(week)?;
        let none = count.at(week.first()? - 1);
        let counted = |(before, start): (i64, &i64)| {
            count.at(start - 1) - none == before && count.at(*start) - none == before + 1
        };
        (0..).zip(week).all(counted).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::Schedule;
    use std::sync::Arc;

    /// It counts every start of all the years that are known.
    fn count(cron: &str, zone: &str) -> Option<StartCount> {
        let due = Due::scheduled(Arc::new(Schedule::parse(cron, zone).unwrap()));
        let starts = due.occurrences().as_seconds();
        let count = due.start_count()?;
        let none = count.at(starts[0] - 1);
        for (before, start) in (0..).zip(starts) {
            assert_eq!((count.at(start - 1), count.at(*start)), (none + before, none + before + 1), "{cron}");
        }
        Some(count)
    }

    /// Period, phase and steps of what is left out.
    fn left_out(cron: &str, zone: &str) -> Vec<(i64, i64, i64)> {
        let count = count(cron, zone).unwrap_or_else(|| panic!("{cron} is counted"));
        count.left_out.iter().map(|one| (one.period, one.phase, one.steps)).collect()
    }

    #[test]
    fn nights_and_days_of_the_week_are_left_out() {
        assert_eq!(left_out("*/5 * * * *", "UTC"), []);
        let nine_to_ten = 21 * 3_600 + 55 * 60;
        assert_eq!(left_out("*/5 6-21 * * *", "UTC"), [(DAY, nine_to_ten, 96)]);
        assert_eq!(left_out("*/5 6-21 * * *", "Asia/Tokyo"), [(DAY, nine_to_ten - 9 * 3_600, 96)]);
        // The night, and what would start by day on Saturday and Sunday.
        let weekdays = left_out("*/15 6-20 * * 1-5", "UTC");
        assert_eq!(
            weekdays.iter().map(|one| (one.0, one.2)).collect::<Vec<_>>(),
            [(DAY, 36), (WEEK, 60), (WEEK, 60),]
        );
        assert_eq!(left_out("0,10,20,40 * * * *", "UTC"), [(HOUR, 1_200, 1), (HOUR, 2_400, 1)]);
    }

    #[test]
    fn what_lies_on_no_steps_is_not_counted() {
        for (cron, zone) in [
            ("0 4 1 * *", "UTC"),
            ("*/7 * * * *", "UTC"),
            ("*/5 6-21 * * *", "Europe/Berlin"),
            ("0 4 * * 1#2", "UTC"),
        ] {
            assert_eq!(count(cron, zone), None, "{cron} {zone}");
        }
    }
}
