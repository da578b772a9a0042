//! DagSlo: promises about the runs of a DAG, one file each.

mod deadline_findings;
mod deadlines;
mod duration;
mod findings;
mod success;

use super::alerting::{Alerting, Settings};
use super::due::due;
use super::pipeline::pipeline;
use super::{Context, Lowered, airflow, scope};
use crate::monitoring::shapes::{DagRuns, Shape};
use crate::monitoring::stack::{Alert, AlertPolicy};
use crate::resolve::Effective;
use crate::spec::{AlertSettings, DagAlerts, DagSlo, Environment, Kind, Name, Severity, idle_days};
use crate::templates::{Facts, TemplateError};

/// A DAG in an environment, which all of its promises share.
#[derive(Clone, Copy)]
struct Dag<'a> {
    alerting: Alerting<'a>,
    effective: &'a Effective,
    document: &'a DagSlo,
    /// The Composer environment that runs it.
    composer: &'a str,
    runs: &'a DagRuns,
}

pub(super) fn lower(
    context: Context<'_>,
    effective: &Effective,
    document: &DagSlo,
    environment_name: &Name,
    environment: &Environment,
) -> Result<Lowered, TemplateError> {
    let mut lowered = Lowered { pipeline: None, findings: Vec::new() };
    let spec = &document.spec;
    let composer = spec.composer_environment.as_ref().or_else(|| environment.composer_environments.first());
    let due = due(context.schedules, &spec.schedule, idle_days(spec.from, &spec.suspend));
    let pipeline = pipeline(context, effective, Kind::DagSlo, &document.metadata, environment_name);
    // What is missing here is reported by `check`.
    let (Some(composer), Some(due), Some(mut pipeline)) = (composer, due, pipeline) else {
        return Ok(lowered);
    };
    pipeline.airflow =
        airflow(environment, composer).map(|url| format!("{url}/dags/{}/grid", spec.dag.as_str()));
    let dag = Dag {
        alerting: Alerting { context, environment_name, environment, pipeline: &pipeline },
        effective,
        document,
        composer: composer.as_str(),
        runs: &DagRuns::new(scope(environment), composer.as_str(), spec.dag.as_str()),
    };
    let mut promises = Vec::new();
    if let Some(success) = &spec.objectives.success {
        promises.push(success::lower(dag, success, &due, &mut lowered.findings)?);
    }
    promises.extend(deadlines::lower(dag, &due, &mut lowered.findings)?);
    if let Some(duration) = &spec.objectives.duration {
        promises.push(duration::lower(dag, duration)?);
    }
    if promises.is_empty() {
        return Ok(lowered);
    }
    pipeline.promises = promises;
    lowered.pipeline = Some(pipeline);
    Ok(lowered)
}

impl Dag<'_> {
    /// The policy of an alert, tuned as the spec says; none where its severity is `none`. The facts are the promise's.
    fn policy(
        &self,
        alert: Alert,
        default: Severity,
        shape: Shape,
        facts: &Facts,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        self.policy_as(self.settings(alert, default), shape, facts)
    }

    /// A promise in words, and the facts with it.
    fn promised(&self, template: &str, facts: Facts) -> Result<(String, Facts), TemplateError> {
        let statement = self.alerting.context.texts.line(template, &facts)?;
        let facts = facts.with("promise", statement.as_str());
        Ok((statement, facts))
    }

    /// What the spec says about an alert.
    fn settings(&self, alert: Alert, default: Severity) -> Settings {
        Settings {
            alert,
            default,
            instance: None,
            written: settings(&self.document.spec.alerts, alert),
            place: self.effective.span(&["spec", "alerts", alert.key()]),
            hold_place: self.effective.span(&["spec", "alerts", alert.key(), "after"]),
            renotify_place: self.effective.span(&["spec", "alerts", alert.key(), "renotify"]),
            watched: self.effective.span(&["spec", "dag"]),
        }
    }

    /// The same with other settings than those that are written.
    fn policy_as(
        &self,
        settings: Settings,
        shape: Shape,
        facts: &Facts,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        self.alerting.policy(&settings, shape, &self.facts().and(facts))
    }

    /// What the texts of every promise about the DAG may use. Neither ID can hold a backtick, so that both can stand in
    /// code spans.
    fn facts(&self) -> Facts {
        Facts::default().with("dag", self.document.spec.dag.as_str()).with("composer", self.composer)
    }
}

fn settings(alerts: &DagAlerts, alert: Alert) -> AlertSettings {
    match alert {
        Alert::FailedRun => alerts.failed_run.into(),
        Alert::RepeatedFailure => alerts.repeated_failure.clone(),
        Alert::FastBurn => alerts.fast_burn.clone(),
        Alert::SlowBurn => alerts.slow_burn.clone(),
        Alert::Landing => alerts.landing.clone(),
        Alert::MissedRun => alerts.missed_run.clone(),
        Alert::Duration => alerts.duration.into(),
        Alert::Task => alerts.tasks.clone(),
        _ => AlertSettings::default(),
    }
}
