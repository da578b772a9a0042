//! The runs of a NULL-ratio check: what the log of a failed run says, and that there is a run at all.

use super::deadline::{DELAY, remembered};
use super::{STEP, Shape, in_seconds};
use crate::gcp::metrics::transfers::COMPLETED_RUNS;
use crate::gcp::{Filter, LogExtractor, LogFilter, LogSeverity, Scope};
use crate::monitoring::{Condition, Query};
use crate::nulls::Consequence;
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use crate::sql::message_begins;
use crate::templates::Facts;
use std::collections::BTreeMap;

/// Stands for the ID that the transfer service gives to a configuration, which only Terraform knows.
pub const CONFIG_ID: &str = "TRANSFER_CONFIG_ID";

/// Where an entry has the message of a run: the service's documentation shows the first, some who use it the second.
const MESSAGE: [&str; 2] = ["jsonPayload.message", "textPayload"];

/// The transfer service writes its log when a run ends; the alert reads it soon after.
const WITHIN: Duration = Duration::minutes(10);

/// A failed run was once enough; more of them within the hour are the same news.
const RATE_LIMIT: Duration = Duration::hours(1);

/// The end of a run is seen for so long, in steps that are shorter.
const SEEN: Duration = Duration::minutes(10);

/// Of a run that should have been, this much late is still fine: it may take an hour.
pub const LATE: Duration = Duration::hours(2);

/// Whether a condition names the configuration of the query, and so is known only when that has been created.
pub fn names_config(condition: &Condition) -> bool {
    match &condition.query {
        Query::MatchedLog { filter, .. } => filter.to_string().contains(CONFIG_ID),
        Query::PromQl { query, .. } => query.pretty().contains(CONFIG_ID),
        Query::Count { .. } | Query::TooFew { .. } | Query::Highest { .. } | Query::BurnRate { .. } => false,
    }
}

/// A run found what somebody is told of, as loudly as this at most. Its message says which check it is, so the alert can be
/// there before the query, which runs as soon as it is created.
pub fn failing_columns(scope: &Scope, check: &str, deployment: &str, severity: Consequence) -> Shape {
    let begins = message_begins(severity, check, deployment);
    let filter = errors().matches(&MESSAGE, &begins);
    // An extractor reads one field. From a `textPayload` the labels are empty, and the entry itself says what they would.
    let [field, _] = MESSAGE;
    let captured = |pattern: String| LogExtractor::Captured { field: field.to_owned(), pattern };
    // The name of a column holds no backtick.
    let column = captured(format!("{begins}`([^`]+)`"));
    let day = captured(format!("{begins}`[^`]+` on ([0-9-]+)"));
    of_logs(scope, filter, [("column", column), ("data_day", day)].into())
}

/// A run failed, and not because of what it found. Such a message is BigQuery's and names no check, so only the ID of the
/// configuration tells whose it is, and this alert comes after the first run. It loses nothing: a query that is broken fails
/// again at the next run.
pub fn broken_query(scope: &Scope, check: &str, deployment: &str) -> Shape {
    // A run that fails ends its log with a summary, whatever made it fail.
    let ours = [Consequence::Page, Consequence::Ticket].map(|it| message_begins(it, check, deployment));
    let ours = format!("{}|^Summary: ", ours.join("|"));
    let filter = errors().resource_label("config_id", CONFIG_ID).lacks(&MESSAGE, &ours);
    of_logs(scope, filter, [].into())
}

/// No run has ended for too long, since one has. As long as there was none, it is quiet: a check that was made today runs
/// tomorrow. Points are kept for `kept`.
pub fn missed_check(scope: &Scope, gap: Duration, kept: Duration) -> Shape {
    let longest = gap.plus(LATE);
    // Long enough to stay open until somebody looks, in whole days.
    let lookback = Duration::days((4 * longest.as_seconds()).div_ceil(86_400) + 7).min(remembered(kept));
    // A count that rises, or one that begins: PromQL may not see what the first sample of a series counts.
    let runs = runs(scope);
    let rises = Expr::call("increase", runs.clone().over(SEEN)).then(Operator::Greater, 0.0);
    let begins = Expr::from(runs.clone()).then(Operator::Unless, runs.clone().ago(SEEN));
    let seen = Expr::call("timestamp", runs).then(Operator::And, rises.then(Operator::Or, begins));
    let times = seen.every(STEP, lookback);
    let last = Expr::aggregate("max", Expr::call("max_over_time", times));
    let since = Expr::time().then(Operator::Subtract, last);
    let query = since.then(Operator::Greater, in_seconds(longest));
    let facts = Facts::default().with("longest", longest).with("forgets", lookback);
    Shape::of_absence(query, DELAY.plus(SEEN), facts)
}

/// Runs that have ended, however they did.
pub fn runs(scope: &Scope) -> Selector {
    let mut selector = scope.selector(&COMPLETED_RUNS);
    selector.labels.push(("config_id", CONFIG_ID.to_owned()));
    selector
}

/// The same for a dashboard.
pub fn runs_filter(scope: &Scope) -> Filter {
    scope.filter(&COMPLETED_RUNS).resource_label("config_id", CONFIG_ID)
}

fn errors() -> LogFilter {
    LogFilter::of_resource(COMPLETED_RUNS.resource).at_least(LogSeverity::Error)
}

fn of_logs(scope: &Scope, filter: LogFilter, labels: BTreeMap<&'static str, LogExtractor>) -> Shape {
    let mut failed = runs(scope).over(WITHIN);
    failed.labels.push(("completion_state", "FAILED".to_owned()));
    let twin = Expr::aggregate("sum", Expr::call("increase", failed)).then(Operator::Greater, 0.0);
    let condition = Query::MatchedLog { filter, labels, rate_limit: RATE_LIMIT };
    Shape::of_event(condition, WITHIN, twin, Facts::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(shape: &Shape) -> String {
        match shape.conditions.as_slice() {
            [Query::MatchedLog { filter, .. }] => filter.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn failing_columns_are_found_by_their_text_wherever_it_stands() {
        let scope = Scope::new("shop-prod", None);
        let of = |deployment| failing_columns(&scope, "orders", deployment, Consequence::Page);
        assert_eq!(
            filter(&of("shop/staging")),
            "resource.type=\"bigquery_dts_config\" AND severity>=ERROR AND \
             (jsonPayload.message=~\"page NullRatioCheck/orders in shop/staging: \" OR \
             textPayload=~\"page NullRatioCheck/orders in shop/staging: \")"
        );
        // Another environment may be in the same cloud project.
        assert_ne!(filter(&of("shop/staging")), filter(&of("shop/production")));
    }

    #[test]
    fn a_query_that_is_broken_is_found_by_its_id_for_its_message_names_no_check() {
        assert_eq!(
            filter(&broken_query(&Scope::new("shop-prod", None), "orders", "shop/staging",)),
            "resource.type=\"bigquery_dts_config\" AND severity>=ERROR AND \
             resource.labels.config_id=\"TRANSFER_CONFIG_ID\" AND \
             NOT (jsonPayload.message=~\"page NullRatioCheck/orders in shop/staging: |ticket NullRatioCheck/orders in \
             shop/staging: |^Summary: \" OR textPayload=~\"page NullRatioCheck/orders in shop/staging: |ticket \
             NullRatioCheck/orders in shop/staging: |^Summary: \")"
        );
    }
}
