//! Failures in a row, or more failures than the budget allows, while the latest run has failed.
//!
//! Metrics do not know logical dates. A success counts for every start before it, and the failures between two successes
//! are one bad event, so that retries, clears and repairs do not drain the budget.
//!
//! The query reads the runs of the window as a sequence of outcomes: 0 for a success, 1 for a failure, 2 for a failure
//! that completes a row. `resets` counts the failures that a success has ended, `last_over_time` is the outcome of the
//! latest run. So the page opens at the failure that is one too many, resolves at the next success, and opens anew at the
//! next failure; a count over the window alone would stay open for weeks and hide the second failure.

use super::{DagRuns, STEP, Shape, every};
use crate::gcp::limits;
use crate::gcp::metrics::DAG_RUN_DURATION;
use crate::monitoring::{Combiner, Query};
use crate::promql::{Expr, Operator};
use crate::slo::{Budget, Duration, Occurrences};
use crate::templates::Facts;

/// Pages at `consecutive` failures in a row, and at the first failure beyond the budget.
pub fn repeated_failure(runs: &DagRuns, budget: &Budget, consecutive: u32, due: &Occurrences) -> Shape {
    let query = query(runs, budget, consecutive, due);
    let every = every(budget.window);
    let delay = DAG_RUN_DURATION.visible_after.as_seconds() + DAG_RUN_DURATION.sampled.as_seconds();
    let within = Duration::minutes((delay + STEP.as_seconds() + every.as_seconds()).div_ceil(300) * 5);
    Shape {
        conditions: vec![Query::PromQl { query: query.clone(), lookback: budget.window, every }],
        combiner: Combiner::Or,
        auto_close: None,
        twin: query,
        facts: Facts::default()
            .with("within", within)
            .with("consecutive", consecutive)
            .with("every_failure", every_failure(budget, consecutive)),
    }
}

/// Whether the first failure is one too many already.
pub fn every_failure(budget: &Budget, consecutive: u32) -> bool {
    budget.allowed == 0 || consecutive == 1
}

fn query(runs: &DagRuns, budget: &Budget, consecutive: u32, due: &Occurrences) -> Expr {
    if every_failure(budget, consecutive) {
        return over_window(budget, "last_over_time", outcomes(runs)).then(Operator::Equal, 1.0);
    }
    let slack = Slack::of(due);
    let groups = slack.groups(consecutive, due);
    let exact = counting(runs, budget, slack, &groups);
    match (groups.first(), groups.last()) {
        (Some((nearest, _)), Some((_, farthest))) if exact.pretty().chars().count() > limits::PROMQL_MAX => {
            counting(runs, budget, slack, &[(*nearest, *farthest)])
        }
        _ => exact,
    }
}

/// Failures that a success has ended, and whether the latest run is a failure beyond the budget or completes a row.
fn counting(runs: &DagRuns, budget: &Budget, slack: Slack, groups: &[(u64, u64)]) -> Expr {
    let before = groups.iter().map(|group| failed_before(runs, slack, *group));
    let before = before.reduce(|terms, term| terms.then(Operator::Or, term));
    let in_a_row = before
        .map(|before| Expr::from(2.0).then(Operator::Multiply, failed(runs)).then(Operator::And, before));
    let graded = match in_a_row {
        Some(in_a_row) => in_a_row.then(Operator::Or, outcomes(runs)),
        None => outcomes(runs),
    };
    let ended = over_window(budget, "resets", outcomes(runs));
    let spent = ended.then(Operator::GreaterOrEqualBool, allowed(budget));
    over_window(budget, "last_over_time", graded)
        .then(Operator::Add, spent)
        .then(Operator::GreaterOrEqual, 2.0)
}

fn over_window(budget: &Budget, function: &'static str, expr: Expr) -> Expr {
    Expr::call(function, expr.every(STEP, budget.window))
}

/// 1 where a failure is seen, 0 where a success is.
fn outcomes(runs: &DagRuns) -> Expr {
    let succeeded = Expr::aggregate("max", runs.samples("success")).then(Operator::LessBool, 0.0);
    // Where both are seen at once the failure counts: a page too many beats a silent one.
    failed(runs).then(Operator::Or, succeeded)
}

fn failed(runs: &DagRuns) -> Expr {
    Expr::aggregate("max", runs.samples("failed")).then(Operator::GreaterOrEqualBool, 0.0)
}

#[expect(clippy::cast_precision_loss, reason = "a budget of 2^53 failures is not meaningful")]
fn allowed(budget: &Budget) -> f64 {
    budget.allowed as f64
}

/// How runs are told apart: by their distance in seconds, give or take a quarter of the shortest one for how long they
/// take.
#[derive(Clone, Copy)]
struct Slack {
    shortest: u64,
}

impl Slack {
    fn of(due: &Occurrences) -> Slack {
        Slack { shortest: due.distances(1).first().map_or(0, |distance| distance.as_seconds()) }
    }

    fn seconds(self) -> u64 {
        self.shortest / 4
    }

    /// The distances between a run and the one that completes a row with it, nearest and farthest of each group: those
    /// that are close share a term of the query. Where the terms are too many for a query, one that reaches from the
    /// nearest to the farthest serves them all; it never pages too early, but may page later.
    fn groups(self, consecutive: u32, due: &Occurrences) -> Vec<(u64, u64)> {
        let steps = usize::try_from(consecutive).map_or(1, |count| count.saturating_sub(1));
        let mut groups: Vec<(u64, u64)> = Vec::new();
        for distance in due.distances(steps).iter().map(|distance| distance.as_seconds()) {
            match groups.last_mut() {
                Some((nearest, farthest)) if distance - *nearest < self.shortest / 2 => *farthest = distance,
                _ => groups.push((distance, distance)),
            }
        }
        groups
    }
}

/// Whether a run at one of these distances before this one failed, and none has succeeded since.
fn failed_before(runs: &DagRuns, slack: Slack, (nearest, farthest): (u64, u64)) -> Expr {
    let count = |selector| Expr::aggregate("max", Expr::call("count_over_time", selector));
    let slack = slack.seconds();
    let range = Duration::seconds(farthest - nearest + 2 * slack);
    let failed = runs.samples("failed").over(range).ago(Duration::seconds(nearest - slack));
    let succeeded = runs.samples("success").over(Duration::seconds(farthest + slack));
    count(failed).then(Operator::Unless, count(succeeded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::{Events, Ratio, Schedule};

    fn length(cron: &str, dag: &str) -> (usize, usize) {
        let due = Schedule::parse(cron, "UTC").unwrap().occurrences().clone();
        let budget = Budget {
            target: Ratio::parse("90%").unwrap(),
            window: Duration::days(28),
            events: Events { fewest: 28, most: 28 },
            allowed: 2,
        };
        let query = query(&DagRuns::new("composer", dag), &budget, 2, &due).pretty();
        (query.chars().count(), query.matches("unless").count())
    }

    #[test]
    fn a_schedule_has_as_many_terms_as_fit() {
        assert_eq!(length("0 4 * * *", "daily").1, 1);
        assert_eq!(length("0 4 * * 1-5", "weekdays").1, 2);
        // Gaps of 1, 3, 5 and 15 hours, and a long name.
        for (cron, dag) in [("0 0,1,4,9 * * *", "irregular"), ("0 4 * * 1-5", &*"long".repeat(15))] {
            let (length, terms) = length(cron, dag);
            assert!(
                length <= limits::PROMQL_MAX && terms == 1,
                "{cron} {dag}: {length} characters, {terms} terms"
            );
        }
    }
}
