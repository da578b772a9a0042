//! Findings about specs that their form alone does not show: one file per rule.

mod calendars;
mod combinations;
mod composer;
mod days;
mod names;
mod not_yet;
mod owners;
mod reserved;
mod schedule;

use crate::diagnostics::Diagnostic;
use crate::resolve::Resolved;

/// Every rule's findings.
pub fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let rules = [
        names::check,
        not_yet::check,
        owners::check,
        reserved::check,
        composer::check,
        calendars::check,
        schedule::check,
        days::check,
        combinations::check,
    ];
    rules.iter().flat_map(|rule| rule(resolved)).collect()
}
