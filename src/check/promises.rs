//! GK404, GK405 and GK406: promises of a DAG that leave a hole, contradict each other, or are named for other numbers.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved, Spec};
use crate::slo::{Deadline, Duration, Ratio};
use crate::spec::{DagSlo, Severity};

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for document in &resolved.documents {
        let Some(Spec::DagSlo(dag)) = &document.spec else { continue };
        let of_document = [hang_unseen(document, dag), slower_than_due(document, dag)];
        let of_document = of_document.into_iter().flatten().chain(numbers_in_names(document, dag));
        findings.extend(of_document.map(|finding| document.tag(finding)));
    }
    findings
}

const DURATION: [&str; 4] = ["spec", "objectives", "duration", "under"];

/// A run that hangs has no duration. Something must ask for its end.
fn hang_unseen(document: &Effective, dag: &DagSlo) -> Option<Diagnostic> {
    let spec = &dag.spec;
    spec.objectives.duration.as_ref()?;
    let (alert, key) = match &spec.objectives.landing {
        Some(_) => (&spec.alerts.landing, "landing"),
        None => (&spec.alerts.missed_run, "missedRun"),
    };
    (alert.severity == Some(Severity::None)).then(|| {
        Diagnostic::warning(
            Code::HangUnseen,
            "a run that hangs is never seen: its duration is known when it ends",
        )
        .at(document.span(&DURATION), "asks runs that have ended")
        .also(document.span(&["spec", "alerts", key]), "would see it, and is switched off")
        .help(format!("leave `alerts.{key}.severity` at `ticket` or `page`"))
    })
}

/// A run that may take longer than its deadline allows.
fn slower_than_due(document: &Effective, dag: &DagSlo) -> Option<Diagnostic> {
    let under = dag.spec.objectives.duration.as_ref()?.under;
    let (limit, path): (Duration, [&str; 4]) = match &dag.spec.objectives.landing {
        Some(landing) => match landing.deadline {
            Deadline::Within(within) => (within, ["spec", "objectives", "landing", "within"]),
            Deadline::By(_) => return None,
        },
        None => (dag.spec.alerts.missed_run.after?, ["spec", "alerts", "missedRun", "after"]),
    };
    (under > limit).then(|| {
        let message = format!("a run may take {under}, but must have ended {limit} after its start");
        Diagnostic::warning(Code::Contradiction, message)
            .at(document.span(&DURATION), "longer than the deadline allows")
            .also(document.span(&path), "the deadline")
            .help(format!("promise a duration under {limit}, or a later deadline"))
    })
}

/// A percentage in a name that no target has.
fn numbers_in_names(document: &Effective, dag: &DagSlo) -> Vec<Diagnostic> {
    let objectives = &dag.spec.objectives;
    let success = objectives.success.as_ref().map(|success| success.target);
    let landing = objectives.landing.as_ref().map(|landing| landing.target);
    let targets: Vec<Ratio> = success.into_iter().chain(landing).collect();
    let texts = ["displayName", "description"].map(|key| ["metadata", key]);
    let mut findings = Vec::new();
    for path in texts {
        let Some(text) = document.text(&path) else { continue };
        let stray = percentages(text).into_iter().find(|number| !targets.contains(number));
        let (Some(number), false) = (stray, targets.is_empty()) else { continue };
        let promised: Vec<String> = targets.iter().map(ToString::to_string).collect();
        let message = format!("the text says {number}, and what is promised is {}", promised.join(" and "));
        findings.push(
            Diagnostic::warning(Code::NumberInName, message)
                .at(document.span(&path), "")
                .help("correct the text or the target; a text without the number cannot go stale"),
        );
    }
    findings
}

/// The percentages that a text names.
fn percentages(text: &str) -> Vec<Ratio> {
    let before = text.split('%').collect::<Vec<_>>();
    let (_, before) = before.split_last().unwrap_or((&"", &[]));
    let number = |part: &&str| {
        let digits =
            part.trim_end().rsplit(|letter: char| !(letter.is_ascii_digit() || letter == '.')).next()?;
        Ratio::parse(&format!("{}%", digits.trim_start_matches('.')))
    };
    before.iter().filter_map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::percentages;

    #[test]
    fn percentages_in_texts() {
        let found = |text: &str| percentages(text).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(found("99.5% of the runs, and 80 % of 12"), ["99.5%", "80%"]);
        assert_eq!(found("%, 100 runs, v2.1, 95"), [""; 0]);
    }
}
