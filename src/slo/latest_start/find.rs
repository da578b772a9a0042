//! From deadlines to pieces.

use super::model::{Model, Period, Progression, WEEK, into_month};
use super::{Exception, LatestStart, Piece, ScheduledStart, Span};
use std::collections::BTreeMap;

/// Below this many weeks, what repeats is not told from chance.
const WEEKS_TO_TELL: i64 = 8;

/// Writes deadlines as pieces. They are sorted by start; `changes` are the instants at which what repeats may change, such
/// as a calendar's first and last day.
pub fn latest_start(deadlines: &[ScheduledStart], changes: &[i64]) -> LatestStart {
    let deadlines = decisive(deadlines);
    let models = models(&deadlines, changes);
    let longest = deadlines.windows(2).filter_map(|pair| match pair {
        [one, next] => Some(next.missed - one.start),
        _ => None,
    });
    LatestStart { longest: longest.max().unwrap_or_default(), pieces: cover(&deadlines, models) }
}

/// Of starts that are missed at the same instant the last decides, and one that is missed only after a later one never.
fn decisive(deadlines: &[ScheduledStart]) -> Vec<ScheduledStart> {
    let mut kept: Vec<ScheduledStart> = Vec::with_capacity(deadlines.len());
    for deadline in deadlines {
        while kept.last().is_some_and(|last| last.missed >= deadline.missed) {
            kept.pop();
        }
        kept.push(*deadline);
    }
    kept
}

/// What repeats between two changes, once for each offset of the time zone.
fn models(deadlines: &[ScheduledStart], changes: &[i64]) -> Vec<Model> {
    let mut offsets: Vec<i64> = deadlines.iter().map(|deadline| deadline.offset).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let mut models: Vec<Model> = Vec::new();
    let mut rest = deadlines;
    for change in changes.iter().copied().chain([i64::MAX]) {
        let (era, later) = rest.split_at(rest.partition_point(|deadline| deadline.start < change));
        rest = later;
        for model in offsets.iter().filter_map(|offset| model_of(era, *offset)) {
            if !models.contains(&model) {
                models.push(model);
            }
        }
    }
    models
}

/// What most weeks, or most months, of an era hold, at an offset.
fn model_of(era: &[ScheduledStart], offset: i64) -> Option<Model> {
    let (first, last) = (era.first()?, era.last()?);
    let weeks = (last.start - first.start) / WEEK + 1;
    if weeks < WEEKS_TO_TELL {
        return None;
    }
    let in_week = |deadline: &ScheduledStart| {
        ((deadline.missed + deadline.offset).rem_euclid(WEEK), deadline.missed - deadline.start)
    };
    let weekly = frequent(era.iter().map(in_week), weeks);
    let in_utc: Vec<(i64, i64)> = weekly.keys().map(|(missed, age)| (missed - offset, *age)).collect();
    let mut model = Model::weekly(&in_utc);
    let others = || era.iter().filter(|deadline| !weekly.contains_key(&in_week(deadline)));
    let months = weeks * WEEK / (30 * 86_400) + 1;
    let from_the_first = frequent(others().map(|deadline| in_month(deadline, 0)), months);
    let from_the_last = frequent(others().map(|deadline| in_month(deadline, 86_400)), months);
    let monthly = match count(&from_the_first) >= count(&from_the_last) {
        true => from_the_first,
        false => from_the_last,
    };
    let of_month =
        |(missed, age): &(i64, i64)| Progression { period: Period::Month, phase: missed - offset, age: *age };
    model.progressions.extend(monthly.keys().map(of_month));
    (!model.progressions.is_empty()).then_some(model)
}

/// When it is missed, from the beginning of a month, and how long after its start. Counted from the start, whose day is
/// the same in every month: the deadline may be in the next one. With a day `ahead`, days count from the month's end.
fn in_month(deadline: &ScheduledStart, ahead: i64) -> (i64, i64) {
    let age = deadline.missed - deadline.start;
    (into_month(deadline.start + deadline.offset + ahead) - ahead + age, age)
}

/// How often each place occurs.
type Places = BTreeMap<(i64, i64), i64>;

fn count(places: &Places) -> i64 {
    places.values().sum()
}

/// The places that more than half of the periods hold.
fn frequent(places: impl Iterator<Item = (i64, i64)>, periods: i64) -> Places {
    let mut counts = Places::new();
    places.for_each(|place| *counts.entry(place).or_default() += 1);
    counts.retain(|_, count| *count * 2 > periods);
    counts
}

/// Which model holds from when to when, and what it does not say.
fn cover(deadlines: &[ScheduledStart], models: Vec<Model>) -> Vec<Piece> {
    let mut spans: Vec<Vec<Span>> = vec![Vec::new(); models.len()];
    let mut odd: Vec<Vec<Exception>> = vec![Vec::new(); models.len()];
    let mut current = models.iter().position(|model| fits_most(model, deadlines)).unwrap_or(0);
    let mut from = None;
    for (deadline, until) in deadlines.iter().zip(ends(deadlines)) {
        let holds = |model: &Model| {
            model.latest(deadline.missed) == deadline.start
                && until.is_none_or(|until| model.latest(until - 1) == deadline.start)
        };
        if models.get(current).is_some_and(holds) {
            continue;
        }
        if let Some(better) = models.iter().position(holds) {
            // The first model holds from the beginning of time.
            if from.is_some() || deadline.missed > deadlines.first().map_or(0, |first| first.missed) {
                if let Some(spans) = spans.get_mut(current) {
                    spans.push(Span { from, until: Some(deadline.missed) });
                }
                from = Some(deadline.missed);
            }
            current = better;
        } else if let (Some(model), Some(odd), Some(until)) =
            (models.get(current), odd.get_mut(current), until)
        {
            odd.push(Exception {
                from: deadline.missed,
                until,
                start: deadline.start,
                caps: model.latest(until - 1) > deadline.start,
                raises: model.latest(deadline.missed) < deadline.start,
            });
        }
    }
    if models.is_empty() {
        return Vec::from_iter(only_exceptions(deadlines));
    }
    if let Some(spans) = spans.get_mut(current) {
        spans.push(Span { from, until: None });
    }
    let pieces = models.into_iter().zip(spans).zip(odd);
    pieces
        .filter(|((_, spans), _)| !spans.is_empty())
        .map(|((model, spans), exceptions)| Piece { spans, model: Some(model), exceptions })
        .collect()
}

/// When the next one is missed; the last is open.
fn ends(deadlines: &[ScheduledStart]) -> impl Iterator<Item = Option<i64>> {
    deadlines.iter().skip(1).map(|deadline| Some(deadline.missed)).chain([None])
}

/// Whether a model says the first deadline, so that it is the one to begin with.
fn fits_most(model: &Model, deadlines: &[ScheduledStart]) -> bool {
    deadlines.first().is_some_and(|first| model.latest(first.missed) == first.start)
}

/// Where nothing repeats: one exception after the other.
fn only_exceptions(deadlines: &[ScheduledStart]) -> Option<Piece> {
    let first = deadlines.first()?;
    let exceptions = deadlines.iter().zip(ends(deadlines)).map(|(deadline, until)| Exception {
        from: deadline.missed,
        until: until.unwrap_or(i64::MAX),
        start: deadline.start,
        caps: false,
        raises: true,
    });
    let spans = vec![Span { from: Some(first.missed), until: None }];
    Some(Piece { spans, model: None, exceptions: exceptions.collect() })
}
