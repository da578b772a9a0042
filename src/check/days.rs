//! GK205: a range ends after it begins, and a Calendar's exceptions are days that it knows.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::slo::{Date, KNOWN_DAYS, TimeOfDay};
use crate::source::{Node, Span};
use crate::spec::Kind;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    resolved.documents.iter().flat_map(ranges).collect()
}

fn ranges(document: &Effective) -> Vec<Diagnostic> {
    let Some(spec) = document.tree.get("spec") else { return Vec::new() };
    let mut findings = Vec::new();
    for range in items(spec, "suspend").chain(items(spec, "closed")) {
        findings.extend(backward(range, "to"));
    }
    if document.kind == Kind::Calendar {
        findings.extend(backward(spec, "through"));
        findings.extend(unknown_days(spec));
    }
    findings.extend(spec.get("activeHours").and_then(hours));
    if document.kind != Kind::Calendar {
        findings.extend(never_due(spec));
    }
    findings.into_iter().map(|finding| document.tag(finding)).collect()
}

fn items<'a>(spec: &'a Node, key: &str) -> impl Iterator<Item = &'a Node> {
    spec.get(key).and_then(Node::as_sequence).into_iter().flatten()
}

/// A date and its place; none where it is missing or malformed, which the form reports.
fn day(node: Option<&Node>) -> Option<(Date, Span)> {
    node.and_then(|node| Some((Date::parse(node.as_str()?)?, node.span())))
}

fn backward(range: &Node, end: &str) -> Option<Diagnostic> {
    let ((from, begins), (to, ends)) = (day(range.get("from"))?, day(range.get(end))?);
    (to < from).then(|| {
        Diagnostic::error(Code::BadRange, format!("{to} is before {from}, where the range begins"))
            .at(ends, "")
            .also(begins, "begins here")
            .help("exchange the two, or correct the year; the last day is included")
    })
}

/// Exceptions outside the days that a Calendar knows would say nothing.
fn unknown_days(spec: &Node) -> Vec<Diagnostic> {
    let (Some((first, _)), Some((last, through))) = (day(spec.get("from")), day(spec.get("through"))) else {
        return Vec::new();
    };
    let ends = items(spec, "closed").flat_map(|range| [range.get("from"), range.get("to")]);
    let exceptions = items(spec, "open").map(Some).chain(ends).filter_map(day);
    let outside = exceptions.filter(|(day, _)| first <= last && !(first..=last).contains(day));
    outside
        .map(|(day, span)| {
            Diagnostic::error(Code::BadRange, format!("the Calendar does not know {day}"))
                .at(span, "")
                .also(through, format!("it knows the days from {first} to {last}"))
                .help("give a day between its `from` and `through`, or move them")
        })
        .collect()
}

/// A first day beyond the years that Genkai knows.
fn never_due(spec: &Node) -> Option<Diagnostic> {
    let (first, place) = day(spec.get("from"))?;
    (first.as_civil() >= KNOWN_DAYS.end).then(|| {
        Diagnostic::error(
            Code::BadRange,
            format!("nothing is due before {first}, and starts are known to the end of 2030"),
        )
        .at(place, "")
        .help("give an earlier day, or leave the document out until then")
    })
}

fn hours(hours: &Node) -> Option<Diagnostic> {
    let time = |key| {
        let node = hours.get(key)?;
        Some((TimeOfDay::parse(node.as_str()?)?, node.span()))
    };
    let ((from, begins), (to, ends)) = (time("from")?, time("to")?);
    let (message, help) = match i32::from(to.as_minutes()) - i32::from(from.as_minutes()) {
        ..0 => (
            format!("{to} is before {from}, where the hours begin"),
            "count on after midnight: `\"26:00\"` is two o'clock on the next day",
        ),
        0 => (
            format!("the hours end when they begin, at {from}"),
            "leave them out for a job that is always active",
        ),
        1..1440 => return None,
        1440.. => {
            ("the hours are a whole day or more".to_owned(), "leave them out for a job that is always active")
        }
    };
    Some(Diagnostic::error(Code::BadRange, message).at(ends, "").also(begins, "begin here").help(help))
}
