//! GK321 to GK323: what root modules, or documents of one, would both own, and what cannot be told apart.

use crate::diagnostics::{Code, Diagnostic};
use crate::monitoring::{Pipeline, Stack, Subject};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(stacks: &[Stack]) -> Vec<Diagnostic> {
    let mut findings = owned_twice(stacks);
    findings.extend(stacks.iter().flat_map(equal_titles));
    findings.extend(watched_twice(stacks));
    findings
}

/// Something that only one root module can own.
struct Claim<'a> {
    what: String,
    stack: &'a Stack,
    place: Span,
    help: &'static str,
}

fn owned_twice(stacks: &[Stack]) -> Vec<Diagnostic> {
    let mut owners: BTreeMap<String, Claim<'_>> = BTreeMap::new();
    let mut findings = Vec::new();
    for claim in stacks.iter().flat_map(claims) {
        let Some(first) = owners.get(&claim.what) else {
            owners.insert(claim.what.clone(), claim);
            continue;
        };
        // Documents of one name are a finding of their own.
        if std::ptr::eq(first.stack, claim.stack) {
            continue;
        }
        let (one, other) = (&first.stack.environment.name, &claim.stack.environment.name);
        let message = format!("the environments `{one}` and `{other}` would both own {}", claim.what);
        let finding = Diagnostic::error(Code::OwnedTwice, message)
            .at(claim.place, format!("`{other}` claims it"))
            .also(first.place, format!("`{one}` claims it"));
        findings.push(finding.help(claim.help));
    }
    findings
}

fn claims(stack: &Stack) -> Vec<Claim<'_>> {
    let environment = &stack.environment;
    let claim = |what: String, place: Span, help: &'static str| Claim { what, stack, place, help };
    let mut claims = Vec::new();
    claims.extend(environment.state().map(|state| {
        let help = "give each environment a state of its own";
        claim(format!("the Terraform state `{state}`"), environment.backend_place, help)
    }));
    claims.extend(stack.history.as_ref().map(|history| {
        let what =
            format!("the table `{}.{}.{}`", history.table.project, history.table.dataset, history.table.name);
        claim(what, environment.dataset_place, "name another dataset in one of them")
    }));
    if let Some(grafana) = &environment.grafana {
        let what = format!("the Grafana folder `{}`", grafana.folder_uid);
        claims.push(claim(what, environment.place, RENAME));
    }
    for pipeline in &stack.pipelines {
        let metrics = pipeline.log_metrics.iter().map(|metric| ("log-based metric", metric.name.as_str()));
        let service = pipeline.slos().next().map(|_| ("service", pipeline.service_id.as_str()));
        let in_project = metrics.chain(service);
        let ids = in_project.map(|(what, id)| format!("the {what} `{}/{id}`", environment.project_id));
        let dashboard = pipeline.dashboard_uid.as_ref().filter(|_| environment.grafana.is_some());
        let ids = ids.chain(dashboard.map(|uid| format!("the dashboard `{uid}`")));
        claims.extend(ids.map(|what| claim(what, pipeline.places.name, RENAME)));
    }
    claims
}

/// IDs hold the names of Project, environment, kind and document, so that they differ unless names are chosen against it.
const RENAME: &str = "rename one of them: their IDs are made from their names";

/// Documents whose alerts and dashboards bear one title.
fn equal_titles(stack: &Stack) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, &Pipeline> = BTreeMap::new();
    let mut findings = Vec::new();
    for pipeline in stack.pipelines.iter().filter(|pipeline| pipeline.dashboard_uid.is_some()) {
        let Some(other) = first.get(pipeline.display_name.as_str()) else {
            first.insert(&pipeline.display_name, pipeline);
            continue;
        };
        // Documents of one name are a finding of their own.
        if other.name == pipeline.name {
            continue;
        }
        let message = format!(
            "`{}` and `{}` have the same title, `{}`",
            other.reference(),
            pipeline.reference(),
            pipeline.display_name
        );
        findings.push(
            Diagnostic::warning(Code::EqualTitles, message)
                .at(
                    pipeline.places.display_name,
                    "nobody can tell its alerts and its dashboard from the other's",
                )
                .also(other.places.display_name, "the other")
                .help("give one of them another `displayName`")
                .in_environment(stack.environment.name.clone()),
        );
    }
    findings
}

/// Environments of one Google Cloud project that watch the same: each of its failures alerts in both.
fn watched_twice(stacks: &[Stack]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, stack) in stacks.iter().enumerate() {
        let same_project = |other: &&Stack| other.environment.project_id == stack.environment.project_id;
        for first in stacks.iter().take(index).filter(same_project) {
            let theirs: BTreeSet<String> = first.pipelines.iter().flat_map(questions).collect();
            let doubled = stack
                .pipelines
                .iter()
                .filter(|pipeline| questions(pipeline).any(|asked| theirs.contains(&asked)));
            let doubled: Vec<String> =
                doubled.map(|pipeline| format!("`{}`", pipeline.reference())).collect();
            findings.extend(doubled.first().map(|one| {
                let more = match doubled.len() - 1 {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let (one_name, other_name) = (&first.environment.name, &stack.environment.name);
                let message = format!("the environments `{one_name}` and `{other_name}` both watch {one}{more}");
                Diagnostic::warning(Code::WatchedTwice, message)
                    .at(stack.environment.place, "the same Google Cloud project, and the same names in it")
                    .also(first.environment.place, format!("`{one_name}` watches it"))
                    .help("each failure alerts in both: compile the documents for one of them (`environments`), or name what the other runs (`composerEnvironments`, `overrides`)")
            }));
        }
    }
    findings
}

/// What the alerts of a pipeline ask, which names the project and what is watched in it.
fn questions(pipeline: &Pipeline) -> impl Iterator<Item = String> + '_ {
    // A Calendar ends for every environment that follows it.
    let watches = pipeline.dashboard_uid.is_some() || pipeline.subject == Subject::ComposerEnvironment;
    let policies = pipeline.promises.iter().filter(move |_| watches).flat_map(|promise| &promise.policies);
    policies.map(|policy| policy.twin.one_line())
}
