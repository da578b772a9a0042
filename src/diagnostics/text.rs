//! Findings for people: the source, marked, and what to do.

use super::place::Position;
use super::{Accepted, Diagnostic, Label, Severity, count, counted, printable};
use crate::source::{FileId, SourceFile, Sources, Span};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

/// Longer source lines are trimmed around what is marked.
const WIDTH: usize = 140;

/// Labels within so many bytes of source share a snippet. It also bounds what one finding costs.
const WINDOW: usize = 4096;

/// All findings, one after the other, with an empty line between them.
pub fn render(sources: &Sources, findings: &[Diagnostic], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let mut text = String::new();
    for finding in findings {
        if !text.is_empty() {
            text.push('\n');
        }
        let rendered = renderer.render(&[group(sources, finding)]);
        for line in rendered.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// How many findings there are, such as `2 errors, 1 warning, 3 findings accepted`.
pub fn summary(findings: &[Diagnostic], accepted: &[Accepted]) -> String {
    let parts = [
        (count(findings, Severity::Error), "error", ""),
        (count(findings, Severity::Warning), "warning", ""),
        (accepted.len(), "finding", " accepted"),
    ];
    let some = parts.into_iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<String> = some.map(|(count, noun, what)| counted(count, noun) + what).collect();
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

fn group<'a>(sources: &'a Sources, finding: &'a Diagnostic) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group =
        Group::with_title(level.primary_title(printable(&finding.message)).id(finding.code.to_string()));
    let windows = windows(sources, finding);
    if let Some(path) = finding.path.as_deref().filter(|_| windows.is_empty()) {
        group = group.element(Origin::path(printable(path)));
    }
    for window in &windows {
        group = group.elements(window.elements());
    }
    if let Some(environments) = finding.where_it_holds() {
        group = group.element(Level::NOTE.message(printable(&environments).into_owned()));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    group
}

/// A part of a file with what is marked in it.
struct Window<'a> {
    file: &'a SourceFile,
    id: FileId,
    bytes: Range<usize>,
    marks: Vec<(Range<usize>, bool, &'a str)>,
}

/// The windows of a finding: the primary place first, other places joined to it when they are near.
fn windows<'a>(sources: &'a Sources, finding: &'a Diagnostic) -> Vec<Window<'a>> {
    let primary = finding.primary.iter().map(|label| (label, true));
    let mut windows: Vec<Window<'a>> = Vec::new();
    for (Label { span, message }, is_primary) in
        primary.chain(finding.secondary.iter().map(|label| (label, false)))
    {
        let Some(file) = sources.get(span.file) else { continue };
        let mark = first_line(&file.text, *span);
        let bytes = surroundings(&file.text, &mark);
        let joined = windows.iter_mut().find_map(|window| {
            let all = window.bytes.start.min(bytes.start)..window.bytes.end.max(bytes.end);
            (window.id == span.file && all.len() <= WINDOW).then_some((window, all))
        });
        match joined {
            Some((window, all)) => {
                window.bytes = all;
                window.marks.push((mark, is_primary, message));
            }
            None => {
                windows.push(Window { file, id: span.file, bytes, marks: vec![(mark, is_primary, message)] })
            }
        }
    }
    windows
}

/// A span cut to its first line, in bounds and on character boundaries; an empty one gets a column if there is one.
fn first_line(text: &str, span: Span) -> Range<usize> {
    let start = text.floor_char_boundary(span.start as usize);
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let column = line.chars().next().map_or(0, char::len_utf8);
    let end = text.ceil_char_boundary(span.end as usize);
    start..end.clamp(start + column, start + line.len())
}

/// The line of a mark, or as much of it around the mark as a window holds.
fn surroundings(text: &str, mark: &Range<usize>) -> Range<usize> {
    let start = text.get(..mark.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let after = text.get(mark.end..).and_then(|after| after.split('\n').next()).unwrap_or_default();
    let end = mark.end + after.trim_end_matches('\r').len();
    let start = start.max(mark.start.saturating_sub(WINDOW / 4));
    let end = end.min(mark.start + WINDOW / 2);
    text.ceil_char_boundary(start).min(mark.start)..text.floor_char_boundary(end)
}

impl<'a> Window<'a> {
    fn elements(&self) -> Vec<Element<'a>> {
        let text: &'a str = &self.file.text;
        let path = printable(&self.file.path);
        let source = text.get(self.bytes.clone()).unwrap_or_default();
        let snippet = Snippet::source(source)
            .line_start(Position::of(text, self.bytes.start).line)
            .annotations(self.marks.iter().map(|(mark, is_primary, message)| {
                let kind = if *is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                let within =
                    |offset: usize| offset.clamp(self.bytes.start, self.bytes.end) - self.bytes.start;
                let label = (!message.is_empty()).then(|| printable(message));
                kind.span(within(mark.start)..within(mark.end)).label(label)
            }));
        if self.bytes.start == 0 || text.as_bytes().get(self.bytes.start - 1) == Some(&b'\n') {
            return vec![snippet.path(path).into()];
        }
        // The snippet starts within a long line, so it would count the column from there.
        let start = Position::of(text, self.marks.first().map_or(0, |(mark, ..)| mark.start));
        let origin = Origin::path(path).line(start.line).char_column(start.column);
        vec![origin.into(), snippet.into()]
    }
}
