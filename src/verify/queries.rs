//! GK507, GK508 and GK509: what conditions ask, one function for each construct.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::metrics::Family;
use crate::gcp::{Filter, limits};
use crate::monitoring::{AlertPolicy, Promise, Query};
use crate::promql::Expr;
use crate::slo::Duration;
use crate::source::Span;

pub(super) fn check(promise: &Promise, policy: &AlertPolicy, query: &Query) -> Vec<Diagnostic> {
    match query {
        Query::Count { filter, period, .. } | Query::Highest { filter, period, .. } => {
            threshold(policy, filter, *period)
        }
        Query::TooFew { filter, period, held, .. } => {
            threshold(policy, filter, *period).into_iter().chain(too_few(policy, *held)).collect()
        }
        Query::BurnRate { lookback, .. } => burn_rate(promise, policy, *lookback),
        Query::MatchedLog { filter, labels, rate_limit } => {
            matched_log(policy, &filter.to_string(), labels.len(), *rate_limit)
        }
        Query::PromQl { query, every } => promql(promise, policy, query, *every),
    }
}

fn threshold(policy: &AlertPolicy, filter: &Filter, period: Duration) -> Vec<Diagnostic> {
    let (shortest, longest) = (limits::ALIGNMENT_MIN, limits::ALIGNMENT_MAX);
    let length = too_long("filter", &filter.to_string(), limits::FILTER_MAX, policy.places.watched);
    let alignment = (!(shortest..=longest).contains(&period)).then(|| {
        let message =
            format!("Cloud Monitoring accepts an alignment period of {shortest} to {longest}, not {period}");
        Diagnostic::error(Code::Period, message).at(policy.places.watched, "").help("choose another window")
    });
    length.into_iter().chain(alignment).collect()
}

/// What missing data mean can be said of a condition that holds.
fn too_few(policy: &AlertPolicy, held: Duration) -> Option<Diagnostic> {
    let (shortest, longest) = (limits::MISSING_DATA_HOLD_MIN, limits::HOLD_MAX);
    (!(shortest..=longest).contains(&held)).then(|| {
        let message = format!("what misses data must be so for {shortest} to {longest}, not for {held}");
        Diagnostic::error(Code::Period, message)
            .at(policy.places.hold, "")
            .help(format!("give whole minutes up to {longest}"))
    })
}

fn burn_rate(promise: &Promise, policy: &AlertPolicy, lookback: Duration) -> Vec<Diagnostic> {
    let place = policy.places.watched;
    let missing = promise.slo.is_none().then(|| {
        Diagnostic::error(Code::PolicyShape, "a burn rate needs an SLO in Cloud Monitoring")
            .at(place, "")
            .help("choose another window or target")
    });
    let most = limits::SLO_BURN_RATE_LOOKBACK_MAX;
    let long = (lookback > most).then(|| {
        let message = format!("a burn rate looks back {most} at most, not {lookback}");
        Diagnostic::error(Code::Period, message).at(place, "").help("choose another window")
    });
    missing.into_iter().chain(long).collect()
}

fn matched_log(policy: &AlertPolicy, filter: &str, labels: usize, rate_limit: Duration) -> Vec<Diagnostic> {
    let place = policy.places.watched;
    let (shortest, longest) = (limits::RATE_LIMIT_MIN, limits::RATE_LIMIT_MAX);
    let length = too_long("filter", filter, limits::LOG_FILTER_MAX, place);
    let most = limits::LOG_LABELS_MAX;
    let labels = (labels > most).then(|| {
        let message = format!("an alert on logs would extract {labels} labels, and {most} are the most");
        Diagnostic::error(Code::PolicyShape, message)
            .at(place, "")
            .help("this is a mistake in Genkai: please report it")
    });
    let rate = (!(shortest..=longest).contains(&rate_limit)).then(|| {
        let message = format!("an alert on logs notifies once in {shortest} to {longest}, not {rate_limit}");
        Diagnostic::error(Code::Period, message).at(place, "").help("choose another interval")
    });
    [length, labels, rate].into_iter().flatten().collect()
}

fn promql(promise: &Promise, policy: &AlertPolicy, query: &Expr, every: Duration) -> Vec<Diagnostic> {
    let length = too_long("query", &query.pretty(), limits::PROMQL_MAX, policy.places.watched);
    let step = limits::EVALUATION_INTERVAL_STEP;
    let whole = every.as_seconds().is_multiple_of(step.as_seconds());
    let interval = (!whole || every < limits::EVALUATION_INTERVAL_MIN).then(|| {
        let message =
            format!("Cloud Monitoring evaluates every {step} or a multiple of it, not every {every}");
        Diagnostic::error(Code::Period, message)
            .at(policy.places.watched, "")
            .help("this is a mistake in Genkai: please report it")
    });
    length.into_iter().chain(looks_too_far(promise, policy, query)).chain(interval).collect()
}

/// The metric that a query looks too far back at, what it holds counted.
fn looks_too_far(promise: &Promise, policy: &AlertPolicy, query: &Expr) -> Option<Diagnostic> {
    let none = Duration::seconds(0);
    let (hold, place) = policy.hold.map_or((none, promise.window_span()), |hold| (hold, policy.places.hold));
    query.lookbacks().into_iter().find_map(|(metric, range)| {
        let most = Family::of_promql(metric).map_or(limits::PROMQL_LOOKBACK_MAX, |family| family.lookback);
        let lookback = range.plus(hold);
        (lookback > most).then(|| {
            let holds = if hold > none { format!(", of which it holds for {hold}") } else { String::new() };
            let message =
                format!("Cloud Monitoring looks back {most} at most at `{metric}`, not {lookback}{holds}");
            // What is too far by itself no shorter hold mends.
            let (place, help) = match range > most {
                true => (promise.window_span(), "give a shorter window"),
                false => (place, "let it hold for a shorter time"),
            };
            Diagnostic::error(Code::Period, message).at(place, "").help(help)
        })
    })
}

fn too_long(what: &str, text: &str, most: usize, place: Span) -> Option<Diagnostic> {
    let length = text.chars().count();
    (length > most).then(|| {
        let message = format!("a {what} would have {length} characters, and {most} are the most");
        Diagnostic::error(Code::FilterTooLong, message).at(place, "").help("shorten the names in it")
    })
}
