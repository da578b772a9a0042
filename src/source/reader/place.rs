//! Where an error was noticed, and what stands around it.

use super::super::{FileId, Span};
use std::ops::Range;

/// A span from byte offsets that are in bounds; a file is never longer than 32 bits.
pub(super) fn span(file: FileId, bytes: Range<usize>) -> Span {
    let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span { file, start: narrow(bytes.start), end: narrow(bytes.end) }
}

/// Where the parser noticed an error.
pub(super) struct Place<'t> {
    pub file: FileId,
    pub text: &'t str,
    pub offset: usize,
}

impl<'t> Place<'t> {
    pub fn before(&self) -> &'t str {
        self.text.get(..self.offset).unwrap_or_default()
    }

    pub fn after(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    pub fn line_start(&self) -> usize {
        self.before().rfind('\n').map_or(0, |at| at + 1)
    }

    /// Where to stop looking back for a cause: a bound that keeps a file of a thousand errors quick.
    pub fn recently(&self) -> usize {
        self.text.floor_char_boundary(self.offset.saturating_sub(64 * 1024))
    }

    /// The line without its line break.
    pub fn line(&self) -> &'t str {
        self.text.get(self.line_start()..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }

    /// The bytes of a part of the line; it must come from [`Place::line`].
    pub fn within_line(&self, part: &str) -> Span {
        let line = self.line();
        let start = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len());
        let start = self.line_start() + start;
        self.bytes(start..start + part.len())
    }

    pub fn length(&self, bytes: usize) -> Span {
        self.bytes(self.offset..self.offset + bytes)
    }

    /// In bounds and on character boundaries, whatever a rule above assumed.
    pub fn bytes(&self, bytes: Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(bytes.start);
        span(self.file, start..self.text.ceil_char_boundary(bytes.end).max(start))
    }

    pub fn character(&self) -> Span {
        self.length(self.after().chars().next().map_or(0, char::len_utf8))
    }

    /// From the error to the next space or line break, at least a character.
    pub fn word(&self) -> Span {
        match self.after().split(|c: char| c.is_whitespace()).next().unwrap_or_default() {
            "" => self.character(),
            word => self.length(word.len()),
        }
    }

    /// From the error to the end of its line or a comment.
    pub fn rest_of_line(&self) -> &'t str {
        let line = self.after().lines().next().unwrap_or_default();
        line.split(" #").next().unwrap_or_default().trim_end()
    }
}
