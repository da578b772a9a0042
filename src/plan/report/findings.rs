//! A plan as annotations of GitHub Actions, and as SARIF for code scanning: each change at its line.

use super::parts;
use super::shown::Style;
use crate::diagnostics::github;
use crate::diagnostics::sarif::uri;
use crate::plan::model::{Change, Place, Plan};
use crate::spec::{ChangeKind, Seriousness};
use crate::templates::{TemplateError, Texts};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Workflow commands that annotate the lines of the head; `prefix` is the way to the project. Of a line that only the base
/// has, the annotation stands at no line.
///
/// # Errors
/// A template of the project's own that cannot be rendered.
pub fn github(plan: &Plan, texts: Texts<'_>, prefix: &str) -> Result<String, TemplateError> {
    let mut commands = String::new();
    for change in &plan.changes {
        for (place, text) in at_places(change, texts)? {
            let path = place.as_ref().map(|place| format!("{prefix}{}", place.file));
            let at = path.as_deref().zip(place.as_ref());
            let at = at.map(|(path, place)| (path, Some(place.line).filter(|_| !place.in_base)));
            let level = level(plan, change);
            commands.push_str(&github::about_line(level.github(), at, change.kind.key(), &text));
        }
    }
    Ok(commands)
}

/// The plan as a SARIF log with one run; the rules are the kinds of change.
///
/// # Errors
/// A template of the project's own that cannot be rendered.
pub fn sarif(plan: &Plan, texts: Texts<'_>, prefix: &str) -> Result<String, TemplateError> {
    let kinds: BTreeSet<ChangeKind> = plan.changes.iter().map(|change| change.kind).collect();
    let kinds: Vec<ChangeKind> = kinds.into_iter().collect();
    let rules = kinds
        .iter()
        .map(|kind| json!({"id": kind.key(), "shortDescription": {"text": kind.meaning()}}))
        .collect::<Vec<Value>>();
    let mut results = Vec::new();
    for change in &plan.changes {
        for (place, text) in at_places(change, texts)? {
            results.push(json!({
                "ruleId": change.kind.key(),
                "ruleIndex": kinds.binary_search(&change.kind).unwrap_or_default(),
                "level": level(plan, change).sarif(),
                // Single braces would be the number of an argument (section 3.11.5).
                "message": {"text": text.replace('{', "{{").replace('}', "}}")},
                "locations": place.as_ref().map(|place| location(place, prefix)).into_iter().collect::<Vec<Value>>(),
            }));
        }
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "genkai", "rules": rules}},
            "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the project's folder"}}},
            "results": results,
        }],
    });
    Ok(format!("{log:#}\n"))
}

fn location(place: &Place, prefix: &str) -> Value {
    let file = json!({"uri": uri(&format!("{prefix}{}", place.file)), "uriBaseId": "SRCROOT"});
    match place.in_base {
        // The line may be another's now.
        true => json!({"physicalLocation": {"artifactLocation": file}}),
        false => json!({"physicalLocation": {"artifactLocation": file, "region": {"startLine": place.line}}}),
    }
}

/// A change at each place that causes it, in words.
fn at_places(change: &Change, texts: Texts<'_>) -> Result<Vec<(Option<Place>, String)>, TemplateError> {
    let words = parts::words(texts, Style::Plain);
    let places: BTreeSet<&Option<Place>> = change.reached.iter().map(|reached| &reached.place).collect();
    let mut all = Vec::new();
    for place in places {
        let here = change.reached.iter().filter(|reached| reached.place == *place).cloned().collect();
        let line = words.line(&Change { reached: here, ..change.clone() })?;
        let environments = line.environments.map(|names| format!(" ({names})")).unwrap_or_default();
        let details: String = line.details.iter().map(|detail| format!("\n{detail}")).collect();
        all.push((place.clone(), format!("{}: {}{environments}{details}", line.subject, line.what)));
    }
    Ok(all)
}

/// How loudly a change is told.
#[derive(Clone, Copy)]
enum Level {
    Error,
    Warning,
    Note,
}

impl Level {
    const fn github(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        }
    }

    const fn sarif(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// What violates the policy is an error; what is removed, sent elsewhere or weaker is a warning.
fn level(plan: &Plan, change: &Change) -> Level {
    let kinds = || change.implies.iter().chain([&change.kind]);
    let violates = kinds().any(|kind| {
        plan.review.forbidden.contains(kind)
            || plan.review.missing_labels.iter().any(|(_, missing)| missing == kind)
    });
    match change.kind.seriousness() {
        _ if violates => Level::Error,
        Seriousness::Removed | Seriousness::Rerouted | Seriousness::Weaker => Level::Warning,
        Seriousness::Different | Seriousness::Added | Seriousness::Stronger | Seriousness::Wording => {
            Level::Note
        }
    }
}
