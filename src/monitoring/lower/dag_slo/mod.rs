//! DagSlo: promises about the runs of a DAG, one file each.

mod findings;
mod success;

use super::alerting::{Alerting, Settings, Words};
use super::pipeline::pipeline;
use super::{Context, Lowered};
use crate::monitoring::shapes::{DagRuns, Shape};
use crate::monitoring::stack::{Alert, AlertPolicy};
use crate::resolve::Effective;
use crate::spec::{AlertSettings, DagAlerts, DagSlo, Environment, Kind, Name, Severity, Timing};
use crate::templates::TemplateError;

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
    let schedule = match &spec.schedule.timing {
        Timing::Cron(cron) => context.schedules.get(cron, &spec.schedule.timezone).ok(),
        Timing::Every(_) | Timing::Triggered(_) => None,
    };
    let pipeline = pipeline(context, effective, Kind::DagSlo, &document.metadata, environment_name);
    // What is missing here is reported by `check`, or not supported yet.
    let (Some(composer), Some(schedule), Some(mut pipeline)) = (composer, schedule, pipeline) else {
        return Ok(lowered);
    };
    let due = schedule.occurrences();
    let dag = Dag {
        alerting: Alerting { context, environment_name, environment, pipeline: &pipeline },
        effective,
        document,
        composer: composer.as_str(),
        runs: &DagRuns::new(composer.as_str(), spec.dag.as_str()),
    };
    let mut promises = Vec::new();
    if let Some(success) = &spec.objectives.success {
        promises.push(success::lower(dag, success, due, &mut lowered.findings)?);
    }
    if promises.is_empty() {
        return Ok(lowered);
    }
    pipeline.promises = promises;
    lowered.pipeline = Some(pipeline);
    Ok(lowered)
}

impl Dag<'_> {
    /// The policy of an alert, tuned as the spec says; none where its severity is `none`.
    fn policy(
        &self,
        alert: Alert,
        default: Severity,
        shape: Shape,
        words: &Words,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        let written = settings(&self.document.spec.alerts, alert);
        let watched = self.effective.span(&["spec", "dag"]);
        self.alerting.policy(self.effective, &Settings { alert, default, written, watched }, shape, words)
    }

    /// The DAG's name as it stands in Markdown; the language's DAG IDs hold no backtick.
    fn name(&self) -> String {
        format!("`{}`", self.document.spec.dag)
    }

    /// What to look at first when runs fail. The causes are those that Composer platforms report most.
    fn first_checks(&self) -> Vec<String> {
        vec![
            format!(
                "The DAG {} in Airflow, Composer environment `{}`: which task failed first, and was it a retry?",
                self.name(),
                self.composer
            ),
            "That task's log. The usual causes are a timeout, data that is late or missing, a changed source schema, \
             and a bug in a recent change."
                .to_owned(),
            "Whether other DAGs of the environment failed at the same time: then look at the environment, not at this \
             DAG."
                .to_owned(),
            "If the cause is gone, clear the failed task; the success of the run counts.".to_owned(),
        ]
    }
}

fn settings(alerts: &DagAlerts, alert: Alert) -> &AlertSettings {
    match alert {
        Alert::FailedRun => &alerts.failed_run,
        Alert::RepeatedFailure => &alerts.repeated_failure,
        Alert::FastBurn => &alerts.fast_burn,
        Alert::SlowBurn => &alerts.slow_burn,
    }
}
