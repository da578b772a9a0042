//! The columns of the history, and what is said of measured columns.

use super::super::model::{Expr, call, integer, text, word};
use crate::nulls::{Column, Consequence, Rise};
use jiff::civil::Weekday;

/// A column of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub of: &'static str,
    /// Whether it always has a value.
    pub required: bool,
    /// What it is.
    pub description: &'static str,
}

const fn column(
    name: &'static str,
    of: &'static str,
    required: bool,
    description: &'static str,
) -> HistoryColumn {
    HistoryColumn { name, of, required, description }
}

/// The history: one row for each column that was judged, on a data day.
pub const HISTORY: [HistoryColumn; 11] = [
    column("data_day", "DATE", true, "The data day that was judged"),
    column("check_name", "STRING", true, "The name of the NullRatioCheck"),
    column("column_name", "STRING", true, "The column, as the spec writes it"),
    column("row_count", "INTEGER", true, "Its rows on that day"),
    column("null_count", "INTEGER", true, "How many of them are NULL"),
    column("ratio", "INTEGER", false, "NULLs by rows, in millionths, rounded down; NULL without rows"),
    column("doubled_baseline", "INTEGER", false, "Twice the median of like days before, in millionths"),
    column("highest", "INTEGER", false, "The highest ratio that was still fine, in millionths"),
    column("verdict", "STRING", true, "ok, ticket, page, broken, empty, inconclusive or warming-up"),
    column("consequence", "STRING", true, "Who is told: page, ticket or none"),
    column("measured_at", "TIMESTAMP", true, "When; of several measurements of a day the latest counts"),
];

/// The type of the variable that holds the limits.
pub(super) const LIMITS: &str = "STRUCT<column_name STRING, severity STRING, at_most INT64, more_than INT64, \
                                 over_days INT64, lowest INT64, min_days INT64>";

/// The limits of a column, as [`LIMITS`] has them; shares in millionths.
pub(super) fn limits(column: &Column) -> Expr {
    let or_null = |number: Option<u32>| number.map_or_else(|| word("NULL"), integer);
    let rise = |number: fn(&Rise) -> u32| or_null(column.rise.as_ref().map(number));
    Expr::Tuple(vec![
        text(&column.name),
        text(severity(column.severity)),
        or_null(column.at_most.map(|most| most.as_millionths())),
        rise(|rise| rise.more_than.as_ratio().as_millionths()),
        rise(|rise| rise.over_days),
        rise(|rise| rise.floor.as_millionths()),
        rise(|rise| rise.min_days),
    ])
}

/// The verdict of a broken limit.
const fn severity(severity: Consequence) -> &'static str {
    match severity {
        Consequence::Ignore => "broken",
        Consequence::Ticket => "ticket",
        Consequence::Page => "page",
    }
}

/// A weekday as `FORMAT_DATE('%a', …)` writes it.
pub(super) const fn abbreviation(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

/// A row of the history in words, such as `` `zip` on 2026-12-28: ticket, 2.5000% NULL, at most 2.0000%, 1204 rows ``.
pub(super) fn described() -> Expr {
    let rows = [text(", "), word("row_count").cast("STRING"), text(" rows")];
    let amount = [percent("ratio"), vec![text(" NULL, at most ")], percent("highest"), rows.into()];
    let amount = call("CONCAT", amount.concat());
    let amount = call("IF", [word("row_count").op("=", integer(0)), text("no rows"), amount]);
    let day = word("data_day").cast("STRING");
    let verdict = word("verdict");
    call(
        "CONCAT",
        [text("`"), word("column_name"), text("` on "), day, text(": "), verdict, text(", "), amount],
    )
}

/// The parts of millionths as a percentage with four decimals, exact.
fn percent(millionths: &'static str) -> Vec<Expr> {
    let part = |function, of| call(function, [word(of), integer(10_000)]).cast("STRING");
    let decimals = call("LPAD", [part("MOD", millionths), integer(4), text("0")]);
    vec![part("DIV", millionths), text("."), decimals, text("%")]
}
