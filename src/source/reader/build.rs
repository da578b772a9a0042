//! From the events of one document to its span tree, within budgets.

mod again;

use super::super::{Entry, Mapping, Node, Origin, Span, Value};
use super::events::{Event, Open, Scalar};
use super::merge::merge;
use super::scalars::{self, Refused};
use super::versions::disagreement;
use super::{Limits, syntax};
use crate::diagnostics::{Code, Diagnostic, has_errors, shown};
use std::collections::{HashMap, hash_map};

/// What a value costs once its aliases are written out.
#[derive(Clone, Copy, Default)]
struct Cost {
    nodes: usize,
    bytes: usize,
}

/// An anchored value and what each alias to it costs.
struct Anchored {
    node: Node,
    cost: Cost,
    /// Lists and mappings inside each other; 0 for a scalar.
    height: usize,
    /// A scalar's text, for an alias that is a key.
    text: Option<String>,
}

/// A list or mapping that is not closed yet.
struct Frame {
    content: Content,
    opened: Span,
    /// The end of its last part.
    end: u32,
    flow: bool,
    anchor: usize,
    /// The height of its highest part.
    height: usize,
    /// What the document had cost before it.
    before: Cost,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping {
        entries: Vec<Entry>,
        keys: HashMap<String, Span>,
        merged: Option<Node>,
        pending: Pending,
        /// Whether keys were found that should stand deeper, below one without a value.
        too_far_out: bool,
    },
}

/// What a mapping waits for.
enum Pending {
    Key,
    Value {
        key: String,
        span: Span,
    },
    /// The value of `<<`.
    Merge,
    /// The value of a key that was refused.
    Refused,
}

/// Builds one document.
pub(super) struct Builder<'t> {
    limits: &'t Limits,
    stack: Vec<Frame>,
    root: Option<Node>,
    /// `None` for an anchor whose value is still open: an alias to it would never end.
    anchors: HashMap<usize, Option<Anchored>>,
    total: Cost,
    /// Where on the stack a refused key is open; what is wrong inside it does not matter.
    refused_key: Option<usize>,
    /// Which findings are about keys that the document has twice, with the keys.
    again: Vec<(usize, String)>,
    findings: Vec<Diagnostic>,
}

impl<'t> Builder<'t> {
    pub fn new(limits: &'t Limits) -> Builder<'t> {
        Builder {
            limits,
            stack: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            total: Cost::default(),
            refused_key: None,
            again: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Takes the next event of the document; an error is one after which the document cannot be read.
    pub fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(scalar) => self.scalar(scalar, span),
            Event::Open(open) => self.open(open, span),
            Event::Close => {
                self.close(span);
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnknownAlias(name) => {
                let name = shown(&name);
                self.findings.push(
                    Diagnostic::error(
                        Code::UnknownAlias,
                        format!("there is no anchor `&{name}` above this alias"),
                    )
                    .at(span, "unknown alias")
                    .help(format!(
                        "write `&{name}` before the value it stands for, or quote the text if it is no alias"
                    )),
                );
                self.stand_in(span);
                Ok(())
            }
            Event::DocumentStart | Event::DocumentEnd | Event::Comment(_) => Ok(()),
        }
    }

    /// The root, unless the document is empty or has errors, and the findings.
    pub fn finish(mut self) -> (Option<Node>, Vec<Diagnostic>) {
        self.join_second_document();
        (self.root.filter(|_| !has_errors(&self.findings)), self.findings)
    }

    /// How many findings there are so far.
    pub fn finding_count(&self) -> usize {
        self.findings.len()
    }

    /// The innermost open list or mapping in brackets.
    pub fn innermost_flow(&self) -> Option<Span> {
        self.stack.iter().rev().find(|frame| frame.flow).map(|frame| frame.opened)
    }

    fn scalar(&mut self, scalar: Scalar<'_>, span: Span) -> Result<(), Diagnostic> {
        self.refuse_tag(scalar.tag);
        self.spend(Cost { nodes: 1, bytes: scalar.text.len() }, span)?;
        let absent = scalar.plain && span.start == span.end;
        let as_key = self.waits_for_key();
        if scalar.plain && scalar.tag.is_none() {
            self.findings.extend(ambiguous(&scalar.text, as_key, span));
        }
        if !as_key || scalar.anchor != 0 {
            let node = self.leaf(&scalar, span, absent);
            if scalar.anchor != 0 {
                let cost = Cost { nodes: 1, bytes: scalar.text.len() };
                let text = Some(scalar.text.to_string());
                let anchored = Anchored { node: node.clone(), cost, height: 0, text };
                self.anchors.insert(scalar.anchor, Some(anchored));
            }
            // A document of nothing is no document.
            let nothing = self.stack.is_empty() && absent;
            if !as_key && !nothing {
                self.place(node, 0);
            }
        }
        if as_key {
            self.key(scalar.text.into_owned(), span, scalar.plain, absent);
        }
        Ok(())
    }

    fn leaf(&mut self, scalar: &Scalar<'_>, span: Span, absent: bool) -> Node {
        let value = match scalar.plain {
            true => scalars::plain(if absent { "" } else { &scalar.text }).unwrap_or_else(|refused| {
                self.findings.push(not_a_number(refused, &scalar.text, span));
                Value::Null
            }),
            false => Value::String(scalar.text.to_string()),
        };
        Node::new(value, Origin::document(span))
    }

    fn key(&mut self, text: String, span: Span, plain: bool, absent: bool) {
        if absent {
            self.findings.push(
                Diagnostic::error(Code::KeyNotText, "a key is missing before `:`")
                    .at(span, "expected a key")
                    .help("write the key, or quote the text if the colon belongs to it"),
            );
            return self.expect(Pending::Refused, span);
        }
        let Some(Frame { content: Content::Mapping { keys, .. }, .. }) = self.stack.last_mut() else {
            return;
        };
        match keys.entry(text.clone()) {
            hash_map::Entry::Occupied(first) => {
                let first = *first.get();
                self.second_time(&text, span, first);
                self.expect(Pending::Refused, span);
            }
            hash_map::Entry::Vacant(free) => {
                free.insert(span);
                let pending =
                    if plain && text == "<<" { Pending::Merge } else { Pending::Value { key: text, span } };
                self.expect(pending, span);
            }
        }
    }

    fn open(&mut self, open: Open, span: Span) -> Result<(), Diagnostic> {
        self.refuse_tag(open.tag);
        if self.waits_for_key() && self.refused_key.is_none() {
            self.refuse_key(span);
            self.refused_key = Some(self.stack.len());
        }
        if self.stack.len() >= self.limits.depth {
            return Err(syntax::too_deep(span));
        }
        let before = self.total;
        self.spend(Cost { nodes: 1, bytes: 0 }, span)?;
        if open.anchor != 0 {
            self.anchors.insert(open.anchor, None);
        }
        let content = match open.mapping {
            false => Content::Sequence(Vec::new()),
            true => Content::Mapping {
                entries: Vec::new(),
                keys: HashMap::new(),
                merged: None,
                pending: Pending::Key,
                too_far_out: false,
            },
        };
        let Open { flow, anchor, .. } = open;
        self.stack.push(Frame { content, opened: span, end: span.end, flow, anchor, height: 0, before });
        Ok(())
    }

    fn close(&mut self, span: Span) {
        let Some(frame) = self.stack.pop() else { return };
        self.refused_key = self.refused_key.filter(|depth| *depth < self.stack.len());
        let value = match frame.content {
            Content::Sequence(items) => Value::Sequence(items),
            Content::Mapping { entries, merged: None, .. } => Value::Mapping(Mapping { entries }),
            Content::Mapping { entries, merged: Some(named), .. } => {
                let (mapping, findings) = merge(entries, &named);
                self.findings.extend(findings);
                Value::Mapping(mapping)
            }
        };
        // A block ends with its last part; the parser only notices at the next token.
        let end = if frame.flow { span.end } else { frame.end };
        let node =
            Node::new(value, Origin::document(Span { end: end.max(frame.opened.start), ..frame.opened }));
        let height = frame.height + 1;
        if frame.anchor != 0 {
            let cost = Cost {
                nodes: self.total.nodes - frame.before.nodes,
                bytes: self.total.bytes - frame.before.bytes,
            };
            let anchored = Anchored { node: node.clone(), cost, height, text: None };
            self.anchors.insert(frame.anchor, Some(anchored));
        }
        self.place(node, height);
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Diagnostic> {
        let Some(Some(anchored)) = self.anchors.get(&anchor) else {
            self.findings.push(
                Diagnostic::error(Code::UnknownAlias, "an alias inside the value that it stands for")
                    .at(span, "this would never end")
                    .help("write the value out, or move the anchor"),
            );
            self.stand_in(span);
            return Ok(());
        };
        let origin = Origin { anchor: Some(anchored.node.span()), ..Origin::document(span) };
        let node = Node { value: anchored.node.value.clone(), origin };
        let (cost, height) = (anchored.cost, anchored.height);
        let text = if self.waits_for_key() { anchored.text.clone() } else { None };
        self.spend(cost, span)?;
        if self.stack.len() + height > self.limits.depth {
            return Err(syntax::too_deep(span));
        }
        match (self.waits_for_key(), text) {
            (true, Some(text)) => self.key(text, span, false, false),
            (true, None) => {
                self.refuse_key(span);
                self.expect(Pending::Refused, span);
            }
            (false, _) => self.place(node, height),
        }
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn place(&mut self, node: Node, height: usize) {
        let span = node.span();
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.height = frame.height.max(height);
        frame.end = frame.end.max(span.end);
        match &mut frame.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping { entries, merged, pending, .. } => {
                match std::mem::replace(pending, Pending::Key) {
                    Pending::Value { key, span } => entries.push(Entry { key, key_span: span, value: node }),
                    Pending::Merge => *merged = Some(node),
                    // A list or mapping as key was refused when it opened; its value follows.
                    Pending::Key => *pending = Pending::Refused,
                    Pending::Refused => {}
                }
            }
        }
    }

    /// Keeps the place of a value that was refused, so that keys and values stay in step.
    fn stand_in(&mut self, span: Span) {
        match self.waits_for_key() {
            true => self.expect(Pending::Refused, span),
            false => self.place(Node::new(Value::Mapping(Mapping::default()), Origin::document(span)), 0),
        }
    }

    fn waits_for_key(&self) -> bool {
        let content = self.stack.last().map(|frame| &frame.content);
        matches!(content, Some(Content::Mapping { pending: Pending::Key, .. }))
    }

    fn expect(&mut self, next: Pending, span: Span) {
        if let Some(Frame { content: Content::Mapping { pending, .. }, end, .. }) = self.stack.last_mut() {
            *pending = next;
            *end = (*end).max(span.end);
        }
    }

    fn refuse_key(&mut self, span: Span) {
        let finding = Diagnostic::error(Code::KeyNotText, "a key must be text, not a list or a mapping");
        let help = "write text before `:`; a value that starts with `{` or `[` must be quoted if it is text";
        self.findings.push(finding.at(span, "read as a key").help(help));
    }

    fn refuse_tag(&mut self, tag: Option<Span>) {
        if let Some(span) = tag {
            self.findings.push(syntax::tagged(span));
        }
    }

    fn spend(&mut self, cost: Cost, span: Span) -> Result<(), Diagnostic> {
        self.total.nodes = self.total.nodes.saturating_add(cost.nodes);
        self.total.bytes = self.total.bytes.saturating_add(cost.bytes);
        let Limits { nodes, expanded_bytes, .. } = *self.limits;
        let limit = match () {
            () if self.total.nodes > nodes => format!("{nodes} values"),
            () if self.total.bytes > expanded_bytes => format!("{expanded_bytes} bytes of text"),
            () => return Ok(()),
        };
        Err(Diagnostic::error(
            Code::TooMuch,
            format!("the document has more than {limit}, aliases written out"),
        )
        .at(span, "the limit is reached here")
        .help("split the document, or use fewer aliases"))
    }
}

/// A plain scalar that is something else to other readers of YAML. A key is always text here.
fn ambiguous(text: &str, as_key: bool, span: Span) -> Option<Diagnostic> {
    let value = if as_key { Value::String(text.to_owned()) } else { scalars::plain(text).ok()? };
    let differs = disagreement(text, &value)?;
    let message = format!(
        "`{}` is {} here, but {} to other readers of YAML",
        shown(text),
        differs.here,
        differs.elsewhere
    );
    let help = match differs.number {
        Some(number) => format!("write `{number}`, or put it in quotes if it is text"),
        None => format!("put it in quotes: `\"{text}\"`"),
    };
    Some(Diagnostic::warning(Code::Ambiguous, message).at(span, "ambiguous").help(help))
}

fn not_a_number(refused: Refused, text: &str, span: Span) -> Diagnostic {
    match refused {
        Refused::NotFinite => Diagnostic::error(Code::NotFinite, format!("`{text}` is not a finite number"))
            .at(span, "")
            .help("write a finite number, or quote it if it is text"),
        Refused::TooWide => Diagnostic::error(Code::NotFinite, "the number does not fit into 64 bits")
            .at(span, "")
            .help("quote it if it is an identifier"),
    }
}
