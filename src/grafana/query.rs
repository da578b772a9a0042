//! Queries of the Cloud Monitoring data source (plugin `stackdriver`), as its own code reads them.

use super::{PROJECT, plain};
use crate::dashboards::{SloSelector, Target, TargetQuery};
use crate::gcp::Filter;
use serde_json::{Value, json};

/// Lets the data source choose: a minute below a day, an hour from six days on.
const AUTOMATIC: &str = "cloud-monitoring-auto";

pub(super) fn target(target: &Target, letter: char, datasource: &Value) -> Value {
    let (kind, key, query) = match &target.query {
        TargetQuery::Slo { service, slo, selector, goal } => {
            ("slo", "sloQuery", slo_query(service, slo, *selector, goal.as_fraction()))
        }
        TargetQuery::Events { filter, by } => ("timeSeriesList", "timeSeriesList", events_query(filter, *by)),
    };
    json!({
        "refId": letter.to_string(),
        "datasource": datasource,
        "queryType": kind,
        "aliasBy": plain(&target.alias),
        key: query,
    })
}

/// The back end panics without `alignmentPeriod`, and for a burn rate without `lookbackPeriod`.
fn slo_query(service: &str, slo: &str, selector: SloSelector, goal: f64) -> Value {
    let (name, lookback) = match selector {
        SloSelector::Compliance => ("select_slo_compliance", None),
        SloSelector::BudgetFraction => ("select_slo_budget_fraction", None),
        SloSelector::BurnRate(lookback) => ("select_slo_burn_rate", Some(lookback)),
    };
    let mut query = json!({
        "projectName": PROJECT,
        "serviceId": service,
        "serviceName": service,
        "sloId": slo,
        "sloName": slo,
        "selectorName": name,
        "alignmentPeriod": AUTOMATIC,
        "perSeriesAligner": "ALIGN_NEXT_OLDER",
        "goal": goal,
    });
    if let (Some(query), Some(lookback)) = (query.as_object_mut(), lookback) {
        // Its units end at hours.
        query.insert("lookbackPeriod".to_owned(), format!("{}s", lookback.as_seconds()).into());
    }
    query
}

fn events_query(filter: &Filter, by: Option<&'static str>) -> Value {
    json!({
        "projectName": PROJECT,
        "view": "FULL",
        "filters": filters(filter),
        "crossSeriesReducer": "REDUCE_SUM",
        "perSeriesAligner": "ALIGN_DELTA",
        "alignmentPeriod": AUTOMATIC,
        "groupBys": Vec::from_iter(by),
        "preprocessor": "none",
    })
}

/// A flat list of key, operator, value, `AND`. The data source escapes nothing, so quotes are escaped here; values with
/// `$`, `*` or `AND` alone would be read as something else, and the language's names hold none of them.
fn filters(filter: &Filter) -> Vec<String> {
    let mut flat = Vec::new();
    for (key, value) in filter.terms() {
        if !flat.is_empty() {
            flat.push("AND".to_owned());
        }
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        flat.extend([key.to_owned(), "=".to_owned(), value]);
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcp::metrics::DAG_RUN_COUNT;

    #[test]
    fn filters_are_a_flat_list_whose_values_are_escaped() {
        let filter = Filter::of(&DAG_RUN_COUNT).resource_label("workflow_name", r#"a"b\c"#);
        let flat = filters(&filter);
        assert_eq!(flat.len(), 11);
        assert_eq!(flat[7..], ["AND", "resource.label.workflow_name", "=", r#"a\"b\\c"#]);
    }
}
