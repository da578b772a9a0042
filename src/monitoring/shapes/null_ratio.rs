//! The runs of a NULL-ratio check: what the log of a failed run says, and that there is a run at all.

use super::deadline::noticed_within;
use super::{STEP, Shape, every, seconds};
use crate::gcp::metrics::transfers::COMPLETED_RUNS;
use crate::gcp::{Filter, LogExtractor, LogFilter, LogSeverity, Scope};
use crate::monitoring::{Combiner, Query};
use crate::nulls::Consequence;
use crate::promql::{Expr, Operator, Selector};
use crate::slo::Duration;
use crate::sql::message_begins;
use crate::templates::Facts;
use std::collections::BTreeMap;

/// Stands for the ID that the transfer service gives to a configuration, which only Terraform knows.
pub const CONFIG_ID: &str = "TRANSFER_CONFIG_ID";

/// What the log of a run says in.
const MESSAGE: &str = "jsonPayload.message";

/// The transfer service writes its log when a run ends; the alert reads it soon after.
const WITHIN: Duration = Duration::minutes(10);

/// A failed run was once enough; more of them within the hour are the same news.
const RATE_LIMIT: Duration = Duration::hours(1);

/// The end of a run is seen for so long, in steps that are shorter.
const SEEN: Duration = Duration::minutes(10);

/// Of a run that should have been, this much late is still fine: it may take an hour.
pub const LATE: Duration = Duration::hours(2);

/// A run found what somebody is told of, as loudly as this at most.
pub fn failing_columns(scope: &Scope, check: &str, severity: Consequence, auto_close: Duration) -> Shape {
    let begins = message_begins(severity, check);
    let filter = errors().matches(MESSAGE, &begins);
    let columns = LogExtractor::Captured {
        field: MESSAGE.to_owned(),
        // The name of a column holds no backtick.
        pattern: format!("{begins}`([^`]+)`"),
    };
    let day = LogExtractor::Captured {
        field: MESSAGE.to_owned(),
        pattern: format!("{begins}`[^`]+` on ([0-9-]+)"),
    };
    of_logs(scope, filter, [("column", columns), ("data_day", day)].into(), auto_close)
}

/// A run failed, and not because of what it found.
pub fn broken_query(scope: &Scope, check: &str, auto_close: Duration) -> Shape {
    // A run that fails ends its log with a summary, whatever made it fail.
    let ours = format!("(page|ticket) NullRatioCheck/{check}: |^Summary: ");
    of_logs(scope, errors().lacks(MESSAGE, &ours), [].into(), auto_close)
}

/// No run has ended for too long, since one has. As long as there was none, it is quiet: a check that was made today runs
/// tomorrow.
pub fn missed_check(scope: &Scope, gap: Duration) -> Shape {
    let longest = gap.plus(LATE);
    // Long enough to stay open until somebody looks.
    let lookback = Duration::seconds(4 * longest.as_seconds()).plus(Duration::days(7));
    // A count that rises, or one that begins: PromQL may not see what the first sample of a series counts.
    let runs = runs(scope);
    let rises = Expr::call("increase", runs.clone().over(SEEN)).then(Operator::Greater, 0.0);
    let begins = Expr::from(runs.clone()).then(Operator::Unless, runs.clone().ago(SEEN));
    let seen = Expr::call("timestamp", runs).then(Operator::And, rises.then(Operator::Or, begins));
    let times = seen.every(STEP, lookback);
    let last = Expr::aggregate("max", Expr::call("max_over_time", times));
    let since = Expr::time().then(Operator::Subtract, last);
    let query = since.then(Operator::Greater, seconds(longest.as_seconds().cast_signed()));
    let within = noticed_within(every(lookback).plus(SEEN));
    Shape::of_query(query, lookback, Facts::default().with("within", within).with("longest", longest))
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
    LogFilter::of_resource(COMPLETED_RUNS.resource)
        .resource_label("config_id", CONFIG_ID)
        .at_least(LogSeverity::Error)
}

fn of_logs(
    scope: &Scope,
    filter: LogFilter,
    labels: BTreeMap<&'static str, LogExtractor>,
    auto_close: Duration,
) -> Shape {
    let mut failed = runs(scope).over(WITHIN);
    failed.labels.push(("completion_state", "FAILED".to_owned()));
    let twin = Expr::aggregate("sum", Expr::call("increase", failed)).then(Operator::Greater, 0.0);
    Shape {
        conditions: vec![Query::MatchedLog { filter, labels, rate_limit: RATE_LIMIT }],
        combiner: Combiner::Or,
        auto_close: Some(auto_close),
        twin,
        facts: Facts::default().with("within", WITHIN).with("closes_after", auto_close),
    }
}
