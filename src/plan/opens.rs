//! Which alerts open in the first minute after the apply, unless what they wait for was seen before.

use super::model::{Action, Change, Opens, ResourceChange};
use super::side::View;
use crate::monitoring::{Pipeline, Stack};
use crate::spec::ChangeKind;
use crate::terraform;
use std::collections::{BTreeMap, BTreeSet};

/// The alerts on absence that are new in an environment, or wait for something else now.
pub(super) fn opens(
    (environment, stack, head): (&str, &Stack, &View<'_>),
    resources: &[ResourceChange],
    changes: &[Change],
) -> Vec<Opens> {
    let changed: BTreeMap<&str, &ResourceChange> =
        resources.iter().map(|resource| (resource.address.as_str(), resource)).collect();
    let of_pipeline = |pipeline: &Pipeline| {
        let reference = pipeline.reference();
        let waits_for_another = changes.iter().any(|change| {
            change.kind == ChangeKind::ChangedSubject && change.reaches(&reference, environment)
        });
        let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
        let alerts = policies.filter(|policy| policy.opens_on_absence()).filter(|policy| {
            let address = terraform::policy_address(pipeline, policy).unwrap_or_default();
            let Some(change) = changed.get(address.as_str()) else { return false };
            // What another table holds is another subject, and its check runs as before: its texts alone change.
            let asks_otherwise = change.arguments.iter().any(|argument| argument == "conditions");
            matches!(change.action, Action::Create | Action::Replace) || (waits_for_another && asks_otherwise)
        });
        let alerts: BTreeSet<String> = alerts.map(|policy| policy.alert.key().to_owned()).collect();
        let document = head.document(pipeline, environment);
        let from = document.and_then(|document| document.text(&["spec", "from"])).map(str::to_owned);
        let environments = BTreeSet::from([environment.to_owned()]);
        (!alerts.is_empty()).then_some(Opens { reference, alerts, environments, from })
    };
    stack.pipelines.iter().filter_map(of_pipeline).collect()
}

/// One entry for what differs only in its environment.
pub(super) fn joined(all: Vec<Opens>) -> Vec<Opens> {
    let mut joined: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for Opens { reference, alerts, environments, from } in all {
        joined.entry((reference, alerts, from)).or_default().extend(environments);
    }
    let opens = |((reference, alerts, from), environments)| Opens { reference, alerts, environments, from };
    joined.into_iter().map(opens).collect()
}
