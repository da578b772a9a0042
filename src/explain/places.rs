//! Lines of files.

use super::model::Place;
use crate::source::{Sources, Span};

/// Finds the lines of spans.
#[derive(Clone, Copy)]
pub(super) struct Places<'a>(pub &'a Sources);

impl Places<'_> {
    /// The line on which a span begins. `None` for a file from elsewhere.
    pub fn of(self, span: Span) -> Option<Place> {
        let file = self.0.get(span.file)?;
        let before = file.text.bytes().take(span.start as usize);
        Some(Place { file: file.path.clone(), line: before.filter(|byte| *byte == b'\n').count() + 1 })
    }
}
