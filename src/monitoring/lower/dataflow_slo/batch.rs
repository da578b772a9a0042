//! Runs of a batch job: they start when they are due, and do not fail.

use super::super::due::{closes_after, due};
use super::{Job, Settings};
use crate::monitoring::shapes::Shape;
use crate::monitoring::shapes::dataflow::{
    DELAY, failed_job, failed_launch, run_missing, runs_missing, silent_run,
};
use crate::monitoring::stack::{Alert, Promise, Signal};
use crate::monitoring::{Strategy, choose_deadline, choose_event};
use crate::slo::{Deadline, Due, Duration};
use crate::spec::{AlertSettings, Schedule, Severity, Timing};
use crate::templates::{Facts, TemplateError};

/// How long after its start a run must have been seen, where the spec does not say: whatever launches it may be late.
const GRACE: Duration = Duration::hours(1);

pub(super) fn lower(job: Job<'_>) -> Result<Vec<Promise>, TemplateError> {
    let spec = &job.document.spec;
    // What is missing here is reported by `check`.
    let Some(schedule) = &spec.schedule else { return Ok(Vec::new()) };
    let Some(due) = due(job.alerting.context.schedules, schedule, &spec.suspend) else {
        return Ok(Vec::new());
    };
    let mut promises = vec![failed(job, &due)?];
    promises.extend(missed(job, schedule, &due)?);
    Ok(promises)
}

/// A run that fails calls; one that cannot be launched is a ticket, as the missing run calls.
fn failed(job: Job<'_>, due: &Due) -> Result<Promise, TemplateError> {
    let closes = closes_after(due.occurrences());
    let (statement, facts) = job.promised("dataflow-slo/promise-failed-job.md", Facts::default())?;
    let settings = job.settings(Alert::FailedJob, Severity::Page);
    let mut policies = Vec::from_iter(job.policy(&settings, failed_job(job.job, closes), &facts)?);
    let written = settings.written.severity.map(|severity| severity.min(Severity::Ticket));
    let launch = Settings {
        instance: Some("launch".to_owned()),
        default: Severity::Ticket,
        written: AlertSettings { severity: written, after: None, renotify: None },
        ..settings
    };
    policies.extend(job.policy(&launch, failed_launch(job.job, closes), &facts)?);
    Ok(Promise {
        id: "failed_job",
        statement,
        objective: None,
        decision: choose_event(
            Strategy::Event,
            "a job tells that it failed, and one that could not be launched is in the logs alone",
        ),
        slo: None,
        policies,
        log_metric: None,
        signal: Signal::Deadline,
        span: job.effective.span(&["spec", "job"]),
    })
}

/// A run is seen for each start that is due, however it ends.
fn missed(job: Job<'_>, schedule: &Schedule, due: &Due) -> Result<Option<Promise>, TemplateError> {
    let mut settings = job.settings(Alert::MissedRun, Severity::Page);
    let after = settings.written.after.take().unwrap_or(GRACE);
    let fitting = shape(job, schedule, due, after);
    let starts_fit = fitting.is_some();
    let Some(shape) = fitting.or_else(|| {
        // Nobody asked for this alert, so a schedule that it does not fit is no mistake.
        let longest = due.occurrences().distances(1).last().copied()?.plus(after).plus(DELAY);
        Some(silent_run(job.job, longest, &due.pauses(&schedule.timezone)))
    }) else {
        return Ok(None);
    };
    let (every, at_least, per) = match &schedule.timing {
        Timing::Cron(_) => (None, None, None),
        Timing::Every(distance) => (Some(*distance), None, None),
        Timing::Triggered(triggered) => (None, Some(triggered.at_least), Some(triggered.per)),
    };
    let facts = Facts::default()
        .with("after", after)
        .with("every", every)
        .with("at_least", at_least)
        .with("per", per);
    let (statement, facts) = job.promised("dataflow-slo/promise-missed-run.md", facts)?;
    let policies = job.policy(&settings, shape, &facts)?;
    Ok(policies.map(|policy| Promise {
        id: "missed_run",
        statement,
        objective: None,
        decision: choose_deadline(due, starts_fit, "sign of life"),
        slo: None,
        policies: vec![policy],
        log_metric: None,
        signal: Signal::Deadline,
        span: job.effective.span(&["spec", "schedule"]),
    }))
}

fn shape(job: Job<'_>, schedule: &Schedule, due: &Due, after: Duration) -> Option<Shape> {
    if let Some(latest) = due.latest_start(Deadline::Within(after), DELAY) {
        return run_missing(job.job, &latest);
    }
    let pauses = due.pauses(&schedule.timezone);
    match &schedule.timing {
        Timing::Every(distance) => Some(silent_run(job.job, distance.plus(after).plus(DELAY), &pauses)),
        Timing::Triggered(triggered) => {
            let per = triggered.per.plus(after).plus(DELAY);
            Some(runs_missing(job.job, triggered.at_least, per, &pauses))
        }
        Timing::Cron(_) => None,
    }
}
