//! A run failed: a short count, the construct that is right from the first event of a new series.

use super::{DagRuns, Shape};
use crate::monitoring::Query;
use crate::promql::{Expr, Operator};
use crate::slo::Duration;
use crate::templates::Facts;

/// Longer than the metric's sampling, so that no event falls between two evaluations.
const PERIOD: Duration = Duration::minutes(5);

/// How soon it is seen: the metric's delay and the period.
const SEEN: Duration = Duration::minutes(10);

/// One failed run opens it.
pub fn failed_run(runs: &DagRuns) -> Shape {
    let count = Expr::aggregate("sum", Expr::call("increase", runs.counted("failed").over(PERIOD)));
    let condition = Query::Count { filter: runs.ended("failed"), period: PERIOD, above: 0 };
    Shape::of_event(condition, SEEN, count.then(Operator::Greater, 0.0), Facts::default())
}
