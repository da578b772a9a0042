//! Which days are judged now, as [`crate::nulls::due`] says.

use super::super::model::{Cte, Expr, From, Join, Order, Query, Source, call, integer, text, word};
use super::remembered;
use crate::nulls::{Check, Consequence, Table, Verdict};

/// When the check ran first. Nothing limits the days: it is one column of the check's rows.
pub(super) fn first_run(check: &Check, history: &Table) -> Query {
    Query {
        select: vec![call("MIN", [word("measured_at")]).into()],
        from: vec![From::first(Source::Table(history.clone()), None)],
        filter: vec![word("check_name").op("=", text(&check.name))],
        ..Query::default()
    }
}

/// Of several rows of a day and column the latest.
pub(super) fn latest_first() -> [Order; 3] {
    ["measured_at", "row_count", "null_count"].map(|by| Order::Down(word(by)))
}

/// The rows that count, one for each column on a day, and what is to come of them.
pub(super) fn recorded(check: &Check, history: &Table, days: [Expr; 2]) -> Query {
    let kept = ["data_day", "column_name", "row_count", "null_count", "verdict"];
    let place = call("ROW_NUMBER", []).over(["data_day", "column_name"].map(word), latest_first());
    let select = kept.map(|column| word(column).into()).into_iter().chain([is_unheard().named("is_unheard")]);
    Query { qualify: Some(place.op("=", integer(1))), ..remembered(check, history, select.collect(), days) }
}

/// Whether the message may have been missed.
fn is_unheard() -> Expr {
    Expr::And(vec![
        word("consequence").op("!=", text(Consequence::Ignore.name())),
        word("measured_at").op("=", word("genkai_first_run")),
    ])
}

/// The days that are judged now, oldest first: new ones up to a limit, and those that are open still.
pub(super) fn due(check: &Check, history: &Table) -> Query {
    let first = || word("genkai_latest_day").days_before(u64::from(check.reach()).saturating_sub(1));
    let open = [Verdict::Empty, Verdict::Inconclusive].map(|verdict| text(verdict.name()));
    let is_open = Expr::Or(vec![word("verdict").is_in(open), word("is_unheard")]);
    let known = Query {
        select: vec![word("data_day").into(), call("LOGICAL_OR", [is_open]).named("is_open")],
        from: vec![From::first(Source::Named("recorded"), None)],
        group_by: vec![word("data_day")],
        ..Query::default()
    };
    let mut filter = vec![word("day.data_day").op(">=", first()), !word("day.is_suspended")];
    filter.extend((!check.open.judge_closed).then(|| !word("day.is_closed")));
    // A day that is not known is open, too: of those that are left, `is_open` is true of the known ones and NULL of others.
    filter.push(call("COALESCE", [word("known.is_open"), word("TRUE")]));
    let place = call("ROW_NUMBER", []).over([word("known.is_open")], [Order::Up(word("day.data_day"))]);
    let is_in_time = Expr::Or(vec![word("known.is_open"), place.op("<=", integer(Check::MOST_DAYS))]);
    Query {
        with: vec![
            Cte { name: "recorded", query: recorded(check, history, [first(), word("genkai_latest_day")]) },
            Cte { name: "known", query: known },
        ],
        select: vec![word("day.data_day").into()],
        from: vec![
            From::first(Source::Named("genkai_days"), Some("day")),
            From {
                join: Join::Left(word("known.data_day").op("=", word("day.data_day"))),
                source: Source::Named("known"),
                alias: None,
            },
        ],
        filter,
        qualify: Some(is_in_time),
        order_by: vec![Order::Up(word("day.data_day"))],
        ..Query::default()
    }
}
