//! Specs with random mistakes: nothing panics, the schema and serde agree, and what is accepted is Terraform that parses.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use genkai::compile::compile;
use genkai::diagnostics::{has_errors, text};
use genkai::source::reader::{Limits, read};
use genkai::source::{FileId, Node, Sources};
use genkai::spec::{Calendar, DagSlo, DataflowSlo, Kind, NullRatioCheck, Project};
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::Index;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Any day: nothing here depends on it.
const TODAY: Date = date(2026, 1, 1);

fn project() -> Json {
    json!({
        "apiVersion": "genkai.dev/v1",
        "kind": "Project",
        "metadata": {"name": "bigfoot"},
        "spec": {
            "environments": {
                "production": {
                    "projectId": "bigfoot-prod",
                    "location": "asia-northeast1",
                    "maxSeverity": "page",
                    "terraform": {"backend": {"gcs": {"bucket": "state", "prefix": "genkai"}}},
                    "composerEnvironments": ["composer"],
                    "channels": {
                        "oncall": {"id": "projects/bigfoot-prod/notificationChannels/1"},
                        "team": {"lookup": {"type": "slack", "displayName": "#data"}},
                    },
                },
                "staging": {
                    "projectId": "bigfoot-stg",
                    "terraform": {"backend": {"local": {"path": "state"}}},
                    "composerEnvironments": ["blue", "green"],
                    "channels": {"oncall": {"email": "a@example.com"}, "team": {"email": "b@example.com"}},
                },
            },
            "owners": {"data": {"page": ["oncall"], "ticket": ["team"], "runbook": "https://wiki.example.com"}},
            "defaults": {"owner": "data", "window": "14d", "timezone": "Asia/Tokyo", "environments": ["production"]},
            "grafana": {"folder": "SLOs", "url": "https://grafana.example.com"},
            "language": "en",
        },
    })
}

fn dag() -> Json {
    json!({
        "apiVersion": "genkai.dev/v1",
        "kind": "DagSlo",
        "metadata": {
            "name": "sales",
            "displayName": "Sales",
            "owner": "data",
            "description": "Daily sales",
            "runbook": "https://wiki.example.com/sales",
            "labels": {"tier": "gold"},
        },
        "environments": ["production", "staging"],
        "spec": {
            "dag": "sales",
            "schedule": {"cron": "0 4 * * *", "timezone": "UTC"},
            "objectives": {"success": {"target": "90%", "window": "28d", "consecutive": 3}},
            "alerts": {
                "failedRun": {"severity": "none"},
                "repeatedFailure": {"severity": "page", "renotify": "4h"},
                "slowBurn": {"renotify": "1h"},
            },
        },
        "overrides": {
            "staging": {
                "composerEnvironment": "blue",
                "objectives": {"success": {"target": "80%"}},
                "alerts": {"repeatedFailure": {"renotify": null}},
            },
        },
    })
}

/// One random mistake.
#[derive(Clone, Debug)]
enum Mistake {
    Delete(Index),
    Duplicate(Index),
    Misspell(Index, Index),
    Replace(Index, Json),
    Swap(Index, Index),
}

fn mistake() -> impl Strategy<Value = Mistake> {
    let at = any::<Index>;
    prop_oneof![
        at().prop_map(Mistake::Delete),
        at().prop_map(Mistake::Duplicate),
        (at(), at()).prop_map(|(node, letter)| Mistake::Misspell(node, letter)),
        (at(), value()).prop_map(|(node, value)| Mistake::Replace(node, value)),
        (at(), at()).prop_map(|(a, b)| Mistake::Swap(a, b)),
    ]
}

/// Texts that are right somewhere, and wrong nearly everywhere else.
const TEXTS: [&str; 36] = [
    "",
    "x",
    "28d",
    "1s",
    "9999d",
    "0%",
    "99%",
    "100%",
    "@daily",
    "0 4 * * 1-5",
    "0 0 29 2 *",
    "UTC",
    "Japan",
    "page",
    "none",
    "ja",
    "Project",
    "DagSlo",
    "Calendar",
    "production",
    "blue",
    "oncall",
    "${a} %{b} $x `c`",
    "日本\u{2028}語",
    "a\nb\r\n\tc",
    "\u{7}\u{1b}[31m\u{202e}",
    "\"\\'",
    "https://e.com/${a}\"",
    "genkai.dev/v1",
    "2024-02-29",
    "2025-02-29",
    "06:30",
    "48:00",
    "5pt",
    "1KiB",
    "sales.orders",
];

/// Values of the other types.
fn others() -> Vec<Json> {
    let numbers =
        [json!(0), json!(2), json!(2.0), json!(-1), json!(1.5), json!(4_294_967_296_u64), json!(1e300)];
    let rest =
        [json!(null), json!(true), json!([]), json!({}), json!([null]), json!(["x", "x"]), json!({"x": {}})];
    numbers.into_iter().chain(rest).collect()
}

fn value() -> impl Strategy<Value = Json> {
    prop_oneof![
        proptest::sample::select(TEXTS.to_vec()).prop_map(Json::from),
        "[ -~]{0,12}".prop_map(Json::from),
        proptest::sample::select(others()),
    ]
}

/// The JSON pointers of all nodes below the root.
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

fn make(document: &mut Json, mistake: &Mistake) {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    if all.is_empty() {
        return;
    }
    match mistake {
        Mistake::Delete(at) => drop(take(document, at.get(all.as_slice()).as_str())),
        Mistake::Duplicate(at) => {
            let pointer = at.get(all.as_slice()).as_str();
            let copy = document.pointer(pointer).cloned().unwrap();
            put(document, pointer, |key| format!("{key}2"), copy);
        }
        Mistake::Misspell(at, letter) => {
            let pointer = at.get(all.as_slice()).as_str();
            let value = take(document, pointer).unwrap();
            let drop_letter = |key: &str| {
                let dropped = letter.index(key.chars().count().max(1));
                key.chars().enumerate().filter(|(at, _)| *at != dropped).map(|(_, c)| c).collect()
            };
            put(document, pointer, drop_letter, value);
        }
        Mistake::Replace(at, value) => {
            *document.pointer_mut(at.get(all.as_slice()).as_str()).unwrap() = value.clone()
        }
        Mistake::Swap(a, b) => {
            let (a, b) = (a.get(all.as_slice()), b.get(all.as_slice()));
            let (left, right) =
                (document.pointer(a).cloned().unwrap(), document.pointer(b).cloned().unwrap());
            *document.pointer_mut(a).unwrap() = right;
            // It is gone where one held the other.
            document.pointer_mut(b).into_iter().for_each(|node| *node = left.clone());
        }
    }
}

fn take(document: &mut Json, pointer: &str) -> Option<Json> {
    let (parent, step) = pointer.rsplit_once('/')?;
    let key = step.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent)? {
        Json::Object(entries) => entries.shift_remove(&key),
        Json::Array(items) => Some(items.remove(step.parse().ok()?)),
        _ => None,
    }
}

/// Puts a value beside where the pointer leads, under a new key, or at the end of a list.
fn put(document: &mut Json, pointer: &str, rename: impl Fn(&str) -> String, value: Json) {
    let (parent, step) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent) {
        Some(Json::Object(entries)) => drop(entries.insert(rename(step), value)),
        Some(Json::Array(items)) => items.push(value),
        _ => {}
    }
}

fn mistaken(document: Json, mistakes: &[Mistake]) -> Json {
    mistakes.iter().fold(document, |mut document, mistake| {
        make(&mut document, mistake);
        document
    })
}

/// Compiles documents, shows what is found, and parses what is written.
fn survives(project: &Json, dag: &Json) -> Result<bool, TestCaseError> {
    let mut sources = Sources::default();
    sources.add("slo-specs/dag.yaml", format!("{dag:#}"));
    sources.add("slo-specs/project.yaml", project.to_string());
    let compilation = compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), TODAY);
    text::render(&sources, &compilation.findings, false);
    for artifact in compilation.artifacts.iter() {
        let written = &artifact.contents;
        if artifact.path.ends_with(".tf") {
            prop_assert!(
                hcl_rs::parse(written).is_ok(),
                "{}: {:?}\n{written}",
                artifact.path,
                hcl_rs::parse(written).err()
            );
        } else if artifact.path.ends_with(".json") {
            prop_assert!(serde_json::from_str::<Json>(written).is_ok(), "{}", artifact.path);
        }
    }
    for finding in &compilation.findings {
        prop_assert!(finding.primary.is_some() || finding.path.is_some(), "no place: {finding:?}");
    }
    let accepted = !has_errors(&compilation.findings);
    prop_assert_eq!(accepted, !compilation.stacks.is_empty());
    Ok(accepted)
}

/// What the form of a kind accepts, its types read.
fn schema_and_serde_agree(kind: Kind, document: &Json) -> Result<(), TestCaseError> {
    let mut document = document.clone();
    document.as_object_mut().map(|entries| entries.shift_remove("overrides"));
    let reading = read(FileId(0), &document.to_string(), &Limits::default());
    let Some(tree) = reading.documents.first() else { return Ok(()) };
    if kind.form().check(&tree.root).is_empty() {
        let error = match kind {
            Kind::Project => refusal::<Project>(&tree.root),
            Kind::Calendar => refusal::<Calendar>(&tree.root),
            Kind::DagSlo => refusal::<DagSlo>(&tree.root),
            Kind::DataflowSlo => refusal::<DataflowSlo>(&tree.root),
            Kind::NullRatioCheck => refusal::<NullRatioCheck>(&tree.root),
        };
        prop_assert!(error.is_none(), "{error:?} in {document:#}");
    }
    Ok(())
}

fn refusal<T: DeserializeOwned>(tree: &Node) -> Option<serde_json::Error> {
    serde_json::from_value::<T>(tree.to_json()).err()
}

/// Documents of every kind that use the whole language.
fn documents() -> Vec<(Kind, Json)> {
    let of_cases = [
        include_str!("cases/daily_dag_over_golden_week_and_the_year_end/slo-specs/sales.yaml"),
        include_str!("cases/deadline_pages_and_failures_are_tickets/slo-specs/dags.yaml"),
        include_str!("cases/the_whole_language/slo-specs/all.yaml"),
    ];
    let of_cases = of_cases.into_iter().flat_map(|text| read(FileId(0), text, &Limits::default()).documents);
    let of_cases = of_cases.map(|document| {
        let kind = document.root.get("kind").and_then(Node::as_str).and_then(Kind::from_name).unwrap();
        (kind, document.root.to_json())
    });
    [(Kind::Project, project()), (Kind::DagSlo, dag())].into_iter().chain(of_cases).collect()
}

#[test]
fn the_documents_are_of_every_kind_and_well_formed() {
    let mut kinds = BTreeSet::new();
    for (kind, document) in documents() {
        kinds.insert(kind);
        let mut bare = document.clone();
        bare.as_object_mut().map(|entries| entries.shift_remove("overrides"));
        let reading = read(FileId(0), &bare.to_string(), &Limits::default());
        assert!(kind.form().check(&reading.documents[0].root).is_empty(), "{document:#}");
    }
    assert_eq!(kinds, BTreeSet::from(Kind::ALL));
}

#[test]
fn without_mistakes_everything_compiles() {
    assert!(survives(&project(), &dag()).unwrap());
}

#[test]
fn the_schema_and_serde_agree_on_any_value_in_any_place() {
    for (kind, document) in documents() {
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        for place in places {
            for value in TEXTS.map(Json::from).into_iter().chain(others()) {
                let mut document = document.clone();
                *document.pointer_mut(&place).unwrap() = value;
                schema_and_serde_agree(kind, &document).unwrap();
            }
        }
    }
}

fn mistakes() -> impl Strategy<Value = Vec<Mistake>> {
    proptest::collection::vec(mistake(), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_mistakes_are_survived(in_project in mistakes(), in_dag in mistakes()) {
        survives(&mistaken(project(), &in_project), &mistaken(dag(), &in_dag))?;
    }

    /// One mistake in one document is the likeliest to be accepted.
    #[test]
    fn any_single_mistake_is_survived(mistake in mistake(), in_project in any::<bool>()) {
        let mistakes = [mistake];
        let (project, dag) = match in_project {
            true => (mistaken(project(), &mistakes), dag()),
            false => (project(), mistaken(dag(), &mistakes)),
        };
        survives(&project, &dag)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_the_schema_accepts_is_read(mistakes in mistakes()) {
        for (kind, document) in documents() {
            schema_and_serde_agree(kind, &mistaken(document, &mistakes))?;
        }
    }
}
