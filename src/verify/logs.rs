//! GK504, GK507 and GK509: log-based metrics.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{LogMetric, Pipeline};

pub(super) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    pipeline.log_metrics.iter().flat_map(|metric| metric_of(pipeline, metric)).collect()
}

fn metric_of(pipeline: &Pipeline, metric: &LogMetric) -> Vec<Diagnostic> {
    let LogMetric { name, description, filter, labels, .. } = metric;
    let refuse = |code, what: &str, help: &str| {
        let message = format!("the log-based metric `{name}` would have {what}");
        Diagnostic::error(code, message).at(pipeline.places.name, "").help(help.to_owned())
    };
    let named = (!limits::log_metric_name(name)).then(|| {
        let what = format!("a name of other characters, or of more than {}", limits::LOG_METRIC_NAME_MAX);
        refuse(Code::TextTooLong, &what, "give a shorter name")
    });
    let most = limits::LOG_METRIC_DESCRIPTION_MAX;
    let described = (description.chars().count() > most).then(|| {
        refuse(
            Code::TextTooLong,
            &format!("a description of more than {most} characters"),
            "give a shorter name",
        )
    });
    let (length, most) = (filter.to_string().chars().count(), limits::LOG_FILTER_MAX);
    let filtered = (length > most).then(|| {
        let what = format!("a filter of {length} characters, and {most} are the most");
        refuse(Code::FilterTooLong, &what, "shorten the names in it")
    });
    let (number, most) = (labels.len(), limits::LOG_LABELS_MAX);
    let labelled = (number > most).then(|| {
        let what = format!("{number} labels, and {most} are the most");
        refuse(Code::PolicyShape, &what, "this is a mistake in Genkai: please report it")
    });
    [named, described, filtered, labelled].into_iter().flatten().collect()
}
