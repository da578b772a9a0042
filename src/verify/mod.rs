//! What the Monitoring API would reject at apply, found in the Stack and reported at the line of the spec that causes it.

mod policies;
mod texts;

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{NativeSlo, Pipeline, Promise, Stack};
use rayon::prelude::*;

/// Applies the limits of `gcp::limits` to everything in a Stack.
pub fn verify(stack: &Stack) -> Vec<Diagnostic> {
    let findings = stack.pipelines.par_iter().flat_map_iter(check).chain(policies_of_scope(stack));
    findings.map(|finding| finding.in_environment(stack.environment.name.clone())).collect()
}

/// Other policies of the project count too, so this is the least that can be said.
fn policies_of_scope(stack: &Stack) -> Option<Diagnostic> {
    let promises = stack.pipelines.iter().flat_map(|pipeline| &pipeline.promises);
    let policies = promises.map(|promise| promise.policies.len()).sum::<usize>();
    (policies > limits::POLICIES_MAX).then(|| {
        let message = format!(
            "there are {policies} alert policies, and a metrics scope holds {}",
            limits::POLICIES_MAX
        );
        Diagnostic::warning(Code::TooManyPolicies, message).in_path(stack.environment.source.clone()).help(
            "ask Google for a higher quota, or spread the specs over environments with projects of their own",
        )
    })
}

fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut findings = texts::check(pipeline);
    findings.extend(labels(pipeline));
    findings.extend(service(pipeline));
    for promise in &pipeline.promises {
        findings.extend(promise.slo.as_ref().into_iter().flat_map(|slo| native_slo(promise, slo)));
        findings.extend(promise.policies.iter().flat_map(|policy| policies::check(promise, policy)));
    }
    findings
}

/// Selection leaves out what the API does not take; this would catch a gap in it.
fn native_slo(promise: &Promise, slo: &NativeSlo) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if slo.goal > limits::SLO_GOAL_MAX || slo.goal.as_millionths() == 0 {
        let message =
            format!("Cloud Monitoring accepts SLO goals up to {}, not {}", limits::SLO_GOAL_MAX, slo.goal);
        findings.push(
            Diagnostic::error(Code::SloGoal, message)
                .at(promise.objective.as_ref().map_or(promise.span, |objective| objective.target_span), ""),
        );
    }
    if !matches!(slo.rolling_period.as_whole_days(), Some(1..=limits::SLO_ROLLING_DAYS_MAX)) {
        let message =
            format!("Cloud Monitoring accepts SLO windows of 1 to {} days", limits::SLO_ROLLING_DAYS_MAX);
        findings.push(Diagnostic::error(Code::SloWindow, message).at(promise.window_span(), ""));
    }
    findings
}

fn labels(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if pipeline.labels.len() > limits::LABELS_MAX {
        let message = format!(
            "there are {} labels, and Cloud Monitoring accepts {}",
            pipeline.labels.len(),
            limits::LABELS_MAX
        );
        findings.push(
            Diagnostic::error(Code::Labels, message)
                .at(pipeline.places.labels, "")
                .help("remove some; Genkai adds two of its own"),
        );
    }
    for (key, value) in &pipeline.labels {
        if key.chars().count() > limits::LABEL_MAX || value.chars().count() > limits::LABEL_MAX {
            let message = format!("the label `{key}` is longer than {} characters", limits::LABEL_MAX);
            findings.push(Diagnostic::error(Code::Labels, message).at(pipeline.places.labels, ""));
        }
    }
    findings
}

fn service(pipeline: &Pipeline) -> Option<Diagnostic> {
    let id = pipeline.service_id();
    (id.len() > limits::SERVICE_ID_MAX).then(|| {
        let message = format!(
            "the ID of the service would be `{id}`, longer than {} characters",
            limits::SERVICE_ID_MAX
        );
        Diagnostic::error(Code::TextTooLong, message).at(pipeline.places.name, "").help("give a shorter name")
    })
}
