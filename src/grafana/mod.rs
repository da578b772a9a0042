//! From typed panels to Grafana's classic dashboard JSON, schema version 42.
//!
//! Provisioning takes only the classic form, in Grafana 13 too; 13 migrates it when it is loaded. Keys stand in the order
//! in which they are written here (`serde_json/preserve_order`).

mod query;

use crate::dashboards::{Color, Dashboard, Panel, Reduce, Step, Target, Unit, Visual};
use crate::slo::Duration;
use serde_json::{Value, json};

/// The dashboard as JSON, with a newline at its end.
pub fn json(dashboard: &Dashboard) -> String {
    let panels: Vec<Value> = (1..).zip(&dashboard.panels).map(|(id, panel)| panel_json(id, panel)).collect();
    let links: Vec<Value> = dashboard.links.iter().map(|(title, url)| link(title, url)).collect();
    let whole = json!({
        "uid": dashboard.uid,
        "title": plain(&dashboard.title),
        "description": plain(&dashboard.description),
        "tags": dashboard.tags,
        "schemaVersion": 42,
        "editable": false,
        "graphTooltip": 1,
        "refresh": "5m",
        "timezone": "browser",
        "time": { "from": format!("now-{}", relative(dashboard.range)), "to": "now" },
        "annotations": { "list": [] },
        "links": links,
        "templating": { "list": [datasource_variable(), project_variable(&dashboard.project_id)] },
        "panels": panels,
    });
    format!("{whole:#}\n")
}

/// Grafana reads one unit, and says "Last 28 days" only for days.
fn relative(range: Duration) -> String {
    range.as_whole_days().map_or_else(|| format!("{}s", range.as_seconds()), |days| format!("{days}d"))
}

/// The uses of the dashboard's own variables. Text that looks like one is kept from being one by [`plain`].
const DATASOURCE: &str = "${datasource}";
const PROJECT: &str = "$project";

/// A text in which Grafana finds no variable: a word joiner, which is not seen, follows each `$` and parts each `[[`.
fn plain(text: &str) -> String {
    let part = |text: String| text.replace("[[", "[\u{2060}[");
    // Twice, because the first parting of `[[[` leaves a `[[`.
    part(part(text.replace('$', "$\u{2060}")))
}

fn link(title: &str, url: &str) -> Value {
    json!({
        "title": plain(title),
        "type": "link",
        "icon": "external link",
        "tooltip": "",
        "tags": [],
        "asDropdown": false,
        "targetBlank": true,
        "includeVars": false,
        "keepTime": false,
        // In an address these have another spelling.
        "url": url.replace('$', "%24").replace('[', "%5B"),
    })
}

fn datasource_variable() -> Value {
    json!({
        "type": "datasource",
        "name": "datasource",
        "label": "Data source",
        "query": "stackdriver",
        "refresh": 1,
        "hide": 0,
        "includeAll": false,
        "multi": false,
        "options": [],
        "regex": "",
        "skipUrlSync": false,
    })
}

fn project_variable(project_id: &str) -> Value {
    json!({
        "type": "constant",
        "name": "project",
        "label": "Project",
        "query": project_id,
        "hide": 2,
        "skipUrlSync": true,
    })
}

fn panel_json(id: u32, panel: &Panel) -> Value {
    let datasource = json!({ "type": "stackdriver", "uid": DATASOURCE });
    let grid = panel.grid;
    let mut whole = json!({
        "id": id,
        "type": kind(&panel.visual),
        "title": plain(&panel.title),
        "description": plain(&panel.description),
        "gridPos": { "x": grid.x, "y": grid.y, "w": grid.w, "h": grid.h },
    });
    let Some(fields) = whole.as_object_mut() else { return whole };
    let mut set = |key: &str, value: Value| fields.insert(key.to_owned(), value);
    match &panel.visual {
        Visual::Text(markdown) => {
            // In Markdown a `$` has a spelling that no variable begins with.
            set("options", json!({ "mode": "markdown", "content": markdown.replace('$', "&#36;") }));
            return whole;
        }
        Visual::Stat { unit, value, steps, empty } => {
            let defaults = defaults(*unit, empty, "thresholds", steps);
            set("fieldConfig", json!({ "defaults": defaults, "overrides": [] }));
            set("options", stat_options(*value));
        }
        Visual::TimeSeries { unit, bars, lines, axis, empty } => {
            let custom = drawing(*bars, lines, *axis);
            let defaults = with(defaults(*unit, empty, "palette-classic", lines), "custom", custom);
            let overrides: Vec<Value> = panel.targets.iter().map(color_of).collect();
            set("fieldConfig", json!({ "defaults": defaults, "overrides": overrides }));
            set("options", time_series_options(panel.targets.len() > 1, *bars));
        }
    }
    let targets =
        ('A'..='Z').zip(&panel.targets).map(|(letter, target)| query::target(target, letter, &datasource));
    set("targets", targets.collect());
    set("datasource", datasource);
    whole
}

fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
    object
}

fn kind(visual: &Visual) -> &'static str {
    match visual {
        Visual::Text(_) => "text",
        Visual::Stat { .. } => "stat",
        Visual::TimeSeries { .. } => "timeseries",
    }
}

fn color(color: Color) -> &'static str {
    match color {
        Color::Green => "green",
        Color::Orange => "orange",
        Color::PaleOrange => "super-light-orange",
        Color::Red => "red",
        Color::PaleRed => "super-light-red",
        Color::Blue => "blue",
    }
}

fn defaults(unit: Unit, empty: &str, color_mode: &str, steps: &[Step]) -> Value {
    let (name, decimals) = match unit {
        Unit::Count => ("none", Some(0)),
        Unit::Rate => ("none", None),
        Unit::Share { decimals } => ("percentunit", decimals),
    };
    let first = [Step { from: None, color: Color::Blue }];
    let steps = if steps.is_empty() { &first } else { steps };
    let steps: Vec<Value> =
        steps.iter().map(|step| json!({ "color": color(step.color), "value": step.from })).collect();
    let whole = json!({
        "unit": name,
        "noValue": empty,
        "color": { "mode": color_mode },
        "thresholds": { "mode": "absolute", "steps": steps },
    });
    match decimals {
        Some(decimals) => with(whole, "decimals", decimals.into()),
        None => whole,
    }
}

fn drawing(bars: bool, lines: &[Step], (lowest, highest): (f64, f64)) -> Value {
    json!({
        "drawStyle": if bars { "bars" } else { "line" },
        "lineWidth": if bars { 0 } else { 2 },
        "fillOpacity": if bars { 80 } else { 0 },
        // A value between two gaps is no line, so it shows as a point.
        "showPoints": "auto",
        "axisSoftMin": lowest,
        "axisSoftMax": highest,
        "spanNulls": false,
        "stacking": { "mode": if bars { "normal" } else { "none" }, "group": "A" },
        "thresholdsStyle": { "mode": if lines.len() > 1 { "dashed" } else { "off" } },
    })
}

fn color_of(target: &Target) -> Value {
    json!({
        "matcher": { "id": "byName", "options": plain(&target.alias) },
        "properties": [{ "id": "color", "value": { "mode": "fixed", "fixedColor": color(target.color) } }],
    })
}

fn stat_options(value: Reduce) -> Value {
    let calculation = match value {
        Reduce::Last => "lastNotNull",
        Reduce::Sum => "sum",
    };
    json!({
        "reduceOptions": { "calcs": [calculation], "fields": "", "values": false },
        "orientation": "auto",
        "textMode": "value",
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard",
    })
}

fn time_series_options(legend: bool, counts: bool) -> Value {
    json!({
        "legend": {
            "displayMode": "list",
            "placement": "bottom",
            "showLegend": legend,
            "calcs": if counts { vec!["sum"] } else { Vec::new() },
        },
        "tooltip": { "mode": "multi", "sort": "none" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_look_and_holds_no_variable() {
        let text = "$project ${datasource} [[project]] [[[x]]] $$x 5 $";
        let plain = plain(text);
        assert_eq!(plain.replace('\u{2060}', ""), text);
        assert!(!plain.contains("[["), "{plain}");
        assert!(plain.split('$').skip(1).all(|rest| rest.starts_with('\u{2060}')), "{plain}");
    }

    #[test]
    fn a_range_of_whole_days_is_written_in_days() {
        let ranges = [Duration::days(28), Duration::hours(36)].map(relative);
        assert_eq!(ranges, ["28d", "129600s"]);
    }
}
