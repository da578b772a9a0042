//! Merge keys: `<<: *defaults` adds the entries of a mapping, `<<: [*a, *b]` those of several.

use super::super::{Entry, Mapping, Node, Span, Value};
use crate::diagnostics::{Code, Diagnostic};
use std::collections::HashSet;

/// Adds what a merge key names behind the entries that are written out.
///
/// A written entry wins over a merged one, and an earlier mapping of a list over a later one. A merged entry keeps the place
/// where it is written, since that is where it can be changed.
pub(super) fn merge(entries: Vec<Entry>, named: &Node) -> (Mapping, Vec<Diagnostic>) {
    let mut entries = entries;
    let mut taken: HashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    let mut findings = Vec::new();
    let several = match &*named.value {
        Value::Sequence(items) => items.as_slice(),
        _ => std::slice::from_ref(named),
    };
    for source in several {
        let Some(mapping) = source.as_mapping() else {
            findings.push(refusal(source));
            continue;
        };
        for entry in &mapping.entries {
            if taken.insert(entry.key.clone()) {
                entries.push(entry.clone());
            }
        }
    }
    (Mapping { entries }, findings)
}

fn refusal(node: &Node) -> Diagnostic {
    let found = match &*node.value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "a mapping",
    };
    let finding = Diagnostic::error(Code::BadMerge, "`<<` merges mappings only")
        .at(node.span(), format!("this is {found}"))
        .help("name an anchored mapping, as in `<<: *defaults`, or a list of them");
    match node.origin.anchor {
        Some(Span { start, end, .. }) if start == end => finding,
        Some(anchor) => finding.also(anchor, "the anchored value"),
        None => finding,
    }
}
