//! No run has succeeded since the latest start whose deadline has passed.
//!
//! The time of the last success is compared with that start. A count of successes in a look-back would take yesterday's run,
//! repaired today, for today's; and a schedule with holidays has no look-back that is right. What the schedule and its
//! calendar come to is arithmetic on `time()`, see [`crate::slo::latest_start`].

use super::{ABSENT, EVERY_MIN, Shape, before, every, in_seconds, last_seen, reached, seconds};
use crate::gcp::limits;
use crate::gcp::metrics::DAG_RUN_DURATION;
use crate::monitoring::{Combiner, Query};
use crate::promql::{Expr, Operator};
use crate::slo::Duration;
use crate::slo::latest_start::{Exception, Gap, LatestStart, Model, Period, Piece, Progression, Span};
use crate::templates::Facts;

/// How long a metric is on its way: a sample is taken within a minute, and seen two minutes later.
pub const DELAY: Duration =
    Duration::seconds(DAG_RUN_DURATION.visible_after.as_seconds() + DAG_RUN_DURATION.sampled.as_seconds());

/// How long after a deadline somebody is told of a miss, and so the time in which a later run can hide it: the metric's
/// delay, an evaluation, and how long it must last.
pub fn noticed(grace: Option<Duration>) -> Duration {
    DELAY.plus(EVERY_MIN).plus(grace.map_or(ABSENT, |grace| grace.max(ABSENT)))
}

/// What was seen at some times was last seen before the latest start that should have it by now.
///
/// Each piece of the schedule makes a condition, more where a query would be too long; one that holds is enough. Where they
/// would be more than a policy may have, pieces share conditions. `None` where even these are too many.
///
/// Points are kept for `kept`. What is seen after a start is gone some time after it, so a start is asked about for only as
/// long as its answer is sure to be there.
pub fn deadline(times: &Expr, latest: &LatestStart, kept: Duration) -> Option<Shape> {
    let lookback = lookback(latest);
    let remembered = remembered(kept);
    let forgets = (lookback > remembered).then_some(remembered);
    let question = Question { last: last_seen(times, lookback.min(kept)), forgets };
    let queries = question.apart(&latest.pieces).or_else(|| question.together(&latest.pieces))?;
    let every = every(&question.last);
    let twin = queries.iter().cloned().reduce(|one, other| one.then(Operator::Or, other))?;
    Some(Shape {
        facts: Facts::default().with("forgets", forgets),
        hold: Some(ABSENT),
        seen: Some(DELAY.plus(every)),
        conditions: queries.into_iter().map(|query| Query::PromQl { query, every }).collect(),
        combiner: Combiner::Or,
        auto_close: None,
        twin,
    })
}

/// As far back as a sample can count for the latest start, in whole hours and one more.
fn lookback(latest: &LatestStart) -> Duration {
    Duration::hours(latest.longest.unsigned_abs().div_ceil(3_600) + 1)
}

/// For how long what happened is sure to be seen: two days less than it is kept.
pub fn remembered(kept: Duration) -> Duration {
    kept.less(Duration::days(2))
}

/// Whether something was last seen before a start that is not too long ago.
struct Question {
    last: Expr,
    /// How long after a start it is too long ago to say, where the next start may come later.
    forgets: Option<Duration>,
}

impl Question {
    fn about(&self, start: Expr) -> Expr {
        let start = match self.forgets {
            None => start,
            Some(forgets) => {
                let since = minus(Expr::time(), in_seconds(forgets));
                let start = if start.is_vector() { start } else { Expr::call("vector", start) };
                start.then(Operator::Greater, since)
            }
        };
        self.last.clone().then(Operator::Less, start)
    }

    /// Conditions for each piece.
    fn apart(&self, pieces: &[Piece]) -> Option<Vec<Expr>> {
        let mut queries = Vec::new();
        for piece in pieces {
            let room = limits::CONDITIONS_MAX - queries.len();
            queries.extend(self.fitting(piece, room)?.iter().map(|piece| self.about(start_of(piece))));
        }
        Some(queries)
    }

    /// Conditions that follow each other in time, each with what it needs of every piece.
    fn together(&self, pieces: &[Piece]) -> Option<Vec<Expr>> {
        (1..=limits::CONDITIONS_MAX).find_map(|count| {
            let queries: Vec<Expr> = parts_in_time(pieces, count)
                .iter()
                .map(|pieces| self.about(sum(pieces.iter().map(start_of).collect())))
                .collect();
            queries.iter().all(fits).then_some(queries)
        })
    }

    /// The piece, in as many parts as it takes for their queries to fit, but no more than there is room for.
    fn fitting(&self, piece: &Piece, room: usize) -> Option<Vec<Piece>> {
        (1..=room).find_map(|count| {
            let by_time = parts_in_time(std::slice::from_ref(piece), count).concat();
            [by_time, parts_of_starts(piece, count)]
                .into_iter()
                .find(|parts| parts.iter().all(|part| fits(&self.about(start_of(part)))))
        })
    }
}

fn fits(query: &Expr) -> bool {
    query.pretty().chars().count() <= limits::PROMQL_MAX
}

/// What pieces say in so many times that follow each other, each with about as much that does not repeat.
fn parts_in_time(pieces: &[Piece], count: usize) -> Vec<Vec<Piece>> {
    let changes = |piece: &Piece| {
        let exceptions = piece.exceptions.iter().map(|exception| exception.from);
        exceptions.chain(piece.spans.iter().filter_map(|span| span.from)).collect::<Vec<i64>>()
    };
    let mut instants: Vec<i64> = pieces.iter().flat_map(changes).collect();
    instants.sort_unstable();
    instants.dedup();
    let cut = |part: usize| instants.get(instants.len() * part / count).copied();
    let mut parts = Vec::new();
    let mut rest = pieces.to_vec();
    for instant in (1..count).filter_map(cut) {
        let (early, late): (Vec<Piece>, Vec<Piece>) = rest.iter().map(|piece| split(piece, instant)).unzip();
        parts.push(early);
        rest = late;
    }
    parts.push(rest);
    parts.iter_mut().for_each(|part| part.retain(|piece| !piece.spans.is_empty()));
    parts.retain(|part| !part.is_empty());
    parts
}

/// What a piece says before an instant, and from it on.
fn split(piece: &Piece, instant: i64) -> (Piece, Piece) {
    let (early, late) = piece.exceptions.split_at(piece.exceptions.partition_point(|one| one.from < instant));
    let part = |spans: Vec<Span>, exceptions: &[Exception]| Piece {
        spans,
        exceptions: exceptions.to_vec(),
        model: piece.model.clone(),
    };
    (
        part(piece.spans.iter().filter_map(|span| span.until(instant)).collect(), early),
        part(piece.spans.iter().filter_map(|span| span.since(instant)).collect(), late),
    )
}

/// So many pieces, each with a part of the starts that repeat: what is overdue by one of them is overdue.
fn parts_of_starts(piece: &Piece, count: usize) -> Vec<Piece> {
    let Some(model) = &piece.model else { return vec![piece.clone()] };
    let part = |progressions: &[Progression]| Piece {
        model: Some(Model { progressions: progressions.to_vec(), gaps: model.gaps.clone() }),
        ..piece.clone()
    };
    model.progressions.chunks(model.progressions.len().div_ceil(count).max(1)).map(part).collect()
}

/// PromQL tells numbers from series: `clamp_min` takes a series and a number.
enum Value {
    Scalar(Expr),
    Vector(Expr),
}

impl Value {
    fn vector(self) -> Expr {
        match self {
            Value::Scalar(expr) => Expr::call("vector", expr),
            Value::Vector(expr) => expr,
        }
    }

    fn scalar(self) -> Expr {
        match self {
            Value::Scalar(expr) => expr,
            Value::Vector(expr) => Expr::call("scalar", expr),
        }
    }

    fn expr(self) -> Expr {
        match self {
            Value::Scalar(expr) | Value::Vector(expr) => expr,
        }
    }

    fn at_least(self, other: Value) -> Value {
        Value::Vector(Expr::Call("clamp_min", vec![self.vector(), other.scalar()]))
    }

    fn at_most(self, most: Expr) -> Value {
        Value::Vector(Expr::Call("clamp_max", vec![self.vector(), most]))
    }
}

/// The latest start at any time, as one expression: pieces share no instant, and each is 0 outside of its spans.
pub(super) fn start_of_latest(latest: &LatestStart) -> Option<Expr> {
    let starts: Vec<Expr> = latest.pieces.iter().map(start_of).collect();
    if starts.is_empty() {
        return None;
    }
    let all = sum(starts);
    Some(if all.is_vector() { all } else { Expr::call("vector", all) })
}

/// The latest start that a piece knows; 0 outside of its spans.
fn start_of(piece: &Piece) -> Expr {
    let start = match &piece.model {
        Some(model) => with_exceptions(model_start(model), &piece.exceptions),
        None => Value::Scalar(sum(steps(&piece.exceptions))),
    };
    let spans: Vec<Expr> = piece.spans.iter().filter_map(|span| within(*span)).collect();
    match spans.len() == piece.spans.len() {
        true => start.expr().then(Operator::Multiply, sum(spans)),
        false => start.expr(),
    }
}

fn model_start(model: &Model) -> Value {
    let mut ages: Vec<i64> = model.progressions.iter().map(|one| one.age).collect();
    ages.sort_unstable();
    ages.dedup();
    let of_age = |age: i64| model.progressions.iter().filter(move |one| one.age == age);
    let latest = ages.into_iter().filter_map(|age| latest_of(of_age(age), age)).reduce(Value::at_least);
    let latest = latest.unwrap_or(Value::Scalar(Expr::Number(0.0)));
    // No instant is in two gaps of one period, so together they are one cap.
    let periods = model.gaps.chunk_by(|one, next| one.period == next.period);
    periods.fold(latest, |latest, gaps| {
        latest.at_most(gaps.iter().map(|gap| in_gap(*gap)).fold(Expr::time(), minus))
    })
}

/// `time() - (time() - phase) % period - age`: of several of one age, the one that was missed last.
fn latest_of<'a>(progressions: impl Iterator<Item = &'a Progression>, age: i64) -> Option<Value> {
    let elapsed = progressions.map(|one| elapsed(*one)).reduce(|one, other| one.at_most(other.scalar()))?;
    let start = |missed: Expr| if age == 0 { missed } else { minus(missed, seconds(age)) };
    let since = |elapsed: Expr| start(minus(Expr::time(), elapsed));
    Some(match elapsed {
        Value::Scalar(elapsed) => Value::Scalar(since(elapsed)),
        Value::Vector(elapsed) => Value::Vector(since(elapsed)),
    })
}

/// The time since one was missed.
fn elapsed(Progression { period, phase, .. }: Progression) -> Value {
    match period {
        Period::Seconds(period) => Value::Scalar(into_period(phase, period)),
        Period::Month => {
            let since = since(phase);
            let day = Expr::call("day_of_month", Expr::call("vector", since.clone()));
            let days = minus(day, Expr::Number(1.0)).then(Operator::Multiply, 86_400.0);
            Value::Vector(days.then(Operator::Add, since.then(Operator::Modulo, 86_400.0)))
        }
    }
}

/// `(time() - phase) % period`, the phase brought into the first period.
pub(super) fn into_period(phase: i64, period: i64) -> Expr {
    since(phase.rem_euclid(period)).then(Operator::Modulo, seconds(period))
}

pub(super) fn since(phase: i64) -> Expr {
    match phase {
        0 => Expr::time(),
        1.. => minus(Expr::time(), seconds(phase)),
        _ => Expr::time().then(Operator::Add, seconds(-phase)),
    }
}

/// In a gap, the time since the last start before it; 0 outside.
fn in_gap(Gap { period, phase, length, age }: Gap) -> Expr {
    let elapsed = into_period(phase, period);
    let inside = elapsed.clone().then(Operator::LessBool, seconds(length));
    inside.then(Operator::Multiply, elapsed.then(Operator::Add, seconds(age)))
}

fn with_exceptions(start: Value, exceptions: &[Exception]) -> Value {
    let spans = |caps: bool| exceptions.iter().filter(move |one| if caps { one.caps } else { one.raises });
    let during = |one: &Exception| within(Span { from: Some(one.from), until: Some(one.until) });
    let caps = spans(true).filter_map(|one| {
        let since = minus(Expr::time(), seconds(one.start));
        Some(during(one)?.then(Operator::Multiply, since))
    });
    let raises =
        spans(false).filter_map(|one| Some(during(one)?.then(Operator::Multiply, seconds(one.start))));
    let (caps, raises): (Vec<Expr>, Vec<Expr>) = (caps.collect(), raises.collect());
    let capped = match caps.as_slice() {
        [] => start,
        _ => start.at_most(caps.into_iter().fold(Expr::time(), minus)),
    };
    match raises.as_slice() {
        [] => capped,
        _ => capped.at_least(Value::Scalar(sum(raises))),
    }
}

/// One start after the other: each adds its distance to the one before.
fn steps(exceptions: &[Exception]) -> Vec<Expr> {
    let before = [0].into_iter().chain(exceptions.iter().map(|one| one.start));
    let steps = exceptions.iter().zip(before);
    steps
        .map(|(one, before)| reached(one.from).then(Operator::Multiply, seconds(one.start - before)))
        .collect()
}

/// 1 within a span, 0 outside; nothing where it is always.
fn within(span: Span) -> Option<Expr> {
    match (span.from.map(reached), span.until.map(before)) {
        (Some(from), Some(until)) => Some(from.then(Operator::Multiply, until)),
        (one, other) => one.or(other),
    }
}

fn sum(terms: Vec<Expr>) -> Expr {
    terms.into_iter().reduce(|sum, term| sum.then(Operator::Add, term)).unwrap_or(Expr::Number(0.0))
}

pub(super) fn minus(one: Expr, other: Expr) -> Expr {
    one.then(Operator::Subtract, other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcp::Scope;
    use crate::monitoring::shapes::{DagRuns, times_of};
    use crate::slo::Schedule;
    use crate::slo::latest_start::{ScheduledStart, latest_start};

    fn queries(cron: &str, age: i64) -> Vec<String> {
        let schedule = Schedule::parse(cron, "UTC").unwrap();
        let start = |start: &i64| ScheduledStart { start: *start, missed: start + age, offset: 0 };
        let deadlines: Vec<ScheduledStart> = schedule.occurrences().as_seconds().iter().map(start).collect();
        let latest = latest_start(&deadlines, &[]);
        let times = times_of(DagRuns::new(Scope::new("bigfoot-prod", None), "composer", "sales").successes());
        let shape = deadline(&times, &latest, DAG_RUN_DURATION.retention()).unwrap();
        let text = |query: &Query| match query {
            Query::PromQl { query, .. } => query.pretty(),
            other => panic!("{other:?}"),
        };
        shape.conditions.iter().map(text).collect()
    }

    #[test]
    fn a_daily_start_is_one_line_of_arithmetic() {
        insta::assert_snapshot!(queries("0 4 * * *", 9_180).join("\n---\n"));
    }

    #[test]
    fn what_is_too_long_becomes_several_conditions() {
        for (cron, count) in [("*/10 9-18 * * 1-5", 1), ("@quarterly", 1), ("0 0,3,7,12,20 * * 1,3,6", 1)] {
            let queries = queries(cron, 3_600);
            assert!(queries.iter().all(|query| query.chars().count() <= limits::PROMQL_MAX));
            assert_eq!(queries.len(), count, "{cron}: {}", queries.join("\n---\n"));
        }
    }
}
