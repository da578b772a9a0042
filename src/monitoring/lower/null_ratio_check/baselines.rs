//! How many days a look-back holds to compare a day with.

use crate::nulls::{Check, OpenDays, Rise};
use crate::slo::{Calendar, Date};

/// How many days the baselines of a rise can be of, counted over the days that are judged.
pub(super) struct Held {
    /// The most days of any class.
    pub most: u32,
    /// The most like days, for days of the weekend that are judged at all, and for others.
    pub like: [Option<u32>; 2],
}

/// Counts over the days that a calendar knows, else over a year: every year is alike where no day is closed.
///
/// Closed days that are judged are few and far apart by nature, so only open days are asked for.
pub(super) fn held(check: &Check, rise: &Rise, calendar: Option<&Calendar>) -> Held {
    let days: Vec<Date> = match calendar {
        Some(calendar) => calendar.days().collect(),
        None => Date::parse("2026-01-01").into_iter().flat_map(|first| first.through_days(365)).collect(),
    };
    let open = OpenDays { suspended: Vec::new(), ..check.open.clone() };
    let mut held = Held { most: 0, like: [None, None] };
    // How many days up to each are judged: all, of weekends, of others.
    let mut sums = vec![[0_u32; 3]];
    for day in &days {
        let [all, weekend, others] = sums.last().copied().unwrap_or_default();
        let (judged, open, is_weekend) = (open.is_judged(*day), !open.is_closed(*day), open.is_weekend(*day));
        let class = |of: bool| u32::from(judged && open && of);
        sums.push([all + u32::from(judged), weekend + class(is_weekend), others + class(!is_weekend)]);
    }
    let over = usize::try_from(rise.over_days).unwrap_or(usize::MAX);
    for (index, day) in days.iter().enumerate() {
        let until = sums.get(index).copied().unwrap_or_default();
        let from = sums.get(index.saturating_sub(over)).copied().unwrap_or_default();
        let [all, weekend, others] = [0, 1, 2].map(|of: usize| {
            until.get(of).copied().unwrap_or_default() - from.get(of).copied().unwrap_or_default()
        });
        held.most = held.most.max(all);
        if open.is_closed(*day) {
            continue;
        }
        let [of_weekends, of_others] = &mut held.like;
        let (like, known) = if open.is_weekend(*day) { (weekend, of_weekends) } else { (others, of_others) };
        *known = Some(known.unwrap_or(0).max(like));
    }
    held
}
