//! A run took longer than promised: seen when it ends, as only then its duration is known.

use super::deadline::DELAY;
use super::{DagRuns, Shape};
use crate::gcp::metrics::DAG_RUN_DURATION;
use crate::monitoring::Query;
use crate::promql::{Expr, Operator};
use crate::slo::Duration;
use crate::templates::Facts;

/// Longer than the metric's sampling, so that no run falls between two evaluations.
const PERIOD: Duration = Duration::minutes(5);

/// One run that took longer opens it.
pub fn slow_run(runs: &DagRuns, under: Duration) -> Shape {
    let longest = Expr::aggregate("max", Expr::call("max_over_time", runs.ends().over(PERIOD)));
    #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53 seconds")]
    let above = under.as_seconds() as f64;
    let condition = Query::Highest { filter: runs.durations(), period: PERIOD, above: under.as_seconds() };
    let seen = DELAY.plus(DAG_RUN_DURATION.sampled);
    let twin = longest.then(Operator::Greater, above);
    Shape::of_event(condition, seen, twin, Facts::default().with("under", under))
}
