//! `genkai nulls` as its users meet it: a check tried on samples. The session in docs/nulls.md tells the rest.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, runs the program, and reads and writes files"
)]

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SCHEMA: &str = "schemas/nulls.schema.json";

const PROJECT: &str = "
apiVersion: genkai.dev/v1
kind: Project
metadata: {name: bigfoot}
spec:
  environments:
    production:
      projectId: bigfoot-prod
      bigquery: {location: asia-northeast1, dataset: genkai}
      channels: {team: {email: data-team@example.com}}
    staging:
      projectId: bigfoot-stg
      maxSeverity: ticket
      bigquery: {location: asia-northeast1, dataset: genkai}
      channels: {team: {email: data-team@example.com}}
  owners:
    data-platform: {page: [team], ticket: [team]}
  defaults: {owner: data-platform, environments: [production]}
---
apiVersion: genkai.dev/v1
kind: Calendar
metadata: {name: jp-business-days}
spec:
  from: 2026-01-01
  through: 2026-12-31
  holidays: japan
  weekend: [saturday, sunday]
";

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    /// Each judged column: `day column verdict`, with the limits that are broken; and days that are not judged.
    fn verdicts(&self) -> Vec<String> {
        let replay: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{}", self.stderr));
        let schema = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHEMA)).unwrap();
        let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
        assert!(validator.is_valid(&replay), "{replay:#}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut verdicts = Vec::new();
        for day in replay["days"].as_array().unwrap() {
            if let Some(reason) = day["notJudged"].as_str() {
                verdicts.push(format!("{} {reason}", text(&day["day"])));
            }
            for column in day["columns"].as_array().unwrap() {
                let (name, verdict) = (text(&column["column"]), text(&column["verdict"]));
                let broken: Vec<String> = column["broken"].as_array().unwrap().iter().map(text).collect();
                let broken =
                    if broken.is_empty() { String::new() } else { format!(": {}", broken.join(", ")) };
                verdicts.push(format!("{} {name} {verdict}{broken}", text(&day["day"])));
            }
        }
        verdicts
    }
}

/// A project with one check, `orders`, whose `spec` is given.
fn project(spec: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("slo-specs")).unwrap();
    fs::write(folder.path().join("slo-specs/project.yaml"), PROJECT).unwrap();
    let check =
        format!("apiVersion: genkai.dev/v1\nkind: NullRatioCheck\nmetadata: {{name: orders}}\n{spec}");
    fs::write(folder.path().join("slo-specs/orders.yaml"), check).unwrap();
    folder
}

fn nulls(folder: &TempDir, sample: &str, arguments: &[&str]) -> Run {
    fs::write(folder.path().join("sample.csv"), sample).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_genkai"))
        .current_dir(folder.path())
        .args(["nulls", "orders", "--data", "sample.csv", "--format", "json", "--today", "2026-11-23"])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn the_published_schema_is_current() {
    let current = format!("{:#}\n", genkai::sample::schema().to_value());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHEMA);
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&path, &current).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == current,
        "regenerate {SCHEMA}: UPDATE_SCHEMAS=1 cargo test --test fast nulls::the_published"
    );
}

#[test]
fn structs_lists_and_json_are_measured_in_csv() {
    let folder = project(
        "spec:
  table: sales.orders
  partition: {column: created_at, type: timestamp, timezone: Asia/Tokyo}
  schedule: {cron: '0 7 * * *'}
  columns:
    Address.zip: {atMost: 40%}
    items: {atMost: 40%, counts: nullsAndEmpty}
    payload:$.user.id: {atMost: 40%, severity: ticket}
",
    );
    let sample = r#"created_at,address.zip,items,payload
2026-06-01 14:59:59 UTC,NULL,[],"{""user"": {""id"": null}}"
2026-06-01T15:00:00Z,100,"[1, 2]","{""user"": {""id"": 7}}"
NULL,NULL,NULL,NULL
"#;
    let run = nulls(&folder, sample, &["--null", "NULL"]);
    assert_eq!(
        run.verdicts(),
        [
            "2026-06-01 Address.zip page: atMost",
            "2026-06-01 items page: atMost",
            "2026-06-01 payload:$.user.id ticket: atMost",
            // In Tokyo it is the next day.
            "2026-06-02 Address.zip ok",
            "2026-06-02 items ok",
            "2026-06-02 payload:$.user.id ok",
        ]
    );
    assert_eq!(run.code, 2);
    assert_eq!(serde_json::from_str::<Value>(&run.stdout).unwrap()["rowsWithoutDay"], json!(1));
}

#[test]
fn closed_days_are_left_out_and_days_that_are_not_over() {
    let folder = project(
        "spec:
  table: sales.orders_*
  partition: {timezone: Asia/Tokyo}
  schedule: {cron: '0 7 * * *', calendar: jp-business-days}
  columns: {customer_id: {atMost: 0%}}
",
    );
    let sample = "table_suffix,customer_id\n20261120,1\nbackup,\n20261123,\n20261124,\n20261121,\n";
    let run = nulls(&folder, sample, &[]);
    let expected = [
        "2026-11-20 customer_id ok",
        "2026-11-21 closed",
        "2026-11-22 closed",
        "2026-11-23 incomplete",
        "2026-11-24 incomplete",
    ];
    assert_eq!(run.verdicts(), expected);
    assert_eq!(run.code, 0);
}

#[test]
fn an_environment_caps_what_a_breach_means() {
    let folder = project(
        "environments: [production, staging]
spec:
  table: sales.customers
  schedule: {cron: '0 7 * * *'}
  columns: {prefecture: {atMost: 0%}}
overrides: {staging: {columns: {prefecture: {atMost: 60%}}}}
",
    );
    let sample = "prefecture\n\"\"\nTokyo\n";
    let several = nulls(&folder, sample, &[]);
    assert_eq!(several.code, 3);
    assert!(several.stderr.contains("say which with `--env`: `production`, `staging`"), "{}", several.stderr);
    let production = nulls(&folder, sample, &["--env", "production"]);
    assert_eq!(
        (production.verdicts()[0].as_str(), production.code),
        ("2026-11-23 prefecture page: atMost", 2)
    );
    let staging = nulls(&folder, sample, &["--env", "staging"]);
    assert_eq!((staging.verdicts()[0].as_str(), staging.code), ("2026-11-23 prefecture ok", 0));
    let worse = nulls(&folder, "prefecture\n\"\"\n", &["--environment", "staging"]);
    assert_eq!(worse.verdicts(), ["2026-11-23 prefecture ticket: atMost"]);
    // An empty table is no pass.
    let empty = nulls(&folder, "prefecture\n", &["--env", "production"]);
    assert_eq!((empty.verdicts()[0].as_str(), empty.code), ("2026-11-23 prefecture empty", 2));
}

#[test]
fn whatever_is_wrong_is_said_in_a_sentence() {
    let spec = "spec:
  table: sales.orders
  partition: {column: created_date}
  where: amount > 100
  schedule: {cron: '0 7 * * *'}
  columns: {customer_id: {atMost: 0%}}
";
    let folder = project(spec);
    let error = |sample: &str| {
        let run = nulls(&folder, sample, &[]);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        run.stderr
    };
    let header = "created_date,customer_id,amount\n";
    assert_eq!(
        error("created_date,customerid,amount\n"),
        "error: sample.csv: the sample has no column `customer_id`\nhelp: did you mean `customerid`?\n"
    );
    assert_eq!(
        error(&format!("{header}06/01/2026,1,200\n")),
        "error: sample.csv: line 2: the data day: `06/01/2026` is no date such as 2026-06-01\n"
    );
    assert_eq!(
        error(&format!("{header}2026-06-01,1,much\n")),
        "error: sample.csv: line 2: in `where`: `much` is no number\n"
    );
    assert!(error(&format!("{header}2026-06-01,1\n")).contains("line 2: 2 fields, but the header has 3"));
    // A wrong date costs no more than a sentence.
    assert!(
        error(&format!("{header}1970-01-01,1,200\n2026-06-01,1,200\n"))
            .contains("its data days go from 1970-01-01 to 2026-06-01, which is more than 4000 days")
    );
    // A spec with errors is not tried.
    let folder = project(&spec.replace("0%", "100%"));
    assert!(nulls(&folder, header, &[]).stderr.contains("error[GK421]"));
}

#[test]
fn a_file_that_is_no_parquet_is_one_error() {
    let folder = project(
        "spec:
  table: sales.orders
  partition: {column: created_date}
  schedule: {cron: '0 7 * * *'}
  columns: {customer_id: {atMost: 0%}}
",
    );
    let damaged = [b"PAR1".as_slice(), &[0xff; 40], b"\x10\0\0\0PAR1"].concat();
    for bytes in [b"".as_slice(), b"created_date,customer_id\n", &damaged] {
        fs::write(folder.path().join("sample.parquet"), bytes).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_genkai"))
            .current_dir(folder.path())
            .args(["nulls", "orders", "--data", "sample.parquet"])
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.starts_with("error: sample.parquet: the file cannot be read as Parquet"), "{stderr}");
    }
}
