//! Nothing has ended for too long, where no clock says when something should: timedelta schedules and triggered runs.

use super::{STEP, Shape, every};
use crate::monitoring::{Combiner, Query};
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use crate::templates::Facts;
use std::ops::Range;

/// The last sample of a gauge is older than `longest`. After a pause, the time counts from its end.
pub fn silence(samples: &Selector, longest: Duration, pauses: &[Range<i64>]) -> Shape {
    let lookback = Duration::hours(longest.as_seconds().div_ceil(3_600) + 1);
    let times = Expr::call("timestamp", samples.clone()).every(STEP, lookback);
    let last = Expr::aggregate("max", Expr::call("max_over_time", times));
    let last = last.then(Operator::Or, Expr::call("vector", 0.0));
    let since = Expr::time().then(Operator::Subtract, last);
    shape(unpaused(since, longest, pauses).then(Operator::Greater, seconds(longest)), lookback)
}

/// Fewer than `least` samples of a gauge within `per`. After a pause, a whole `per` passes first.
pub fn too_few(samples: &Selector, least: u32, per: Duration, pauses: &[Range<i64>]) -> Shape {
    let count = Expr::aggregate("sum", Expr::call("count_over_time", samples.clone().over(per)));
    let count = count.then(Operator::Or, Expr::call("vector", 0.0));
    let missing = Expr::from(f64::from(least)).then(Operator::Subtract, count);
    shape(unpaused(missing, per, pauses).then(Operator::Greater, 0.0), per)
}

/// 0 during a pause and for as long after it as it takes to tell.
fn unpaused(value: Expr, after: Duration, pauses: &[Range<i64>]) -> Expr {
    let during = |pause: &Range<i64>| {
        let begun = Expr::time().then(Operator::GreaterOrEqualBool, instant(pause.start));
        let over = pause.end.saturating_add_unsigned(after.as_seconds());
        begun.then(Operator::Multiply, Expr::time().then(Operator::LessBool, instant(over)))
    };
    pauses.iter().map(during).fold(value, |value, during| {
        value.then(Operator::Multiply, Expr::from(1.0).then(Operator::Subtract, during))
    })
}

fn shape(query: Expr, lookback: Duration) -> Shape {
    let every = every(lookback);
    Shape {
        conditions: vec![Query::PromQl { query: query.clone(), lookback, every }],
        combiner: Combiner::Or,
        auto_close: None,
        twin: query,
        facts: Facts::default().with("within", super::deadline::noticed_within(every)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53 seconds")]
fn seconds(duration: Duration) -> Expr {
    Expr::Number(duration.as_seconds() as f64)
}

#[expect(clippy::cast_precision_loss, reason = "instants of this century are far below 2^53 seconds")]
fn instant(second: i64) -> Expr {
    Expr::Number(second as f64)
}
