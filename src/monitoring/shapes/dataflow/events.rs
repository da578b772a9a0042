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

/// How soon a failure is seen: the metric's delay and the period.
const WITHIN: Duration = Duration::minutes(10);

/// A run of the job failed. A gauge, so the first failure of a new series is seen like any other.
pub fn failed_job(job: &DataflowJob, auto_close: Duration) -> Shape {
    let failed = Expr::call("max_over_time", job.selector(&IS_FAILED).over(PERIOD));
    Shape {
        conditions: vec![Query::Highest { filter: job.filter(&IS_FAILED), period: PERIOD, above: 0 }],
        combiner: Combiner::Or,
        auto_close: Some(auto_close),
        twin: Expr::aggregate("max", failed).then(Operator::Greater, 0.0),
        facts: Facts::default().with("launch", false).with("within", WITHIN).with("closes_after", auto_close),
    }
}

/// The job could not be launched: there is no run, no metric of one, and no failure but in the launcher's log.
pub fn failed_launch(job: &DataflowJob, auto_close: Duration) -> Shape {
    let filter: LogFilter = job.error_entries().log(LAUNCHER_LOG);
    let mut entries = job.selector(&LOG_ENTRIES).one_of("severity", &ERRORS);
    entries.labels.push(("log", LAUNCHER_LOG.to_owned()));
    let count = Expr::aggregate("sum", Expr::call("increase", entries.over(PERIOD)));
    Shape {
        conditions: vec![Query::MatchedLog {
            filter,
            labels: BTreeMap::new(),
            rate_limit: Duration::hours(1),
        }],
        combiner: Combiner::Or,
        auto_close: Some(auto_close),
        twin: count.then(Operator::Greater, 0.0),
        facts: Facts::default().with("launch", true).with("within", PERIOD).with("closes_after", auto_close),
    }
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
        auto_close: None,
        twin: waiting.then(Operator::Greater, f64::from(at_most)),
        facts: Facts::default().with("within", WITHIN).with("period", PERIOD),
    }
}
