//! Promises and their alerts.

use super::super::layout::Page;
use super::super::model::{
    Alert, Condition, Detection, Explanation, Needs, Objective, Promise, Query, Route,
};
use super::{and, on_one_line, within, written};
use std::fmt::Write;

/// The numbers of a promise, then each of its alerts.
pub(super) fn promise(page: &mut Page, promise: &Promise, explanation: &Explanation) {
    let environments = within(&promise.environments, explanation);
    let environments = environments.map(|names| format!(", {names}")).unwrap_or_default();
    page.heading(&format!("Promise {}{environments}: {}", promise.id, on_one_line(&promise.statement)));
    if let Some(objective) = &promise.objective {
        page.labelled(2, "events", &events(objective));
        page.labelled(2, "budget", &budget(objective));
        let rate = objective.highest_burn_rate.filter(|_| promise.alerts.iter().any(is_about_burn_rates));
        if let Some(rate) = rate {
            page.labelled(2, "burn rate", &format!("{rate} at most, when every event is bad"));
        }
    }
    page.labelled(2, "strategy", &format!("{}: {}", words(promise.strategy), promise.reason));
    if let (Some(reason), Some(_)) = (&promise.without_slo, &promise.objective) {
        page.labelled(2, "no SLO", reason);
    }
    if promise.alerts.is_empty() {
        page.labelled(2, "alerts", "none: all of them are switched off here");
    }
    for alert in &promise.alerts {
        self::alert(page, alert, promise, explanation);
    }
}

fn events(objective: &Objective) -> String {
    let Objective { window, fewest, .. } = objective;
    match objective.most {
        None => format!("{fewest} or more in {window}"),
        Some(most) if most == *fewest => format!("{fewest} in every {window}"),
        Some(most) => format!("{fewest} to {most} in {window}; the fewest decide"),
    }
}

fn budget(objective: &Objective) -> String {
    let Objective { target, fewest, allowed, .. } = objective;
    let share = target.complement();
    let exact = decimal(u128::from(*fewest) * u128::from(share.as_millionths()), 1_000_000);
    let allowed = match allowed {
        0 => "none".to_owned(),
        allowed => allowed.to_string(),
    };
    let mut text = format!("{allowed} of {fewest} may be bad");
    if allowed != exact {
        let _ = write!(text, ": {share} of {fewest} is {exact}");
    }
    text
}

/// A fraction to two places, as people write it: `1.4`, `0.5`, `3`.
fn decimal(dividend: u128, divisor: u128) -> String {
    let hundredths = dividend * 100 / divisor.max(1);
    let digits = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn alert(page: &mut Page, alert: &Alert, promise: &Promise, explanation: &Explanation) {
    let fewer = alert.environments.len() < promise.environments.len();
    let environments = if fewer { within(&alert.environments, explanation) } else { None };
    let environments = environments.map(|names| format!(", {names}")).unwrap_or_default();
    page.gap();
    page.paragraph(2, &format!("Alert {}{environments}: {}", alert.alert, on_one_line(&alert.title)));
    page.labelled(4, "fires", &on_one_line(&alert.contract.fires));
    if let Some(hold) = alert.hold {
        let included = if alert.within.is_some() { ", which that time includes" } else { "" };
        page.labelled(4, "grace", &format!("only once that has been so for {hold}{included}"));
    }
    if let Some(detection) = &alert.detection {
        page.labelled(4, "detects", &self::detection(detection));
    }
    page.labelled(4, "quiet", &format!("while {}", on_one_line(&alert.contract.quiet)));
    page.labelled(4, "resolves", &format!("when {}", on_one_line(&alert.contract.resolves)));
    for route in &alert.routes {
        page.labelled(4, route.severity.name(), &route_to(route, alert));
    }
}

fn is_about_burn_rates(alert: &Alert) -> bool {
    alert.detection.is_some()
}

/// `burnRates` as two words.
fn words(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter.is_ascii_uppercase() {
        true => format!(" {}", letter.to_ascii_lowercase()),
        false => letter.to_string(),
    });
    letters.collect()
}

/// What it takes to fire.
fn detection(detection: &Detection) -> String {
    let takes = detection
        .takes
        .iter()
        .map(|one| format!("{} of {} within {}", one.bad, counted(one.of, "event"), one.lookback));
    format!("at {}; if all fail, after {}", and(&takes.collect::<Vec<_>>()), detection.all_bad)
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The channels, how often it reminds, and where all that is so.
fn route_to(route: &Route, alert: &Alert) -> String {
    let channels: Vec<String> = route
        .channels
        .iter()
        .map(|channel| match channel.channel_type.as_str() {
            // The full name of a channel tells people less than the name that they gave it.
            "id" => channel.name.clone(),
            kind => format!("{} ({kind} {})", channel.name, on_one_line(&channel.target)),
        })
        .collect();
    let mut text = if channels.is_empty() { "nobody".to_owned() } else { and(&channels) };
    if let Some(renotify) = route.renotify {
        let _ = write!(text, ", again every {renotify}");
    }
    if alert.routes.len() > 1 {
        let _ = write!(text, ", in {}", and(&route.environments));
    }
    if let Some(place) = &route.capped {
        let _ = write!(text, ", as nothing pages there ({})", written(place));
    }
    text
}

/// What Cloud Monitoring asks, at the end: whoever wants the promises does not read past it.
pub(super) fn queries(page: &mut Page, explanation: &Explanation) {
    let alerts: Vec<&Alert> = explanation.promises.iter().flat_map(|promise| &promise.alerts).collect();
    if alerts.is_empty() {
        return;
    }
    page.heading("What Cloud Monitoring asks");
    for (alert, asks) in alerts.iter().flat_map(|alert| alert.asks.iter().map(move |asks| (alert, asks))) {
        page.gap();
        let environments = within(&asks.environments, explanation);
        let environments = environments.map(|names| format!(", {names}")).unwrap_or_default();
        let joined = match (asks.conditions.len(), asks.needs) {
            (0 | 1, _) => "",
            (_, Needs::All) => ", all of",
            (_, Needs::Any) => ", any of",
        };
        page.paragraph(2, &format!("{}{environments}{joined}", alert.alert));
        for condition in &asks.conditions {
            self::condition(page, condition);
        }
    }
}

/// A query is never wrapped, so that it can be copied.
fn condition(page: &mut Page, condition: &Condition) {
    let title = on_one_line(&condition.title);
    match &condition.query {
        Query::Count { filter, lookback, above } => {
            page.paragraph(4, &format!("{title}: more than {above} in {lookback} of"));
            self::filter(page, filter);
        }
        Query::TooFew { filter, lookback, least, held } => {
            page.paragraph(4, &format!("{title}: fewer than {least} in {lookback}, for {held}, of"));
            self::filter(page, filter);
        }
        Query::Highest { filter, lookback, above } => {
            page.paragraph(4, &format!("{title}: the highest in {lookback} is above {above} of"));
            self::filter(page, filter);
        }
        Query::BurnRate { selector, above, .. } => {
            page.paragraph(4, &format!("{title}:"));
            page.line(6, &format!("{selector} > {above}"));
        }
        Query::MatchedLog { filter, labels, rate_limit } => {
            page.paragraph(4, &format!("{title}: a log entry, notified once in {rate_limit} at most, of"));
            self::filter(page, filter);
            for (label, extracted) in labels {
                page.line(6, &format!("label {label}: {extracted}"));
            }
        }
        Query::Promql { expression, lookback, every } => {
            page.paragraph(4, &format!("{title}: PromQL over {lookback}, every {every}"));
            for line in expression.lines() {
                page.line(6, line);
            }
        }
    }
}

/// The terms below each other, which means the same to Cloud Monitoring.
fn filter(page: &mut Page, filter: &str) {
    for (index, term) in filter.split(" AND ").enumerate() {
        page.line(6, &if index == 0 { term.to_owned() } else { format!("AND {term}") });
    }
}
