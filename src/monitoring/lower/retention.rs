//! GK411: what Cloud Monitoring no longer keeps cannot be counted, and its absence says nothing.

use super::Context;
use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::gcp::metrics::Metric;
use crate::resolve::Effective;
use crate::slo::Duration;
use crate::source::Span;

const HELP: &str =
    "if Cloud Monitoring keeps these metrics for longer, say so in the Project with `metricRetention`";

impl Context<'_> {
    /// How far back the points of a metric can be read by an alert: a query's look-back counts the time for which its
    /// condition holds, which is less than a day.
    pub(super) fn kept(self, metric: &Metric) -> Duration {
        let known = self.project.project.spec.metric_retention;
        let readable = limits::PROMQL_LOOKBACK_MAX.less(Duration::days(1));
        known.unwrap_or_else(|| metric.retention()).min(readable)
    }
}

/// What of a window can be counted, and a warning where that is not all of it.
pub(super) fn counted(
    window: Duration,
    kept: Duration,
    effective: &Effective,
    path: &[&str],
) -> (Duration, Option<Diagnostic>) {
    if window <= kept {
        return (window, None);
    }
    let message = format!(
        "a window of {window} cannot be seen whole: metrics can be read for {kept}, so the promise is counted over {kept}"
    );
    let finding =
        Diagnostic::warning(Code::Forgotten, message).at(effective.span(path), effective.label(path));
    (kept, Some(finding.help(format!("give a window of {kept} or less, or, {HELP}"))))
}

/// An alert that is not made, since after so long nothing says whether there was none or it is forgotten.
pub(super) fn not_made(alert: &str, longest: Duration, kept: Duration, place: Span) -> Diagnostic {
    let message = format!(
        "the alert `{alert}` is not made: what was not seen for {longest} may be forgotten, as metrics can be read for {kept}"
    );
    Diagnostic::warning(Code::Forgotten, message).at(place, "").help(HELP)
}

/// A promise that nothing can keep watch over for the same reason.
pub(super) fn too_long(longest: Duration, kept: Duration, place: Span) -> Diagnostic {
    let message = format!(
        "{longest} cannot be watched: metrics can be read for {kept}, so what was not seen may be forgotten"
    );
    Diagnostic::error(Code::Forgotten, message)
        .at(place, "")
        .help(format!("promise a shorter time, or, {HELP}"))
}
