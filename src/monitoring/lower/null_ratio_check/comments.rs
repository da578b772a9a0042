//! What stands above the parts of a check's script, and what its alerts say of it.

use crate::monitoring::stack::Pipeline;
use crate::nulls::{Check, DataDays, Table};
use crate::slo::TransferSchedule;
use crate::spec::Name;
use crate::sql::Comments;
use crate::templates::{Facts, TemplateError, Texts};

/// The full name of a table.
pub(super) fn full_name(table: &Table) -> String {
    format!("{}.{}.{}{}", table.project, table.dataset, table.name, if table.wildcard { "*" } else { "" })
}

/// The full name of a check's table.
pub(super) fn table(check: &Check) -> String {
    full_name(&check.table)
}

/// The columns and their limits, each on a line as a spec writes them: no word of any language is in them.
pub(super) fn limits(check: &Check) -> Vec<String> {
    check.columns.iter().map(|column| format!("{}: {}", column.name, column.limits())).collect()
}

/// The schedule in words.
pub(super) fn schedule(
    texts: Texts<'_>,
    transfer: &TransferSchedule,
    time_zone: &str,
) -> Result<String, TemplateError> {
    let facts = Facts::default()
        .with("written", transfer.written.as_str())
        .with("local", transfer.local.clone())
        .with("timezone", time_zone);
    texts.line("null-ratio-check/schedule.md", &facts)
}

/// The comments of the script.
pub(super) fn comments(
    texts: Texts<'_>,
    check: &Check,
    transfer: &TransferSchedule,
    pipeline: &Pipeline,
    environment: &Name,
) -> Result<Comments, TemplateError> {
    let by = match &check.data_days {
        None => "none",
        Some(DataDays::Date(_) | DataDays::DateTime(_) | DataDays::Timestamp(_)) => "column",
        Some(DataDays::Ingestion) => "ingestion",
        Some(DataDays::Suffix) => "suffix",
    };
    let partition = match &check.data_days {
        Some(DataDays::Date(path) | DataDays::DateTime(path) | DataDays::Timestamp(path)) => path.0.join("."),
        _ => String::new(),
    };
    let facts = Facts::default()
        .with("spec", pipeline.reference())
        .with("source", pipeline.source.as_str())
        .with("environment", environment.as_str())
        .with("owner", pipeline.owner.as_str())
        .with("table", table(check))
        .with("days_by", by)
        .with("partition", partition)
        .with("timezone", check.time_zone.as_str())
        .with("delay", check.delay)
        .with("written", transfer.written.as_str())
        .with("limits", limits(check))
        .with("columns", check.columns.len() as u64)
        .with("has_rise", check.columns.iter().any(|column| column.rise.is_some()))
        .with("closes", !check.open.closed.is_empty())
        .with("condition", check.condition.is_some())
        .with("min_rows", check.min_rows)
        .with("empty", check.empty.name())
        .with("most_days", Check::MOST_DAYS)
        .with("reach", check.reach());
    let mut blocks = texts.blocks("null-ratio-check/script.md", &facts)?;
    Ok(Comments {
        script: blocks.text("script")?,
        variables: blocks.text("variables")?,
        days: blocks.text("days")?,
        due: blocks.text("due")?,
        scan: blocks.text("scan")?,
        judgement: blocks.text("judgement")?,
        outcome: blocks.text("outcome")?,
    })
}
