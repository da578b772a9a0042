//! From deadlines to pieces.

use super::model::{Model, Period, Progression, WEEK, into_month};
use super::{Exception, LatestStart, MOST_TERMS, Piece, ScheduledStart, Span};

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
        let Some(repeating) = Repeating::of(era) else { continue };
        for model in offsets.iter().map(|offset| repeating.at_offset(*offset)) {
            if !models.contains(&model) {
                models.push(model);
            }
        }
    }
    models
}

/// What most weeks, or most months, of an era hold, by the local time.
struct Repeating {
    weekly: Vec<(i64, i64)>,
    monthly: Vec<(i64, i64)>,
}

impl Repeating {
    /// `None` where nothing repeats, or too much for any query.
    fn of(era: &[ScheduledStart]) -> Option<Repeating> {
        let (first, last) = (era.first()?, era.last()?);
        let weeks = (last.start - first.start) / WEEK + 1;
        if weeks < WEEKS_TO_TELL {
            return None;
        }
        let in_week = |deadline: &ScheduledStart| {
            ((deadline.missed + deadline.offset).rem_euclid(WEEK), deadline.missed - deadline.start)
        };
        let weekly = Places::frequent(era.iter().map(in_week), weeks);
        let others: Vec<&ScheduledStart> =
            era.iter().filter(|deadline| !weekly.holds(in_week(deadline))).collect();
        let months = weeks * WEEK / (30 * 86_400) + 1;
        // Whatever of so many repeats by the month, or does not, takes more terms than there are.
        if i64::try_from(others.len() / MOST_TERMS).is_ok_and(|terms| terms > months) {
            return None;
        }
        let by_month =
            |ahead| Places::frequent(others.iter().map(|deadline| in_month(deadline, ahead)), months);
        let (from_the_first, from_the_last) = (by_month(0), by_month(86_400));
        let monthly = match from_the_first.count() >= from_the_last.count() {
            true => from_the_first,
            false => from_the_last,
        };
        let (weekly, monthly) = (weekly.into_sorted(), monthly.into_sorted());
        let some = !(weekly.is_empty() && monthly.is_empty());
        // One of a month takes more than twice the room of another term.
        (some && monthly.len() <= MOST_TERMS / 2).then_some(Repeating { weekly, monthly })
    }

    fn at_offset(&self, offset: i64) -> Model {
        let in_utc: Vec<(i64, i64)> =
            self.weekly.iter().map(|(missed, age)| (missed - offset, *age)).collect();
        let mut model = Model::weekly(&in_utc);
        let of_month = |(missed, age): &(i64, i64)| Progression {
            period: Period::Month,
            phase: missed - offset,
            age: *age,
        };
        model.progressions.extend(self.monthly.iter().map(of_month));
        model
    }
}

/// When it is missed, from the beginning of a month, and how long after its start. Counted from the start, whose day is
/// the same in every month: the deadline may be in the next one. With a day `ahead`, days count from the month's end.
fn in_month(deadline: &ScheduledStart, ahead: i64) -> (i64, i64) {
    let age = deadline.missed - deadline.start;
    (into_month(deadline.start + deadline.offset + ahead) - ahead + age, age)
}

/// How often each place occurs. A schedule of every minute has millions, in few thousand places: those of one minute stand
/// together.
struct Places(Vec<Vec<((i64, i64), i64)>>);

/// The minutes of a week.
const MINUTES: usize = 10_080;

impl Places {
    /// The places that more than half of the periods hold.
    fn frequent(places: impl Iterator<Item = (i64, i64)>, periods: i64) -> Places {
        let mut counts = Places(vec![Vec::new(); MINUTES]);
        for place in places {
            let Some(minute) = counts.0.get_mut(minute(place)) else { continue };
            match minute.iter_mut().find(|(known, _)| *known == place) {
                Some((_, count)) => *count += 1,
                None => minute.push((place, 1)),
            }
        }
        counts.0.iter_mut().for_each(|minute| minute.retain(|(_, count)| *count * 2 > periods));
        counts
    }

    fn holds(&self, place: (i64, i64)) -> bool {
        let minute = self.0.get(minute(place));
        minute.is_some_and(|minute| minute.iter().any(|(known, _)| *known == place))
    }

    fn count(&self) -> i64 {
        self.0.iter().flatten().map(|(_, count)| count).sum()
    }

    fn into_sorted(self) -> Vec<(i64, i64)> {
        let mut places: Vec<(i64, i64)> = self.0.into_iter().flatten().map(|(place, _)| place).collect();
        places.sort_unstable();
        places
    }
}

fn minute((at, _): (i64, i64)) -> usize {
    at.div_euclid(60).unsigned_abs() as usize % MINUTES
}

/// Which model holds from when to when, and what it does not say. Empty where that takes too many terms.
fn cover(deadlines: &[ScheduledStart], models: Vec<Model>) -> Vec<Piece> {
    let too_long = |model: &Model| model.terms() > MOST_TERMS;
    if models.is_empty() || models.iter().any(too_long) {
        return Vec::from_iter(only_exceptions(deadlines));
    }
    let mut current = models.iter().position(|model| says_the_first(model, deadlines)).unwrap_or(0);
    let whole = |model| Piece { spans: Vec::new(), model: Some(model), exceptions: Vec::new() };
    let mut pieces: Vec<Piece> = models.into_iter().map(whole).collect();
    let mut from = None;
    let mut terms = 0;
    for (deadline, until) in deadlines.iter().zip(ends(deadlines)) {
        let holds = |model: &Model| {
            model.latest(deadline.missed) == deadline.start
                && until.is_none_or(|until| model.latest(until - 1) == deadline.start)
        };
        let holds = |piece: &Piece| piece.model.as_ref().is_some_and(holds);
        if pieces.get(current).is_some_and(holds) {
            continue;
        }
        terms += 1;
        if terms > MOST_TERMS {
            return Vec::new();
        }
        if let Some(better) = pieces.iter().position(holds) {
            // The first model holds from the beginning of time.
            if from.is_some() || deadline.missed > deadlines.first().map_or(0, |first| first.missed) {
                end(&mut pieces, current, Span { from, until: Some(deadline.missed) });
                from = Some(deadline.missed);
            }
            current = better;
        } else if let (Some(piece), Some(until)) = (pieces.get_mut(current), until) {
            piece.exceptions.extend(exception(piece.model.as_ref(), deadline, until));
        }
    }
    end(&mut pieces, current, Span { from, until: None });
    pieces.retain(|piece| !piece.spans.is_empty());
    pieces
}

/// A piece holds for a span.
fn end(pieces: &mut [Piece], current: usize, span: Span) {
    if let Some(piece) = pieces.get_mut(current) {
        piece.spans.push(span);
    }
}

/// What a model does not say of a deadline, until the next one is missed.
fn exception(model: Option<&Model>, deadline: &ScheduledStart, until: i64) -> Option<Exception> {
    let model = model?;
    Some(Exception {
        from: deadline.missed,
        until,
        start: deadline.start,
        caps: model.latest(until - 1) > deadline.start,
        raises: model.latest(deadline.missed) < deadline.start,
    })
}

/// When the next one is missed; the last is open.
fn ends(deadlines: &[ScheduledStart]) -> impl Iterator<Item = Option<i64>> {
    deadlines.iter().skip(1).map(|deadline| Some(deadline.missed)).chain([None])
}

/// Whether a model says the first deadline, so that it is the one to begin with.
fn says_the_first(model: &Model, deadlines: &[ScheduledStart]) -> bool {
    deadlines.first().is_some_and(|first| model.latest(first.missed) == first.start)
}

/// Where nothing repeats: one exception after the other.
fn only_exceptions(deadlines: &[ScheduledStart]) -> Option<Piece> {
    let first = deadlines.first().filter(|_| deadlines.len() <= MOST_TERMS)?;
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
