//! GK309 and GK208: a schedule's calendar is one of the project's Calendars, and leaves it runs.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::slo::{Calendar, Schedule};
use crate::spec::{self, Kind, Name};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a schedule names its calendar.
const CALENDAR: [&str; 3] = ["spec", "schedule", "calendar"];

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let claims = resolved.names.iter().filter(|claim| claim.kind == Kind::Calendar);
    let known: Vec<&str> = claims.map(|claim| claim.name.as_str()).collect();
    let days = |calendar: &spec::Calendar| Arc::new(calendar.spec.calendar());
    let calendars =
        resolved.calendars().map(|(_, calendar)| (calendar.metadata.name.as_str(), days(calendar)));
    let calendars: BTreeMap<&str, Arc<Calendar>> = calendars.collect();
    // Which names there are is known only where every document has one.
    let named = |document: &Effective| document.text(&["metadata", "name"]).and_then(Name::parse).is_some();
    let mut documents = resolved.documents.iter().filter(|document| document.kind == Kind::Calendar);
    let all_are_known = resolved.all_were_read && documents.all(named);
    let findings = resolved.documents.iter().flat_map(|document| {
        unknown(document, &known).filter(|_| all_are_known).or_else(|| no_open_run(document, &calendars))
    });
    findings.collect()
}

fn unknown(document: &Effective, known: &[&str]) -> Option<Diagnostic> {
    let name = document.text(&CALENDAR)?;
    if known.contains(&name) || Name::parse(name).is_none() {
        return None;
    }
    let finding = Diagnostic::error(Code::UnknownCalendar, format!("there is no Calendar `{name}`"))
        .at(document.span(&CALENDAR), "")
        .suggest(name, known.iter().copied(), || match known {
            [] => "add a document of kind `Calendar` with this name".to_owned(),
            names => format!("the Calendars are `{}`", names.join("`, `")),
        });
    Some(document.tag(finding))
}

/// Runs that are all on closed days are never due.
fn no_open_run(document: &Effective, calendars: &BTreeMap<&str, Arc<Calendar>>) -> Option<Diagnostic> {
    let text = |key| document.text(&["spec", "schedule", key]);
    let calendar = calendars
        .get(text("calendar")?)
        .filter(|calendar| calendar.days().any(|day| !calendar.is_closed(day)))?;
    if text("onClosed") == Some("runsWithoutData") {
        return None;
    }
    let schedule = Schedule::parse(text("cron")?, text("timezone").unwrap_or("UTC")).ok()?;
    if !schedule.with_calendar(Arc::clone(calendar)).runs_on_closed_days_only() {
        return None;
    }
    let finding = Diagnostic::error(Code::NoOpenRun, "no run is ever due: all of them are on closed days")
        .at(document.span(&["spec", "schedule", "cron"]), "")
        .also(document.span(&CALENDAR), format!("closes each of these days from {} to {}", calendar.from, calendar.through))
        .help("run on open days, or write `onClosed: runsWithoutData` if the runs on closed days are to succeed, too");
    Some(document.tag(finding))
}
