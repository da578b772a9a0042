//! Explanations of documents and lists of queries: they keep to their schemas, and say what the output holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test stops at the first surprise, reads files and runs promtool"
)]

use genkai::compile::{Insight, compile, inspect};
use genkai::explain::queries::{self, Queries, queries};
use genkai::explain::{explain, json, text};
use genkai::source::{Sources, disk};
use genkai::templates::Templates;
use jiff::civil::{Date, date};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const TODAY: Date = date(2026, 11, 23);

const ENVIRONMENTS: [&str; 2] = ["production", "staging"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a project's specs come to.
fn inspected(sources: Sources) -> (Sources, Insight) {
    let insight = inspect(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), TODAY);
    (sources, insight)
}

/// The worked example.
fn example() -> (Sources, Insight) {
    inspected(disk::load(root()).0)
}

/// One spec beside the Project that `genkai init` writes.
fn project_with(spec: &str) -> (Sources, Insight) {
    let mut sources = Sources::default();
    sources.add("slo-specs/project.yaml", include_str!("../src/cli/example/project.yaml"));
    sources.add("slo-specs/spec.yaml", spec);
    inspected(sources)
}

fn documents(insight: &Insight) -> Vec<String> {
    let names = insight.resolved.names.iter().filter(|claim| claim.kind.name() != "Project");
    names.map(|claim| format!("{}/{}", claim.kind.name(), claim.name)).collect()
}

fn assert_valid(schema: &str, document: &str) {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let validator =
        jsonschema::validator_for(&read(&std::fs::read_to_string(root().join(schema)).unwrap())).unwrap();
    let document = read(document);
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

#[test]
fn the_published_schemas_are_current() {
    for (path, schema) in [(EXPLANATION, json::schema()), (QUERIES, queries::schema())] {
        let current = format!("{:#}\n", schema.to_value());
        let path = root().join(path);
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &current).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap_or_default() == current,
            "{} is out of date; regenerate it: UPDATE_SCHEMAS=1 cargo test --test oracles explanation::the_published_schemas",
            path.display()
        );
    }
}

const EXPLANATION: &str = "schemas/explanation.schema.json";
const QUERIES: &str = "schemas/queries.schema.json";

#[test]
fn every_document_of_the_example_is_explained_in_both_formats() {
    let (sources, insight) = example();
    for name in documents(&insight) {
        let explanation = explain(&insight, &sources, &name, None, TODAY).unwrap();
        assert_valid(EXPLANATION, &json::render(&explanation));
        let page = text::render(&explanation, 80, false);
        assert!(page.starts_with(&name), "{page}");
        let notes = page.split("What Cloud Monitoring asks").next().unwrap();
        for line in notes.lines() {
            let unbreakable = line.split_whitespace().any(|word| word.len() > 30);
            assert!(line.chars().count() <= 80 || unbreakable, "{name}: {line}");
            assert!(line == line.trim_end(), "{name}: `{line}` ends in spaces");
        }
        for promise in &explanation.promises {
            assert!(page.contains(&format!("Promise {}", promise.id)), "{page}");
        }
    }
}

/// What is written on the line that a value is said to come from.
#[test]
fn values_stand_where_they_are_said_to_stand() {
    let (sources, insight) = example();
    for name in documents(&insight) {
        let explanation: Value =
            serde_json::from_str(&json::render(&explain(&insight, &sources, &name, None, TODAY).unwrap()))
                .unwrap();
        for setting in explanation["settings"].as_array().unwrap() {
            for held in setting["values"].as_array().unwrap() {
                let place = &held["anchor"].as_object().map_or(&held["place"], |_| &held["anchor"]);
                let (Some(file), Some(value)) = (place["file"].as_str(), held["value"].as_str()) else {
                    continue;
                };
                let (_, source) = sources.iter().find(|(_, source)| source.path == file).unwrap();
                let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
                let written = source.text.lines().nth(line - 1).unwrap();
                assert!(written.contains(value.lines().next().unwrap()), "{name} {setting}: {written}");
            }
        }
    }
}

#[test]
fn an_environment_is_explained_alone() {
    let (sources, insight) = example();
    let alone =
        |environment| explain(&insight, &sources, "sales-forecast", Some(environment), TODAY).unwrap();
    let target = |environment| {
        let explanation = alone(environment);
        assert_eq!(explanation.environments, [environment]);
        explanation.promises.iter().find_map(|promise| promise.objective.as_ref()).unwrap().target.to_string()
    };
    assert_eq!(ENVIRONMENTS.map(target), ["90%", "80%"]);
    assert!(!text::render(&alone("staging"), 100, false).contains("in production"));
}

#[test]
fn what_is_broken_is_explained_as_far_as_it_is_known() {
    for (spec, broken) in [
        ("kind: DagSlo\nmetadata: {name: x}\n", true),
        (
            "apiVersion: genkai.dev/v1\nkind: DagSlo\nmetadata: {name: x}\nspec: {objectives: 5, alerts: [a, [b]]}\n",
            true,
        ),
        (
            "apiVersion: genkai.dev/v1\nkind: Calendar\nmetadata: {name: x}\nspec: {from: 2027-01-01, through: 2026-01-01}\n",
            true,
        ),
        (
            "apiVersion: genkai.dev/v1\nkind: Calendar\nmetadata: {name: x}\nspec: {from: 2020-01-01, through: 2020-12-31, weekend: [sunday]}\n",
            false,
        ),
    ] {
        let (sources, insight) = project_with(spec);
        let explanation = explain(&insight, &sources, "x", None, TODAY).unwrap();
        assert_eq!(explanation.has_errors(), broken, "{spec}");
        assert_valid(EXPLANATION, &json::render(&explanation));
        for width in [0, 1, 60] {
            text::render(&explanation, width, true);
        }
    }
}

fn of_example(environment: &str) -> Queries {
    let (sources, insight) = example();
    queries(&insight, &sources, Some(environment), None).unwrap()
}

/// What Terraform knows at apply, by the word that stands for it elsewhere.
fn without_ids(query: &str) -> String {
    let mut parts = query.split("${basename(");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |before, part| before + "TRANSFER_CONFIG_ID" + part.split_once(".name)}").unwrap().1)
}

/// The PromQL in Terraform files, as Terraform reads it.
fn in_terraform(environment: &str) -> (BTreeSet<String>, String) {
    let (sources, findings) = disk::load(root());
    let templates = Templates::new(Vec::new()).unwrap();
    let artifacts = compile(&sources, findings, &templates, TODAY).artifacts;
    let folder = format!("{environment}/terraform/");
    let files: String = artifacts
        .iter()
        .filter(|artifact| artifact.path.starts_with(&folder) && artifact.path.ends_with(".tf"))
        .map(|artifact| artifact.contents.to_string())
        .collect();
    let mut found = BTreeSet::new();
    let mut lines = files.lines();
    while let Some(line) = lines.next() {
        let Some(written) = line.trim_start().strip_prefix("query ") else { continue };
        let written = written.trim_start().strip_prefix("= ").unwrap();
        match serde_json::from_str::<String>(written) {
            Ok(line) => found.insert(line),
            // The script of a scheduled query has a file of its own.
            Err(_) if written.starts_with("file(") => false,
            Err(_) => {
                assert_eq!(written, "chomp(<<-EOT");
                let block: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "EOT").collect();
                let indent = block[0].len() - block[0].trim_start().len();
                let block = block.iter().map(|line| &line[indent..]).collect::<Vec<_>>().join("\n");
                found.insert(without_ids(&block))
            }
        };
    }
    (found, files)
}

#[test]
fn the_queries_are_those_of_the_generated_files_to_the_byte() {
    for environment in ENVIRONMENTS {
        let (generated, files) = in_terraform(environment);
        let printed = of_example(environment);
        assert_valid(QUERIES, &printed.json());
        let own = printed.queries.iter().filter(|query| query.twin_of.is_none());
        let own: BTreeSet<String> = own.map(|query| query.expression.clone()).collect();
        assert!(
            own.len() > 20 && own == generated,
            "{environment}: {:#?}",
            own.symmetric_difference(&generated)
        );
        for query in &printed.queries {
            let resource = format!("resource \"google_monitoring_alert_policy\" \"{}\" {{", query.address);
            assert!(files.contains(&resource), "{resource}");
        }
        // A file of rules holds the same.
        let rules: Value = serde_yaml::from_str(&printed.rules()).unwrap();
        let rules =
            rules["groups"].as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap());
        let expressions: Vec<&str> = rules.map(|rule| rule["expr"].as_str().unwrap()).collect();
        assert_eq!(
            expressions,
            printed.queries.iter().map(|query| query.expression.as_str()).collect::<Vec<_>>()
        );
    }
}

/// What promtool says of a file of rules.
fn checked(promtool: &Path, rules: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.yaml");
    std::fs::write(&file, rules).unwrap();
    let output = Command::new(promtool)
        .args(["check", "rules", "--lint=all", "--lint-fatal"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

#[test]
fn promtool_accepts_the_rules() {
    let Some(promtool) = crate::support::oracle("promtool") else { return };
    for environment in ENVIRONMENTS {
        checked(&promtool, &of_example(environment).rules()).unwrap();
    }
    // Text from a spec stays text: Prometheus would run what stands in braces.
    let hostile = r#"apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: x, displayName: "{{ .Oops }} {{{ }} ${a} \"%{b}"}
spec:
  dag: x
  schedule: {cron: "0 4 * * *"}
  objectives:
    success: {target: 95%}
"#;
    let (sources, insight) = project_with(hostile);
    let rules = queries(&insight, &sources, None, Some("x")).unwrap().rules();
    checked(&promtool, &rules).unwrap();
    let broken = rules.replace(")[28d:4m]", "[28d:4m]");
    assert!(rules != broken && checked(&promtool, &broken).is_err(), "promtool accepts anything");
}
