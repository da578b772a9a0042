//! A share of time slices: how many of them may be bad in a window before somebody is told.

use super::{Decision, SEVERAL, Strategy};
use crate::slo::{Budget, BurnRate, Duration, Slices};
use crate::templates::Facts;

/// More bad slices than a number, in a long window and in a short one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceRule {
    /// The long window: whether it matters.
    pub long: Duration,
    /// The most slices that are due in it.
    pub due_long: u64,
    /// How many of them may be bad.
    pub tolerated_long: u64,
    /// The short window: whether it still goes on.
    pub short: Duration,
    /// The most slices that are due in it.
    pub due_short: u64,
    /// How many of them may be bad.
    pub tolerated_short: u64,
    /// How fast the budget goes at the threshold, and how long it lasts then; nothing where no budget decided.
    pub burns: Option<(BurnRate, Duration)>,
}

impl SliceRule {
    /// What texts may use of it.
    pub fn facts(&self) -> Facts {
        Facts::default()
            .with("long", self.long)
            .with("of_long", self.due_long)
            .with("bad_long", self.tolerated_long + 1)
            .with("short", self.short)
            .with("of_short", self.due_short)
            .with("bad_short", self.tolerated_short + 1)
            .with("rate", self.burns.map(|(rate, _)| rate))
            .with("lasts", self.burns.map(|(_, lasts)| lasts))
    }
}

/// A rate with its windows. The rates are those of the SRE Workbook, chapter 5, for a budget of 28 days (2%, 5% and 10% of
/// it), and hold for every budget: the shares of a long one would be rates that a low target never reaches.
type Tier = (BurnRate, Duration, Duration);

const fn tier(hundredths: u64, long: Duration, short: Duration) -> Tier {
    (BurnRate { hundredths }, long, short)
}

const FAST: [Tier; 2] = [
    tier(1_344, Duration::hours(1), Duration::minutes(5)),
    tier(560, Duration::hours(6), Duration::minutes(30)),
];

/// The second is for what may not be looked at for a day and its slices, the third for slices that are longer than two hours.
const SLOW: [Tier; 3] = [
    tier(280, Duration::hours(24), Duration::hours(2)),
    tier(280, Duration::hours(20), Duration::hours(2)),
    tier(233, Duration::days(3), Duration::hours(6)),
];

/// Chooses how a share of time slices is watched. `looks` says whether an alert may count the slices of so long a window;
/// `None` where it may of no window that would do.
pub fn choose_slices(
    budget: &Budget,
    slices: &Slices,
    without_slo: &str,
    looks: impl Fn(Duration) -> bool,
) -> Option<Decision> {
    let usable = |tiers: &[Tier], least| {
        let mut tiers = tiers.iter().filter(|(_, long, _)| looks(*long));
        tiers.find_map(|tier| rule(budget, slices, *tier, least))
    };
    // One bad slice calls nobody as long as the budget allows some; it may well be a ticket.
    let (fast, slow) = (usable(&FAST, u64::from(budget.allowed > 0)), usable(&SLOW, 0));
    let length = slices.length;
    let (strategy, reason) = match (fast, slow) {
        (Some(fast), slow) => {
            let found = "bad slices are counted over two windows each";
            let reason = match budget.allowed {
                0 => format!("the budget allows no bad slice of {length}, so the first one calls"),
                allowed => {
                    format!("{allowed} slices of {length} may be bad, enough for a burn rate, so {found}")
                }
            };
            (Strategy::Slices { fast, slow }, reason)
        }
        (None, Some(slow)) => {
            let reason = match FAST.iter().any(|(_, _, short)| *short >= length) {
                true => format!(
                    "at {} the budget cannot go so fast that it is worth a call within hours, so a day is looked at",
                    budget.target
                ),
                false => format!("a slice of {length} is too long for windows of a few hours"),
            };
            let least = slow.tolerated_long.max(u64::from(budget.allowed > 0));
            (Strategy::Slices { fast: SliceRule { tolerated_long: least, ..slow }, slow: None }, reason)
        }
        (None, None) => {
            let rule = all_bad(slices);
            if !looks(rule.long) {
                return None;
            }
            let reason = format!(
                "at {} the budget outlasts any fault, so a time without a good slice calls",
                budget.target
            );
            (Strategy::Slices { fast: rule, slow: None }, reason)
        }
    };
    Some(Decision { strategy, reason, without_slo: Some(without_slo.to_owned()) })
}

/// The rule of a tier, unless its windows are too short for the slices or no fault can reach its rate.
fn rule(budget: &Budget, slices: &Slices, (rate, long, short): Tier, least: u64) -> Option<SliceRule> {
    let due = |window| slices.most_in(window);
    let (due_long, due_short) = (due(long), due(short));
    // In hundredths of millionths: `rate * (1 - target)`.
    let share = u128::from(rate.hundredths) * u128::from(budget.target.complement().as_millionths());
    let tolerated = |due: u64| u64::try_from(share * u128::from(due) / 100_000_000).unwrap_or(u64::MAX);
    let tolerated_long = tolerated(due_long).max(least);
    let fits = short >= slices.length && due_long >= SEVERAL && due_short > 0;
    (fits && tolerated_long < due_long && tolerated(due_short) < due_short).then(|| SliceRule {
        long,
        due_long,
        tolerated_long,
        short,
        due_short,
        tolerated_short: tolerated(due_short),
        burns: budget.lasts(rate).filter(|_| budget.allowed > 0).map(|lasts| (rate, lasts)),
    })
}

/// All slices of a window, which no budget asks for.
fn all_bad(slices: &Slices) -> SliceRule {
    let [_, (_, middle, _)] = FAST;
    let [.., (_, longest, short)] = SLOW;
    let due = |window| slices.most_in(window);
    let long = if due(middle) >= SEVERAL { middle } else { longest };
    SliceRule {
        long,
        due_long: due(long),
        tolerated_long: due(long).saturating_sub(1),
        short,
        due_short: due(short),
        tolerated_short: 0,
        burns: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::Ratio;

    fn chosen(minutes: u64, target: &str) -> (SliceRule, Option<SliceRule>, String) {
        chosen_within(minutes, target, Duration::days(730)).unwrap()
    }

    fn chosen_within(
        minutes: u64,
        target: &str,
        longest: Duration,
    ) -> Option<(SliceRule, Option<SliceRule>, String)> {
        let (slices, window) =
            (Slices { length: Duration::minutes(minutes), hours: None }, Duration::days(28));
        let events = slices.occurrences(window).in_windows_of(window);
        let decision = choose_slices(
            &Budget::new(Ratio::parse(target).unwrap(), window, events),
            &slices,
            "",
            |window| window <= longest,
        )?;
        let Strategy::Slices { fast, slow } = decision.strategy else { panic!("{decision:?}") };
        Some((fast, slow, decision.reason))
    }

    #[test]
    fn what_may_not_be_looked_at_for_a_day_has_a_shorter_window() {
        let within = |minutes, hours| chosen_within(minutes, "99%", Duration::hours(hours));
        let (_, slow, _) = within(120, 21).unwrap();
        assert_eq!(slow, None, "and the only rule is the slow one");
        let (fast, _, _) = within(120, 21).unwrap();
        assert_eq!(asks(fast)[0], (2, 10, Duration::hours(20)));
        let (fast, slow, _) = within(30, 21).unwrap();
        assert_eq!(
            (asks(fast)[0], asks(slow.unwrap())[0].2),
            ((2, 12, Duration::hours(6)), Duration::hours(20))
        );
        assert_eq!(within(360, 13), None);
    }

    /// Slices that must be bad, of how many, in the long and the short window.
    fn asks(rule: SliceRule) -> [(u64, u64, Duration); 2] {
        [
            (rule.tolerated_long + 1, rule.due_long, rule.long),
            (rule.tolerated_short + 1, rule.due_short, rule.short),
        ]
    }

    #[test]
    fn minutes_burn_like_events() {
        let (fast, slow, _) = chosen(1, "99%");
        // 2% of 403.2 minutes are 8.06.
        assert_eq!(asks(fast), [(9, 60, Duration::hours(1)), (1, 5, Duration::minutes(5))]);
        assert_eq!(asks(slow.unwrap()), [(41, 1_440, Duration::hours(24)), (4, 120, Duration::hours(2))]);
    }

    #[test]
    fn one_bad_slice_calls_nobody_unless_none_is_allowed() {
        let (fast, slow, _) = chosen(5, "99.9%");
        assert_eq!(asks(fast).map(|(bad, ..)| bad), [2, 1]);
        assert_eq!(asks(slow.unwrap()).map(|(bad, ..)| bad), [1, 1]);
        let (fast, _, reason) = chosen(5, "100%");
        assert_eq!(asks(fast).map(|(bad, ..)| bad), [1, 1]);
        assert!(reason.contains("allows no bad slice"), "{reason}");
        assert_eq!(fast.burns, None);
    }

    #[test]
    fn long_slices_and_low_targets_have_longer_windows() {
        let (fast, _, _) = chosen(30, "99%");
        assert_eq!(asks(fast)[0], (2, 12, Duration::hours(6)));
        let (fast, slow, reason) = chosen(360, "99%");
        assert_eq!((asks(fast)[0], slow), ((2, 12, Duration::days(3)), None));
        assert!(reason.contains("too long"), "{reason}");
        let (fast, slow, reason) = chosen(1, "70%");
        assert_eq!((asks(fast)[0], slow), ((1_210, 1_440, Duration::hours(24)), None));
        assert!(reason.contains("so a day is looked at"), "{reason}");
        let (fast, _, reason) = chosen(1, "10%");
        assert_eq!(asks(fast)[0], (360, 360, Duration::hours(6)));
        assert!(reason.contains("outlasts"), "{reason}");
    }
}
