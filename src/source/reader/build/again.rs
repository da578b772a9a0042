//! Keys that come again in one mapping: each is a mistake, unless all of them show another one.

use super::{Builder, Content, Frame};
use crate::diagnostics::{Code, Diagnostic, shown};
use crate::source::{Node, Span};
use std::collections::BTreeSet;

impl Builder<'_> {
    /// A key that its mapping has already.
    pub(super) fn second_time(&mut self, key: &str, span: Span, first: Span) {
        if self.is_meant_below(span, first) {
            return;
        }
        if self.stack.len() == 1 {
            self.again.push((self.findings.len(), key.to_owned()));
        }
        let name = shown(key);
        self.findings.push(
            Diagnostic::error(Code::DuplicateKey, format!("the key `{name}` occurs twice in one mapping"))
                .at(span, "second time")
                .also(first, "first written here")
                .help(match key {
                    "<<" => "merge several mappings with a list: `<<: [*a, *b]`",
                    _ => "remove or rename one of them",
                }),
        );
    }

    /// Keys that come again behind one without a value were to stand below it: that is one mistake, of the one above.
    fn is_meant_below(&mut self, span: Span, first: Span) -> bool {
        let Some(Frame { content: Content::Mapping { entries, too_far_out, .. }, .. }) =
            self.stack.last_mut()
        else {
            return false;
        };
        if *too_far_out {
            return true;
        }
        let is_empty = |node: &Node| node.span().start == node.span().end;
        // Those that came again are no entries, so that the one without a value stays the last.
        let Some(holder) =
            entries.last().filter(|last| is_empty(&last.value) && first.start < last.key_span.start)
        else {
            return false;
        };
        *too_far_out = true;
        let name = shown(&holder.key);
        self.findings.push(
            Diagnostic::error(Code::DuplicateKey, format!("`{name}` is indented like the keys below it"))
                .at(holder.key_span, "has no value")
                .also(span, "a key that this mapping has already")
                .also(first, "first written here")
                .help(format!("align `{name}` with its neighbours, or indent what is below it")),
        );
        true
    }

    /// When a document's keys come again, from its first on, a `---` was forgotten: that is one mistake.
    pub(super) fn join_second_document(&mut self) {
        let keys: BTreeSet<&str> = self.again.iter().map(|(_, key)| key.as_str()).collect();
        let start = self.root.as_ref().map(|root| root.span().start);
        let is_first = |finding: &Diagnostic| {
            finding.secondary.first().is_some_and(|label| Some(label.span.start) == start)
        };
        let Some(&(at, _)) = self.again.first() else { return };
        if keys.len() < 3 || !self.findings.get(at).is_some_and(is_first) {
            return;
        }
        let echoes: BTreeSet<usize> = self.again.drain(1..).map(|(index, _)| index).collect();
        let mut index = 0..;
        self.findings.retain(|_| !index.next().is_some_and(|index| echoes.contains(&index)));
        if let Some(first) = self.findings.get_mut(at) {
            first.help = Some("write `---` above it if another document starts here".to_owned());
        }
    }
}
