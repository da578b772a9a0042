//! Too many bad slices of time: over a long window, so that it matters, and over a short one, so that it still goes on.
//!
//! Bad slices are counted and compared with a number that comes from the slices that are due, never divided by the slices
//! that there are: a job that shows nothing for half of the time would look twice as bad, or fine.

use super::super::{ABSENT, Shape, condition, in_seconds, or_zero};
use super::{Clock, DELAY, DataflowJob};
use crate::gcp::limits;
use crate::gcp::metrics::dataflow::ELAPSED_TIME;
use crate::gcp::metrics::{Family, Metric};
use crate::monitoring::Combiner;
use crate::monitoring::select::SliceRule;
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;

/// How a slice is known to be bad.
#[derive(Clone, Debug)]
pub struct BadSlices {
    /// How long a slice is.
    pub slice: Duration,
    /// What is measured, at the ends of the bad slices alone.
    pub bad: Expr,
    /// The series that name what is worst, where there are several.
    pub named_by: Option<Selector>,
    /// Whether a slice is bad where nothing is seen.
    pub absence: bool,
}

impl BadSlices {
    /// A gauge of the job is above a limit, which runs in their start-up are free of; the worst series counts.
    pub fn above(
        job: &DataflowJob,
        series: Selector,
        limit: Duration,
        startup: Duration,
        clock: &Clock,
    ) -> BadSlices {
        let slice = Duration::minutes(1);
        let grown_up = match startup.as_seconds() {
            0 => series.into(),
            _ => {
                let young = Expr::from(job.selector(&ELAPSED_TIME)).then(Operator::Less, in_seconds(startup));
                Expr::from(series).then(Operator::UnlessOn(&["job_id"]), young)
            }
        };
        let too_much = Expr::aggregate("max", grown_up).then(Operator::Greater, in_seconds(limit));
        let bad = when_due(too_much, clock.due(slice, Duration::seconds(0)));
        BadSlices { slice, bad, named_by: None, absence: false }
    }

    /// The same, where the worst stage is named.
    #[must_use]
    pub fn named_by(self, job: &DataflowJob, by_stage: &Metric) -> BadSlices {
        BadSlices { named_by: Some(job.selector(by_stage)), ..self }
    }

    /// More events than `at_most`.
    ///
    /// Whether the first sample of a new series counts is not known. Such a series exists because of an event, so one that
    /// was not there before the slice counts like an event of it; but not for zeros, which may stand beside an event.
    pub fn more_than(events: Selector, at_most: u32, slice: Duration, clock: &Clock) -> BadSlices {
        let over = Expr::call("increase", events.clone().over(slice));
        let count = Expr::aggregate("sum", over);
        let before = Expr::call("count_over_time", events.clone().over(slice).ago(slice));
        let here = Expr::call("max_over_time", events.over(slice)).then(Operator::Greater, 0.0);
        let new = Expr::aggregate("count", here.then(Operator::Unless, before));
        let too_many = |count: Expr| count.then(Operator::Greater, f64::from(at_most));
        let either = too_many(count).then(Operator::Or, too_many(new));
        let bad = when_due(either, clock.due(slice, Duration::seconds(0)));
        BadSlices { slice, bad, named_by: None, absence: false }
    }

    /// Less than `at_least` while a run is going on that has left its start-up before the slice. What no run shows is 0.
    /// The metric is late, so slices are judged as long after their end.
    pub fn less_than(
        job: &DataflowJob,
        amount: Selector,
        at_least: u64,
        slice: Duration,
        startup: Duration,
        clock: &Clock,
    ) -> BadSlices {
        let value = or_zero(Expr::aggregate("sum", Expr::call("increase", amount.over(slice).ago(DELAY))));
        #[expect(clippy::cast_precision_loss, reason = "amounts of data are far below 2^53 bytes")]
        let least = at_least as f64;
        let since = startup.plus(slice).plus(DELAY);
        let going_on =
            Expr::aggregate("max", job.running()).then(Operator::GreaterOrEqual, in_seconds(since));
        let too_little = value.then(Operator::Less, least).then(Operator::And, going_on);
        let bad = when_due(too_little, clock.due(slice, DELAY));
        BadSlices { slice, bad, named_by: None, absence: true }
    }

    /// How many of the slices of a window are bad.
    pub fn counted(&self, window: Duration) -> Expr {
        Expr::call("count_over_time", self.bad.clone().every(self.slice, window))
    }

    /// Whether an alert that holds for some time may look at so long a window.
    pub fn may_look_at(&self, window: Duration, hold: Duration) -> bool {
        self.counted(window).lookbacks().into_iter().all(|(metric, range)| {
            Family::of_promql(metric).is_some_and(|family| range.plus(hold) <= family.lookback)
        })
    }

    /// Both windows of a rule.
    fn burning(&self, rule: &SliceRule) -> [Expr; 2] {
        let more = |window, tolerated: u64| {
            #[expect(clippy::cast_precision_loss, reason = "slices of days are few")]
            let tolerated = tolerated as f64;
            self.counted(window).then(Operator::Greater, tolerated)
        };
        [more(rule.long, rule.tolerated_long), more(rule.short, rule.tolerated_short)]
    }
}

/// The stage that was worst in a window. Its highest value in all of the window decides, so that it is the same one for as
/// long as an incident lasts; and where stages show nothing, the incident opens all the same.
fn worst(by_stage: &Selector, window: Duration) -> Expr {
    let highest = Expr::call("max_over_time", by_stage.clone().over(window));
    let of_stages = Expr::aggregate_by("max", &["stage"], highest);
    Expr::Call("topk", vec![1.0.into(), of_stages]).then(Operator::OrOn(&[]), Expr::call("vector", 0.0))
}

/// An alert on a rule: one query, or one for each window where it would be too long. These name no stage.
pub fn slices(bad: &BadSlices, rule: &SliceRule) -> Shape {
    let [long, short] = bad.burning(rule);
    let burns = long.clone().then(Operator::And, short.clone());
    let named = match &bad.named_by {
        None => burns.clone(),
        Some(by_stage) => worst(by_stage, rule.long).then(Operator::AndOn(&[]), burns.clone()),
    };
    let fits = |query: &Expr| query.pretty().chars().count() <= limits::PROMQL_MAX;
    let fitting = [named, burns.clone()].into_iter().find(fits);
    let whole = fitting.is_some();
    let (queries, twin) = match fitting {
        Some(query) => (vec![query.clone()], query),
        None => (vec![long, short], burns),
    };
    Shape {
        conditions: queries.into_iter().map(condition).collect(),
        combiner: if whole { Combiner::Or } else { Combiner::And },
        hold: bad.absence.then_some(ABSENT),
        seen: None,
        auto_close: None,
        twin,
        facts: rule.facts().with("slice", bad.slice),
    }
}

/// What counts only when it is due.
fn when_due(bad: Expr, due: Option<Expr>) -> Expr {
    match due {
        Some(due) => {
            let due = Expr::call("vector", due).then(Operator::Greater, 0.0);
            bad.then(Operator::And, due)
        }
        None => bad,
    }
}
