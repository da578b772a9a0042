//! DagSlo: promises about the runs of a DAG.

mod findings;

use super::alerting::{Alerting, Settings, Words};
use super::pipeline::pipeline;
use super::{Context, Lowered};
use crate::diagnostics::Diagnostic;
use crate::gcp::limits;
use crate::monitoring::select::Windows;
use crate::monitoring::shapes::{self, DagRuns, Shape};
use crate::monitoring::stack::{Alert, AlertPolicy, NativeSlo, Promise};
use crate::monitoring::{Decision, Strategy, choose};
use crate::resolve::Effective;
use crate::slo::{Budget, Occurrences};
use crate::spec::{AlertSettings, DagAlerts, DagSlo, Environment, Kind, Name, Severity, Success, Timing};
use crate::templates::TemplateError;

/// Where the objective stands in a document.
const SUCCESS: [&str; 3] = ["spec", "objectives", "success"];

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
    let success = spec.objectives.success.as_ref();
    let pipeline = pipeline(context, effective, Kind::DagSlo, &document.metadata, environment_name);
    // What is missing here is reported by `check`, or not supported yet.
    let (Some(composer), Some(schedule), Some(success), Some(mut pipeline)) =
        (composer, schedule, success, pipeline)
    else {
        return Ok(lowered);
    };
    let due = schedule.occurrences();
    let promise = SuccessOfRuns {
        alerting: Alerting { context, environment_name, environment, pipeline: &pipeline },
        effective,
        document,
        success,
        composer: composer.as_str(),
        runs: DagRuns::new(composer.as_str(), spec.dag.as_str()),
        due,
        budget: Budget::new(success.target, success.window, due.in_windows_of(success.window)),
    };
    lowered.findings.extend(findings::no_failure_allowed(effective, &promise.budget));
    let lowered_promise = promise.lower(&mut lowered.findings)?;
    pipeline.promises.push(lowered_promise);
    lowered.pipeline = Some(pipeline);
    Ok(lowered)
}

/// The share of scheduled runs that succeed in the end.
struct SuccessOfRuns<'a> {
    alerting: Alerting<'a>,
    effective: &'a Effective,
    document: &'a DagSlo,
    success: &'a Success,
    composer: &'a str,
    runs: DagRuns,
    due: &'a Occurrences,
    budget: Budget,
}

impl SuccessOfRuns<'_> {
    fn lower(&self, findings: &mut Vec<Diagnostic>) -> Result<Promise, TemplateError> {
        let decision = choose(&self.budget, self.due);
        let (made, policies) = self.policies(&decision)?;
        findings.extend(findings::settings_without_alert(self.effective, made, &decision.reason));
        let slo = decision.without_slo.is_none().then(|| NativeSlo {
            id: "success",
            display_name: format!("{}: {}", self.alerting.pipeline.display_name, self.statement()),
            goal: self.budget.target,
            rolling_period: self.budget.window,
            good: self.runs.ended("success"),
            bad: self.runs.ended("failed"),
        });
        let [spec, objectives, success] = SUCCESS;
        let place = |key| self.effective.span(&[spec, objectives, success, key]);
        Ok(Promise {
            id: "success",
            statement: self.statement(),
            budget: self.budget,
            decision,
            slo,
            policies,
            events: self.runs.events(),
            target_span: place("target"),
            window_span: place("window"),
        })
    }

    /// The policies, and the alerts that they come from: a severity of `none` makes no policy.
    fn policies(&self, decision: &Decision) -> Result<(&'static [Alert], Vec<AlertPolicy>), TemplateError> {
        Ok(match decision.strategy {
            // A ticket beside the page for the same failure would say it twice.
            Strategy::Counts if self.every_failure_pages() => {
                (&[Alert::RepeatedFailure], Vec::from_iter(self.repeated_failure()?))
            }
            Strategy::Counts => {
                let policies = [self.failed_run()?, self.repeated_failure()?];
                (&[Alert::FailedRun, Alert::RepeatedFailure], policies.into_iter().flatten().collect())
            }
            Strategy::BurnRates { fast, slow } => {
                let policies =
                    [self.burn_rate(Alert::FastBurn, &fast)?, self.burn_rate(Alert::SlowBurn, &slow)?];
                (&[Alert::FastBurn, Alert::SlowBurn], policies.into_iter().flatten().collect())
            }
        })
    }

    fn failed_run(&self) -> Result<Option<AlertPolicy>, TemplateError> {
        // By the next run at the earliest there is something new to say.
        let gap = self.due.distances(1).first().copied().unwrap_or(limits::AUTO_CLOSE_MAX);
        let shape = shapes::failed_run(&self.runs, gap.clamp(limits::AUTO_CLOSE_MIN, limits::AUTO_CLOSE_MAX));
        let words = self.words(
            "a run failed",
            format!("A run of the DAG {} failed.", self.dag()),
            "Any failed run is enough.",
        );
        self.policy(Alert::FailedRun, Severity::Ticket, shape, &words)
    }

    fn repeated_failure(&self) -> Result<Option<AlertPolicy>, TemplateError> {
        let consecutive = self.success.consecutive;
        let shape = shapes::repeated_failure(&self.runs, &self.budget, consecutive, self.due);
        let words = if self.every_failure_pages() {
            let happened = format!("The latest run of the DAG {} failed.", self.dag());
            self.words("the latest run failed", happened, "Any failure is enough.")
        } else {
            let happened = format!(
                "The latest run of the DAG {} failed, and so did others before it: {consecutive} in a row, or more than \
                 the budget allows.",
                self.dag()
            );
            let derivation = format!(
                "The failures between two successes count as one; {consecutive} in a row are enough, \
                 whatever is left of the budget."
            );
            self.words("runs keep failing", happened, &derivation)
        };
        self.policy(Alert::RepeatedFailure, Severity::Page, shape, &words)
    }

    fn burn_rate(&self, alert: Alert, windows: &Windows) -> Result<Option<AlertPolicy>, TemplateError> {
        let Windows { share, long, short, rate } = windows;
        let window = self.budget.window;
        let (title, severity) = match alert {
            Alert::FastBurn => ("runs fail at a high rate", Severity::Page),
            _ => ("runs fail at a raised rate", Severity::Ticket),
        };
        let happened = format!(
            "Runs of the DAG {} fail so often that the error budget of {window} would be gone within {}.",
            self.dag(),
            self.budget.lasts(*rate).unwrap_or(window)
        );
        let derivation = format!(
            "A burn rate of {rate} over {long} spends {share} of the budget ({share} × {window} / {long}); the last \
             {short} confirm that it goes on."
        );
        let words = self.words(title, happened, &derivation);
        self.policy(alert, severity, shapes::burn_rate(&self.runs, self.budget.target, windows), &words)
    }

    /// Whether the first failure is one too many already.
    fn every_failure_pages(&self) -> bool {
        self.budget.allowed == 0 || self.success.consecutive == 1
    }

    /// The policy of an alert, tuned as the spec says.
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

    fn words(&self, title: &'static str, happened: String, derivation: &str) -> Words {
        let Budget { target, window, events, allowed } = self.budget;
        Words {
            title,
            happened,
            promise: format!("{}.", self.statement()),
            derivation: format!(
                "{events} runs are due in {window}, of which {allowed} may fail at {target}. {derivation}"
            ),
            checks: self.first_checks(),
        }
    }

    fn statement(&self) -> String {
        format!("{} of the scheduled runs succeed, over {}", self.budget.target, self.budget.window)
    }

    /// The DAG's name as it stands in Markdown; the language's DAG IDs hold no backtick.
    fn dag(&self) -> String {
        format!("`{}`", self.document.spec.dag)
    }

    /// What to look at first when runs fail. The causes are those that Composer platforms report most.
    fn first_checks(&self) -> Vec<String> {
        vec![
            format!(
                "The DAG {} in Airflow, Composer environment `{}`: which task failed first, and was it a retry?",
                self.dag(),
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
