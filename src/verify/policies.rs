//! GK505, GK508 and GK509: the shape, channels and periods of alert policies.

use super::queries;
use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{AlertPolicy, Promise};
use crate::slo::Duration;
use crate::source::Span;

pub(super) fn check(promise: &Promise, policy: &AlertPolicy) -> Vec<Diagnostic> {
    let mut findings = shape(policy);
    findings.extend(periods(policy));
    let queries = policy.conditions.iter().map(|condition| &condition.query);
    findings.extend(queries.flat_map(|query| queries::check(promise, policy, query)));
    findings
}

fn shape(policy: &AlertPolicy) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let (channels, most) = (policy.channels.len(), limits::CHANNELS_MAX);
    if channels > most {
        let message =
            format!("an alert would notify {channels} channels, and Cloud Monitoring accepts {most}");
        let finding = Diagnostic::error(Code::TooManyChannels, message).at(policy.places.channels, "");
        findings.push(finding.help("name fewer channels for this owner in the Project"));
    }
    let (least, most) = (limits::CONDITIONS_MIN, limits::CONDITIONS_MAX);
    let conditions = policy.conditions.len();
    if !(least..=most).contains(&conditions) {
        let message = format!("an alert policy has {least} to {most} conditions, not {conditions}");
        let finding = Diagnostic::error(Code::PolicyShape, message).at(policy.places.settings, "");
        findings.push(finding.help("this is a mistake in Genkai: please report it"));
    }
    let most = limits::MATCHED_LOG_CONDITIONS_MAX;
    if conditions > most && policy.conditions.iter().any(|condition| condition.query.is_of_logs()) {
        let message = format!("an alert policy on logs has {most} condition, not {conditions}");
        let finding = Diagnostic::error(Code::PolicyShape, message).at(policy.places.settings, "");
        findings.push(finding.help("this is a mistake in Genkai: please report it"));
    }
    findings
}

fn periods(policy: &AlertPolicy) -> Vec<Diagnostic> {
    let between = |what: &str, period: Option<Duration>, [shortest, longest]: [Duration; 2], place: Span| {
        let period = period.filter(|period| !(shortest..=longest).contains(period))?;
        let message = format!("Cloud Monitoring accepts {what} {shortest} to {longest}, not {period}");
        let help = format!("give one from {shortest} to {longest}");
        Some(Diagnostic::error(Code::Period, message).at(place, "").help(help))
    };
    let (places, reminders) = (&policy.places, [limits::RENOTIFY_MIN, limits::RENOTIFY_MAX]);
    let renotify = between("reminders every", policy.renotify, reminders, places.renotify);
    // Shapes keep to it; this would catch a gap.
    let closes = [limits::AUTO_CLOSE_MIN, limits::AUTO_CLOSE_MAX];
    let auto_close = between("an automatic close after", policy.auto_close, closes, places.settings);
    renotify.into_iter().chain(auto_close).chain(hold(policy)).chain(grace(policy)).collect()
}

/// A grace that changes nothing.
fn grace(policy: &AlertPolicy) -> Option<Diagnostic> {
    let written = policy.written_hold?;
    let (message, help) = match policy.hold {
        None => (
            "an alert on an event has no grace: it has happened, and no time takes it back".to_owned(),
            "leave `after` out".to_owned(),
        ),
        Some(hold) if hold > written => (
            format!(
                "a grace of {written} has no effect: this alert always waits for {hold}, as a query may fail for once"
            ),
            format!("leave `after` out, or give more than {hold}"),
        ),
        Some(_) => return None,
    };
    Some(Diagnostic::warning(Code::AlertNotMade, message).at(policy.places.hold, "has no effect").help(help))
}

fn hold(policy: &AlertPolicy) -> Option<Diagnostic> {
    let hold = policy.hold?;
    let whole = hold.as_seconds().is_multiple_of(limits::HOLD_STEP.as_seconds());
    (!whole || hold > limits::HOLD_MAX).then(|| {
        let message = format!(
            "Cloud Monitoring lets a condition hold for whole minutes up to {}, not for {hold}",
            limits::HOLD_MAX
        );
        Diagnostic::error(Code::Period, message)
            .at(policy.places.hold, "")
            .help(format!("give whole minutes up to {}", limits::HOLD_MAX))
    })
}
