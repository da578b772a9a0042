//! What alerts about Dataflow jobs ask. `job_id`, the ID of one run, is aggregated away everywhere.

mod clock;
mod events;
mod running;
mod slices;

pub use clock::Clock;
pub use events::{dead_letters, failed_job, failed_launch, messages_in};
pub use running::{gauge_missing, not_running, run_missing, runs_missing, silent_run};
pub use slices::{BadSlices, slices};

use crate::gcp::metrics::Metric;
use crate::gcp::metrics::dataflow::{ELAPSED_TIME, ERRORS, LOG_ENTRIES, LOG_RESOURCE};
use crate::gcp::{Filter, LogExtractor, LogFilter, LogSeverity, Scope};
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use std::collections::BTreeMap;

/// How long the metrics of a job are on their way: a point is taken each minute, and seen four minutes later.
pub const DELAY: Duration =
    Duration::seconds(ELAPSED_TIME.visible_after.as_seconds() + ELAPSED_TIME.sampled.as_seconds());

/// A Dataflow job, or all jobs whose names begin alike, as one.
#[derive(Clone, Debug)]
pub struct DataflowJob {
    /// Whose series.
    pub scope: Scope,
    /// Which of its jobs.
    pub name: JobName,
}

/// Which jobs are meant.
#[derive(Clone, Debug)]
pub enum JobName {
    /// The job of this name.
    Is(String),
    /// The jobs whose names begin so.
    Begins(String),
}

impl DataflowJob {
    /// The series of a metric of the job.
    pub fn selector(&self, metric: &Metric) -> Selector {
        let mut selector = self.scope.selector(metric);
        match &self.name {
            JobName::Is(name) => {
                selector.labels.push(("job_name", name.clone()));
                selector
            }
            JobName::Begins(prefix) => selector.begins("job_name", prefix),
        }
    }

    /// The same for a condition that is no PromQL.
    pub fn filter(&self, metric: &Metric) -> Filter {
        let filter = self.scope.filter(metric);
        match &self.name {
            JobName::Is(name) => filter.resource_label("job_name", name),
            JobName::Begins(prefix) => filter.resource_label_begins("job_name", prefix),
        }
    }

    /// What the job logs of errors, or worse.
    fn error_entries(&self) -> LogFilter {
        let entries = LogFilter::of_resource(LOG_RESOURCE);
        let entries = match &self.name {
            JobName::Is(name) => entries.resource_label("job_name", name),
            JobName::Begins(prefix) => entries.resource_label_begins("job_name", prefix),
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

    /// What a log-based metric counts for a step of the job, and for what is in it.
    pub fn errors_of_step(&self, log_metric: &str, step: &str) -> Selector {
        self.scope.log_metric_selector(log_metric, LOG_ENTRIES.resource).at_or_below("step", step)
    }

    /// The same series for a dashboard.
    pub fn errors_of_step_filter(&self, log_metric: &str, step: &str) -> Filter {
        self.scope.log_metric_filter(log_metric, LOG_ENTRIES.resource).metric_label_at_or_below("step", step)
    }

    /// The runs whose time goes on; what has ended may keep its last value.
    fn running(&self) -> Expr {
        let elapsed = self.selector(&ELAPSED_TIME);
        let grows = Expr::call("changes", elapsed.clone().over(DELAY)).then(Operator::Greater, 0.0);
        Expr::from(elapsed).then(Operator::And, grows)
    }
}
