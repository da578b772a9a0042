//! The published JSON Schemas: they are current, every key in them is explained, and they judge documents as Genkai does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and reads and writes the schemas"
)]

mod documents;

use documents::{changed, document, step};
use genkai::source::reader::{Limits, read};
use genkai::source::{FileId, Node};
use genkai::spec::schema::{self, Draft};
use genkai::spec::{Calendar, DagSlo, DataflowSlo, Kind, Name, NullRatioCheck, Project};
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind as Wrong;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const DRAFTS: [Draft; 2] = [Draft::Draft07, Draft::Draft202012];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn published(draft: Draft) -> PathBuf {
    root().join("schemas").join(draft.file_name())
}

#[test]
fn the_published_schemas_are_current() {
    for draft in DRAFTS {
        let current = schema::text(draft);
        let path = published(draft);
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            fs::write(&path, &current).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == current,
            "{} is out of date; regenerate it: UPDATE_SCHEMAS=1 cargo test --test fast schema::the_published",
            path.display()
        );
    }
}

#[test]
fn the_schemas_are_valid_and_say_the_same() {
    let [mut old, mut new] = DRAFTS.map(schema::schema);
    jsonschema::draft7::meta::validate(&old).unwrap();
    jsonschema::draft202012::meta::validate(&new).unwrap();
    assert_eq!(
        (&old["$schema"], &new["$schema"]),
        (&DRAFTS[0].metaschema().into(), &DRAFTS[1].metaschema().into())
    );
    for schema in [&mut old, &mut new] {
        for keyword in ["$schema", "$id"] {
            schema.as_object_mut().unwrap().shift_remove(keyword).unwrap();
        }
    }
    assert_eq!(old, new);
}

/// Collects the keys that have no description, and those that are values and have neither an example nor a list of them.
fn unexplained(schema: &Json, path: &str, missing: &mut Vec<String>) {
    let Some(object) = schema.as_object() else { return };
    for (key, value) in object.get("properties").and_then(Json::as_object).into_iter().flatten() {
        let path = format!("{path}.{key}");
        // What all kinds share is explained at the top, and what is refused beside another key where it stands alone.
        if value.is_object() {
            let has = |keyword| value.get(keyword).is_some();
            let of_mappings = value.pointer("/items/properties").is_some();
            let is_value = !has("properties") && !has("propertyNames") && !of_mappings;
            if !has("description") {
                missing.push(format!("{path} has no description"));
            }
            if is_value && !has("examples") && !has("enumDescriptions") {
                missing.push(format!("{path} has no example"));
            }
            unexplained(value, &path, missing);
        }
    }
    for keyword in ["additionalProperties", "items", "then"] {
        object.get(keyword).into_iter().for_each(|below| unexplained(below, &format!("{path}.*"), missing));
    }
    for branch in object.get("allOf").and_then(Json::as_array).into_iter().flatten() {
        unexplained(branch, path, missing);
    }
}

#[test]
fn every_key_is_explained_and_every_value_has_an_example() {
    let mut missing = Vec::new();
    unexplained(&schema::schema(Draft::Draft07), "", &mut missing);
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Every example is one of what it is an example of, and the first can be written without quotes, as findings do.
fn assert_examples_fit(schema: &Json) {
    for example in schema.get("examples").and_then(Json::as_array).into_iter().flatten() {
        assert!(jsonschema::is_valid(schema, example), "{example} in {schema:#}");
    }
    if let Some(text) = schema.pointer("/examples/0").and_then(Json::as_str) {
        let plain = read(FileId(0), &format!("key: {text}\n"), &Limits::default());
        assert_eq!(plain.documents[0].root.to_json()["key"], text);
    }
    match schema {
        Json::Object(object) => object.values().for_each(assert_examples_fit),
        Json::Array(items) => items.iter().for_each(assert_examples_fit),
        _ => {}
    }
}

#[test]
fn every_example_is_right() {
    assert_examples_fit(&schema::schema(Draft::Draft07));
}

static VALIDATORS: LazyLock<[Validator; 2]> =
    LazyLock::new(|| DRAFTS.map(|draft| jsonschema::validator_for(&schema::schema(draft)).unwrap()));

/// What both published schemas say about a document.
fn schemas_accept(document: &Json) -> bool {
    let [old, new] = VALIDATORS.each_ref().map(|validator| validator.is_valid(document));
    assert_eq!(old, new, "the schemas disagree about {document:#}");
    old
}

/// The tree of a document; `None` for characters that YAML does not have.
fn tree(document: &Json) -> Option<Node> {
    let reading = read(FileId(0), &document.to_string(), &Limits::default());
    reading.documents.into_iter().next().map(|document| document.root)
}

/// What Genkai says about the form of a document: of the whole and of each override by itself.
fn genkai_accepts(kind: Kind, document: &Json) -> Option<bool> {
    let mut whole = document.clone();
    let entries = whole.as_object_mut().filter(|_| kind.has_environments());
    let overrides = entries.and_then(|entries| entries.shift_remove("overrides"));
    let mut accepted = kind.form().check(&tree(&whole)?).is_empty();
    match overrides {
        Some(Json::Object(parts)) => {
            for (environment, part) in &parts {
                let sound = kind.form().check_part(&tree(part)?).is_empty();
                accepted &= sound && Name::parse(environment).is_some();
            }
        }
        Some(_) => accepted = false,
        None => {}
    }
    Some(accepted)
}

/// The kind that a document says it is.
fn kind_of(document: &Json) -> Option<Kind> {
    Kind::from_name(document.get("kind")?.as_str()?)
}

fn agree(document: &Json) -> Result<bool, TestCaseError> {
    let schemas = schemas_accept(document);
    let genkai = match kind_of(document) {
        Some(kind) => genkai_accepts(kind, document),
        None => Some(false),
    };
    prop_assert_eq!(genkai.unwrap_or(schemas), schemas, "{:#}", document);
    Ok(schemas)
}

/// Files with specs, and pages with examples of them, below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn documents_that_exist_are_judged_alike() {
    let mut texts = Vec::new();
    for path in ["slo-specs", "src/cli/example", "tests/cases", "tests/editor/mistakes", "docs/diagnostics"] {
        for file in files(&root().join(path)) {
            let Ok(text) = fs::read_to_string(&file) else { continue };
            match file.extension().and_then(|end| end.to_str()) {
                Some("yaml" | "yml") => texts.push(text),
                Some("md") => {
                    let blocks = text
                        .split("```yaml")
                        .skip(1)
                        .filter_map(|rest| rest.split_once('\n')?.1.split("```").next());
                    texts.extend(blocks.map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    let mut judged = BTreeMap::<bool, usize>::new();
    for text in texts {
        for document in read(FileId(0), &text, &Limits::default()).documents {
            *judged.entry(agree(&document.root.to_json()).unwrap()).or_default() += 1;
        }
    }
    assert!(judged[&true] > 50 && judged[&false] > 50, "{judged:?}");
}

/// Whether serde alone reads a document.
fn serde_reads(kind: Kind, document: &Json) -> Result<(), String> {
    fn reads<T: DeserializeOwned>(document: &Json) -> Result<(), String> {
        serde_json::from_value::<T>(document.clone()).map(drop).map_err(|error| error.to_string())
    }
    match kind {
        Kind::Project => reads::<Project>(document),
        Kind::Calendar => reads::<Calendar>(document),
        Kind::DagSlo => reads::<DagSlo>(document),
        Kind::DataflowSlo => reads::<DataflowSlo>(document),
        Kind::NullRatioCheck => reads::<NullRatioCheck>(document),
    }
}

/// What the types leave to the schema: how many there must be, how large a number is, that an optional key is left out
/// rather than empty.
fn is_left_to_the_schema(error: &jsonschema::ValidationError<'_>) -> bool {
    let instance = error.instance();
    let is_empty_or_a_list = instance.is_null() || instance.is_array();
    match error.kind() {
        Wrong::MinLength { .. } | Wrong::MinItems { .. } | Wrong::MinProperties { .. } => true,
        Wrong::Minimum { .. } | Wrong::Maximum { .. } => true,
        // An empty key is not one that is left out, and serde reads the list of a mapping's values as the mapping.
        Wrong::Type { .. } | Wrong::Enum { .. } => is_empty_or_a_list,
        Wrong::AnyOf { .. } | Wrong::OneOfNotValid { .. } | Wrong::OneOfMultipleValid { .. } => {
            let empty_keys = instance.as_object().is_some_and(|keys| keys.values().any(Json::is_null));
            is_empty_or_a_list || empty_keys
        }
        _ => false,
    }
}

static WHOLE: LazyLock<BTreeMap<Kind, Validator>> = LazyLock::new(|| {
    let validator = |kind: Kind| jsonschema::validator_for(kind.form().schema()).unwrap();
    Kind::ALL.into_iter().map(|kind| (kind, validator(kind))).collect()
});

/// The schema of a kind accepts what serde reads, and nothing else.
fn serde_agrees(document: &Json) -> Result<(), TestCaseError> {
    let Some(kind) = kind_of(document) else { return Ok(()) };
    let mut document = document.clone();
    document.as_object_mut().unwrap().shift_remove("overrides");
    let errors: Vec<_> = WHOLE[&kind].iter_errors(&document).collect();
    let left = errors.iter().all(is_left_to_the_schema);
    let read = serde_reads(kind, &document);
    if errors.is_empty() {
        prop_assert!(read.is_ok(), "{read:?} in {document:#}");
    } else if !left {
        prop_assert!(read.is_err(), "serde reads it, but {errors:?} in {document:#}");
    }
    Ok(())
}

fn documents() -> impl Strategy<Value = Json> {
    proptest::strategy::Union::new(Kind::ALL.map(document))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_follows_the_schema_is_accepted_by_all(document in documents()) {
        prop_assert!(agree(&document)?, "{document:#}");
        serde_agrees(&document)?;
    }

    #[test]
    fn one_step_away_all_agree(document in documents(), steps in proptest::collection::vec(step(), 16)) {
        for step in steps {
            let changed = changed(&document, &step);
            agree(&changed)?;
            serde_agrees(&changed)?;
        }
    }
}
