//! GK507: scheduled queries.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::Pipeline;

pub(super) fn check(pipeline: &Pipeline) -> Option<Diagnostic> {
    let script = &pipeline.scheduled_query.as_ref()?.script;
    let (length, most) = (script.print().chars().count(), limits::SQL_MAX);
    (length > most).then(|| {
        let message = format!("the query would have {length} characters, and BigQuery accepts {most}");
        Diagnostic::error(Code::FilterTooLong, message)
            .at(pipeline.places.name, "")
            .help("shorten `where`, or divide the columns among several checks")
    })
}
