//! Instruction selection: which construct of Cloud Monitoring is true for a promise, and why.

mod slices;

use crate::gcp::limits;
use crate::monitoring::shapes::deadline::noticed;
use crate::slo::{Budget, BurnRate, Due, Duration, Occurrences, Ratio};

pub use slices::{SliceRule, choose_slices};

/// How a ratio of events is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Bad events are counted: the rule for pipelines, most of which run daily or less often.
    Counts,
    /// The error budget's burn rate is watched over two windows per severity.
    BurnRates {
        /// The windows that page.
        fast: Windows,
        /// The windows that make a ticket.
        slow: Windows,
    },
    /// The time of the last sample is compared with the latest start that is due.
    LatestStart,
    /// The time since the last sample, or the samples in a time, where no clock says when one is due.
    Silence,
    /// Each value is compared with the highest that is promised.
    Highest,
    /// Bad slices of time are counted over two windows, and compared with a share of those that are due.
    Slices {
        /// What calls soonest.
        fast: SliceRule,
        /// What finds a slow loss, if it is another rule.
        slow: Option<SliceRule>,
    },
    /// An event is told when it happens.
    Event,
    /// BigQuery judges the data where it is, and the log of a run that fails is watched.
    Verdicts,
}

impl Strategy {
    /// Its stable name, for programs.
    pub const fn name(&self) -> &'static str {
        match self {
            Strategy::Counts => "counts",
            Strategy::BurnRates { .. } => "burnRates",
            Strategy::LatestStart => "latestStart",
            Strategy::Silence => "silence",
            Strategy::Highest => "highest",
            Strategy::Slices { .. } => "slices",
            Strategy::Event => "event",
            Strategy::Verdicts => "verdicts",
        }
    }
}

/// A long and a short window that must both burn faster than a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// How much of the budget the long window may spend.
    pub share: Ratio,
    /// The long window: whether it matters.
    pub long: Duration,
    /// The short window: whether it still goes on.
    pub short: Duration,
    /// The rate at which the long window spends that share.
    pub rate: BurnRate,
}

/// A strategy and the reason for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How it is watched.
    pub strategy: Strategy,
    /// Why so, in one sentence.
    pub reason: String,
    /// Why there is no native SLO, where there is none.
    pub without_slo: Option<String>,
}

/// Shares and windows as in the SRE Workbook, chapter 5, for pages, the fastest first.
const FAST: [(Ratio, Duration, Duration); 2] = [
    (Ratio::millionths(20_000), Duration::hours(1), Duration::minutes(5)),
    (Ratio::millionths(50_000), Duration::hours(6), Duration::minutes(30)),
];

/// And for tickets. The Workbook's three days are longer than `select_slo_burn_rate` looks back.
const SLOW: [(Ratio, Duration, Duration); 1] =
    [(Ratio::millionths(100_000), Duration::hours(24), Duration::hours(2))];

/// Below this many events in the short window, a single one is most of it.
const SEVERAL: u64 = 3;

/// Chooses how a ratio of scheduled events is watched.
pub fn choose(budget: &Budget, due: &Occurrences) -> Decision {
    let without_slo = why_no_slo(budget);
    let counts =
        |reason: String| Decision { strategy: Strategy::Counts, reason, without_slo: without_slo.clone() };
    if without_slo.is_some() {
        return counts(
            "without an SLO in Cloud Monitoring there is no burn rate, so failures are counted".to_owned(),
        );
    }
    let events_in = |window| due.in_windows_of(window).fewest;
    let usable = |tiers: &[(Ratio, Duration, Duration)]| {
        tiers.iter().filter(|tier| events_in(tier.2) >= SEVERAL).find_map(|tier| windows(budget, *tier))
    };
    let [_, (_, _, shortest)] = FAST;
    let in_shortest = events_in(shortest);
    match (usable(&FAST), usable(&SLOW)) {
        (Some(fast), Some(slow)) => Decision {
            reason: format!(
                "the shortest window, {}, still holds {} of the runs, so the burn rate of the budget is meaningful",
                fast.short,
                events_in(fast.short)
            ),
            strategy: Strategy::BurnRates { fast, slow },
            without_slo,
        },
        _ if in_shortest >= SEVERAL => counts(format!(
            "at {} no burn rate above {} can occur, which is below what would page, so failures are counted",
            budget.target,
            budget.highest_burn_rate().map_or_else(String::new, |rate| rate.to_string())
        )),
        _ => counts(format!(
            "a window of {shortest} may hold {} of the runs, too few for a burn rate, so failures are counted",
            if in_shortest == 0 { "none".to_owned() } else { format!("only {in_shortest}") }
        )),
    }
}

/// Chooses how the deadlines of starts are watched. `noun` is what must follow a start, such as "success"; where a schedule is
/// too irregular for a query to know its starts, `longest` is the longest time without one.
pub fn choose_deadline(due: &Due, longest: Option<Duration>, noun: &str) -> Decision {
    let without_slo = Some(
        "Cloud Monitoring counts the runs that there were, and not those that there were not".to_owned(),
    );
    let (strategy, reason) = match (due.schedule(), longest) {
        (Some(_), Some(longest)) => (
            Strategy::Silence,
            format!(
                "no query can hold so irregular a schedule, so the time since the last {noun} is compared with {longest}, the \
                 longest time between two starts plus the grace"
            ),
        ),
        (Some(_), None) => (
            Strategy::LatestStart,
            format!(
                "the time of the last {noun} is compared with the latest start whose deadline has passed, as a count in a \
                 window would take yesterday's for today's"
            ),
        ),
        (None, _) => (
            Strategy::Silence,
            format!("no clock says when a run starts, so the time without a {noun} is watched"),
        ),
    };
    Decision { strategy, reason, without_slo }
}

/// How the durations of runs are watched.
pub fn choose_duration() -> Decision {
    Decision {
        strategy: Strategy::Highest,
        reason: "each run is compared with the limit when it ends; one that hangs has no duration yet"
            .to_owned(),
        without_slo: Some("there is no target, so no share of runs is promised".to_owned()),
    }
}

/// How something is watched that happens, or is a state, without a share of anything that is promised.
pub fn choose_event(strategy: Strategy, reason: &str) -> Decision {
    Decision { strategy, ..choose_companion(reason) }
}

/// How the NULLs of a table are watched. `schedule` is as the transfer service takes it, `scan` what a run reads at most.
pub fn choose_verdicts(schedule: &str, scan: &str) -> Decision {
    Decision {
        strategy: Strategy::Verdicts,
        reason: format!(
            "no metric knows what a table holds, so BigQuery judges the rows, `{schedule}` in UTC, and a run that finds \
             something fails with one message; a run reads once: {scan}"
        ),
        without_slo: Some("Cloud Monitoring cannot count what stands in a table".to_owned()),
    }
}

/// How what pipelines depend on is watched.
pub fn choose_companion(reason: &str) -> Decision {
    Decision { strategy: Strategy::Silence, reason: reason.to_owned(), without_slo: None }
}

/// How long after its start a run is missed where the spec does not say: so that somebody is told when the next one is due,
/// whose end would hide it, but neither within the hour, in which a run may well be under way, nor after more than a day,
/// in which somebody must know. The time of triggered runs is generous already, so they have no more than that hour.
pub fn missed_after(due: &Due) -> Duration {
    let gap = due.occurrences().distances(1).first().copied().unwrap_or(Duration::hours(1));
    gap.less(noticed(None)).clamp(Duration::hours(1), Duration::days(1))
}

/// The rate of a tier, unless it can never be reached.
fn windows(budget: &Budget, (share, long, short): (Ratio, Duration, Duration)) -> Option<Windows> {
    let rate = budget.burn_rate(share, long)?;
    let reachable = long <= limits::SLO_BURN_RATE_LOOKBACK_MAX && rate < budget.highest_burn_rate()?;
    reachable.then_some(Windows { share, long, short, rate })
}

fn why_no_slo(budget: &Budget) -> Option<String> {
    if budget.target > limits::SLO_GOAL_MAX || budget.target.as_millionths() == 0 {
        return Some(format!(
            "Cloud Monitoring accepts goals above 0% and up to {}, and the target is {}",
            limits::SLO_GOAL_MAX,
            budget.target
        ));
    }
    match budget.window.as_whole_days() {
        Some(1..=limits::SLO_ROLLING_DAYS_MAX) => None,
        _ => Some(format!(
            "Cloud Monitoring accepts windows of 1 to {} whole days, and the window is {}",
            limits::SLO_ROLLING_DAYS_MAX,
            budget.window
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::Schedule;

    fn chosen(cron: &str, target: &str, window: Duration) -> Decision {
        let due = Schedule::parse(cron, "Asia/Tokyo").unwrap().occurrences().clone();
        choose(&Budget::new(Ratio::parse(target).unwrap(), window, due.in_windows_of(window)), &due)
    }

    fn short_windows(decision: &Decision) -> Option<(Duration, Duration)> {
        match decision.strategy {
            Strategy::BurnRates { fast, slow } => Some((fast.short, slow.short)),
            _ => None,
        }
    }

    #[test]
    fn what_runs_every_few_minutes_has_burn_rates_and_the_rest_has_counts() {
        let month = Duration::days(28);
        let (half_hour, five_minutes, two_hours) =
            (Duration::minutes(30), Duration::minutes(5), Duration::hours(2));
        assert_eq!(short_windows(&chosen("*/10 * * * *", "99%", month)), Some((half_hour, two_hours)));
        assert_eq!(short_windows(&chosen("* * * * *", "99%", month)), Some((five_minutes, two_hours)));
        for cron in ["*/15 * * * *", "@hourly", "@daily", "0 4 * * 1-5", "@monthly"] {
            assert_eq!(chosen(cron, "99%", month).strategy, Strategy::Counts, "{cron}");
        }
    }

    #[test]
    fn a_rate_that_can_never_occur_is_not_alerted_on() {
        // At 90 % no rate is above 10, so the fastest pair, at 13.44, is passed over for the one at 5.6.
        let decision = chosen("* * * * *", "90%", Duration::days(28));
        assert_eq!(short_windows(&decision).map(|(fast, _)| fast), Some(Duration::minutes(30)));
        // At 80 % none is above 5.
        let decision = chosen("* * * * *", "80%", Duration::days(28));
        assert_eq!(decision.strategy, Strategy::Counts);
        assert!(decision.reason.contains("no burn rate above 5 can occur"), "{}", decision.reason);
    }

    #[test]
    fn what_the_slo_cannot_say_is_counted_and_the_slo_is_left_out() {
        let decision = chosen("*/10 * * * *", "99%", Duration::days(90));
        assert_eq!(decision.strategy, Strategy::Counts);
        assert!(decision.without_slo.unwrap().contains("the window is 90d"));
        assert!(
            chosen("@daily", "100%", Duration::days(28)).without_slo.unwrap().contains("the target is 100%")
        );
    }
}
