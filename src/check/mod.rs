//! Findings about specs that their form alone does not show: one file per rule.

mod calendar_days;
mod calendars;
mod combinations;
mod composer;
mod days;
mod effects;
mod names;
mod null_ratios;
mod owners;
mod platform;
mod promises;
mod renames;
mod reserved;
mod same;
mod schedule;

pub(crate) use effects::silent;

use crate::diagnostics::Diagnostic;
use crate::resolve::Resolved;
use jiff::civil::Date;

/// Every rule's findings. `today` makes warnings about Calendars that end, and nothing else.
pub fn check(resolved: &Resolved, today: Date) -> Vec<Diagnostic> {
    let rules = [
        names::check,
        renames::check,
        owners::check,
        promises::check,
        reserved::check,
        composer::check,
        calendars::check,
        calendar_days::check,
        schedule::check,
        days::check,
        combinations::check,
        null_ratios::check,
        platform::check,
        same::check,
        effects::check,
    ];
    let findings = rules.iter().flat_map(|rule| rule(resolved));
    findings.chain(calendar_days::ends(resolved, today)).collect()
}
