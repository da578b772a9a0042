//! Merging span trees: maps merge, scalars and lists replace, `null` removes; every value keeps its place and layer.

use crate::source::{Entry, Layer, Mapping, Node, Origin, Value};
use crate::spec::Kind;

/// The tree without one of its top keys.
pub(super) fn without(tree: &Node, key: &str) -> Node {
    let Some(mapping) = tree.as_mapping() else { return tree.clone() };
    let entries = mapping.entries.iter().filter(|entry| entry.key != key).cloned().collect();
    Node::new(Value::Mapping(Mapping { entries }), tree.origin)
}

/// The tree with a partial `spec` on top of its own.
pub(super) fn overridden(tree: &Node, part: &Node) -> Node {
    let Some(entry) = tree.entry("spec") else { return tree.clone() };
    with_entry(tree, Entry { value: merged(&entry.value, part), ..entry.clone() })
}

/// The tree with the Project's defaults where it says nothing.
pub(super) fn with_defaults(tree: &Node, project: &Node, kind: Kind) -> Node {
    let Some(defaults) = project.at(["spec", "defaults"]) else { return tree.clone() };
    let mut filled = tree.clone();
    for (name, path) in kind.defaults() {
        if let (Some(default), Some((key, parents))) = (defaults.entry(name), path.split_last()) {
            let entry = Entry {
                key: (*key).to_owned(),
                key_span: default.key_span,
                value: in_layer(&default.value, Layer::Default),
            };
            filled = filled_at(&filled, parents, entry);
        }
    }
    filled
}

fn filled_at(tree: &Node, parents: &[&str], entry: Entry) -> Node {
    match parents.split_first() {
        Some((&"*", rest)) => match tree.as_sequence() {
            Some(items) => {
                let filled = items.iter().map(|item| filled_at(item, rest, entry.clone()));
                Node::new(Value::Sequence(filled.collect()), tree.origin)
            }
            None => tree.clone(),
        },
        Some((first, rest)) => match tree.entry(first) {
            Some(parent) => {
                with_entry(tree, Entry { value: filled_at(&parent.value, rest, entry), ..parent.clone() })
            }
            None => tree.clone(),
        },
        None if tree.as_mapping().is_some() && tree.get(&entry.key).is_none() => with_entry(tree, entry),
        None => tree.clone(),
    }
}

/// The mapping with an entry replaced, or added at its end.
fn with_entry(tree: &Node, entry: Entry) -> Node {
    let mut entries = tree.as_mapping().cloned().unwrap_or_default().entries;
    match entries.iter_mut().find(|existing| existing.key == entry.key) {
        Some(existing) => *existing = entry,
        None => entries.push(entry),
    }
    Node::new(Value::Mapping(Mapping { entries }), tree.origin)
}

fn merged(base: &Node, over: &Node) -> Node {
    let (Some(_), Some(changes)) = (base.as_mapping(), over.as_mapping()) else {
        return in_layer(over, Layer::Override);
    };
    changes.entries.iter().fold(base.clone(), |tree, change| {
        if matches!(*change.value.value, Value::Null) {
            return without(&tree, &change.key);
        }
        let value = match tree.get(&change.key) {
            Some(old) => merged(old, &change.value),
            None => in_layer(&without_nulls(&change.value), Layer::Override),
        };
        with_entry(&tree, Entry { value, ..change.clone() })
    })
}

/// An override that removes what is not there removes nothing.
fn without_nulls(node: &Node) -> Node {
    let Some(mapping) = node.as_mapping() else { return node.clone() };
    let kept = mapping.entries.iter().filter(|entry| !matches!(*entry.value.value, Value::Null));
    let entries = kept.map(|entry| Entry { value: without_nulls(&entry.value), ..entry.clone() }).collect();
    Node::new(Value::Mapping(Mapping { entries }), node.origin)
}

fn in_layer(node: &Node, layer: Layer) -> Node {
    let origin = Origin { layer, ..node.origin };
    match &*node.value {
        Value::Mapping(mapping) => {
            let relabel = |entry: &Entry| Entry { value: in_layer(&entry.value, layer), ..entry.clone() };
            Node::new(
                Value::Mapping(Mapping { entries: mapping.entries.iter().map(relabel).collect() }),
                origin,
            )
        }
        Value::Sequence(items) => {
            Node::new(Value::Sequence(items.iter().map(|item| in_layer(item, layer)).collect()), origin)
        }
        _ => Node { value: node.value.clone(), origin },
    }
}
