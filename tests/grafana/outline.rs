//! Outlines of the dashboards, which read like their documentation.

use super::dashboard;
use serde_json::Value;
use std::fmt::Write as _;

fn outline(dashboard: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut out = format!("{}: from {}\n", text(&dashboard["title"]), text(&dashboard["time"]["from"]));
    for link in dashboard["links"].as_array().unwrap() {
        writeln!(out, "{} -> {}", text(&link["title"]), text(&link["url"])).unwrap();
    }
    for panel in dashboard["panels"].as_array().unwrap() {
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().unwrap());
        writeln!(out, "\n{} at {x},{y}, {w} by {h}: {}", text(&panel["type"]), text(&panel["title"]))
            .unwrap();
        writeln!(out, "  ({})", text(&panel["description"])).unwrap();
        for line in text(&panel["options"]["content"]).lines() {
            writeln!(out, "{}", format!("  | {line}").trim_end()).unwrap();
        }
        let defaults = &panel["fieldConfig"]["defaults"];
        for step in defaults["thresholds"]["steps"].as_array().into_iter().flatten().skip(1) {
            writeln!(out, "  from {} {}", step["value"], text(&step["color"])).unwrap();
        }
        for target in panel["targets"].as_array().into_iter().flatten() {
            let asked = match target["queryType"].as_str() {
                Some("slo") => {
                    let query = &target["sloQuery"];
                    format!("{} {}", text(&query["selectorName"]), text(&query["lookbackPeriod"]))
                }
                Some(_) => text(target["timeSeriesList"]["filters"].as_array().unwrap().last().unwrap()),
                None => {
                    format!("BigQuery, as {}", if target["format"] == 0 { "time series" } else { "table" })
                }
            };
            writeln!(out, "  {} = {}", text(&target["aliasBy"]), asked.trim_end()).unwrap();
        }
    }
    out
}

#[test]
fn outlines() {
    for name in [
        "production-daily",
        "production-frequent",
        "production-flawless",
        "staging-daily",
        "production-orders",
    ] {
        insta::assert_snapshot!(name, outline(&dashboard(name)));
    }
}
