//! The share of scheduled runs that succeed in the end.

use super::{Dag, findings};
use crate::diagnostics::Diagnostic;
use crate::gcp::limits;
use crate::monitoring::lower::alerting::Words;
use crate::monitoring::select::Windows;
use crate::monitoring::shapes;
use crate::monitoring::stack::{Alert, AlertPolicy, NativeSlo, Objective, Promise, Signal};
use crate::monitoring::{Decision, Strategy, choose};
use crate::slo::{Budget, Occurrences};
use crate::spec::{Severity, Success};
use crate::templates::TemplateError;

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
    SuccessOfRuns { dag, success, due, budget }.lower(findings)
}

/// The share of scheduled runs that succeed in the end.
struct SuccessOfRuns<'a> {
    dag: Dag<'a>,
    success: &'a Success,
    due: &'a Occurrences,
    budget: Budget,
}

impl SuccessOfRuns<'_> {
    fn lower(&self, findings: &mut Vec<Diagnostic>) -> Result<Promise, TemplateError> {
        let decision = choose(&self.budget, self.due);
        let (made, policies) = self.policies(&decision)?;
        findings.extend(findings::settings_without_alert(self.dag.effective, made, &decision.reason));
        let slo = decision.without_slo.is_none().then(|| NativeSlo {
            id: "success",
            display_name: format!("{}: {}", self.dag.alerting.pipeline.display_name, self.statement()),
            goal: self.budget.target,
            rolling_period: self.budget.window,
            good: self.dag.runs.ended("success"),
            bad: self.dag.runs.ended("failed"),
        });
        let [spec, objectives, success] = SUCCESS;
        let place = |key| self.dag.effective.span(&[spec, objectives, success, key]);
        Ok(Promise {
            id: "success",
            statement: self.statement(),
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
        let shape =
            shapes::failed_run(self.dag.runs, gap.clamp(limits::AUTO_CLOSE_MIN, limits::AUTO_CLOSE_MAX));
        let words = self.words(
            "a run failed",
            format!("A run of the DAG {} failed.", self.dag.name()),
            "Any failed run is enough.",
        );
        self.dag.policy(Alert::FailedRun, Severity::Ticket, shape, &words)
    }

    fn repeated_failure(&self) -> Result<Option<AlertPolicy>, TemplateError> {
        let consecutive = self.success.consecutive;
        let shape = shapes::repeated_failure(self.dag.runs, &self.budget, consecutive, self.due);
        let words = if self.every_failure_pages() {
            let happened = format!("The latest run of the DAG {} failed.", self.dag.name());
            self.words("the latest run failed", happened, "Any failure is enough.")
        } else {
            let happened = format!(
                "The latest run of the DAG {} failed, and so did others before it: {consecutive} in a row, or more than \
                 the budget allows.",
                self.dag.name()
            );
            let derivation = format!(
                "The failures between two successes count as one; {consecutive} in a row are enough, \
                 whatever is left of the budget."
            );
            self.words("runs keep failing", happened, &derivation)
        };
        self.dag.policy(Alert::RepeatedFailure, Severity::Page, shape, &words)
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
            self.dag.name(),
            self.budget.lasts(*rate).unwrap_or(window)
        );
        let derivation = format!(
            "A burn rate of {rate} over {long} spends {share} of the budget ({share} × {window} / {long}); the last \
             {short} confirm that it goes on."
        );
        let words = self.words(title, happened, &derivation);
        self.dag.policy(
            alert,
            severity,
            shapes::burn_rate(self.dag.runs, self.budget.target, windows),
            &words,
        )
    }

    /// Whether the first failure is one too many already.
    fn every_failure_pages(&self) -> bool {
        self.budget.allowed == 0 || self.success.consecutive == 1
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
            checks: self.dag.first_checks(),
        }
    }

    fn statement(&self) -> String {
        format!("{} of the scheduled runs succeed, over {}", self.budget.target, self.budget.window)
    }
}
