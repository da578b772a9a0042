//! Runs that are missed: the query and the texts take their numbers from here, so that neither says what the other does not.

use crate::diagnostics::{Code, Diagnostic};
use crate::monitoring::shapes::Shape;
use crate::slo::latest_start::LatestStart;
use crate::slo::{Deadline, Due, Duration};
use crate::source::Span;
use crate::spec::{Schedule, Timing, Triggered};
use crate::templates::Facts;
use std::ops::Range;

/// What is seen of the runs of a pipeline.
pub(super) trait Seen {
    /// How late it is seen.
    const DELAY: Duration;

    /// Nothing has been seen since the latest start that should have something by now. `None` where no query holds these.
    fn since_latest_start(&self, latest: &LatestStart) -> Option<Shape>;

    /// Nothing has been seen for `longest`.
    fn silence(&self, longest: Duration, pauses: &[Range<i64>]) -> Shape;

    /// Fewer than `least` runs have been seen within `per`.
    fn too_few(&self, least: u32, per: Duration, pauses: &[Range<i64>]) -> Shape;
}

/// The alert on missed runs.
pub(super) struct Missed {
    pub shape: Shape,
    /// What its texts and the promise may use.
    pub facts: Facts,
    /// The longest time between two runs, where no query holds the starts.
    pub longest: Option<Duration>,
}

/// Something must be seen `after` each run is due. A schedule that no query holds is watched for its longest gap, and that
/// is what is promised then.
pub(super) fn missed(seen: &impl Seen, schedule: &Schedule, due: &Due, after: Duration) -> Option<Missed> {
    let (shape, longest) = match shape(seen, schedule, due, Deadline::Within(after)) {
        Some(shape) => (shape, None),
        None => {
            let longest = due.occurrences().distances(1).last()?.plus(after);
            (silence(seen, longest, &due.pauses(&schedule.timezone)), Some(longest))
        }
    };
    let facts = cadence(schedule).with("after", after).with("longest", longest);
    Some(Missed { shape, facts, longest })
}

/// The shape that suits what starts the runs. `None` where the starts do not fit into queries, or where no clock starts the
/// runs and the deadline is a time of day, which `check` reports.
pub(super) fn shape<S: Seen>(seen: &S, schedule: &Schedule, due: &Due, deadline: Deadline) -> Option<Shape> {
    if let Some(latest) = due.latest_start(deadline, S::DELAY) {
        return seen.since_latest_start(&latest);
    }
    let Deadline::Within(grace) = deadline else { return None };
    let pauses = due.pauses(&schedule.timezone);
    match &schedule.timing {
        Timing::Every(distance) => Some(silence(seen, distance.plus(grace), &pauses)),
        Timing::Triggered(Triggered { at_least, per }) => {
            Some(seen.too_few(*at_least, per.plus(grace).plus(S::DELAY), &pauses))
        }
        Timing::Cron(_) => None,
    }
}

fn silence<S: Seen>(seen: &S, longest: Duration, pauses: &[Range<i64>]) -> Shape {
    seen.silence(longest.plus(S::DELAY), pauses)
}

/// How runs come about.
fn cadence(schedule: &Schedule) -> Facts {
    let (every, at_least, per) = match &schedule.timing {
        Timing::Cron(_) => (None, None, None),
        Timing::Every(distance) => (Some(*distance), None, None),
        Timing::Triggered(triggered) => (None, Some(triggered.at_least), Some(triggered.per)),
    };
    let scheduled = matches!(schedule.timing, Timing::Cron(_));
    Facts::default()
        .with("scheduled", scheduled)
        .with("every", every)
        .with("at_least", at_least)
        .with("per", per)
}

/// A schedule whose starts no query can hold, and what is promised in place of each start.
pub(super) fn too_irregular(longest: Duration, after: Duration, place: Span, schedule: Span) -> Diagnostic {
    let message = format!(
        "no query can hold so irregular a schedule: a missed run is found {longest} after the run before, not {after} after \
         its start"
    );
    Diagnostic::warning(Code::Irregular, message)
        .at(place, "")
        .also(schedule, "whose starts do not repeat")
        .help("let the calendar know fewer years, merge its closed days, or give the pipeline a more regular schedule")
}
