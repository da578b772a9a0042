//! GK105 and GK106: names of Google Cloud's that have the right form, and are none.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::source::{Node, Span};
use crate::spec::{Kind, MeasuredColumn, regions};

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let environments =
        resolved.project.iter().filter_map(|project| project.tree.at(["spec", "environments"])?.as_mapping());
    let environments = environments.flat_map(|environments| &environments.entries).map(|entry| &entry.value);
    let unknown = environments.flat_map(|environment| {
        let bigquery = environment.get("bigquery").and_then(|bigquery| bigquery.get("location"));
        [environment.get("location").and_then(unknown_region), bigquery.and_then(location_of_bigquery)]
    });
    let unknown = unknown.flatten();
    let checks = resolved.documents.iter().filter(|document| document.kind == Kind::NullRatioCheck);
    let columns = checks.flat_map(|document| {
        columns(document)
            .into_iter()
            .filter_map(|(name, place)| column(name, place))
            .map(|finding| document.tag(finding))
    });
    unknown.chain(columns.collect::<Vec<_>>()).collect()
}

/// A region that Genkai does not know may be younger than Genkai.
fn unknown_region(location: &Node) -> Option<Diagnostic> {
    let written = location.as_str()?;
    if regions::is_known(&written.to_lowercase()) {
        return None;
    }
    let finding =
        Diagnostic::warning(Code::NotAllowed, format!("`{written}` is no region that Genkai knows"));
    Some(
        finding.at(location.span(), "").help(match regions::named(written) {
            Some(region) => format!("did you mean `{region}`?"),
            None => {
                "write a region such as `asia-northeast1`; if Google Cloud has this one, accept the warning"
                    .to_owned()
            }
        }),
    )
}

/// Of BigQuery there are locations of several regions, and some in other clouds, where it keeps nothing.
/// Source: <https://cloud.google.com/bigquery/docs/omni-introduction>.
fn location_of_bigquery(location: &Node) -> Option<Diagnostic> {
    let written = location.as_str()?.to_lowercase();
    if ["us", "eu"].contains(&written.as_str()) {
        return None;
    }
    if !["aws-", "azure-"].iter().any(|cloud| written.starts_with(cloud)) {
        return unknown_region(location);
    }
    let message =
        format!("`{written}` is a location of BigQuery Omni, where no table can hold the history of checks");
    let help = "write `US`, `EU` or a region of Google Cloud, and check a table that is there";
    Some(Diagnostic::error(Code::Malformed, message).at(location.span(), "").help(help))
}

/// The columns that a check names.
fn columns(document: &Effective) -> Vec<(&str, Span)> {
    let measured = document.tree.at(["spec", "columns"]).and_then(Node::as_mapping);
    let measured = measured.into_iter().flat_map(|columns| &columns.entries);
    let partition = document.tree.at(["spec", "partition", "column"]);
    let partition = partition.and_then(|column| Some((column.as_str()?, column.span())));
    measured.map(|entry| (entry.key.as_str(), entry.key_span)).chain(partition).collect()
}

/// What BigQuery's names of columns do not begin with.
const RESERVED: [&str; 6] =
    ["_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER"];
/// The most characters of a column's name.
const LONGEST: usize = 300;
/// The most levels of STRUCTs inside of each other.
const DEEPEST: usize = 15;

/// A name that BigQuery keeps for itself, or that is too long or too deep.
fn column(written: &str, place: Span) -> Option<Diagnostic> {
    let (path, _) = MeasuredColumn::parts(written);
    let fields: Vec<&str> = path.split('.').collect();
    let reserved = fields.iter().find_map(|field| {
        let prefix = RESERVED.iter().find(|prefix| field.to_uppercase().starts_with(**prefix))?;
        Some((field, prefix))
    });
    let error = |message: String, help: &str| {
        Some(Diagnostic::error(Code::Malformed, message).at(place, "").help(help))
    };
    if let Some((field, prefix)) = reserved {
        let message = format!(
            "BigQuery keeps names that begin with `{prefix}` for itself, and no table has a column `{field}`"
        );
        let help =
            "for partitions by time of ingestion, write `partition: {}`; else name a column of the table";
        return error(message, help);
    }
    if let Some(length) = fields.iter().map(|field| field.chars().count()).find(|length| *length > LONGEST) {
        return error(
            format!("a column's name has {LONGEST} characters at most, and this one has {length}"),
            "name a column of the table",
        );
    }
    if fields.len() > DEEPEST {
        let message =
            format!("STRUCTs are {DEEPEST} levels deep at most, and this path has {}", fields.len());
        return error(message, "name a field of the table");
    }
    None
}
