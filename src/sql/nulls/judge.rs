//! The judgement: what [`crate::nulls`] says of measurements.

use super::super::model::{Cte, Expr, From, Item, Join, Order, Query, Source, call, integer, text, word};
use super::due::{latest_first, recorded};
use super::remembered;
use crate::nulls::{Check, Consequence, Table};

const DAY_AND_COLUMN: [&str; 2] = ["data_day", "column_name"];

/// A row of the history for each measurement.
pub(super) fn verdicts(check: &Check, history: &Table) -> Query {
    let mut with = Vec::new();
    let over_days = check.columns.iter().filter_map(|column| Some(column.rise.as_ref()?.over_days)).max();
    if let Some(over_days) = over_days {
        with.extend(baselines(check, history, over_days));
    }
    with.push(Cte { name: "compared", query: compared(over_days.is_some()) });
    with.push(Cte { name: "judged", query: judged(check) });
    let days = [word("genkai_first_day"), word("genkai_last_day")];
    with.push(Cte { name: "recorded", query: recorded(check, history, days) });
    Query {
        with,
        select: [
            "data_day",
            "check_name",
            "column_name",
            "row_count",
            "null_count",
            "ratio",
            "doubled_baseline",
            "highest",
            "verdict",
        ]
        .map(|column| match column {
            "check_name" => text(&check.name).named("check_name"),
            _ => word(column).into(),
        })
        .into_iter()
        .chain([consequences(check).named("consequence"), word("genkai_now").named("measured_at")])
        .collect(),
        from: vec![From::first(Source::Named("judged"), None)],
        filter: vec![!Expr::Of("EXISTS", Box::new(said_already()))],
        ..Query::default()
    }
}

/// The row that says the same, of an earlier run or of one that was faster.
fn said_already() -> Query {
    let same = |(recorded, judged)| word(recorded).op("=", word(judged));
    let filter = [
        ("recorded.data_day", "judged.data_day"),
        ("recorded.column_name", "judged.column_name"),
        ("recorded.row_count", "judged.row_count"),
        ("recorded.null_count", "judged.null_count"),
        ("recorded.verdict", "judged.verdict"),
    ];
    Query {
        select: vec![integer(1).into()],
        from: vec![From::first(Source::Named("recorded"), None)],
        filter: filter.map(same).into_iter().chain([!word("recorded.is_unheard")]).collect(),
        ..Query::default()
    }
}

/// The median of like days before each measurement, doubled, where there are enough of them.
fn baselines(check: &Check, history: &Table, over_days: u32) -> [Cte; 6] {
    let [data_day, column_name] = DAY_AND_COLUMN.map(word);
    let day_and_column = || DAY_AND_COLUMN.map(word);
    let ratio = || ratio().named("ratio");

    let select = vec![
        data_day.clone().into(),
        column_name.clone().into(),
        word("row_count").into(),
        word("null_count").into(),
        call("ROW_NUMBER", []).over(day_and_column(), latest_first()).named("place"),
    ];
    let first = word("genkai_first_day").days_before(over_days.into());
    let mut measurements = remembered(check, history, select, [first, word("genkai_last_day")]);
    // Those days are measured anew.
    measurements.filter.push(word("data_day").op("NOT IN", call("UNNEST", [word("genkai_due")])));
    let enough_rows = || word("row_count").op(">=", integer(check.min_rows.max(1)));
    let measured_now = Query {
        select: vec![data_day.clone().into(), column_name.clone().into(), ratio()],
        from: vec![From::first(Source::Named("genkai_measured"), None)],
        filter: vec![enough_rows()],
        ..Query::default()
    };
    let known = Query {
        select: vec![data_day.into(), column_name.into(), ratio()],
        from: vec![From::first(Source::Named("measurements"), None)],
        filter: vec![word("place").op("=", integer(1)), enough_rows()],
        union_all: Some(Box::new(measured_now)),
        ..Query::default()
    };
    [
        Cte { name: "measurements", query: measurements },
        Cte { name: "known", query: known },
        Cte { name: "earlier_days", query: earlier_days() },
        Cte { name: "candidates", query: candidates() },
        Cte { name: "chosen", query: chosen() },
        Cte { name: "baselines", query: medians() },
    ]
}

/// How many of the days before each measurement are like it.
fn candidates() -> Query {
    let kept = ["data_day", "column_name", "ratio", "min_days", "is_like"].map(|column| word(column).into());
    let like_days = call("COUNTIF", [word("is_like")]).over(DAY_AND_COLUMN.map(word), []);
    Query {
        select: kept.into_iter().chain([like_days.named("like_days")]).collect(),
        from: vec![From::first(Source::Named("earlier_days"), None)],
        ..Query::default()
    }
}

/// The days before each measurement that its baseline may be made of.
fn earlier_days() -> Query {
    let kind = |day: &'static str, column: &'static str, of_day: &'static str| From {
        join: Join::Inner(word(column).op("=", word(of_day))),
        source: Source::Named("genkai_days"),
        alias: Some(day),
    };
    let is_like = Expr::And(vec![
        word("earlier.is_weekend").op("=", word("day.is_weekend")),
        word("earlier.is_closed").op("=", word("day.is_closed")),
    ]);
    let days_apart = call("DATE_DIFF", [word("measured.data_day"), word("known.data_day"), word("DAY")]);
    Query {
        select: vec![
            word("measured.data_day").into(),
            word("measured.column_name").into(),
            word("known.ratio").into(),
            word("limits.min_days").into(),
            is_like.named("is_like"),
        ],
        from: vec![
            From::first(Source::Named("genkai_measured"), Some("measured")),
            limits(),
            From {
                join: Join::Inner(Expr::And(vec![
                    word("known.column_name").op("=", word("measured.column_name")),
                    days_apart.between(integer(1), word("limits.over_days")),
                ])),
                source: Source::Named("known"),
                alias: None,
            },
            kind("day", "day.data_day", "measured.data_day"),
            kind("earlier", "earlier.data_day", "known.data_day"),
        ],
        ..Query::default()
    }
}

/// The days that a baseline is made of, by their ratios.
fn chosen() -> Query {
    Query {
        select: vec![
            word("data_day").into(),
            word("column_name").into(),
            word("ratio").into(),
            word("min_days").into(),
            call("ROW_NUMBER", []).over(DAY_AND_COLUMN.map(word), [Order::Up(word("ratio"))]).named("place"),
            call("COUNT", [word("*")]).over(DAY_AND_COLUMN.map(word), []).named("days"),
        ],
        from: vec![From::first(Source::Named("candidates"), None)],
        // Too few like days: all count, of whatever kind.
        filter: vec![Expr::Or(vec![word("is_like"), word("like_days").op("<", word("min_days"))])],
        ..Query::default()
    }
}

/// Twice the median: of an odd number of days the one in the middle counts twice, of an even number each of the two once.
fn medians() -> Query {
    // In whole numbers: of three days the second, of four the second and the third.
    let middle = integer(2).op("*", word("place")).between(word("days"), word("days").op("+", integer(2)));
    let weight =
        call("IF", [call("MOD", [word("days"), integer(2)]).op("=", integer(1)), integer(2), integer(1)]);
    Query {
        select: vec![
            word("data_day").into(),
            word("column_name").into(),
            call("SUM", [weight.op("*", word("ratio"))]).named("doubled_baseline"),
        ],
        from: vec![From::first(Source::Named("chosen"), None)],
        filter: vec![middle, word("days").op(">=", word("min_days"))],
        group_by: DAY_AND_COLUMN.map(word).into(),
        ..Query::default()
    }
}

/// Each measurement beside its limits, its kind of day and its baseline.
fn compared(has_baselines: bool) -> Query {
    let mut select: Vec<Item> = vec![
        word("measured.data_day").into(),
        word("measured.column_name").into(),
        word("measured.row_count").into(),
        word("measured.null_count").into(),
        ratio().named("ratio"),
        word("limits.severity").into(),
        word("limits.at_most").into(),
        word("limits.more_than").into(),
        word("limits.lowest").into(),
        word("day.is_closed").into(),
    ];
    let mut from = vec![
        From::first(Source::Named("genkai_measured"), Some("measured")),
        limits(),
        From {
            join: Join::Inner(word("day.data_day").op("=", word("measured.data_day"))),
            source: Source::Named("genkai_days"),
            alias: Some("day"),
        },
    ];
    if has_baselines {
        select.push(word("baselines.doubled_baseline").into());
        let same = [
            word("baselines.data_day").op("=", word("measured.data_day")),
            word("baselines.column_name").op("=", word("measured.column_name")),
        ];
        let join = Join::Left(Expr::And(same.into()));
        from.push(From { join, source: Source::Named("baselines"), alias: None });
    } else {
        select.push(word("NULL").cast("INT64").named("doubled_baseline"));
    }
    Query { select, from, ..Query::default() }
}

/// The verdicts, the first that holds.
fn judged(check: &Check) -> Query {
    let rows = || word("row_count");
    let doubled = |of: &'static str| integer(2).op("*", word(of));
    let over_most = word("null_count").op("*", integer(1_000_000)).op(">", word("at_most").op("*", rows()));
    let risen = Expr::And(vec![
        doubled("ratio").op("-", word("doubled_baseline")).op(">", doubled("more_than")),
        word("ratio").op(">=", word("lowest")),
    ]);
    let no_baseline = Expr::And(vec![word("more_than").is_not_null(), word("doubled_baseline").is_null()]);
    let verdict = Expr::Case(
        vec![
            (rows().op("=", integer(0)), text("empty")),
            (rows().op("<", integer(check.min_rows)), text("inconclusive")),
            (over_most, word("severity")),
            (risen, word("severity")),
            (no_baseline, text("warming-up")),
        ],
        Box::new(text("ok")),
    );
    let or_whole = |limit: Expr| call("COALESCE", [limit, integer(1_000_000)]);
    let baseline = call("DIV", [word("doubled_baseline"), integer(2)]);
    let over_baseline = call("GREATEST", [baseline.op("+", word("more_than")), word("lowest")]);
    let highest = call("LEAST", [or_whole(word("at_most")), or_whole(over_baseline)]);
    let kept =
        ["data_day", "column_name", "row_count", "null_count", "ratio", "doubled_baseline", "is_closed"];
    Query {
        select: kept
            .map(|column| word(column).into())
            .into_iter()
            .chain([highest.named("highest"), verdict.named("verdict")])
            .collect(),
        from: vec![From::first(Source::Named("compared"), None)],
        ..Query::default()
    }
}

/// Who is told of a verdict.
fn consequences(check: &Check) -> Expr {
    let [verdict, none] = [word("verdict"), text(Consequence::Ignore.name())];
    let loud = [Consequence::Page, Consequence::Ticket].map(|severity| text(severity.name()));
    let mut empty = text(check.empty.name());
    if check.open.judge_closed && check.empty != Consequence::Ignore {
        // It runs on closed days, but no data is due.
        empty = call("IF", [word("is_closed"), none.clone(), empty]);
    }
    let is_empty = verdict.clone().op("=", text("empty"));
    Expr::Case(vec![(verdict.clone().is_in(loud), verdict), (is_empty, empty)], Box::new(none))
}

/// NULLs by rows in millionths, rounded down; NULL without rows.
fn ratio() -> Expr {
    let millionths = call("DIV", [word("null_count").op("*", integer(1_000_000)), word("row_count")]);
    call("IF", [word("row_count").op(">", integer(0)), millionths, word("NULL")])
}

/// The limits of the measured column.
fn limits() -> From {
    From {
        join: Join::Inner(word("limits.column_name").op("=", word("measured.column_name"))),
        source: Source::Unnest(word("genkai_limits")),
        alias: Some("limits"),
    }
}
