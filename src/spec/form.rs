//! The form of documents: the JSON Schema of a kind, and what it says about a span tree, each mistake at its place.

use super::values::Written;
use crate::diagnostics::{Code, Diagnostic, closest};
use crate::source::{Node, Span};
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value as Json, json};
use std::any::TypeId;
use std::collections::BTreeMap;
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
        self.whole.check(document)
    }

    /// What is wrong with a partial `spec`, as an override is: nothing is required, and `null` removes.
    pub fn check_part(&self, part: &Node) -> Vec<Diagnostic> {
        self.part.check(part)
    }

    /// The JSON Schema of a whole document.
    pub fn schema(&self) -> &Json {
        &self.whole.schema
    }
}

/// Turns `oneOf` of constants, which schemars makes of documented variants, into `enum`, whose messages are better.
fn plain_enums(schema: &mut Json) {
    if let Some(branches) = schema.get("oneOf").and_then(Json::as_array) {
        let names: Option<Vec<Json>> = branches.iter().map(|branch| branch.get("const").cloned()).collect();
        if let (Some(names), Some(object)) = (names, schema.as_object_mut()) {
            object.remove("oneOf");
            object.insert("type".into(), "string".into());
            object.insert("enum".into(), names.into());
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
    object.remove("minProperties");
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
}

impl Checker {
    fn new(part: bool, schema: Json) -> Checker {
        let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).ok();
        Checker { part, schema, validator }
    }

    fn check(&self, document: &Node) -> Vec<Diagnostic> {
        let Some(validator) = &self.validator else { return Vec::new() };
        let json = document.to_json();
        let mut findings = Vec::new();
        for error in validator.iter_errors(&json) {
            let place = Place::new(self.part, document, error.instance_path().as_str());
            let path = error.schema_path().as_str();
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            let rule = self.schema.pointer(parent).unwrap_or(&Json::Null);
            findings.extend(findings_of(error.kind(), error.instance(), rule, &place));
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
}

impl<'a> Place<'a> {
    /// Follows a JSON pointer as far as it leads.
    fn new(part: bool, document: &'a Node, pointer: &str) -> Place<'a> {
        let mut place = Place { part, node: document, key: None };
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            if let Some(entry) = place.node.entry(&step) {
                place = Place { part, node: &entry.value, key: Some((&entry.key, entry.key_span)) };
            } else if let Some(item) = place.node.at([step.as_str()]) {
                place.node = item;
            }
        }
        place
    }

    /// What to call the value: its key, or the tree.
    fn name(&self) -> String {
        let whole = if self.part { "the override" } else { "the document" };
        self.key.map_or_else(|| whole.to_owned(), |(key, _)| format!("`{key}`"))
    }

    /// The key where the value itself would be many lines, else the value.
    fn span(&self) -> Span {
        let scalar = self.node.as_mapping().is_none() && self.node.as_sequence().is_none();
        match self.key {
            Some((_, key)) if !scalar => key,
            _ => self.node.span(),
        }
    }
}

fn findings_of(kind: &ValidationErrorKind, value: &Json, rule: &Json, place: &Place<'_>) -> Vec<Diagnostic> {
    use ValidationErrorKind as Kind;
    let name = place.name();
    let finding = match kind {
        Kind::AdditionalProperties { unexpected } => {
            return unexpected.iter().map(|key| unknown_key(key, rule, place)).collect();
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            if misspelt_as(key, rule, place) {
                return Vec::new();
            }
            missing_key(key, rule, place)
        }
        Kind::Type { .. } if value.is_null() => no_value(rule, place),
        // What it can be says more.
        Kind::Type { .. } if rule.get("enum").is_some() => return Vec::new(),
        Kind::Enum { .. } if value.is_null() => return Vec::new(),
        Kind::Type { .. } => wrong_type(value, rule, place),
        Kind::Pattern { pattern } => malformed(value, Written::of_pattern(pattern), place),
        Kind::Enum { options } => not_allowed(value, options, place),
        Kind::Not { .. } | Kind::FalseSchema => {
            let span = place.key.map_or_else(|| place.node.span(), |(_, span)| span);
            Diagnostic::error(Code::NotSupportedYet, format!("{name} is not supported yet"))
                .at(span, "")
                .help("it is part of the language, but this version of Genkai does not compile it; leave it out for now")
        }
        Kind::MinProperties { .. } | Kind::MaxProperties { .. } => count_of_keys(rule, place),
        Kind::MinLength { .. } => Diagnostic::error(Code::Malformed, format!("{name} is empty"))
            .at(place.span(), "")
            .help("write a text"),
        Kind::MinItems { .. } => Diagnostic::error(Code::Malformed, format!("{name} is an empty list"))
            .at(place.span(), "")
            .help("name at least one"),
        Kind::Minimum { limit } => out_of_range(value, "smaller", limit, place),
        Kind::Maximum { limit } => out_of_range(value, "larger", limit, place),
        other => Diagnostic::error(
            Code::Malformed,
            format!("{name} does not fit the language (`{}`)", other.keyword()),
        )
        .at(place.span(), ""),
    };
    vec![finding]
}

/// The keys that a schema has.
fn keys_of(rule: &Json) -> Vec<&str> {
    rule.get("properties")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect()
}

/// "`a`, `b` and `c`"
fn listed(names: &[&str], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Whether one of the unknown keys here is the missing one, misspelt: that is one mistake, not two.
fn misspelt_as(key: &str, rule: &Json, place: &Place<'_>) -> bool {
    let keys = keys_of(rule);
    let written = place.node.as_mapping().into_iter().flat_map(|mapping| &mapping.entries);
    let mut unknown = written.filter(|entry| !keys.contains(&entry.key.as_str()));
    unknown.any(|entry| closest(&entry.key, keys.iter().copied()) == Some(key))
}

fn unknown_key(key: &str, rule: &Json, place: &Place<'_>) -> Diagnostic {
    let keys = keys_of(rule);
    let span = place.node.entry(key).map_or_else(|| place.span(), |entry| entry.key_span);
    // A map from names of the author's own: the key is not unknown, but badly written.
    let patterns = rule.get("patternProperties").and_then(Json::as_object);
    if let Some((pattern, _)) = patterns.and_then(|patterns| patterns.iter().next()) {
        return misspelt(&format!("`{key}`"), Written::of_pattern(pattern)).at(span, "");
    }
    let message = format!("{} has no key `{key}`", place.name());
    let finding = Diagnostic::error(Code::UnknownKey, message).at(span, "");
    match closest(key, keys.iter().copied()) {
        Some(close) => finding.help(format!("did you mean `{close}`?")),
        None if keys.len() == 1 => finding.help(format!("the only key here is {}", listed(&keys, "and"))),
        None => finding.help(format!("the keys here are {}", listed(&keys, "and"))),
    }
}

fn missing_key(key: &str, rule: &Json, place: &Place<'_>) -> Diagnostic {
    let schema = rule.get("properties").and_then(|properties| properties.get(key));
    let first = |keyword| schema?.get(keyword)?.as_array()?.first()?.as_str();
    let example = first("examples").map(|example| format!("add it, for example `{key}: {example}`"));
    let only = first("enum").map(|option| format!("add `{key}: {option}`"));
    let span = place.key.map_or_else(
        || {
            place
                .node
                .as_mapping()
                .and_then(|mapping| mapping.entries.first())
                .map_or_else(|| place.span(), |e| e.key_span)
        },
        |(_, span)| span,
    );
    Diagnostic::error(Code::MissingKey, format!("{} needs the key `{key}`", place.name()))
        .at(span, "")
        .help(example.or(only).unwrap_or_else(|| format!("add `{key}`")))
}

/// "text", "a list", …: what a JSON value is, in the words of somebody who writes YAML.
fn called(value: &Json) -> &'static str {
    match value {
        Json::Null => "nothing",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a mapping",
    }
}

/// The type that a schema asks for first.
fn type_of(rule: &Json) -> &str {
    match rule.get("type") {
        Some(Json::Array(names)) => names.first().and_then(Json::as_str),
        name => name.and_then(Json::as_str),
    }
    .unwrap_or("string")
}

fn written_form(rule: &Json) -> Option<&'static Written> {
    rule.get("pattern").and_then(Json::as_str).and_then(Written::of_pattern)
}

/// What a schema wants, and how to write it.
fn wanted(rule: &Json) -> (&'static str, &'static str) {
    match type_of(rule) {
        "object" => ("a mapping", "write keys and values below it, indented"),
        "array" => ("a list", "write the items in brackets, such as `[a, b]`, or below it with `- `"),
        "integer" => ("a whole number", "write the number alone, without quotes or unit"),
        "number" => ("a number", "write the number alone, without quotes or unit"),
        "boolean" => ("true or false", "write `true` or `false`"),
        _ => written_form(rule).map_or(("text", "write a text"), |written| (written.noun, written.help)),
    }
}

fn no_value(rule: &Json, place: &Place<'_>) -> Diagnostic {
    if place.part && place.key.is_some() {
        let message = format!("{} is required, so an override cannot remove it", place.name());
        return Diagnostic::error(Code::WrongType, message)
            .at(place.node.span(), "")
            .help("give it another value, or leave it out of the override");
    }
    let options = rule.get("enum").and_then(Json::as_array);
    let options: Vec<&str> = options.into_iter().flatten().filter_map(Json::as_str).collect();
    let help = match options.as_slice() {
        [] => wanted(rule).1.to_owned(),
        options => format!("it can be {}", listed(options, "or")),
    };
    Diagnostic::error(Code::WrongType, format!("{} has no value", place.name()))
        .at(place.node.span(), "")
        .help(help)
}

fn wrong_type(value: &Json, rule: &Json, place: &Place<'_>) -> Diagnostic {
    if type_of(rule) == "string" && matches!(value, Json::Number(_) | Json::Bool(_)) {
        let written = written_form(rule);
        if written.is_some() {
            return malformed(value, written, place);
        }
        let message = format!("{} must be text, not {}", place.name(), called(value));
        return Diagnostic::error(Code::WrongType, message)
            .at(place.span(), "")
            .help(format!("put it in quotes: `\"{value}\"`"));
    }
    let (wanted, help) = wanted(rule);
    let number = if wanted == "a whole number" { "a fraction" } else { "a number" };
    let called = if value.is_f64() { number } else { called(value) };
    Diagnostic::error(Code::WrongType, format!("{} must be {wanted}, not {called}", place.name()))
        .at(place.node.span(), "")
        .help(help)
}

fn misspelt(what: &str, written: Option<&Written>) -> Diagnostic {
    let noun = written.map_or("what is expected here", |written| written.noun);
    let help = written.map_or("see the documentation of this key", |written| written.help);
    Diagnostic::error(Code::Malformed, format!("{what} is not {noun}")).help(help)
}

fn malformed(value: &Json, written: Option<&Written>, place: &Place<'_>) -> Diagnostic {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let shown = if text.is_empty() { "an empty text".to_owned() } else { format!("`{text}`") };
    misspelt(&shown, written).at(place.span(), "")
}

fn not_allowed(value: &Json, options: &Json, place: &Place<'_>) -> Diagnostic {
    let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let shown = match value {
        Json::Array(_) | Json::Object(_) => called(value).to_owned(),
        _ => format!("`{text}`"),
    };
    let finding = Diagnostic::error(Code::NotAllowed, format!("{} cannot be {shown}", place.name()))
        .at(place.node.span(), "");
    match closest(&text, options.iter().copied()) {
        Some(close) => finding.help(format!("did you mean `{close}`?")),
        None => finding.help(format!("it can be {}", listed(&options, "or"))),
    }
}

fn count_of_keys(rule: &Json, place: &Place<'_>) -> Diagnostic {
    let keys = keys_of(rule);
    let (message, help) = if keys.is_empty() {
        (format!("{} is empty", place.name()), "add at least one entry".to_owned())
    } else {
        (format!("{} needs exactly one key", place.name()), format!("give one of {}", listed(&keys, "or")))
    };
    Diagnostic::error(Code::Malformed, message).at(place.span(), "").help(help)
}

fn out_of_range(value: &Json, than: &str, limit: &Json, place: &Place<'_>) -> Diagnostic {
    Diagnostic::error(Code::OutOfRange, format!("{} is {value}, {than} than {limit}", place.name()))
        .at(place.span(), "")
        .help(format!("give a number that is not {than} than {limit}"))
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
