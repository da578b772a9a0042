//! Alert policies and their conditions.

use super::Kept::{NotWritten, Reported};
use super::Source::{self, Genkai, Others, Reference, Refusal, Unconfirmed};
use super::limits;
use crate::slo::Duration;

/// The comments of `google/monitoring/v3/alert.proto` (googleapis, 2026-08-22).
const ALERT: Source = Reference("alert.proto");
/// The comments of `google/monitoring/v3/common.proto` (googleapis, 2026-08-22).
const COMMON: Source = Reference("common.proto");

limits! {
    CONDITIONS_MIN: usize = 1, "conditions", AtLeast, ALERT, Reported("GK509"),
        "Conditions of a policy";
    CONDITIONS_MAX: usize = 6, "conditions", AtMost, ALERT, Reported("GK509"),
        "Conditions of a policy";
    CHANNELS_MAX: usize = 16, "channels", AtMost, Others("the page on quotas"), Reported("GK505"),
        "Notification channels of a policy";
    FILTER_MAX: usize = 2_048, "characters", AtMost, ALERT, Reported("GK507"),
        "The filter of a threshold condition";
    ALIGNMENT_MIN: Duration = Duration::seconds(60), AtLeast, COMMON, Reported("GK508"),
        "The alignment period of a threshold condition";
    ALIGNMENT_MAX: Duration = Duration::seconds(90_000), AtMost, COMMON, Reported("GK508"),
        "The alignment period of a threshold condition";
    HOLD_STEP: Duration = Duration::minutes(1), MultipleOf, ALERT, Reported("GK508"),
        "How long a condition must hold (`duration`)";
    HOLD_MAX: Duration = Duration::minutes(23 * 60 + 30), AtMost,
        Refusal("\"Durations longer than 23h30m are not supported\", said of absence; for thresholds not confirmed"),
        Reported("GK508"),
        "How long a condition must hold (`duration`)";
    PROMQL_MAX: usize = 2_000, "characters", AtMost, Genkai("no limit is published"), Reported("GK507"),
        "A PromQL query";
    PROMQL_LOOKBACK_MAX: Duration = Duration::days(730), AtMost,
        Reference("the page on PromQL alerts: \"up to 2 years of metric data\""), Reported("GK508"),
        "How far a PromQL condition looks back, everything counted: windows, sub-queries, offsets and `duration`";
    EVALUATION_INTERVAL_MIN: Duration = Duration::seconds(30), AtLeast, ALERT, Reported("GK508"),
        "How often a PromQL condition is evaluated";
    EVALUATION_INTERVAL_STEP: Duration = Duration::seconds(30), MultipleOf, ALERT, Reported("GK508"),
        "How often a PromQL condition is evaluated";
    AUTO_CLOSE_MIN: Duration = Duration::minutes(30), AtLeast,
        Refusal("\"the autoclose duration should be at least 30 minutes\""), Reported("GK508"),
        "How long after its last data an incident is closed (`auto_close`)";
    AUTO_CLOSE_MAX: Duration = Duration::days(7), AtMost, Unconfirmed, Reported("GK508"),
        "How long after its last data an incident is closed (`auto_close`)";
    RENOTIFY_MIN: Duration = Duration::minutes(30), AtLeast, Unconfirmed, Reported("GK508"),
        "How often an open incident reminds (`renotify_interval`)";
    RENOTIFY_MAX: Duration = Duration::hours(24), AtMost, Unconfirmed, Reported("GK508"),
        "How often an open incident reminds (`renotify_interval`)";

    ABSENCE_MIN: Duration = Duration::seconds(120), AtLeast, ALERT, NotWritten("a condition on absence"),
        "How long data must be absent";
    ABSENCE_MAX: Duration = Duration::minutes(23 * 60 + 30), AtMost,
        Refusal("\"Durations longer than 23h30m are not supported\""), NotWritten("a condition on absence"),
        "How long data must be absent";
    MISSING_DATA_HOLD_MIN: Duration = Duration::seconds(60), AtLeast,
        Refusal("\"Conditions setting evaluation_missing_data must have a non-zero duration\""),
        Reported("GK508"),
        "How long a condition must hold that says what missing data means";
    FORECAST_MIN: Duration = Duration::hours(1), AtLeast, ALERT, NotWritten("a forecast"),
        "How far a forecast looks ahead";
    FORECAST_MAX: Duration = Duration::hours(60), AtMost, ALERT, NotWritten("a forecast"),
        "How far a forecast looks ahead";
    RULE_NAME_MAX: usize = 2_048, "characters", AtMost, ALERT, NotWritten("`rule_group` or `alert_rule`"),
        "The name of a PromQL condition's rule or of its group";
    SQL_MINUTES_MIN: u64 = 5, "minutes", AtLeast, ALERT, NotWritten("a condition on SQL"),
        "The distance between the runs of a SQL condition that runs every few minutes";
    SQL_MINUTES_MAX: u64 = 1_440, "minutes", AtMost, ALERT, NotWritten("a condition on SQL"),
        "The distance between the runs of a SQL condition that runs every few minutes";
    SQL_HOURS_MIN: u64 = 1, "hours", AtLeast, ALERT, NotWritten("a condition on SQL"),
        "The distance between the runs of a SQL condition that runs every few hours";
    SQL_HOURS_MAX: u64 = 48, "hours", AtMost, ALERT, NotWritten("a condition on SQL"),
        "The distance between the runs of a SQL condition that runs every few hours";
    SQL_MINUTE_OFFSET_MAX: u64 = 59, "minutes", AtMost, ALERT, NotWritten("a condition on SQL"),
        "The minute of the hour at which a SQL condition runs";
    SQL_DAYS_MIN: u64 = 1, "days", AtLeast, ALERT, NotWritten("a condition on SQL"),
        "The distance between the runs of a SQL condition that runs every few days";
    SQL_DAYS_MAX: u64 = 30, "days", AtMost, Reference("the provider's documentation; alert.proto says 31"),
        NotWritten("a condition on SQL"),
        "The distance between the runs of a SQL condition that runs every few days";
}
