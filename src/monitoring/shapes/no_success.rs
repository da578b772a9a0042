//! Nothing succeeds: a leg that a page on repeated failures stands on, too, should every PromQL query be refused, or return
//! nothing.
//!
//! A count below its threshold, where no data count as none, is a construct of its own: it rests on nothing that the queries
//! rest on.

use super::{DagRuns, Shape};
use crate::gcp::limits;
use crate::monitoring::Query;
use crate::promql::{Expr, Operator};
use crate::slo::{Duration, Occurrences};

/// How far the count looks back: about as far as a threshold can.
const PERIOD: Duration = Duration::hours(24);

/// Runs take longer and shorter times, and wait: so much may lie between two successes beside the distance of their starts.
const SLACK: Duration = Duration::hours(6);

/// A day, and the hour by which clocks go back.
const DAILY: Duration = Duration::hours(25);

/// How long there must have been no success in the last 24 hours, so that `row` runs in a row have failed or are missing.
/// `None` where runs are not due at least daily, or where a condition cannot hold for so long: there the leg would page for
/// fewer than the promise says.
pub fn held_without_success(due: &Occurrences, row: u64, at_least: Duration) -> Option<Duration> {
    let longest = |steps: u64| due.distances(usize::try_from(steps).ok()?).last().copied();
    let row = longest(row).filter(|_| longest(1).is_some_and(|gap| gap <= DAILY))?;
    let beyond = row.less(PERIOD);
    // Whole minutes, as are the starts of a cron.
    let held = Duration::minutes(beyond.plus(SLACK).max(at_least).as_seconds().div_ceil(60));
    (held <= limits::HOLD_MAX).then_some(held)
}

/// The same alert, and also when nothing has succeeded for a day and as long as it must hold.
pub fn or_no_success(shape: Shape, runs: &DagRuns, held: Duration) -> Shape {
    let silent = PERIOD.plus(held);
    let successes = Expr::call("count_over_time", runs.successes().over(silent));
    let none = super::or_zero(Expr::aggregate("sum", successes)).then(Operator::Less, 1.0);
    let mut conditions = shape.conditions;
    let filter = runs.ended("success");
    conditions.push(Query::TooFew { filter, period: PERIOD, least: 1, held, twin: none.clone() });
    Shape {
        conditions,
        twin: shape.twin.then(Operator::Or, none),
        facts: shape.facts.with("silent", silent),
        ..shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::Schedule;

    fn held(cron: &str, zone: &str, row: u64) -> Option<Duration> {
        let schedule = Schedule::parse(cron, zone).unwrap();
        held_without_success(schedule.occurrences(), row, Duration::seconds(0))
    }

    /// Between the success before a row and the last failure of it lie as many distances as the row has failures.
    #[test]
    fn so_long_a_silence_holds_a_whole_row() {
        let hours = |hours| Some(Duration::hours(hours));
        assert_eq!(held("0 * * * *", "UTC", 2), hours(6));
        assert_eq!(held("0 */12 * * *", "UTC", 2), hours(6));
        // Three in a row are 36 hours.
        assert_eq!(held("0 */12 * * *", "UTC", 3), hours(18));
        // Four are 48, for which no condition can hold.
        assert_eq!(held("0 */12 * * *", "UTC", 4), None);
        // Where clocks go back, two runs are 13 hours apart, and three 25.
        assert_eq!(held("0 */12 * * *", "America/New_York", 2), hours(7));
        assert_eq!(
            held_without_success(&Occurrences::every(Duration::hours(8)), 3, Duration::seconds(0)),
            hours(6)
        );
    }

    #[test]
    fn a_daily_run_has_no_room_for_a_row_and_less_often_is_not_daily() {
        for (cron, row) in [("0 4 * * *", 2), ("0 4 * * 1-5", 2), ("0 4,5 * * 1-5", 2), ("@weekly", 1)] {
            assert_eq!(held(cron, "UTC", row), None, "{cron}");
        }
        assert_eq!(held_without_success(&Occurrences::at_least(4, Duration::days(1)), 2, PERIOD), None);
    }

    #[test]
    fn a_grace_makes_it_longer() {
        let hourly = Occurrences::every(Duration::hours(1));
        let of = |grace| held_without_success(&hourly, 2, grace);
        assert_eq!(of(Duration::hours(1)), Some(Duration::hours(6)));
        assert_eq!(of(Duration::hours(8)), Some(Duration::hours(8)));
        assert_eq!(of(Duration::hours(24)), None);
    }
}
