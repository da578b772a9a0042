//! Something must follow a scheduled start in time: a success of the run, of a task, or at least an end.

use super::super::alerting::Settings;
use super::super::identifier;
use super::{Dag, deadline_findings, success};
use crate::diagnostics::Diagnostic;
use crate::monitoring::shapes::deadline::{self, DELAY};
use crate::monitoring::shapes::{self, Shape, times_of};
use crate::monitoring::stack::{Alert, Objective, Promise, Signal};
use crate::monitoring::{choose_deadline, missed_after};
use crate::promql::Selector;
use crate::slo::{Budget, Deadline, Due, Duration};
use crate::spec::{Landing, Severity, TaskId, TaskLanding, Timing};
use crate::templates::{Facts, TemplateError};

pub(super) fn lower(
    dag: Dag<'_>,
    due: &Due,
    findings: &mut Vec<Diagnostic>,
) -> Result<Vec<Promise>, TemplateError> {
    let objectives = &dag.document.spec.objectives;
    let mut promises = Vec::new();
    match &objectives.landing {
        Some(promised) => promises.extend(landing(dag, promised, due, findings)?),
        None => promises.extend(missed_run(dag, due)?),
    }
    for (task, promised) in &objectives.tasks {
        promises.extend(task_landing(dag, task, &promised.landing, due, findings)?);
    }
    Ok(promises)
}

/// Where landing stands in a document.
const LANDING: [&str; 3] = ["spec", "objectives", "landing"];

fn landing(
    dag: Dag<'_>,
    promised: &Landing,
    due: &Due,
    findings: &mut Vec<Diagnostic>,
) -> Result<Option<Promise>, TemplateError> {
    let budget =
        Budget::new(promised.target, promised.window, due.occurrences().in_windows_of(promised.window));
    findings.extend(deadline_findings::deadline(dag, due, promised.deadline, &LANDING));
    findings.extend(deadline_findings::no_miss_allowed(dag.effective, &budget, &LANDING));
    let Some(shape) = shape(dag, due, promised.deadline, &dag.runs.successes()) else {
        findings.extend(deadline_findings::too_irregular(dag, due, &LANDING));
        return Ok(None);
    };
    let facts = deadline_facts(promised.deadline)
        .and(&success::facts(&budget))
        .with("scheduled", due.schedule().is_some());
    let (statement, facts) = dag.promised("dag-slo/promise-landing.md", facts)?;
    let policies = dag.policy(Alert::Landing, Severity::Page, shape, &facts)?;
    let [spec, objectives, landing] = LANDING;
    let place = |key| dag.effective.span(&[spec, objectives, landing, key]);
    Ok(Some(Promise {
        id: "landing",
        statement,
        objective: Some(Objective { budget, target_span: place("target"), window_span: place("window") }),
        decision: choose_deadline(due, true, "success"),
        slo: None,
        policies: policies.into_iter().collect(),
        log_metric: None,
        signal: Signal::Deadline,
        span: dag.effective.span(&LANDING),
    }))
}

/// Where nothing is promised about landing, a run must at least end, be it in a failure, which has its own alerts.
fn missed_run(dag: Dag<'_>, due: &Due) -> Result<Option<Promise>, TemplateError> {
    let mut settings = dag.settings(Alert::MissedRun, Severity::Page);
    let after = settings.written.after.take().unwrap_or_else(|| missed_after(due));
    let ends = dag.runs.ends();
    let fitting = shape(dag, due, Deadline::Within(after), &ends);
    let starts_fit = fitting.is_some();
    let Some(shape) = fitting.or_else(|| {
        // Nobody asked for this alert, so a schedule that it does not fit is no mistake.
        let longest = due.occurrences().distances(1).last().copied()?.plus(after).plus(DELAY);
        Some(shapes::silence(&times_of(ends), longest, &due.pauses(&dag.document.spec.schedule.timezone)))
    }) else {
        return Ok(None);
    };
    let facts = cadence_facts(dag, due).with("after", after);
    let (statement, facts) = dag.promised("dag-slo/promise-missed-run.md", facts)?;
    let policies = dag.policy_as(settings, shape, &facts)?;
    Ok(policies.map(|policy| Promise {
        id: "missed_run",
        statement,
        objective: None,
        decision: choose_deadline(due, starts_fit, "end of a run"),
        slo: None,
        policies: vec![policy],
        log_metric: None,
        signal: Signal::Deadline,
        span: dag.effective.span(&["spec", "schedule"]),
    }))
}

fn task_landing(
    dag: Dag<'_>,
    task: &TaskId,
    promised: &TaskLanding,
    due: &Due,
    findings: &mut Vec<Diagnostic>,
) -> Result<Option<Promise>, TemplateError> {
    let path = ["spec", "objectives", "tasks", task.as_str(), "landing"];
    findings.extend(deadline_findings::deadline(dag, due, promised.deadline, &path));
    let samples = dag.runs.successes_of(task.as_str());
    let Some(shape) = shape(dag, due, promised.deadline, &samples) else {
        findings.extend(deadline_findings::too_irregular(dag, due, &path));
        return Ok(None);
    };
    let facts = deadline_facts(promised.deadline).with("task", task.as_str());
    let (statement, facts) = dag.promised("dag-slo/promise-task.md", facts)?;
    let settings = Settings {
        instance: Some(identifier(task.as_str())),
        watched: dag.effective.span(&path),
        ..dag.settings(Alert::Task, Severity::Ticket)
    };
    let policies = dag.policy_as(settings, shape, &facts)?;
    Ok(Some(Promise {
        id: "task",
        statement,
        objective: None,
        decision: choose_deadline(due, true, "success of the task"),
        slo: None,
        policies: policies.into_iter().collect(),
        log_metric: None,
        signal: Signal::Deadline,
        span: dag.effective.span(&path),
    }))
}

/// The shape that suits what starts the runs. `None` where the starts do not fit into queries, or where no clock starts the
/// runs and the deadline is a time of day, which `check` reports.
fn shape(dag: Dag<'_>, due: &Due, deadline: Deadline, samples: &Selector) -> Option<Shape> {
    let schedule = &dag.document.spec.schedule;
    let times = times_of(samples.clone());
    if let Some(latest) = due.latest_start(deadline, DELAY) {
        return deadline::deadline(&times, &latest);
    }
    let Deadline::Within(grace) = deadline else { return None };
    let pauses = due.pauses(&schedule.timezone);
    match &schedule.timing {
        Timing::Every(distance) => Some(shapes::silence(&times, distance.plus(grace).plus(DELAY), &pauses)),
        Timing::Triggered(triggered) => {
            let per = triggered.per.plus(grace).plus(DELAY);
            Some(shapes::too_few(samples, triggered.at_least, per, &pauses))
        }
        Timing::Cron(_) => None,
    }
}

fn deadline_facts(deadline: Deadline) -> Facts {
    let (by, within): (Option<String>, Option<Duration>) = match deadline {
        Deadline::By(time) => (Some(time.to_string()), None),
        Deadline::Within(time) => (None, Some(time)),
    };
    Facts::default().with("by", by).with("deadline", within)
}

/// How runs come about.
fn cadence_facts(dag: Dag<'_>, due: &Due) -> Facts {
    let (every, at_least, per) = match &dag.document.spec.schedule.timing {
        Timing::Cron(_) => (None, None, None),
        Timing::Every(distance) => (Some(*distance), None, None),
        Timing::Triggered(triggered) => (None, Some(triggered.at_least), Some(triggered.per)),
    };
    Facts::default()
        .with("scheduled", due.schedule().is_some())
        .with("every", every)
        .with("at_least", at_least)
        .with("per", per)
}
