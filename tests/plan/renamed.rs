//! What Terraform itself plans after an edit: the same addresses, and the same that happens to each.

use crate::plan::edit::{base, edited, planned, sound};
use crate::support::terraform::Workspace;
use genkai::output::Artifacts;
use genkai::plan::{Action, generated_after};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The environment that is applied; the smaller one.
const ENVIRONMENT: &str = "staging";

const EDITS: [(&str, &str); 14] = [
    (
        "no Grafana any longer",
        "--- slo-specs/project.yaml\n-  grafana: {folder: Data platform SLOs, url: \"https://grafana.example.com\"}\n+  # There was a Grafana here.\n",
    ),
    (
        "a rename",
        "--- slo-specs/sales/daily.yaml\n-  name: sales-daily\n+  name: sales-morning\n+  renamedFrom: [sales-daily]\n",
    ),
    (
        "a rename of what burns a budget",
        "--- slo-specs/data-platform/events.yaml\n-  name: events-compaction\n+  name: compaction\n+  renamedFrom: [events-compaction]\n",
    ),
    (
        "a lower target",
        "--- slo-specs/sales/daily.yaml\n-    success: {target: 95%}\n+    success: {target: 85%}\n",
    ),
    (
        "more rows before a data day is judged, which only a script says",
        "--- slo-specs/data-platform/null-ratios.yaml\n-  minRows: 1000\n+  minRows: 5000\n",
    ),
    (
        "a rename of a check",
        "--- slo-specs/data-platform/null-ratios.yaml\n-  name: orders-nulls\n+  name: sales-nulls\n+  renamedFrom: [orders-nulls]\n",
    ),
    (
        "an alert less on what checks find, which a query waits for",
        "--- slo-specs/data-platform/null-ratios.yaml\n-    failingColumns: {severity: ticket}\n+    failingColumns: {severity: none}\n",
    ),
    ("no checks any longer", "--- slo-specs/data-platform/null-ratios.yaml gone"),
    (
        "another dataset",
        "--- slo-specs/project.yaml\n-      bigquery: {location: asia-northeast1, dataset: genkai, datasetIs: managed, serviceAccount: checks@bigfoot-stg.iam.gserviceaccount.com}\n+      bigquery: {location: asia-northeast1, dataset: quality, datasetIs: managed}\n",
    ),
    (
        "another location of checks",
        "--- slo-specs/project.yaml\n-      bigquery: {location: asia-northeast1, dataset: genkai, datasetIs: managed, serviceAccount: checks@bigfoot-stg.iam.gserviceaccount.com}\n+      bigquery: {location: US, dataset: genkai, datasetIs: managed}\n",
    ),
    (
        "a dataset that Terraform makes no longer",
        "--- slo-specs/project.yaml\n-      bigquery: {location: asia-northeast1, dataset: genkai, datasetIs: managed, serviceAccount: checks@bigfoot-stg.iam.gserviceaccount.com}\n+      bigquery: {location: asia-northeast1, dataset: genkai}\n",
    ),
    (
        "an environment with another name",
        "--- *\n-staging\n+rehearsal\n--- slo-specs/project.yaml\n-      terraform: {backend: {gcs: {bucket: bigfoot-tfstate, prefix: genkai-rehearsal}}}\n+      terraform: {backend: {gcs: {bucket: bigfoot-tfstate, prefix: genkai-staging}}}\n",
    ),
    ("a document less", "--- slo-specs/logistics/shipments.yaml gone"),
    (
        "a channel that leads elsewhere",
        "--- slo-specs/project.yaml\n-        data-team: &data-alerts {lookup: {type: slack, displayName: \"#data-alerts\"}}\n+        data-team: &data-alerts {email: data@example.com}\n",
    ),
];

fn write(workspace: &Workspace, artifacts: &Artifacts) {
    for artifact in artifacts {
        workspace.write(&artifact.path, &artifact.contents);
    }
}

fn remove(workspace: &Workspace, artifacts: &Artifacts) {
    for artifact in artifacts {
        std::fs::remove_file(workspace.path().join(&artifact.path)).unwrap();
    }
}

/// What Terraform will do with each address, and the address that it had.
fn actions(workspace: &Workspace) -> BTreeMap<String, (Action, Option<String>)> {
    let planned = workspace.run(&["plan", "-input=false", "-no-color", "-out=the.plan"]);
    assert!(planned.status.success(), "{}", String::from_utf8_lossy(&planned.stderr));
    let shown = workspace.run(&["show", "-json", "the.plan"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let changes = shown["resource_changes"].as_array().unwrap().iter();
    let changes = changes.filter(|change| change["mode"] == "managed");
    let action = |change: &Value| {
        let words: Vec<&str> = change["change"]["actions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap())
            .collect();
        let moved = change["previous_address"].as_str().map(str::to_owned);
        let action = match (words.as_slice(), &moved) {
            (["no-op"], None) => return None,
            (["no-op"], Some(_)) => Action::Move,
            (["create"], _) => Action::Create,
            (["update"], _) => Action::Update,
            (["delete"], _) => Action::Destroy,
            (["forget"], _) => Action::Forget,
            (["delete", "create"] | ["create", "delete"], _) => Action::Replace,
            (words, _) => panic!("{words:?}"),
        };
        Some((change["address"].as_str().unwrap().to_owned(), (action, moved)))
    };
    changes.filter_map(action).collect()
}

#[test]
fn terraform_plans_what_the_plan_says() {
    let Some(workspace) = Workspace::new::<&str, &str>([]) else { return };
    let workspace = workspace.with_module(&format!("{ENVIRONMENT}/terraform"));
    write(&workspace, &base().artifacts);
    workspace.init();
    assert_eq!(workspace.apply(), Ok(()));
    assert_eq!(actions(&workspace), BTreeMap::new());
    for (name, edit) in EDITS {
        let head = sound(&edited(edit));
        remove(&workspace, &base().artifacts);
        let (after, left) = generated_after(base(), &head);
        let successor = left.iter().find(|left| left.environment == ENVIRONMENT);
        let now = successor.and_then(|left| left.successor()).unwrap_or(ENVIRONMENT);
        // The state lies in the module here, so what goes on with it does, too.
        let after = after.renamed(&BTreeMap::from([(ENVIRONMENT.to_owned(), now.to_owned())]));
        write(&workspace, &after);
        assert_eq!(workspace.validate(), [""; 0], "{name}");
        let plan = planned(&head);
        let said: BTreeMap<String, (Action, Option<String>)> = plan
            .resources
            .iter()
            .filter(|resource| resource.environment == now && resource.is_managed())
            .map(|resource| (resource.address.clone(), (resource.action, resource.moved_from.clone())))
            .collect();
        let done = actions(&workspace);
        assert_eq!(said, done, "{name}");
        if name.starts_with("a rename") {
            let kinds: BTreeSet<Action> = done.values().map(|(action, _)| *action).collect();
            assert!(kinds.is_subset(&BTreeSet::from([Action::Update, Action::Move])), "{name}: {kinds:?}");
            assert!(done.values().any(|(_, moved)| moved.is_some()), "{name}");
        }
        remove(&workspace, &after);
        write(&workspace, &base().artifacts);
    }
}
