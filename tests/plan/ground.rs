//! What differs in the generated files, found by reading their text: an oracle that knows nothing of the plan.

use genkai::output::Artifacts;
use genkai::plan::{Plan, Side};
use std::collections::{BTreeMap, BTreeSet};

/// Every block of a Terraform file by its address, as it is printed.
fn blocks(text: &str) -> BTreeMap<String, String> {
    let mut blocks = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_suffix(" {").filter(|line| !line.starts_with([' ', '#'])) else {
            continue;
        };
        let words: Vec<&str> = head.split(' ').map(|word| word.trim_matches('"')).collect();
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
        if let ["resource", kind, name] = words.as_slice() {
            blocks.insert(format!("{kind}.{name}"), without_order(&body.join("\n")));
        }
    }
    // Whether a table names its dataset or the resource that makes it, it is in the same one.
    let dataset = blocks.get("google_bigquery_dataset.genkai_null_ratios").and_then(|text| {
        text.lines().find_map(|line| line.trim().strip_prefix("dataset_id")?.trim().strip_prefix("= "))
    });
    if let (Some(dataset), Some(table)) =
        (dataset.map(str::to_owned), blocks.get_mut("google_bigquery_table.genkai_null_ratios"))
    {
        *table = table.replace("google_bigquery_dataset.genkai_null_ratios.dataset_id", &dataset);
    }
    blocks
}

/// Terraform changes no resource where only the order differs in which it makes them.
fn without_order(body: &str) -> String {
    let Some((before, rest)) = body.split_once("  depends_on = [") else { return body.to_owned() };
    format!("{before}{}", rest.split_once(']').unwrap().1)
}

/// The script that a block reads, if it reads one.
fn script(artifacts: &Artifacts, environment: &str, block: &str) -> String {
    let name = block.split_once("file(\"${path.module}/").and_then(|(_, rest)| rest.split_once(".sql\")"));
    let path = name.map(|(name, _)| format!("{environment}/terraform/{name}.sql"));
    path.map_or_else(String::new, |path| artifacts.get(&path).unwrap().contents.to_string())
}

/// `ENVIRONMENT ADDRESS` of every resource whose text differs.
fn changed(base: &Artifacts, head: &Artifacts) -> BTreeSet<String> {
    let all = |artifacts: &Artifacts| -> BTreeMap<String, String> {
        let modules = artifacts.iter().filter(|artifact| artifact.path.ends_with(".tf"));
        let blocks = modules.flat_map(|artifact| {
            let environment = artifact.path.split('/').next().unwrap().to_owned();
            blocks(&artifact.contents).into_iter().map(move |(address, text)| {
                let text = format!("{text}{}", script(artifacts, &environment, &text));
                (format!("{environment} {address}"), text)
            })
        });
        blocks.collect()
    };
    let (base, head) = (all(base), all(head));
    let addresses: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    addresses.into_iter().filter(|address| base.get(*address) != head.get(*address)).cloned().collect()
}

/// A plan is empty if and only if all files are the same bytes, and every resource that differs is in it, as what happens
/// and as part of a change.
pub fn holds(base: &Side, head: &Side, plan: &Plan, what: &str) {
    let same = base.artifacts.iter().eq(head.artifacts.iter());
    assert_eq!(plan.changes.is_empty(), same, "{what}: {:#?}", plan.changes);
    assert_eq!(plan.files.is_empty(), same, "{what}: {:#?}", plan.files);
    let mut told = BTreeSet::new();
    for change in &plan.changes {
        for reached in &change.reached {
            for environment in &reached.environments {
                told.extend(reached.addresses.iter().map(|address| format!("{environment} {address}")));
            }
        }
    }
    let mut listed = BTreeSet::new();
    for resource in &plan.resources {
        let names = resource.moved_from.iter().chain([&resource.address]);
        listed.extend(names.map(|address| format!("{} {address}", resource.environment)));
    }
    // What an environment with another name had is what it has.
    let renamed =
        plan.left.iter().filter_map(|left| Some((left.successor()?.to_owned(), left.environment.clone())));
    for address in changed(&base.artifacts.renamed(&renamed.collect()), &head.artifacts) {
        assert!(listed.contains(&address), "{what}: {address} is not in {listed:#?}");
        let moved = plan.resources.iter().any(|resource| {
            resource
                .moved_from
                .as_ref()
                .is_some_and(|from| format!("{} {from}", resource.environment) == address)
        });
        assert!(told.contains(&address) || moved, "{what}: no change has {address}: {told:#?}");
    }
}
