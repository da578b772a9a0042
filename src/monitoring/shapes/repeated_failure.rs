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
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// No query holds more terms than this: each names the DAG twice.
const MOST_TERMS: usize = 8;

/// Pages at `consecutive` failures in a row, and at the first failure beyond the budget.
pub fn repeated_failure(runs: &DagRuns, budget: &Budget, consecutive: u32, due: &Occurrences) -> Shape {
    let query = query(runs, budget, consecutive, due);
    let every = every(budget.window);
    let delay = DAG_RUN_DURATION.visible_after.as_seconds() + DAG_RUN_DURATION.sampled.as_seconds();
    let within = Duration::minutes((delay + STEP.as_seconds() + every.as_seconds()).div_ceil(300) * 5);
    let ranges = ranges_of_rows(consecutive, due);
    let [row_short, row_long] = ranges.unwrap_or([Duration::seconds(0); 2]);
    Shape {
        conditions: vec![Query::PromQl { query: query.clone(), lookback: budget.window, every }],
        combiner: Combiner::Or,
        auto_close: None,
        twin: query,
        facts: Facts::default()
            .with("within", within)
            .with("consecutive", consecutive)
            .with("triggered", ranges.is_some())
            .with("row_short", row_short)
            .with("row_long", row_long)
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
    let rows = Rows::of(consecutive, due);
    // Where the terms are too many for a query, the rarest go: a row with such a gap in it is complete at a later run.
    let fits = |query: &Expr| query.pretty().chars().count() <= limits::PROMQL_MAX;
    let of = |count| counting(runs, budget, &rows.most_frequent(count));
    (1..=rows.known.len().min(MOST_TERMS)).rev().map(of).find(fits).unwrap_or_else(|| of(1))
}

/// Failures that a success has ended, and whether the latest run is a failure beyond the budget or completes a row.
fn counting(runs: &DagRuns, budget: &Budget, rows: &[Row]) -> Expr {
    let before = rows.iter().map(|row| failed_before(runs, *row));
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

/// How a failure is known to be the last of a row.
#[derive(Clone, Copy)]
enum Row {
    /// A run at one of these distances before it failed, nearest and farthest in seconds, and none has succeeded since.
    Apart { nearest: u64, farthest: u64 },
    /// So many runs failed in so many seconds, and none succeeded.
    Within { failures: u32, seconds: u64 },
}

/// The rows that a schedule can have.
struct Rows {
    /// With how often each occurs; distances from near to far.
    known: Vec<(Row, u64)>,
}

/// Where nobody knows the distances between runs, the times in which failures without a success are a row: one that
/// repeated attempts soon fill, and one that holds the runs that are expected, with a quarter for their delay.
fn ranges_of_rows(consecutive: u32, due: &Occurrences) -> Option<[Duration; 2]> {
    let expected = due.expected_within()?.as_seconds() * u64::from(consecutive.saturating_sub(1));
    let minutes = |seconds: u64| Duration::minutes(seconds.div_ceil(60).max(10));
    Some([minutes(expected / 4), minutes(expected + expected / 4)])
}

impl Rows {
    fn of(consecutive: u32, due: &Occurrences) -> Rows {
        if let Some(ranges) = ranges_of_rows(consecutive, due) {
            let within = |range: Duration| Row::Within { failures: consecutive, seconds: range.as_seconds() };
            return Rows { known: ranges.map(|range| (within(range), 1)).into() };
        }
        let shortest = due.distances(1).first().map_or(0, |distance| distance.as_seconds());
        let steps = usize::try_from(consecutive).map_or(1, |count| count.saturating_sub(1));
        // Distances that are close share a term of the query.
        let mut groups: Vec<(u64, u64, u64)> = Vec::new();
        for (distance, times) in due.counted_distances(steps) {
            let distance = distance.as_seconds();
            match groups.last_mut() {
                Some((nearest, farthest, count)) if distance - *nearest < shortest / 2 => {
                    (*farthest, *count) = (distance, *count + times);
                }
                _ => groups.push((distance, distance, times)),
            }
        }
        // Runs are told apart by their distance, give or take a quarter of the shortest for how long they take.
        let slack = shortest / 4;
        let apart = |nearest: u64, farthest: u64| Row::Apart {
            nearest: nearest.saturating_sub(slack),
            farthest: farthest.saturating_add(slack),
        };
        Rows {
            known: groups
                .into_iter()
                .map(|(nearest, farthest, count)| (apart(nearest, farthest), count))
                .collect(),
        }
    }

    /// So many of them, the most frequent. Each reaches as near as the left-out ones before it, which costs nothing.
    fn most_frequent(&self, count: usize) -> Vec<Row> {
        let mut ranks: Vec<usize> = (0..self.known.len()).collect();
        ranks.sort_by_key(|index| self.known.get(*index).map(|(_, times)| Reverse(*times)));
        let kept: BTreeSet<usize> = ranks.into_iter().take(count).collect();
        let mut rows = Vec::new();
        let mut left_out = None;
        for (index, (row, _)) in self.known.iter().enumerate() {
            match (*row, kept.contains(&index)) {
                (Row::Apart { nearest, .. }, false) => left_out = left_out.or(Some(nearest)),
                (Row::Apart { nearest, farthest }, true) => {
                    rows.push(Row::Apart { nearest: left_out.take().unwrap_or(nearest), farthest });
                }
                (Row::Within { .. }, false) => {}
                (within @ Row::Within { .. }, true) => rows.push(within),
            }
        }
        rows
    }
}

/// Whether a failure completes a row.
fn failed_before(runs: &DagRuns, row: Row) -> Expr {
    let count = |function, selector| Expr::aggregate(function, Expr::call("count_over_time", selector));
    let over = |state, seconds| runs.samples(state).over(Duration::seconds(seconds));
    match row {
        Row::Apart { nearest, farthest } => {
            let failed = over("failed", farthest - nearest).ago(Duration::seconds(nearest));
            count("max", failed).then(Operator::Unless, count("max", over("success", farthest)))
        }
        Row::Within { failures, seconds } => {
            let enough =
                count("sum", over("failed", seconds)).then(Operator::GreaterOrEqual, f64::from(failures));
            enough.then(Operator::Unless, count("max", over("success", seconds)))
        }
    }
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
        let query = query(
            &DagRuns::new(crate::gcp::Scope::new("bigfoot-prod", None), "composer", dag),
            &budget,
            2,
            &due,
        )
        .pretty();
        (query.chars().count(), query.matches("unless").count())
    }

    #[test]
    fn a_schedule_has_as_many_terms_as_fit() {
        assert_eq!(length("0 4 * * *", "daily").1, 1);
        assert_eq!(length("0 4 * * 1-5", "weekdays").1, 2);
        // Gaps of 1, 3, 5 and 15 hours, and a long name.
        for (cron, dag, most) in
            [("0 0,1,4,9 * * *", "irregular", 2), ("0 4 * * 1-5", &*"long".repeat(15), 1)]
        {
            let (length, terms) = length(cron, dag);
            assert!(
                length <= limits::PROMQL_MAX && terms == most,
                "{cron} {dag}: {length} characters, {terms} terms"
            );
        }
    }

    #[test]
    fn the_most_frequent_distances_stay_and_reach_as_near_as_those_before_them() {
        let row = |day: u64, times| (Row::Apart { nearest: 4 * day - 1, farthest: 4 * day + 1 }, times);
        let rows = Rows { known: vec![row(1, 380), row(2, 15), row(3, 75), row(4, 15), row(7, 1)] };
        let kept = |count| {
            let reach = |row: &Row| match *row {
                Row::Apart { nearest, farthest } => (nearest, farthest),
                Row::Within { .. } => (0, 0),
            };
            rows.most_frequent(count).iter().map(reach).collect::<Vec<_>>()
        };
        assert_eq!(kept(1), [(3, 5)]);
        assert_eq!(kept(2), [(3, 5), (7, 13)]);
        assert_eq!(kept(5).len(), 5);
    }
}
