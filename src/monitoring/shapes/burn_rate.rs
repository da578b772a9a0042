//! The error budget is spent too fast: over a long window, so that it matters, and over a short one, so that it still
//! goes on.

use super::{Contract, DagRuns, Shape};
use crate::monitoring::select::Windows;
use crate::monitoring::{Combiner, Condition, Query};
use crate::promql::{Expr, Operator};
use crate::slo::{Duration, Ratio};

/// Both windows burn faster than the rate.
pub fn burn_rate(runs: &DagRuns, target: Ratio, windows: &Windows) -> Shape {
    let Windows { long, short, rate, .. } = *windows;
    let condition = |lookback: Duration| Condition {
        display_name: format!("Burn rate over {lookback} above {rate}"),
        query: Query::BurnRate { lookback, above: rate },
    };
    let burning = |lookback| burning(runs, target, lookback).then(Operator::Greater, rate.as_number());
    Shape {
        conditions: vec![condition(long), condition(short)],
        combiner: Combiner::And,
        auto_close: None,
        twin: burning(long).then(Operator::And, burning(short)),
        contract: Contract {
            fires: format!("once more than {} of the budget was spent within {long}", windows.share),
            quiet: format!(
                "nothing failed within {short}, or less than {} of the budget within {long}",
                windows.share
            ),
            resolves: format!("the failures of the last {short} burn the budget at a rate of {rate} or less"),
        },
    }
}

/// The burn rate: the share of bad events / the share that is allowed.
fn burning(runs: &DagRuns, target: Ratio, lookback: Duration) -> Expr {
    let count = |state| Expr::aggregate("sum", Expr::call("increase", runs.counted(state).over(lookback)));
    let total = count("failed").then(Operator::Add, count("success"));
    let share = count("failed").then(Operator::Divide, total);
    share.then(Operator::Divide, target.complement().as_fraction())
}
