//! Asks `sql/bigquery.py`.

use crate::support::venv_oracle;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The answer to a request; `None` where sqlglot or DuckDB are missing, see [`crate::support::oracle`].
pub fn ask<T: DeserializeOwned>(request: &Value) -> Option<T> {
    let python = venv_oracle("sql")?;
    let mut child = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sql/bigquery.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "bigquery.py failed; what it said stands above");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// That every script is BigQuery's SQL to sqlglot, and nothing in it is skipped.
pub fn all_parse(scripts: &[String]) {
    let request = serde_json::json!({ "do": "parse", "scripts": scripts });
    let Some(wrong) = ask::<Vec<Vec<String>>>(&request) else { return };
    for (script, wrong) in scripts.iter().zip(wrong) {
        assert!(wrong.is_empty(), "{}\n\n{script}", wrong.join("\n"));
    }
}
