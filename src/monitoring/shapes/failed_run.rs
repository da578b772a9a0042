//! A run failed: a short count, the construct that is right from the first event of a new series.

use super::{Contract, DagRuns, Shape};
use crate::monitoring::{Combiner, Condition, Query};
use crate::promql::{Expr, Operator};
use crate::slo::Duration;

/// Longer than the metric's sampling, so that no event falls between two evaluations.
const PERIOD: Duration = Duration::minutes(5);

/// One failed run opens it.
pub fn failed_run(runs: &DagRuns, auto_close: Duration) -> Shape {
    let count = Expr::aggregate("sum", Expr::call("increase", runs.counted("failed").over(PERIOD)));
    Shape {
        conditions: vec![Condition {
            display_name: "A run failed".to_owned(),
            query: Query::Count { filter: runs.ended("failed"), period: PERIOD, above: 0 },
        }],
        combiner: Combiner::Or,
        auto_close: Some(auto_close),
        twin: count.then(Operator::Greater, 0.0),
        contract: Contract {
            fires: "within 10m of the end of a failed run".to_owned(),
            quiet: "runs succeed, or are still running".to_owned(),
            resolves: format!("no run has failed for {auto_close}"),
        },
    }
}
