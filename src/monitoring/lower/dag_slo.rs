//! DagSlo: promises about the runs of a DAG.

use super::{Context, Lowered, uid};
use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::select::Windows;
use crate::monitoring::shapes::{self, DagRuns, Shape};
use crate::monitoring::stack::{
    Alert, AlertPolicy, Documentation, Link, NativeSlo, Numbers, Pipeline, Places, Promise, Urgency,
};
use crate::monitoring::{Strategy, choose};
use crate::resolve::Effective;
use crate::slo::{Budget, Duration, Occurrences, Ratio, Schedule};
use crate::spec::{AlertSettings, DagAlerts, DagSlo, Environment, Kind, Name, Severity};
use crate::templates::{AlertContext, TemplateError, markdown};
use std::collections::BTreeMap;

/// How often a page reminds.
const RENOTIFY: Duration = Duration::hours(4);

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
    let schedule = Schedule::parse(&spec.schedule.cron, &spec.schedule.timezone).ok();
    let owner = document.metadata.owner.as_ref();
    // What is missing here is reported by `check`.
    let (Some(composer), Some(schedule), Some(owner)) = (composer, schedule, owner) else {
        return Ok(lowered);
    };

    let due = schedule.occurrences();
    let success = &spec.objectives.success;
    let budget = Budget::new(success.target, success.window, due.in_windows_of(success.window));
    lowered.findings.extend(no_failure_allowed(effective, &budget));

    let project = &context.project.project;
    let declared_owner = project.spec.owners.get(owner);
    let runbook = document.metadata.runbook.as_ref().or_else(|| declared_owner?.runbook.as_ref());
    let name = document.metadata.name.as_str();
    let display_name = document.metadata.display_name.clone().unwrap_or_else(|| name.to_owned());
    let mut labels: BTreeMap<String, String> =
        document.metadata.labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    labels.insert("genkai-project".to_owned(), project.metadata.name.to_string());
    labels.insert("genkai-owner".to_owned(), owner.to_string());
    let mut pipeline = Pipeline {
        kind: Kind::DagSlo,
        name: name.to_owned(),
        display_name,
        description: document.metadata.description.clone(),
        owner: owner.to_string(),
        runbook: runbook.map(ToString::to_string),
        labels,
        source: context.sources.path(effective.file).to_owned(),
        dashboard_uid: uid(&[project.metadata.name.as_str(), environment_name.as_str(), "dag-slo", name]),
        promises: Vec::new(),
        places: places(effective),
    };
    let lowering = Lowering {
        context,
        effective,
        document,
        environment_name,
        environment,
        composer: composer.as_str(),
        pipeline: &pipeline,
    };
    let promise = lowering.success(&budget, due, &mut lowered.findings)?;
    pipeline.promises.push(promise);
    lowered.pipeline = Some(pipeline);
    Ok(lowered)
}

fn places(effective: &Effective) -> Places {
    let at = |key| effective.span(&["metadata", key]);
    Places {
        name: at("name"),
        display_name: at("displayName"),
        description: at("description"),
        owner: at("owner"),
        runbook: at("runbook"),
        labels: at("labels"),
    }
}

/// An objective that no failure fits in is legitimate, but rarely what its author means.
fn no_failure_allowed(effective: &Effective, budget: &Budget) -> Option<Diagnostic> {
    let Budget { target, window, events, allowed } = *budget;
    if allowed > 0 || target == Ratio::millionths(1_000_000) {
        return None;
    }
    let place = effective.span(&[SUCCESS[0], SUCCESS[1], SUCCESS[2], "target"]);
    let runs = if events.fewest == 1 { "run" } else { "runs" };
    let finding = Diagnostic::warning(
        Code::NoFailureAllowed,
        format!(
            "{target} of {} {runs} in {window} allows 0 failed runs, so every failure pages",
            events.fewest
        ),
    );
    let most = u32::try_from(1_000_000 / events.fewest.max(1)).unwrap_or(0);
    // Rounded down to a hundredth of a percent, so that it really allows one.
    let allows_one = Ratio::millionths((1_000_000u32.saturating_sub(most).saturating_sub(1)) / 100 * 100);
    let help = if events.fewest < 2 {
        "lengthen the window until it holds several runs, or write `target: 100%` to say that none may fail"
            .to_owned()
    } else {
        format!(
            "`target: {allows_one}` allows one; lengthen the window, or write `target: 100%` to say that none may fail"
        )
    };
    Some(finding.at(place, "").also(effective.span(&["spec", "schedule", "cron"]), "this often").help(help))
}

/// What the promises of one DAG in one environment are made from.
struct Lowering<'a> {
    context: Context<'a>,
    effective: &'a Effective,
    document: &'a DagSlo,
    environment_name: &'a Name,
    environment: &'a Environment,
    composer: &'a str,
    pipeline: &'a Pipeline,
}

/// What an alert says beside its shape.
struct Words {
    title: &'static str,
    happened: String,
    derivation: String,
}

impl Lowering<'_> {
    /// The share of scheduled runs that succeed in the end.
    fn success(
        &self,
        budget: &Budget,
        due: &Occurrences,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Promise, TemplateError> {
        let runs = DagRuns::new(self.composer, self.document.spec.dag.as_str());
        let decision = choose(budget, due);
        let statement = format!("{} of the scheduled runs succeed, over {}", budget.target, budget.window);
        let mut policies = Vec::new();
        let made: &[Alert] = match decision.strategy {
            Strategy::Counts => {
                policies.extend(self.repeated_failure(&runs, budget, due)?);
                if self.every_failure_pages(budget) {
                    // A ticket for the same failure would say it twice.
                    &[Alert::RepeatedFailure]
                } else {
                    policies.extend(self.failed_run(&runs, budget, due)?);
                    &[Alert::FailedRun, Alert::RepeatedFailure]
                }
            }
            Strategy::BurnRates { fast, slow } => {
                policies.extend(self.burn_rate(&runs, budget, Alert::FastBurn, &fast)?);
                policies.extend(self.burn_rate(&runs, budget, Alert::SlowBurn, &slow)?);
                &[Alert::FastBurn, Alert::SlowBurn]
            }
        };
        findings.extend(self.settings_without_alert(made, &decision.reason));
        let slo = decision.without_slo.is_none().then(|| NativeSlo {
            id: "success",
            display_name: format!("{}: {statement}", self.pipeline.display_name),
            goal: budget.target,
            rolling_period: budget.window,
            good: runs.ended("success"),
            bad: runs.ended("failed"),
        });
        let place = |key| self.effective.span(&[SUCCESS[0], SUCCESS[1], SUCCESS[2], key]);
        Ok(Promise {
            id: "success",
            statement,
            numbers: Numbers { budget: *budget, highest_burn_rate: budget.highest_burn_rate() },
            decision,
            slo,
            policies,
            events: runs.events(),
            target_span: place("target"),
            window_span: place("window"),
        })
    }

    fn failed_run(
        &self,
        runs: &DagRuns,
        budget: &Budget,
        due: &Occurrences,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        // By the next run at the earliest there is something new to say.
        let gap = due.distances(1).first().copied().unwrap_or(limits::AUTO_CLOSE_MAX);
        let auto_close = gap.clamp(limits::AUTO_CLOSE_MIN, limits::AUTO_CLOSE_MAX);
        let shape = shapes::failed_run(runs, auto_close);
        let words = Words {
            title: "a run failed",
            happened: format!("A run of the DAG {} failed.", self.dag()),
            derivation: format!("{} Each failed run opens a ticket.", allowance(budget)),
        };
        let policy = self.policy(Alert::FailedRun, Severity::Ticket, shape, words)?;
        Ok(policy.map(|policy| AlertPolicy { auto_close: Some(auto_close), ..policy }))
    }

    fn repeated_failure(
        &self,
        runs: &DagRuns,
        budget: &Budget,
        due: &Occurrences,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        let consecutive = self.document.spec.objectives.success.consecutive;
        let shape = shapes::repeated_failure(runs, budget, consecutive, due);
        let words = if self.every_failure_pages(budget) {
            Words {
                title: "the latest run failed",
                happened: format!("The latest run of the DAG {} failed.", self.dag()),
                derivation: format!("{} Every failure pages.", allowance(budget)),
            }
        } else {
            Words {
                title: "runs keep failing",
                happened: format!(
                    "The latest run of the DAG {} failed, and so did others before it: {consecutive} in a row, or more than the budget allows.",
                    self.dag()
                ),
                derivation: format!(
                    "{} The failures between two successes count as one; {consecutive} in a row page whatever is left of the budget.",
                    allowance(budget)
                ),
            }
        };
        self.policy(Alert::RepeatedFailure, Severity::Page, shape, words)
    }

    fn burn_rate(
        &self,
        runs: &DagRuns,
        budget: &Budget,
        alert: Alert,
        windows: &Windows,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        let shape = shapes::burn_rate(runs, budget.target, windows);
        let lasts = budget.lasts(windows.rate).unwrap_or(budget.window);
        let (title, severity) = match alert {
            Alert::FastBurn => ("runs fail at a high rate", Severity::Page),
            _ => ("runs fail at a raised rate", Severity::Ticket),
        };
        let words = Words {
            title,
            happened: format!(
                "Runs of the DAG {} fail so often that the error budget of {} would be gone within {lasts}.",
                self.dag(),
                budget.window
            ),
            derivation: format!(
                "{} A burn rate of {} over {} spends {} of the budget ({} × {} / {}); the last {} confirm that it goes on.",
                allowance(budget),
                windows.rate,
                windows.long,
                windows.share,
                windows.share,
                budget.window,
                windows.long,
                windows.short
            ),
        };
        self.policy(alert, severity, shape, words)
    }

    /// Whether the first failure is one too many already.
    fn every_failure_pages(&self, budget: &Budget) -> bool {
        budget.allowed == 0 || self.document.spec.objectives.success.consecutive == 1
    }

    /// The DAG's name as it stands in Markdown; the language's DAG IDs hold no backtick.
    fn dag(&self) -> String {
        format!("`{}`", self.document.spec.dag)
    }

    /// An alert policy, unless its severity is `none` here.
    fn policy(
        &self,
        alert: Alert,
        default: Severity,
        shape: Shape,
        words: Words,
    ) -> Result<Option<AlertPolicy>, TemplateError> {
        let settings = settings(&self.document.spec.alerts, alert);
        let severity = settings.severity.unwrap_or(default).min(self.environment.max_severity);
        let urgency = match severity {
            Severity::None => return Ok(None),
            Severity::Ticket => Urgency::Ticket,
            Severity::Page => Urgency::Page,
        };
        let owner = self.context.project.project.spec.owners.get(&Name(self.pipeline.owner.clone()));
        let channels = owner.map(|owner| if urgency == Urgency::Page { &owner.page } else { &owner.ticket });
        let channels = channels.into_iter().flatten().map(ToString::to_string).collect();
        let renotify = settings.renotify.or((urgency == Urgency::Page).then_some(RENOTIFY));
        let documentation = self.documentation(&words, &shape)?;
        let Shape { conditions, combiner, .. } = shape;
        Ok(Some(AlertPolicy {
            alert,
            display_name: format!("{}: {}", self.pipeline.display_name, words.title),
            urgency,
            combiner,
            conditions,
            channels,
            renotify,
            auto_close: None,
            documentation,
            span: self.effective.span(&["spec", "alerts", alert.key()]),
        }))
    }

    fn documentation(&self, words: &Words, shape: &Shape) -> Result<Documentation, TemplateError> {
        let pipeline = self.pipeline;
        let content = self.context.templates.alert(&AlertContext {
            happened: words.happened.clone(),
            promise: format!(
                "{} of the scheduled runs succeed, over {}.",
                self.document.spec.objectives.success.target, self.document.spec.objectives.success.window
            ),
            resolves: shape.contract.resolves.clone(),
            derivation: words.derivation.clone(),
            checks: self.first_checks(),
            name: markdown(&pipeline.display_name),
            description: pipeline.description.as_deref().map(markdown).filter(|text| !text.is_empty()),
            owner: markdown(&pipeline.owner),
            environment: self.environment_name.to_string(),
            spec: format!("{}/{}", pipeline.kind.name(), pipeline.name),
        })?;
        let subject = format!("{}: {} ({})", pipeline.display_name, words.title, self.environment_name);
        Ok(Documentation { subject: subject.replace("${", "$ {"), content, links: self.links() })
    }

    /// What to look at first when a DAG's run failed; the usual causes come from the platform's own history.
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
            "Whether other DAGs of the environment failed at the same time: then look at the environment, not at this DAG."
                .to_owned(),
            "If the cause is gone, clear the failed task; the success of the run counts.".to_owned(),
        ]
    }

    fn links(&self) -> Vec<Link> {
        let runbook = self.pipeline.runbook.clone().map(|url| Link { name: "Runbook".to_owned(), url });
        let grafana =
            self.context.project.project.spec.grafana.as_ref().and_then(|grafana| grafana.url.as_ref());
        let dashboard = grafana.map(|url| Link {
            name: "Dashboard with the live budget".to_owned(),
            url: format!("{}/d/{}", url.as_str().trim_end_matches('/'), self.pipeline.dashboard_uid),
        });
        runbook.into_iter().chain(dashboard).collect()
    }

    /// Settings of an alert that the chosen strategy does not make would be dropped silently.
    fn settings_without_alert(&self, made: &[Alert], reason: &str) -> Vec<Diagnostic> {
        let all = [Alert::FailedRun, Alert::RepeatedFailure, Alert::FastBurn, Alert::SlowBurn];
        let written = self.effective.tree.at(["spec", "alerts"]);
        let unused = all.into_iter().filter(|alert| !made.contains(alert));
        let entries = unused.filter_map(|alert| written?.entry(alert.key()));
        let names: Vec<String> = made.iter().map(|alert| format!("`{}`", alert.key())).collect();
        entries
            .map(|entry| {
                Diagnostic::warning(
                    Code::AlertNotMade,
                    format!("`{}` is not made for this schedule", entry.key),
                )
                .at(entry.key_span, "has no effect")
                .help(format!("{reason}; the alerts here are {}", names.join(" and ")))
            })
            .collect()
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

/// "28 runs are due in 28d, of which 1 may fail."
fn allowance(budget: &Budget) -> String {
    let Budget { target, window, events, allowed } = *budget;
    format!("{events} runs are due in {window}, of which {allowed} may fail at {target}.")
}
