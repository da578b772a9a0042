//! Which warnings concern a change: those in documents that it touches, and those that the base does not have.

use super::side::Side;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::resolve::Effective;
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// What the base says, to be compared with what is found in the head.
pub struct Concerned {
    /// The texts of its documents, by kind and name.
    documents: BTreeMap<String, String>,
    /// What was found in it, wherever that stood.
    found: BTreeSet<(Code, String, Option<String>)>,
}

impl Concerned {
    /// What a base says.
    pub fn by(base: &Side) -> Concerned {
        let documents = base
            .insight
            .resolved
            .documents
            .iter()
            .map(|document| (reference(document), text(&base.sources, document.tree.span())));
        let project = base
            .insight
            .resolved
            .project
            .iter()
            .map(|project| ("Project".to_owned(), text(&base.sources, project.tree.span())));
        let found = base.insight.findings.iter().map(|finding| key(&base.sources, finding));
        Concerned { documents: documents.chain(project).collect(), found: found.collect() }
    }

    /// Whether a finding of the head concerns the change; an error always does.
    pub fn is(&self, head: &Sources, documents: &[(String, Span)], finding: &Diagnostic) -> bool {
        let place = finding.primary.as_ref().map(|label| label.span);
        let is_within = |span: &Span| {
            place.is_some_and(|at| at.file == span.file && (span.start..=span.end).contains(&at.start))
        };
        let touched = documents
            .iter()
            .find(|(_, span)| is_within(span))
            .is_some_and(|(reference, span)| self.documents.get(reference) != Some(&text(head, *span)));
        finding.severity == Severity::Error || touched || !self.found.contains(&key(head, finding))
    }
}

/// The documents of a project, by kind and name, and where they stand.
pub fn documents(resolved: &crate::resolve::Resolved) -> Vec<(String, Span)> {
    let documents = resolved.documents.iter().map(|document| (reference(document), document.tree.span()));
    let project = resolved.project.iter().map(|project| ("Project".to_owned(), project.tree.span()));
    documents.chain(project).collect()
}

fn reference(document: &Effective) -> String {
    format!("{}/{}", document.kind.name(), document.text(&["metadata", "name"]).unwrap_or_default())
}

fn text(sources: &Sources, span: Span) -> String {
    let file = sources.get(span.file);
    let text = file.and_then(|file| file.text.get(span.start as usize..span.end as usize));
    text.unwrap_or_default().trim_end().to_owned()
}

/// What a finding is, without its line.
fn key(sources: &Sources, finding: &Diagnostic) -> (Code, String, Option<String>) {
    let file = finding.primary.as_ref().map(|label| sources.path(label.span.file).to_owned());
    (finding.code, finding.message.clone(), file.or_else(|| finding.path.clone()))
}
