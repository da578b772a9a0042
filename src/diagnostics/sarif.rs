//! Findings for code scanning and viewers: SARIF 2.1.0,
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use super::place::Place;
use super::{Accepted, Code, Diagnostic, Label};
use crate::source::Sources;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Paths are relative to it; only who reads the log knows where it is.
const BASE: &str = "SRCROOT";

/// The findings as a log with one run. It names no version and no date of its own, so that equal findings give equal bytes.
pub fn render(sources: &Sources, findings: &[Diagnostic], accepted: &[Accepted]) -> String {
    let suppressed = accepted.iter().map(|accepted| &accepted.finding);
    let codes: BTreeSet<Code> = findings.iter().chain(suppressed).map(|finding| finding.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let rules: Vec<Value> = codes
        .iter()
        .map(|code| json!({"id": code.to_string(), "shortDescription": {"text": code.title()}}))
        .collect();
    let left = findings.iter().map(|finding| (finding, Vec::new()));
    let suppressed =
        accepted.iter().map(|accepted| (&accepted.finding, vec![suppression(sources, accepted)]));
    let results: Vec<Value> = left
        .chain(suppressed)
        .map(|(finding, suppressions)| result(sources, finding, &codes, suppressions))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "genkai", "rules": rules}},
            "originalUriBaseIds": {BASE: {"description": {"text": "the project's folder"}}},
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

/// All results have a list of suppressions, or a reader would not know that they were looked for (section 3.27.23).
fn result(sources: &Sources, finding: &Diagnostic, codes: &[Code], suppressions: Vec<Value>) -> Value {
    let located = finding.primary.as_ref().and_then(|label| location(sources, label));
    let whole = || {
        finding.path.as_deref().map(|path| json!({"physicalLocation": {"artifactLocation": artifact(path)}}))
    };
    let locations: Vec<Value> = located.or_else(whole).into_iter().collect();
    let related: Vec<Value> = finding.secondary.iter().filter_map(|label| location(sources, label)).collect();
    json!({
        "ruleId": finding.code.to_string(),
        "ruleIndex": codes.binary_search(&finding.code).unwrap_or_default(),
        "level": finding.severity.name(),
        "message": message(&whole_text(finding)),
        "locations": locations,
        "relatedLocations": related,
        "suppressions": suppressions,
    })
}

/// The comment that accepts a finding. The justification is a plain string, not a message: its braces stay single.
fn suppression(sources: &Sources, accepted: &Accepted) -> Value {
    let Accepted { reason, until, comment, .. } = accepted;
    let mut suppression = json!({
        "kind": "inSource",
        "status": "accepted",
        "justification": format!("{reason} (until {until})"),
    });
    let comment = Label { span: *comment, message: String::new() };
    if let (Some(location), Some(suppression)) = (location(sources, &comment), suppression.as_object_mut()) {
        suppression.insert("location".to_owned(), location);
    }
    suppression
}

/// SARIF's own place for help is the rule, but ours knows the case at hand.
fn whole_text(finding: &Diagnostic) -> String {
    let mut paragraphs = vec![finding.message.clone()];
    paragraphs.extend(finding.where_it_holds());
    paragraphs.extend(finding.help.iter().map(|help| format!("help: {help}")));
    paragraphs.join("\n\n")
}

fn location(sources: &Sources, label: &Label) -> Option<Value> {
    let Place { path, start, end } = Place::of(sources, label.span)?;
    let physical = json!({
        "artifactLocation": artifact(path),
        "region": {
            "startLine": start.line,
            "startColumn": start.column_utf16,
            "endLine": end.line,
            "endColumn": end.column_utf16,
        },
    });
    Some(match label.message.as_str() {
        "" => json!({"physicalLocation": physical}),
        text => json!({"physicalLocation": physical, "message": message(text)}),
    })
}

fn artifact(path: &str) -> Value {
    json!({"uri": uri(path), "uriBaseId": BASE})
}

/// A message object. Braces are doubled, since single ones hold the number of an argument (section 3.11.5).
fn message(text: &str) -> Value {
    json!({"text": text.replace('{', "{{").replace('}', "}}")})
}

/// A path as a relative reference of RFC 3986. Encoding all but unreserved characters also keeps a colon in the first
/// segment from being read as a scheme.
pub fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            // Writing to a String cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}
