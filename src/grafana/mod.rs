//! From typed panels to Grafana's classic dashboard JSON, schema version 42.
//!
//! Provisioning takes only the classic form, in Grafana 13 too; 13 migrates it when it is loaded. Keys stand in the order
//! in which they are written here (`serde_json/preserve_order`).

mod query;

use crate::dashboards::{Color, Dashboard, Panel, Reduce, Step, Unit, Visual};
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
        "time": { "from": format!("now-{}s", dashboard.range.as_seconds()), "to": "now" },
        "annotations": { "list": [] },
        "links": links,
        "templating": { "list": [datasource_variable(), project_variable(&dashboard.project_id)] },
        "panels": panels,
    });
    format!("{whole:#}\n")
}

/// The uses of the dashboard's own variables. Text that looks like one is kept from being one by [`plain`].
const DATASOURCE: &str = "${datasource}";
const PROJECT: &str = "$project";

/// A text in which Grafana finds no variable: a word joiner, which is not seen, follows each `$` and parts each `[[`.
fn plain(text: &str) -> String {
    text.replace('$', "$\u{2060}").replace("[[", "[\u{2060}[")
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
        Visual::Stat { unit, value, steps } => {
            set("fieldConfig", json!({ "defaults": defaults(*unit, "thresholds", steps), "overrides": [] }));
            set("options", stat_options(*value));
        }
        Visual::TimeSeries { unit, bars, lines, colors } => {
            let mut defaults = defaults(*unit, "palette-classic", lines);
            if let Some(defaults) = defaults.as_object_mut() {
                defaults.insert("custom".to_owned(), drawing(*bars, lines));
            }
            let overrides: Vec<Value> =
                colors.iter().map(|(series, fixed)| color_of(series, *fixed)).collect();
            set("fieldConfig", json!({ "defaults": defaults, "overrides": overrides }));
            set("options", time_series_options());
        }
    }
    let targets =
        ('A'..='Z').zip(&panel.targets).map(|(letter, target)| query::target(target, letter, &datasource));
    set("targets", targets.collect());
    set("datasource", datasource);
    whole
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
        Color::Red => "red",
        Color::Blue => "blue",
    }
}

fn defaults(unit: Unit, color_mode: &str, steps: &[Step]) -> Value {
    let unit = match unit {
        Unit::Count => "short",
        Unit::Share => "percentunit",
    };
    let first = [Step { from: None, color: Color::Blue }];
    let steps = if steps.is_empty() { &first } else { steps };
    let steps: Vec<Value> =
        steps.iter().map(|step| json!({ "color": color(step.color), "value": step.from })).collect();
    json!({
        "unit": unit,
        "color": { "mode": color_mode },
        "thresholds": { "mode": "absolute", "steps": steps },
    })
}

fn drawing(bars: bool, lines: &[Step]) -> Value {
    json!({
        "drawStyle": if bars { "bars" } else { "line" },
        "lineWidth": if bars { 0 } else { 2 },
        "fillOpacity": if bars { 80 } else { 0 },
        "showPoints": "never",
        "spanNulls": false,
        "stacking": { "mode": if bars { "normal" } else { "none" }, "group": "A" },
        "thresholdsStyle": { "mode": if lines.len() > 1 { "dashed" } else { "off" } },
    })
}

fn color_of(series: &str, fixed: Color) -> Value {
    json!({
        "matcher": { "id": "byName", "options": series },
        "properties": [{ "id": "color", "value": { "mode": "fixed", "fixedColor": color(fixed) } }],
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

fn time_series_options() -> Value {
    json!({
        "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": [] },
        "tooltip": { "mode": "multi", "sort": "none" },
    })
}
