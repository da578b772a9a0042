//! GK402 and GK407: what is written and changes nothing.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved, Spec, place};
use crate::slo::Ratio;
use crate::source::{Entry, Layer, Node, Value};
use crate::spec::{DagSlo, DataflowSlo, Empty, Kind, MissingData, Mode, NullRatioCheck, Severity, Timing};

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for document in &resolved.documents {
        let mut of_document = match &document.spec {
            Some(Spec::DagSlo(dag)) => {
                [dag_alerts(document, dag), idle_zone(document, &dag.spec.schedule.timing)].concat()
            }
            Some(Spec::DataflowSlo(job)) => {
                let timing = job.spec.schedule.as_ref().map(|schedule| &schedule.timing);
                let zone = timing.map(|timing| idle_zone(document, timing)).unwrap_or_default();
                [dataflow(document, job), zone].concat()
            }
            Some(Spec::NullRatioCheck(check)) => {
                [failing_columns(document, check), idle_zone(document, &check.spec.schedule.timing)].concat()
            }
            Some(Spec::Calendar(_)) => unused(document, resolved).into_iter().collect(),
            None => continue,
        };
        of_document.extend(unheard(document));
        of_document.extend(document.tree.get("spec").into_iter().flat_map(empty_targets));
        findings.extend(of_document.into_iter().map(|finding| document.tag(finding)));
    }
    findings
}

fn without_effect(entry: &Entry, message: String, help: &str) -> Diagnostic {
    Diagnostic::warning(Code::AlertNotMade, message).at(entry.key_span, "has no effect").help(help)
}

fn not_made(entry: &Entry, help: &str) -> Diagnostic {
    without_effect(entry, format!("the alert `{}` is not made here", entry.key), help)
}

/// The alerts of objectives that a DAG does not have; those that an objective makes are for `monitoring` to say.
fn dag_alerts(document: &Effective, dag: &DagSlo) -> Vec<Diagnostic> {
    let objectives = &dag.spec.objectives;
    let success = (objectives.success.is_some(), "nothing is promised about success");
    let made = [
        ("failedRun", success),
        ("repeatedFailure", success),
        ("fastBurn", success),
        ("slowBurn", success),
        (
            "landing",
            (
                objectives.landing.is_some(),
                "nothing is promised about landing; `missedRun` asks for runs that end",
            ),
        ),
        (
            "missedRun",
            (
                objectives.landing.is_none(),
                "`landing` is promised, and its alert asks for a success after each start",
            ),
        ),
        ("duration", (objectives.duration.is_some(), "nothing is promised about the duration")),
        ("tasks", (!objectives.tasks.is_empty(), "nothing is promised about tasks")),
    ];
    let Some(written) = document.tree.at(["spec", "alerts"]) else { return Vec::new() };
    let unused = made.into_iter().filter(|(_, (made, _))| !made);
    unused.filter_map(|(alert, (_, reason))| Some(not_made(written.entry(alert)?, reason))).collect()
}

/// What waits for a streaming job, where nothing asks for it; and what asks for one, of a batch job.
fn dataflow(document: &Effective, job: &DataflowSlo) -> Vec<Diagnostic> {
    let spec = &job.spec;
    let Some(written) = document.tree.get("spec") else { return Vec::new() };
    let missing_data = written.entry("missingData");
    if spec.job.mode == Mode::Batch {
        let help = "a batch job shows nothing between its runs: `missedRun` tells when one is missing";
        let finding = |entry| without_effect(entry, "`missingData` is for streaming jobs".to_owned(), help);
        return missing_data.map(finding).into_iter().collect();
    }
    let objectives = &spec.objectives;
    let steps = spec.steps.iter().any(|step| {
        step.errors.is_some() || step.throughput.is_some() || step.freshness.is_some() || step.lag.is_some()
    });
    let asked =
        objectives.errors.is_some() || objectives.freshness.is_some() || objectives.lag.is_some() || steps;
    if asked || spec.missing_data == MissingData::Alert {
        return Vec::new();
    }
    let help = "nothing is asked of the job while it runs: promise something, or leave it out";
    let idle = ["startup", "activeHours"].into_iter().filter_map(|key| written.entry(key));
    idle.map(|entry| without_effect(entry, format!("`{}` changes nothing here", entry.key), help)).collect()
}

/// Settings of the alert on failing columns, where none of them tells anybody.
fn failing_columns(document: &Effective, check: &NullRatioCheck) -> Vec<Diagnostic> {
    let spec = &check.spec;
    let silent =
        spec.empty == Empty::Ignore && spec.columns.values().all(|column| column.severity == Severity::None);
    let entry = document.tree.at(["spec", "alerts"]).and_then(|alerts| alerts.entry("failingColumns"));
    let help = "every column has `severity: none`, and an empty day is ignored";
    entry.filter(|_| silent).map(|entry| not_made(entry, help)).into_iter().collect()
}

/// A time zone of runs that no clock starts, beside no days off.
fn idle_zone(document: &Effective, timing: &Timing) -> Vec<Diagnostic> {
    let entry = document.tree.at(["spec", "schedule"]).and_then(|schedule| schedule.entry("timezone"));
    let idle = !matches!(timing, Timing::Cron(_)) && document.tree.at(["spec", "suspend"]).is_none();
    let help = "no clock starts the runs; leave it out";
    let entry = entry.filter(|entry| idle && entry.value.origin.layer != Layer::Default);
    entry
        .map(|entry| without_effect(entry, "`timezone` changes nothing here".to_owned(), help))
        .into_iter()
        .collect()
}

/// A Calendar that nobody keeps to.
fn unused(document: &Effective, resolved: &Resolved) -> Option<Diagnostic> {
    let path = ["spec", "schedule", "calendar"];
    // A schedule that names no Calendar there is may mean this one.
    let is_known =
        |name: &str| resolved.names.iter().any(|claim| claim.kind == Kind::Calendar && claim.name == name);
    let mut named = resolved.documents.iter().filter_map(|user| user.text(&path));
    let used = named.any(|name| name == document.name() || !is_known(name));
    (resolved.all_were_read && !used).then(|| {
        Diagnostic::warning(Code::ComesToNothing, "no document keeps to this Calendar")
            .at(document.span(&["metadata", "name"]), "")
            .help(format!(
                "name it in a schedule, such as `schedule: {{cron: \"0 4 * * *\", calendar: {}}}`",
                document.name()
            ))
    })
}

/// Settings of an alert that tells nobody. What one layer silences may be another's setting.
fn unheard(document: &Effective) -> Vec<Diagnostic> {
    let alerts = document.tree.at(["spec", "alerts"]).and_then(Node::as_mapping);
    let mut findings = Vec::new();
    for alert in alerts.into_iter().flat_map(|alerts| &alerts.entries) {
        let Some(severity) =
            alert.value.entry("severity").filter(|entry| entry.value.as_str() == Some("none"))
        else {
            continue;
        };
        let others = alert.value.as_mapping().into_iter().flat_map(|settings| &settings.entries);
        let idle = others.filter(|entry| {
            entry.key != "severity" && entry.value.origin.layer == severity.value.origin.layer
        });
        findings.extend(idle.map(|entry| {
            let message = format!("`{}` of an alert that tells nobody", entry.key);
            without_effect(entry, message, "leave it out, or give the alert a severity")
                .also(severity.value.span(), "tells nobody")
        }));
    }
    findings
}

/// A target that every outcome meets.
fn empty_targets(node: &Node) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if let Some(target) = node.get("target") {
        let share = target.as_str().and_then(Ratio::parse);
        if share.is_some_and(|share| share.as_millionths() == 0) {
            findings.push(
                Diagnostic::warning(Code::ComesToNothing, "a target of 0% promises nothing")
                    .at(target.span(), "met when everything fails")
                    .help("write the share that is promised, such as `95%`, or leave the objective out"),
            );
        }
    }
    match &*node.value {
        Value::Mapping(mapping) => {
            findings.extend(mapping.entries.iter().flat_map(|entry| empty_targets(&entry.value)));
        }
        Value::Sequence(items) => findings.extend(items.iter().flat_map(empty_targets)),
        _ => {}
    }
    findings
}

/// Documents that come to nothing in an environment, once nothing else is wrong: no alert, no SLO, nothing measured.
pub(crate) fn silent(document: &Effective, makes_something: impl Fn(&str) -> bool) -> Option<Diagnostic> {
    document.spec.as_ref().filter(|_| document.kind.has_environments())?;
    let silent: Vec<&str> = document
        .environments
        .iter()
        .map(|name| name.as_str())
        .filter(|name| !makes_something(name))
        .collect();
    (!silent.is_empty()).then(|| {
        let finding =
            Diagnostic::warning(Code::ComesToNothing, "this document comes to nothing: no alert, no SLO")
                .at(place(&document.tree, &["metadata", "name"]), "nobody hears of it")
                .help("promise something, give an alert a severity, or remove the document");
        silent.into_iter().fold(finding, Diagnostic::in_environment)
    })
}
