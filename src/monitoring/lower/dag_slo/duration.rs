//! The longest that a run may take.

use super::Dag;
use crate::gcp::limits;
use crate::monitoring::choose_duration;
use crate::monitoring::shapes;
use crate::monitoring::stack::{Alert, Promise, Signal};
use crate::slo::Occurrences;
use crate::spec::{LongestRun, Severity};
use crate::templates::{Facts, TemplateError};

/// Where the objective stands in a document.
const DURATION: [&str; 3] = ["spec", "objectives", "duration"];

pub(super) fn lower(
    dag: Dag<'_>,
    promised: &LongestRun,
    due: &Occurrences,
) -> Result<Promise, TemplateError> {
    // By the next run at the earliest there is something new to say.
    let gap = due.distances(1).first().copied().or_else(|| due.expected_within());
    let gap = gap.unwrap_or(limits::AUTO_CLOSE_MAX).clamp(limits::AUTO_CLOSE_MIN, limits::AUTO_CLOSE_MAX);
    let shape = shapes::slow_run(dag.runs, promised.under, gap);
    let facts = Facts::default().with("under", promised.under);
    let statement = dag.alerting.context.texts.line("dag-slo/promise-duration.md", &facts)?;
    let facts = facts.with("promise", statement.as_str());
    let policy = dag.policy(Alert::Duration, Severity::Ticket, shape, &facts)?;
    Ok(Promise {
        id: "duration",
        statement,
        objective: None,
        decision: choose_duration(),
        slo: None,
        policies: policy.into_iter().collect(),
        signal: Signal::Values { filter: dag.runs.durations(), highest: promised.under.as_seconds() },
        span: dag.effective.span(&DURATION),
    })
}
