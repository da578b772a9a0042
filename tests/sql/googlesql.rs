//! What is accepted, and what is written, read by Google's own parser; conditions evaluated by Google's own executor.

use crate::sql::checks::{column, every, orders, path, script};
use crate::support::venv_oracle;
use genkai::nulls::{Check, Condition, DataDays, Measured};
use genkai::sample::{Measure, Value};
use genkai::slo::Date;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

#[derive(Deserialize)]
struct Answer {
    scripts: Vec<Option<String>>,
    queries: Vec<Option<String>>,
    rows: Vec<Json>,
}

fn ask(request: &Json) -> Option<Answer> {
    let python = venv_oracle("sql")?;
    let mut child = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sql/googlesql.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "googlesql.py failed; what it said stands above");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// How many conditions are made; `GENKAI_CONDITIONS` says otherwise.
fn number() -> usize {
    std::env::var("GENKAI_CONDITIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(400)
}

/// One start for everything: it takes a minute or two.
#[test]
fn what_is_accepted_and_what_is_written_is_googlesql() {
    let mut random = Random(7);
    let made: Vec<String> = (0..number()).map(|_| of_any_dialect(&mut random, 3)).collect();
    let known = met();
    let accepted: Vec<&String> =
        made.iter().chain(&known).filter(|text| Condition::parse(text).is_ok()).collect();
    assert!(accepted.len() * 5 > made.len(), "{} of {} are accepted", accepted.len(), made.len());
    let conditions = accepted.iter().map(|text| format!("SELECT 1 FROM t WHERE (\n{text}\n)"));
    let queries: Vec<String> = conditions.chain(dashboard_queries()).collect();
    let checks = [every(), vec![with_flexible_names()]].concat();
    let rows: Vec<Row> = (0..number()).map(|_| Row::new(&mut random)).collect();
    let request = json!({
        "scripts": checks.iter().map(script).collect::<Vec<_>>(),
        "queries": queries,
        "rows": rows.iter().map(Row::request).collect::<Vec<_>>(),
    });
    let Some(answer) = ask(&request) else { return };
    let mut wrong = String::new();
    for (script, error) in checks.iter().map(script).zip(answer.scripts) {
        if let Some(error) = error {
            writeln!(wrong, "{error}\n{script}").unwrap();
        }
    }
    for (query, error) in queries.iter().zip(answer.queries) {
        if let Some(error) = error {
            writeln!(wrong, "{error}\n{query}").unwrap();
        }
    }
    let mut judged = 0;
    for (row, theirs) in rows.iter().zip(answer.rows) {
        // What cannot be evaluated here says so, and nothing else.
        let Ok(ours) = row.keeps() else { continue };
        judged += 1;
        if theirs.is_string() || (theirs == json!(true)) != ours {
            writeln!(wrong, "{theirs}, and `genkai nulls` says {ours}: {row:?}").unwrap();
        }
    }
    assert!(judged * 2 > rows.len(), "{judged} of {} are judged", rows.len());
    assert!(wrong.is_empty(), "{wrong}");
}

/// A check of columns with names that no plain identifier has.
fn with_flexible_names() -> Check {
    let names = [
        "顧客ID",
        "order id",
        "order-id",
        "2022",
        "%vat",
        "café",
        "a'b",
        "a:b",
        "#1",
        "a<b>c|d=e+f&g",
        "end.select",
    ];
    let columns = names.map(|name| column(name, Measured::Null, Some("1%"), None));
    Check { data_days: Some(DataDays::Date(path("作成日"))), columns: columns.into(), ..orders() }
}

/// The conditions that people have met.
fn met() -> Vec<String> {
    let list = include_str!("../met/conditions.yaml");
    list.lines().filter_map(|line| line.trim().strip_prefix("- met: ")).filter_map(condition_of).collect()
}

fn condition_of(line: &str) -> Option<String> {
    let text: String = serde_yaml::from_str(line).ok()?;
    text.strip_prefix("where: ").map(str::to_owned)
}

/// The queries of the worked example's dashboards, with Grafana's variables as values.
fn dashboard_queries() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/generated/production/grafana");
    let mut queries = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let dashboard: Json = serde_json::from_str(&text).unwrap();
        collect(&dashboard, &mut queries);
    }
    assert!(!queries.is_empty());
    queries.sort();
    queries
}

fn collect(json: &Json, queries: &mut Vec<String>) {
    match json {
        Json::Object(object) => {
            if let Some(sql) = object.get("rawSql").and_then(Json::as_str) {
                // Grafana writes instants in their place.
                let instant = "'2026-01-01T00:00:00Z'";
                let sql = sql.replace("$__timeFrom()", instant).replace("$__timeTo()", instant);
                assert!(!sql.contains("$__"), "{sql}");
                queries.push(sql);
            }
            object.values().for_each(|value| collect(value, queries));
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, queries)),
        _ => {}
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

const VALUES: [&str; 74] = [
    "a",
    "b.c",
    "`d e`",
    "s[0]",
    "s[OFFSET(0)]",
    "s[SAFE_OFFSET(1)].x",
    "end",
    "order",
    "hash",
    "range",
    "`end`",
    "名前",
    "value",
    "date",
    "timestamp",
    "key",
    "offset",
    "a.end",
    "t.date",
    "1",
    "0",
    "-1",
    "1.5",
    ".5",
    "5.",
    "1e6",
    "1E-3",
    "0x1F",
    "1_000",
    "1L",
    "99999999999999999999",
    "'x'",
    "\"x\"",
    "'it''s'",
    "'it\\'s'",
    "'\\d'",
    "r'\\d'",
    "b'x'",
    "rb'\\x'",
    "R'x'",
    "'''x'y'''",
    "E'x'",
    "N'x'",
    "X'00'",
    "$$x$$",
    "'x' 'y'",
    "'x\\n'",
    "'\\u00e9'",
    "'\\x4'",
    "'日本'",
    "NULL",
    "TRUE",
    "DATE '2026-01-01'",
    "date '2026-01-01'",
    "TIMESTAMP '2026-01-01'",
    "NUMERIC '1'",
    "JSON '1'",
    "INTERVAL 1 DAY",
    "INTERVAL '1 day'",
    "INTERVAL a DAY",
    "CURRENT_DATE",
    "CURRENT_DATE()",
    "current_timestamp",
    "[1, 2]",
    "ARRAY[1]",
    "ARRAY<INT64>[1]",
    "(1, 2)",
    "STRUCT(1)",
    "STRUCT(1 AS x)",
    "x.y.z",
    "?",
    ":p",
    "@p",
    "''",
];

const OPERATORS: [&str; 44] = [
    "=",
    "!=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "==",
    "<=>",
    "+",
    "-",
    "*",
    "/",
    "%",
    "//",
    "DIV",
    "MOD",
    "||",
    "&&",
    "&",
    "|",
    "^",
    "<<",
    ">>",
    "->",
    "->>",
    ":",
    "::",
    "~",
    "!~",
    "~*",
    "LIKE",
    "NOT LIKE",
    "ILIKE",
    "RLIKE",
    "REGEXP",
    "SIMILAR TO",
    "GLOB",
    "XOR",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM",
    "COLLATE",
    "AND",
    "OR",
];

const FUNCTIONS: [&str; 40] = [
    "LENGTH(#)",
    "IF(#, #, #)",
    "IFNULL(#, #)",
    "COALESCE(#, #)",
    "NVL(#, #)",
    "LEFT(#, 1)",
    "RIGHT(#, 1)",
    "SUBSTR(#, 1, 2)",
    "SUBSTRING(#, 1)",
    "SUBSTRING(# FROM 1)",
    "TRIM(#)",
    "TRIM(#, 'x')",
    "TRIM(BOTH 'x' FROM #)",
    "POSITION('x' IN #)",
    "CAST(# AS INT64)",
    "CAST(# AS VARCHAR)",
    "SAFE_CAST(# AS STRING)",
    "TRY_CAST(# AS INT64)",
    "CAST(# AS NUMERIC(3, 1))",
    "CAST(# AS STRING FORMAT 'YYYY')",
    "EXTRACT(YEAR FROM #)",
    "EXTRACT(HOUR FROM # AT TIME ZONE 'UTC')",
    "EXTRACT(EPOCH FROM #)",
    "EXTRACT(WEEK(MONDAY) FROM #)",
    "DATE_DIFF(#, #, DAY)",
    "DATE_SUB(#, INTERVAL 7 DAY)",
    "DATEDIFF(#, #)",
    "CEIL(#)",
    "FLOOR(#)",
    "FLOOR(# TO DAY)",
    "MOD(#, 2)",
    "SAFE.SUBSTR(#, 1)",
    "NET.HOST(#)",
    "dataset.f(#)",
    "JSON_VALUE(#, '$.a')",
    "REGEXP_CONTAINS(#, r'x')",
    "STARTS_WITH(#, 'x')",
    "RANGE(#, #)",
    "GROUPING(#)",
    "CONTAINS_SUBSTR(#, 'x')",
];

/// A condition as somebody may write it who has used any database.
fn of_any_dialect(random: &mut Random, depth: usize) -> String {
    let deeper = |random: &mut Random| of_any_dialect(random, depth.saturating_sub(1));
    match if depth == 0 { 0 } else { random.below(20) } {
        0..=3 => random.one_of(&VALUES).to_owned(),
        4..=10 => {
            let (left, operator, right) = (deeper(random), random.one_of(&OPERATORS), deeper(random));
            format!("{left} {operator} {right}")
        }
        11 => format!("({})", deeper(random)),
        12 => {
            let postfix = [
                "IS NULL",
                "IS NOT NULL",
                "IS TRUE",
                "IS NOT FALSE",
                "IS UNKNOWN",
                "ISNULL",
                "NOTNULL",
                "IS JSON",
                "IN (1, 2)",
                "NOT IN ('x')",
                "IN ()",
                "IN UNNEST([1])",
                "IN UNNEST(s)",
                "BETWEEN 1 AND 2",
                "NOT BETWEEN 1 AND 2",
                "BETWEEN SYMMETRIC 1 AND 2",
                "LIKE ANY ('x', 'y')",
                "LIKE ALL ('x')",
                "LIKE 'x' ESCAPE '!'",
                "::STRING",
                "AT TIME ZONE 'UTC'",
                "IN (1, NULL)",
            ];
            format!("{} {}", deeper(random), random.one_of(&postfix))
        }
        13 => format!("{} {}", random.one_of(&["NOT", "-", "+", "~", "!", "- -", "NOT NOT"]), deeper(random)),
        14..=17 => {
            let mut out = String::new();
            for part in random.one_of(&FUNCTIONS).split_inclusive('#') {
                out.push_str(part.trim_end_matches('#'));
                if part.ends_with('#') {
                    out.push_str(&deeper(random));
                }
            }
            out
        }
        18 => {
            format!("CASE WHEN {} THEN {} ELSE {} END", deeper(random), deeper(random), deeper(random))
        }
        _ => format!("CASE {} WHEN {} THEN {} END", deeper(random), deeper(random), deeper(random)),
    }
}

/// A condition, and a row of the columns `a` (STRING), `n` (INT64) and `f` (BOOL).
#[derive(Debug)]
struct Row {
    condition: String,
    a: Option<String>,
    n: Option<i64>,
    f: Option<bool>,
}

impl Row {
    fn new(random: &mut Random) -> Row {
        let condition = truth(random, 3);
        let texts = ["", "x", "X", "xy", "100%", "a_b", "日本", "it's"];
        let a = (random.below(4) > 0).then(|| random.one_of(&texts).to_owned());
        let n = (random.below(4) > 0).then(|| i64::try_from(random.below(5)).unwrap() - 2);
        let f = (random.below(3) > 0).then(|| random.below(2) == 0);
        Row { condition, a, n, f }
    }

    fn request(&self) -> Json {
        json!({
            "condition": self.condition,
            "columns": {"a": ["STRING", self.a], "n": ["INT64", self.n], "f": ["BOOL", self.f]},
        })
    }

    /// Whether `genkai nulls` counts the row.
    fn keeps(&self) -> Result<bool, String> {
        let check = Check { data_days: None, condition: Some(self.condition.clone()), ..orders() };
        let today = Date::parse("2026-01-01").unwrap();
        let mut measure = Measure::new(&check, today).map_err(|error| error.message)?;
        let paths = measure.columns().paths().to_vec();
        let null = || Value::Null;
        let row: Vec<Value> = paths
            .iter()
            .map(|path| match path.0.first().map(String::as_str) {
                Some("a") => self.a.clone().map_or_else(null, Value::Text),
                Some("n") => self.n.map_or_else(null, Value::Integer),
                Some("f") => self.f.map_or_else(null, Value::Bool),
                _ => Value::Null,
            })
            .collect();
        measure.count(&row)?;
        Ok(measure.days.values().map(|counted| counted.rows).sum::<u64>() == 1)
    }
}

/// A condition of known types. With all its features on, GoogleSQL refuses `= NULL`, which BigQuery takes.
fn truth(random: &mut Random, depth: usize) -> String {
    let text = |random: &mut Random| {
        random.one_of(&["a", "'x'", "\"xy\"", "r'100\\%'", "''", "'日本'", "'it\\'s'"]).to_owned()
    };
    let number =
        |random: &mut Random| random.one_of(&["n", "1", "-2", "0", "0.5", "-1.5", "1e0", "0x1"]).to_owned();
    let comparison = |random: &mut Random| {
        random.one_of(&["=", "!=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"])
    };
    match random.below(if depth == 0 { 7 } else { 12 }) {
        0 => format!("{} {} {}", text(random), comparison(random), text(random)),
        1 => format!("{} {} {}", number(random), comparison(random), number(random)),
        2 => {
            let (one, not) = (text(random), random.one_of(&["", "NOT "]));
            let pattern = random.one_of(&["'x%'", "'_'", "'%'", "r'100\\%'", "'a\\\\_b'", "'日_'", "''"]);
            format!("{one} {not}LIKE {pattern}")
        }
        3 => format!(
            "{} {}IN ({}, {})",
            number(random),
            random.one_of(&["", "NOT "]),
            number(random),
            number(random)
        ),
        4 => format!(
            "{} {}BETWEEN {} AND {}",
            number(random),
            random.one_of(&["", "NOT "]),
            number(random),
            number(random)
        ),
        5 => format!("{} {}", random.one_of(&["a", "n", "f"]), random.one_of(&["IS NULL", "IS NOT NULL"])),
        6 => random
            .one_of(&["f", "TRUE", "FALSE", "f IS TRUE", "f IS NOT TRUE", "f IS FALSE", "f IS NOT FALSE"])
            .to_owned(),
        7 => format!("NOT {}", truth(random, depth - 1)),
        8 => format!("({})", truth(random, depth - 1)),
        9 => format!(
            "({}) {}",
            truth(random, depth - 1),
            random.one_of(&["IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NULL"])
        ),
        10 => format!("{} AND {}", truth(random, depth - 1), truth(random, depth - 1)),
        _ => format!("{} OR {}", truth(random, depth - 1), truth(random, depth - 1)),
    }
}
