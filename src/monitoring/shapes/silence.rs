//! Nothing has ended for too long, where no clock says when something should: timedelta schedules and triggered runs.

use super::deadline::DELAY;
use super::{Shape, in_seconds, last_seen, or_zero, outside};
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use crate::templates::{Fact, Facts};
use std::ops::Range;

/// What was seen at some times was last seen longer than `longest` ago. After a pause, the time counts from its end.
pub fn silence(times: &Expr, longest: Duration, pauses: &[Range<i64>]) -> Shape {
    let lookback = Duration::hours(longest.as_seconds().div_ceil(3_600) + 1);
    let since = Expr::time().then(Operator::Subtract, last_seen(times, lookback));
    let longest_seconds = in_seconds(longest);
    shape(unpaused(since, longest, pauses).then(Operator::Greater, longest_seconds))
}

/// Fewer than `least` samples of a gauge within `per`. After a pause, a whole `per` passes first.
pub fn too_few(samples: &Selector, least: u32, per: Duration, pauses: &[Range<i64>]) -> Shape {
    let count = Expr::aggregate("sum", Expr::call("count_over_time", samples.clone().over(per)));
    let missing = Expr::from(f64::from(least)).then(Operator::Subtract, or_zero(count));
    shape(unpaused(missing, per, pauses).then(Operator::Greater, 0.0))
}

/// 0 during a pause and for as long after it as it takes to tell.
pub(super) fn unpaused(value: Expr, after: Duration, pauses: &[Range<i64>]) -> Expr {
    pauses.iter().fold(value, |value, pause| {
        let over = pause.end.saturating_add_unsigned(after.as_seconds());
        value.then(Operator::Multiply, outside(pause.start, over))
    })
}

fn shape(query: Expr) -> Shape {
    Shape::of_absence(query, DELAY, Facts::default().with("forgets", Fact::Absent))
}
