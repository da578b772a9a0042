//! Runs of a batch job: they start when they are due, and do not fail.

use super::super::due::due;
use super::super::missed::{Missed, Seen, missed, not_made, too_irregular};
use super::{Job, Settings};
use crate::diagnostics::Diagnostic;
use crate::gcp::metrics::dataflow::ELAPSED_TIME;
use crate::monitoring::shapes::Shape;
use crate::monitoring::shapes::dataflow::{
    DELAY, DataflowJob, failed_job, failed_launch, run_missing, runs_missing, silent_run,
};
use crate::monitoring::stack::{Alert, Promise, Signal};
use crate::monitoring::{Strategy, choose_deadline, choose_event};
use crate::slo::latest_start::LatestStart;
use crate::slo::{Due, Duration};
use crate::spec::{AlertSettings, Schedule, Severity, idle_days};
use crate::templates::{Facts, TemplateError};
use std::ops::Range;

/// How long after its start a run must have been seen, where the spec does not say: whatever launches it may be late.
const GRACE: Duration = Duration::hours(1);

pub(super) fn lower(job: Job<'_>, findings: &mut Vec<Diagnostic>) -> Result<Vec<Promise>, TemplateError> {
    let spec = &job.document.spec;
    // What is missing here is reported by `check`.
    let Some(schedule) = &spec.schedule else { return Ok(Vec::new()) };
    let Some(due) = due(job.alerting.context.schedules, schedule, idle_days(spec.from, &spec.suspend)) else {
        return Ok(Vec::new());
    };
    let mut promises = vec![failed(job)?];
    promises.extend(missed_run(job, schedule, &due, findings)?);
    Ok(promises)
}

/// A run that fails calls; one that cannot be launched is a ticket, as the missing run calls.
fn failed(job: Job<'_>) -> Result<Promise, TemplateError> {
    let (statement, facts) = job.promised("dataflow-slo/promise-failed-job.md", Facts::default())?;
    let settings = job.settings(Alert::FailedJob, Severity::Page);
    let mut policies = Vec::from_iter(job.policy(&settings, failed_job(job.job), &facts)?);
    let written = settings.written.severity.map(|severity| severity.min(Severity::Ticket));
    let launch = Settings {
        instance: Some("launch".to_owned()),
        default: Severity::Ticket,
        written: AlertSettings { severity: written, after: None, renotify: None },
        ..settings
    };
    policies.extend(job.policy(&launch, failed_launch(job.job), &facts)?);
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
fn missed_run(
    job: Job<'_>,
    schedule: &Schedule,
    due: &Due,
    findings: &mut Vec<Diagnostic>,
) -> Result<Option<Promise>, TemplateError> {
    let mut settings = job.settings(Alert::MissedRun, Severity::Page);
    let written = settings.written.after.take();
    let after = written.unwrap_or(GRACE);
    let scheduled = job.effective.span(&["spec", "schedule"]);
    let place = if written.is_some() { settings.hold_place } else { scheduled };
    let kept = job.alerting.context.kept(&ELAPSED_TIME);
    let Missed { shape, facts, longest } = match missed(job.job, schedule, due, after, kept) {
        Ok(missed) => missed,
        Err(reason) => {
            findings.extend(not_made(reason, &settings, kept, place));
            return Ok(None);
        }
    };
    let (statement, facts) = job.promised("dataflow-slo/promise-missed-run.md", facts)?;
    let Some(policy) = job.policy(&settings, shape, &facts)? else { return Ok(None) };
    findings.extend(longest.map(|longest| too_irregular(longest, after, place, scheduled)));
    Ok(Some(Promise {
        id: "missed_run",
        statement,
        objective: None,
        decision: choose_deadline(due, longest, "sign of life"),
        slo: None,
        policies: vec![policy],
        log_metric: None,
        signal: Signal::Deadline,
        span: scheduled,
    }))
}

impl Seen for DataflowJob {
    const DELAY: Duration = DELAY;

    fn since_latest_start(&self, latest: &LatestStart, kept: Duration) -> Option<Shape> {
        run_missing(self, latest, kept)
    }

    fn silence(&self, longest: Duration, pauses: &[Range<i64>]) -> Shape {
        silent_run(self, longest, pauses)
    }

    fn too_few(&self, least: u32, per: Duration, pauses: &[Range<i64>]) -> Shape {
        runs_missing(self, least, per, pauses)
    }
}
