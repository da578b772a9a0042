//! Services and SLOs.

use super::Kept::{NotWritten, Reported};
use super::Source::{self, Others, Reference, Unconfirmed};
use super::limits;
use crate::slo::{Duration, Ratio};

/// The comments of `google/monitoring/v3/service.proto` (googleapis, 2026-08-22), and the provider, which checks the same.
const SERVICE: Source = Reference("service.proto, and the provider");

limits! {
    SLO_GOAL_MIN: Ratio = Ratio::millionths(1), AtLeast, SERVICE, Reported("GK501"),
        "The goal of an SLO, which is above 0%";
    SLO_GOAL_MAX: Ratio = Ratio::millionths(999_900), AtMost, SERVICE, Reported("GK501"),
        "The goal of an SLO";
    SLO_ROLLING_DAYS_MIN: u64 = 1, "days", AtLeast, SERVICE, Reported("GK502"),
        "The rolling period of an SLO, in whole days";
    SLO_ROLLING_DAYS_MAX: u64 = 30, "days", AtMost, SERVICE, Reported("GK502"),
        "The rolling period of an SLO, in whole days";
    SLO_BURN_RATE_LOOKBACK_MAX: Duration = Duration::hours(24), AtMost,
        Others("a team whose longer look-back was refused"), Reported("GK508"),
        "How far `select_slo_burn_rate` looks back";
    SERVICE_ID_MAX: usize = 63, "characters", AtMost, Unconfirmed, Reported("GK504"),
        "The ID of a service";
    SLO_ID_MAX: usize = 63, "characters", AtMost, Unconfirmed, Reported("GK504"),
        "The ID of an SLO";
    SLO_WINDOW_MIN: Duration = Duration::seconds(60), AtLeast, Reference("service.proto"),
        NotWritten("an SLO on time windows"),
        "The windows of an SLO on time windows";
    SLO_WINDOW_MAX: Duration = Duration::days(1), AtMost, Reference("service.proto: \"integer fraction of a day\""),
        NotWritten("an SLO on time windows"),
        "The windows of an SLO on time windows";
}

/// Whether an SLO on time windows may have windows of this length: an integer fraction of a day of at least a minute, and
/// not a multiple of a minute, as the provider's tests with 400 s show.
pub const fn slo_window(period: Duration) -> bool {
    let seconds = period.as_seconds();
    seconds >= SLO_WINDOW_MIN.as_seconds() && SLO_WINDOW_MAX.as_seconds().is_multiple_of(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_integer_fractions_of_a_day() {
        for seconds in [60, 400, 600, 1_200, 2_400, 43_200, 86_400] {
            assert!(slo_window(Duration::seconds(seconds)), "{seconds}");
        }
        for seconds in [0, 1, 48, 59, 61, 420, 7 * 3_600, 86_399, 86_401, 2 * 86_400] {
            assert!(!slo_window(Duration::seconds(seconds)), "{seconds}");
        }
    }
}
