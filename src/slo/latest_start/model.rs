//! Starts that repeat.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// A week in seconds. The epoch began on a Thursday, which does not matter: only differences are used.
pub(super) const WEEK: i64 = 7 * 86_400;

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
        .map_or(1, |instant| instant.to_zoned(TimeZone::UTC).day());
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
    /// The gaps in them; no instant is in two.
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
        let mut ages: Vec<i64> = slots.iter().map(|(_, age)| *age).collect();
        ages.sort_unstable();
        ages.dedup();
        let mut model = Model::default();
        for age in &ages {
            let of_age = slots.iter().filter(|slot| slot.1 == *age);
            let mut phases: Vec<i64> = of_age.map(|(missed, _)| missed.rem_euclid(WEEK)).collect();
            phases.sort_unstable();
            phases.dedup();
            let period = shortest_period(&phases);
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
}

/// The shortest period that divides the week and with which the phases repeat.
fn shortest_period(phases: &[i64]) -> i64 {
    let count = i64::try_from(phases.len()).unwrap_or(i64::MAX);
    let repeats =
        |period: i64| phases.iter().all(|phase| phases.binary_search(&((phase + period) % WEEK)).is_ok());
    let parts = (1..=count).rev().filter(|parts| count % parts == 0 && WEEK % parts == 0);
    parts.map(|parts| WEEK / parts).find(|period| repeats(*period)).unwrap_or(WEEK)
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
    if !even || 1 + ROOM_OF_A_GAP * gaps.len() >= phases.len() {
        return None;
    }
    let steps = Progression { period: Period::Seconds(step), phase: first % step, age };
    Some(Model { progressions: vec![steps], gaps })
}
