//! The ground layer: every file and every Terraform address that differs, whatever the reason. What the other layers
//! explain is found here first, so that nothing can change unseen.

use super::model::{Action, FileChange, FileStatus, ResourceChange};
use super::replace::must_be_replaced;
use crate::monitoring::{Channel, Pipeline, Query, Stack};
use crate::output::Artifacts;
use crate::terraform::{self, Block, File, Item};
use std::collections::{BTreeMap, BTreeSet};

/// The files that differ.
pub(super) fn files(base: &Artifacts, head: &Artifacts) -> Vec<FileChange> {
    let change = |path: &str, status| FileChange { path: path.to_owned(), status };
    let mut files = Vec::new();
    for artifact in head {
        match base.get(&artifact.path) {
            None => files.push(change(&artifact.path, FileStatus::Added)),
            Some(before) if before != artifact => files.push(change(&artifact.path, FileStatus::Changed)),
            Some(_) => {}
        }
    }
    let gone = base.iter().filter(|artifact| head.get(&artifact.path).is_none());
    files.extend(gone.map(|artifact| change(&artifact.path, FileStatus::Removed)));
    files.sort();
    files
}

/// Pipelines of both sides that are the same one, by their names; a renamed one has two.
pub(super) type Renames<'a> = BTreeMap<String, (&'a Pipeline, &'a Pipeline)>;

/// The Terraform addresses of one environment that differ.
pub(super) struct Environment<'a> {
    pub name: &'a str,
    pub base: Option<&'a Stack>,
    pub head: Option<&'a Stack>,
    /// Pipelines that have another name now, by the reference that they have now.
    pub renames: &'a Renames<'a>,
}

/// What happens to addresses.
pub(super) type Changes = BTreeMap<String, ResourceChange>;

/// What one side declares at an address.
struct Declared {
    block: Block,
    reference: Option<String>,
}

impl Environment<'_> {
    /// What happens to every address that differs, given the files that differ, by address.
    pub fn resources(&self, files: &[FileChange]) -> Vec<ResourceChange> {
        let prefix = format!("{}/", self.name);
        let own = files.iter().filter_map(|file| file.path.strip_prefix(&prefix));
        let (modules, others): (Vec<&str>, Vec<&str>) = own.partition(|path| path.ends_with(".tf"));
        let modules: Vec<&str> = modules.iter().filter_map(|path| path.strip_prefix("terraform/")).collect();
        let mut before = declared(self.base, &modules);
        let after = declared(self.head, &modules);
        let scripts: Vec<&str> = others.iter().filter_map(|path| path.strip_prefix("terraform/")).collect();
        let mut changes = Changes::new();
        for (address, now) in &after {
            let (from, rename) = self.address_before(address, now, &before);
            let change = match before.remove(&from) {
                None => Some(self.change(address, Action::Create, now.reference.clone())),
                Some(was) => self.compared(address, (from.as_str(), &was.block), now, rename),
            };
            changes.extend(change.map(|change| (address.clone(), change)));
        }
        for (address, was) in before {
            let mut change = self.change(&address, Action::Destroy, was.reference);
            if change.holds_data() {
                change.action = Action::Forget;
            }
            changes.insert(address, change);
        }
        self.dashboards(&others, &mut changes);
        self.scripts(&scripts, &mut changes);
        self.dataset_of_history(&mut changes);
        self.project(&mut changes);
        self.ids_of_queries(&mut changes);
        self.consequences(&mut changes);
        changes.into_values().collect()
    }

    pub(super) fn change(&self, address: &str, action: Action, reference: Option<String>) -> ResourceChange {
        ResourceChange {
            environment: self.name.to_owned(),
            address: address.to_owned(),
            action,
            moved_from: None,
            arguments: Vec::new(),
            because: None,
            reference,
        }
    }

    /// The address that a resource had: another one where its document has another name.
    fn address_before<'b>(
        &'b self,
        address: &str,
        now: &Declared,
        before: &BTreeMap<String, Declared>,
    ) -> (String, Option<(&'b Pipeline, &'b Pipeline)>) {
        let rename = now.reference.as_ref().and_then(|reference| self.renames.get(reference)).copied();
        let from = rename.and_then(|(was, is)| terraform::renamed_address(is, &was.name, address).ok());
        match from.filter(|from| before.contains_key(from)) {
            Some(from) => (from, rename),
            None => (address.to_owned(), None),
        }
    }

    /// A resource that both sides declare; `None` where only a comment differs.
    fn compared(
        &self,
        address: &str,
        (from, was): (&str, &Block),
        now: &Declared,
        rename: Option<(&Pipeline, &Pipeline)>,
    ) -> Option<ResourceChange> {
        // What refers to a resource that moved refers to the same one.
        let same_name = |text: String| match rename {
            Some((old, new)) => REFERRED_TO.iter().fold(text, |text, kind| {
                text.replace(&format!("{kind}.{}", slug(old)), &format!("{kind}.{}", slug(new)))
            }),
            None => text,
        };
        let mut arguments = differing(was, &now.block, &same_name);
        if rename.is_some_and(|(old, new)| old.service_id == new.service_id) {
            arguments.retain(|argument| argument != "service");
        }
        let moved_from = (from != address).then(|| from.to_owned());
        let because = must_be_replaced(address, &arguments);
        let action = match (because.is_some(), arguments.is_empty(), moved_from.is_some()) {
            (true, ..) => Action::Replace,
            (false, false, _) => Action::Update,
            (false, true, true) => Action::Move,
            (false, true, false) => return None,
        };
        let because = because.map(str::to_owned);
        Some(ResourceChange {
            moved_from,
            arguments,
            because,
            ..self.change(address, action, now.reference.clone())
        })
    }

    /// Terraform reads the dashboards from their files.
    fn dashboards(&self, files: &[&str], changes: &mut Changes) {
        let (Some(base), Some(head)) = (self.base, self.head) else { return };
        if base.environment.grafana.is_none() || head.environment.grafana.is_none() {
            return;
        }
        for pipeline in &head.pipelines {
            let reference = pipeline.reference();
            let rename = self.renames.get(&reference).map(|(was, _)| *was);
            let touched = files.contains(&pipeline.dashboard_file().as_str());
            let was = rename.or_else(|| find(base, pipeline));
            let (true, Some(was), Ok(address)) = (touched, was, terraform::dashboard_address(pipeline))
            else {
                continue;
            };
            if changes.get(&address).is_some_and(|change| change.action == Action::Create) {
                continue;
            }
            let replaced = was.dashboard_uid != pipeline.dashboard_uid;
            let action = if replaced { Action::Replace } else { Action::Update };
            let moved = rename.and_then(|was| terraform::dashboard_address(was).ok());
            let change = changes
                .entry(address.clone())
                .or_insert_with(|| self.change(&address, action, Some(reference)));
            change.action = change.action.min(action);
            change.moved_from = moved.or(change.moved_from.take());
            change.arguments.push("config_json".to_owned());
            if replaced {
                change.because = Some("uid".to_owned());
            }
        }
    }

    /// What belongs to a Google Cloud project cannot move to another.
    fn project(&self, changes: &mut Changes) {
        let (Some(base), Some(head)) = (self.base, self.head) else { return };
        if base.environment.project_id == head.environment.project_id {
            return;
        }
        for (address, now) in declared_in_all(head) {
            if !address.starts_with("google_") {
                continue;
            }
            let change = changes
                .entry(address.clone())
                .or_insert_with(|| self.change(&address, Action::Replace, now.reference));
            if matches!(change.action, Action::Update | Action::Move | Action::Replace) {
                change.action = Action::Replace;
                change.because = Some("project".to_owned());
            }
        }
    }

    /// SLOs belong to their service, and go where it is replaced.
    fn slos_of_another_service(&self, pipeline: &Pipeline, changes: &mut Changes) {
        let Ok(service) = terraform::service_address(pipeline) else { return };
        if changes.get(&service).is_none_or(|change| change.action != Action::Replace) {
            return;
        }
        for promise in &pipeline.promises {
            let Ok(address) = terraform::slo_address(pipeline, promise) else { continue };
            let is_new = changes.get(&address).is_some_and(|change| change.action == Action::Create);
            if promise.slo.is_none() || is_new {
                continue;
            }
            let change = changes
                .entry(address.clone())
                .or_insert_with(|| self.change(&address, Action::Replace, Some(pipeline.reference())));
            change.action = Action::Replace;
            change.because.get_or_insert_with(|| "service".to_owned());
        }
    }

    /// What changes because something that it refers to does.
    fn consequences(&self, changes: &mut Changes) {
        let (Some(base), Some(head)) = (self.base, self.head) else { return };
        let kept = head
            .channels
            .iter()
            .filter_map(|(name, channel)| Some((name, channel, base.channels.get(name)?)));
        // An address or a title changes in place, and what notifies of it names the same channel.
        let in_place = |now: &Channel, was: &Channel| {
            matches!((now, was), (Channel::Email { .. }, Channel::Email { .. }))
        };
        let channels: BTreeSet<&String> =
            kept.filter(|(_, now, was)| now != was && !in_place(now, was)).map(|(name, ..)| name).collect();
        for pipeline in &head.pipelines {
            self.slos_of_another_service(pipeline, changes);
            for promise in &pipeline.promises {
                let slo = terraform::slo_address(pipeline, promise).ok();
                let slo = slo.and_then(|address| changes.get(&address));
                let slo_is_new = slo.is_some_and(|change| change.action == Action::Replace);
                for policy in &promise.policies {
                    let burns = |query: &Query| matches!(query, Query::BurnRate { .. });
                    let argument = if policy.channels.iter().any(|channel| channels.contains(channel)) {
                        "notification_channels"
                    } else if slo_is_new && policy.conditions.iter().any(|condition| burns(&condition.query))
                    {
                        "conditions"
                    } else {
                        continue;
                    };
                    let Ok(address) = terraform::policy_address(pipeline, policy) else { continue };
                    let change = changes
                        .entry(address.clone())
                        .or_insert_with(|| self.change(&address, Action::Update, Some(pipeline.reference())));
                    if change.action == Action::Move {
                        change.action = Action::Update;
                    }
                    if change.action == Action::Update
                        && !change.arguments.iter().any(|other| other == argument)
                    {
                        change.arguments.push(argument.to_owned());
                    }
                }
            }
        }
    }
}

/// The resources of a document that its other resources refer to.
const REFERRED_TO: [&str; 2] = ["google_monitoring_slo", "google_bigquery_data_transfer_config"];

/// The files of what documents share.
const SHARED: [&str; 3] = ["channels.tf", "dashboards.tf", "null-ratios.tf"];

/// The pipeline of the same name on the other side.
pub(super) fn find<'a>(stack: &'a Stack, pipeline: &Pipeline) -> Option<&'a Pipeline> {
    let key = |pipeline: &Pipeline| (pipeline.subject, pipeline.name.clone());
    let at = stack.pipelines.binary_search_by_key(&key(pipeline), key).ok()?;
    stack.pipelines.get(at)
}

fn slug(pipeline: &Pipeline) -> String {
    format!("{}_{}", pipeline.subject.slug('_'), pipeline.name.replace('-', "_"))
}

fn declared_in_all(stack: &Stack) -> BTreeMap<String, Declared> {
    let names: Vec<String> = stack.pipelines.iter().map(terraform::file_name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).chain(SHARED).collect();
    declared(Some(stack), &names)
}

/// What some files declare, by address.
fn declared(stack: Option<&Stack>, names: &[&str]) -> BTreeMap<String, Declared> {
    let Some(stack) = stack else { return BTreeMap::new() };
    let by_file: BTreeMap<String, &Pipeline> =
        stack.pipelines.iter().map(|pipeline| (terraform::file_name(pipeline), pipeline)).collect();
    let dashboards = stack
        .pipelines
        .iter()
        .filter_map(|pipeline| Some((terraform::dashboard_address(pipeline).ok()?, pipeline.reference())));
    let dashboards: BTreeMap<String, String> = dashboards.collect();
    let mut all = BTreeMap::new();
    for name in names {
        // A file that one side does not have declares nothing there.
        let file = match by_file.get(*name) {
            Some(pipeline) => terraform::pipeline_file(pipeline),
            None => terraform::module_file(stack, name).map(Option::unwrap_or_default),
        };
        let reference = by_file.get(*name).map(|pipeline| pipeline.reference());
        for block in file.unwrap_or_default().body.items {
            let Item::Block(block) = block else { continue };
            for (address, block) in addresses(block) {
                let reference = reference.clone().or_else(|| dashboards.get(&address).cloned());
                all.insert(address, Declared { block, reference });
            }
        }
    }
    all
}

/// A block by its address; local values have an address each.
fn addresses(block: Block) -> Vec<(String, Block)> {
    let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
    match (block.kind.as_str(), labels.as_slice()) {
        ("resource", [kind, name]) => vec![(format!("{kind}.{name}"), block)],
        ("locals", _) => {
            let attributes = block.body.items.into_iter().filter_map(|item| match item {
                Item::Attribute(attribute) => Some(attribute),
                Item::Block(_) => None,
            });
            let local = |attribute: terraform::Attribute| {
                (format!("local.{}", attribute.name.as_str()), Block::bare("locals").with(attribute))
            };
            attributes.map(local).collect()
        }
        // A move is shown at what moves.
        ("moved", _) => Vec::new(),
        ("terraform", _) => {
            let inner = block.body.items.iter().find_map(|item| match item {
                Item::Block(inner) => Some(inner.kind.as_str()),
                Item::Attribute(_) => None,
            });
            vec![(format!("terraform.{}", inner.unwrap_or("settings")), block)]
        }
        (kind, labels) => vec![([&[kind], labels].concat().join("."), block)],
    }
}

/// The arguments and blocks that differ; comments are none, and an order of resources changes no resource.
fn differing(was: &Block, now: &Block, same_name: &impl Fn(String) -> String) -> Vec<String> {
    let (was, now) = (parts(was, same_name), parts(now, &|text| text));
    let names: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    let differs = |name: &&String| was.get(*name) != now.get(*name) && *name != "depends_on";
    names.into_iter().filter(differs).cloned().collect()
}

/// What a block holds, by the name of the argument or block, as it is printed.
fn parts(block: &Block, same_name: &impl Fn(String) -> String) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    for item in &block.body.items {
        let (name, item) = match item {
            Item::Attribute(attribute) => {
                let attribute = terraform::Attribute { comment: None, ..attribute.clone() };
                (attribute.name.as_str().to_owned(), Item::from(attribute))
            }
            Item::Block(inner) => {
                (inner.kind.as_str().to_owned(), Block { comment: None, ..inner.clone() }.into())
            }
        };
        let file = File::new().block(Block::bare("part").with(item));
        parts.entry(name).or_default().push_str(&same_name(terraform::print(&file)));
    }
    parts
}
