//! Starts that repeat.

use super::MOST_TERMS;
use jiff::{SignedDuration, Timestamp, tz::Offset};

/// A week in seconds. The epoch began on a Thursday, which does not matter: only differences are used.
pub(super) const WEEK: i64 = 7 * DAY;

const DAY: i64 = 86_400;

/// What repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Every so many seconds.
    Seconds(i64),
    /// Every month.
    Month,
}

/// Starts at a fixed place of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progression {
    /// What repeats.
    pub period: Period,
    /// When one is missed: seconds after the beginning of a period, in UTC.
    pub phase: i64,
    /// How long after its start one is missed, in seconds.
    pub age: i64,
}

impl Progression {
    /// Seconds since the last one was missed.
    fn elapsed(self, time: i64) -> i64 {
        let since = time - self.phase;
        match self.period {
            Period::Seconds(period) => since.rem_euclid(period),
            Period::Month => into_month(since),
        }
    }

    fn latest(self, time: i64) -> i64 {
        time - self.elapsed(time) - self.age
    }
}

/// Seconds since the beginning of the month in UTC.
pub(super) fn into_month(time: i64) -> i64 {
    let day = Timestamp::UNIX_EPOCH
        .saturating_add(SignedDuration::from_secs(time))
        .map_or(1, |instant| Offset::UTC.to_datetime(instant).day());
    (i64::from(day) - 1) * 86_400 + time.rem_euclid(86_400)
}

/// A part of every period in which nothing is due: nights, weekends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The period, in seconds.
    pub period: i64,
    /// When the last one before the gap is missed: seconds after the beginning of a period, in UTC.
    pub phase: i64,
    /// How long after that the next one is missed, in seconds.
    pub length: i64,
    /// How long after its start the last one is missed, in seconds.
    pub age: i64,
}

impl Gap {
    /// The last start before the gap, or the instant itself outside of it.
    fn cap(self, time: i64) -> i64 {
        let elapsed = (time - self.phase).rem_euclid(self.period);
        if elapsed < self.length { time - elapsed - self.age } else { time }
    }
}

/// Progressions, the latest of which counts, and gaps in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The progressions.
    pub progressions: Vec<Progression>,
    /// The gaps in them; no instant is in two of one period, but a night may be in a weekend.
    pub gaps: Vec<Gap>,
}

impl Model {
    /// The latest start that is missed at an instant.
    pub fn latest(&self, time: i64) -> i64 {
        let latest = self.progressions.iter().map(|one| one.latest(time)).max().unwrap_or(i64::MIN);
        self.gaps.iter().map(|gap| gap.cap(time)).fold(latest, i64::min)
    }

    /// Starts at these places of the week: when each is missed, in seconds after the week's beginning, and how long after
    /// its start. Of the ways to write them, the shortest.
    pub(super) fn weekly(slots: &[(i64, i64)]) -> Model {
        let slots: Vec<(i64, i64)> =
            slots.iter().map(|(missed, age)| (missed.rem_euclid(WEEK), *age)).collect();
        let repeated = Model::repeated(&slots, WEEK);
        let daily = Model::daily_with_gaps(&slots);
        daily.filter(|daily| daily.room() < repeated.room()).unwrap_or(repeated)
    }

    /// The places of a period, by the shortest one in which they repeat.
    fn repeated(slots: &[(i64, i64)], period: i64) -> Model {
        let mut ages: Vec<i64> = slots.iter().map(|(_, age)| *age).collect();
        ages.sort_unstable();
        ages.dedup();
        let mut model = Model::default();
        for age in &ages {
            let of_age = slots.iter().filter(|slot| slot.1 == *age);
            let mut phases: Vec<i64> = of_age.map(|(missed, _)| *missed).collect();
            phases.sort_unstable();
            phases.dedup();
            let period = shortest_period(&phases, period);
            phases.retain(|phase| *phase < period);
            match steps_with_gaps(&phases, period, *age) {
                // Gaps cut all progressions, so they are for the only one.
                Some(stepwise) if ages.len() == 1 => return stepwise,
                _ => model.progressions.extend(phases.iter().map(|phase| Progression {
                    period: Period::Seconds(period),
                    phase: *phase,
                    age: *age,
                })),
            }
        }
        model
    }

    /// What any day of the week has as if every day had it, and gaps where that is too much: closed weekends.
    fn daily_with_gaps(slots: &[(i64, i64)]) -> Option<Model> {
        let mut in_a_day: Vec<(i64, i64)> =
            slots.iter().map(|(missed, age)| (missed.rem_euclid(DAY), *age)).collect();
        in_a_day.sort_unstable();
        in_a_day.dedup();
        let mut model = Model::repeated(&in_a_day, DAY);
        if model.terms() > MOST_TERMS {
            return None;
        }
        let mut slots = slots.to_vec();
        slots.sort_unstable();
        let next = slots.iter().skip(1).map(|slot| slot.0).chain(slots.first().map(|slot| slot.0 + WEEK));
        let too_late = |((missed, age), next): &((i64, i64), i64)| model.latest(next - 1) > missed - age;
        let gaps: Vec<Gap> = slots
            .iter()
            .copied()
            .zip(next)
            .filter(too_late)
            .map(|((phase, age), next)| Gap { period: WEEK, phase, length: next - phase, age })
            .collect();
        model.gaps.extend(gaps);
        Some(model)
    }

    /// Its progressions and gaps.
    pub(super) fn terms(&self) -> usize {
        self.progressions.len() + self.gaps.len()
    }

    /// About how much room it takes in a query, in progressions.
    fn room(&self) -> usize {
        self.progressions.len() + ROOM_OF_A_GAP * self.gaps.len()
    }
}

/// The shortest period that divides a longer one and with which the phases repeat.
fn shortest_period(phases: &[i64], longest: i64) -> i64 {
    let count = i64::try_from(phases.len()).unwrap_or(i64::MAX);
    let repeats =
        |period: i64| phases.iter().all(|phase| phases.binary_search(&((phase + period) % longest)).is_ok());
    let parts = (1..=count).rev().filter(|parts| count % parts == 0 && longest % parts == 0);
    parts.map(|parts| longest / parts).find(|period| repeats(*period)).unwrap_or(longest)
}

/// A gap takes about twice the room of a progression in a query.
const ROOM_OF_A_GAP: usize = 2;

/// The phases as steps of one length with gaps, where that is shorter than one progression each.
fn steps_with_gaps(phases: &[i64], period: i64, age: i64) -> Option<Model> {
    let first = *phases.first()?;
    let next = phases.iter().skip(1).copied().chain([first + period]);
    let distances: Vec<(i64, i64)> = phases.iter().zip(next).map(|(from, to)| (*from, to - from)).collect();
    let step = distances.iter().map(|(_, distance)| *distance).min()?;
    let even = period % step == 0 && distances.iter().all(|(_, distance)| distance % step == 0);
    let gaps: Vec<Gap> = distances
        .iter()
        .filter(|(_, distance)| *distance > step)
        .map(|(phase, length)| Gap { period, phase: *phase, length: *length, age })
        .collect();
    let steps = Progression { period: Period::Seconds(step), phase: first % step, age };
    let model = Model { progressions: vec![steps], gaps };
    (even && model.room() < phases.len()).then_some(model)
}
