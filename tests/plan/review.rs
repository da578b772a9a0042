//! The review policy, the formats, and what the base says when it does not compile.

use crate::plan::edit::{ROOT, base, compiled, edited, errors, files, planned, sound, templates, texts};
use genkai::plan::{Agreement, Plan, Unknown, plan, report};
use genkai::spec::ChangeKind;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const WEAKER: &str =
    "--- slo-specs/sales/daily.yaml\n-    success: {target: 95%}\n+    success: {target: 85%}\n";
const MORE_DAYS: &str = "--- slo-specs/calendars.yaml\n-    - {from: 2026-12-29, to: 2027-01-03, reason: year end}\n+    - {from: 2026-12-21, to: 2027-01-03, reason: year end}\n";

fn agreed(edit: &str, kinds: &[ChangeKind], labels: &[&str]) -> Plan {
    let agreement = Agreement {
        policy: None,
        acknowledged: kinds.iter().copied().collect(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    };
    plan(base(), &sound(&edited(edit)), &agreement)
}

#[test]
fn what_the_policy_forbids_must_be_acknowledged() {
    let plan = agreed(WEAKER, &[], &["slo-approved"]);
    assert_eq!(plan.review.forbidden, BTreeSet::from([ChangeKind::WeakerObjective]));
    assert!(plan.review.is_violated());
    let plan = agreed(WEAKER, &[ChangeKind::WeakerObjective], &[]);
    assert_eq!(plan.review.acknowledged, BTreeSet::from([ChangeKind::WeakerObjective]));
    assert!(!plan.review.is_violated());
}

#[test]
fn what_needs_a_label_passes_with_it() {
    let plan = agreed(MORE_DAYS, &[], &["other"]);
    let missing = BTreeSet::from([("slo-approved".to_owned(), ChangeKind::MoreExemptDays)]);
    assert_eq!(plan.review.missing_labels, missing);
    assert!(!agreed(MORE_DAYS, &[], &["slo-approved"]).review.is_violated());
}

/// A document that goes takes its page with it, although the page has no line of its own.
#[test]
fn a_page_that_goes_with_its_document_is_forbidden_too() {
    let plan = agreed("--- slo-specs/data-platform/events-driven.yaml gone", &[], &[]);
    assert!(plan.review.forbidden.contains(&ChangeKind::RemovedPage));
}

#[test]
fn no_change_excuses_itself() {
    let lenient =
        "--- slo-specs/project.yaml\n-    failOn: [removedPage, weakerObjective]\n+    failOn: []\n";
    let plan = agreed(&format!("{WEAKER}{lenient}"), &[], &[]);
    assert!(plan.review.is_violated() && plan.review_changes);
    let plan = agreed(lenient, &[], &[]);
    assert!(plan.is_empty() && plan.review_changes && !plan.review.is_violated());
}

#[test]
fn json_keeps_to_its_published_schema() {
    let schema = report::json::schema();
    let printed = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = Path::new(ROOT).join("schemas/plan.schema.json");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), printed, "run with UPDATE_SCHEMAS=1");
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
    for edit in [WEAKER, MORE_DAYS, "--- slo-specs/sales/settlement.yaml gone", crate::plan::gallery::RENAME]
    {
        let head = sound(&edited(edit));
        let json: Value =
            serde_json::from_str(&report::json::render(&planned(&head), texts(&head)).unwrap()).unwrap();
        let mistakes: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(mistakes, [""; 0]);
        assert!(json["changes"].as_array().is_some_and(|changes| !changes.is_empty()));
    }
}

#[test]
fn annotations_and_sarif_point_to_the_changed_lines() {
    let head = sound(&edited(WEAKER));
    let plan = planned(&head);
    let line = head.sources.iter().find(|(_, file)| file.path == "slo-specs/sales/daily.yaml").unwrap().1;
    let line = line.text.lines().position(|line| line.contains("target: 85%")).unwrap() + 1;
    let github = report::findings::github(&plan, texts(&head), "data/").unwrap();
    let expected =
        format!("::error file=data/slo-specs/sales/daily.yaml,line={line},title=weakerObjective::");
    assert!(github.starts_with(&expected), "{github}");
    let sarif: Value =
        serde_json::from_str(&report::findings::sarif(&plan, texts(&head), "data/").unwrap()).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["level"], "error");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], line);
}

#[test]
fn a_broken_document_of_the_base_is_named_and_the_rest_is_compared() {
    let broken =
        compiled(&edited("--- slo-specs/sales/daily.yaml\n-  dag: sales_daily\n+  dagg: sales_daily\n"));
    assert!(errors(&broken).is_some());
    let head = sound(&edited(
        "--- slo-specs/data-platform/events-driven.yaml\n-    success: {target: 98%}\n+    success: {target: 90%}\n",
    ));
    let plan = plan(&broken, &head, &Agreement::default());
    assert_eq!(plan.unknown, [Unknown::Document("DagSlo/sales-daily".to_owned())]);
    let kinds: BTreeSet<&str> = plan.changes.iter().map(|change| change.kind.key()).collect();
    assert!(kinds.contains("weakerObjective") && !kinds.contains("addedSpec"), "{:#?}", plan.changes);
    let told = report::markdown::render(&plan, texts(&head)).unwrap();
    assert!(told.contains("The base does not compile. Not compared: `DagSlo/sales-daily`."), "{told}");
}

#[test]
fn a_base_without_a_project_cannot_be_compared() {
    let broken = compiled(&edited("--- slo-specs/project.yaml\n-kind: Project\n+kind: Projekt\n"));
    let plan = plan(&broken, base(), &Agreement::default());
    assert_eq!(plan.unknown, [Unknown::Everything]);
    assert!(!plan.is_empty());
    let told = report::text::render(&plan, texts(base())).unwrap();
    assert!(told.contains("nothing can be compared"), "{told}");
}

/// Every template in both languages says something for every kind of change.
#[test]
fn every_kind_of_change_is_told_in_both_languages() {
    let all = [WEAKER, MORE_DAYS, "--- slo-specs/sales/settlement.yaml gone", crate::plan::gallery::RENAME];
    for edit in all {
        let head = sound(&edited(edit));
        for language in genkai::templates::Language::ALL {
            let words = templates().texts(language);
            for told in [
                report::text::render(&planned(&head), words).unwrap(),
                report::markdown::render(&planned(&head), words).unwrap(),
            ] {
                assert!(told.chars().count() > 100, "{told}");
            }
        }
    }
}

/// However much changes, a comment is short enough for GitHub, and keeps what is most serious.
#[test]
fn a_comment_is_never_longer_than_github_takes() {
    const SPECS: usize = 700;
    let mut many = files().clone();
    many.retain(|path, _| path.ends_with("project.yaml"));
    let spec = |number: usize, target: &str| {
        format!(
            "---\napiVersion: genkai.dev/v1\nkind: DagSlo\nmetadata: {{name: a-document-with-a-long-name-{number}}}\nspec:\n  dag: dag_{number}\n  composerEnvironment: bigfoot\n  schedule: {{cron: \"0 4 * * *\"}}\n  objectives:\n    success: {{target: {target}}}\n"
        )
    };
    let with = |target: &dyn Fn(usize) -> String| {
        let mut files = many.clone();
        for number in 0..SPECS {
            files.insert(format!("slo-specs/many/{number}.yaml"), spec(number, &target(number)));
        }
        sound(&files)
    };
    let (before, after) =
        (with(&|_| "95%".to_owned()), with(&|number| format!("{}.{:03}%", 80 + number % 10, number)));
    let plan = plan(&before, &after, &Agreement::default());
    assert!(plan.changes.len() >= SPECS, "{}", plan.changes.len());
    let told = report::markdown::render(&plan, texts(&after)).unwrap();
    assert!(told.chars().count() <= 65_536, "{}", told.chars().count());
    assert!(told.contains("Weaker") && told.contains("more; `genkai plan` shows all of them"), "{told}");
}

/// The table in `docs/plan.md`.
#[test]
fn the_docs_list_every_kind_of_change() {
    const BEGIN: &str = "<!-- kinds of change -->\n";
    const END: &str = "<!-- end -->";
    let path = Path::new(ROOT).join("docs/plan.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let rows = ChangeKind::ALL
        .iter()
        .map(|kind| format!("| `{}` | {} | {} |\n", kind.key(), kind.seriousness().key(), kind.meaning()));
    let table = format!("| kind | how serious | meaning |\n|---|---|---|\n{}", rows.collect::<String>());
    let written = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &written).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), written, "run with UPDATE_DOCS=1");
}
