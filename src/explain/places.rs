//! Lines of files.

use super::model::Place;
use crate::source::{Sources, Span};

/// Finds the lines of spans.
#[derive(Clone, Copy)]
pub(super) struct Places<'a>(pub &'a Sources);

impl Places<'_> {
    /// The line on which a span begins. `None` for a file from elsewhere.
    pub fn of(self, span: Span) -> Option<Place> {
        let (file, line) = self.0.line(span)?;
        Some(Place { file: file.to_owned(), line })
    }
}
