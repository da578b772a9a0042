//! The worked example teaches the whole language: whatever this version compiles occurs in `slo-specs/` at least once.
//!
//! A key that a later version compiles is missed here until the example shows it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise"
)]

use genkai::compile::{Compilation, compile};
use genkai::diagnostics::Code;
use genkai::monitoring::{Alert, Strategy};
use genkai::source::reader::{Limits, read};
use genkai::source::{Sources, disk};
use genkai::spec::{Calendar, DagSlo, DataflowSlo, Kind, NullRatioCheck, Project};
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use schemars::{JsonSchema, schema_for};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::Path;

/// Before the dates of the findings that the example accepts.
const TODAY: Date = date(2026, 1, 1);

/// What the example does not show, and why.
const LEFT_OUT: [(&str, &str); 13] = [
    ("BackendForm.local", "a team shares its state, and a file on one machine is not shared"),
    ("ChannelType: campfire", "a channel is looked up by its type in the same way"),
    ("ChannelType: email", "a channel is looked up by its type in the same way"),
    ("ChannelType: google_chat", "a channel is looked up by its type in the same way"),
    ("ChannelType: hipchat", "a channel is looked up by its type in the same way"),
    ("ChannelType: pagerduty", "a channel is looked up by its type in the same way"),
    ("ChannelType: pubsub", "a channel is looked up by its type in the same way"),
    ("ChannelType: sms", "a channel is looked up by its type in the same way"),
    ("ChannelType: webhook_basicauth", "a channel is looked up by its type in the same way"),
    ("ChannelType: webhook_tokenauth", "a channel is looked up by its type in the same way"),
    (
        "Language: ja",
        "a Project has one language; `a_project_in_japanese_is_a_case_of_its_own` says where it is shown",
    ),
    ("LocalForm.path", "as `local`"),
    ("NullRatioCheckSpec.schedule.triggered", "the transfer service runs at fixed times: GK430"),
];

fn sources() -> Sources {
    let (sources, findings) = disk::load(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert_eq!(findings, []);
    sources
}

/// The example as it is compiled; what is found is accepted.
fn example() -> Compilation {
    let compilation = compile(&sources(), Vec::new(), &Templates::new(Vec::new()).unwrap(), TODAY);
    assert_eq!(compilation.findings, []);
    compilation
}

/// Every document, with its kind.
fn documents() -> Vec<(Kind, Json)> {
    let mut documents = Vec::new();
    for (id, file) in sources().iter() {
        for document in read(id, &file.text, &Limits::default()).documents {
            let json = document.root.to_json();
            documents.push((Kind::from_name(json["kind"].as_str().unwrap()).unwrap(), json));
        }
    }
    documents
}

/// The schema of a kind's documents, whose types keep their names.
fn schema(kind: Kind) -> Json {
    fn of<T: JsonSchema>() -> Json {
        schema_for!(T).to_value()
    }
    match kind {
        Kind::Project => of::<Project>(),
        Kind::Calendar => of::<Calendar>(),
        Kind::DagSlo => of::<DagSlo>(),
        Kind::DataflowSlo => of::<DataflowSlo>(),
        Kind::NullRatioCheck => of::<NullRatioCheck>(),
    }
}

/// The keys and values of a language: `Owner.runbook`, `Severity: none`.
type Parts = BTreeSet<String>;

/// Walks a schema: along a value where there is one, otherwise wherever it leads.
struct Walk {
    schema: Json,
    parts: Parts,
}

impl Walk {
    fn new(kind: Kind) -> Walk {
        Walk { schema: schema(kind), parts: Parts::new() }
    }

    fn walk(&mut self, schema: &Json, name: &str, value: Option<&Json>) {
        match schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/")) {
            Some(name) => self.parts_of(&self.schema["$defs"][name].clone(), name, value),
            None => self.parts_of(schema, name, value),
        }
    }

    fn parts_of(&mut self, schema: &Json, name: &str, value: Option<&Json>) {
        if value.is_some_and(Json::is_null) {
            self.parts.insert("overrides: null".to_owned());
            return;
        }
        let variants = schema["oneOf"].as_array().into_iter().flatten().map(|variant| &variant["const"]);
        for constant in variants.chain(schema["enum"].as_array().into_iter().flatten()) {
            if constant.is_string() && value.is_none_or(|value| value == constant) {
                self.parts.insert(format!("{name}: {}", constant.as_str().unwrap()));
            }
        }
        for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
            let within = value.map(|value| &value[key]);
            let written = value.is_none_or(|value| value.get(key).is_some());
            if written {
                self.parts.insert(format!("{name}.{key}"));
                self.walk(inner, &format!("{name}.{key}"), within);
            }
        }
        let any_key = schema["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
        for inner in [any_key, schema.get("additionalProperties"), schema.get("items")].into_iter().flatten()
        {
            match value {
                None => self.walk(inner, name, None),
                Some(Json::Array(items)) => items.iter().for_each(|item| self.walk(inner, name, Some(item))),
                Some(Json::Object(entries)) => {
                    entries.values().for_each(|entry| self.walk(inner, name, Some(entry)))
                }
                Some(_) => {}
            }
        }
    }
}

/// Everything that documents of a kind can say.
fn language(kind: Kind) -> Parts {
    let mut walk = Walk::new(kind);
    walk.walk(&walk.schema.clone(), kind.name(), None);
    if kind.has_environments() {
        walk.parts.extend([format!("{}.overrides", kind.name()), "overrides: null".to_owned()]);
    }
    // A policy names the kinds of change that matter to a team; docs/plan.md lists all of them.
    walk.parts.retain(|part| !part.starts_with("ChangeKind: "));
    walk.parts
}

/// What a document says. An override is walked as the `spec` that it is a part of.
fn said(kind: Kind, document: &Json) -> Parts {
    let mut walk = Walk::new(kind);
    let schema = walk.schema.clone();
    walk.walk(&schema, kind.name(), Some(document));
    for part in document["overrides"].as_object().into_iter().flat_map(|parts| parts.values()) {
        walk.parts.insert(format!("{}.overrides", kind.name()));
        walk.walk(&schema["properties"]["spec"], kind.name(), Some(part));
    }
    walk.parts
}

#[test]
fn every_key_and_value_of_the_language_occurs() {
    let said: Parts = documents().iter().flat_map(|(kind, document)| said(*kind, document)).collect();
    let left_out: Parts = LEFT_OUT.iter().map(|(part, _)| (*part).to_owned()).collect();
    let language: Parts = Kind::ALL.into_iter().flat_map(language).collect();
    assert!(language.len() > 50, "{language:#?}");
    let missing: Vec<&String> = language.iter().filter(|part| !said.contains(*part)).collect();
    assert_eq!(missing, Vec::from_iter(&left_out), "show it in slo-specs/, or say in LEFT_OUT why not");
}

#[test]
fn a_project_in_japanese_is_a_case_of_its_own() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/japanese_project");
    let (sources, findings) = disk::load(&case);
    assert!(sources.iter().any(|(_, file)| file.text.contains("\n  language: ja\n")));
    let compilation = compile(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY);
    assert_eq!(compilation.findings, []);
    assert!(!compilation.artifacts.is_empty());
}

#[test]
fn every_alert_and_every_way_to_watch_occurs() {
    let compilation = example();
    let pipelines = compilation.stacks.iter().flat_map(|stack| &stack.pipelines);
    let promises: Vec<_> = pipelines.flat_map(|pipeline| &pipeline.promises).collect();
    for alert in Alert::ALL {
        let made = promises.iter().flat_map(|promise| &promise.policies).any(|policy| policy.alert == alert);
        assert!(made, "no spec has the alert `{}`", alert.key());
    }
    let burns = |strategy| matches!(strategy, Strategy::BurnRates { .. });
    assert!(promises.iter().any(|promise| burns(promise.decision.strategy)));
    assert!(promises.iter().any(|promise| !burns(promise.decision.strategy)));
    assert!(
        promises
            .iter()
            .any(|promise| promise.objective.as_ref().is_some_and(|objective| objective.budget.allowed == 0)),
        "every failure pages"
    );
    assert!(promises.iter().any(|promise| promise.slo.is_none()), "no SLO can say it");
}

#[test]
fn a_warning_is_accepted_in_place() {
    let accepted = example().accepted;
    assert_eq!(
        accepted.iter().map(|accepted| accepted.finding.code).collect::<Vec<_>>(),
        [Code::BadBaseline, Code::BadBaseline, Code::WholeTable, Code::NoFailureAllowed]
    );
}

/// What YAML itself offers, and what schedules can say: the schema knows neither.
#[test]
fn every_way_to_write_a_spec_occurs() {
    let texts: String = sources().iter().map(|(_, file)| file.text.to_string()).collect();
    for (written, what) in [
        ("\n---\n", "several documents in one file"),
        (": &", "an anchor"),
        ("<<: *", "a merge key"),
        ("# genkai: allow ", "an accepted warning"),
        ("cron: \"*/10 ", "every ten minutes"),
        ("cron: \"@hourly\"", "a preset"),
        ("8,12,17", "several times a day"),
        ("1-5", "weekdays"),
        (" sun\"", "a weekday by its name"),
        (" L5\"", "the last Friday of the month"),
        (" L * *", "the last day of the month"),
        ("1,15 * mon", "a day of the month or a weekday"),
        ("timezone: America/New_York", "a zone whose clocks change"),
    ] {
        assert!(texts.contains(written), "{what}: `{written}`");
    }
}
