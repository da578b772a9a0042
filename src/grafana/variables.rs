//! The variables of a dashboard: where it asks, and about which project.

use super::bigquery;
use crate::dashboards::Dashboard;
use serde::Serialize;

/// Optional fields are those of one type of variable only.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Variable<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    label: &'static str,
    query: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<u32>,
    hide: u32,
    #[serde(flatten)]
    choice: Option<Choice>,
    skip_url_sync: bool,
}

/// What a variable with several values has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Choice {
    include_all: bool,
    multi: bool,
    options: [(); 0],
    regex: &'static str,
}

/// The uses of the dashboard's own variables. Text that looks like one is kept from being one by [`super::plain`].
pub(super) const DATASOURCE: &str = "${datasource}";
pub(super) const BIGQUERY: &str = "${bigquery}";
pub(super) const PROJECT: &str = "$project";

/// The variables of a dashboard.
pub(super) fn of(dashboard: &Dashboard) -> Vec<Variable<'_>> {
    let mut variables = vec![data_source("datasource", "Data source", "stackdriver")];
    if dashboard.asks_bigquery {
        variables.push(data_source("bigquery", "BigQuery", bigquery::PLUGIN));
    }
    variables.push(project(&dashboard.project_id));
    variables
}

fn data_source(name: &'static str, label: &'static str, plugin: &'static str) -> Variable<'static> {
    Variable {
        kind: "datasource",
        name,
        label,
        query: plugin,
        refresh: Some(1),
        hide: 0,
        choice: Some(Choice { include_all: false, multi: false, options: [], regex: "" }),
        skip_url_sync: false,
    }
}

fn project(project_id: &str) -> Variable<'_> {
    Variable {
        kind: "constant",
        name: "project",
        label: "Project",
        query: project_id,
        refresh: None,
        hide: 2,
        choice: None,
        skip_url_sync: true,
    }
}
