//! GK505, GK507, GK508 and GK509: the shape, channels, queries and periods of alert policies.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{AlertPolicy, Promise, Query};
use crate::slo::Duration;

pub(super) fn check(promise: &Promise, policy: &AlertPolicy) -> Vec<Diagnostic> {
    let mut findings = shape(policy);
    findings.extend(periods(policy));
    findings.extend(policy.conditions.iter().flat_map(|condition| query(promise, policy, &condition.query)));
    findings
}

fn shape(policy: &AlertPolicy) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if policy.channels.len() > limits::CHANNELS_MAX {
        let message = format!(
            "an alert would notify {} channels, and Cloud Monitoring accepts {}",
            policy.channels.len(),
            limits::CHANNELS_MAX
        );
        let finding = Diagnostic::error(Code::TooManyChannels, message).at(policy.places.channels, "");
        findings.push(finding.help("name fewer channels for this owner in the Project"));
    }
    if !(1..=limits::CONDITIONS_MAX).contains(&policy.conditions.len()) {
        let message = format!(
            "an alert policy has 1 to {} conditions, not {}",
            limits::CONDITIONS_MAX,
            policy.conditions.len()
        );
        findings.push(Diagnostic::error(Code::PolicyShape, message).at(policy.places.settings, ""));
    }
    findings
}

fn periods(policy: &AlertPolicy) -> Vec<Diagnostic> {
    let between = |what: &str, period: Option<Duration>, shortest: Duration, longest: Duration| {
        let period = period.filter(|period| !(shortest..=longest).contains(period))?;
        let message = format!("Cloud Monitoring accepts {what} {shortest} to {longest}, not {period}");
        Some(
            Diagnostic::error(Code::Period, message)
                .at(policy.places.renotify, "")
                .help(format!("give one from {shortest} to {longest}")),
        )
    };
    let renotify = between("reminders every", policy.renotify, limits::RENOTIFY_MIN, limits::RENOTIFY_MAX);
    let auto_close = between(
        "an automatic close after",
        policy.auto_close,
        limits::AUTO_CLOSE_MIN,
        limits::AUTO_CLOSE_MAX,
    );
    renotify.into_iter().chain(auto_close).chain(hold(policy)).collect()
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

fn query(promise: &Promise, policy: &AlertPolicy, query: &Query) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut refuse = |code, message: String, help: &str| {
        findings.push(Diagnostic::error(code, message).at(policy.places.watched, "").help(help))
    };
    match query {
        Query::Count { filter, period, .. } | Query::Highest { filter, period, .. } => {
            let length = filter.to_string().chars().count();
            if length > limits::FILTER_MAX {
                refuse(
                    Code::FilterTooLong,
                    format!(
                        "a filter would have {length} characters, and Cloud Monitoring accepts {}",
                        limits::FILTER_MAX
                    ),
                    "shorten the names in it",
                );
            }
            if !(limits::ALIGNMENT_MIN..=limits::ALIGNMENT_MAX).contains(period) {
                refuse(
                    Code::Period,
                    format!(
                        "an alignment period of {period} is outside {} to {}",
                        limits::ALIGNMENT_MIN,
                        limits::ALIGNMENT_MAX
                    ),
                    "choose another window",
                );
            }
        }
        Query::BurnRate { lookback, .. } => {
            if promise.slo.is_none() {
                refuse(
                    Code::PolicyShape,
                    "a burn rate needs an SLO in Cloud Monitoring".to_owned(),
                    "choose another window or target",
                );
            }
            if *lookback > limits::SLO_BURN_RATE_LOOKBACK_MAX {
                refuse(
                    Code::Period,
                    format!("a burn rate looks back {} at most", limits::SLO_BURN_RATE_LOOKBACK_MAX),
                    "choose another window",
                );
            }
        }
        Query::PromQl { query, lookback, every } => {
            let length = query.pretty().chars().count();
            if length > limits::PROMQL_MAX {
                refuse(
                    Code::FilterTooLong,
                    format!("a query would have {length} characters, more than {}", limits::PROMQL_MAX),
                    "shorten the names in it",
                );
            }
            if *lookback > limits::PROMQL_LOOKBACK_MAX {
                findings.push(
                    Diagnostic::error(
                        Code::Period,
                        format!(
                            "Cloud Monitoring looks back {} at most, not {lookback}",
                            limits::PROMQL_LOOKBACK_MAX
                        ),
                    )
                    .at(promise.window_span(), "")
                    .help("give a shorter window"),
                );
            } else if every.as_seconds() == 0
                || !every.as_seconds().is_multiple_of(limits::EVALUATION_INTERVAL_STEP.as_seconds())
            {
                refuse(
                    Code::Period,
                    format!("{every} is no multiple of {}", limits::EVALUATION_INTERVAL_STEP),
                    "choose another interval",
                );
            }
        }
    }
    findings
}
