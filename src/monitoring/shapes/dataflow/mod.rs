//! What alerts about Dataflow jobs ask. `job_id`, the ID of one run, is aggregated away everywhere.

mod clock;
mod events;
mod running;
mod slices;

pub use clock::Clock;
pub use events::{dead_letters, failed_job, failed_launch, messages_in};
pub use running::{gauge_missing, not_running, run_missing, runs_missing, silent_run};
pub use slices::{BadSlices, slices};

use crate::gcp::metrics::dataflow::{ELAPSED_TIME, ERRORS, LOG_ENTRIES, LOG_RESOURCE};
use crate::gcp::metrics::{Metric, log_based_promql_name};
use crate::gcp::{Filter, LogExtractor, LogFilter, LogSeverity};
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use std::collections::BTreeMap;

/// How long the metrics of a job are on their way: a point is taken each minute, and seen four minutes later.
pub const DELAY: Duration =
    Duration::seconds(ELAPSED_TIME.visible_after.as_seconds() + ELAPSED_TIME.sampled.as_seconds());

/// A Dataflow job, or all jobs whose names begin alike, as one.
#[derive(Clone, Debug)]
pub enum DataflowJob {
    /// The job of this name.
    Named(String),
    /// The jobs whose names begin so.
    Beginning(String),
}

impl DataflowJob {
    /// The series of a metric of the job.
    pub fn selector(&self, metric: &Metric) -> Selector {
        let resource = ("monitored_resource", metric.resource.to_owned());
        match self {
            DataflowJob::Named(name) => {
                Selector::new(metric.promql_name(), vec![resource, ("job_name", name.clone())])
            }
            DataflowJob::Beginning(prefix) => {
                Selector::new(metric.promql_name(), vec![resource]).begins("job_name", prefix)
            }
        }
    }

    /// The same for a condition that is no PromQL.
    pub fn filter(&self, metric: &Metric) -> Filter {
        match self {
            DataflowJob::Named(name) => Filter::of(metric).resource_label("job_name", name),
            DataflowJob::Beginning(prefix) => Filter::of(metric).resource_label_begins("job_name", prefix),
        }
    }

    /// What the job logs of errors, or worse.
    fn error_entries(&self) -> LogFilter {
        let entries = LogFilter::of_resource(LOG_RESOURCE);
        let entries = match self {
            DataflowJob::Named(name) => entries.resource_label("job_name", name),
            DataflowJob::Beginning(prefix) => entries.resource_label_begins("job_name", prefix),
        };
        entries.at_least(LogSeverity::Error)
    }

    /// How many errors the job logs: a system metric, which needs nothing to exist first.
    pub fn errors(&self) -> Selector {
        self.selector(&LOG_ENTRIES).one_of("severity", &ERRORS)
    }

    /// The filter and the labels of the log-based metric that counts the errors of each step, which no system metric does.
    pub fn step_errors(&self) -> (LogFilter, BTreeMap<&'static str, LogExtractor>) {
        let step = LogExtractor::Field("resource.labels.step_id".to_owned());
        (self.error_entries(), BTreeMap::from([("step", step)]))
    }

    /// The runs whose time goes on; what has ended may keep its last value.
    fn running(&self) -> Expr {
        let elapsed = self.selector(&ELAPSED_TIME);
        let grows = Expr::call("changes", elapsed.clone().over(DELAY)).then(Operator::Greater, 0.0);
        Expr::from(elapsed).then(Operator::And, grows)
    }
}

/// The same series for a dashboard.
pub fn errors_of_step_filter(log_metric: &str, step: &str) -> Filter {
    Filter::of_log_metric(log_metric, LOG_ENTRIES.resource).metric_label_at_or_below("step", step)
}

/// What a log-based metric counts for a step, and for what is in it.
pub fn errors_of_step(log_metric: &str, step: &str) -> Selector {
    let resource = ("monitored_resource", LOG_ENTRIES.resource.to_owned());
    Selector::new(log_based_promql_name(log_metric), vec![resource]).at_or_below("step", step)
}
