//! The share of scheduled runs that succeed in the end.

use super::super::retention;
use super::{Dag, findings};
use crate::diagnostics::Diagnostic;
use crate::gcp::metrics::DAG_RUN_DURATION;
use crate::monitoring::select::Windows;
use crate::monitoring::shapes;
use crate::monitoring::stack::{Alert, AlertPolicy, NativeSlo, Objective, Promise, Signal, Urgency};
use crate::monitoring::{Decision, Strategy, choose};
use crate::slo::{Budget, Due, Duration};
use crate::spec::{Severity, Success, Timing};
use crate::templates::{Fact, Facts, TemplateError};

/// Where the objective stands in a document.
pub(super) const SUCCESS: [&str; 3] = ["spec", "objectives", "success"];

pub(super) fn lower(
    dag: Dag<'_>,
    success: &Success,
    due: &Due,
    findings: &mut Vec<Diagnostic>,
) -> Result<Promise, TemplateError> {
    let [spec, objectives, key] = SUCCESS;
    let path = [spec, objectives, key, "window"];
    let kept = dag.alerting.context.kept(&DAG_RUN_DURATION);
    let (window, forgotten) = retention::counted(success.window, kept, dag.effective, &path);
    findings.extend(forgotten);
    let budget = Budget::new(success.target, window, due.occurrences().in_windows_of(window));
    findings.extend(findings::no_failure_allowed(dag.effective, &budget));
    let scheduled = !matches!(dag.document.spec.schedule.timing, Timing::Triggered(_));
    let facts = facts(&budget).with("scheduled", scheduled);
    let (statement, facts) = dag.promised("dag-slo/promise-success.md", facts)?;
    SuccessOfRuns { dag, success, due, kept, budget, statement, facts }.lower(findings)
}

/// The share of scheduled runs that succeed in the end.
struct SuccessOfRuns<'a> {
    dag: Dag<'a>,
    success: &'a Success,
    due: &'a Due,
    /// How long the runs are kept.
    kept: Duration,
    budget: Budget,
    statement: String,
    /// What the texts of all its alerts may use.
    facts: Facts,
}

/// What texts may use of an objective.
pub(super) fn facts(budget: &Budget) -> Facts {
    let Budget { target, window, events, allowed } = *budget;
    Facts::default()
        .with("target", target)
        .with("window", window)
        .with("events", events)
        .with("fewest", events.fewest)
        .with("varies", events.most > events.fewest)
        .with("allowed", allowed)
}

impl SuccessOfRuns<'_> {
    fn lower(&self, findings: &mut Vec<Diagnostic>) -> Result<Promise, TemplateError> {
        let decision = choose(&self.budget, self.due.occurrences());
        let (made, policies) = self.policies(&decision)?;
        findings.extend(findings::settings_without_alert(self.dag.effective, made, &decision.reason));
        let effective = self.dag.effective;
        if policies.iter().any(|policy| policy.alert == Alert::RepeatedFailure) {
            let consecutive = self.success.consecutive;
            findings.extend(findings::consecutive_without_effect(effective, &self.budget, consecutive));
            findings.extend(self.unseen_rows().map(|of| findings::unseen_rows(effective, consecutive, of)));
        } else if made.contains(&Alert::RepeatedFailure) && !self.repeated_failure_is_written() {
            findings.extend(findings::consecutive_without_rows(effective));
        }
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
            log_metric: None,
            signal: Signal::Outcomes(self.dag.runs.events()),
            span: self.dag.effective.span(&SUCCESS),
        })
    }

    /// The policies, and the alerts that they come from: a severity of `none` makes no policy.
    fn policies(&self, decision: &Decision) -> Result<(&'static [Alert], Vec<AlertPolicy>), TemplateError> {
        Ok(match decision.strategy {
            // A ticket beside the page for the same failure would say it twice.
            Strategy::Counts if self.every_failure() && !self.deadline_pages() => {
                (&[Alert::RepeatedFailure], Vec::from_iter(self.repeated_failure(Severity::Page)?))
            }
            Strategy::Counts => (&[Alert::FailedRun, Alert::RepeatedFailure], self.counted()?),
            Strategy::BurnRates { fast, slow } => {
                let fast_default = if self.deadline_pages() { Severity::Ticket } else { Severity::Page };
                let policies = [
                    self.burn_rate(Alert::FastBurn, fast_default, &fast)?,
                    self.burn_rate(Alert::SlowBurn, Severity::Ticket, &slow)?,
                ];
                (&[Alert::FastBurn, Alert::SlowBurn], policies.into_iter().flatten().collect())
            }
            _ => (&[], Vec::new()),
        })
    }

    /// One failure, one call: with a deadline that pages, a failure is a ticket; and no failure makes two tickets.
    fn counted(&self) -> Result<Vec<AlertPolicy>, TemplateError> {
        let failed = self.failed_run()?;
        let default = if self.deadline_pages() { Severity::None } else { Severity::Page };
        let repeated = self.repeated_failure(default)?;
        let is_ticket = |policy: &Option<AlertPolicy>| {
            policy.as_ref().is_some_and(|policy| policy.urgency == Urgency::Ticket)
        };
        let twice = is_ticket(&failed) && is_ticket(&repeated) && !self.repeated_failure_is_written();
        Ok(failed.into_iter().chain(repeated.filter(|_| !twice)).collect())
    }

    /// Whether the spec says what the alert on failures in a row is.
    fn repeated_failure_is_written(&self) -> bool {
        self.dag.document.spec.alerts.repeated_failure.severity.is_some()
    }

    fn every_failure(&self) -> bool {
        shapes::every_failure(&self.budget, self.success.consecutive)
    }

    /// Whether a deadline calls somebody when failures matter.
    fn deadline_pages(&self) -> bool {
        let spec = &self.dag.document.spec;
        let severity = spec.alerts.landing.severity.unwrap_or(Severity::Page);
        spec.objectives.landing.is_some() && severity == Severity::Page
    }

    fn failed_run(&self) -> Result<Option<AlertPolicy>, TemplateError> {
        let shape = shapes::failed_run(self.dag.runs);
        self.dag.policy(Alert::FailedRun, Severity::Ticket, shape, &self.facts)
    }

    fn repeated_failure(&self, default: Severity) -> Result<Option<AlertPolicy>, TemplateError> {
        let consecutive = self.success.consecutive;
        let shape = match self.every_failure() {
            // Nothing is counted, so the construct that is right from the first event of a new series does.
            true => shapes::failed_run(self.dag.runs),
            false => {
                let shape =
                    shapes::repeated_failure(self.dag.runs, &self.budget, consecutive, self.due, self.kept);
                match self.held_without_success() {
                    Some(held) => shapes::or_no_success(shape, self.dag.runs, held),
                    None => shape,
                }
            }
        };
        // What the other shape does not know is absent.
        let facts = self
            .facts
            .clone()
            .with("every_failure", self.every_failure())
            .with("consecutive", consecutive)
            .with("counts_starts", false)
            .with("row", Fact::Absent)
            .with("silent", Fact::Absent)
            .with("counted_step", Fact::Absent)
            .with("row_short", Fact::Absent)
            .with("row_long", Fact::Absent)
            .with("rows", Fact::Absent)
            .with("rows_unseen", Fact::Absent)
            .with("closes_after", Fact::Absent);
        self.dag.policy(Alert::RepeatedFailure, default, shape, &facts)
    }

    fn unseen_rows(&self) -> Option<(usize, usize)> {
        let consecutive = self.success.consecutive;
        let unseen = || shapes::unseen_rows(self.dag.runs, &self.budget, consecutive, self.due, self.kept);
        if self.every_failure() { None } else { unseen() }
    }

    /// How long nothing may succeed, in the last 24 hours of it: the independent leg. A threshold knows neither closed days nor
    /// suspensions.
    fn held_without_success(&self) -> Option<Duration> {
        let spec = &self.dag.document.spec;
        let always_due = spec.schedule.calendar.is_none() && spec.suspend.is_empty() && spec.from.is_none();
        let row = u64::from(self.success.consecutive).min(self.budget.allowed.saturating_add(1));
        let grace = spec.alerts.repeated_failure.after.unwrap_or(Duration::seconds(0));
        let held = shapes::held_without_success(self.due.occurrences(), row, grace);
        held.filter(|_| always_due)
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
