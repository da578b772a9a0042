//! From typed panels to Grafana's classic dashboard JSON, schema version 42.
//!
//! Provisioning takes only the classic form, in Grafana 13 too; 13 migrates it when it is loaded. Keys stand in the order
//! of the fields here.

mod bigquery;
mod query;
mod variables;

use crate::dashboards::{
    Color, Column, Dashboard, Grid, Panel, Reduce, Step, Target, TargetQuery, Unit, Visual,
};
use crate::slo::Duration;
use serde::Serialize;
use std::borrow::Cow;

/// The dashboard as JSON, with a newline at its end.
pub fn json(dashboard: &Dashboard) -> String {
    let whole = Whole {
        uid: &dashboard.uid,
        title: plain(&dashboard.title),
        description: plain(&dashboard.description),
        tags: &dashboard.tags,
        schema_version: 42,
        editable: false,
        graph_tooltip: 1,
        refresh: hours_or_minutes(dashboard.refresh),
        timezone: "browser",
        time: Time { from: format!("now-{}", relative(dashboard.range)), to: "now" },
        annotations: List { list: [] },
        links: dashboard.links.iter().map(|(title, url)| link(title, url)).collect(),
        templating: List { list: variables::of(dashboard) },
        panels: (1..).zip(&dashboard.panels).map(|(id, panel)| panel_json(id, panel)).collect(),
    };
    // A key is a text and no value refuses, so there is no way to fail.
    serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    uid: &'a str,
    title: Cow<'a, str>,
    description: Cow<'a, str>,
    tags: &'a [String],
    schema_version: u32,
    editable: bool,
    graph_tooltip: u32,
    refresh: String,
    timezone: &'static str,
    time: Time,
    annotations: List<[(); 0]>,
    links: Vec<Link<'a>>,
    templating: List<Vec<variables::Variable<'a>>>,
    panels: Vec<PanelJson<'a>>,
}

#[derive(Serialize)]
struct Time {
    from: String,
    to: &'static str,
}

#[derive(Serialize)]
struct List<T> {
    list: T,
}

/// Grafana reads one unit, and says "Last 28 days" only for days.
fn relative(range: Duration) -> String {
    range.as_whole_days().map_or_else(|| format!("{}s", range.as_seconds()), |days| format!("{days}d"))
}

/// Its menu offers whole minutes and hours.
fn hours_or_minutes(refresh: Duration) -> String {
    let minutes = refresh.as_seconds() / 60;
    if minutes.is_multiple_of(60) { format!("{}h", minutes / 60) } else { format!("{minutes}m") }
}

/// A text in which Grafana finds no variable: a word joiner, which is not seen, follows each `$` and parts each `[[`.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['$', '[']) {
        return text.into();
    }
    let part = |text: String| text.replace("[[", "[\u{2060}[");
    // Twice, because the first parting of `[[[` leaves a `[[`.
    part(part(text.replace('$', "$\u{2060}"))).into()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Link<'a> {
    title: Cow<'a, str>,
    #[serde(rename = "type")]
    kind: &'static str,
    icon: &'static str,
    tooltip: &'static str,
    tags: [(); 0],
    as_dropdown: bool,
    target_blank: bool,
    include_vars: bool,
    keep_time: bool,
    url: String,
}

fn link<'a>(title: &'a str, url: &str) -> Link<'a> {
    Link {
        title: plain(title),
        kind: "link",
        icon: "external link",
        tooltip: "",
        tags: [],
        as_dropdown: false,
        target_blank: true,
        include_vars: false,
        keep_time: false,
        // In an address these have another spelling.
        url: url.replace('$', "%24").replace('[', "%5B"),
    }
}

/// A text panel ends with its options: it asks nothing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PanelJson<'a> {
    id: u32,
    #[serde(rename = "type")]
    kind: &'static str,
    title: Cow<'a, str>,
    description: Cow<'a, str>,
    grid_pos: Grid,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_config: Option<FieldConfig<'a>>,
    options: Options,
    #[serde(skip_serializing_if = "Option::is_none")]
    targets: Option<Vec<TargetJson<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datasource: Option<Datasource>,
}

#[derive(Clone, Copy, Serialize)]
struct Datasource {
    #[serde(rename = "type")]
    kind: &'static str,
    uid: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum TargetJson<'a> {
    CloudMonitoring(query::TargetJson<'a>),
    BigQuery(bigquery::TargetJson<'a>),
}

fn target(target: &Target, letter: char) -> TargetJson<'_> {
    match &target.query {
        TargetQuery::Sql { query, location, columns } => {
            TargetJson::BigQuery(bigquery::target(letter, query, location, !columns.is_empty()))
        }
        TargetQuery::CloudMonitoring(query) => {
            TargetJson::CloudMonitoring(query::target(target, query, letter))
        }
    }
}

/// What a panel asks; all of its targets ask the same.
fn datasource(panel: &Panel) -> Datasource {
    match panel.targets.first().map(|target| &target.query) {
        Some(TargetQuery::Sql { .. }) => bigquery::DATASOURCE,
        _ => query::DATASOURCE,
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Options {
    Text(TextOptions),
    Stat(StatOptions),
    TimeSeries(TimeSeriesOptions),
}

fn panel_json(id: u32, panel: &Panel) -> PanelJson<'_> {
    let (kind, field_config, options) = match &panel.visual {
        // In Markdown a `$` has a spelling that no variable begins with.
        Visual::Text(markdown) => {
            let options = TextOptions { mode: "markdown", content: markdown.replace('$', "&#36;") };
            ("text", None, Options::Text(options))
        }
        Visual::Stat { unit, value, steps, empty } => {
            let defaults = defaults(*unit, empty, "thresholds", steps);
            let config = FieldConfig { defaults, overrides: Vec::new() };
            ("stat", Some(config), Options::Stat(stat_options(*value)))
        }
        Visual::TimeSeries { unit, bars, lines, axis, empty } => {
            let mut defaults = defaults(*unit, empty, "palette-classic", lines);
            defaults.custom = Some(drawing(*bars, lines, *axis));
            let config =
                FieldConfig { defaults, overrides: panel.targets.iter().flat_map(overrides).collect() };
            let named = panel.targets.iter().any(named_by_label);
            let several = panel.targets.iter().map(series).sum::<usize>() > 1;
            let options = time_series_options(named || several, *bars);
            ("timeseries", Some(config), Options::TimeSeries(options))
        }
    };
    let asks = field_config.is_some();
    let targets = || ('A'..='Z').zip(&panel.targets).map(|(letter, asked)| target(asked, letter));
    PanelJson {
        id,
        kind,
        title: plain(&panel.title),
        description: plain(&panel.description),
        grid_pos: panel.grid,
        field_config,
        options,
        targets: asks.then(|| targets().collect()),
        time_from: panel.range.map(|range| format!("{}s", range.as_seconds())),
        datasource: asks.then(|| datasource(panel)),
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

#[derive(Serialize)]
struct FieldConfig<'a> {
    defaults: Defaults<'a>,
    overrides: Vec<Override<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Defaults<'a> {
    unit: &'static str,
    no_value: &'a str,
    color: Mode,
    thresholds: Thresholds,
    #[serde(skip_serializing_if = "Option::is_none")]
    decimals: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<Drawing>,
}

#[derive(Serialize)]
struct Mode {
    mode: &'static str,
}

#[derive(Serialize)]
struct Thresholds {
    mode: &'static str,
    steps: Vec<Threshold>,
}

#[derive(Serialize)]
struct Threshold {
    color: &'static str,
    value: Option<f64>,
}

fn defaults<'a>(unit: Unit, empty: &'a str, color_mode: &'static str, steps: &[Step]) -> Defaults<'a> {
    let (name, decimals) = match unit {
        Unit::Count => ("none", Some(0)),
        Unit::Seconds => ("s", None),
        Unit::Bytes => ("bytes", None),
        Unit::Rate => ("none", None),
        Unit::Ago => ("dateTimeFromNow", None),
        Unit::Share { decimals } => ("percentunit", decimals),
    };
    let first = [Step { from: None, color: Color::Blue }];
    let steps = if steps.is_empty() { &first } else { steps };
    let steps = steps.iter().map(|step| Threshold { color: color(step.color), value: step.from });
    Defaults {
        unit: name,
        no_value: empty,
        color: Mode { mode: color_mode },
        thresholds: Thresholds { mode: "absolute", steps: steps.collect() },
        decimals,
        custom: None,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Drawing {
    draw_style: &'static str,
    line_width: u32,
    fill_opacity: u32,
    show_points: &'static str,
    axis_soft_min: f64,
    axis_soft_max: f64,
    span_nulls: bool,
    stacking: Stacking,
    thresholds_style: Mode,
}

#[derive(Serialize)]
struct Stacking {
    mode: &'static str,
    group: &'static str,
}

fn drawing(bars: bool, lines: &[Step], (lowest, highest): (f64, f64)) -> Drawing {
    Drawing {
        draw_style: if bars { "bars" } else { "line" },
        line_width: if bars { 0 } else { 2 },
        fill_opacity: if bars { 80 } else { 0 },
        // A value between two gaps is no line, so it shows as a point.
        show_points: "auto",
        axis_soft_min: lowest,
        axis_soft_max: highest,
        span_nulls: false,
        stacking: Stacking { mode: if bars { "normal" } else { "none" }, group: "A" },
        thresholds_style: Mode { mode: if lines.len() > 1 { "dashed" } else { "off" } },
    }
}

#[derive(Serialize)]
struct Override<'a> {
    matcher: Matcher<'a>,
    properties: Vec<Property<'a>>,
}

#[derive(Serialize)]
struct Matcher<'a> {
    id: &'static str,
    options: Cow<'a, str>,
}

#[derive(Serialize)]
struct Property<'a> {
    id: &'static str,
    value: PropertyValue<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum PropertyValue<'a> {
    Color(FixedColor),
    Text(Cow<'a, str>),
    Number(u32),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FixedColor {
    mode: &'static str,
    fixed_color: &'static str,
}

/// How many series an answer has, as far as the query says.
fn series(target: &Target) -> usize {
    match &target.query {
        TargetQuery::Sql { columns, .. } => columns.len(),
        TargetQuery::CloudMonitoring(_) => 1,
    }
}

/// Series that a label names have colours of their own.
fn overrides(target: &Target) -> Vec<Override<'_>> {
    match &target.query {
        TargetQuery::Sql { columns, .. } => columns.iter().map(of_column).collect(),
        TargetQuery::CloudMonitoring(_) if named_by_label(target) => Vec::new(),
        TargetQuery::CloudMonitoring(_) => {
            vec![by_name(plain(&target.alias), vec![fixed(target.color)])]
        }
    }
}

fn of_column(column: &Column) -> Override<'_> {
    let name = PropertyValue::Text(plain(&column.alias));
    let mut properties = vec![Property { id: "displayName", value: name }, fixed(column.color)];
    if let Some(other) = column.fills_to {
        let below = PropertyValue::Text(other.into());
        properties.push(Property { id: "custom.fillBelowTo", value: below });
        properties.push(Property { id: "custom.fillOpacity", value: PropertyValue::Number(10) });
    }
    by_name(column.name.into(), properties)
}

fn by_name<'a>(name: Cow<'a, str>, properties: Vec<Property<'a>>) -> Override<'a> {
    Override { matcher: Matcher { id: "byName", options: name }, properties }
}

fn fixed(with: Color) -> Property<'static> {
    let value = PropertyValue::Color(FixedColor { mode: "fixed", fixed_color: color(with) });
    Property { id: "color", value }
}

fn named_by_label(target: &Target) -> bool {
    target.alias.starts_with("{{")
}

#[derive(Serialize)]
struct TextOptions {
    mode: &'static str,
    content: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatOptions {
    reduce_options: ReduceOptions,
    orientation: &'static str,
    text_mode: &'static str,
    color_mode: &'static str,
    graph_mode: &'static str,
    justify_mode: &'static str,
    wide_layout: bool,
    show_percent_change: bool,
    percent_change_color_mode: &'static str,
}

#[derive(Serialize)]
struct ReduceOptions {
    calcs: [&'static str; 1],
    fields: &'static str,
    values: bool,
}

fn stat_options(value: Reduce) -> StatOptions {
    let calculation = match value {
        Reduce::Last => "lastNotNull",
        Reduce::Sum => "sum",
    };
    StatOptions {
        reduce_options: ReduceOptions { calcs: [calculation], fields: "", values: false },
        orientation: "auto",
        text_mode: "value",
        color_mode: "value",
        graph_mode: "none",
        justify_mode: "auto",
        wide_layout: true,
        show_percent_change: false,
        percent_change_color_mode: "standard",
    }
}

#[derive(Serialize)]
struct TimeSeriesOptions {
    legend: Legend,
    tooltip: Tooltip,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Legend {
    display_mode: &'static str,
    placement: &'static str,
    show_legend: bool,
    calcs: &'static [&'static str],
}

#[derive(Serialize)]
struct Tooltip {
    mode: &'static str,
    sort: &'static str,
}

fn time_series_options(legend: bool, counts: bool) -> TimeSeriesOptions {
    TimeSeriesOptions {
        legend: Legend {
            display_mode: "list",
            placement: "bottom",
            show_legend: legend,
            calcs: if counts { &["sum"] } else { &[] },
        },
        tooltip: Tooltip { mode: "multi", sort: "none" },
    }
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
