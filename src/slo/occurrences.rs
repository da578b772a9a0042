//! Runs as budgets count them: how many a window holds, and how far they are apart.

use super::{Duration, Events};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Runs that are due, as far as they are known.
#[derive(Clone, Debug)]
pub struct Occurrences {
    known: Known,
    /// What was asked for before: specs with one schedule ask for the same few.
    asked: Arc<Mutex<Asked>>,
}

/// What is known of runs.
#[derive(Clone, Debug)]
enum Known {
    /// Their instants in seconds of the epoch, sorted, and where the windows end that count, if not anywhere.
    Instants(Arc<Vec<i64>>, Option<Range<i64>>),
    /// Their distance; nobody knows when the first was.
    Distance(Duration),
    /// How many there are at least in a time.
    AtLeast { count: u64, per: Duration },
}

#[derive(Debug, Default)]
struct Asked {
    windows: BTreeMap<Duration, Events>,
    distances: BTreeMap<usize, Vec<Duration>>,
}

impl Occurrences {
    fn new(known: Known) -> Occurrences {
        Occurrences { known, asked: Arc::default() }
    }

    /// Runs at instants, in seconds of the epoch, sorted and each once.
    pub fn at(due: Vec<i64>) -> Occurrences {
        Occurrences::new(Known::Instants(Arc::new(due), None))
    }

    /// The same, counted over the windows that end in a span, its end included.
    pub fn in_windows_that_end(due: Vec<i64>, ends: Range<i64>) -> Occurrences {
        Occurrences::new(Known::Instants(Arc::new(due), Some(ends)))
    }

    /// A run at a fixed distance from the run before.
    pub fn every(distance: Duration) -> Occurrences {
        Occurrences::new(Known::Distance(distance))
    }

    /// Runs that something else starts, so many at least in a time.
    pub fn at_least(count: u64, per: Duration) -> Occurrences {
        Occurrences::new(Known::AtLeast { count, per })
    }

    /// The instants, in seconds of the epoch, sorted; none where they are not known.
    pub fn as_seconds(&self) -> &[i64] {
        match &self.known {
            Known::Instants(due, _) => due,
            Known::Distance(_) | Known::AtLeast { .. } => &[],
        }
    }

    /// Where nothing is known but how many there are at least: in how long a time one is expected.
    pub fn expected_within(&self) -> Option<Duration> {
        match self.known {
            Known::AtLeast { count, per } => Some(Duration::seconds(per.as_seconds().div_ceil(count.max(1)))),
            Known::Instants(..) | Known::Distance(_) => None,
        }
    }

    /// The fewest and the most events in any window `(t - window, t]` that lies in the counted span or, with a calendar,
    /// on the days that it knows. A window longer than what was counted holds what was counted.
    pub fn in_windows_of(&self, window: Duration) -> Events {
        let whole = |part: Duration| window.as_seconds().checked_div(part.as_seconds()).unwrap_or(0);
        match &self.known {
            Known::Distance(distance) => Events { fewest: whole(*distance), most: whole(*distance) },
            Known::AtLeast { count, per } => {
                Events { fewest: count.saturating_mul(whole(*per)), most: Events::UNBOUNDED }
            }
            Known::Instants(due, ends) => {
                let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
                *asked.windows.entry(window).or_insert_with(|| count_windows(due, ends.as_ref(), window))
            }
        }
    }

    /// The distances between a run and the one `steps` later: the different ones, sorted. None where runs have no fixed
    /// distances.
    pub fn distances(&self, steps: usize) -> Vec<Duration> {
        match &self.known {
            Known::Distance(distance) => {
                vec![Duration::seconds(distance.as_seconds().saturating_mul(steps as u64))]
            }
            Known::AtLeast { .. } => Vec::new(),
            Known::Instants(due, ends) => {
                let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
                let find = || find_distances(due, ends.as_ref(), steps);
                asked.distances.entry(steps).or_insert_with(find).clone()
            }
        }
    }
}

fn count_windows(due: &[i64], ends: Option<&Range<i64>>, window: Duration) -> Events {
    let length = i64::try_from(window.as_seconds()).unwrap_or(i64::MAX);
    if let Some(ends) = ends {
        // What is known of no day is no day of the window, unless none fits.
        let first = Some(ends.start.saturating_add(length)).filter(|first| *first <= ends.end);
        let (fewest, most) = extremes(due, length, first.unwrap_or(ends.start), ends.end);
        return Events { fewest, most };
    }
    let (Some(first), Some(last)) = (due.first().copied(), due.last().copied()) else {
        return Events { fewest: 0, most: 0 };
    };
    let (_, most) = extremes(due, length, first, last);
    let begins_inside = first.saturating_add(length);
    let fewest = if begins_inside <= last { extremes(due, length, begins_inside, last).0 } else { most };
    Events { fewest, most }
}

/// The fewest and the most events in the windows of a length that end between two instants, both included.
///
/// The count rises only at an event and falls only one window after one, so these instants decide, and the first.
fn extremes(due: &[i64], length: i64, first: i64, last: i64) -> (u64, u64) {
    let until = |instant: i64| due.partition_point(|event| *event <= instant);
    // The events that are not later than the window's end, and those that are not later than its beginning.
    let (mut arrived, mut left) = (until(first), until(first.saturating_sub(length)));
    let count = |arrived: usize, left: usize| arrived.saturating_sub(left) as u64;
    let (mut fewest, mut most) = (count(arrived, left), count(arrived, left));
    loop {
        let arrival = due.get(arrived).copied().unwrap_or(i64::MAX);
        let leaving = due.get(left).map_or(i64::MAX, |event| event.saturating_add(length));
        let next = arrival.min(leaving);
        if next > last || next == i64::MAX {
            return (fewest, most);
        }
        arrived += usize::from(arrival == next);
        left += usize::from(leaving == next);
        fewest = fewest.min(count(arrived, left));
        most = most.max(count(arrived, left));
    }
}

fn find_distances(due: &[i64], ends: Option<&Range<i64>>, steps: usize) -> Vec<Duration> {
    let counts = |later: i64| ends.is_none_or(|ends| (ends.start..=ends.end).contains(&later));
    let pairs = due.iter().skip(steps).zip(due).filter(|(later, _)| counts(**later));
    let mut found: Vec<u64> = pairs.map(|(later, earlier)| later.abs_diff(*earlier)).collect();
    // Most follow one that is the same.
    found.dedup();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(Duration::seconds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Two pointers against the definition: every window that ends at a whole second.
        #[test]
        fn windows_hold_what_the_definition_says(
            due in proptest::collection::btree_set(0i64..200, 1..40),
            window in 1u64..250,
            (begin, span) in (-50i64..250, 0i64..200),
        ) {
            let due: Vec<i64> = due.into_iter().collect();
            let length = i64::try_from(window).unwrap();
            let (first, last) = (due[0], due[due.len() - 1]);
            let count = |end: i64| due.iter().filter(|event| (end - length + 1..=end).contains(event)).count() as u64;
            let most = (first..=last).map(count).max().unwrap();
            let fewest = (first + length..=last).map(count).min().unwrap_or(most);
            let window = Duration::seconds(window);
            prop_assert_eq!(Occurrences::at(due.clone()).in_windows_of(window), Events { fewest, most });

            let ends = begin..begin + span;
            let from = if begin + length <= ends.end { begin + length } else { begin };
            let counts = || (from..=ends.end).map(count);
            let events = Events { fewest: counts().min().unwrap(), most: counts().max().unwrap() };
            let bounded = Occurrences::in_windows_that_end(due.clone(), ends.clone());
            prop_assert_eq!(bounded.in_windows_of(window), events);
        }
    }

    #[test]
    fn without_instants_windows_are_divided() {
        let every = Occurrences::every(Duration::hours(6));
        assert_eq!(every.in_windows_of(Duration::days(28)), Events { fewest: 112, most: 112 });
        assert_eq!(every.in_windows_of(Duration::hours(5)).fewest, 0);
        assert_eq!(every.distances(2), [Duration::hours(12)]);
        let triggered = Occurrences::at_least(3, Duration::hours(24));
        assert_eq!(triggered.in_windows_of(Duration::days(28)).to_string(), "84 or more");
        assert_eq!(triggered.in_windows_of(Duration::hours(47)).fewest, 3);
        assert_eq!(triggered.expected_within(), Some(Duration::hours(8)));
        assert_eq!((triggered.distances(1), triggered.as_seconds()), (vec![], &[][..]));
    }

    #[test]
    fn numbers_at_their_ends_are_no_panic() {
        let endless = Duration::seconds(u64::MAX);
        assert_eq!(Occurrences::every(Duration::seconds(0)).in_windows_of(endless).fewest, 0);
        assert_eq!(Occurrences::every(endless).distances(9), [endless]);
        assert_eq!(
            Occurrences::at_least(u64::MAX, Duration::seconds(1)).in_windows_of(endless).fewest,
            u64::MAX
        );
        assert!(Occurrences::at(vec![i64::MIN, 0, i64::MAX]).in_windows_of(endless).most > 0);
        assert_eq!(Occurrences::at(Vec::new()).in_windows_of(endless), Events { fewest: 0, most: 0 });
    }
}
