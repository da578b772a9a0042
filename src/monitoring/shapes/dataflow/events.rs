//! What happens to a job, or to its messages: it fails, it cannot be launched, messages cannot be processed.

use super::super::Shape;
use super::{DataflowJob, LogFilter};
use crate::gcp::metrics::dataflow::{ERRORS, IS_FAILED, LAUNCHER_LOG, LOG_ENTRIES, UNDELIVERED_MESSAGES};
use crate::gcp::{Filter, Scope};
use crate::monitoring::{Combiner, Query};
use crate::promql::{Expr, Operator};
use crate::slo::Duration;
use crate::templates::Facts;
use std::collections::BTreeMap;

/// Longer than the metrics' sampling, so that no point falls between two evaluations.
const PERIOD: Duration = Duration::minutes(5);

/// How soon something is seen: the metric's delay and the period.
const SEEN: Duration = Duration::minutes(10);

/// A run of the job failed. A gauge, so the first failure of a new series is seen like any other.
pub fn failed_job(job: &DataflowJob) -> Shape {
    let failed = Expr::call("max_over_time", job.selector(&IS_FAILED).over(PERIOD));
    let condition = Query::Highest { filter: job.filter(&IS_FAILED), period: PERIOD, above: 0 };
    let twin = Expr::aggregate("max", failed).then(Operator::Greater, 0.0);
    Shape::of_event(condition, SEEN, twin, Facts::default().with("launch", false))
}

/// The job could not be launched: there is no run, no metric of one, and no failure but in the launcher's log.
pub fn failed_launch(job: &DataflowJob) -> Shape {
    let filter: LogFilter = job.error_entries().log(LAUNCHER_LOG);
    let mut entries = job.selector(&LOG_ENTRIES).one_of("severity", &ERRORS);
    entries.labels.push(("log", LAUNCHER_LOG.to_owned()));
    let count = Expr::aggregate("sum", Expr::call("increase", entries.over(PERIOD)));
    let condition = Query::MatchedLog { filter, labels: BTreeMap::new(), rate_limit: Duration::hours(1) };
    let twin = count.then(Operator::Greater, 0.0);
    Shape::of_event(condition, PERIOD, twin, Facts::default().with("launch", true))
}

/// The messages that wait in a subscription.
pub fn messages_in(scope: &Scope, subscription: &str) -> Filter {
    scope.filter(&UNDELIVERED_MESSAGES).resource_label("subscription_id", subscription)
}

/// More messages wait in a subscription than may.
pub fn dead_letters(scope: &Scope, subscription: &str, at_most: u32) -> Shape {
    let mut messages = scope.selector(&UNDELIVERED_MESSAGES);
    messages.labels.push(("subscription_id", subscription.to_owned()));
    let waiting = Expr::aggregate("max", Expr::call("max_over_time", messages.over(PERIOD)));
    let filter = messages_in(scope, subscription);
    Shape {
        conditions: vec![Query::Highest { filter, period: PERIOD, above: at_most.into() }],
        combiner: Combiner::Or,
        hold: None,
        seen: Some(SEEN),
        auto_close: None,
        twin: waiting.then(Operator::Greater, f64::from(at_most)),
        facts: Facts::default().with("period", PERIOD),
    }
}
