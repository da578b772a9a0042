//! What Terraform does with scheduled queries and with the history that they write, beyond what their blocks say.

use super::ground::{Changes, Environment, Renames, find};
use super::model::Action;
use crate::monitoring::shapes::names_config;
use crate::monitoring::{Pipeline, Stack};
use crate::sql::Script;
use crate::terraform;
use std::collections::BTreeSet;

/// The addresses of the queries that run the same statements on both sides: only comments can differ.
pub(super) fn only_comments(
    was: Option<&Stack>,
    is: Option<&Stack>,
    renames: &Renames<'_>,
) -> BTreeSet<String> {
    let (Some(was), Some(is)) = (was, is) else { return BTreeSet::new() };
    let statements = |pipeline: &Pipeline| {
        let script = &pipeline.scheduled_query.as_ref()?.script;
        let statements = script.statements.iter().map(|(_, statement)| (None, statement.clone()));
        Some(Script { comment: String::new(), statements: statements.collect() }.print())
    };
    let same = is.pipelines.iter().filter(|pipeline| {
        let renamed = renames.get(&pipeline.reference()).map(|(was, _)| *was);
        let before = renamed.or_else(|| find(was, pipeline)).and_then(statements);
        before.is_some() && before == statements(pipeline)
    });
    same.filter_map(|pipeline| terraform::query_address(pipeline).ok()).collect()
}

impl Environment<'_> {
    /// Scripts stand in files of their own, which Terraform reads.
    pub(super) fn scripts(&self, files: &[&str], changes: &mut Changes) {
        let (Some(base), Some(head)) = (self.base, self.head) else { return };
        for pipeline in head.pipelines.iter().filter(|pipeline| pipeline.scheduled_query.is_some()) {
            let was = self.before(base, pipeline).filter(|was| was.scheduled_query.is_some());
            let differs = files.contains(&terraform::script_file(pipeline).as_str());
            let (true, Some(_), Ok(address)) = (differs, was, terraform::query_address(pipeline)) else {
                continue;
            };
            self.also(changes, &address, "params", Some(pipeline.reference()));
        }
    }

    /// A query that is made anew has another ID, which its dashboard and some of its alerts name.
    pub(super) fn ids_of_queries(&self, changes: &mut Changes) {
        let Some(head) = self.head else { return };
        for pipeline in head.pipelines.iter().filter(|pipeline| pipeline.scheduled_query.is_some()) {
            let query = terraform::query_address(pipeline).ok().and_then(|address| changes.get(&address));
            if query.is_none_or(|change| change.action != Action::Replace) {
                continue;
            }
            let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
            for policy in policies.filter(|policy| policy.conditions.iter().any(names_config)) {
                let Ok(address) = terraform::policy_address(pipeline, policy) else { continue };
                self.also(changes, &address, "conditions", Some(pipeline.reference()));
            }
            let has_dashboard = head.environment.grafana.is_some() && pipeline.dashboard_uid.is_some();
            if let (true, Ok(address)) = (has_dashboard, terraform::dashboard_address(pipeline)) {
                self.also(changes, &address, "config_json", Some(pipeline.reference()));
            }
        }
    }

    /// The table names its dataset as a text or by the resource that makes it, which is the same to Terraform.
    pub(super) fn dataset_of_history(&self, changes: &mut Changes) {
        let dataset = |stack: Option<&Stack>| Some(stack?.history.as_ref()?.table.dataset.clone());
        let (Some(was), Some(is)) = (dataset(self.base), dataset(self.head)) else { return };
        let address = terraform::history_address();
        if was != is {
            self.also(changes, &address, "dataset_id", None);
            if let Some(change) = changes.get_mut(&address) {
                change.action = Action::Replace;
                change.because = Some("dataset_id".to_owned());
            }
        } else if let Some(change) = changes.get_mut(&address) {
            change.arguments.retain(|argument| argument != "dataset_id");
            change.because = change.because.take().filter(|because| because != "dataset_id");
            match (change.arguments.is_empty(), &change.because) {
                (true, None) => drop(changes.remove(&address)),
                (false, None) => change.action = Action::Update,
                _ => {}
            }
        }
    }

    /// The same pipeline on the other side, perhaps under another name.
    fn before<'b>(&'b self, base: &'b Stack, pipeline: &Pipeline) -> Option<&'b Pipeline> {
        let renamed = self.renames.get(&pipeline.reference()).map(|(was, _)| *was);
        renamed.or_else(|| find(base, pipeline))
    }

    /// An argument that changes, too.
    fn also(&self, changes: &mut Changes, address: &str, argument: &str, reference: Option<String>) {
        let change = changes
            .entry(address.to_owned())
            .or_insert_with(|| self.change(address, Action::Update, reference));
        if change.action == Action::Move {
            change.action = Action::Update;
        }
        if change.action == Action::Update && !change.arguments.iter().any(|other| other == argument) {
            change.arguments.push(argument.to_owned());
        }
    }
}
