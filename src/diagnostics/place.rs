//! Where a span stands, in the units in which the readers of the formats count.

use crate::source::{Sources, Span};
use schemars::JsonSchema;
use serde::Serialize;

/// A position in a file, in every unit that somebody counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// Bytes before it, from 0; a byte-order mark is not counted.
    pub byte: usize,
    /// The line, from 1.
    #[schemars(range(min = 1))]
    pub line: usize,
    /// The column in Unicode characters, from 1; a tab is one.
    #[schemars(range(min = 1))]
    pub column: usize,
    /// The column in UTF-16 code units, from 1, as editors and SARIF count.
    #[schemars(range(min = 1))]
    pub column_utf16: usize,
}

impl Position {
    /// The position of an offset, which is on a character boundary.
    pub(super) fn of(text: &str, offset: usize) -> Position {
        let before = text.get(..offset).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Position {
            byte: offset,
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: line.chars().count() + 1,
            column_utf16: line.encode_utf16().count() + 1,
        }
    }
}

/// A span as its reader finds it.
pub(super) struct Place<'a> {
    /// Relative to the project.
    pub path: &'a str,
    /// The first character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

impl<'a> Place<'a> {
    /// The place of a span, cut to its file and widened to whole characters. `None` for a file from elsewhere.
    pub(super) fn of(sources: &'a Sources, span: Span) -> Option<Place<'a>> {
        let file = sources.get(span.file)?;
        let start = file.text.floor_char_boundary(span.start as usize);
        let end = file.text.ceil_char_boundary(span.end as usize).max(start);
        let position = |offset| Position::of(&file.text, offset);
        Some(Place { path: &file.path, start: position(start), end: position(end) })
    }
}
