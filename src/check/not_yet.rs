//! GK110: values of the language that this version does not compile. Keys are refused where the form is checked.

use crate::diagnostics::Diagnostic;
use crate::resolve::{Resolved, place};
use crate::spec::{Language, refused};

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let japanese = resolved.project.iter().filter(|project| project.project.spec.language == Language::Ja);
    let language =
        japanese.map(|project| refused("the language `ja`", place(&project.tree, &["spec", "language"])));
    let later = resolved.documents.iter().filter(|document| !document.kind.is_compiled());
    let kinds = later
        .map(|document| refused(&format!("the kind `{}`", document.kind.name()), document.span(&["kind"])));
    language.chain(kinds).collect()
}
