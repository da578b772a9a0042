//! The one scan of the author's table.

use super::super::condition::{Condition, InvalidCondition};
use super::super::model::{Cte, Expr, From, Item, Join, Query, Source, call, integer, text, word};
use crate::nulls::{Check, Column, DataDays, Measured, Path};

/// Rows and NULLs of each column on each day that is due, days without any row included.
///
/// A query with a name may be evaluated as often as it is named: the scan is named once, and its result kept.
pub(super) fn measured(check: &Check) -> Result<Query, InvalidCondition> {
    let day = scanned_day(check).map(|_| word("scanned_day")).into_iter();
    let counted = Query {
        select: day
            .chain(["row_count", "counts.column_name", "counts.null_count"].map(word))
            .map(Into::into)
            .collect(),
        from: vec![
            From::first(Source::Named("scanned"), None),
            From {
                join: Join::Cross,
                source: Source::Unnest(word("scanned.null_counts")),
                alias: Some("counts"),
            },
        ],
        ..Query::default()
    };
    let mut same = vec![word("counted.column_name").op("=", word("limits.column_name"))];
    same.extend(scanned_day(check).map(|(_, due)| word("counted.scanned_day").op("=", due)));
    let or_zero = |count: &'static str| call("COALESCE", [word(count), integer(0)]);
    Ok(Query {
        with: vec![Cte { name: "scanned", query: scan(check)? }, Cte { name: "counted", query: counted }],
        select: vec![
            word("due_day").named("data_day"),
            word("limits.column_name").into(),
            or_zero("counted.row_count").named("row_count"),
            or_zero("counted.null_count").named("null_count"),
        ],
        from: vec![
            From::first(Source::Unnest(word("genkai_due")), Some("due_day")),
            From { join: Join::Cross, source: Source::Unnest(word("genkai_limits")), alias: Some("limits") },
            From { join: Join::Left(Expr::And(same)), source: Source::Named("counted"), alias: None },
        ],
        ..Query::default()
    })
}

fn scan(check: &Check) -> Result<Query, InvalidCondition> {
    let day = scanned_day(check).map(|(day, _)| day.named("scanned_day"));
    // By its place: a column of the author's may have any name.
    let group_by = day.iter().map(|_| integer(1)).collect();
    let counts = check.columns.iter().map(|column| {
        let nulls = call("COUNTIF", [is_null(column)]);
        Expr::Struct(vec![(text(&column.name), "column_name"), (nulls, "null_count")])
    });
    let counts = Expr::List(counts.collect()).named("null_counts");
    let mut select: Vec<Item> = day.into_iter().collect();
    select.extend([call("COUNT", [word("*")]).named("row_count"), counts]);
    let mut filter = partitions(check);
    if let Some(condition) = &check.condition {
        filter.push(Expr::Condition(Condition::new(condition)?));
    }
    let from = vec![From::first(Source::Table(check.table.clone()), None)];
    Ok(Query { select, from, filter, group_by, ..Query::default() })
}

/// Whether a row has nothing in a column.
fn is_null(column: &Column) -> Expr {
    let value = Expr::Path(column.path.clone());
    match &column.measured {
        Measured::Null => value.is_null(),
        Measured::NullOrEmptyList => {
            call("COALESCE", [call("ARRAY_LENGTH", [value]), integer(0)]).op("=", integer(0))
        }
        // Nothing at the path and JSON's null, in a column of the type JSON and in one that holds JSON as text.
        Measured::Json(path) => {
            let found = call("TO_JSON_STRING", [call("JSON_QUERY", [value, text(path)])]);
            call("COALESCE", [found, text("null")]).op("=", text("null"))
        }
    }
}

/// What rows of a day have in common, and what it is for a day that is due.
fn scanned_day(check: &Check) -> Option<(Expr, Expr)> {
    let column = |path: &Path| Expr::Path(path.clone());
    let due = || word("due_day");
    Some(match check.data_days.as_ref()? {
        DataDays::Date(path) => (column(path), due()),
        DataDays::DateTime(path) => (call("DATE", [column(path)]), due()),
        DataDays::Timestamp(path) => (call("DATE", [column(path), text(&check.time_zone)]), due()),
        DataDays::Ingestion => (call("DATE", [word("_PARTITIONTIME")]), due()),
        DataDays::Suffix => (word("_TABLE_SUFFIX"), suffix(due())),
    })
}

/// The variable that holds the partitions of the days that are due: its type, and what it is set to. None where those are the
/// days themselves.
pub(super) fn due_partitions(check: &Check) -> Option<(&'static str, Query)> {
    let of_days = |partition: Expr, days: Vec<From>| Query {
        select: vec![partition.into()],
        from: [vec![From::first(Source::Unnest(word("genkai_due")), Some("due_day"))], days].concat(),
        ..Query::default()
    };
    let due = || word("due_day");
    Some(match check.data_days.as_ref()? {
        DataDays::Date(_) => return None,
        DataDays::DateTime(_) => ("ARRAY<DATETIME>", of_days(call("DATETIME", [due()]), Vec::new())),
        DataDays::Ingestion => ("ARRAY<TIMESTAMP>", of_days(call("TIMESTAMP", [due()]), Vec::new())),
        DataDays::Suffix => ("ARRAY<STRING>", of_days(suffix(due()), Vec::new())),
        // Partitions are days of UTC, and a day of another time zone touches two.
        DataDays::Timestamp(_) => {
            let begin = |day| call("TIMESTAMP", [day, text(&check.time_zone)]);
            let end = call("TIMESTAMP_SUB", [begin(due().next_day()), Expr::Interval(1, "SECOND")]);
            let touched = [begin(due()), end].map(|instant| call("DATE", [instant]));
            let days = Source::Unnest(call("GENERATE_DATE_ARRAY", touched));
            let days = From { join: Join::Cross, source: days, alias: Some("utc_day") };
            ("ARRAY<TIMESTAMP>", of_days(call("TIMESTAMP", [word("utc_day")]), vec![days]))
        }
    })
}

/// The partitions of the days that are due, by constants: a sub-query, and most functions of a column, would read the whole
/// table. From the first to the last, and of these those that are due: a day that is judged again is days away from new ones.
fn partitions(check: &Check) -> Vec<Expr> {
    let day_of = |function, column| call(function, [column, word("DAY")]);
    let (partition, due) = match &check.data_days {
        None => return range(check),
        Some(DataDays::Date(path)) => (Expr::Path(path.clone()), "genkai_due"),
        Some(DataDays::DateTime(path)) => {
            (day_of("DATETIME_TRUNC", Expr::Path(path.clone())), "genkai_partitions")
        }
        Some(DataDays::Timestamp(path)) => {
            (day_of("TIMESTAMP_TRUNC", Expr::Path(path.clone())), "genkai_partitions")
        }
        Some(DataDays::Ingestion) => (day_of("TIMESTAMP_TRUNC", word("_PARTITIONTIME")), "genkai_partitions"),
        Some(DataDays::Suffix) => (word("_TABLE_SUFFIX"), "genkai_partitions"),
    };
    let is_due = partition.op("IN", call("UNNEST", [word(due)]));
    [range(check), vec![is_due]].concat()
}

fn range(check: &Check) -> Vec<Expr> {
    let (first, last) = (|| word("genkai_first_day"), || word("genkai_last_day"));
    let from_to = |column: Expr, begin: &dyn Fn(Expr) -> Expr| {
        vec![column.clone().op(">=", begin(first())), column.op("<", begin(last().next_day()))]
    };
    let zone = || text(&check.time_zone);
    match &check.data_days {
        // Nothing is read where nothing is due, as far as BigQuery sees that this is a constant.
        None => vec![first().op("<=", last())],
        Some(DataDays::Date(path)) => vec![Expr::Path(path.clone()).between(first(), last())],
        Some(DataDays::DateTime(path)) => from_to(Expr::Path(path.clone()), &|day| call("DATETIME", [day])),
        Some(DataDays::Timestamp(path)) => {
            from_to(Expr::Path(path.clone()), &|day| call("TIMESTAMP", [day, zone()]))
        }
        Some(DataDays::Ingestion) => from_to(word("_PARTITIONTIME"), &|day| call("TIMESTAMP", [day])),
        Some(DataDays::Suffix) => vec![word("_TABLE_SUFFIX").between(suffix(first()), suffix(last()))],
    }
}

/// A day as the names of tables end.
fn suffix(day: Expr) -> Expr {
    call("FORMAT_DATE", [text("%Y%m%d"), day])
}
