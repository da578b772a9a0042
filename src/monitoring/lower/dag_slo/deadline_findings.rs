//! What a deadline says and cannot mean: GK204, GK401, GK403 and GK507.

use super::super::missed::NoShape;
use super::super::retention;
use super::Dag;
use super::findings::highest_target_with_one;
use crate::diagnostics::{Code, Diagnostic};
use crate::monitoring::shapes::deadline::noticed;
use crate::resolve::Effective;
use crate::slo::{Budget, Deadline, Due, Duration, KNOWN, Ratio};
use crate::source::Span;
use std::ops::Range;

/// A year of starts tells what a deadline means.
const A_YEAR: Range<i64> = KNOWN.start..KNOWN.start + 366 * 86_400;

/// A deadline before its start is a mistake. One that is told of after the next start is weaker than it looks: a success of
/// that run resolves the alert before it fires.
pub(super) fn deadline(
    dag: Dag<'_>,
    due: &Due,
    deadline: Deadline,
    grace: Option<Duration>,
    path: &[&str],
) -> Option<Diagnostic> {
    let noticed = noticed(grace);
    let starts = due.due_starts(A_YEAR)?;
    let key = match deadline {
        Deadline::By(_) => "by",
        Deadline::Within(_) => "within",
    };
    let path: Vec<&str> = path.iter().copied().chain([key]).collect();
    let place = dag.effective.span(&path);
    let schedule = dag.effective.span(&["spec", "schedule"]);
    let early = starts.iter().find(|start| due.deadline(**start, deadline).is_some_and(|by| by <= **start));
    if let Some(start) = early {
        return Some(before_the_start(due, *start, deadline, place, schedule));
    }
    let told = noticed.as_seconds().cast_signed();
    let next = starts.iter().zip(starts.iter().skip(1));
    let mut late =
        next.filter(|(start, next)| due.deadline(**start, deadline).is_some_and(|by| by + told > **next));
    let (start, next) = late.next()?;
    Some(after_the_next_start(next - start, noticed, deadline, place, schedule))
}

fn before_the_start(due: &Due, start: i64, deadline: Deadline, place: Span, schedule: Span) -> Diagnostic {
    let clock = due.schedule().map_or_else(String::new, |schedule| {
        let local = schedule.local(start);
        format!("{:02}:{:02}", local.hour(), local.minute())
    });
    let (message, help) = match deadline {
        Deadline::By(time) => {
            let next_day = time.as_minutes() + 1_440;
            (
                format!("the deadline {time} is not after {clock}, when a run starts"),
                format!(
                    "give a time after {clock}, or, for the next day, `by: \"{:02}:{:02}\"`",
                    next_day / 60,
                    next_day % 60
                ),
            )
        }
        Deadline::Within(_) => {
            ("the deadline is the start itself".to_owned(), "give a longer time".to_owned())
        }
    };
    Diagnostic::error(Code::BadDeadline, message)
        .at(place, "")
        .also(schedule, format!("a run starts at {clock}"))
        .help(help)
}

fn after_the_next_start(
    gap: i64,
    noticed: Duration,
    deadline: Deadline,
    place: Span,
    schedule: Span,
) -> Diagnostic {
    let gap = Duration::seconds(gap.unsigned_abs());
    let written = match deadline {
        Deadline::By(time) => format!("{time}"),
        Deadline::Within(time) => format!("{time}"),
    };
    let message = format!(
        "the deadline, {written}, and the {noticed} until an alert fires end after the next start, so a success of that run \
         counts for both"
    );
    let accept = "accept that one missed run may go unseen";
    let help = match gap.less(noticed).as_seconds() / 60 {
        0 => accept.to_owned(),
        minutes => format!("promise a success within {} at most, or {accept}", Duration::minutes(minutes)),
    };
    Diagnostic::warning(Code::DeadlineAfterNext, message)
        .at(place, "")
        .also(schedule, format!("two starts are {gap} apart"))
        .help(help)
}

/// A target that no missed deadline fits in is legitimate, but rarely what its author means.
pub(super) fn no_miss_allowed(
    effective: &Effective,
    budget: &Budget,
    path: &[&str; 3],
) -> Option<Diagnostic> {
    let Budget { target, window, events, allowed } = *budget;
    if allowed > 0 || target == Ratio::WHOLE {
        return None;
    }
    let [spec, objectives, key] = path;
    let fewest = events.fewest;
    let starts = match fewest {
        0 => format!("{window} may pass without a start, which"),
        _ => format!("{target} of {fewest} starts in {window}"),
    };
    let message = format!("{starts} allows no missed deadline: {target} cannot be told from 100%");
    let help = match highest_target_with_one(fewest) {
        Some(target) => format!("write `target: {target}` to allow one, or lengthen the window"),
        None => "lengthen the window until it holds several starts, or write `target: 100%`".to_owned(),
    };
    Some(
        Diagnostic::warning(Code::NoFailureAllowed, message)
            .at(effective.span(&[spec, objectives, key, "target"]), "")
            .also(effective.span(&["spec", "schedule"]), "this often")
            .help(help),
    )
}

/// Why there is no alert on a deadline.
pub(super) fn no_shape(
    dag: Dag<'_>,
    due: &Due,
    reason: NoShape,
    kept: Duration,
    path: &[&str],
) -> Option<Diagnostic> {
    match reason {
        NoShape::DoesNotFit => too_irregular(dag, due, path),
        NoShape::Forgotten(longest) => Some(retention::too_long(longest, kept, dag.effective.span(path))),
    }
}

/// A schedule whose starts no query can hold.
fn too_irregular(dag: Dag<'_>, due: &Due, path: &[&str]) -> Option<Diagnostic> {
    due.schedule()?;
    let message =
        "the schedule and its calendar are too irregular for a deadline: the query would be too long";
    Some(
        Diagnostic::error(Code::FilterTooLong, message)
            .at(dag.effective.span(path), "")
            .also(dag.effective.span(&["spec", "schedule"]), "whose starts do not repeat")
            .help("let the calendar know fewer years, merge its closed days, or give the DAG a more regular schedule"),
    )
}
