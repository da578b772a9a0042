//! Queries of the BigQuery data source (plugin `grafana-bigquery-datasource`), as its own code reads them: `src/types.ts` and
//! `pkg/bigquery` of <https://github.com/grafana/google-bigquery-datasource>.

use super::{Datasource, variables};
use crate::sql::Query;
use serde::Serialize;

/// The plugin's ID.
pub(super) const PLUGIN: &str = "grafana-bigquery-datasource";

pub(super) const DATASOURCE: Datasource = Datasource { kind: PLUGIN, uid: variables::BIGQUERY };

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetJson<'a> {
    ref_id: char,
    datasource: Datasource,
    /// What the query says is final: no builder may rewrite it.
    editor_mode: &'static str,
    raw_query: bool,
    /// Of time series, whose first column is the time, or of a table.
    format: u32,
    location: &'a str,
    raw_sql: String,
}

pub(super) fn target<'a>(letter: char, query: &Query, location: &'a str, over_time: bool) -> TargetJson<'a> {
    TargetJson {
        ref_id: letter,
        datasource: DATASOURCE,
        editor_mode: "code",
        raw_query: true,
        format: u32::from(!over_time),
        location,
        raw_sql: query.print(),
    }
}
