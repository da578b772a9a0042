//! The arithmetic of docs/scale.md is what Genkai counts.

use super::Session;
use genkai::gcp::limits;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What is one spec in the table, and its text.
const SPECS: [(&str, &str); 6] = [
    (
        "a daily DAG: `success`",
        "kind: DagSlo\nspec: {dag: a, schedule: {cron: \"0 4 * * *\"}, objectives: {success: {target: 95%}}}",
    ),
    (
        "a daily DAG: `success` and `landing`",
        "kind: DagSlo\nspec: {dag: a, schedule: {cron: \"0 4 * * *\"}, objectives: {success: {target: 95%}, landing: {by: \"06:00\", target: 95%}}}",
    ),
    (
        "a DAG every ten minutes: `success`",
        "kind: DagSlo\nspec: {dag: a, schedule: {cron: \"*/10 * * * *\"}, objectives: {success: {target: 99%}}}",
    ),
    (
        "a streaming job: `freshness`",
        "kind: DataflowSlo\nspec: {job: {name: a, mode: streaming}, objectives: {freshness: {under: 10m, target: 99%}}}",
    ),
    (
        "a streaming job: `freshness`, `lag` and `errors`",
        "kind: DataflowSlo\nspec: {job: {name: a, mode: streaming}, objectives: {freshness: {under: 10m, target: 99%}, \
         lag: {under: 2m, target: 99%}, errors: {atMost: 0, per: 5m, target: 99%}}}",
    ),
    (
        "a NULL-ratio check, however many its columns",
        "kind: NullRatioCheck\nspec: {table: p-12345.d.t, partition: {column: day, type: date}, schedule: {cron: \"0 7 * * *\"}, \
         minRows: 10, columns: {a: {atMost: 1%}, b: {atMost: 2%}}}",
    ),
];

const PROJECT: &str = "apiVersion: genkai.dev/v1
kind: Project
metadata: {name: p}
spec:
  environments:
    production:
      projectId: p-12345
      location: europe-west1
      composerEnvironments: [c]
      bigquery: {location: EU, dataset: checks, datasetIs: managed, serviceAccount: checks@p-12345.iam.gserviceaccount.com}
      channels: {c: {email: a@example.com}}
  owners: {o: {page: [c], ticket: [c]}}
  defaults: {owner: o, timezone: UTC}
";

/// Alert policies, and the fewest and the most metric references; one reference's price.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sum([u64; 3]);

/// What the specs of a folder come to, as `genkai plan` says it when everything is new.
fn sum(session: &mut Session, environment: &str) -> (Sum, f64) {
    let printed = session.run("genkai plan --base HEAD --format json 2> /dev/null");
    let plan: Value = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    let of = |item: &&Value| item["environment"] == environment;
    let policy = |it: &&Value| it["address"].as_str().unwrap().starts_with("google_monitoring_alert_policy.");
    let policies = plan["resources"].as_array().unwrap().iter().filter(of).filter(policy).count();
    let cost = plan["costs"].as_array().unwrap().iter().find(of).unwrap();
    let count = |what: &str| cost["after"][what].as_u64().unwrap();
    let price = cost["priceOfMetricReference"].as_f64().unwrap();
    (Sum([policies as u64, count("referencesAtLeast"), count("referencesAtMost")]), price)
}

/// A project under git whose last commit is empty.
fn session() -> Session {
    let mut session = Session::begin();
    let commit =
        "git init -q && git -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m Nothing";
    assert_eq!(session.run(commit), "");
    session
}

fn times(copies: usize, spec: &str) -> (Sum, f64) {
    let mut session = session();
    let specs = session.folder.path().join("slo-specs");
    fs::create_dir(&specs).unwrap();
    fs::write(specs.join("project.yaml"), PROJECT).unwrap();
    for copy in 0..copies {
        let text =
            format!("apiVersion: genkai.dev/v1\nmetadata: {{name: spec-{copy}, displayName: A}}\n{spec}\n");
        fs::write(specs.join(format!("{copy}.yaml")), text).unwrap();
    }
    sum(&mut session, "production")
}

fn range(least: String, most: String) -> String {
    if least == most { least } else { format!("{least}–{most}") }
}

fn row(what: &str, Sum([policies, least, most]): Sum, price: f64) -> String {
    let dollars = |references: u64| format!("{:.2}", references as f64 * price);
    let references = range(least.to_string(), most.to_string());
    let fit = limits::POLICIES_MAX as u64 / policies;
    format!("| {what} | {policies} | {references} | {} | {fit} |\n", range(dollars(least), dollars(most)))
}

#[test]
fn the_arithmetic_of_scale_is_what_is_counted() {
    let mut table =
        "| what | alert policies | metric references | USD a month | as many fill a metrics scope |\n\
        |---|---|---|---|---|\n"
            .to_owned();
    for (what, spec) in SPECS {
        // The second adds what a spec adds; the first brings what there is once, such as the alerts on a Composer environment.
        let ((Sum(one), price), (Sum(two), _)) = (times(1, spec), times(2, spec));
        table += &row(what, Sum(std::array::from_fn(|index| two[index] - one[index])), price);
    }
    let mut example = session();
    example.run(&format!("cp -r '{}/slo-specs' .", env!("CARGO_MANIFEST_DIR")));
    let (whole, price) = sum(&mut example, "production");
    table += &row("production of the [worked example](../slo-specs)", whole, price);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scale.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- what specs come to -->\n").unwrap();
    let (written, after) = rest.split_once("<!-- end -->").unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}<!-- what specs come to -->\n{table}<!-- end -->{after}")).unwrap();
        return;
    }
    assert_eq!(written, table, "run `UPDATE_DOCS=1 cargo test --test oracles docs::`");
}

/// Limits that the page names are those that are checked.
#[test]
fn the_limits_of_scale_are_those_of_the_code() {
    let page = include_str!("../../docs/scale.md");
    let thousands = |number: usize| match number {
        1_000.. => format!("{},{:03}", number / 1_000, number % 1_000),
        _ => number.to_string(),
    };
    for (most, what) in [
        (limits::POLICIES_MAX, "alert policies"),
        (limits::NOTIFICATION_CHANNELS_MAX, "notification channels"),
        (limits::LOG_METRICS_MAX, "log-based metrics"),
        (limits::MONITORED_PROJECTS_MAX, "projects"),
    ] {
        let phrase = format!("{} {what}", thousands(most));
        assert!(page.contains(&phrase), "`{phrase}`");
    }
}
