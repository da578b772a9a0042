//! The JSON Schema for editors: one schema for a document of any kind, as it is written, `overrides` included.
//!
//! It is made of the kinds' [`Form`](super::Form)s, so that it accepts what they accept. What is added serves editors: the
//! keywords `errorMessage`, `patternErrorMessage`, `markdownDescription`, `enumDescriptions` and
//! `markdownEnumDescriptions` are those that VS Code and yaml-language-server know; to any other reader they mean nothing.

use super::Kind;
use super::form::{listed, wanted};
use super::values::{NAME, Written};
use serde_json::{Map, Value as Json, json};

type Object = Map<String, Json>;

/// A version of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draft {
    /// Draft 7, which editors understand best.
    Draft07,
    /// Draft 2020-12.
    Draft202012,
}

impl Draft {
    /// The address of its metaschema.
    pub const fn metaschema(self) -> &'static str {
        match self {
            Draft::Draft07 => "http://json-schema.org/draft-07/schema#",
            Draft::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// The name of the file that this repository publishes it in.
    pub const fn file_name(self) -> &'static str {
        match self {
            Draft::Draft07 => "genkai.schema.json",
            Draft::Draft202012 => "genkai.2020-12.schema.json",
        }
    }
}

/// The schema of a document of any kind.
///
/// The kinds are branches of `allOf`, not of `oneOf`, of which editors suggest only the first one, and whose messages name
/// none. `kind` stands outside of them, so that it is suggested before it is known.
pub fn schema(draft: Draft) -> Json {
    let mut documents = Kind::ALL.map(|kind| (kind, document(kind)));
    let common = common_keys(&documents);
    let required: Vec<&String> = common.keys().collect();
    let mut branches = Vec::new();
    for (kind, document) in &mut documents {
        for key in common.keys() {
            leave_to_the_top(document, key);
        }
        branches.push(json!({
            "if": { "properties": { "kind": { "const": kind.name() } }, "required": ["kind"] },
            "then": document,
        }));
    }
    json!({
        "$schema": draft.metaschema(),
        "$id": format!("https://genkai.dev/v1/{}", draft.file_name()),
        "title": "Genkai",
        "description": "A document of Genkai's spec language.",
        "type": "object",
        "properties": common,
        "required": required,
        "allOf": branches,
    })
}

/// The schema as it is published: indented, with a line break at its end.
pub fn text(draft: Draft) -> String {
    format!("{:#}\n", schema(draft))
}

/// A document of one kind.
fn document(kind: Kind) -> Json {
    let mut document = kind.form().schema().clone();
    let Some(object) = document.as_object_mut() else { return document };
    object.shift_remove("$schema");
    object.shift_remove("description");
    object.insert("title".into(), kind.name().into());
    if let Some(Json::Object(properties)) = object.get_mut("properties")
        && kind.has_environments()
    {
        properties.insert("overrides".into(), overrides(kind));
    }
    prepare(&mut document);
    document
}

fn overrides(kind: Kind) -> Json {
    let mut part = kind.form().part_schema().clone();
    if let Some(part) = part.as_object_mut() {
        part.insert("description".into(), "The part of `spec` that differs in this environment.".into());
    }
    json!({
        "type": "object",
        "additionalProperties": false,
        "patternProperties": { NAME.pattern: part },
        "description": "What differs in an environment: below its name, a part of `spec`. Mappings are merged, scalars \
                        and lists replaced, and `null` removes a key.",
    })
}

/// The keys that are the same in every kind: the version and `kind` itself.
fn common_keys(documents: &[(Kind, Json)]) -> Object {
    let properties = |document: &Json| document.get("properties").and_then(Json::as_object).cloned();
    let mut all = documents.iter().filter_map(|(_, document)| properties(document));
    let mut common = all.next().unwrap_or_default();
    for other in all {
        common.retain(|key, schema| other.get(key) == Some(schema));
    }
    common
}

fn leave_to_the_top(document: &mut Json, key: &str) {
    if let Some(schema) = document.pointer_mut("/properties").and_then(|properties| properties.get_mut(key)) {
        *schema = true.into();
    }
    if let Some(Json::Array(required)) = document.get_mut("required") {
        required.retain(|name| name != key);
    }
}

/// Prepares a schema, and those in it, for editors.
fn prepare(schema: &mut Json) {
    let wanted = wanted(schema);
    let Some(object) = schema.as_object_mut() else { return };
    // The size of an integer in Rust.
    object.shift_remove("format");
    default_in_words(object);
    if let Some(Json::Object(properties)) = object.get_mut("properties") {
        properties.values_mut().for_each(prepare);
    }
    named_keys(object);
    items(object);
    messages(object, wanted);
    markdown(object, "description", "markdownDescription");
    markdown(object, "enumDescriptions", "markdownEnumDescriptions");
}

/// Tells a default where it is read. As a keyword, editors would write it out with every new mapping.
fn default_in_words(object: &mut Object) {
    // Nothing is what every list and mapping holds that is left out.
    let nothing = |default: &Json| [json!(null), json!([]), json!({})].contains(default);
    let Some(default) = object.shift_remove("default").filter(|default| !nothing(default)) else { return };
    if let Some(Json::String(description)) = object.get_mut("description") {
        let text = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        if !description.contains("by default") {
            *description += &format!(" By default `{text}`.");
        }
    }
    object.entry("examples").or_insert_with(|| json!([default]));
}

/// Says with `propertyNames` how keys of the author's own are written, for which there is a message and a suggestion.
fn named_keys(object: &mut Object) {
    let Some(Json::Object(patterns)) = object.shift_remove("patternProperties") else { return };
    for (pattern, mut value) in patterns {
        prepare(&mut value);
        let mut name = json!({ "type": "string", "pattern": pattern });
        let (noun, help) = wanted(&name);
        if let Some(name) = name.as_object_mut() {
            name.insert("title".into(), noun.trim_start_matches("a ").into());
            name.insert("description".into(), format!("Must be {noun}: {help}.").into());
        }
        prepare(&mut name);
        object.insert("propertyNames".into(), name);
        object.insert("additionalProperties".into(), value);
    }
}

/// The example of a list shows its items, too.
fn items(object: &mut Object) {
    let examples = object.get("examples").and_then(|lists| lists.get(0)).cloned();
    if let Some(items) = object.get_mut("items") {
        if let (Some(examples), Some(items)) = (examples, items.as_object_mut()) {
            items.insert("examples".into(), examples);
        }
        prepare(items);
    }
}

/// Says what is expected in the words of the terminal, where an editor would show a type or a pattern.
fn messages(object: &mut Object, (noun, help): (&str, &str)) {
    // An editor lists the values by itself, and would complain about the type besides.
    if object.contains_key("enum") {
        object.shift_remove("type");
        return;
    }
    let message = format!("Must be {noun}: {help}.");
    if let Some(Json::Object(properties)) = object.get("properties") {
        let keys = offered(properties);
        // Beside `properties` a message would replace those about missing and unknown keys.
        let message = format!("{message} It can have {}.", listed(&keys, "and"));
        let mut rules = alternatives(object, properties);
        rules.insert(0, json!({ "type": object.get("type"), "errorMessage": message }));
        for keyword in ["type", "oneOf", "anyOf", "minProperties"] {
            object.shift_remove(keyword);
        }
        object.insert("allOf".into(), rules.into());
        return;
    }
    let pattern = object.get("pattern").and_then(Json::as_str).and_then(Written::of_pattern);
    if pattern.is_some() {
        object.insert("patternErrorMessage".into(), message.clone().into());
    }
    // What would be right but for its type.
    let message = match pattern {
        Some(written) if written.accepts("1") => format!("{message} A number needs quotes."),
        None if noun == "text" => "Must be text. A number needs quotes.".to_owned(),
        _ => message,
    };
    object.insert("errorMessage".into(), message.into());
}

/// The keys that this version compiles; editors do not suggest the others, either.
fn offered(properties: &Object) -> Vec<&str> {
    let offered = properties.iter().filter(|(_, schema)| schema.get("deprecationMessage").is_none());
    offered.map(|(key, _)| key.as_str()).collect()
}

/// Says which keys a mapping needs one of, and which exclude each other: as `oneOf` and `minProperties` do, whose messages
/// name no key.
fn alternatives(object: &Object, properties: &Object) -> Vec<Json> {
    let branches = |keyword: &str| {
        let branches = object.get(keyword)?.as_array()?.iter();
        Some(branches.filter_map(|branch| branch.pointer("/required/0")?.as_str()).collect::<Vec<&str>>())
    };
    let exclusive = branches("oneOf").unwrap_or_default();
    let all = || object.get("minProperties").map(|_| properties.keys().map(String::as_str).collect());
    let Some(keys) = branches("oneOf").or_else(|| branches("anyOf")).or_else(all) else { return Vec::new() };
    let can_be: Vec<&str> = offered(properties).into_iter().filter(|key| keys.contains(key)).collect();
    let message = format!("Needs {}.", listed(&can_be, "or"));
    let one = keys.iter().map(|key| json!({ "required": [key], "errorMessage": message }));
    let mut rules = vec![json!({ "anyOf": one.collect::<Vec<Json>>() })];
    let mut others = exclusive.as_slice();
    while let [key, rest @ ..] = others
        && !rest.is_empty()
    {
        let refused: Object = rest.iter().map(|other| ((*other).to_owned(), false.into())).collect();
        let message = format!("Cannot stand beside `{key}`: keep one of them.");
        rules.push(json!({
            "if": { "required": [key] },
            "then": { "properties": refused, "errorMessage": message },
        }));
        others = rest;
    }
    rules
}

/// Repeats what holds Markdown where editors read it as such; in the other place they would show the marks.
fn markdown(object: &mut Object, plain: &str, markdown: &str) {
    if let Some(text) = object.get(plain).filter(|text| text.to_string().contains('`')).cloned() {
        object.insert(markdown.into(), text);
    }
}
