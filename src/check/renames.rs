//! GK312: an earlier name belongs to one document, and to no other that exists, or Terraform could not tell what moved.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::source::{Node, Span};
use crate::spec::Kind;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let names = resolved.names.iter().map(|claim| ((claim.kind, claim.name.as_str()), claim.span));
    let names: BTreeMap<(Kind, &str), Span> = names.collect();
    let mut claimed: BTreeMap<(Kind, &str), Span> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    // A document has a tree for each environment that differs, and its metadata is the same in all of them.
    for document in resolved.documents.iter().filter(|document| seen.insert(document.tree.span())) {
        for (earlier, span) in earlier_names(document) {
            let message = format!("`{}/{earlier}` is an earlier name", document.kind.name());
            let finding = if document.text(&["metadata", "name"]) == Some(earlier) {
                let message = format!("`{earlier}` is the document's own name");
                Some(conflict(message, span).help("list only names that it had before"))
            } else if let Some(&other) = names.get(&(document.kind, earlier)) {
                let finding = conflict(format!("{message} of one document and the name of another"), span);
                Some(
                    finding
                        .also(other, "still in use")
                        .help("give the other one a new name, or remove this one"),
                )
            } else {
                claimed.get(&(document.kind, earlier)).map(|&first| {
                    let finding = conflict(format!("{message} twice"), span).also(first, "the first");
                    finding.help("only one document can have been called so: remove one of them")
                })
            };
            claimed.entry((document.kind, earlier)).or_insert(span);
            findings.extend(finding);
        }
    }
    findings
}

/// The earlier names that a document lists, and where.
fn earlier_names(document: &Effective) -> impl Iterator<Item = (&str, Span)> {
    let list = document.tree.at(["metadata", "renamedFrom"]).and_then(Node::as_sequence);
    list.unwrap_or_default().iter().filter_map(|item| Some((item.as_str()?, item.span())))
}

fn conflict(message: String, span: Span) -> Diagnostic {
    Diagnostic::error(Code::RenameConflict, message).at(span, "")
}
