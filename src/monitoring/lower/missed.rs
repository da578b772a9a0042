//! Runs that are missed: the query and the texts take their numbers from here, so that neither says what the other does not.

use super::alerting::Settings;
use super::retention;
use crate::diagnostics::{Code, Diagnostic};
use crate::monitoring::shapes::Shape;
use crate::monitoring::shapes::deadline::remembered;
use crate::slo::latest_start::LatestStart;
use crate::slo::{Deadline, Due, Duration};
use crate::source::Span;
use crate::spec::{Schedule, Severity, Timing, Triggered};
use crate::templates::Facts;
use std::ops::Range;

/// What is seen of the runs of a pipeline.
pub(super) trait Seen {
    /// How late it is seen.
    const DELAY: Duration;

    /// Nothing has been seen since the latest start that should have something by now. `None` where no query holds these.
    fn since_latest_start(&self, latest: &LatestStart, kept: Duration) -> Option<Shape>;

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

/// Why there is no shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoShape {
    /// The starts do not fit into queries, or no clock starts the runs and the deadline is a time of day, which `check`
    /// reports.
    DoesNotFit,
    /// It would have to be seen for so long that nothing happened, and what happened is kept for less.
    Forgotten(Duration),
}

/// Something must be seen `after` each run is due. A schedule that no query holds is watched for its longest gap, and that
/// is what is promised then. Points are kept for `kept`.
pub(super) fn missed(
    seen: &impl Seen,
    schedule: &Schedule,
    due: &Due,
    after: Duration,
    kept: Duration,
) -> Result<Missed, NoShape> {
    let (shape, longest) = match shape(seen, schedule, due, Deadline::Within(after), kept) {
        Ok(shape) => (shape, None),
        Err(NoShape::DoesNotFit) => {
            let longest = due.occurrences().distances(1).last().ok_or(NoShape::DoesNotFit)?.plus(after);
            (silence(seen, longest, &due.pauses(&schedule.timezone), kept)?, Some(longest))
        }
        Err(forgotten) => return Err(forgotten),
    };
    let facts = cadence(schedule).with("after", after).with("longest", longest);
    Ok(Missed { shape, facts, longest })
}

/// The shape that suits what starts the runs.
pub(super) fn shape<S: Seen>(
    seen: &S,
    schedule: &Schedule,
    due: &Due,
    deadline: Deadline,
    kept: Duration,
) -> Result<Shape, NoShape> {
    if let Some(latest) = due.latest_start(deadline, S::DELAY) {
        let after = match deadline {
            Deadline::Within(time) => time,
            Deadline::By(time) => Duration::minutes(time.as_minutes().into()),
        };
        sure(after, kept)?;
        return seen.since_latest_start(&latest, kept).ok_or(NoShape::DoesNotFit);
    }
    let Deadline::Within(grace) = deadline else { return Err(NoShape::DoesNotFit) };
    let pauses = due.pauses(&schedule.timezone);
    match &schedule.timing {
        Timing::Every(distance) => silence(seen, distance.plus(grace), &pauses, kept),
        Timing::Triggered(Triggered { at_least, per }) => {
            let per = per.plus(grace);
            sure(per, kept)?;
            Ok(seen.too_few(*at_least, per.plus(S::DELAY), &pauses))
        }
        Timing::Cron(_) => Err(NoShape::DoesNotFit),
    }
}

fn silence<S: Seen>(
    seen: &S,
    longest: Duration,
    pauses: &[Range<i64>],
    kept: Duration,
) -> Result<Shape, NoShape> {
    sure(longest, kept)?;
    Ok(seen.silence(longest.plus(S::DELAY), pauses))
}

/// What happened so long ago is sure to be seen, with a day in which somebody hears of it.
pub(super) fn sure(longest: Duration, kept: Duration) -> Result<(), NoShape> {
    if longest.plus(Duration::days(1)) <= remembered(kept) {
        Ok(())
    } else {
        Err(NoShape::Forgotten(longest))
    }
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

/// A missed run that no alert would tell of, unless nobody wants one.
pub(super) fn not_made(
    reason: NoShape,
    settings: &Settings,
    kept: Duration,
    place: Span,
) -> Option<Diagnostic> {
    let wanted = settings.written.severity.unwrap_or(settings.default) != Severity::None;
    match reason {
        NoShape::Forgotten(longest) if wanted => {
            Some(retention::not_made(settings.alert.key(), longest, kept, place))
        }
        _ => None,
    }
}
