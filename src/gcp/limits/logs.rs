//! Conditions on logs, and metrics made of logs.

use super::Kept::{Always, NotWritten, Reported};
use super::Source::{self, Reference, Refusal, Unconfirmed};
use super::limits;
use crate::slo::Duration;

/// The comments of `google/logging/v2/logging_metrics.proto` (googleapis, 2026-08-22).
const METRICS: Source = Reference("logging_metrics.proto");

limits! {
    LOG_METRIC_LOOKBACK_MAX: Duration = Duration::hours(25), AtMost,
        Refusal("\"Log-based metrics are not supported in PromQL alerts with lookback windows longer than 1d1h\""),
        Reported("GK508"),
        "How far a PromQL condition looks back at a metric made of logs, everything counted: windows, sub-queries, offsets and `duration`";
    MATCHED_LOG_CONDITIONS_MAX: usize = 1, "conditions", AtMost, Reference("alert.proto"), Reported("GK509"),
        "Conditions of a policy with one on logs";
    RATE_LIMIT_MIN: Duration = Duration::minutes(5), AtLeast, Unconfirmed, Reported("GK508"),
        "The distance between notifications about logs (`notification_rate_limit`)";
    RATE_LIMIT_MAX: Duration = Duration::hours(48), AtMost, Unconfirmed, Reported("GK508"),
        "The distance between notifications about logs (`notification_rate_limit`)";
    LOG_LABELS_MAX: usize = 10, "labels", AtMost, Unconfirmed, Reported("GK509"),
        "Labels that a log-based metric or a condition on logs extracts";
    LOG_LABEL_VALUE_MAX: usize = 1_024, "characters", AtMost, Unconfirmed,
        Always("Cloud Logging cuts a longer value off, and names of steps are shorter"),
        "The value of a label that a log-based metric extracts";
    LOG_FILTER_MAX: usize = 20_000, "characters", AtMost, METRICS, Reported("GK507"),
        "The filter of a log-based metric; kept to for conditions on logs, of which no length is published";
    LOG_METRIC_NAME_MAX: usize = 100, "characters", AtMost, METRICS, Reported("GK504"),
        "The name of a log-based metric";
    LOG_METRIC_DESCRIPTION_MAX: usize = 8_000, "characters", AtMost, METRICS, Reported("GK504"),
        "The description of a log-based metric";
    LOG_BUCKETS_MAX: usize = 200, "buckets", AtMost, Unconfirmed, NotWritten("a log-based distribution"),
        "Buckets of a log-based metric";
}

/// Whether a log-based metric may have this name (`logging_metrics.proto`).
pub fn log_metric_name(name: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_-.,+!*',()%/".contains(letter);
    !name.is_empty()
        && name.chars().count() <= LOG_METRIC_NAME_MAX
        && !name.starts_with('/')
        && name.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::log_metric_name;

    #[test]
    fn names_of_log_based_metrics() {
        for name in ["errors", "genkai/dag-slo_sales.errors,+!*',()%", &"a".repeat(100)] {
            assert!(log_metric_name(name), "{name}");
        }
        for name in ["", "/errors", "errors of sales", "誤り", &"a".repeat(101)] {
            assert!(!log_metric_name(name), "{name}");
        }
    }
}
