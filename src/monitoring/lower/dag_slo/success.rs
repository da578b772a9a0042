//! The share of scheduled runs that succeed in the end.

use super::{Dag, findings};
use crate::diagnostics::Diagnostic;
use crate::gcp::limits;
use crate::monitoring::select::Windows;
use crate::monitoring::shapes;
use crate::monitoring::stack::{Alert, AlertPolicy, NativeSlo, Objective, Promise, Signal};
use crate::monitoring::{Decision, Strategy, choose};
use crate::slo::{Budget, Occurrences};
use crate::spec::{Severity, Success, Timing};
use crate::templates::{Facts, TemplateError};

/// Where the objective stands in a document.
pub(super) const SUCCESS: [&str; 3] = ["spec", "objectives", "success"];

pub(super) fn lower(
    dag: Dag<'_>,
    success: &Success,
    due: &Occurrences,
    findings: &mut Vec<Diagnostic>,
) -> Result<Promise, TemplateError> {
    let budget = Budget::new(success.target, success.window, due.in_windows_of(success.window));
    findings.extend(findings::no_failure_allowed(dag.effective, &budget));
    let scheduled = !matches!(dag.document.spec.schedule.timing, Timing::Triggered(_));
    let facts = facts(&budget).with("scheduled", scheduled);
    let statement = dag.alerting.context.texts.line("dag-slo/promise-success.md", &facts)?;
    let facts = facts.with("promise", statement.as_str());
    SuccessOfRuns { dag, success, due, budget, statement, facts }.lower(findings)
}

/// The share of scheduled runs that succeed in the end.
struct SuccessOfRuns<'a> {
    dag: Dag<'a>,
    success: &'a Success,
    due: &'a Occurrences,
    budget: Budget,
    statement: String,
    /// What the texts of all its alerts may use.
    facts: Facts,
}

fn facts(budget: &Budget) -> Facts {
    let Budget { target, window, events, allowed } = *budget;
    Facts::default()
        .with("target", target)
        .with("window", window)
        .with("fewest", events.fewest)
        .with("most", events.most)
        .with("allowed", allowed)
}

impl SuccessOfRuns<'_> {
    fn lower(&self, findings: &mut Vec<Diagnostic>) -> Result<Promise, TemplateError> {
        let decision = choose(&self.budget, self.due);
        let (made, policies) = self.policies(&decision)?;
        findings.extend(findings::settings_without_alert(self.dag.effective, made, &decision.reason));
        let slo = decision.without_slo.is_none().then(|| NativeSlo {
            id: "success",
            display_name: format!("{}: {}", self.dag.alerting.pipeline.display_name, self.statement),
            goal: self.budget.target,
            rolling_period: self.budget.window,
            good: self.dag.runs.ended("success"),
            bad: self.dag.runs.ended("failed"),
        });
        let [spec, objectives, success] = SUCCESS;
        let place = |key| self.dag.effective.span(&[spec, objectives, success, key]);
        Ok(Promise {
            id: "success",
            statement: self.statement.clone(),
            objective: Some(Objective {
                budget: self.budget,
                target_span: place("target"),
                window_span: place("window"),
            }),
            decision,
            slo,
            policies,
            signal: Signal::Outcomes(self.dag.runs.events()),
            span: self.dag.effective.span(&SUCCESS),
        })
    }

    /// The policies, and the alerts that they come from: a severity of `none` makes no policy.
    fn policies(&self, decision: &Decision) -> Result<(&'static [Alert], Vec<AlertPolicy>), TemplateError> {
        Ok(match decision.strategy {
            // A ticket beside the page for the same failure would say it twice.
            Strategy::Counts if shapes::every_failure(&self.budget, self.success.consecutive) => {
                (&[Alert::RepeatedFailure], Vec::from_iter(self.repeated_failure()?))
            }
            Strategy::Counts => {
                let policies = [self.failed_run()?, self.repeated_failure()?];
                (&[Alert::FailedRun, Alert::RepeatedFailure], policies.into_iter().flatten().collect())
            }
            Strategy::BurnRates { fast, slow } => {
                let policies = [
                    self.burn_rate(Alert::FastBurn, Severity::Page, &fast)?,
                    self.burn_rate(Alert::SlowBurn, Severity::Ticket, &slow)?,
                ];
                (&[Alert::FastBurn, Alert::SlowBurn], policies.into_iter().flatten().collect())
            }
        })
    }

    fn failed_run(&self) -> Result<Option<AlertPolicy>, TemplateError> {
        // By the next run at the earliest there is something new to say.
        let gap = self.due.distances(1).first().copied().or_else(|| self.due.expected_within());
        let gap = gap.unwrap_or(limits::AUTO_CLOSE_MAX);
        let shape =
            shapes::failed_run(self.dag.runs, gap.clamp(limits::AUTO_CLOSE_MIN, limits::AUTO_CLOSE_MAX));
        self.dag.policy(Alert::FailedRun, Severity::Ticket, shape, &self.facts)
    }

    fn repeated_failure(&self) -> Result<Option<AlertPolicy>, TemplateError> {
        let shape = shapes::repeated_failure(self.dag.runs, &self.budget, self.success.consecutive, self.due);
        self.dag.policy(Alert::RepeatedFailure, Severity::Page, shape, &self.facts)
    }

    fn burn_rate(
        &self,
        alert: Alert,
        default: Severity,
        windows: &Windows,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        let lasts = self.budget.lasts(windows.rate).unwrap_or(self.budget.window);
        let facts = self.facts.clone().with("lasts", lasts);
        self.dag.policy(alert, default, shapes::burn_rate(self.dag.runs, self.budget.target, windows), &facts)
    }
}
