//! Queries of the Cloud Monitoring data source (plugin `stackdriver`), as its own code reads them.

use super::variables::{self, PROJECT};
use super::{Datasource, plain};
use crate::dashboards::{CloudMonitoringQuery, SloSelector, Target};
use crate::gcp::{Filter, Value};
use crate::slo::Duration;
use serde::Serialize;
use std::borrow::Cow;

pub(super) const DATASOURCE: Datasource = Datasource { kind: "stackdriver", uid: variables::DATASOURCE };

/// Lets the data source choose: a minute below a day, an hour from six days on.
const AUTOMATIC: &str = "cloud-monitoring-auto";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetJson<'a> {
    ref_id: char,
    datasource: Datasource,
    query_type: &'static str,
    alias_by: Cow<'a, str>,
    #[serde(flatten)]
    query: Query<'a>,
    #[serde(rename = "promQLQuery", skip_serializing_if = "Option::is_none")]
    promql: Option<PromQlQuery<'a>>,
}

/// A query stands below a key that says what it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Query<'a> {
    SloQuery(SloQuery<'a>),
    TimeSeriesList(EventsQuery),
}

pub(super) fn target<'a>(
    target: &'a Target,
    asked: &'a CloudMonitoringQuery,
    letter: char,
) -> TargetJson<'a> {
    let (query_type, query) = match asked {
        CloudMonitoringQuery::Slo { service, slo, selector, goal } => {
            ("slo", Query::SloQuery(slo_query(service, slo, *selector, goal.as_fraction())))
        }
        CloudMonitoringQuery::Events { filter, by } => {
            ("timeSeriesList", Query::TimeSeriesList(events_query(filter, *by)))
        }
        CloudMonitoringQuery::Highest { filter, by } => {
            ("timeSeriesList", Query::TimeSeriesList(highest_query(filter, *by)))
        }
        CloudMonitoringQuery::PromQl { expression, step } => {
            return promql(target, letter, expression, *step);
        }
    };
    TargetJson {
        ref_id: letter,
        datasource: DATASOURCE,
        query_type,
        alias_by: plain(&target.alias),
        query,
        promql: None,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PromQlQuery<'a> {
    project_name: &'static str,
    expr: &'a str,
    step: String,
}

/// The data source takes a target with `promQLQuery` alone for one of an old version, and asks nothing (grafana#128253); with
/// a query of the other kind beside it, which is not asked, it does what it should.
fn promql<'a>(target: &'a Target, letter: char, expression: &'a str, step: Duration) -> TargetJson<'a> {
    let nothing = events_query_of(Vec::new(), None);
    TargetJson {
        ref_id: letter,
        datasource: DATASOURCE,
        query_type: "promQL",
        alias_by: plain(&target.alias),
        query: Query::TimeSeriesList(nothing),
        promql: Some(PromQlQuery {
            project_name: PROJECT,
            expr: expression,
            step: format!("{}s", step.as_seconds()),
        }),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SloQuery<'a> {
    project_name: &'static str,
    service_id: &'a str,
    service_name: &'a str,
    slo_id: &'a str,
    slo_name: &'a str,
    selector_name: &'static str,
    alignment_period: &'static str,
    per_series_aligner: &'static str,
    goal: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lookback_period: Option<String>,
}

/// The back end panics without `alignmentPeriod`, and for a burn rate without `lookbackPeriod`.
fn slo_query<'a>(service: &'a str, slo: &'a str, selector: SloSelector, goal: f64) -> SloQuery<'a> {
    let (name, lookback) = match selector {
        SloSelector::Compliance => ("select_slo_compliance", None),
        SloSelector::BudgetFraction => ("select_slo_budget_fraction", None),
        SloSelector::BurnRate(lookback) => ("select_slo_burn_rate", Some(lookback)),
    };
    SloQuery {
        project_name: PROJECT,
        service_id: service,
        service_name: service,
        slo_id: slo,
        slo_name: slo,
        selector_name: name,
        alignment_period: AUTOMATIC,
        per_series_aligner: "ALIGN_NEXT_OLDER",
        goal,
        // Its units end at hours.
        lookback_period: lookback.map(|lookback| format!("{}s", lookback.as_seconds())),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventsQuery {
    project_name: &'static str,
    view: &'static str,
    filters: Vec<String>,
    cross_series_reducer: &'static str,
    per_series_aligner: &'static str,
    alignment_period: &'static str,
    group_bys: Vec<&'static str>,
    preprocessor: &'static str,
}

fn events_query(filter: &Filter, by: Option<&'static str>) -> EventsQuery {
    events_query_of(filters(filter), by)
}

fn events_query_of(filters: Vec<String>, by: Option<&'static str>) -> EventsQuery {
    EventsQuery {
        project_name: PROJECT,
        view: "FULL",
        filters,
        cross_series_reducer: "REDUCE_SUM",
        per_series_aligner: "ALIGN_DELTA",
        alignment_period: AUTOMATIC,
        group_bys: Vec::from_iter(by),
        preprocessor: "none",
    }
}

fn highest_query(filter: &Filter, by: Option<&'static str>) -> EventsQuery {
    EventsQuery {
        cross_series_reducer: "REDUCE_MAX",
        per_series_aligner: "ALIGN_MAX",
        ..events_query(filter, by)
    }
}

/// A flat list of key, operator, value, `AND`. The data source escapes nothing, so quotes are escaped here; values with
/// `$`, `*` or `AND` alone would be read as something else, and the language's names hold none of them.
fn filters(filter: &Filter) -> Vec<String> {
    let mut flat = Vec::new();
    for (key, value) in filter.terms() {
        if !flat.is_empty() {
            flat.push("AND".to_owned());
        }
        // A `*` at the end is read as "begins so".
        let (operator, text, more) = match value {
            Value::Is(text) => ("=", text, ""),
            Value::Begins(text) => ("=", text, "*"),
            Value::Matches(text) => ("=~", text, ""),
        };
        let value = text.replace('\\', "\\\\").replace('"', "\\\"") + more;
        flat.extend([key.to_owned(), operator.to_owned(), value]);
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcp::Scope;
    use crate::gcp::metrics::DAG_RUN_COUNT;

    #[test]
    fn filters_are_a_flat_list_whose_values_are_escaped() {
        let filter = Scope::new("p", None).filter(&DAG_RUN_COUNT).resource_label("workflow_name", r#"a"b\c"#);
        let flat = filters(&filter);
        assert_eq!(flat.len(), 15);
        assert_eq!(flat[11..], ["AND", "resource.label.workflow_name", "=", r#"a\"b\\c"#]);
    }
}
