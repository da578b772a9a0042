//! An explanation for people, as a good colleague would write it down: short, aligned, nothing twice.

mod calendar;
mod promise;

use super::layout::{Page, padded};
use super::model::{Explanation, Held, Layer, Origin, Place, Setting};
use crate::diagnostics::{Severity, counted, shown};
use serde_json::Value as Json;
use unicode_width::UnicodeWidthStr;

/// The widest column of values.
const VALUE: usize = 22;

/// What the title says already.
const IN_TITLE: [&str; 3] = ["metadata.name", "metadata.displayName", "metadata.description"];

/// The explanation in lines of a width.
pub fn render(explanation: &Explanation, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    title(&mut page, explanation);
    match &explanation.calendar {
        Some(days) => calendar::days(&mut page, days),
        None => settings(&mut page, explanation),
    }
    if explanation.calendar.is_none() || !explanation.promises.is_empty() {
        promises(&mut page, explanation);
    }
    findings(&mut page, explanation);
    page.text()
}

fn title(page: &mut Page, explanation: &Explanation) {
    let Explanation { kind, name, display_name, description, place, owner, .. } = explanation;
    match display_name {
        Some(display_name) => page.heading(&format!("{kind}/{name}: {}", on_one_line(display_name))),
        None => page.heading(&format!("{kind}/{name}")),
    }
    let mut parts = vec![written(place)];
    parts.extend(owner.as_ref().map(|owner| format!("owner {}", on_one_line(owner))));
    if !explanation.environments.is_empty() {
        parts.push(format!("in {}", and(&explanation.environments)));
    }
    page.paragraph(0, &parts.join(", "));
    if let Some(description) = description {
        page.gap();
        page.paragraph(0, &on_one_line(description));
    }
}

/// A table: key, value, where it comes from. What environments do not share has a line for each.
fn settings(page: &mut Page, explanation: &Explanation) {
    let rows = explanation.settings.iter().filter(|setting| !IN_TITLE.contains(&setting.path.as_str()));
    let rows: Vec<Row> = rows.flat_map(|setting| Row::of(setting, explanation)).collect();
    if rows.is_empty() {
        return;
    }
    page.heading("What it says");
    let widest = |cell: fn(&Row) -> &str| rows.iter().map(|row| cell(row).width()).max().unwrap_or(0) + 2;
    let (path, value) = (widest(|row| &row.path), widest(|row| &row.value).min(VALUE + 2));
    for row in &rows {
        let cells = format!("{}{}", padded(&row.path, path), padded(&format!("{}  ", row.value), value));
        let fits = cells.width() + 2 + row.origin.width() <= page.width();
        let origin = page.faint(&row.origin);
        if fits {
            page.line(2, &format!("{cells}{origin}"));
        } else {
            page.line(2, &cells);
            let room = page.width().saturating_sub(row.origin.width());
            page.line((2 + path).min(room).max(4), &origin);
        }
    }
}

struct Row {
    path: String,
    value: String,
    origin: String,
}

impl Row {
    fn of(setting: &Setting, explanation: &Explanation) -> Vec<Row> {
        let path = setting.path.strip_prefix("spec.").unwrap_or(&setting.path);
        let row = |(index, (value, origin))| Row {
            path: if index == 0 { shown(path) } else { String::new() },
            value,
            origin,
        };
        let cells = |held: &Held| (value(&held.value), origin(held, explanation));
        let rows: Vec<(String, String)> = match of_each_environment(setting, explanation) {
            Some(rows) => vec![rows],
            None => setting.values.iter().map(cells).collect(),
        };
        rows.into_iter().enumerate().map(row).collect()
    }
}

/// One value that each environment gives by itself: the places alone differ.
fn of_each_environment(setting: &Setting, explanation: &Explanation) -> Option<(String, String)> {
    let first = setting.values.first()?;
    let same = |held: &Held| held.value == first.value && held.origin.from == Layer::Environment;
    let named = setting.values.iter().flat_map(|held| &held.environments).count();
    if setting.values.len() < 2 || !setting.values.iter().all(same) || named < explanation.environments.len()
    {
        return None;
    }
    let places = setting.values.iter().filter_map(|held| held.origin.place.as_ref());
    let places: Vec<String> = places.map(written).collect();
    Some((value(&first.value), format!("the only one, {}", and(&places))))
}

/// A value as a spec writes it.
fn value(value: &Json) -> String {
    match value {
        Json::String(text) => shown(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(self::value).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// Where a value comes from, and the environments that do not share it with all others.
fn origin(held: &Held, explanation: &Explanation) -> String {
    let Origin { from, place, anchor } = &held.origin;
    let line = |place: &Place| match place.file == explanation.place.file {
        true => format!("line {}", place.line),
        false => written(place),
    };
    let place = place.as_ref().map(line).unwrap_or_default();
    let place = match anchor {
        Some(anchor) => format!("{place}, an alias of {}", line(anchor)),
        None => place,
    };
    let text = match from {
        Layer::Document => place,
        Layer::Override => format!("{place}, override"),
        Layer::ProjectDefault => format!("default, {place}"),
        Layer::Environment => format!("the only one, {place}"),
        Layer::Language => "default of Genkai".to_owned(),
    };
    match within(&held.environments, explanation) {
        Some(environments) => format!("{text}, {environments}"),
        None => text,
    }
}

fn promises(page: &mut Page, explanation: &Explanation) {
    for promise in &explanation.promises {
        promise::promise(page, promise, explanation);
    }
    promise::queries(page, explanation);
    if explanation.promises.is_empty() {
        page.gap();
        page.paragraph(
            0,
            if explanation.has_errors() {
                "What it comes to is known once its errors are corrected."
            } else if explanation.environments.is_empty() {
                "It is compiled for no environment, so it comes to nothing."
            } else {
                "It comes to no promise that this version compiles."
            },
        );
    }
}

fn findings(page: &mut Page, explanation: &Explanation) {
    if !explanation.findings.is_empty() {
        page.heading("What was found in it");
    }
    for finding in &explanation.findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let line = finding.place.as_ref().map(|place| format!("line {}: ", place.line)).unwrap_or_default();
        page.paragraph(2, &format!("{severity}[{}] {line}{}", finding.code, on_one_line(&finding.message)));
        if let Some(accepted) = &finding.accepted {
            page.paragraph(4, &format!("accepted {}", on_one_line(accepted)));
        }
    }
    if explanation.errors_elsewhere > 0 {
        page.gap();
        let errors = counted(explanation.errors_elsewhere, "error");
        page.paragraph(0, &format!(
            "The rest of the project has {errors}, and nothing is generated before they are corrected: `genkai validate` shows them."
        ));
    }
}

/// "in staging", unless it holds wherever the document is explained.
fn within(environments: &[String], explanation: &Explanation) -> Option<String> {
    let everywhere = explanation.environments.iter().all(|name| environments.contains(name));
    (!everywhere).then(|| format!("in {}", and(environments)))
}

/// A line of a file as editors and terminals find it.
fn written(place: &Place) -> String {
    format!("{}:{}", on_one_line(&place.file), place.line)
}

/// "one, two and three"
fn and<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [several @ .., last] => {
            let several: Vec<&str> = several.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", several.join(", "), last.as_ref())
        }
    }
}

/// Text from a spec without line breaks and other control characters.
fn on_one_line(text: &str) -> String {
    text.split(|letter: char| letter.is_control() || letter == ' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
