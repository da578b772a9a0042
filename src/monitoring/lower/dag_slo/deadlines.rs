//! Something must follow a scheduled start in time: a success of the run, of a task, or at least an end.

use super::super::alerting::Settings;
use super::super::identifier;
use super::super::missed::{Missed, Seen, missed, not_made, shape, too_irregular};
use super::super::retention;
use super::{Dag, deadline_findings, success};
use crate::diagnostics::Diagnostic;
use crate::gcp::metrics::{DAG_RUN_DURATION, TASK_RUN_DURATION};
use crate::monitoring::shapes::deadline::{self, DELAY};
use crate::monitoring::shapes::{self, Shape, times_of};
use crate::monitoring::stack::{Alert, Objective, Promise, Signal};
use crate::monitoring::{choose_deadline, missed_after};
use crate::promql::Selector;
use crate::slo::latest_start::LatestStart;
use crate::slo::{Budget, Deadline, Due, Duration};
use crate::spec::{Landing, Severity, TaskId, TaskLanding};
use crate::templates::{Facts, TemplateError};
use std::ops::Range;

pub(super) fn lower(
    dag: Dag<'_>,
    due: &Due,
    findings: &mut Vec<Diagnostic>,
) -> Result<Vec<Promise>, TemplateError> {
    let objectives = &dag.document.spec.objectives;
    let mut promises = Vec::new();
    match &objectives.landing {
        Some(promised) => promises.extend(landing(dag, promised, due, findings)?),
        None => promises.extend(missed_run(dag, due, findings)?),
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
    let kept = dag.alerting.context.kept(&DAG_RUN_DURATION);
    let [spec, objectives, landing] = LANDING;
    let (window, forgotten) =
        retention::counted(promised.window, kept, dag.effective, &[spec, objectives, landing, "window"]);
    findings.extend(forgotten);
    let budget = Budget::new(promised.target, window, due.occurrences().in_windows_of(window));
    let after = dag.document.spec.alerts.landing.after;
    findings.extend(deadline_findings::deadline(dag, due, promised.deadline, after, &LANDING));
    findings.extend(deadline_findings::no_miss_allowed(dag.effective, &budget, &LANDING));
    let schedule = &dag.document.spec.schedule;
    let shape = match shape(&dag.runs.successes(), schedule, due, promised.deadline, kept) {
        Ok(shape) => shape,
        Err(reason) => {
            findings.extend(deadline_findings::no_shape(dag, due, reason, kept, &LANDING));
            return Ok(None);
        }
    };
    let facts = deadline_facts(promised.deadline)
        .and(&success::facts(&budget))
        .with("scheduled", due.schedule().is_some());
    let (statement, facts) = dag.promised("dag-slo/promise-landing.md", facts)?;
    let policies = dag.policy(Alert::Landing, Severity::Page, shape, &facts)?;
    let place = |key| dag.effective.span(&[spec, objectives, landing, key]);
    Ok(Some(Promise {
        id: "landing",
        statement,
        objective: Some(Objective { budget, target_span: place("target"), window_span: place("window") }),
        decision: choose_deadline(due, None, "success"),
        slo: None,
        policies: policies.into_iter().collect(),
        log_metric: None,
        signal: Signal::Deadline,
        span: dag.effective.span(&LANDING),
    }))
}

/// Where nothing is promised about landing, a run must at least end, be it in a failure, which has its own alerts.
fn missed_run(
    dag: Dag<'_>,
    due: &Due,
    findings: &mut Vec<Diagnostic>,
) -> Result<Option<Promise>, TemplateError> {
    let mut settings = dag.settings(Alert::MissedRun, Severity::Page);
    let written = settings.written.after.take();
    let after = written.unwrap_or_else(|| missed_after(due));
    let schedule = dag.effective.span(&["spec", "schedule"]);
    let place = if written.is_some() { settings.hold_place } else { schedule };
    let kept = dag.alerting.context.kept(&DAG_RUN_DURATION);
    let Missed { shape, facts, longest } =
        match missed(&dag.runs.ends(), &dag.document.spec.schedule, due, after, kept) {
            Ok(missed) => missed,
            Err(reason) => {
                findings.extend(not_made(reason, &settings, kept, place));
                return Ok(None);
            }
        };
    let (statement, facts) = dag.promised("dag-slo/promise-missed-run.md", facts)?;
    let Some(policy) = dag.policy_as(settings, shape, &facts)? else { return Ok(None) };
    findings.extend(longest.map(|longest| too_irregular(longest, after, place, schedule)));
    Ok(Some(Promise {
        id: "missed_run",
        statement,
        objective: None,
        decision: choose_deadline(due, longest, "end of a run"),
        slo: None,
        policies: vec![policy],
        log_metric: None,
        signal: Signal::Deadline,
        span: schedule,
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
    let grace = dag.document.spec.alerts.tasks.after;
    findings.extend(deadline_findings::deadline(dag, due, promised.deadline, grace, &path));
    let samples = dag.runs.successes_of(task.as_str());
    let kept = dag.alerting.context.kept(&TASK_RUN_DURATION);
    let shape = match shape(&samples, &dag.document.spec.schedule, due, promised.deadline, kept) {
        Ok(shape) => shape,
        Err(reason) => {
            findings.extend(deadline_findings::no_shape(dag, due, reason, kept, &path));
            return Ok(None);
        }
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
        decision: choose_deadline(due, None, "success of the task"),
        slo: None,
        policies: policies.into_iter().collect(),
        log_metric: None,
        signal: Signal::Deadline,
        span: dag.effective.span(&path),
    }))
}

impl Seen for Selector {
    const DELAY: Duration = DELAY;

    fn since_latest_start(&self, latest: &LatestStart, kept: Duration) -> Option<Shape> {
        deadline::deadline(&times_of(self.clone()), latest, kept)
    }

    fn silence(&self, longest: Duration, pauses: &[Range<i64>]) -> Shape {
        shapes::silence(&times_of(self.clone()), longest, pauses)
    }

    fn too_few(&self, least: u32, per: Duration, pauses: &[Range<i64>]) -> Shape {
        shapes::too_few(self, least, per, pauses)
    }
}

fn deadline_facts(deadline: Deadline) -> Facts {
    let (by, within): (Option<String>, Option<Duration>) = match deadline {
        Deadline::By(time) => (Some(time.to_string()), None),
        Deadline::Within(time) => (None, Some(time)),
    };
    Facts::default().with("by", by).with("deadline", within)
}
