//! What types cannot say: the layout, what Grafana's dashboard linter demands, what the data source needs, and that no
//! text of a spec becomes a variable.

use super::{DASHBOARDS, dashboard};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The linter's units, as far as a pipeline has use for them.
const UNITS: [&str; 7] = ["none", "percentunit", "short", "s", "dtdurations", "bytes", "dateTimeFromNow"];

/// Everything that is wrong with a dashboard.
fn faults(dashboard: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    let uid = dashboard["uid"].as_str().unwrap();
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    expect((8..=40).contains(&uid.len()) && uid.chars().all(plain), format!("uid {uid}"));
    expect(dashboard["editable"] == json!(false), "editable".to_owned());

    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let named = |name: &str| variables.iter().find(|variable| variable["name"] == name);
    let source =
        named("datasource").map(|variable| (&variable["type"], &variable["label"], &variable["query"]));
    let expected = (&json!("datasource"), &json!("Data source"), &json!("stackdriver"));
    expect(source == Some(expected), "the variable `datasource`".to_owned());
    for variable in variables {
        expect(variable["query"].is_string(), format!("variable {} without a query", variable["name"]));
        let reloads = variable["type"] != "query" || variable["refresh"] == 2;
        expect(reloads, format!("variable {} keeps old values", variable["name"]));
    }

    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    expect(ids.len() == panels.len() && !ids.contains(&0), "ids".to_owned());
    let mut cells = BTreeSet::new();
    for panel in panels {
        let title = panel["title"].as_str().unwrap_or_default();
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().unwrap());
        expect(w > 0 && h > 0 && x + w <= 24, format!("{title}: outside the grid"));
        let own: Vec<_> = (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))).collect();
        expect(own.into_iter().all(|cell| cells.insert(cell)), format!("{title}: overlaps"));
        if panel["type"] == "row" {
            continue;
        }
        expect(!title.is_empty(), "a panel without a title".to_owned());
        let described = panel["description"].as_str().is_some_and(|text| !text.is_empty());
        expect(described, format!("{title}: no description"));
        if panel["type"] == "text" {
            continue;
        }
        let is_sql = panel["datasource"]["type"] == "grafana-bigquery-datasource";
        expect(!is_sql || named("bigquery").is_some(), format!("{title}: no variable `bigquery`"));
        let datasource = match is_sql {
            true => json!({ "type": "grafana-bigquery-datasource", "uid": "${bigquery}" }),
            false => json!({ "type": "stackdriver", "uid": "${datasource}" }),
        };
        expect(panel["datasource"] == datasource, format!("{title}: no data source"));
        let unit = panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap_or_default();
        expect(UNITS.contains(&unit), format!("{title}: unit {unit}"));
        let targets = panel["targets"].as_array().map_or(&[][..], Vec::as_slice);
        expect(!targets.is_empty(), format!("{title}: no targets"));
        let letters: BTreeSet<_> = targets.iter().map(|target| target["refId"].to_string()).collect();
        expect(letters.len() == targets.len(), format!("{title}: refIds"));
        for target in targets {
            expect(target["datasource"] == datasource, format!("{title}: a target without a data source"));
            expect(answers(target), format!("{title}: the data source fails on {target}"));
        }
    }
    variables_in(dashboard, "", &mut |place, text| expect(false, format!("a variable in {place}: {text}")));
    faults
}

/// Whether the data source answers: its back end panics where a period is missing, and takes provisioned PromQL for a
/// legacy query unless a `timeSeriesList` stands beside it (grafana/grafana#128253).
fn answers(target: &Value) -> bool {
    let filled =
        |pointer: &str| target.pointer(pointer).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    match target["queryType"].as_str() {
        // BigQuery's asks nothing without a query, and a time axis needs its own format.
        None => filled("/rawSql") && filled("/location") && target["rawQuery"] == true,
        Some("slo") => {
            let burn_rate = target["sloQuery"]["selectorName"] == "select_slo_burn_rate";
            filled("/sloQuery/alignmentPeriod") && (!burn_rate || filled("/sloQuery/lookbackPeriod"))
        }
        Some("timeSeriesList") => {
            let filters = target["timeSeriesList"]["filters"].as_array().map_or(&[][..], Vec::as_slice);
            let groups: Vec<_> = filters.chunks(4).collect();
            let ands = filters.iter().skip(3).step_by(4).all(|and| and == "AND");
            filled("/timeSeriesList/alignmentPeriod")
                && filters.len() % 4 == 3
                && ands
                && groups.iter().any(|group| group[0] == "metric.type")
                && groups.iter().all(|group| !["", "AND"].contains(&group[2].as_str().unwrap()))
        }
        Some("promQL") => filled("/promQLQuery/step") && target["timeSeriesList"].is_object(),
        _ => false,
    }
}

/// Every place where Grafana would put the value of a variable, but for those that are meant.
fn variables_in(value: &Value, place: &str, found: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| variables_in(value, &format!("{place}/{key}"), found));
        }
        Value::Array(items) => items.iter().for_each(|item| variables_in(item, place, found)),
        Value::String(text) => {
            let ours = (place.ends_with("/datasource/uid")
                && ["${datasource}", "${bigquery}"].contains(&text.as_str()))
                || (place.ends_with("/projectName") && text == "$project");
            // The macros of the BigQuery data source, which are meant.
            let text = match place.ends_with("/rawSql") {
                true => &text.replace("$__timeFrom()", "").replace("$__timeTo()", ""),
                false => text,
            };
            let begins = |(at, _): (usize, &str)| {
                text[at + 1..].starts_with(|next: char| next == '{' || next == '_' || next.is_alphanumeric())
            };
            if !ours && (text.match_indices('$').any(begins) || text.contains("[[")) {
                found(place, text);
            }
        }
        _ => {}
    }
}

#[test]
fn dashboards_obey() {
    for name in DASHBOARDS.keys() {
        assert_eq!(faults(&dashboard(name)), [""; 0], "{name}");
    }
}

#[test]
fn a_dashboard_that_breaks_a_rule_is_caught() {
    let promql = |step: &str, rest: Value| {
        let mut target = json!({ "queryType": "promQL", "promQLQuery": { "step": step } });
        target.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        answers(&target)
    };
    assert!(promql("60s", json!({ "timeSeriesList": {} })));
    assert!(!promql("60s", json!({})) && !promql("", json!({ "timeSeriesList": {} })));

    let broken = [
        ("/uid", json!("genkai-production-dag-slo-a-name-beyond-40"), "uid"),
        ("/uid", json!("Genkai_production"), "uid"),
        ("/editable", json!(true), "editable"),
        ("/templating/list/0/label", json!("Source"), "the variable `datasource`"),
        ("/templating/list/1/query", json!(null), "without a query"),
        ("/templating/list/1/type", json!("query"), "keeps old values"),
        ("/panels/1/id", json!(1), "ids"),
        ("/panels/0/gridPos/w", json!(25), "outside the grid"),
        ("/panels/0/gridPos/w", json!(5), "overlaps"),
        ("/panels/0/title", json!(""), "without a title"),
        ("/panels/3/description", json!(""), "no description"),
        ("/panels/0/datasource", json!(null), "no data source"),
        ("/panels/0/fieldConfig/defaults/unit", json!("suffix: runs"), "unit"),
        ("/panels/0/targets", json!([]), "no targets"),
        ("/panels/4/targets/1/refId", json!("A"), "refIds"),
        ("/panels/0/targets/0/sloQuery/alignmentPeriod", json!(null), "fails on"),
        ("/panels/6/targets/0/sloQuery/lookbackPeriod", json!(""), "fails on"),
        ("/panels/2/targets/0/timeSeriesList/filters/2", json!("AND"), "fails on"),
        ("/panels/2/targets/0/queryType", json!("metrics"), "fails on"),
        ("/title", json!("costs $project"), "a variable in /title"),
        ("/panels/3/options/content", json!("[[project]]"), "a variable in /panels/options/content"),
    ];
    let broken_in_bigquery = [
        ("/templating/list/1/name", json!("warehouse"), "no variable `bigquery`"),
        ("/panels/0/targets/0/rawSql", json!(""), "fails on"),
        ("/panels/0/targets/0/rawSql", json!("SELECT $project"), "a variable in /panels/targets/rawSql"),
        ("/panels/0/targets/0/location", json!(""), "fails on"),
        ("/panels/0/targets/0/datasource/type", json!("stackdriver"), "a target without a data source"),
    ];
    let of = |name: &'static str| move |(pointer, value, fault)| (name, pointer, value, fault);
    let broken = broken.into_iter().map(of("production-frequent"));
    for (name, pointer, value, fault) in
        broken.chain(broken_in_bigquery.into_iter().map(of("production-orders")))
    {
        let mut dashboard = dashboard(name);
        *dashboard.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
        let faults = faults(&dashboard);
        assert!(faults.iter().any(|found| found.contains(fault)), "{pointer}: {faults:?}");
    }
}

#[test]
fn hostile_texts_are_still_read_as_they_were_written() {
    let dashboard = dashboard("production-hostile");
    let seen = dashboard["title"].as_str().unwrap().replace('\u{2060}', "");
    assert_eq!(
        seen,
        "$project ${datasource} [[project]] [[[[[project]]] $__interval ${__url_time_range} (production)"
    );
    let url = dashboard["links"][0]["url"].as_str().unwrap();
    assert_eq!(url, "https://x.example.com/%24project?a=%24__all_variables");
}
