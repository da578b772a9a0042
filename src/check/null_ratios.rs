//! GK109, GK420, GK422, GK423, GK425 and GK428: what a NullRatioCheck says and BigQuery cannot do.

use crate::diagnostics::{Code, Diagnostic};
use crate::nulls::{Condition, Left};
use crate::resolve::{Effective, Resolved};
use crate::slo::Duration;
use crate::source::{Entry, Layer, Node};
use crate::spec::{Kind, MeasuredColumn};
use std::collections::BTreeMap;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for document in resolved.documents.iter().filter(|document| document.kind == Kind::NullRatioCheck) {
        let mut of_document = repeated_columns(document);
        of_document.extend(columns(document).flat_map(|column| column_misfits(document, column)));
        of_document.extend(partition_misfits(document));
        of_document.extend(condition(document));
        findings.extend(of_document.into_iter().map(|finding| document.tag(finding)));
        findings.extend(without_bigquery(document, resolved));
    }
    findings
}

fn misfit(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::Misfit, message)
}

fn columns(document: &Effective) -> impl Iterator<Item = &Entry> {
    let columns = document.tree.at(["spec", "columns"]).and_then(Node::as_mapping);
    columns.into_iter().flat_map(|columns| &columns.entries)
}

/// BigQuery's names are the same in capitals, but not those in a JSON value.
fn repeated_columns(document: &Effective) -> Vec<Diagnostic> {
    let mut known: BTreeMap<String, &Entry> = BTreeMap::new();
    let mut findings = Vec::new();
    for column in columns(document) {
        let (name, json) = MeasuredColumn::parts(&column.key);
        let first =
            known.entry(format!("{}:{}", name.to_lowercase(), json.unwrap_or_default())).or_insert(column);
        if !std::ptr::eq(*first, column) {
            let message = format!("`{}` and `{}` are the same column", first.key, column.key);
            findings.push(
                Diagnostic::error(Code::RepeatedColumn, message)
                    .at(column.key_span, "the second")
                    .also(first.key_span, "the first")
                    .help(
                        "write all limits of a column below one name; BigQuery does not tell capitals apart",
                    ),
            );
        }
    }
    findings
}

fn column_misfits(document: &Effective, column: &Entry) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let counts = column.value.get("counts");
    if let Some(counts) = counts.filter(|counts| {
        MeasuredColumn::parts(&column.key).1.is_some() && counts.as_str() == Some("nullsAndEmpty")
    }) {
        findings.push(
            misfit("a path into JSON has no lists to be empty")
                .at(counts.span(), "")
                .also(column.key_span, "a path into JSON")
                .help("leave `counts` out: what counts is that the path leads to nothing or to JSON's null"),
        );
    }
    let Some(rise) = column.value.entry("rise") else { return findings };
    if document.tree.at(["spec", "partition"]).is_none() {
        findings.push(
            misfit("`rise` needs `partition`")
                .at(rise.key_span, "without data days there is none to compare with")
                .help("add `partition:` to `spec`, or promise `atMost` alone"),
        );
    }
    let over = rise.value.get("over");
    let length = over.and_then(Node::as_str).and_then(Duration::parse);
    if let Some((over, length)) = over.zip(length).filter(|(_, length)| length.as_whole_days().is_none()) {
        let days = length.as_seconds().div_ceil(86_400);
        findings.push(
            Diagnostic::error(Code::BadBaseline, format!("{length} is no whole number of days"))
                .at(over.span(), "")
                .help(format!("data days are compared; write `{days}d`")),
        );
    }
    findings
}

fn partition_misfits(document: &Effective) -> Vec<Diagnostic> {
    let Some(partition) = document.tree.at(["spec", "partition"]).filter(|node| node.as_mapping().is_some())
    else {
        return Vec::new();
    };
    let table = ["spec", "table"];
    let wildcard = document.text(&table).is_some_and(|table| table.ends_with('*'));
    let column = partition.entry("column");
    let mut findings = Vec::new();
    if let Some(column) = column.filter(|_| wildcard) {
        findings.push(
            misfit("a wildcard's data days are the ends of its tables' names")
                .at(column.key_span, "")
                .also(document.span(&table), "each table is a day, `YYYYMMDD`")
                .help("leave `column` out, or name one table"),
        );
    }
    if let Some(kind) = partition.entry("type").filter(|_| column.is_none()) {
        findings.push(
            misfit("`type` says nothing without `column`")
                .at(kind.key_span, "of which column?")
                .help("add `column:` with the column that the table is partitioned by, or leave `type` out"),
        );
    }
    findings.extend(partition.get("timezone").filter(|_| column.is_none() && !wildcard).and_then(|zone| {
        let written = zone.as_str().filter(|zone| !["UTC", "Etc/UTC"].contains(zone))?;
        let label = match zone.origin.layer {
            Layer::Default => "without `column`; the time zone is the Project's default",
            _ => "without `column`",
        };
        let place = document.span(&["spec", "partition"]);
        let finding = misfit(format!("partitions by time of ingestion are days of UTC, not of {written}"));
        let finding = match zone.origin.layer {
            Layer::Default => finding.at(place, label),
            _ => finding.at(zone.span(), label),
        };
        Some(finding.help("write `timezone: UTC`, or name a column that the table is partitioned by"))
    }));
    findings
}

fn condition(document: &Effective) -> Vec<Diagnostic> {
    let written = document.tree.at(["spec", "where"]);
    let text = written.and_then(|node| node.as_str()).filter(|text| !text.is_empty());
    let Some((written, text)) = written.zip(text) else { return Vec::new() };
    match Condition::parse(text) {
        Ok(condition) => {
            let senseless = condition.nonsense().into_iter().map(|found| {
                Diagnostic::warning(Code::Senseless, found.message)
                    .at(written.span_of(found.at), "")
                    .help(found.help)
            });
            let decided = columns(document).filter_map(|column| decided(&condition, written, column));
            senseless.chain(decided).collect()
        }
        Err(error) => vec![
            Diagnostic::error(Code::BadCondition, error.message)
                .at(written.span_of(error.at), error.label)
                .help(error.help),
        ],
    }
}

/// A column whose ratio the condition decides, whatever the data is.
fn decided(condition: &Condition, written: &Node, column: &Entry) -> Option<Diagnostic> {
    let (name, json) = MeasuredColumn::parts(&column.key);
    // An empty list and a path in JSON are other things than NULL.
    if json.is_some() || column.value.get("counts").is_some() {
        return None;
    }
    let (message, label) = match condition.left_of(name)? {
        Left::NoNull => ("`where` leaves no NULL of a measured column", "0% for ever"),
        Left::OnlyNulls => ("`where` leaves only NULLs of a measured column", "100% for ever"),
    };
    let finding = Diagnostic::warning(Code::Senseless, message)
        .at(written.span(), "")
        .also(column.key_span, label)
        .help(format!("take `{name}` out of `where`, or out of `columns`"));
    Some(finding)
}

fn without_bigquery(document: &Effective, resolved: &Resolved) -> Vec<Diagnostic> {
    let environments = resolved.project.iter().flat_map(|project| &project.project.spec.environments);
    let missing = environments
        .filter(|(name, environment)| document.environments.contains(name) && environment.bigquery.is_none());
    missing
        .map(|(name, _)| {
            Diagnostic::error(Code::NoBigQuery, format!("`{name}` does not say where NULL-ratio checks run"))
                .at(document.span(&["spec", "table"]), "which location, and which dataset keeps the history?")
                .help(format!(
                    "add `bigquery: {{location: …, dataset: …}}` to `{name}` in the Project, or compile the check for \
                     other `environments`"
                ))
                .in_environment(name.as_str())
        })
        .collect()
}
