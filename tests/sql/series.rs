//! What dashboards ask the history: BigQuery's SQL, in which nothing is a variable that should not be, and the numbers that
//! the rules come to.

use crate::sql::bigquery::{all_parse, ask};
use crate::sql::checks::{column, history, orders, rise};
use crate::sql::histories::TABLES;
use genkai::nulls::{Check, Measured};
use genkai::sql::{NullRatioSeries, Query};
use serde_json::json;

const HOSTILE: &str = "payload:$.a['$__timeTo()'][[project]]${datasource}";

fn check() -> Check {
    let zip = column("zip", Measured::Null, Some("2%"), Some(rise("5pt", 14, "1%", 1)));
    Check { columns: vec![zip, column(HOSTILE, Measured::Null, Some("0%"), None)], ..orders() }
}

fn queries(check: &Check) -> Vec<Query> {
    let history = history();
    let series = NullRatioSeries { check, history: &history };
    vec![
        series.ratios("zip", true),
        series.ratios(HOSTILE, false),
        series.passed(),
        series.failed(),
        series.judged(),
        series.verdicts(),
    ]
}

/// What the data source makes of the macros.
fn shown(sql: &str) -> String {
    sql.replace("$__timeFrom()", "'2026-12-01T00:00:00Z'").replace("$__timeTo()", "'2026-12-04T00:00:00Z'")
}

#[test]
fn a_dashboard_asks() {
    let queries: Vec<String> = queries(&check()).iter().map(Query::print).collect();
    insta::assert_snapshot!(queries.join("\n\n"));
}

#[test]
fn what_a_dashboard_asks_is_sql_to_bigquery() {
    let scripts: Vec<String> = queries(&check()).iter().map(|query| shown(&query.print())).collect();
    assert!(scripts.iter().all(|script| !script.contains('$') && !script.contains("[[")), "{scripts:?}");
    all_parse(&scripts);
}

/// Two days; the first was measured again, when it had become good; and one before the shown time.
const REMEMBERED: [(&str, &str, u32, u32, &str, &str, &str); 7] = [
    ("2026-11-01", "zip", 500_000, 20_000, "page", "page", "2026-11-02"),
    ("2026-12-02", "zip", 500_000, 20_000, "page", "page", "2026-12-03"),
    ("2026-12-02", "zip", 10_000, 20_000, "ok", "none", "2026-12-03 12:00:00"),
    ("2026-12-02", HOSTILE, 0, 0, "ok", "none", "2026-12-03"),
    ("2026-12-03", "zip", 30_000, 20_000, "ticket", "ticket", "2026-12-04"),
    ("2026-12-03", HOSTILE, 0, 0, "inconclusive", "none", "2026-12-04"),
    ("2026-12-04", "zip", 0, 20_000, "empty", "page", "2026-12-05"),
];

#[test]
fn dashboards_show_what_the_rules_come_to() {
    let row = |(day, column, ratio, highest, verdict, consequence, measured_at): &(
        _,
        &str,
        _,
        _,
        _,
        _,
        _,
    )| {
        let column = column.replace('\'', "''");
        format!(
            "('{day}', 'orders-nulls', '{column}', 10, 1, {ratio}, 8000, {highest}, '{verdict}', '{consequence}', \
             '{measured_at}')"
        )
    };
    let rows: Vec<String> = REMEMBERED.iter().map(row).collect();
    let insert = format!("INSERT INTO \"shop-prod\".genkai.null_ratios VALUES {}", rows.join(", "));
    let setup: Vec<&str> = TABLES.iter().copied().chain([insert.as_str()]).collect();
    let scripts: Vec<String> = queries(&check()).iter().map(|query| shown(&query.print())).collect();
    let request = json!({ "do": "ask", "project": "shop-prod", "setup": setup, "scripts": scripts });
    let Some(answers) = ask::<Vec<Vec<Vec<String>>>>(&request) else { return };
    let answers: Vec<Vec<String>> =
        answers.iter().map(|rows| rows.iter().map(|row| row.join(", ")).collect()).collect();
    // Tokyo's midnight is 15:00 of the day before in UTC.
    assert_eq!(
        answers[0],
        [
            "2026-12-01 15:00:00+00, 0.01, 0.02, 0.004",
            "2026-12-02 15:00:00+00, 0.03, 0.02, 0.004",
            "2026-12-03 15:00:00+00, 0.0, 0.02, 0.004",
        ]
    );
    assert_eq!(answers[1], ["2026-12-01 15:00:00+00, 0.0, 0.0", "2026-12-02 15:00:00+00, 0.0, 0.0"]);
    // Of two passed and two failed; what is undecided does not count.
    assert_eq!(answers[2], ["0.5"]);
    assert_eq!(answers[3], ["2"]);
    assert_eq!(answers[4], ["1796428800000"]);
    assert_eq!(
        answers[5],
        [
            "2026-12-01 15:00:00+00, 0, 2, 0",
            "2026-12-02 15:00:00+00, 1, 0, 1",
            "2026-12-03 15:00:00+00, 1, 0, 0",
        ]
    );
}
