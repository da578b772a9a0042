//! What a comment covers, by where it stands.

use crate::source::reader::Document;
use crate::source::{Node, Sources, Span, Value};
use std::cmp::Reverse;

/// The parts of documents that a comment can cover.
pub(super) struct Parts(Vec<Span>);

impl Parts {
    pub fn of(documents: &[Document]) -> Parts {
        let mut parts = Vec::new();
        for document in documents {
            parts.push(document.root.span());
            collect(&document.root, &mut parts);
        }
        // What starts at the same place is ordered from the outside in, so that the first key stands for its document,
        // and the first key of a list item for the item. Parts that were merged or anchored are there twice.
        parts.sort_by_key(|part| (part.file, part.start, Reverse(part.end)));
        Parts(parts)
    }

    /// A comment behind something covers what starts on its line; one on a line of its own the next part of its file,
    /// unless it is indented deeper: then it stands at the end of something, and what follows is another matter.
    /// `None` when it covers nothing.
    pub fn covered_by(&self, comment: Span, sources: &Sources) -> Option<Span> {
        let before = line_before(comment, sources)?;
        if !matches!(before.trim(), "" | "---") {
            let content = u32::try_from(before.trim_start().len()).unwrap_or(0);
            return Some(Span { start: comment.start - content, end: comment.start, ..comment });
        }
        let is_before = |part: &Span| (part.file, part.start) < (comment.file, comment.end);
        let next = self.0.get(self.0.partition_point(is_before)).copied()?;
        let indentation = if before.trim().is_empty() { before.len() } else { 0 };
        let fits = next.file == comment.file && indentation <= line_before(next, sources)?.len();
        fits.then_some(next)
    }
}

/// What stands before a place on its line.
fn line_before(place: Span, sources: &Sources) -> Option<&str> {
    sources.get(place.file)?.text.get(..place.start as usize)?.rsplit(['\n', '\r']).next()
}

/// The entries and list items of a value, and values that stand alone.
fn collect(node: &Node, parts: &mut Vec<Span>) {
    match &*node.value {
        Value::Mapping(mapping) => {
            for entry in &mapping.entries {
                let value = entry.value.span();
                parts.push(Span { end: value.end.max(entry.key_span.end), ..entry.key_span });
                collect(&entry.value, parts);
            }
        }
        Value::Sequence(items) => {
            for item in items {
                parts.push(item.span());
                collect(item, parts);
            }
        }
        _ => parts.push(node.span()),
    }
}

/// Whether something that starts at a place is covered.
pub(super) fn holds(cover: Span, place: Span) -> bool {
    cover.file == place.file && (cover.start..cover.end.max(cover.start + 1)).contains(&place.start)
}
