//! GK401, GK402 and GK410: what a DagSlo says and its alerts cannot do.

use super::success::SUCCESS;
use crate::diagnostics::{Code, Diagnostic};
use crate::monitoring::Alert;
use crate::resolve::Effective;
use crate::slo::{Budget, Ratio};

/// An objective that no failure fits in is legitimate, but rarely what its author means.
pub(super) fn no_failure_allowed(effective: &Effective, budget: &Budget) -> Option<Diagnostic> {
    let Budget { target, window, events, allowed } = *budget;
    if allowed > 0 || target == Ratio::WHOLE {
        return None;
    }
    let [spec, objectives, success] = SUCCESS;
    let place = effective.span(&[spec, objectives, success, "target"]);
    let fewest = events.fewest;
    let message = match fewest {
        0 => format!("{window} may pass without a run, so no failure is allowed and every one pages"),
        1 => format!("{target} of 1 run in {window} allows no failed run, so every failure pages"),
        _ => format!("{target} of {fewest} runs in {window} allows no failed run, so every failure pages"),
    };
    let finding = Diagnostic::warning(Code::NoFailureAllowed, message);
    let help = match highest_target_with_one(fewest) {
        Some(target) => format!(
            "write `target: {target}` to allow one, lengthen the window, or write `target: 100%` to say that none may fail"
        ),
        None => "lengthen the window until it holds several runs, or write `target: 100%` to say that none may fail"
            .to_owned(),
    };
    Some(how_often(effective, finding.at(place, "").help(help)))
}

/// Names what the number of runs comes from.
fn how_often(effective: &Effective, mut finding: Diagnostic) -> Diagnostic {
    let runs_on_all_days = effective.text(&["spec", "schedule", "onClosed"]) == Some("runsWithoutData");
    let calendar = if runs_on_all_days { None } else { Some(("calendar", "on its open days")) };
    let timing = ["cron", "every", "triggered"].map(|key| (key, "this often"));
    for (key, label) in timing.into_iter().chain(calendar) {
        let path = ["spec", "schedule", key];
        if effective.tree.at(path).is_some() {
            finding = finding.also(effective.span(&path), label);
        }
    }
    finding
}

/// Settings of an alert that the chosen strategy does not make would be dropped silently.
pub(super) fn settings_without_alert(effective: &Effective, made: &[Alert], reason: &str) -> Vec<Diagnostic> {
    let all = [Alert::FailedRun, Alert::RepeatedFailure, Alert::FastBurn, Alert::SlowBurn];
    let written = effective.tree.at(["spec", "alerts"]);
    let unused = all.into_iter().filter(|alert| !made.contains(alert));
    let entries = unused.filter_map(|alert| written?.entry(alert.key()));
    let names: Vec<String> = made.iter().map(|alert| format!("`{}`", alert.key())).collect();
    let help = match names.as_slice() {
        [only] => format!("every failure pages already, so the only alert here is {only}"),
        names => format!("{reason}; the alerts here are {}", names.join(" and ")),
    };
    entries
        .map(|entry| {
            let message = format!("the alert `{}` is not made here", entry.key);
            Diagnostic::warning(Code::AlertNotMade, message)
                .at(entry.key_span, "has no effect")
                .help(help.clone())
        })
        .chain(consecutive_without_alert(effective, made, reason))
        .collect()
}

/// Failures in a row page only where failures are counted.
fn consecutive_without_alert(effective: &Effective, made: &[Alert], reason: &str) -> Option<Diagnostic> {
    if made.contains(&Alert::RepeatedFailure) {
        return None;
    }
    let entry = effective.tree.at(SUCCESS)?.entry("consecutive")?;
    let message = "the alert for failures in a row is not made here";
    let finding = Diagnostic::warning(Code::AlertNotMade, message).at(entry.key_span, "has no effect");
    Some(finding.help(format!("{reason}; leave `consecutive` out")))
}

/// The same where the alert would only say again what another one says.
pub(super) fn consecutive_without_rows(effective: &Effective) -> Option<Diagnostic> {
    consecutive_without_alert(effective, &[], "a deadline or `failedRun` tells of each failure")
}

/// A row that is as long as what the budget allows, or longer, never decides: the budget pages first.
pub(super) fn consecutive_without_effect(
    effective: &Effective,
    budget: &Budget,
    consecutive: u32,
) -> Option<Diagnostic> {
    let allowed = budget.allowed;
    let entry = effective.tree.at(SUCCESS)?.entry("consecutive")?;
    let beyond = allowed.saturating_add(1);
    let (message, help) = match allowed {
        0 => (
            "every failure pages, as the budget allows none".to_owned(),
            "leave `consecutive` out, or lower the target".to_owned(),
        ),
        _ => (
            format!(
                "a row of {consecutive} failures never decides: failure {beyond} within {} pages",
                budget.window
            ),
            format!("leave `consecutive` out, give {allowed} at most, or lower the target"),
        ),
    };
    let of_no_effect = u64::from(consecutive) >= beyond && consecutive > 1;
    of_no_effect.then(|| {
        Diagnostic::warning(Code::AlertNotMade, message).at(entry.key_span, "has no effect").help(help)
    })
}

/// Rows that take another time than those that a query looks for, of how many that the schedule makes.
pub(super) fn unseen_rows(effective: &Effective, runs: u32, (unseen, rows): (usize, usize)) -> Diagnostic {
    let message = format!(
        "no query can hold so irregular a schedule: of {rows} rows of {runs} runs that it makes, {unseen} page late or not at \
         all"
    );
    Diagnostic::warning(Code::Irregular, message)
        .at(effective.span(&["spec", "schedule"]), "whose starts do not repeat")
        .help("let the calendar know fewer years, merge its closed days, give the pipeline a more regular schedule, or change \
               `consecutive`")
}

/// The highest target, to a hundredth of a percent, at which one of so many events may be bad.
pub(super) fn highest_target_with_one(events: u64) -> Option<Ratio> {
    const HUNDREDTH: u32 = 100;
    let one = u32::try_from(1_000_000u64.div_ceil(events.max(1))).ok()?;
    let target = Ratio::millionths(1_000_000u32.checked_sub(one)? / HUNDREDTH * HUNDREDTH);
    (events > 1).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::highest_target_with_one;

    #[test]
    fn the_suggested_target_allows_exactly_one() {
        for events in 2..5_000 {
            let target = highest_target_with_one(events).unwrap();
            assert_eq!(target.complement().floor_of(events), 1, "{target} of {events}");
        }
        assert_eq!(highest_target_with_one(16).unwrap().to_string(), "93.75%");
        assert_eq!(highest_target_with_one(1), None);
    }
}
