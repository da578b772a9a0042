//! The form of documents: the JSON Schema of a kind, and what it says about a span tree, each mistake at its place.

mod meant;
mod words;

pub(super) use words::listed;
pub use words::wanted;

use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Node, Span};
use jsonschema::Validator;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// The form of one kind: what a whole document must be, and what an override may be.
pub struct Form {
    whole: Checker,
    part: Checker,
}

struct Checker {
    /// Whether it is for overrides.
    part: bool,
    schema: Json,
    /// `None` only if the schema itself were invalid, which a test rules out.
    validator: Option<Validator>,
}

impl Form {
    /// The form of a type of document, built once.
    pub fn of<T: JsonSchema + 'static>() -> &'static Form {
        static FORMS: Mutex<BTreeMap<TypeId, &'static Form>> = Mutex::new(BTreeMap::new());
        let mut forms = FORMS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        forms.entry(TypeId::of::<T>()).or_insert_with(|| Box::leak(Box::new(Form::new::<T>())))
    }

    fn new<T: JsonSchema>() -> Form {
        let mut settings = SchemaSettings::draft2020_12();
        settings.inline_subschemas = true;
        let mut whole = settings.into_generator().into_root_schema_for::<T>().to_value();
        plain_enums(&mut whole);
        let mut part = whole.pointer("/properties/spec").cloned().unwrap_or(Json::Bool(true));
        partial(&mut part);
        Form { whole: Checker::new(false, whole), part: Checker::new(true, part) }
    }

    /// What is wrong with a whole document.
    pub fn check(&self, document: &Node) -> Vec<Diagnostic> {
        self.whole.check(document, &document.to_json())
    }

    /// The typed document, of the type that the form is of.
    ///
    /// # Errors
    /// What is wrong with it. A refusal by the type alone would be a gap between it and its schema.
    pub fn read<T: DeserializeOwned>(&self, document: &Node) -> Result<T, Vec<Diagnostic>> {
        let json = document.to_json();
        let mistakes = self.whole.check(document, &json);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        serde_json::from_value(json).map_err(|error| {
            vec![Diagnostic::error(Code::Malformed, error.to_string()).at(document.span(), "")]
        })
    }

    /// What is wrong with a partial `spec`, as an override is: nothing is required, and `null` removes.
    pub fn check_part(&self, part: &Node) -> Vec<Diagnostic> {
        self.part.check(part, &part.to_json())
    }

    /// The JSON Schema of a whole document.
    pub fn schema(&self) -> &Json {
        &self.whole.schema
    }

    /// The JSON Schema of an override.
    pub fn part_schema(&self) -> &Json {
        &self.part.schema
    }
}

/// Turns `oneOf` of constants, which schemars makes of documented variants, into `enum`, whose messages are better.
///
/// JSON Schema has no place for what a value of an `enum` means; editors read `enumDescriptions`.
fn plain_enums(schema: &mut Json) {
    if let Some(branches) = schema.get("oneOf").and_then(Json::as_array) {
        let all = |keyword| branches.iter().map(|branch| branch.get(keyword).cloned()).collect();
        let (names, descriptions): (Option<Vec<Json>>, Option<Vec<Json>>) =
            (all("const"), all("description"));
        if let (Some(names), Some(object)) = (names, schema.as_object_mut()) {
            object.remove("oneOf");
            object.insert("type".into(), "string".into());
            object.insert("enum".into(), names.into());
            if let Some(descriptions) = descriptions {
                object.insert("enumDescriptions".into(), descriptions.into());
            }
        }
    }
    match schema {
        Json::Object(object) => object.values_mut().for_each(plain_enums),
        Json::Array(items) => items.iter_mut().for_each(plain_enums),
        _ => {}
    }
}

/// Makes nothing required, and lets `null` remove what was not. Lists replace whole, so their items keep their form.
fn partial(schema: &mut Json) {
    let Some(object) = schema.as_object_mut() else { return };
    for keyword in ["minProperties", "oneOf", "anyOf"] {
        object.remove(keyword);
    }
    let required = object.remove("required").unwrap_or_default();
    let is_required = |key: &str| required.as_array().is_some_and(|keys| keys.iter().any(|name| name == key));
    for keyword in ["properties", "patternProperties"] {
        let Some(Json::Object(values)) = object.get_mut(keyword) else { continue };
        for (key, value) in values {
            partial(value);
            if !is_required(key) {
                removable(value);
            }
        }
    }
}

fn removable(schema: &mut Json) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(kind) = object.get_mut("type").filter(|kind| kind.is_string()) {
        *kind = json!([kind, "null"]);
    }
    if let Some(Json::Array(options)) = object.get_mut("enum") {
        options.push(Json::Null);
    }
    if let Some(Json::Array(descriptions)) = object.get_mut("enumDescriptions") {
        descriptions.push("Removes the key.".into());
    }
}

impl Checker {
    fn new(part: bool, schema: Json) -> Checker {
        let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).ok();
        Checker { part, schema, validator }
    }

    /// What is wrong with a tree, given as JSON too.
    fn check(&self, document: &Node, json: &Json) -> Vec<Diagnostic> {
        let Some(validator) = &self.validator else { return Vec::new() };
        let errors: Vec<_> = validator.iter_errors(json).collect();
        let empty = errors.iter().filter(|error| error.instance().is_null());
        let empty: BTreeSet<&str> = empty.map(|error| error.instance_path().as_str()).collect();
        let mut findings = Vec::new();
        for error in &errors {
            let pointer = error.instance_path().as_str();
            if meant::below_an_empty_entry(document, pointer, &self.schema, &empty) {
                continue;
            }
            let place = Place::new(self.part, document, pointer);
            let path = error.schema_path().as_str();
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let rule = self.schema.pointer(parent).unwrap_or(&Json::Null);
            findings.extend(words::findings_of(error.kind(), error.instance(), rule, &place, &self.schema));
        }
        findings
    }
}

/// Where in the document an error is.
struct Place<'a> {
    /// Whether the tree is an override's.
    part: bool,
    node: &'a Node,
    /// The last key on the way, and where it is written.
    key: Option<(&'a str, Span)>,
    /// Whether the node is an item of that key's list.
    item: bool,
}

impl<'a> Place<'a> {
    /// Follows a JSON pointer as far as it leads.
    fn new(part: bool, document: &'a Node, pointer: &str) -> Place<'a> {
        let mut place = Place { part, node: document, key: None, item: false };
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            if let Some(entry) = place.node.entry(&step) {
                let key = Some((entry.key.as_str(), entry.key_span));
                place = Place { part, node: &entry.value, key, item: false };
            } else if let Some(item) = place.node.at([step.as_str()]) {
                place = Place { node: item, item: true, ..place };
            }
        }
        place
    }

    /// What to call the value: its key, or the tree.
    fn name(&self) -> String {
        match self.key {
            Some((key, _)) if self.item => format!("an item of `{key}`"),
            Some((key, _)) => format!("`{key}`"),
            None if self.part => "the override".to_owned(),
            None => "the document".to_owned(),
        }
    }

    /// The value itself where it is one line, else the key that it belongs to.
    fn span(&self) -> Span {
        let scalar = self.node.as_mapping().is_none() && self.node.as_sequence().is_none();
        if scalar { self.node.span() } else { self.key_span() }
    }

    /// The key that the value belongs to; the first of its own where there is none.
    fn key_span(&self) -> Span {
        let first = || self.node.as_mapping()?.entries.first().map(|entry| entry.key_span);
        match self.key {
            Some((_, span)) if !self.item => span,
            _ => first().unwrap_or_else(|| self.node.span()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::Kind;

    #[test]
    fn every_schema_is_a_valid_schema() {
        for kind in Kind::ALL {
            assert!(kind.form().whole.validator.is_some() && kind.form().part.validator.is_some());
        }
    }
}
