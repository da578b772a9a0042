//! GK510 and GK511: what the environments of one project come to together.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{Channel, Stack};
use std::collections::BTreeMap;

/// Something that a metrics scope holds only so many of.
struct Total {
    code: Code,
    noun: &'static str,
    most: usize,
    count: fn(&Stack) -> usize,
    help: &'static str,
}

const TOTALS: [Total; 3] = [
    Total {
        code: Code::TooManyPolicies,
        noun: "alert policies",
        most: limits::POLICIES_MAX,
        count: |stack| stack.pipelines.iter().flat_map(|it| &it.promises).map(|it| it.policies.len()).sum(),
        help: "ask Google for a higher quota, or spread the specs over environments with projects of their own",
    },
    Total {
        code: Code::TooManyOfAKind,
        noun: "notification channels",
        most: limits::NOTIFICATION_CHANNELS_MAX,
        // Those that Genkai makes; of the others it does not know which are the same.
        count: |stack| stack.channels.values().filter(|it| matches!(it, Channel::Email { .. })).count(),
        help: "share channels between owners: one address may stand for a group",
    },
    Total {
        code: Code::TooManyOfAKind,
        noun: "log-based metrics",
        most: limits::LOG_METRICS_MAX,
        count: |stack| stack.pipelines.iter().map(|it| it.log_metrics.len()).sum(),
        help: "promise few errors of whole jobs, which need no metric of their own, or ask Google for a higher quota",
    },
];

/// What others made in a project counts, too, so this is the least that can be said: a warning.
pub(super) fn check(stacks: &[Stack]) -> Vec<Diagnostic> {
    let mut projects: BTreeMap<&str, Vec<&Stack>> = BTreeMap::new();
    for stack in stacks {
        projects.entry(&stack.environment.project_id).or_default().push(stack);
    }
    let each = |(project, stacks): (&&str, &Vec<&Stack>)| {
        TOTALS.iter().filter_map(|total| total.check(project, stacks)).collect::<Vec<_>>()
    };
    projects.iter().flat_map(each).collect()
}

impl Total {
    fn check(&self, project: &str, stacks: &[&Stack]) -> Option<Diagnostic> {
        let Total { code, noun, most, count, help } = *self;
        let number: usize = stacks.iter().copied().map(count).sum();
        let contributing = stacks.iter().filter(|stack| count(stack) > 0);
        let mut environments = contributing.map(|stack| &stack.environment);
        let first = environments.next().filter(|_| number > most)?;
        let message = format!("`{project}` would hold {number} {noun}, and {most} are the most");
        let finding = Diagnostic::warning(code, message)
            .at(first.place, "")
            .help(help)
            .in_environment(first.name.clone());
        Some(environments.fold(finding, |finding, other| {
            finding.also(other.place, "the same project").in_environment(other.name.clone())
        }))
    }
}
