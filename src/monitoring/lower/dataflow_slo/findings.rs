//! GK401, GK402 and GK508: what a DataflowSlo says and its alerts cannot do.

use super::Job;
use super::shares::Share;
use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::gcp::metrics::dataflow::ELAPSED_TIME;
use crate::monitoring::stack::Alert;
use crate::resolve::Effective;
use crate::slo::{Budget, Duration, Ratio};
use crate::spec::{DataflowSlo, MissingData, Mode};

/// Two points of the metric, which is what a change needs.
const SLICE_MIN: Duration = Duration::seconds(2 * ELAPSED_TIME.sampled.as_seconds());
/// What is told after longer slices is history.
const SLICE_MAX: Duration = Duration::hours(6);
/// The slow loss is looked for over a day.
const WINDOW_MIN: Duration = Duration::days(1);

/// Slices and windows that cannot be judged.
pub(super) fn mistakes(job: Job<'_>, share: &Share<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let slice = share.slice;
    let counted = matches!(share.alert, Alert::Errors | Alert::Throughput);
    let whole = slice.as_seconds().is_multiple_of(60);
    if counted && !(whole && (SLICE_MIN..=SLICE_MAX).contains(&slice)) {
        let message = format!("a slice of {slice} cannot be judged: the metrics have a point a minute");
        findings.push(
            Diagnostic::error(Code::Period, message)
                .at(share.place(job, "per"), "")
                .help(format!("give whole minutes from {SLICE_MIN} to {SLICE_MAX}")),
        );
    }
    if share.window < WINDOW_MIN {
        let message = format!("a share of time within {} cannot be judged", share.window);
        findings.push(
            Diagnostic::error(Code::Period, message)
                .at(share.place(job, "window"), job.effective.label(&path(share, "window")))
                .help(format!("give a window of {WINDOW_MIN} or more, such as `28d`")),
        );
    }
    if let Some(hours) =
        job.clock.hours.as_ref().filter(|hours| findings.is_empty() && hours.length() < slice)
    {
        let message =
            format!("a slice of {slice} does not fit into the active hours, which last {}", hours.length());
        findings.push(
            Diagnostic::error(Code::Period, message)
                .at(share.place(job, "per"), "")
                .also(job.effective.span(&["spec", "activeHours"]), "nothing is due outside of them")
                .help("give a shorter slice"),
        );
    }
    findings
}

/// Slices of log entries that no rule can count in the time that an alert may look back.
pub(super) fn slices_too_long(job: Job<'_>, share: &Share<'_>) -> Diagnostic {
    let message = format!(
        "slices of {} cannot be judged: alerts look back {} at most at what is made of logs, `after` and two slices counted",
        share.slice,
        limits::LOG_METRIC_LOOKBACK_MAX
    );
    Diagnostic::error(Code::Period, message)
        .at(share.place(job, "per"), "")
        .help("give shorter slices, of two hours or less, or a shorter `after`")
}

fn path<'a>(share: &'a Share<'_>, key: &'a str) -> Vec<&'a str> {
    share.path.iter().map(String::as_str).chain([key]).collect()
}

/// A target that no bad slice fits in is legitimate, but rarely what its author means.
pub(super) fn no_bad_slice_allowed(
    effective: &Effective,
    share: &Share<'_>,
    budget: &Budget,
) -> Option<Diagnostic> {
    let Budget { target, window, events, allowed } = *budget;
    if allowed > 0 || target == Ratio::WHOLE {
        return None;
    }
    let message = format!(
        "{target} of {} slices of {} in {window} allows no bad one: {target} cannot be told from 100%",
        events.fewest, share.slice
    );
    Some(
        Diagnostic::warning(Code::NoFailureAllowed, message)
            .at(effective.span(&path(share, "target")), "")
            .help("give a lower target, shorter slices or a longer window, or write `target: 100%`"),
    )
}

/// Settings of an alert that is not made would be dropped silently.
pub(super) fn alerts_not_made(effective: &Effective, document: &DataflowSlo) -> Vec<Diagnostic> {
    let spec = &document.spec;
    let batch = spec.job.mode == Mode::Batch;
    let objectives = &spec.objectives;
    let of_steps = |has: fn(&crate::spec::Step) -> bool| spec.steps.iter().any(has);
    let made = [
        (
            Alert::Errors,
            objectives.errors.is_some() || of_steps(|step| step.errors.is_some()),
            "nothing is promised about errors",
        ),
        (
            Alert::Freshness,
            objectives.freshness.is_some() || of_steps(|step| step.freshness.is_some()),
            "nothing is promised about freshness",
        ),
        (
            Alert::Lag,
            objectives.lag.is_some() || of_steps(|step| step.lag.is_some()),
            "nothing is promised about the lag",
        ),
        (
            Alert::Throughput,
            of_steps(|step| step.throughput.is_some()),
            "nothing is promised about a step's throughput",
        ),
        (Alert::DeadLetters, spec.dead_letters.is_some(), "there is no `deadLetters`"),
        (
            Alert::FailedJob,
            batch,
            "it is for batch jobs: a streaming job retries for ever, and `missingData` tells when it is gone",
        ),
        (
            Alert::MissedRun,
            batch,
            "it is for batch jobs: `missingData` tells when a streaming job does not run",
        ),
        (
            Alert::MissingData,
            !batch && spec.missing_data == MissingData::Alert,
            if batch {
                "a batch job shows nothing between its runs: `missedRun` tells when one is missing"
            } else {
                "`missingData` is `ignore`"
            },
        ),
    ];
    let written = effective.tree.at(["spec", "alerts"]);
    let unused = made.into_iter().filter(|(_, made, _)| !made);
    let entries = unused.filter_map(|(alert, _, reason)| Some((written?.entry(alert.key())?, reason)));
    entries
        .map(|(entry, reason)| {
            let message = format!("the alert `{}` is not made here", entry.key);
            Diagnostic::warning(Code::AlertNotMade, message).at(entry.key_span, "has no effect").help(reason)
        })
        .collect()
}
