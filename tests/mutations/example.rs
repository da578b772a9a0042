//! The worked example, taken apart: where its keys and values stand, and what the language allows at each place.

use genkai::source::reader::{Limits, read};
use genkai::source::{FileId, Node, Sources, Span, Value, disk};
use genkai::spec::Kind;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// The files of the example and every key and value in them.
pub struct Example {
    pub sources: Sources,
    pub sites: Vec<Site>,
}

/// A value with its key, if it has one, and with what the language says about it.
pub struct Site {
    pub file: FileId,
    /// The place of its document among all documents.
    pub document: usize,
    pub kind: Kind,
    pub path: Vec<String>,
    pub key: Option<Range<usize>>,
    pub value: Range<usize>,
    pub node: Node,
    /// The part of the language's schema for the value.
    pub rule: Json,
    /// The part for the mapping or list that holds it.
    pub parent: Json,
}

impl Example {
    pub fn load() -> Example {
        let (sources, findings) = disk::load(Path::new(env!("CARGO_MANIFEST_DIR")));
        assert!(findings.is_empty(), "{findings:?}");
        let mut sites = Vec::new();
        let mut documents = 0;
        for (file, source) in sources.iter() {
            for document in read(file, &source.text, &Limits::default()).documents {
                let kind =
                    document.root.get("kind").and_then(Node::as_str).and_then(Kind::from_name).unwrap();
                let root = Site {
                    file,
                    document: documents,
                    kind,
                    path: Vec::new(),
                    key: None,
                    value: bytes(document.root.span()),
                    node: document.root,
                    rule: kind.form().schema().clone(),
                    parent: Json::Null,
                };
                root.collect(&mut sites);
                documents += 1;
            }
        }
        Example { sources, sites }
    }

    pub fn text(&self, file: FileId) -> &str {
        &self.sources.get(file).unwrap().text
    }

    /// Every place with a key.
    pub fn keys(&self) -> impl Iterator<Item = (&Site, Range<usize>)> {
        self.sites.iter().filter_map(|site| Some((site, site.key.clone()?)))
    }

    /// The sites that stand directly in the same mapping or list as another, itself included.
    pub fn siblings<'a>(&'a self, of: &'a Site) -> impl Iterator<Item = &'a Site> {
        let parent = of.path.split_last().map(|(_, parent)| parent);
        self.sites.iter().filter(move |site| {
            site.document == of.document && site.path.split_last().map(|(_, parent)| parent) == parent
        })
    }

    /// Where a name of the Project's, or of a calendar, is written, and everywhere that it is used.
    pub fn references(&self) -> Vec<(&Site, Vec<&Site>)> {
        let defined = self.sites.iter().filter_map(|site| Some((site, site.defines()?)));
        defined
            .map(|(definition, what)| {
                let name = definition.name();
                let uses = |site: &&Site| site.uses() == Some(what) && site.name() == name;
                (definition, self.sites.iter().filter(uses).collect())
            })
            .collect()
    }
}

impl Site {
    fn collect(self, sites: &mut Vec<Site>) {
        let inside = |step: String, key: Option<Span>, node: &Node| Site {
            path: self.path.iter().cloned().chain([step.clone()]).collect(),
            key: key.map(bytes),
            value: bytes(node.span()),
            node: node.clone(),
            rule: below(&self, &step),
            parent: self.rule.clone(),
            ..self
        };
        match &*self.node.value {
            Value::Mapping(mapping) => mapping
                .entries
                .iter()
                .map(|entry| inside(entry.key.clone(), Some(entry.key_span), &entry.value))
                .for_each(|site| site.collect(sites)),
            Value::Sequence(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| inside(index.to_string(), None, item))
                .for_each(|site| site.collect(sites)),
            _ => {}
        }
        sites.push(self);
    }

    /// The last step of the path.
    pub fn step(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// What it says, if it is one word, number or text.
    pub fn scalar(&self) -> Option<String> {
        match &*self.node.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// From the start of the key to the end of the value.
    pub fn whole(&self) -> Range<usize> {
        self.key.as_ref().map_or(self.value.start, |key| key.start)..self.value.end
    }

    /// The keys that the language has in the mapping around it; `None` where authors choose the keys.
    pub fn keys_here(&self) -> Option<BTreeSet<&str>> {
        keys(&self.parent)
    }

    /// Whether the mapping around it needs this key.
    pub fn is_required(&self) -> bool {
        let required = self.parent.get("required").and_then(Json::as_array);
        required.is_some_and(|keys| keys.iter().any(|key| key == self.step()))
    }

    pub fn is_in_override(&self) -> bool {
        self.path.first().is_some_and(|first| first == "overrides")
    }

    /// What sort of thing gets its name here.
    fn defines(&self) -> Option<&'static str> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match (self.kind, path.as_slice()) {
            (Kind::Project, ["spec", "owners", _]) => Some("owner"),
            (Kind::Project, ["spec", "environments", _]) => Some("environment"),
            (Kind::Project, ["spec", "environments", _, "channels", _]) => Some("channel"),
            (kind, ["metadata", "name"]) if kind.name() == "Calendar" => Some("calendar"),
            _ => None,
        }
    }

    /// What sort of thing is named here, so that it must exist elsewhere.
    pub fn uses(&self) -> Option<&'static str> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["metadata", "owner"] | ["spec", "defaults", "owner"] => Some("owner"),
            ["overrides", _] | ["environments", _] | ["spec", "defaults", "environments", _] => {
                Some("environment")
            }
            ["spec", "owners", _, "page" | "ticket", _] => Some("channel"),
            [.., "schedule", "calendar"] => Some("calendar"),
            _ => None,
        }
    }

    /// The name that is defined or used here: a key, or a text.
    pub fn name(&self) -> String {
        self.scalar().unwrap_or_else(|| self.step().to_owned())
    }

    /// Where that name stands.
    pub fn name_bytes(&self) -> Range<usize> {
        match &self.key {
            Some(key) if self.scalar().is_none() => key.clone(),
            _ => self.value.clone(),
        }
    }
}

fn bytes(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The keys of a mapping by its schema; `None` where authors choose them.
pub fn keys(rule: &Json) -> Option<BTreeSet<&str>> {
    let properties = rule.get("properties")?.as_object()?;
    Some(properties.keys().map(String::as_str).collect())
}

/// The schema one step further down. Overrides are parts of `spec`, by environment, and stand in no schema.
fn below(site: &Site, step: &str) -> Json {
    let path: Vec<&str> = site.path.iter().map(String::as_str).chain([step]).collect();
    match path.as_slice() {
        ["overrides"] => serde_json::json!({"type": "object"}),
        ["overrides", _] => site.kind.form().schema().pointer("/properties/spec").cloned().unwrap(),
        _ => {
            let property = site.rule.get("properties").and_then(|keys| keys.get(step));
            let patterns = site.rule.get("patternProperties").and_then(Json::as_object);
            let pattern = patterns.and_then(|patterns| patterns.values().next());
            let others = || site.rule.get("additionalProperties").filter(|rule| rule.is_object());
            property
                .or(pattern)
                .or_else(others)
                .or_else(|| site.rule.get("items"))
                .cloned()
                .unwrap_or_default()
        }
    }
}
