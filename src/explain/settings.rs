//! The values of a document that are in effect, and where each comes from.

use super::model::{Held, Layer, Origin, Setting};
use super::places::Places;
use crate::resolve::{Effective, ResolvedProject};
use crate::source::{self, Entry, Node, Value};
use crate::spec::Kind;
use serde_json::Value as Json;

/// Defaults that say nothing while another key beside them is missing.
const IDLE: [(&str, &str); 2] = [("onClosed", "calendar"), ("timezone", "cron")];

/// The values of one effective tree.
struct Collector<'a> {
    places: Places<'a>,
    rows: Vec<(String, Json, Origin)>,
}

/// The values in all of the environments, those of one path together.
pub(super) fn settings(
    places: Places<'_>,
    project: Option<&ResolvedProject>,
    documents: &[(&Effective, Vec<String>)],
) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for (document, environments) in documents {
        // Where what the Project says of an environment fills a gap, each environment counts for itself.
        let groups: Vec<Vec<String>> = match environments.as_slice() {
            [] => vec![Vec::new()],
            several => several.iter().map(|name| vec![name.clone()]).collect(),
        };
        for group in groups {
            let mut after = 0;
            for (path, value, origin) in rows(places, project, document, group.first().map(String::as_str)) {
                let at = settings.iter().position(|setting| setting.path == path);
                let index = at.unwrap_or(after);
                if at.is_none() {
                    settings.insert(index, Setting { path, values: Vec::new() });
                }
                if let Some(setting) = settings.get_mut(index) {
                    setting.hold(&group, value, origin);
                }
                after = index + 1;
            }
        }
    }
    settings
}

impl Setting {
    fn hold(&mut self, environments: &[String], value: Json, origin: Origin) {
        let same = self.values.iter_mut().find(|held| held.value == value && held.origin == origin);
        match same {
            Some(held) => held.environments.extend_from_slice(environments),
            None => self.values.push(Held { environments: environments.to_vec(), value, origin }),
        }
    }
}

pub(super) fn rows(
    places: Places<'_>,
    project: Option<&ResolvedProject>,
    document: &Effective,
    environment: Option<&str>,
) -> Vec<(String, Json, Origin)> {
    let mut collector = Collector { places, rows: Vec::new() };
    let schema = document.kind.form().schema();
    let tree = &document.tree;
    for key in ["metadata", "environments", "spec"] {
        match tree.entry(key) {
            Some(entry) => collector.entry(String::new(), entry, schema),
            None if key == "environments" => collector.project_environments(project, document.kind),
            None => {}
        }
    }
    let composer = tree.at(["spec", "composerEnvironment"]);
    if let (Kind::DagSlo, None, Some(environment)) = (document.kind, composer, environment) {
        collector.composer(project, environment);
    }
    collector.rows
}

impl Collector<'_> {
    fn entry(&mut self, parent: String, entry: &Entry, schema: &Json) {
        let Some(schema) = below(schema, &entry.key) else {
            return self.node(joined(&parent, &entry.key), &entry.value, &Json::Null);
        };
        self.node(joined(&parent, &entry.key), &entry.value, schema);
    }

    fn node(&mut self, path: String, node: &Node, schema: &Json) {
        match &*node.value {
            Value::Mapping(mapping) => {
                for entry in &mapping.entries {
                    self.entry(path.clone(), entry, schema);
                }
                self.defaults(&path, node, schema);
            }
            Value::Sequence(items) if items.iter().any(|item| item.as_mapping().is_some()) => {
                let schema = schema.get("items").unwrap_or(&Json::Null);
                for (index, item) in items.iter().enumerate() {
                    self.node(format!("{path}[{index}]"), item, schema);
                }
            }
            _ => {
                let origin = self.places.origin(&node.origin);
                self.rows.push((path, node.to_json(), origin));
            }
        }
    }

    /// What the language says where the mapping does not.
    fn defaults(&mut self, path: &str, node: &Node, schema: &Json) {
        let properties = schema.get("properties").and_then(Json::as_object);
        for (key, property) in properties.into_iter().flatten() {
            let idle = IDLE.iter().any(|(of, needs)| of == key && node.get(needs).is_none());
            let scalar = |default: &&Json| default.is_string() || default.is_number() || default.is_boolean();
            let default = property.get("default").filter(scalar);
            if let (Some(default), None, false) = (default, node.get(key), idle) {
                let origin = Origin { from: Layer::Language, place: None, anchor: None };
                self.rows.push((joined(path, key), default.clone(), origin));
            }
        }
    }

    /// The environments of a document that does not name any.
    fn project_environments(&mut self, project: Option<&ResolvedProject>, kind: Kind) {
        let default = project.and_then(|project| project.tree.at(["spec", "defaults", "environments"]));
        if let (Some(default), true) = (default, kind.has_environments()) {
            let origin = Origin { from: Layer::ProjectDefault, ..self.places.origin(&default.origin) };
            self.rows.push(("environments".to_owned(), default.to_json(), origin));
        }
    }

    /// The Composer environment of a DAG that does not name any: the only one.
    fn composer(&mut self, project: Option<&ResolvedProject>, environment: &str) {
        let path = ["spec", "environments", environment, "composerEnvironments", "0"];
        if let Some(only) = project.and_then(|project| project.tree.at(path)) {
            let origin = Origin { from: Layer::Environment, ..self.places.origin(&only.origin) };
            self.rows.push(("spec.composerEnvironment".to_owned(), only.to_json(), origin));
        }
    }
}

/// The schema of a key's value.
fn below<'a>(schema: &'a Json, key: &str) -> Option<&'a Json> {
    let named = schema.get("properties").and_then(|properties| properties.get(key));
    named.or_else(|| schema.get("patternProperties")?.as_object()?.values().next())
}

fn joined(path: &str, key: &str) -> String {
    let key = if key.contains(['.', '[']) { format!("\"{key}\"") } else { key.to_owned() };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

impl Places<'_> {
    fn origin(self, origin: &source::Origin) -> Origin {
        let from = match origin.layer {
            source::Layer::Document => Layer::Document,
            source::Layer::Override => Layer::Override,
            source::Layer::Default => Layer::ProjectDefault,
        };
        Origin { from, place: self.of(origin.span), anchor: origin.anchor.and_then(|anchor| self.of(anchor)) }
    }
}
