//! The review policy: which kinds of change somebody must have agreed to.

use super::model::{Plan, Verdict};
use crate::spec::{ChangeKind, Review};
use std::collections::BTreeSet;

/// What the author of a change says in its favour.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    /// The kinds of change that somebody acknowledged.
    pub acknowledged: BTreeSet<ChangeKind>,
    /// The labels that the pull request has.
    pub labels: BTreeSet<String>,
    /// The policy that holds, where it is not the base's own: the base may be older than what holds today.
    pub policy: Option<Review>,
}

/// Judges a plan by a policy.
pub(super) fn judge(plan: &Plan, policy: &Review, agreement: &Agreement) -> Verdict {
    let kinds = plan.kinds();
    let mut verdict = Verdict::default();
    let agreed = |kind: &ChangeKind| agreement.acknowledged.contains(kind);
    for kind in policy.fail_on.iter().filter(|kind| kinds.contains(*kind)) {
        let of = if agreed(kind) { &mut verdict.acknowledged } else { &mut verdict.forbidden };
        of.insert(*kind);
    }
    for (label, needed) in &policy.labels {
        for kind in needed.iter().filter(|kind| kinds.contains(*kind)) {
            if agreed(kind) || agreement.labels.contains(label.as_str()) {
                verdict.acknowledged.insert(*kind);
            } else {
                verdict.missing_labels.insert((label.to_string(), *kind));
            }
        }
    }
    verdict
}
