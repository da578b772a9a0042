//! Mistakes in lists and mappings in brackets.

use super::super::Span;
use super::lines::like_space;
use super::place::Place;
use super::syntax::{SEPARATORS, error};
use crate::diagnostics::Diagnostic;
use granit_parser::ErrorKind;

impl Place<'_> {
    /// Lists and mappings in brackets.
    pub fn bracketed(&self, kind: &ErrorKind, open: Option<Span>) -> Option<Diagnostic> {
        Some(match kind {
            ErrorKind::UnclosedFlowCollection { open } => error(format!("`{open}` is not closed"))
                .at(self.length(1), "opened here")
                .help(format!("add the closing `{}`", if *open == '[' { ']' } else { '}' })),
            ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
                error(format!("`{open}` is closed by `{close}`"))
                    .at(self.length(1), "opened here")
                    .help(format!("close it with `{}`", if *open == '[' { ']' } else { '}' }))
            }
            ErrorKind::MisplacedFlowCollectionEnd => error("a closing bracket without an opening one")
                .at(self.length(1), "nothing is open here")
                .help("remove it, or put the value into quotes"),
            ErrorKind::InvalidColonPlacement
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::BlockEntryInFlowCollection
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::FlowMappingValueAdjacentCollection => {
                let opened = open.and_then(|open| self.text.get(open.start as usize..)?.chars().next());
                let close = if opened == Some('[') { ']' } else { '}' };
                // On a later line, the bracket was forgotten rather than the comma.
                if let Some(open) = open.filter(|open| (open.start as usize) < self.line_start()) {
                    let name = if close == ']' { '[' } else { '{' };
                    let line = self.within_line(self.line().trim());
                    return Some(
                        error(format!("`{name}` is not closed"))
                            .at(Span { end: open.start + 1, ..open }, "opened here")
                            .also(line, "read as part of it")
                            .help(format!("add the closing `{close}`, or a `,` between the parts")),
                    );
                }
                let finding = self.between_parts(close, open);
                match open {
                    Some(open) => finding.also(Span { end: open.start + 1, ..open }, "inside this bracket"),
                    None => finding,
                }
            }
            _ => return None,
        })
    }

    /// Two parts in brackets with something else than a comma between them, or two words where a colon belongs.
    fn between_parts(&self, close: char, open: Option<Span>) -> Diagnostic {
        let from = open.map_or(self.line_start(), |open| open.end as usize).max(self.line_start());
        let seen = self.text.get(from..self.offset).unwrap_or_default();
        let last = seen.rsplit(", ").next().unwrap_or_default();
        let part = self.offset - last.len();
        let expected =
            |at: Span, what: &str| error(format!("expected `{what}`")).at(at, "missing before this");
        if let Some(at) = last.find(SEPARATORS) {
            return Place { offset: part + at, ..*self }.no_comma();
        }
        let colon = last.trim_end_matches(like_space);
        if colon.ends_with(':') && colon.len() < last.len() {
            let key = colon.rsplit(['{', ',', ' ']).next().unwrap_or_default();
            return Place { offset: part + colon.len() - key.len(), ..*self }.no_colon();
        }
        if let Some((before, key)) =
            last.trim_end().rsplit_once(' ').filter(|_| self.after().starts_with(':'))
        {
            let at = part + before.len() + 1;
            let place = self.bytes(at..at + key.len());
            return match before.trim_end().ends_with(':') {
                true => {
                    expected(place, "{").help(format!("write `{{` before `{key}`, and `}}` behind its value"))
                }
                false => expected(place, ",")
                    .help(format!("write `,` before `{key}`, or close the bracket with `{close}`")),
            };
        }
        let word = last.trim_matches(['{', '[', ' ']);
        if self.after().starts_with(['{', '[', '"', '\''])
            && !word.is_empty()
            && !word.contains([' ', ':', '"', '\''])
        {
            return expected(self.character(), ":").help(format!("write `{word}: ` before it"));
        }
        error(format!("expected `,` or `{close}`"))
            .at(self.character(), "unexpected")
            .help(format!("separate the parts with `,`, or close the bracket with `{close}`"))
    }

    /// Something between two parts that looks like a comma or stands for one elsewhere.
    pub fn no_comma(&self) -> Diagnostic {
        let mark = self.after().chars().next().unwrap_or_default();
        error("expected `,`")
            .at(self.character(), format!("`{mark}` does not separate parts"))
            .help("write an ASCII `,` and a space")
    }
}
