//! GK309: a schedule's calendar is one of the project's Calendars.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::spec::{Kind, Name};

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let claims = resolved.names.iter().filter(|claim| claim.kind == Kind::Calendar);
    let known: Vec<&str> = claims.map(|claim| claim.name.as_str()).collect();
    resolved.documents.iter().filter_map(|document| calendar(document, &known)).collect()
}

fn calendar(document: &Effective, known: &[&str]) -> Option<Diagnostic> {
    let path = ["spec", "schedule", "calendar"];
    let name = document.text(&path)?;
    if known.contains(&name) || Name::parse(name).is_none() {
        return None;
    }
    let finding = Diagnostic::error(Code::UnknownCalendar, format!("there is no Calendar `{name}`"))
        .at(document.span(&path), "")
        .suggest(name, known.iter().copied(), || match known {
            [] => "add a document of kind `Calendar` with this name".to_owned(),
            names => format!("the Calendars are `{}`", names.join("`, `")),
        });
    Some(document.tag(finding))
}
