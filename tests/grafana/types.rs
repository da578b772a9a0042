//! Judged by Grafana's own types, as `dashboard.ts` makes them strict.

use super::{DASHBOARDS, frequent};
use crate::support;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the TypeScript compiler says about each dashboard; nothing where it is content.
fn judged(tsc: &Path, dashboards: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let types = support::tests().join("grafana");
    let import = serde_json::to_string(&types.join("dashboard.ts")).unwrap();
    for (name, json) in dashboards {
        let program = format!(
            "import type {{ Dashboard }} from {import};\nexport default ({json}) satisfies Dashboard;\n"
        );
        fs::write(folder.path().join(format!("{name}.ts")), program).unwrap();
    }
    let files: Vec<String> = dashboards.keys().map(|name| format!("{name}.ts")).collect();
    let config = serde_json::json!({ "extends": types.join("tsconfig.json"), "files": files });
    fs::write(folder.path().join("tsconfig.json"), config.to_string()).unwrap();
    let output = Command::new(tsc).args(["--pretty", "false", "-p"]).arg(folder.path()).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let mut judged: BTreeMap<String, String> =
        dashboards.keys().map(|name| (name.clone(), String::new())).collect();
    let mut place = "";
    for line in said.lines() {
        // Details are indented below an error. The path may be relative to any folder.
        if !line.starts_with(' ') {
            place = line.split_once(".ts(").map_or("", |(path, _)| path.rsplit('/').next().unwrap_or(path));
        }
        let errors = judged.get_mut(place).unwrap_or_else(|| panic!("not about a dashboard: {line}"));
        errors.push_str(line);
        errors.push('\n');
    }
    judged
}

#[test]
fn grafana_knows_every_key_and_value() {
    let Some(tsc) = support::npm_oracle("grafana", "tsc") else { return };
    for (name, errors) in judged(&tsc, &DASHBOARDS) {
        assert_eq!(errors, "", "{name}");
    }
}

/// What is broken where BigQuery is asked (a text in the dashboard and what stands there instead), and a word of the complaint.
const BROKEN_IN_BIGQUERY: [(&str, &str, &str); 4] = [
    (r#""format":0"#, r#""format":"time_series""#, "0 | 1"),
    (r#""rawQuery":true"#, r#""rawQuery":false"#, "'false'"),
    (r#""uid":"${bigquery}""#, r#""uid":"${datasource}""#, "${datasource}"),
    (r#""rawSql""#, r#""sql""#, "sql"),
];

/// The same where Cloud Monitoring is asked.
const BROKEN: [(&str, &str, &str); 22] = [
    (r#""schemaVersion":42"#, r#""schemaVersion":"42""#, "'42'"),
    (r#""editable":false"#, r#""editable":true"#, "'false'"),
    (r#""graphTooltip""#, r#""graphToolTip""#, "graphToolTip"),
    (r#""tags":["genkai","production","dag-slo","data-team"],"#, "", "tags"),
    (r#""type":"constant""#, r#""type":"const""#, "VariableType"),
    (r#""icon":"external link","#, "", "icon"),
    (r#""type":"timeseries""#, r#""type":"timeserie""#, r#""timeserie""#),
    (r#""mode":"markdown""#, r#""mode":"md""#, r#""md""#),
    (r#""w":24"#, r#""width":24"#, "width"),
    (r#""h":8"#, r#""h":"8""#, "number"),
    (r#""wideLayout""#, r#""widelayout""#, "widelayout"),
    (r#""calcs":["lastNotNull"]"#, r#""calcs":"lastNotNull""#, "string[]"),
    (r#""drawStyle":"bars""#, r#""drawStyle":"bar""#, r#""bar""#),
    (r#""axisSoftMin""#, r#""axisSoftMinimum""#, "axisSoftMinimum"),
    (r#""color":"red","value":null"#, r#""colour":"red","value":null"#, "colour"),
    (r#""displayMode":"list""#, r#""displayMode":"lists""#, r#""lists""#),
    (r#""queryType":"slo""#, r#""queryType":"SLO""#, r#""SLO""#),
    (r#""crossSeriesReducer""#, r#""crossSeriesReduce""#, "crossSeriesReduce"),
    (r#""alignmentPeriod":"cloud-monitoring-auto","#, "", "alignmentPeriod"),
    (r#""perSeriesAligner":"ALIGN_DELTA""#, r#""perSeriesAligner":"DELTA""#, r#""DELTA""#),
    ("select_slo_compliance", "select_slo_complience", "select_slo_complience"),
    (r#","lookbackPeriod":"21600s""#, "", "lookbackPeriod"),
];

#[test]
fn a_broken_dashboard_is_refused() {
    let Some(tsc) = support::npm_oracle("grafana", "tsc") else { return };
    let orders = super::dashboard("production-orders").to_string();
    let frequent = frequent().to_string();
    let broken: Vec<_> = (BROKEN.iter().map(|broken| (&frequent, broken)))
        .chain(BROKEN_IN_BIGQUERY.iter().map(|broken| (&orders, broken)))
        .collect();
    let programs = broken.iter().enumerate().map(|(index, (whole, (part, instead, _)))| {
        assert!(whole.contains(part), "the dashboard has no {part}");
        (format!("broken{index:02}"), whole.replacen(part, instead, 1))
    });
    let judged = judged(&tsc, &programs.collect());
    for ((_, (part, instead, complaint)), errors) in broken.iter().zip(judged.values()) {
        assert!(
            errors.contains(complaint),
            "{instead:?} for {part:?} passes, or for another reason:\n{errors}"
        );
    }
}
