//! GK110: values of the language that this version does not compile. Keys and kinds are refused by their form.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Resolved, place};
use crate::spec::Language;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let project = resolved.project.iter().filter(|project| project.project.spec.language == Language::Ja);
    project
        .map(|project| {
            Diagnostic::error(Code::NotSupportedYet, "the language `ja` is not supported yet")
                .at(place(&project.tree, &["spec", "language"]), "")
                .help("it is part of the language, but this version of Genkai writes English texts; leave the key out for now")
        })
        .collect()
}
