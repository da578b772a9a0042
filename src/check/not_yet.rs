//! GK110: values of the language that this version does not compile. Keys are refused where the form is checked.

use crate::diagnostics::Diagnostic;
use crate::resolve::Resolved;
use crate::spec::refused;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let later = resolved.documents.iter().filter(|document| !document.kind.is_compiled());
    later
        .map(|document| refused(&format!("the kind `{}`", document.kind.name()), document.span(&["kind"])))
        .collect()
}
