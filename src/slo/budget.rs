//! Error budgets and burn rates.

use super::{Duration, Ratio};
use std::fmt;

/// How many events a window holds: the fewest and the most over all windows of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Events {
    /// The fewest; budgets use it.
    pub fewest: u64,
    /// The most; [`Events::UNBOUNDED`] where nothing bounds them.
    pub most: u64,
}

impl Events {
    /// The most events of runs that something else starts.
    pub const UNBOUNDED: u64 = u64::MAX;
}

impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fewest == self.most {
            write!(f, "{}", self.fewest)
        } else if self.most == Events::UNBOUNDED {
            write!(f, "{} or more", self.fewest)
        } else {
            write!(f, "{} to {}", self.fewest, self.most)
        }
    }
}

/// What an objective allows in its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The objective.
    pub target: Ratio,
    /// The window that it is judged over.
    pub window: Duration,
    /// The events in the window.
    pub events: Events,
    /// Bad events that the objective allows: `floor(fewest * (1 - target))`.
    pub allowed: u64,
}

impl Budget {
    /// The budget of an objective.
    pub fn new(target: Ratio, window: Duration, events: Events) -> Budget {
        Budget { target, window, events, allowed: target.complement().floor_of(events.fewest) }
    }

    /// The burn rate when every event is bad, `1 / (1 - target)`: no alert can ask for more. `None` at 100 %.
    pub fn highest_burn_rate(&self) -> Option<BurnRate> {
        let complement = u64::from(self.target.complement().as_millionths());
        // Rounded down, so that a threshold that is accepted can be reached.
        (100 * 1_000_000u64).checked_div(complement).map(|hundredths| BurnRate { hundredths })
    }

    /// The burn rate that spends a share of the budget in a part of the window: `share * window / part`.
    pub fn burn_rate(&self, share: Ratio, part: Duration) -> Option<BurnRate> {
        let spent = u128::from(share.as_millionths()) * u128::from(self.window.as_seconds());
        let hundredths = spent.checked_div(u128::from(part.as_seconds()) * 10_000)?;
        Some(BurnRate { hundredths: u64::try_from(hundredths).ok()? })
    }

    /// How long the whole budget lasts at a burn rate: `window / rate`.
    pub fn lasts(&self, rate: BurnRate) -> Option<Duration> {
        (self.window.as_seconds() * 100).checked_div(rate.hundredths).map(Duration::seconds)
    }
}

/// How fast a budget is spent; at 1 it lasts exactly its window. Held in hundredths, so that it prints exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BurnRate {
    /// In hundredths.
    pub hundredths: u64,
}

impl BurnRate {
    /// The rate as a number.
    #[expect(clippy::cast_precision_loss, reason = "burn rates are far below 2^53 hundredths")]
    pub fn as_number(self) -> f64 {
        self.hundredths as f64 / 100.0
    }
}

impl fmt::Display for BurnRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{}.{:02}", self.hundredths / 100, self.hundredths % 100);
        f.write_str(digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Duration, Events, Ratio};

    fn budget(target: &str, fewest: u64) -> Budget {
        let events = Events { fewest, most: fewest };
        Budget::new(Ratio::parse(target).unwrap(), Duration::days(28), events)
    }

    #[test]
    fn a_daily_run_at_95_percent_may_fail_once_in_28_days() {
        assert_eq!(budget("95%", 28).allowed, 1);
        assert_eq!(budget("97%", 28).allowed, 0);
        assert_eq!(budget("95%", 16).allowed, 0);
    }

    #[test]
    fn burn_rates_are_those_of_the_sre_workbook_scaled_to_28_days() {
        let budget = budget("99%", 4032);
        let rate = |share: &str, hours| {
            budget.burn_rate(Ratio::parse(share).unwrap(), Duration::hours(hours)).unwrap().to_string()
        };
        assert_eq!([rate("2%", 1), rate("5%", 6), rate("10%", 24)], ["13.44", "5.6", "2.8"]);
    }

    #[test]
    fn no_rate_is_higher_than_when_everything_fails() {
        assert_eq!(budget("95%", 28).highest_burn_rate().unwrap().to_string(), "20");
        assert_eq!(budget("99.9%", 28).highest_burn_rate().unwrap().to_string(), "1000");
        assert_eq!(budget("100%", 28).highest_burn_rate(), None);
    }

    #[test]
    fn at_a_rate_of_5_6_a_budget_of_28_days_lasts_5_days() {
        let budget = budget("99%", 4032);
        let rate = budget.burn_rate(Ratio::parse("5%").unwrap(), Duration::hours(6)).unwrap();
        assert_eq!(budget.lasts(rate), Some(Duration::days(5)));
    }
}
