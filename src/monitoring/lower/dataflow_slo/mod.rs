//! DataflowSlo: promises about a Dataflow job, or a group of jobs, and its steps.

mod batch;
mod findings;
mod shares;
mod states;

use super::alerting::{Alerting, Settings};
use super::pipeline::pipeline;
use super::{Context, Lowered, scope};
use crate::diagnostics::Diagnostic;
use crate::monitoring::shapes::Shape;
use crate::monitoring::shapes::dataflow::{Clock, DataflowJob, JobName};
use crate::monitoring::stack::{Alert, AlertPolicy, LogMetric, Pipeline, Promise};
use crate::resolve::Effective;
use crate::slo::{ActiveHours, Due, Duration};
use crate::spec::{
    AlertSettings, DataflowAlerts, DataflowSlo, Environment, JobSelector, Kind, Mode, Name, Severity,
    idle_days,
};
use crate::templates::{Facts, TemplateError, markdown};

/// A job in an environment, which all of its promises share.
#[derive(Clone, Copy)]
struct Job<'a> {
    alerting: Alerting<'a>,
    effective: &'a Effective,
    document: &'a DataflowSlo,
    job: &'a DataflowJob,
    /// When something is due of a streaming job.
    clock: &'a Clock,
    /// What counts the errors of steps.
    log_metric: &'a LogMetric,
}

pub(super) fn lower(
    context: Context<'_>,
    effective: &Effective,
    document: &DataflowSlo,
    environment_name: &Name,
    environment: &Environment,
) -> Result<Lowered, TemplateError> {
    let mut lowered = Lowered { pipeline: None, findings: Vec::new() };
    let pipeline = pipeline(context, effective, Kind::DataflowSlo, &document.metadata, environment_name);
    // What is missing here is reported by `check`.
    let Some(mut pipeline) = pipeline else { return Ok(lowered) };
    let name = match &document.spec.job.selector {
        JobSelector::Name(name) => JobName::Is(name.to_string()),
        JobSelector::NamePrefix(prefix) => JobName::Begins(prefix.to_string()),
    };
    let job = DataflowJob { scope: scope(environment), name };
    let log_metric = log_metric(&pipeline, &job);
    let lowering = Job {
        alerting: Alerting { context, environment_name, environment, pipeline: &pipeline },
        effective,
        document,
        job: &job,
        clock: &clock(context, document),
        log_metric: &log_metric,
    };
    let promises = lowering.promises(&mut lowered.findings)?;
    if promises.iter().any(|promise| promise.log_metric.is_some()) {
        pipeline.log_metrics = vec![log_metric];
    }
    pipeline.promises = promises;
    lowered.pipeline = (!pipeline.promises.is_empty()).then_some(pipeline);
    Ok(lowered)
}

fn clock(context: Context<'_>, document: &DataflowSlo) -> Clock {
    let spec = &document.spec;
    let defaults = &context.project.project.spec.defaults;
    let hours = spec.active_hours.as_ref();
    // Whose days these are: those of the hours or the schedule, else of the Project.
    let scheduled = spec.schedule.as_ref().map(|schedule| schedule.timezone.as_str());
    let time_zone = hours.map(|hours| hours.timezone.as_str()).or(scheduled).or(defaults.timezone.as_deref());
    let suspended = idle_days(spec.from, &spec.suspend);
    Clock {
        hours: hours.and_then(|hours| ActiveHours::new(hours.from, hours.to, &hours.timezone)),
        pauses: Due::every(Duration::minutes(1)).suspended(suspended).pauses(time_zone.unwrap_or("UTC")),
    }
}

/// The errors of all steps, told apart by a label: one metric is enough for each spec.
fn log_metric(pipeline: &Pipeline, job: &DataflowJob) -> LogMetric {
    let (filter, labels) = job.step_errors();
    LogMetric {
        id: "step_errors",
        name: format!("genkai-{}-step-errors", pipeline.service_id),
        description: format!("Errors that the steps of {} log.", pipeline.reference()),
        filter,
        labels,
    }
}

impl Job<'_> {
    fn promises(&self, findings: &mut Vec<Diagnostic>) -> Result<Vec<Promise>, TemplateError> {
        let mut promises = shares::lower(*self, findings)?;
        match self.document.spec.job.mode {
            Mode::Streaming => promises.extend(states::running(*self)?),
            Mode::Batch => promises.extend(batch::lower(*self, findings)?),
        }
        promises.extend(states::dead_letters(*self)?);
        findings.extend(findings::alerts_not_made(self.effective, self.document));
        Ok(promises)
    }

    /// What the spec says about an alert.
    fn settings(&self, alert: Alert, default: Severity) -> Settings {
        let place = |path: &[&str]| self.effective.span(path);
        let name = match &self.document.spec.job.selector {
            JobSelector::Name(_) => "name",
            JobSelector::NamePrefix(_) => "namePrefix",
        };
        Settings {
            alert,
            default,
            instance: None,
            written: settings(&self.document.spec.alerts, alert),
            place: place(&["spec", "alerts", alert.key()]),
            hold_place: place(&["spec", "alerts", alert.key(), "after"]),
            renotify_place: place(&["spec", "alerts", alert.key(), "renotify"]),
            watched: place(&["spec", "job", name]),
        }
    }

    fn policy(
        &self,
        settings: &Settings,
        shape: Shape,
        facts: &Facts,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        self.alerting.policy(settings, shape, &self.facts().and(facts))
    }

    /// A promise in words, and the facts with it.
    fn promised(&self, template: &str, facts: Facts) -> Result<(String, Facts), TemplateError> {
        let facts = self.facts().and(&facts);
        let statement = self.alerting.context.texts.line(template, &facts)?;
        let facts = facts.with("promise", markdown(&statement));
        Ok((statement, facts))
    }

    /// What the texts of every promise about the job may use. The name of a job has nothing that could leave a code span.
    fn facts(&self) -> Facts {
        let (name, group) = match &self.job.name {
            JobName::Is(name) => (name, false),
            JobName::Begins(prefix) => (prefix, true),
        };
        Facts::default().with("job", name.as_str()).with("group", group)
    }
}

fn settings(alerts: &DataflowAlerts, alert: Alert) -> AlertSettings {
    let settings = match alert {
        Alert::Errors => &alerts.errors,
        Alert::Freshness => &alerts.freshness,
        Alert::Lag => &alerts.lag,
        Alert::Throughput => &alerts.throughput,
        Alert::DeadLetters => &alerts.dead_letters,
        Alert::FailedJob => &alerts.failed_job,
        Alert::MissingData => &alerts.missing_data,
        Alert::MissedRun => &alerts.missed_run,
        _ => return AlertSettings::default(),
    };
    settings.clone()
}
