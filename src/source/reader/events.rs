//! The narrow door to the event parser: nothing else knows its types.

use super::super::{FileId, Span};
use super::place::span;
use super::{Limits, syntax};
use crate::diagnostics::Diagnostic;
use granit_parser::{Event as Raw, Parser, ScalarStyle, ScanError, StrInput, StructureStyle};
use std::borrow::Cow;

/// One step through a file.
pub(super) enum Event<'t> {
    DocumentStart,
    DocumentEnd,
    Comment(Cow<'t, str>),
    Scalar(Scalar<'t>),
    Open(Open),
    Close,
    /// The identity that the anchored event carried.
    Alias(usize),
    UnknownAlias(Cow<'t, str>),
}

/// A value without parts. `anchor` is 0 without one.
pub(super) struct Scalar<'t> {
    pub text: Cow<'t, str>,
    /// Neither quoted nor a block: it may be a number, a truth value or null.
    pub plain: bool,
    pub anchor: usize,
    pub tag: Option<Span>,
}

/// The start of a list or mapping.
pub(super) struct Open {
    pub mapping: bool,
    /// In brackets, not by indentation.
    pub flow: bool,
    pub anchor: usize,
    pub tag: Option<Span>,
}

/// The events of one text.
pub(super) struct Events<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    file: FileId,
}

impl<'t> Events<'t> {
    pub fn new(file: FileId, text: &'t str, limits: &Limits) -> Events<'t> {
        let options = granit_parser::options! {
            emit_unresolved_aliases: true,
            // One more than ours, so that our own message comes first where it can.
            flow_nesting_limit: limits.depth + 1,
            block_nesting_limit: limits.depth + 1,
            // The size of the file bounds them; a long comment is no error.
            max_buffered_comment_events: usize::MAX,
        };
        Events { parser: Parser::new_from_str_with_options(text, options), text, file }
    }

    /// The next event, or `None` at the end or after an error.
    pub fn next(&mut self) -> Option<Result<(Event<'t>, Span), ScanError>> {
        loop {
            let (raw, place) = match self.parser.next_event()? {
                Ok(next) => next,
                Err(error) => return Some(Err(error)),
            };
            let mut span = self.span(place);
            let tag = |present: bool| present.then(|| place.tag_span().map_or(span, |tag| self.span(tag)));
            let event = match raw {
                Raw::DocumentStart(..) => Event::DocumentStart,
                Raw::DocumentEnd => Event::DocumentEnd,
                Raw::Comment(text, _) => Event::Comment(text),
                Raw::Scalar(text, style, anchor, written) => {
                    let tag = tag(written.is_some());
                    if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                        span = self.without_trailing_space(span);
                    }
                    Event::Scalar(Scalar { text, plain: style == ScalarStyle::Plain, anchor, tag })
                }
                Raw::SequenceStart(style, anchor, written) => Event::Open(Open {
                    mapping: false,
                    flow: style == StructureStyle::Flow && self.is_bracket(span),
                    anchor,
                    tag: tag(written.is_some()),
                }),
                Raw::MappingStart(style, anchor, written) => Event::Open(Open {
                    mapping: true,
                    flow: style == StructureStyle::Flow && self.is_bracket(span),
                    anchor,
                    tag: tag(written.is_some()),
                }),
                Raw::SequenceEnd | Raw::MappingEnd => Event::Close,
                Raw::Alias(anchor) => Event::Alias(anchor),
                Raw::UnresolvedAlias(name) => Event::UnknownAlias(name),
                _ => continue,
            };
            return Some(Ok((event, span)));
        }
    }

    /// `[a: 1]` holds a mapping that has no brackets of its own.
    fn is_bracket(&self, span: Span) -> bool {
        self.text.get(span.start as usize..).is_some_and(|text| text.starts_with(['[', '{']))
    }

    /// Leaves the current document and says whether anything can follow.
    pub fn skip_document(&mut self) -> bool {
        self.parser.proceed_next_document().is_ok()
    }

    /// Whether an error stands in what its author takes for the document that ended at `end`: nothing marks its end.
    pub fn goes_on(&self, end: u32, error: &ScanError) -> bool {
        let until = error.marker().byte_offset().unwrap_or(self.text.len());
        let between = self.text.get(end as usize..self.text.floor_char_boundary(until)).unwrap_or_default();
        !between.lines().any(|line| line.starts_with("---") || line.starts_with("..."))
    }

    /// What a syntax error means; `open` is the innermost bracket that is open there.
    pub fn explain(&self, error: &ScanError, open: Option<Span>) -> Diagnostic {
        let offset = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        syntax::explain(self.file, self.text, error.kind(), self.text.floor_char_boundary(offset), open)
    }

    /// A span of ours: in bounds, on character boundaries, not reversed.
    fn span(&self, place: granit_parser::Span) -> Span {
        let bytes = place.byte_range().unwrap_or(0..0);
        let start = self.text.floor_char_boundary(bytes.start);
        let end = self.text.ceil_char_boundary(bytes.end).max(start);
        span(self.file, start..end)
    }

    /// A block text ends where the next token starts; the empty lines between are not part of what one points at.
    fn without_trailing_space(&self, span: Span) -> Span {
        let written = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let kept = u32::try_from(written.trim_end().len()).unwrap_or(0);
        Span { end: span.start + kept, ..span }
    }
}
