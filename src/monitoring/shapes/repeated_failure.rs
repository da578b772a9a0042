//! Failures in a row, or more failures than the budget allows, while the latest run has failed.
//!
//! The latest outcome is decided by time: the last failure is later than the last success, whatever is seen at one step of
//! a query. So the page opens at the failure that is one too many, resolves at the next success, and opens anew at the next
//! failure; a count over the window alone would stay open for weeks and hide the second failure.
//!
//! Runs are told apart by the scheduled start that precedes their end, as runs that fail take different times: one fails in
//! seconds, the next in a timeout hours later. Attempts at one run share its start and count once.

use super::deadline::{DELAY, minus, start_of_latest};
use super::start_count::count_of_starts;
use super::{ABSENT, DagRuns, STEP, Shape, every, in_seconds, last_seen, or_zero, times_of};
use crate::gcp::limits;
use crate::gcp::metrics::DAG_RUN_DURATION;
use crate::monitoring::{Combiner, Query};
use crate::promql::{Expr, Operator, Selector};
use crate::slo::{Budget, Due, Duration, RowRanges, StartCount};
use crate::templates::Facts;

/// The steps at which the start before a failure is looked up: the metric's own sampling, below which no time is known.
const MINUTE: Duration = DAG_RUN_DURATION.sampled;

/// Pages at `consecutive` failures in a row, and at the first failure beyond the budget.
///
/// Runs are kept for `kept`. A success before the row may be from before the window, and is looked up there, so that no row
/// comes about because one is forgotten.
pub fn repeated_failure(
    runs: &DagRuns,
    budget: &Budget,
    consecutive: u32,
    due: &Due,
    kept: Duration,
) -> Shape {
    let counted = Counted { runs, budget, consecutive, due, kept };
    let (query, rule) = counted.query();
    let every = every(&query);
    let (row_short, row_long) = rule.row.ranges();
    let unseen = rule.row.unseen();
    Shape {
        conditions: vec![Query::PromQl { query: query.clone(), every }],
        combiner: Combiner::Or,
        // A success that is not seen for once would look like none.
        hold: Some(ABSENT),
        seen: Some(DELAY.plus(STEP).plus(every)),
        auto_close: None,
        twin: query,
        facts: Facts::default()
            .with("consecutive", consecutive)
            .with("counts_starts", rule.counts_starts)
            .with("row", rule.row.name())
            .with("counted_step", rule.row.step())
            .with("row_short", row_short)
            .with("row_long", row_long)
            .with("rows_unseen", unseen.map(|(unseen, _)| unseen as u64))
            .with("rows", unseen.map(|(_, rows)| rows as u64)),
    }
}

/// How many rows the page tells late or not at all, of how many that the starts make; nothing where it tells each.
pub fn unseen_rows(
    runs: &DagRuns,
    budget: &Budget,
    consecutive: u32,
    due: &Due,
    kept: Duration,
) -> Option<(usize, usize)> {
    let (_, rule) = Counted { runs, budget, consecutive, due, kept }.query();
    rule.row.unseen()
}

/// Whether the first failure is one too many already: then there is nothing to count, and each failure pages.
pub fn every_failure(budget: &Budget, consecutive: u32) -> bool {
    budget.allowed == 0 || consecutive == 1
}

/// How failures are counted and what is a row, for the texts.
struct Rule {
    /// Failures are told apart by their scheduled starts; otherwise each failed run counts.
    counts_starts: bool,
    row: Row,
}

/// What is a row of failures.
enum Row {
    /// Where more failures are in a row than the budget allows, the budget says it all.
    Beyond,
    /// So many scheduled starts without a success; counted in steps where the query does not know each of them.
    Starts { step: Option<Duration> },
    /// No success for so long before a failure, where runs have a distance and no clock.
    Distance(Duration),
    /// So many failures and no success in one of two times, where nobody knows when runs are due, or no query does. The
    /// shorter one is left out where the query has no room for it.
    Within { short: Option<Duration>, long: Duration, of: Option<RowRanges> },
}

impl Row {
    const fn name(&self) -> &'static str {
        match self {
            Row::Beyond => "beyond",
            Row::Starts { .. } => "starts",
            Row::Distance(_) => "distance",
            Row::Within { .. } => "within",
        }
    }

    const fn ranges(&self) -> (Option<Duration>, Option<Duration>) {
        match *self {
            Row::Within { short, long, .. } => (short, Some(long)),
            Row::Distance(distance) => (None, Some(distance)),
            Row::Beyond | Row::Starts { .. } => (None, None),
        }
    }

    const fn step(&self) -> Option<Duration> {
        match *self {
            Row::Starts { step } => step,
            _ => None,
        }
    }

    /// How many rows the starts make that are in neither time, of how many; nothing where each is.
    fn unseen(&self) -> Option<(usize, usize)> {
        match self {
            Row::Within { of: Some(of), .. } => Some((of.unseen, of.rows)).filter(|(unseen, _)| *unseen > 0),
            _ => None,
        }
    }
}

struct Counted<'a> {
    runs: &'a DagRuns,
    budget: &'a Budget,
    consecutive: u32,
    due: &'a Due,
    kept: Duration,
}

impl Counted<'_> {
    /// The first form that fits into a query, or else the last: what is too long is reported at the spec.
    fn query(&self) -> (Expr, Rule) {
        let fits = |(query, _): &(Expr, Rule)| query.pretty().chars().count() <= limits::PROMQL_MAX;
        let mut forms = self.forms();
        let mut first = forms.iter().position(fits);
        if first.is_none() && !self.row_is_beyond() {
            forms = self.forms_without_starts();
            first = forms.iter().position(fits);
        }
        forms.swap_remove(first.unwrap_or(forms.len().saturating_sub(1)))
    }

    /// From the most exact to the shortest, where the starts are known; at least one where a row is beyond the budget.
    fn forms(&self) -> Vec<(Expr, Rule)> {
        let row_is_beyond = self.row_is_beyond();
        let steps = if row_is_beyond { 0 } else { self.consecutive.saturating_sub(1) as usize };
        let start = self.due.starts_before(steps).and_then(|latest| start_of_latest(&latest));
        let starts = start.map(|start| move |range| self.starts_of_failures(start.clone(), range));
        let window = self.budget.window;
        let by_starts =
            |starts: Expr| Expr::call("changes", starts).then(Operator::GreaterOrEqual, self.allowed());
        let by_attempts = self.by_attempts();
        let of = |query, counts_starts, row| (query, Rule { counts_starts, row });
        let mut forms = Vec::new();
        if row_is_beyond {
            let exact = starts.map(|starts| of(self.beyond(by_starts(starts(window))), true, Row::Beyond));
            forms.extend(exact);
            forms.push(of(self.beyond(by_attempts), false, Row::Beyond));
            return forms;
        }
        if let Some(starts) = starts {
            let span = self.longest(self.consecutive as usize);
            let row = Expr::call("max_over_time", starts(self.row_window(span)));
            forms.push(of(
                self.with_row(by_starts(starts(window)), row.clone(), span),
                true,
                Row::Starts { step: None },
            ));
            forms.push(of(self.with_row(by_attempts, row, span), false, Row::Starts { step: None }));
        }
        let counted = |count: StartCount| {
            let step = Some(Duration::seconds(count.step.unsigned_abs()));
            of(self.with_counted_row(&count), false, Row::Starts { step })
        };
        forms.extend(self.due.start_count().map(counted));
        forms
    }

    /// The same where no clock starts the runs, or none whose starts a query holds; at least one.
    fn forms_without_starts(&self) -> Vec<(Expr, Rule)> {
        let form = |(row, query, span)| {
            (self.with_row(self.by_attempts(), query, span), Rule { counts_starts: false, row })
        };
        self.rows_without_starts().into_iter().map(form).collect()
    }

    /// Where more failures are in a row than the budget allows, the budget says it all.
    fn row_is_beyond(&self) -> bool {
        u64::from(self.consecutive) > self.budget.allowed
    }

    fn by_attempts(&self) -> Expr {
        self.failures().then(Operator::Greater, self.allowed())
    }

    /// The latest run failed, and more failed than the budget allows.
    fn beyond(&self, budget: Expr) -> Expr {
        let failed = self.last_failure(self.budget.window);
        self.last_success(Duration::seconds(0)).then(Operator::Less, failed).then(Operator::And, budget)
    }

    /// The last success is before the last failure, where the budget is spent, or else before the start of the row, which is
    /// at most `span` before a failure.
    fn with_row(&self, beyond: Expr, row: Expr, span: Duration) -> Expr {
        let spent = self.last_failure(self.budget.window).then(Operator::And, beyond);
        let success = self.last_success(span);
        success.then(Operator::Less, spent.then(Operator::Or, row.then(Operator::And, self.often())))
    }

    /// The last success is so many starts before the last failure, or, where the budget is spent, any time before it.
    fn with_counted_row(&self, count: &StartCount) -> Expr {
        // Of what ends after the same start, the later one is later by less than half a start.
        let place = count_of_starts(count).then(Operator::Add, Expr::time().then(Operator::Divide, 1e10));
        let latest = |runs| {
            Expr::call("max_over_time", at_ends(runs, place.clone()).every(MINUTE, self.budget.window))
        };
        let row = f64::from(self.consecutive) - 0.5;
        let within_budget = self.failures().then(Operator::LessBool, self.allowed() + 1.0);
        let row = minus(latest(self.runs.failures()), within_budget.then(Operator::Multiply, row));
        // A success that there never was is before all starts.
        or_zero(latest(self.runs.successes())).then(Operator::Less, row).then(Operator::And, self.often())
    }

    /// A DAG that has never succeeded has a row, too, once it has failed so often.
    fn often(&self) -> Expr {
        self.failures().then(Operator::GreaterOrEqual, f64::from(self.consecutive))
    }

    /// Looked for in the window and `before` it.
    fn last_success(&self, before: Duration) -> Expr {
        last_seen(&times_of(self.runs.successes()), self.budget.window.plus(before).min(self.kept))
    }

    fn last_failure(&self, range: Duration) -> Expr {
        let times = times_of(self.runs.failures()).every(STEP, range);
        Expr::aggregate("max", Expr::call("max_over_time", times))
    }

    /// The failures that may end a row: what happened `span` before them must still be kept.
    fn row_window(&self, span: Duration) -> Duration {
        self.budget.window.min(self.kept.less(span).max(STEP))
    }

    /// The longest time between a start and the one so many later, in whole hours.
    fn longest(&self, steps: usize) -> Duration {
        let longest =
            self.due.occurrences().distances(steps).last().map_or(0, |distance| distance.as_seconds());
        Duration::hours(longest.div_ceil(3_600))
    }

    /// Failed runs in the window.
    fn failures(&self) -> Expr {
        let failures = self.runs.failures().over(self.budget.window);
        Expr::aggregate("sum", Expr::call("count_over_time", failures))
    }

    #[expect(clippy::cast_precision_loss, reason = "a budget of 2^53 failures is not meaningful")]
    fn allowed(&self) -> f64 {
        self.budget.allowed as f64
    }

    /// The starts that failures belong to, each minute that one is seen: as many changes as starts, less one.
    fn starts_of_failures(&self, start: Expr, range: Duration) -> Expr {
        at_ends(self.runs.failures(), start).every(MINUTE, range)
    }

    /// What a row is, since when there is one, and how far before that it looks, where no clock starts the runs or none
    /// whose starts a query holds.
    fn rows_without_starts(&self) -> Vec<(Row, Expr, Duration)> {
        let rows = u64::from(self.consecutive);
        let in_common_times = self.rows_in_common_times();
        if !in_common_times.is_empty() {
            return in_common_times;
        }
        let Some(expected) = self.due.occurrences().expected_within() else {
            let distance =
                self.due.occurrences().distances(1).last().map_or(0, |distance| distance.as_seconds());
            // Between so many failed runs of equal length and the success before them lie as many distances; half of one
            // is for runs that take longer or shorter.
            let distance = Duration::minutes((distance * (2 * rows - 1) / 2).div_ceil(60));
            let failed = self.last_failure(self.row_window(distance));
            let before = failed.then(Operator::Subtract, in_seconds(distance));
            return vec![(Row::Distance(distance), before, distance)];
        };
        // One time that repeated attempts soon fill, and one that holds the runs that are expected, with a quarter for
        // their delay.
        let expected = expected.as_seconds() * (rows - 1);
        let minutes = |seconds: u64| Duration::minutes(seconds.div_ceil(60).max(10));
        let [short, long] = [expected / 4, expected + expected / 4].map(minutes);
        vec![self.row_within_one_of(Some(short), long, None), self.row_within_one_of(None, long, None)]
    }

    /// The times that hold most of the rows that the starts make; nothing where there are no starts.
    fn rows_in_common_times(&self) -> Vec<(Row, Expr, Duration)> {
        let [two, one] =
            [2, 1].map(|most| self.due.occurrences().row_ranges(self.consecutive as usize, most));
        let form = |rows: RowRanges| {
            let (short, long) = match *rows.ranges {
                [short, long] => (Some(short), long),
                [long] => (None, long),
                _ => return None,
            };
            Some(self.row_within_one_of(short, long, Some(rows)))
        };
        [form(two), form(one)].into_iter().flatten().collect()
    }

    /// The latest time at which so many had failed and none had succeeded, within one time or the other.
    fn row_within_one_of(
        &self,
        short: Option<Duration>,
        long: Duration,
        of: Option<RowRanges>,
    ) -> (Row, Expr, Duration) {
        let in_long = self.row_within(long);
        let row = match short {
            Some(short) => self.row_within(short).then(Operator::Or, in_long),
            None => in_long,
        };
        let times = Expr::call("vector", Expr::time()).then(Operator::And, row);
        let last = Expr::call("max_over_time", times.every(MINUTE, self.row_window(long)));
        (Row::Within { short, long, of }, last, Duration::seconds(0))
    }

    fn row_within(&self, range: Duration) -> Expr {
        let count =
            |aggregation, selector| Expr::aggregate(aggregation, Expr::call("count_over_time", selector));
        let failed = count("sum", self.runs.failures().over(range));
        let succeeded = count("max", self.runs.successes().over(range));
        let often = failed.then(Operator::GreaterOrEqual, f64::from(self.consecutive));
        often.then(Operator::Unless, succeeded)
    }
}

/// A value in the minute in which a run ends, and nothing in any other.
fn at_ends(runs: Selector, value: Expr) -> Expr {
    let since = minus(Expr::time(), in_seconds(MINUTE));
    let ended = Expr::aggregate("max", times_of(runs)).then(Operator::Greater, since);
    value.then(Operator::And, ended)
}
