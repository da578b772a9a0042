//! What the APIs would reject at apply, found in the Stacks and reported at the line of the spec that causes it.
//!
//! The limits stand in `gcp::limits`, each with its source; every one that a Stack can go beyond is applied here.

mod claims;
mod logs;
mod policies;
mod queries;
mod scheduled_queries;
mod services;
mod texts;
mod totals;

use crate::diagnostics::Diagnostic;
use crate::monitoring::{Pipeline, Stack};
use rayon::prelude::*;

/// Applies the limits of `gcp::limits` to everything in the Stacks, and to what they come to together where they share a
/// project; and compares the Stacks with each other.
pub fn verify(stacks: &[Stack]) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = stacks.iter().flat_map(check_stack).collect();
    findings.extend(totals::check(stacks));
    findings.extend(claims::check(stacks));
    findings
}

fn check_stack(stack: &Stack) -> Vec<Diagnostic> {
    let name = &stack.environment.name;
    let of_pipelines = stack.pipelines.par_iter().flat_map_iter(check);
    let findings = of_pipelines.chain(texts::folder(&stack.environment));
    findings.map(|finding| finding.in_environment(name.clone())).collect()
}

fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut findings = texts::check(pipeline);
    findings.extend(services::check(pipeline));
    findings.extend(logs::check(pipeline));
    findings.extend(scheduled_queries::check(pipeline));
    for promise in &pipeline.promises {
        findings.extend(promise.policies.iter().flat_map(|policy| policies::check(promise, policy)));
    }
    findings
}
