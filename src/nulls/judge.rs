//! From measurements to verdicts, as the rules of the room say.

use super::check::{Check, Column, Consequence, OpenDays, Rise, days_before};
use crate::slo::{Date, Ratio};
use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What was counted of one column on one data day: a row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// The data day.
    pub day: Date,
    /// The column, by the name that the check has for it.
    pub column: String,
    /// The rows of the day that the check's condition holds for.
    pub rows: u64,
    /// Those of them in which the column counts as NULL.
    pub nulls: u64,
    /// When they were counted.
    pub measured_at: Timestamp,
}

impl Measurement {
    /// Of several of a day and column the highest counts.
    pub(super) const fn rank(&self) -> (Timestamp, u64, u64) {
        (self.measured_at, self.rows, self.nulls)
    }

    /// The share of NULLs in millionths, rounded down; `None` without rows.
    pub fn ratio(&self) -> Option<u32> {
        let millionths = u128::from(self.nulls) * u128::from(WHOLE) / u128::from(self.rows).max(1);
        (self.rows > 0).then(|| u32::try_from(millionths).unwrap_or(u32::MAX))
    }
}

const WHOLE: u32 = Ratio::WHOLE.as_millionths();

/// What a column's measurement on a data day comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every limit holds.
    Ok,
    /// A rise is promised, and too few days are known to tell.
    WarmingUp,
    /// There are rows, but too few.
    Inconclusive,
    /// There are no rows.
    Empty,
    /// A limit is broken, and nobody is told.
    Broken,
    /// A limit is broken, and somebody looks at it in working hours.
    Ticket,
    /// A limit is broken, and somebody is woken.
    Page,
}

impl Verdict {
    /// Whether it stays: more rows may come, but a baseline of earlier days does not.
    pub const fn is_final(self) -> bool {
        !matches!(self, Verdict::Empty | Verdict::Inconclusive)
    }

    /// As the history and reports write it.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::WarmingUp => "warming-up",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Empty => "empty",
            Verdict::Broken => "broken",
            Verdict::Ticket => "ticket",
            Verdict::Page => "page",
        }
    }
}

/// What a rise is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Twice the median of the days' ratios, in millionths, so that it is a whole number.
    pub twice_median: u64,
    /// How many days it is of.
    pub days: u32,
    /// Whether they are like days; else they are of every class, as too few were like.
    pub like: bool,
}

/// Which limits a column breaks on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Broken {
    /// There are more NULLs than `atMost`.
    pub at_most: bool,
    /// The share of NULLs has risen by more than `rise` allows.
    pub rise: bool,
}

/// One column on one data day, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What was counted.
    pub measurement: Measurement,
    /// What a rise is measured against; `None` where none is promised or too few days are known.
    pub baseline: Option<Baseline>,
    /// The limits that are broken, whether or not there are rows enough to say so.
    pub broken: Broken,
    /// What it comes to.
    pub verdict: Verdict,
    /// What the run does about it.
    pub consequence: Consequence,
    /// Whether the objective counts it as good (`Some(true)`), bad, or not at all.
    pub good: Option<bool>,
}

/// A whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Every column of every measured day: by day, then in the order of the check's columns.
    pub judged: Vec<Judged>,
}

impl Run {
    /// The worst consequence: the run fails with it, unless that is to ignore it.
    pub fn consequence(&self) -> Consequence {
        self.judged.iter().map(|judged| judged.consequence).max().unwrap_or(Consequence::Ignore)
    }
}

/// The latest data day that is complete at an instant; without data days, the day that it is. `None` where the check's time
/// zone is not known or the day is not from 1970 to 2099.
pub fn latest_complete(check: &Check, now: Timestamp) -> Option<Date> {
    let zone = TimeZoneDatabase::bundled().get(&check.time_zone).ok()?;
    let date = |at: Timestamp| at.to_zoned(zone).date();
    if check.data_days.is_none() {
        return Date::from_civil(date(now));
    }
    let delay = SignedDuration::from_secs(i64::try_from(check.delay.as_seconds()).ok()?);
    Date::from_civil(date(now.checked_sub(delay).ok()?).yesterday().ok()?)
}

/// Judges what a run has measured, with what was measured before on other days. Neither needs an order. What is not of the
/// check's columns is left out.
pub fn judge(check: &Check, history: &[Measurement], measured: &[Measurement]) -> Run {
    let days: BTreeSet<Date> = measured.iter().map(|measurement| measurement.day).collect();
    let before = || history.iter().filter(|measurement| !days.contains(&measurement.day));
    let columns: Vec<_> = check
        .columns
        .iter()
        .map(|column| (column, latest(measured, column), latest(before().chain(measured), column)))
        .collect();
    let mut run = Run::default();
    for day in &days {
        for (column, measured, known) in &columns {
            if let Some(measurement) = measured.get(day) {
                run.judged.push(judge_column(check, column, known, measurement));
            }
        }
    }
    run
}

/// The measurements that count, one a day.
type Days<'a> = BTreeMap<Date, &'a Measurement>;

fn latest<'a>(measurements: impl IntoIterator<Item = &'a Measurement>, column: &Column) -> Days<'a> {
    let mut days = Days::new();
    for measurement in measurements.into_iter().filter(|measurement| measurement.column == column.name) {
        let known = days.entry(measurement.day).or_insert(measurement);
        if measurement.rank() > known.rank() {
            *known = measurement;
        }
    }
    days
}

fn judge_column(check: &Check, column: &Column, known: &Days<'_>, measurement: &Measurement) -> Judged {
    let baseline = column.rise.as_ref().and_then(|rise| baseline(check, rise, known, measurement.day));
    let broken = Broken {
        at_most: column.at_most.is_some_and(|limit| exceeds(measurement, limit)),
        rise: column.rise.as_ref().zip(baseline).is_some_and(|(rise, baseline)| {
            measurement.ratio().is_some_and(|ratio| has_risen(ratio, baseline, rise))
        }),
    };
    let emptiness = match check.open.is_closed(measurement.day) {
        true => Consequence::Ignore,
        false => check.empty,
    };
    let verdict = match measurement.rows {
        0 => Verdict::Empty,
        rows if rows < u64::from(check.min_rows) => Verdict::Inconclusive,
        _ if broken.at_most || broken.rise => match column.severity {
            Consequence::Page => Verdict::Page,
            Consequence::Ticket => Verdict::Ticket,
            Consequence::Ignore => Verdict::Broken,
        },
        _ if column.rise.is_some() && baseline.is_none() => Verdict::WarmingUp,
        _ => Verdict::Ok,
    };
    let (consequence, good) = match verdict {
        Verdict::Ok => (Consequence::Ignore, Some(true)),
        Verdict::WarmingUp | Verdict::Inconclusive => (Consequence::Ignore, None),
        Verdict::Empty => (emptiness, (emptiness > Consequence::Ignore).then_some(false)),
        Verdict::Broken => (Consequence::Ignore, Some(false)),
        Verdict::Ticket => (Consequence::Ticket, Some(false)),
        Verdict::Page => (Consequence::Page, Some(false)),
    };
    Judged { measurement: measurement.clone(), baseline, broken, verdict, consequence, good }
}

/// Exact: a ratio that is rounded down would hide a breach by less than a millionth.
fn exceeds(measurement: &Measurement, limit: Ratio) -> bool {
    let nulls = u128::from(measurement.nulls) * u128::from(WHOLE);
    nulls > u128::from(limit.as_millionths()) * u128::from(measurement.rows)
}

fn has_risen(ratio: u32, baseline: Baseline, rise: &Rise) -> bool {
    let more_than = rise.more_than.as_ratio().as_millionths();
    ratio >= rise.floor.as_millionths()
        && 2 * u64::from(ratio) > baseline.twice_median + 2 * u64::from(more_than)
}

fn baseline(check: &Check, rise: &Rise, known: &Days<'_>, day: Date) -> Option<Baseline> {
    let first = days_before(day, i64::from(rise.over_days));
    let days = known.range(first..day).filter(|(_, known)| known.rows >= u64::from(check.min_rows));
    let days: Vec<(Date, u32)> = days.filter_map(|(day, known)| Some((*day, known.ratio()?))).collect();
    let of = |like: bool| {
        let counted = days.iter().filter(|(known, _)| !like || are_like(&check.open, *known, day));
        let mut ratios: Vec<u32> = counted.map(|(_, ratio)| *ratio).collect();
        ratios.sort_unstable();
        let count = u32::try_from(ratios.len()).ok().filter(|count| *count >= rise.min_days)?;
        Some(Baseline { twice_median: twice_median(&ratios)?, days: count, like })
    };
    of(true).or_else(|| of(false))
}

/// Twice the median of numbers in order; `None` of no numbers.
fn twice_median(sorted: &[u32]) -> Option<u64> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some(u64::from(*lower) + u64::from(*upper))
}

fn are_like(open: &OpenDays, one: Date, other: Date) -> bool {
    let class = |day| (open.is_weekend(day), open.is_closed(day));
    class(one) == class(other)
}

#[cfg(test)]
pub(super) mod tests;
