//! What a change means: two states of a project are compiled, and what they come to is compared, not their text.
//!
//! The [`ground`] layer finds every file and every Terraform address that differs. On top of it, [`pipelines`],
//! [`settings`], [`days`] and [`environments`] say what it means for promises and for people; what they do not explain is
//! told as a change of texts, dashboards or files. So a plan is empty if and only if `generated/` stays the same.

mod columns;
pub mod concerned;
pub mod cost;
mod days;
mod environments;
mod ground;
mod group;
mod leftovers;
mod model;
mod opens;
mod pipelines;
mod renames;
mod replace;
pub mod report;
mod review;
mod scheduled;
mod settings;
mod side;

use crate::diagnostics::Severity;
use crate::monitoring::{Stack, states};
use crate::output::{Artifacts, Left, keep};
use crate::spec::Kind;
use environments::{Sides, matched};
use pipelines::Pair;
use side::View;
use std::collections::BTreeSet;

pub use model::{
    Action, Allowance, Change, Compared, FileChange, FileStatus, Holdings, LikelyRename, Meaning, Opens,
    Place, Plan, Reached, ResourceChange, Unknown, Verdict,
};
pub use review::Agreement;
pub use side::Side;

/// Compares two states of a project.
pub fn plan(base: &Side, head: &Side, agreement: &Agreement) -> Plan {
    let renamed = renames::environments(&base.insight.stacks, &head.insight.stacks);
    let (before, after) = (View::of(base, true).calling(renamed.clone()), View::of(head, false));
    let mut plan = Plan { unknown: unknown(&before), ..Plan::default() };
    if plan.unknown.contains(&Unknown::Everything) {
        return plan;
    }
    let unknown: BTreeSet<&String> = plan
        .unknown
        .iter()
        .filter_map(|unknown| match unknown {
            Unknown::Document(reference) => Some(reference),
            Unknown::Everything | Unknown::Unreadable => None,
        })
        .collect();
    let (artifacts, left) = generated_after(base, head);
    plan.left = left;
    plan.files = ground::files(&base.artifacts, &artifacts);
    // What differs about an environment is found in its files, whatever its folder is called.
    let files = ground::files(&base.artifacts.renamed(&renamed), &artifacts);
    let names: BTreeSet<&str> = before.environments().chain(after.environments()).collect();
    let mut changes = Vec::new();
    let mut went = Vec::new();
    let mut came = Vec::new();
    let mut opening = Vec::new();
    for name in names {
        let sides = Sides { base: &before, head: &after, name };
        let (was, is) = (before.stack(name), after.stack(name));
        let renames = renames::declared(was, is);
        let ground = ground::Environment { name, base: was, head: is, renames: &renames };
        let mut resources = ground.resources(&files);
        resources.retain(|resource| resource.reference.as_ref().is_none_or(|of| !unknown.contains(of)));
        let touched = touched(name, &files, was, is);
        let mut own = Vec::new();
        match (was, is) {
            (Some(was), Some(is)) => {
                own.extend(sides.compare(was, is));
                let matched = matched(was, is, &renames);
                let is_known = |reference: &String| !unknown.contains(reference);
                for (was, is) in matched.both {
                    let reference = is.reference();
                    if is_known(&reference) && (touched.contains(&reference) || was.name != is.name) {
                        own.extend(pipelines::compare(Pair {
                            base: &before,
                            head: &after,
                            environment: name,
                            was,
                            is,
                        }));
                    }
                }
                for pipeline in matched.gone.iter().filter(|pipeline| is_known(&pipeline.reference())) {
                    own.push(sides.pipeline_gone(pipeline));
                    went.push((*pipeline, name));
                }
                for pipeline in matched.new.iter().filter(|pipeline| is_known(&pipeline.reference())) {
                    own.push(sides.pipeline_is_new(pipeline));
                    came.push((*pipeline, name));
                }
            }
            (Some(was), None) => own.push(sides.went(was)),
            (None, Some(is)) => own.push(sides.came(is)),
            (None, None) => {}
        }
        if let Some(is) = is {
            opening.extend(opens::opens((name, is, &after), &resources, &own));
        }
        leftovers::explain(&mut own, &resources, &files, (name, was, is), (&renames, &unknown));
        changes.extend(own);
        plan.resources.extend(resources);
        let project = before.project().or(after.project());
        let prices = cost::Basis::of(project.map(|project| &project.project.spec.review));
        let costs = (cost::counts(was), cost::counts(is));
        plan.costs.push(cost::Cost { environment: name.to_owned(), before: costs.0, after: costs.1, prices });
    }
    plan.likely_renames = renames::likely(&before, &after, &went, &came);
    plan.opens = opens::joined(opening);
    plan.changes = group::group(changes);
    judge(&mut plan, (&before, &after), agreement);
    plan
}

/// The files that `genkai generate` writes for one state of a project after another, with what is kept for what left.
pub fn generated_after(base: &Side, head: &Side) -> (Artifacts, Vec<Left>) {
    let mut artifacts = head.artifacts.clone();
    let left = keep(&base.artifacts, &mut artifacts, &states(&head.insight.stacks), &[]);
    (artifacts, left)
}

/// Judges by the policy of the base, so that no change can excuse itself; where there is none, by the head's.
fn judge(plan: &mut Plan, (base, head): (&View<'_>, &View<'_>), agreement: &Agreement) {
    let policy = |view: &View<'_>| view.project().map(|project| project.project.spec.review.clone());
    let (before, after) = (policy(base), policy(head));
    if let (Some(before), Some(after)) = (&before, &after) {
        plan.review_changes = before.fail_on != after.fail_on || before.labels != after.labels;
    }
    if let Some(policy) = agreement.policy.clone().or(before).or(after) {
        plan.review = review::judge(plan, &policy, agreement);
    }
}

/// What of the base cannot be compared.
fn unknown(base: &View<'_>) -> Vec<Unknown> {
    let insight = &base.side.insight;
    let errors: Vec<_> =
        insight.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if errors.is_empty() {
        return Vec::new();
    }
    if insight.resolved.project.is_none() || insight.stacks.is_empty() {
        return vec![Unknown::Everything];
    }
    let mut unknown = BTreeSet::new();
    if !insight.resolved.all_were_read {
        unknown.insert(Unknown::Unreadable);
    }
    for document in &insight.resolved.documents {
        let span = document.tree.span();
        let has_error = errors.iter().any(|finding| {
            finding.primary.as_ref().is_some_and(|label| {
                label.span.file == span.file && (span.start..=span.end).contains(&label.span.start)
            })
        });
        if let (true, Some(name)) =
            (has_error || document.spec.is_none(), document.text(&["metadata", "name"]))
        {
            unknown.insert(Unknown::Document(format!("{}/{name}", document.kind.name())));
        }
    }
    // What claims a name and is no document that can be read at all.
    let known: BTreeSet<(Kind, &str)> = insight
        .resolved
        .documents
        .iter()
        .filter_map(|document| Some((document.kind, document.text(&["metadata", "name"])?)))
        .collect();
    let claims = insight.resolved.names.iter().filter(|claim| claim.kind != Kind::Project);
    let lost = claims.filter(|claim| !known.contains(&(claim.kind, claim.name.as_str())));
    unknown.extend(lost.map(|claim| Unknown::Document(format!("{}/{}", claim.kind.name(), claim.name))));
    unknown.into_iter().collect()
}

/// The pipelines that have a file that differs, by reference.
fn touched(
    environment: &str,
    files: &[FileChange],
    was: Option<&Stack>,
    is: Option<&Stack>,
) -> BTreeSet<String> {
    let paths: BTreeSet<&str> =
        files.iter().filter_map(|file| file.path.strip_prefix(environment)?.strip_prefix('/')).collect();
    let pipelines = was.into_iter().chain(is).flat_map(|stack| &stack.pipelines);
    let differs = pipelines
        .filter(|pipeline| leftovers::paths(pipeline).iter().any(|path| paths.contains(path.as_str())));
    differs.map(|pipeline| pipeline.reference()).collect()
}
