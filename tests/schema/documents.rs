//! Random documents: such that follow the schema of a kind, and what is one step away from one.

use genkai::spec::Kind;
use genkai::spec::schema::{Draft, schema};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::string::string_regex;
use serde_json::{Map, Value as Json, json};

/// Documents of a kind that follow its schema.
pub fn document(kind: Kind) -> BoxedStrategy<Json> {
    let schema = schema(Draft::Draft07);
    let branches = schema["allOf"].as_array().unwrap();
    let branch = branches.iter().find(|branch| branch["if"]["properties"]["kind"]["const"] == kind.name());
    let version = schema["properties"]["apiVersion"]["enum"][0].clone();
    let rest = following(&branch.unwrap()["then"]);
    let whole = rest.prop_map(move |mut document| {
        document["apiVersion"] = version.clone();
        document["kind"] = kind.name().into();
        document
    });
    whole.boxed()
}

fn whole_number(schema: &Json, keyword: &str, default: u64) -> usize {
    usize::try_from(schema[keyword].as_u64().unwrap_or(default)).unwrap()
}

/// Values that follow a schema, of the keywords that the language uses.
fn following(schema: &Json) -> BoxedStrategy<Json> {
    if let Some(options) = schema["enum"].as_array() {
        return select(options.clone()).boxed();
    }
    if schema["properties"].is_object() {
        return with_known_keys(schema);
    }
    let kind = match &schema["type"] {
        Json::Array(kinds) => {
            return prop_oneof![following(&typed(schema, &kinds[0])), Just(Json::Null)].boxed();
        }
        kind => kind.as_str().unwrap_or_else(|| panic!("no type: {schema:#}")),
    };
    match kind {
        "object" => with_names(schema),
        "array" => {
            let least = whole_number(schema, "minItems", 0);
            proptest::collection::vec(following(&schema["items"]), least..least + 3)
                .prop_map(Json::from)
                .boxed()
        }
        "integer" => {
            let [least, most] =
                [("minimum", 0), ("maximum", 1000)].map(|(end, other)| schema[end].as_u64().unwrap_or(other));
            (least..=most).prop_map(Json::from).boxed()
        }
        "number" => {
            let [least, most] = [("minimum", 0.0), ("maximum", 1000.0)]
                .map(|(end, other)| schema[end].as_f64().unwrap_or(other));
            (least..=most).prop_map(Json::from).boxed()
        }
        "boolean" => any::<bool>().prop_map(Json::from).boxed(),
        "string" => text(schema).prop_map(Json::from).boxed(),
        other => panic!("nothing follows the type `{other}`"),
    }
}

fn typed(schema: &Json, kind: &Json) -> Json {
    let mut schema = schema.clone();
    schema["type"] = kind.clone();
    schema
}

fn text(schema: &Json) -> BoxedStrategy<String> {
    let pattern = match schema["pattern"].as_str() {
        Some(pattern) => pattern.trim_start_matches('^').trim_end_matches('$').to_owned(),
        None => format!("[ -~日]{{{},12}}", whole_number(schema, "minLength", 0)),
    };
    // In JSON Schema, `\s` is what JavaScript calls a space: a byte-order mark is one, but not in Rust.
    string_regex(&pattern).unwrap().prop_map(|text| text.replace('\u{feff}', "x")).boxed()
}

/// Mappings whose keys the language names.
fn with_known_keys(schema: &Json) -> BoxedStrategy<Json> {
    let required: Vec<&Json> = schema["required"].as_array().into_iter().flatten().collect();
    let mut entries = Vec::new();
    for (key, value) in schema["properties"].as_object().unwrap() {
        if *value != true {
            let is_required = required.iter().any(|name| *name == key);
            let value = following(value);
            let present = if is_required { Just(true).boxed() } else { any::<bool>().boxed() };
            entries.push((Just(key.clone()), present, value));
        }
    }
    // Branches of an `anyOf` require one key each, and a condition says that only one of them may be there.
    let rules = schema["allOf"].as_array().unwrap();
    let exactly = rules.iter().any(|rule| rule["if"].is_object());
    let branches = rules.iter().find_map(|rule| rule["anyOf"].as_array()).into_iter().flatten();
    let alternatives: Vec<String> =
        branches.map(|branch| branch["required"][0].as_str().unwrap().to_owned()).collect();
    let whole = (entries, any::<Index>()).prop_map(move |(entries, chosen)| {
        let mut object = Map::new();
        let excluded = |key: &String| exactly && alternatives.contains(key);
        for (key, present, value) in entries.iter().filter(|(key, ..)| !excluded(key)) {
            if *present {
                object.insert(key.clone(), value.clone());
            }
        }
        let needed = (!alternatives.is_empty())
            .then(|| entries.iter().find(|(key, ..)| key == chosen.get(&alternatives)).unwrap());
        object.extend(needed.map(|(key, _, value)| (key.clone(), value.clone())));
        Json::Object(object)
    });
    let nullable = schema["allOf"][0]["type"].is_array();
    if nullable { prop_oneof![9 => whole, 1 => Just(Json::Null)].boxed() } else { whole.boxed() }
}

/// Mappings whose keys are the author's own.
fn with_names(schema: &Json) -> BoxedStrategy<Json> {
    let least = whole_number(schema, "minProperties", 0);
    let (key, value) = (text(&schema["propertyNames"]), following(&schema["additionalProperties"]));
    let entries = proptest::collection::btree_map(key, value, least..least + 3);
    entries.prop_map(|entries| Json::Object(entries.into_iter().collect())).boxed()
}

/// One change at a random place.
#[derive(Clone, Debug)]
pub enum Step {
    /// Takes it out.
    Delete(Index),
    /// Puts another value there.
    Replace(Index, Json),
    /// Writes its key differently.
    Rename(Index, String),
    /// Puts a value there that stands elsewhere.
    Copy(Index, Index),
}

/// Any step.
pub fn step() -> impl Strategy<Value = Step> {
    let at = any::<Index>;
    let value = prop_oneof![
        select(vec![
            json!(null),
            json!(true),
            json!(0),
            json!(1),
            json!(2.0),
            json!(-1),
            json!(1.5),
            json!(11),
            json!(1e300),
            json!([]),
            json!({}),
            json!([null]),
            json!(["x"]),
            json!({"x": {}}),
            json!(""),
            json!("x"),
            json!("28d"),
            json!("0d"),
            json!("0099d"),
            json!("99%"),
            json!("101%"),
            json!("099%"),
            json!("99.99999%"),
            json!("page"),
            json!("none"),
            json!("Name"),
            json!("a b"),
            json!("a\nb"),
            json!("https://x"),
            json!("a@b.c"),
        ]),
        "[ -~]{0,12}".prop_map(Json::from),
    ];
    let name =
        prop_oneof!["[a-z]{1,6}", Just("overrides".to_owned()), Just("Name".to_owned()), Just(String::new())];
    prop_oneof![
        1 => at().prop_map(Step::Delete),
        3 => (at(), value).prop_map(|(at, value)| Step::Replace(at, value)),
        1 => (at(), name).prop_map(|(at, name)| Step::Rename(at, name)),
        1 => (at(), at()).prop_map(|(to, from)| Step::Copy(to, from)),
    ]
}

/// The JSON pointers of all values below the root.
fn pointers(node: &Json, here: &str, out: &mut Vec<String>) {
    let mut below = |step: &str, child: &Json| {
        let pointer = format!("{here}/{}", step.replace('~', "~0").replace('/', "~1"));
        out.push(pointer.clone());
        pointers(child, &pointer, out);
    };
    match node {
        Json::Object(entries) => entries.iter().for_each(|(key, child)| below(key, child)),
        Json::Array(items) => items.iter().enumerate().for_each(|(at, child)| below(&at.to_string(), child)),
        _ => {}
    }
}

/// The document after a step.
pub fn changed(document: &Json, step: &Step) -> Json {
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    let mut changed = document.clone();
    let place = |at: &Index| at.get(places.as_slice()).clone();
    match step {
        Step::Delete(at) => drop(take(&mut changed, &place(at))),
        Step::Replace(at, value) => *changed.pointer_mut(&place(at)).unwrap() = value.clone(),
        Step::Rename(at, name) => {
            let place = place(at);
            let value = take(&mut changed, &place).unwrap();
            let (parent, _) = place.rsplit_once('/').unwrap();
            match changed.pointer_mut(parent).unwrap() {
                Json::Object(entries) => drop(entries.insert(name.clone(), value)),
                Json::Array(items) => items.push(json!({ name.as_str(): value })),
                _ => {}
            }
        }
        Step::Copy(to, from) => {
            *changed.pointer_mut(&place(to)).unwrap() = document.pointer(&place(from)).unwrap().clone();
        }
    }
    changed
}

fn take(document: &mut Json, pointer: &str) -> Option<Json> {
    let (parent, step) = pointer.rsplit_once('/')?;
    match document.pointer_mut(parent)? {
        Json::Object(entries) => entries.shift_remove(&step.replace("~1", "/").replace("~0", "~")),
        Json::Array(items) => Some(items.remove(step.parse().ok()?)),
        _ => None,
    }
}
