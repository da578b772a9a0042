//! In how long a time a row of failures lies, where no query tells the starts apart.

use super::{Duration, Occurrences};
use std::collections::BTreeMap;

/// How many days of starts are looked at: a year, and some.
const LOOKED_AT: i64 = 400 * 86_400;

/// Times in which so many runs in a row lie, and no run before them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowRanges {
    /// The times, the shortest first.
    pub ranges: Vec<Duration>,
    /// How many rows the starts make.
    pub rows: usize,
    /// How many of these lie in none of the times.
    pub unseen: usize,
}

impl Occurrences {
    /// The `most` times that hold most rows of `runs` runs. A row lies in a time that is longer than from its first start to
    /// its last one, and shorter than from the start before it; a sixth of the smallest gap between them, on both sides, is
    /// for runs that take longer or shorter than others.
    pub fn row_ranges(&self, runs: usize, most: usize) -> RowRanges {
        let due = self.as_seconds();
        let until = due.first().map_or(0, |first| first.saturating_add(LOOKED_AT));
        let looked_at = due.partition_point(|start| *start < until);
        let starts = due.get(..looked_at).unwrap_or_default();
        // How many rows there are of each kind: thousands of them are of a few.
        let mut rows = BTreeMap::<(i64, i64), usize>::new();
        for row in starts.windows(runs.saturating_add(1)).filter_map(row) {
            *rows.entry(row).or_default() += 1;
        }
        let all = rows.values().sum();
        let mut ranges = Vec::new();
        while ranges.len() < most {
            let Some(time) = in_most(&rows) else { break };
            rows.retain(|row, _| !holds(row, time));
            ranges.push(Duration::minutes(u64::try_from(time).unwrap_or(0)));
        }
        ranges.sort_unstable();
        RowRanges { ranges, rows: all, unseen: rows.values().sum() }
    }
}

/// Between which times, in minutes, a row lies.
fn row(starts: &[i64]) -> Option<(i64, i64)> {
    let [before, first, ..] = *starts else { return None };
    let last = *starts.last()?;
    let smallest = starts.iter().zip(starts.iter().skip(1)).map(|(start, next)| next - start).min()?;
    let shortest = (last - first + smallest / 6).div_euclid(60) + 1;
    // Starts that are a minute apart leave no time for others to take longer.
    Some((shortest, (last - before - smallest / 6).div_euclid(60).max(shortest)))
}

fn holds((shortest, longest): &(i64, i64), time: i64) -> bool {
    (*shortest..=*longest).contains(&time)
}

/// The shortest of the times that most rows lie in.
fn in_most(rows: &BTreeMap<(i64, i64), usize>) -> Option<i64> {
    let change = |((shortest, longest), many): (&(i64, i64), &usize)| {
        let many = many.cast_signed();
        [(*shortest, many), (longest + 1, -many)]
    };
    let mut changes: Vec<(i64, isize)> = rows.iter().flat_map(change).collect();
    changes.sort_unstable();
    let (mut now, mut best) = (0, None);
    for (time, change) in changes {
        now += change;
        if best.is_none_or(|(most, _)| now > most) {
            best = Some((now, time));
        }
    }
    best.map(|(_, time)| time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(starts: impl IntoIterator<Item = i64>, runs: usize, most: usize) -> (Vec<String>, (usize, usize)) {
        let ranges = Occurrences::at(starts.into_iter().collect()).row_ranges(runs, most);
        (ranges.ranges.iter().map(ToString::to_string).collect(), (ranges.unseen, ranges.rows))
    }

    #[test]
    fn two_times_hold_the_rows_of_weekdays() {
        let weekdays = (0..70).filter(|day| day % 7 < 5).map(|day| day * 86_400);
        // Three in a row take two days or, over a weekend, four.
        assert_eq!(of(weekdays.clone(), 3, 1).1, (18, 47));
        assert_eq!(of(weekdays, 3, 2), (vec!["2d4h1m".to_owned(), "4d4h1m".to_owned()], (0, 47)));
    }

    #[test]
    fn rows_by_day_lie_in_a_short_time_and_those_over_night_in_a_long_one() {
        let by_day = (0..30).flat_map(|day| (0..192).map(move |run| day * 86_400 + run * 300));
        assert_eq!(of(by_day, 6, 2), (vec!["26m".to_owned(), "8h26m".to_owned()], (0, 5754)));
    }

    #[test]
    fn no_runs_have_no_rows() {
        assert_eq!(of([], 2, 2), (vec![], (0, 0)));
        assert_eq!(of([0, 60], 2, 2), (vec![], (0, 0)));
    }

    #[test]
    fn runs_a_minute_apart_have_rows() {
        // Between one run and the one before the row lie two minutes, of which two runs fill the latter.
        assert_eq!(of((0..60).map(|run| run * 60), 2, 1), (vec!["2m".to_owned()], (0, 58)));
    }
}
