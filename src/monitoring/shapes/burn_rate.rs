//! The error budget is spent too fast: over a long window, so that it matters, and over a short one, so that it still
//! goes on.

use super::{DagRuns, Shape};
use crate::monitoring::select::Windows;
use crate::monitoring::{Combiner, Query};
use crate::promql::{Expr, Operator};
use crate::slo::{Duration, Ratio};
use crate::templates::Facts;

/// Both windows burn faster than the rate.
pub fn burn_rate(runs: &DagRuns, target: Ratio, windows: &Windows) -> Shape {
    let Windows { share, long, short, rate } = *windows;
    let condition = |lookback| Query::BurnRate { lookback, above: rate };
    let burning = |lookback| burning(runs, target, lookback).then(Operator::Greater, rate.as_number());
    Shape {
        conditions: vec![condition(long), condition(short)],
        combiner: Combiner::And,
        hold: None,
        seen: None,
        auto_close: None,
        twin: burning(long).then(Operator::And, burning(short)),
        facts: Facts::default()
            .with("share", share)
            .with("long", long)
            .with("short", short)
            .with("rate", rate),
    }
}

/// The burn rate: the share of bad events / the share that is allowed.
fn burning(runs: &DagRuns, target: Ratio, lookback: Duration) -> Expr {
    let count = |state| Expr::aggregate("sum", Expr::call("increase", runs.counted(state).over(lookback)));
    // Where every run fails there is no series of successes, and a sum with nothing is nothing.
    let successes = count("success").then(Operator::Or, Expr::call("vector", 0.0));
    let total = count("failed").then(Operator::Add, successes);
    let share = count("failed").then(Operator::Divide, total);
    share.then(Operator::Divide, target.complement().as_fraction())
}
