//! Explanations: how each number of a document was derived, what its alerts promise, and the queries behind them.
//!
//! [`explain`] makes an [`Explanation`] of what a project comes to; [`text`] and [`json`] only print it. So does [`queries`]
//! for all expressions of an environment.

mod calendar;
mod find;
pub mod json;
mod layout;
mod model;
mod places;
mod promises;
pub mod queries;
mod settings;
pub mod text;

use crate::compile::Insight;
use crate::diagnostics::{Diagnostic, Severity};
use crate::resolve::{Effective, ResolvedProject, Spec};
use crate::source::{Sources, Span};
use jiff::civil::Date;
use model::{Finding, Place};
use places::Places;

pub use find::{NotFound, document};
pub use model::Explanation;

/// Explains a document, named `KIND/NAME` or by its name alone, in all of its environments or in one.
///
/// `today` decides which of a Calendar's days are still ahead, and nothing else.
///
/// # Errors
/// There is no such document or environment.
pub fn explain(
    insight: &Insight,
    sources: &Sources,
    asked: &str,
    environment: Option<&str>,
    today: Date,
) -> Result<Explanation, NotFound> {
    let places = Places(sources);
    let documents = find::find(insight, asked)?;
    let environments = find::environments(insight, &documents, environment)?;
    let Some(first) = documents.first() else { return Err(NotFound::default()) };
    let text = |path: &[&str]| first.text(path).map(str::to_owned);
    let name = text(&["metadata", "name"]).unwrap_or_default();
    let reference = find::reference(first);
    let project = insight.resolved.project.as_ref();
    let own = |finding: &Diagnostic| is_within(finding, first.tree.span());
    let errors = insight.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let calendar = documents.iter().find_map(|document| match &document.spec {
        Some(Spec::Calendar(calendar)) => Some(&**calendar),
        _ => None,
    });
    Ok(Explanation {
        version: model::VERSION,
        kind: first.kind.name(),
        display_name: text(&["metadata", "displayName"]),
        description: text(&["metadata", "description"]),
        owner: text(&["metadata", "owner"]),
        place: places.of(first.tree.span()).unwrap_or(Place { file: String::new(), line: 1 }),
        settings: settings::settings(places, project, &held(&documents, &environments)),
        promises: project.map_or_else(Vec::new, |project| {
            promises::promises(places, project, &insight.stacks, &reference, &environments)
        }),
        calendar: calendar.map(|calendar| calendar::days(places, insight, calendar, today)),
        findings: findings(places, insight, first.tree.span()),
        errors_elsewhere: errors.filter(|finding| !own(finding)).count(),
        name,
        environments,
    })
}

/// A value that is in effect in a document.
#[derive(Clone, Debug)]
pub struct InEffect {
    /// Keys joined by `.`, and positions in lists such as `[0]`.
    pub path: String,
    /// The value.
    pub value: serde_json::Value,
    /// Its file and line; none for a default of the language.
    pub place: Option<(String, usize)>,
}

/// Every value that is in effect in a document in one environment, with the defaults that fill its gaps.
pub fn in_effect(
    sources: &Sources,
    project: Option<&ResolvedProject>,
    document: &Effective,
    environment: &str,
) -> Vec<InEffect> {
    let rows = settings::rows(Places(sources), project, document, Some(environment));
    let in_effect = |(path, value, origin): (String, serde_json::Value, model::Origin)| InEffect {
        path,
        value,
        place: origin.place.map(|place| (place.file, place.line)),
    };
    rows.into_iter().map(in_effect).collect()
}

/// Each effective tree with those of its environments that are explained.
fn held<'a>(documents: &[&'a Effective], environments: &[String]) -> Vec<(&'a Effective, Vec<String>)> {
    let asked = |document: &Effective| {
        let names = document.environments.iter().map(ToString::to_string);
        names.filter(|name| environments.contains(name)).collect::<Vec<_>>()
    };
    let all = documents.iter().map(|document| (*document, asked(document)));
    let some: Vec<_> = all.filter(|(_, names)| !names.is_empty()).collect();
    match (some.is_empty(), documents.first()) {
        // Compiled for nothing, as a Calendar is, or while the Project is not known.
        (true, Some(first)) => vec![(first, Vec::new())],
        _ => some,
    }
}

fn is_within(finding: &Diagnostic, document: Span) -> bool {
    finding.primary.as_ref().is_some_and(|label| {
        label.span.file == document.file && (document.start..=document.end).contains(&label.span.start)
    })
}

fn findings(places: Places<'_>, insight: &Insight, document: Span) -> Vec<Finding> {
    let all = insight.findings.iter().map(|finding| (finding, None));
    let accepted = insight.accepted.iter().map(|accepted| {
        let why = format!("until {}: {}", accepted.until, accepted.reason);
        (&accepted.finding, Some(why))
    });
    let own = all.chain(accepted).filter(|(finding, _)| is_within(finding, document));
    own.map(|(finding, accepted)| Finding {
        code: finding.code.to_string(),
        severity: finding.severity,
        message: finding.message.clone(),
        place: finding.primary.as_ref().and_then(|label| places.of(label.span)),
        accepted,
    })
    .collect()
}

impl Explanation {
    /// Whether errors in the document itself keep it from being compiled.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}
