//! Names, filters and texts of specs stay where they are put: whatever they say, the tree is the same.

use crate::sql::bigquery::ask;
use crate::sql::checks::{column, comments, history, orders, script, table};
use genkai::nulls::{Check, DataDays, Measured, Path};
use genkai::sql::{self, Comments, NullRatioScript};
use serde_json::Value;

const HOSTILE: [&str; 8] = [
    "a` OR TRUE; DROP TABLE x; -- ",
    "a\\",
    "a\\`b",
    "' OR 1 = 1 --",
    "*/ '''\"\"\" /*",
    "a\nb -- c\r\u{2028}d",
    "${x} %{y} {{z}} @run_time $__from",
    "; SELECT ERROR('x')",
];

fn trees(scripts: &[String]) -> Option<Vec<Value>> {
    ask(&serde_json::json!({ "do": "trees", "scripts": scripts }))
}

/// All scripts have the tree of the first.
fn same_trees(scripts: &[String]) {
    let Some(trees) = trees(scripts) else { return };
    for (tree, script) in trees.iter().zip(scripts).skip(1) {
        assert_eq!(tree, &trees[0], "{script}");
    }
}

fn hostile(text: &str) -> Check {
    let fields = |text: &str| Path(vec![text.to_owned(), text.to_owned()]);
    let mut check = orders();
    check.name = text.to_owned();
    check.time_zone = text.to_owned();
    check.data_days = Some(DataDays::Timestamp(Path(vec![text.to_owned()])));
    check.table.name = text.to_owned();
    for column in &mut check.columns {
        column.name = text.to_owned();
        column.path = fields(text);
        if let Measured::Json(path) = &mut column.measured {
            *path = text.to_owned();
        }
    }
    check
}

#[test]
fn names_and_texts_stay_names_and_texts() {
    let checks = std::iter::once("benign").chain(HOSTILE).map(hostile);
    let scripts: Vec<String> = checks.map(|check| script(&check)).collect();
    same_trees(&scripts);
}

#[test]
fn comments_stay_comments() {
    let scripts = std::iter::once("benign").chain(HOSTILE).map(|text| {
        let text = || text.to_owned();
        let comments = Comments {
            script: text(),
            variables: text(),
            days: text(),
            due: text(),
            scan: text(),
            judgement: text(),
            outcome: text(),
        };
        let (check, history) = (&orders(), &history());
        sql::script(NullRatioScript { check, deployment: "shop/production", history, comments: &comments })
            .unwrap()
            .print()
    });
    same_trees(&scripts.collect::<Vec<_>>());
}

/// Conditions that try to get out of their parentheses are refused, or are nothing but conditions.
#[test]
fn conditions_stay_in_their_parentheses() {
    let conditions = [
        "a = 'benign'",
        "a = 'x) OR (1 = 1'",
        "a = \"x'--\"",
        "a = ';'",
        "a = '/*'",
        "a = '#'",
        "a = '\\') OR TRUE --'",
        "a = r'\\')'",
        "a = '''it's'''",
        "\n\n a\n=\n'x'\n",
    ];
    let with = |condition: &str| Check { condition: Some(condition.to_owned()), ..orders() };
    same_trees(&conditions.map(|condition| script(&with(condition))));
    for refused in ["a) OR (TRUE", "a -- ", "a; b", "a /*", "a #", "a = 'b", "", "a = '''b\n'''"] {
        let (check, history, comments) = (&with(refused), &history(), &comments());
        let script = sql::script(NullRatioScript { check, deployment: "shop/production", history, comments });
        assert!(script.is_err(), "{refused}");
    }
}

/// The comparison would show a text that gets out.
#[test]
fn a_text_that_gets_out_changes_the_tree() {
    let plain = script(&Check {
        columns: vec![column("a", Measured::Null, Some("0%"), None)],
        table: table("t"),
        ..orders()
    });
    let escaped = plain.replace("`a` IS NULL", "`a` IS NULL OR TRUE");
    let Some(trees) = trees(&[plain, escaped]) else { return };
    assert_ne!(trees[0], trees[1]);
}
