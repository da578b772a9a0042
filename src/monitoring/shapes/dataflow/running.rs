//! No sign of life: of a streaming job, of a gauge that the job shows, of a run that was due.
//!
//! `elapsed_time` may stay at what it was when a run has ended, so only a run whose time grows is alive.

use super::super::deadline::deadline;
use super::super::silence::{silence, unpaused};
use super::super::{STEP, Shape, in_seconds, or_zero};
use super::{Clock, DELAY, DataflowJob};
use crate::gcp::metrics::dataflow::ELAPSED_TIME;
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use crate::slo::latest_start::LatestStart;
use crate::templates::{Fact, Facts};
use std::ops::Range;

/// No run has gone on for as long as a deployment may take, and the metric's delay. A job that has never run shows nothing,
/// either.
pub fn not_running(job: &DataflowJob, grace: Duration, clock: &Clock) -> Shape {
    let silence = grace.plus(DELAY);
    let grows = Expr::call("changes", job.selector(&ELAPSED_TIME).over(silence)).then(Operator::Greater, 0.0);
    let running = or_zero(Expr::aggregate("count", grows));
    let least = clock.due(silence, Duration::seconds(0)).unwrap_or(1.0.into());
    of_silence(running.then(Operator::Less, least), silence)
}

/// A run has long left its start-up, and a gauge that it must show has shown nothing for as long.
pub fn gauge_missing(
    job: &DataflowJob,
    series: Selector,
    startup: Duration,
    grace: Duration,
    clock: &Clock,
) -> Shape {
    let silence = grace.plus(DELAY);
    let since = in_seconds(startup.plus(silence));
    let mut age = Expr::aggregate("max", job.running());
    if let Some(due) = clock.due(silence, Duration::seconds(0)) {
        age = age.then(Operator::Multiply, due);
    }
    let shown = Expr::aggregate("count", Expr::call("count_over_time", series.over(silence)));
    let missing = age.then(Operator::GreaterOrEqual, since).then(Operator::Unless, shown);
    of_silence(missing, silence)
}

fn of_silence(query: Expr, silence: Duration) -> Shape {
    Shape::of_absence(query, DELAY, Facts::default().with("silence", silence))
}

/// The metrics of a job are later than those of a DAG.
fn later(shape: Shape) -> Shape {
    Shape { seen: Some(DELAY.plus(shape.every())), ..shape }
}

/// No run has been seen since the latest start that should have one by now.
pub fn run_missing(job: &DataflowJob, latest: &LatestStart, kept: Duration) -> Option<Shape> {
    deadline(&job.seen(), latest, kept).map(later)
}

/// No run has been seen for `longest`.
pub fn silent_run(job: &DataflowJob, longest: Duration, pauses: &[Range<i64>]) -> Shape {
    later(silence(&job.seen(), longest, pauses))
}

/// Fewer than `least` runs have been seen within `per`: each has an ID of its own. After a pause, a whole `per` passes
/// first.
pub fn runs_missing(job: &DataflowJob, least: u32, per: Duration, pauses: &[Range<i64>]) -> Shape {
    let seen = Expr::call("count_over_time", job.running().every(STEP, per));
    let runs = or_zero(Expr::aggregate("count", seen));
    let missing = Expr::from(f64::from(least)).then(Operator::Subtract, runs);
    let query = unpaused(missing, per, pauses).then(Operator::Greater, 0.0);
    Shape::of_absence(query, DELAY, Facts::default().with("forgets", Fact::Absent))
}

impl DataflowJob {
    /// When runs were seen.
    fn seen(&self) -> Expr {
        let elapsed = self.selector(&ELAPSED_TIME);
        let grows = Expr::call("changes", elapsed.clone().over(DELAY)).then(Operator::Greater, 0.0);
        Expr::call("timestamp", elapsed).then(Operator::And, grows)
    }
}
