//! GK109: keys that mean something only together, or only apart.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved, place};
use crate::source::{Layer, Node};
use crate::spec::Kind;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for document in &resolved.documents {
        let mut of_document = Vec::from_iter(closed_days_without_calendar(document));
        of_document.extend(calendar_without_days(document));
        match document.kind {
            Kind::DagSlo => of_document.extend(deadlines_without_clock(document)),
            Kind::DataflowSlo => of_document.extend(dataflow(document)),
            Kind::NullRatioCheck | Kind::Project | Kind::Calendar => {}
        }
        findings.extend(of_document.into_iter().map(|finding| document.tag(finding)));
    }
    findings
}

fn misfit(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::Misfit, message)
}

/// Whether a value is written, and is not the Project's default.
fn is_written(document: &Effective, path: &[&str]) -> bool {
    document.tree.at(path.iter().copied()).is_some_and(|node| node.origin.layer != Layer::Default)
}

fn closed_days_without_calendar(document: &Effective) -> Option<Diagnostic> {
    let path = ["spec", "schedule", "onClosed"];
    let alone = is_written(document, &path) && !is_written(document, &["spec", "schedule", "calendar"]);
    alone.then(|| {
        misfit("`onClosed` says nothing without `calendar`")
            .at(document.span(&path), "no day is closed")
            .help("add `calendar:` with the name of a Calendar, or leave `onClosed` out")
    })
}

/// Where nobody knows on which days runs start, no day can be closed for them.
fn calendar_without_days(document: &Effective) -> Option<Diagnostic> {
    let path = ["spec", "schedule", "calendar"];
    let timing =
        ["every", "triggered"].into_iter().find(|key| is_written(document, &["spec", "schedule", key]))?;
    let alone = is_written(document, &path) && !is_written(document, &["spec", "schedule", "cron"]);
    alone.then(|| {
        misfit("`calendar` needs `cron`")
            .at(document.span(&path), "which runs are on closed days?")
            .also(document.span(&["spec", "schedule", timing]), "does not say on which days runs start")
            .help("leave `calendar` out, or say with `cron` when the runs start")
    })
}

/// A deadline counts from a start that the clock knows.
fn deadlines_without_clock(document: &Effective) -> Vec<Diagnostic> {
    let schedule = ["spec", "schedule"];
    let Some(kind) = ["triggered", "every"]
        .into_iter()
        .find(|key| document.tree.at(schedule).is_some_and(|schedule| schedule.get(key).is_some()))
    else {
        return Vec::new();
    };
    let landing = document.tree.at(["spec", "objectives", "landing"]);
    let tasks = document.tree.at(["spec", "objectives", "tasks"]).and_then(Node::as_mapping);
    let of_tasks =
        tasks.into_iter().flat_map(|tasks| &tasks.entries).filter_map(|task| task.value.get("landing"));
    let promised = landing.into_iter().chain(of_tasks);
    let place = document.span(&["spec", "schedule", kind]);
    promised
        .filter_map(|landing| {
            let unusable = if kind == "every" { &["by"][..] } else { &["by", "within"][..] };
            let entry = unusable.iter().find_map(|key| landing.entry(key))?;
            let (message, reason, help) = match kind {
                "every" => (
                    "a time of day needs a schedule with a clock",
                    "nobody knows at which times of the day it runs",
                    "give the time after a start with `within`, or the schedule as `cron`",
                ),
                _ => (
                    "a deadline needs a scheduled start",
                    "nobody knows when a run starts",
                    "leave `landing` out: the alert `missedRun` asks for the runs that are expected",
                ),
            };
            Some(misfit(message).at(entry.key_span, "").also(place, reason).help(help))
        })
        .collect()
}

/// What only a streaming job has.
const STREAMING_ONLY: [(&[&str], &str); 4] = [
    (&["spec", "objectives", "freshness"], "a batch job has no watermark that keeps up with the clock"),
    (&["spec", "objectives", "lag"], "a batch job has no lag"),
    (&["spec", "activeHours"], "a batch job is due when its `schedule` says"),
    (&["spec", "startup"], "a batch job needs no grace until it has caught up"),
];

fn dataflow(document: &Effective) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let schedule = ["spec", "schedule"];
    let mode_path = ["spec", "job", "mode"];
    let mode = document.span(&mode_path);
    match document.text(&mode_path) {
        Some("batch") => {
            if document.tree.at(schedule).is_none() && document.spec.is_some() {
                findings.push(
                    misfit("a batch job needs the key `schedule`")
                        .at(mode, "when are its runs due?")
                        .help("add it to `spec`, for example `schedule: {cron: \"0 4 * * *\"}`"),
                );
            }
            for (path, reason) in STREAMING_ONLY.iter().filter(|(path, _)| is_written(document, path)) {
                let key = path.last().copied().unwrap_or_default();
                findings.push(
                    misfit(format!("`{key}` is for streaming jobs"))
                        .at(place(&document.tree, path), *reason)
                        .also(mode, "a batch job")
                        .help("leave it out"),
                );
            }
        }
        Some("streaming") if is_written(document, &schedule) => findings.push(
            misfit("`schedule` is for batch jobs")
                .at(document.span(&schedule), "a streaming job runs until it is stopped")
                .also(mode, "a streaming job")
                .help("leave it out; `activeHours` says when nothing is due"),
        ),
        _ => {}
    }
    findings.extend(steps(document));
    findings
}

/// Watermark metrics know fused stages, not steps; and a step is listed for its promises.
fn steps(document: &Effective) -> Vec<Diagnostic> {
    let steps = document.tree.at(["spec", "steps"]).and_then(Node::as_sequence).unwrap_or_default();
    let mut findings = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let Some(name) = step.get("step").filter(|name| name.as_str().is_some()) else { continue };
        let of_stage = ["freshness", "lag"].into_iter().find_map(|key| step.entry(key));
        if let Some(entry) = of_stage.filter(|_| step.get("stage").is_none()) {
            findings.push(
                misfit(format!("`{}` of a step needs the key `stage`", entry.key))
                    .at(entry.key_span, "watermarks are known by fused stage, not by step")
                    .help("add `stage:` as the job's execution details show it, such as `stage: F12`"),
            );
        }
        if let Some(first) = steps
            .iter()
            .take(index)
            .filter_map(|other| other.get("step"))
            .find(|other| other.as_str() == name.as_str())
        {
            findings.push(
                Diagnostic::error(
                    Code::RepeatedStep,
                    format!("the step `{}` is listed twice", name.as_str().unwrap_or_default()),
                )
                .at(name.span(), "the second")
                .also(first.span(), "the first")
                .help("write all promises about a step in one item"),
            );
        }
    }
    findings
}
