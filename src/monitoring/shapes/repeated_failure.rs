//! Failures in a row, or more failures than the budget allows, while the latest run has failed.
//!
//! Metrics do not know logical dates. A success counts for every start before it, and the failures between two successes
//! are one bad event, so that retries, clears and repairs do not drain the budget.
//!
//! The query reads the runs of the window as a sequence of outcomes: 0 for a success, 1 for a failure, 2 for a failure
//! that completes a row. `resets` counts the failures that a success has ended, `last_over_time` is the outcome of the
//! latest run. So the page opens at the failure that is one too many, resolves at the next success, and opens anew at the
//! next failure; a count over the window alone would stay open for weeks and hide the second failure.

use super::{Contract, DagRuns, Shape};
use crate::gcp::metrics::DAG_RUN_DURATION;
use crate::monitoring::{Combiner, Condition, Query};
use crate::promql::{Expr, Operator};
use crate::slo::{Budget, Duration, Occurrences};

/// How often the query is evaluated: each minute, and more rarely where the window is longer than a month, because the
/// work grows with it.
fn every(window: Duration) -> Duration {
    Duration::minutes(window.as_seconds().div_ceil(Duration::days(31).as_seconds()).max(1))
}

/// The distance between the outcomes that the query looks at: shorter than the five minutes for which PromQL sees a
/// sample, so that none is passed over.
const STEP: Duration = Duration::minutes(4);

/// More groups of distances than this do not fit in a query.
const MOST_GROUPS: usize = 3;

/// Pages at `consecutive` failures in a row, and at the first failure beyond the budget.
pub fn repeated_failure(runs: &DagRuns, budget: &Budget, consecutive: u32, due: &Occurrences) -> Shape {
    let query = query(runs, budget, consecutive, due);
    let every = every(budget.window);
    let delay = DAG_RUN_DURATION.visible_after.as_seconds() + DAG_RUN_DURATION.sampled.as_seconds();
    let within = Duration::minutes((delay + STEP.as_seconds() + every.as_seconds()).div_ceil(300) * 5);
    let row = if consecutive == 1 {
        "failed run".to_owned()
    } else {
        format!("run of {consecutive} that failed in a row")
    };
    let beyond = match budget.allowed {
        0 => format!("within {within} of the end of a failed run"),
        allowed => format!(
            "within {within} of the end of the last {row}, or of failure {} within {}",
            allowed + 1,
            budget.window
        ),
    };
    let title = match (budget.allowed, consecutive) {
        (0, _) | (_, 1) => "The latest run failed".to_owned(),
        (allowed, _) => {
            format!("{consecutive} failures in a row, or more than {allowed} within {}", budget.window)
        }
    };
    Shape {
        conditions: vec![Condition {
            display_name: title,
            query: Query::PromQl { query: query.clone(), lookback: budget.window, every },
        }],
        combiner: Combiner::Or,
        auto_close: None,
        twin: query,
        contract: Contract {
            fires: beyond,
            quiet: "the latest finished run succeeded, whatever failed before".to_owned(),
            resolves: "the next run succeeds".to_owned(),
        },
    }
}

fn query(runs: &DagRuns, budget: &Budget, consecutive: u32, due: &Occurrences) -> Expr {
    let failed = || Expr::aggregate("max", runs.samples("failed")).then(Operator::GreaterOrEqualBool, 0.0);
    let succeeded = || Expr::aggregate("max", runs.samples("success")).then(Operator::LessBool, 0.0);
    // Where both are seen at once the failure counts: a page too many beats a silent one.
    let outcomes = || failed().then(Operator::Or, succeeded());
    let over_window = |function, expr: Expr| Expr::call(function, expr.every(STEP, budget.window));
    if budget.allowed == 0 || consecutive == 1 {
        return over_window("last_over_time", outcomes()).then(Operator::Equal, 1.0);
    }
    let in_a_row = failed_before(runs, consecutive, due)
        .map(|before| Expr::from(2.0).then(Operator::Multiply, failed()).then(Operator::And, before));
    let graded = match in_a_row {
        Some(in_a_row) => in_a_row.then(Operator::Or, outcomes()),
        None => outcomes(),
    };
    let spent = over_window("resets", outcomes()).then(Operator::GreaterOrEqualBool, allowed(budget));
    over_window("last_over_time", graded).then(Operator::Add, spent).then(Operator::GreaterOrEqual, 2.0)
}

#[expect(clippy::cast_precision_loss, reason = "a budget of 2^53 failures is not meaningful")]
fn allowed(budget: &Budget) -> f64 {
    budget.allowed as f64
}

/// Whether the run `consecutive - 1` before this one failed, and none has succeeded since.
///
/// Runs are told apart by their distance, give or take a quarter of the shortest one for how long they take. Distances
/// that are close share a term; where they are too many, the term of the longest serves them all, which never pages too
/// early, but may page later.
fn failed_before(runs: &DagRuns, consecutive: u32, due: &Occurrences) -> Option<Expr> {
    let shortest = due.distances(1).first()?.as_seconds();
    let slack = shortest / 4;
    let distances = due.distances(usize::try_from(consecutive).ok()?.checked_sub(1)?);
    let mut groups: Vec<(u64, u64)> = Vec::new();
    for distance in distances.iter().map(|distance| distance.as_seconds()) {
        match groups.last_mut() {
            Some((nearest, farthest)) if distance - *nearest < shortest / 2 => *farthest = distance,
            _ => groups.push((distance, distance)),
        }
    }
    if groups.len() > MOST_GROUPS {
        groups = vec![(groups.first()?.0, groups.last()?.1)];
    }
    let count = |selector| Expr::aggregate("max", Expr::call("count_over_time", selector));
    let term = |(nearest, farthest): (u64, u64)| {
        let range = Duration::seconds(farthest - nearest + 2 * slack);
        let failed = runs.samples("failed").over(range).ago(Duration::seconds(nearest - slack));
        let succeeded = runs.samples("success").over(Duration::seconds(farthest + slack));
        count(failed).then(Operator::Unless, count(succeeded))
    };
    groups.into_iter().map(term).reduce(|terms, term| terms.then(Operator::Or, term))
}
