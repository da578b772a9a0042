//! A run took longer than promised: seen when it ends, as only then its duration is known.

use super::deadline::noticed_within;
use super::{DagRuns, Shape};
use crate::gcp::metrics::DAG_RUN_DURATION;
use crate::monitoring::{Combiner, Query};
use crate::promql::{Expr, Operator};
use crate::slo::Duration;
use crate::templates::Facts;

/// Longer than the metric's sampling, so that no run falls between two evaluations.
const PERIOD: Duration = Duration::minutes(5);

/// One run that took longer opens it.
pub fn slow_run(runs: &DagRuns, under: Duration, auto_close: Duration) -> Shape {
    let longest = Expr::aggregate("max", Expr::call("max_over_time", runs.ends().over(PERIOD)));
    #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53 seconds")]
    let above = under.as_seconds() as f64;
    Shape {
        conditions: vec![Query::Highest {
            filter: runs.durations(),
            period: PERIOD,
            above: under.as_seconds(),
        }],
        combiner: Combiner::Or,
        auto_close: Some(auto_close),
        twin: longest.then(Operator::Greater, above),
        facts: Facts::default()
            .with("within", noticed_within(DAG_RUN_DURATION.sampled))
            .with("under", under)
            .with("closes_after", auto_close),
    }
}
