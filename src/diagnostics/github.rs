//! Findings for GitHub Actions: workflow commands, which GitHub shows at the lines of a pull request.
//!
//! The syntax and the properties are those of
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>; what has to be escaped is what
//! the runner unescapes (`src/Runner.Common/ActionCommand.cs` in `actions/runner`).

use super::place::Place;
use super::{Diagnostic, Severity, printable};
use crate::source::Sources;

/// One command for each finding, each on a line of its own.
pub fn render(sources: &Sources, findings: &[Diagnostic]) -> String {
    findings.iter().map(|finding| annotation(sources, finding)).collect()
}

/// A command for a file as a whole.
pub fn about_file(severity: Severity, path: &str, title: &str, message: &str) -> String {
    command(severity, &[("file", path.to_owned()), ("title", title.to_owned())], message)
}

/// A command of a level (`error`, `warning` or `notice`), for a line of a file where one is known.
pub fn about_line(level: &str, at: Option<(&str, Option<usize>)>, title: &str, message: &str) -> String {
    let file = at.map(|(path, _)| ("file", path.to_owned()));
    let line = at.and_then(|(_, line)| line).map(|line| ("line", line.to_string()));
    let properties: Vec<(&str, String)> =
        file.into_iter().chain(line).chain([("title", title.to_owned())]).collect();
    command_of(level, &properties, message)
}

fn annotation(sources: &Sources, finding: &Diagnostic) -> String {
    let (file, place) = finding.file(sources);
    let mut properties: Vec<(&str, String)> =
        file.map(|file| ("file", file.to_owned())).into_iter().collect();
    properties.extend(place.as_ref().map(lines_and_columns).unwrap_or_default());
    properties.push(("title", format!("{}: {}", finding.code, finding.code.title())));
    command(finding.severity, &properties, &message(sources, finding))
}

/// The place as GitHub counts: lines and columns from 1; the documentation does not say in what, so columns are characters,
/// and the end column is one past the last, as other linters have it.
fn lines_and_columns(place: &Place<'_>) -> Vec<(&'static str, String)> {
    let Place { start, end, .. } = place;
    // A place that ends with its line break ends on the line before.
    let last = if end.column == 1 && end.line > start.line { end.line - 1 } else { end.line };
    let mut properties = vec![("line", start.line.to_string()), ("endLine", last.to_string())];
    // The runner drops columns of a place on several lines.
    if start.line == end.line {
        properties.push(("col", start.column.to_string()));
        properties.push(("endColumn", end.column.to_string()));
    }
    properties
}

/// Everything that GitHub has no property for is said in the message.
fn message(sources: &Sources, finding: &Diagnostic) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.primary.iter().map(|label| label.message.clone()).filter(|label| !label.is_empty()));
    for label in &finding.secondary {
        if let Some(Place { path, start, .. }) = Place::of(sources, label.span) {
            let place = format!("{path}:{}:{}", start.line, start.column);
            lines.push(if label.message.is_empty() { place } else { format!("{place}: {}", label.message) });
        }
    }
    lines.extend(finding.where_it_holds());
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}

fn command(severity: Severity, properties: &[(&str, String)], message: &str) -> String {
    command_of(severity.name(), properties, message)
}

fn command_of(level: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", escape_property(value))).collect();
    format!("::{level} {}::{}\n", properties.join(","), escape(message))
}

/// The percent sign first, or it would be escaped twice; control characters last, or no line break would be left to escape.
fn escape(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    printable(&escaped).into_owned()
}

fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}
