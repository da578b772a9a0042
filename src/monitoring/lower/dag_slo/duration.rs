//! The longest that a run may take.

use super::Dag;
use crate::monitoring::choose_duration;
use crate::monitoring::shapes;
use crate::monitoring::stack::{Alert, Promise, Signal};
use crate::spec::{LongestRun, Severity};
use crate::templates::{Facts, TemplateError};

/// Where the objective stands in a document.
const DURATION: [&str; 3] = ["spec", "objectives", "duration"];

pub(super) fn lower(dag: Dag<'_>, promised: &LongestRun) -> Result<Promise, TemplateError> {
    let shape = shapes::slow_run(dag.runs, promised.under);
    let facts = Facts::default().with("under", promised.under);
    let (statement, facts) = dag.promised("dag-slo/promise-duration.md", facts)?;
    let policy = dag.policy(Alert::Duration, Severity::Ticket, shape, &facts)?;
    Ok(Promise {
        id: "duration",
        statement,
        objective: None,
        decision: choose_duration(),
        slo: None,
        policies: policy.into_iter().collect(),
        log_metric: None,
        signal: Signal::Values { filter: dag.runs.durations(), highest: promised.under.as_seconds() },
        span: dag.effective.span(&DURATION),
    })
}
