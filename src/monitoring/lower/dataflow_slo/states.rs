//! States without a share: that a streaming job runs, that its gauges show something, that no message waits.

use super::{Job, Settings};
use crate::monitoring::shapes::dataflow::{
    dead_letters as waiting, gauge_missing as missing, messages_in, not_running,
};
use crate::monitoring::stack::{Alert, AlertPolicy, Measure, Measured, Promise, Signal};
use crate::monitoring::{Strategy, choose_event};
use crate::promql::Selector;
use crate::slo::Duration;
use crate::spec::{MissingData, Severity};
use crate::templates::{Fact, Facts, TemplateError};

/// What a deployment may take where the start-up is short: the old run is drained before the new one begins.
const GRACE: Duration = Duration::minutes(10);

fn grace(job: Job<'_>) -> Duration {
    job.document.spec.startup.max(GRACE)
}

/// A streaming job runs. Its other promises know only what a run shows.
pub(super) fn running(job: Job<'_>) -> Result<Option<Promise>, TemplateError> {
    if job.document.spec.missing_data == MissingData::Ignore {
        return Ok(None);
    }
    let shape = not_running(job.job, grace(job), job.clock);
    let facts =
        Facts::default().with("gauge", false).with("step", Fact::Absent).with("step_text", Fact::Absent);
    let (statement, facts) = job.promised("dataflow-slo/promise-running.md", facts.and(&shape.facts))?;
    let policy = job.policy(&job.settings(Alert::MissingData, Severity::Page), shape, &facts)?;
    Ok(Some(Promise {
        id: "running",
        statement,
        objective: None,
        decision: choose_event(
            Strategy::Silence,
            "a job that does not run shows nothing, and no share of nothing is bad",
        ),
        slo: None,
        policies: policy.into_iter().collect(),
        log_metric: None,
        signal: Signal::Deadline,
        span: job.effective.span(&["spec", "job"]),
    }))
}

/// A gauge shows something while the job runs: a stage that a new version of the pipeline does not have never does.
pub(super) fn gauge_missing(
    job: Job<'_>,
    instance: Option<String>,
    series: Selector,
    facts: &Facts,
) -> Result<Option<AlertPolicy>, TemplateError> {
    let shape = missing(job.job, series.clone(), job.document.spec.startup, grace(job), job.clock);
    let metric = if series.metric.contains("watermark") { "freshness" } else { "lag" };
    let instance = instance.map_or(metric.to_owned(), |instance| format!("{metric}_{instance}"));
    let settings =
        Settings { instance: Some(instance), ..job.settings(Alert::MissingData, Severity::Ticket) };
    job.policy(
        &settings,
        shape,
        &facts.clone().with("gauge", true).with("of_freshness", metric == "freshness"),
    )
}

/// No more messages than promised wait in the subscription of those that could not be processed.
pub(super) fn dead_letters(job: Job<'_>) -> Result<Option<Promise>, TemplateError> {
    let Some(promised) = &job.document.spec.dead_letters else { return Ok(None) };
    let subscription = promised.subscription.as_str();
    let shape = waiting(&job.job.scope, subscription, promised.at_most);
    let facts = Facts::default().with("subscription", subscription).with("at_most", promised.at_most);
    let (statement, facts) = job.promised("dataflow-slo/promise-dead-letters.md", facts)?;
    let settings = Settings {
        watched: job.effective.span(&["spec", "deadLetters", "subscription"]),
        ..job.settings(Alert::DeadLetters, Severity::Ticket)
    };
    let policy = job.policy(&settings, shape, &facts)?;
    Ok(Some(Promise {
        id: "dead_letters",
        statement,
        objective: None,
        decision: choose_event(
            Strategy::Highest,
            "what waits there was not processed, however few there are",
        ),
        slo: None,
        policies: policy.into_iter().collect(),
        log_metric: None,
        signal: Signal::Measured(Box::new(Measure {
            of: Measured::Messages,
            filter: messages_in(&job.job.scope, subscription),
            by: None,
            bad: None,
            slice: Duration::minutes(1),
            limit: promised.at_most.into(),
        })),
        span: job.effective.span(&["spec", "deadLetters"]),
    }))
}
