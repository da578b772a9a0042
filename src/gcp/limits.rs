//! Limits of the Monitoring API, version 3, that `terraform validate` does not check.
//!
//! Source, unless said otherwise: the comments of `google/monitoring/v3/alert.proto`, `common.proto` and `service.proto`
//! (googleapis, 2026-08-22).

use crate::slo::{Duration, Ratio};

/// The highest goal of an SLO. The provider checks the same (`validateMonitoringSloGoal`).
pub const SLO_GOAL_MAX: Ratio = Ratio::millionths(999_900);
/// The longest rolling period of an SLO, in whole days.
pub const SLO_ROLLING_DAYS_MAX: u64 = 30;
/// The longest look-back of `select_slo_burn_rate`. Not in the reference; teams that asked for more were refused.
pub const SLO_BURN_RATE_LOOKBACK_MAX: Duration = Duration::hours(24);
/// Display names of policies, conditions, channels, services and SLOs, in characters.
pub const DISPLAY_NAME_MAX: usize = 512;
/// `documentation.content`, in characters.
pub const DOCUMENTATION_MAX_CHARACTERS: usize = 8_192;
/// `documentation.content`, in bytes of UTF-8.
pub const DOCUMENTATION_MAX_BYTES: usize = 10_240;
/// `documentation.subject` is cut to this many bytes.
pub const SUBJECT_MAX_BYTES: usize = 255;
/// Links in a documentation.
pub const LINKS_MAX: usize = 3;
/// The display name of a link, in characters; it must not be empty.
pub const LINK_NAME_MAX: usize = 63;
/// The address of a link, in characters.
pub const LINK_URL_MAX: usize = 2_083;
/// User labels on a policy, a service or an SLO.
pub const LABELS_MAX: usize = 64;
/// The key or value of a label, in characters.
pub const LABEL_MAX: usize = 63;
/// Conditions in a policy; there is at least one.
pub const CONDITIONS_MAX: usize = 6;
/// Notification channels on a policy. Source: the quotas page.
pub const CHANNELS_MAX: usize = 16;
/// The filter of a threshold condition, in characters.
pub const FILTER_MAX: usize = 2_048;
/// A PromQL query, in characters: what Genkai keeps to, as no limit is published.
pub const PROMQL_MAX: usize = 2_000;
/// The shortest alignment period.
pub const ALIGNMENT_MIN: Duration = Duration::seconds(60);
/// The longest alignment period in an alert.
pub const ALIGNMENT_MAX: Duration = Duration::seconds(90_000);
/// The evaluation interval of a PromQL condition is a multiple of this.
pub const EVALUATION_INTERVAL_STEP: Duration = Duration::seconds(30);
/// The longest look-back of a PromQL condition ("up to 2 years of metric data", the page on PromQL alerts).
pub const PROMQL_LOOKBACK_MAX: Duration = Duration::days(730);
/// The shortest `auto_close` ("the autoclose duration should be at least 30 minutes").
pub const AUTO_CLOSE_MIN: Duration = Duration::minutes(30);
/// The longest `auto_close`. From memory of the reference; not confirmed.
pub const AUTO_CLOSE_MAX: Duration = Duration::days(7);
/// The step of a condition's `duration`, how long it must hold (`alert.proto`: "a multiple of a minute").
pub const HOLD_STEP: Duration = Duration::minutes(1);
/// The longest `duration` of a condition. The API says so of absence ("Durations longer than 23h30m are not supported");
/// for thresholds from memory of the reference.
pub const HOLD_MAX: Duration = Duration::minutes(23 * 60 + 30);
/// Alert policies in a metrics scope. Source: the quotas page, by way of others who read it.
pub const POLICIES_MAX: usize = 2_000;
/// The shortest interval between reminders. From memory of the reference; not confirmed.
pub const RENOTIFY_MIN: Duration = Duration::minutes(30);
/// The longest interval between reminders. From memory of the reference; not confirmed.
pub const RENOTIFY_MAX: Duration = Duration::hours(24);
/// The ID of a service: lower-case letters, digits and `-`; 63 characters. The length is from memory.
pub const SERVICE_ID_MAX: usize = 63;
