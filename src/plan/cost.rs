//! What alerting costs, as far as specs tell: counts, and the part of the bill that follows from counts alone.
//!
//! Not counted is what only the running system knows: the points that queries return, logs, and how many bytes a column
//! holds. What scheduled queries read is counted in columns and days instead.

use super::columns::check_of;
use crate::monitoring::{AlertPolicy, Pipeline, Query, Stack};
use crate::promql::Expr;
use crate::spec::{Prices, Review};
use std::collections::BTreeSet;

/// The list price of one metric reference in an alert policy, for a month (facts of 2026; see [`BASIS`]).
pub const METRIC_REFERENCE: f64 = 0.35;
/// The list price of a tebibyte that BigQuery reads on demand, in the region `US`.
pub const SCANNED_TEBIBYTE: f64 = 6.25;
/// The currency of the list prices.
pub const CURRENCY: &str = "USD";
/// Where the list prices come from, and from when on Google charges for alerting.
pub const BASIS: &str = "cloud.google.com/stackdriver/pricing, charged no sooner than 2027-09-01; \
    cloud.google.com/bigquery/pricing, on demand in US";

/// What one environment costs before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The environment.
    pub environment: String,
    /// Before.
    pub before: Counts,
    /// After.
    pub after: Counts,
    /// What they are counted with.
    pub prices: Basis,
}

/// What costs are counted with.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    /// One metric reference for a month.
    pub metric_reference: f64,
    /// A tebibyte that BigQuery reads.
    pub scanned_tebibyte: f64,
    /// The currency.
    pub currency: String,
    /// Whether the Project gives prices of its own.
    pub is_own: bool,
}

/// Things that are paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Conditions of alert policies.
    pub conditions: u64,
    /// Metric references in them, where a metric that a condition names more than once counts once.
    pub references_at_least: u64,
    /// Metric references in them, where each mention counts.
    pub references_at_most: u64,
    /// Queries that run on a schedule.
    pub scheduled_queries: u64,
    /// The most runs of them in a month of 31 days.
    pub scheduled_runs_at_most: u64,
    /// The most that these runs read of tables with partitions: measured columns by daily partitions. Columns that only
    /// `where` names come on top.
    pub column_days_at_most: u64,
    /// How often these runs read a measured column over the whole of a table without partitions, at most.
    pub whole_columns_at_most: u64,
    /// Metrics made of logs.
    pub log_metrics: u64,
}

impl Basis {
    /// The Project's prices, and list prices where it has none.
    pub fn of(review: Option<&Review>) -> Basis {
        let own = review.map(|review| &review.prices);
        let of = |price: fn(&Prices) -> Option<f64>| own.and_then(price);
        let (reference, tebibyte) =
            (of(|prices| prices.metric_reference), of(|prices| prices.scanned_tebibyte));
        Basis {
            metric_reference: reference.unwrap_or(METRIC_REFERENCE),
            scanned_tebibyte: tebibyte.unwrap_or(SCANNED_TEBIBYTE),
            currency: own.and_then(|prices| prices.currency.clone()).unwrap_or_else(|| CURRENCY.to_owned()),
            is_own: reference.is_some() || tebibyte.is_some(),
        }
    }
}

/// What an environment has that is paid for. To count a new kind of resource, add it here.
pub fn counts(stack: Option<&Stack>) -> Counts {
    let mut counts = Counts::default();
    for pipeline in stack.into_iter().flat_map(|stack| &stack.pipelines) {
        counts.log_metrics += pipeline.log_metrics.len() as u64;
        scheduled_counts(pipeline, &mut counts);
        for policy in pipeline.promises.iter().flat_map(|promise| &promise.policies) {
            policy_counts(policy, &mut counts);
        }
    }
    counts
}

fn scheduled_counts(pipeline: &Pipeline, counts: &mut Counts) {
    let Some(query) = &pipeline.scheduled_query else { return };
    counts.scheduled_queries += 1;
    counts.scheduled_runs_at_most += query.most_runs;
    let Some(check) = check_of(pipeline) else { return };
    let columns = check.columns.len() as u64;
    match check.most_partitions(query.most_runs) {
        Some(partitions) => counts.column_days_at_most += columns.saturating_mul(partitions),
        None => counts.whole_columns_at_most += columns.saturating_mul(query.most_runs),
    }
}

fn policy_counts(policy: &AlertPolicy, counts: &mut Counts) {
    for condition in &policy.conditions {
        counts.conditions += 1;
        let (least, most) = match &condition.query {
            // The burn rate of an SLO counts good and bad events, which are one metric or two.
            Query::BurnRate { .. } => (1, 2),
            Query::Count { .. } | Query::TooFew { .. } | Query::Highest { .. } => (1, 1),
            // Of log entries, not of a metric.
            Query::MatchedLog { .. } => (0, 0),
            Query::PromQl { query, .. } => {
                let mut metrics = Vec::new();
                mentioned(query, &mut metrics);
                let different: BTreeSet<&String> = metrics.iter().copied().collect();
                (different.len() as u64, metrics.len() as u64)
            }
        };
        counts.references_at_least += least;
        counts.references_at_most += most;
    }
}

/// Every mention of a metric.
fn mentioned<'a>(expr: &'a Expr, metrics: &mut Vec<&'a String>) {
    match expr {
        Expr::Number(_) => {}
        Expr::Selector(selector) => metrics.push(&selector.metric),
        Expr::Call(_, arguments) => arguments.iter().for_each(|argument| mentioned(argument, metrics)),
        Expr::Aggregate(_, _, of) | Expr::Subquery { of, .. } => mentioned(of, metrics),
        Expr::Binary(left, _, right) => {
            mentioned(left, metrics);
            mentioned(right, metrics);
        }
    }
}

impl Cost {
    /// What the column-days before and after cost in a month at most where each holds a gibibyte: nobody knows how much they
    /// hold, and whoever does can multiply.
    #[expect(clippy::cast_precision_loss, reason = "counts of column-days are far below 2^53")]
    pub fn of_gibibytes(&self) -> (f64, f64) {
        let of = |counts: &Counts| counts.column_days_at_most as f64 * self.prices.scanned_tebibyte / 1_024.0;
        (of(&self.before), of(&self.after))
    }
}
