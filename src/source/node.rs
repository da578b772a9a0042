//! The span tree: what YAML says, with the place of every key and value.

use super::Span;
use std::sync::Arc;

/// Which layer of a project gave a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The document itself.
    Document,
    /// The document's `overrides.<environment>`.
    Override,
    /// The Project's `defaults`.
    Default,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Where the value is written, or where an alias to it stands.
    pub span: Span,
    /// For an alias, where the anchored value is written.
    pub anchor: Option<Span>,
    /// The layer that the value belongs to.
    pub layer: Layer,
}

impl Origin {
    /// A value written in the document itself.
    pub fn document(span: Span) -> Origin {
        Origin { span, anchor: None, layer: Layer::Document }
    }
}

/// A value and its place. Cloning shares the content, so aliases and merged trees cost no copies.
#[derive(Clone, Debug)]
pub struct Node {
    /// The content.
    pub value: Arc<Value>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a node holds: the YAML 1.2 core schema, without numbers that are not finite.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`; never `yes`, `no`, `on` or `off`.
    Bool(bool),
    /// A finite number.
    Number(serde_json::Number),
    /// Text.
    String(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order in which they are written.
    Mapping(Mapping),
}

/// The entries of a mapping, in source order; no key occurs twice.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// One key with its value. An entry that came in through `<<` keeps the places where it is written.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key is written.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Mapping {
    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Node {
    /// A node of one layer.
    pub fn new(value: Value, origin: Origin) -> Node {
        Node { value: Arc::new(value), origin }
    }

    /// The place of the value.
    pub fn span(&self) -> Span {
        self.origin.span
    }

    /// The place of some bytes of a text, where it is written as it is read: plain, or in quotes without escapes. The
    /// whole text's elsewhere.
    pub fn span_of(&self, part: std::ops::Range<usize>) -> Span {
        let span = self.span();
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let Some(text) = self.as_str() else { return span };
        let quote = match span.end.saturating_sub(span.start).checked_sub(length(text.len())) {
            Some(0) => 0,
            Some(2) if !text.contains('\n') => 1,
            _ => return span,
        };
        let at = |byte: usize| span.start.saturating_add(quote).saturating_add(length(byte.min(text.len())));
        Span { start: at(part.start), end: at(part.end), ..span }
    }

    /// The mapping, if it is one.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &*self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &*self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match &*self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The entry of a key, if this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_mapping()?.get(key)
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The node at a path of keys and list positions, such as `["spec", "objectives", "success"]`.
    pub fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        path.into_iter().try_fold(self, |node, step| match &*node.value {
            Value::Sequence(items) => items.get(step.parse::<usize>().ok()?),
            _ => node.get(step),
        })
    }

    /// The same content as JSON, for the schema and for serde; aliases are written out.
    pub fn to_json(&self) -> serde_json::Value {
        match &*self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(truth) => (*truth).into(),
            Value::Number(number) => number.clone().into(),
            Value::String(text) => text.clone().into(),
            Value::Sequence(items) => items.iter().map(Node::to_json).collect(),
            Value::Mapping(mapping) => {
                mapping.entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect()
            }
        }
    }
}
