//! GK303: a name occurs once per kind, because Terraform addresses come from it.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::Resolved;
use crate::spec::Kind;
use std::collections::BTreeMap;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let mut first = BTreeMap::new();
    let mut findings = Vec::new();
    // A second Project is a finding of its own.
    for claim in resolved.names.iter().filter(|claim| claim.kind != Kind::Project) {
        match first.get(&(claim.kind, &claim.name)) {
            None => {
                first.insert((claim.kind, &claim.name), claim.span);
            }
            Some(&span) => findings.push(
                Diagnostic::error(
                    Code::DuplicateName,
                    format!("there are two documents `{}/{}`", claim.kind.name(), claim.name),
                )
                .at(claim.span, "the second")
                .also(span, "the first")
                .help("give one of them another name"),
            ),
        }
    }
    findings
}
