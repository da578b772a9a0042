//! A run failed: a short count, the construct that is right from the first event of a new series.

use super::{DagRuns, Shape};
use crate::monitoring::{Combiner, Query};
use crate::promql::{Expr, Operator};
use crate::slo::Duration;
use crate::templates::Facts;

/// Longer than the metric's sampling, so that no event falls between two evaluations.
const PERIOD: Duration = Duration::minutes(5);

/// How soon it fires: the metric's delay and the period.
const WITHIN: Duration = Duration::minutes(10);

/// One failed run opens it.
pub fn failed_run(runs: &DagRuns, auto_close: Duration) -> Shape {
    let count = Expr::aggregate("sum", Expr::call("increase", runs.counted("failed").over(PERIOD)));
    Shape {
        conditions: vec![Query::Count { filter: runs.ended("failed"), period: PERIOD, above: 0 }],
        combiner: Combiner::Or,
        auto_close: Some(auto_close),
        twin: count.then(Operator::Greater, 0.0),
        facts: Facts::default().with("within", WITHIN).with("closes_after", auto_close),
    }
}
