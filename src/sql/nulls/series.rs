//! What a dashboard reads from the history: queries of Grafana's BigQuery data source, which puts the shown time in the
//! place of its macros.

use super::super::model::{Cte, Expr, From, Item, Order, Query, Source, call, integer, text, word};
use super::due::latest_first;
use super::remembered;
use crate::nulls::{Check, Consequence, Table};

/// The verdicts of a check, in the time that a panel shows.
#[derive(Clone, Copy, Debug)]
pub struct NullRatioSeries<'a> {
    /// The check.
    pub check: &'a Check,
    /// The table that holds the history.
    pub history: &'a Table,
}

impl NullRatioSeries<'_> {
    /// `time`, `ratio`, `highest` and, where the column has one, `baseline`, from 0 to 1.
    pub fn ratios(self, column: &str, has_baseline: bool) -> Query {
        let mut select = vec![
            self.midnight().named("time"),
            share("ratio", 1_000_000).named("ratio"),
            share("highest", 1_000_000).named("highest"),
        ];
        // Twice the median is what the history holds.
        select.extend(has_baseline.then(|| share("doubled_baseline", 2_000_000).named("baseline")));
        let mut query = self.latest(select);
        query.filter.push(word("column_name").op("=", Expr::Inert(column.to_owned())));
        query.order_by = vec![Order::Up(word("data_day"))];
        query
    }

    /// `passed`: the share of what passed in what the objective counts, from 0 to 1; NULL where it counts nothing.
    pub fn passed(self) -> Query {
        let counted = call("COUNTIF", [Expr::Or(vec![is_good(), is_bad()])]);
        let share = call("SAFE_DIVIDE", [call("COUNTIF", [is_good()]), counted]);
        self.over_latest(vec![share.named("passed")])
    }

    /// `failed`: how many the objective counts as bad.
    pub fn failed(self) -> Query {
        self.over_latest(vec![call("COUNTIF", [is_bad()]).named("failed")])
    }

    /// `judged`: when a run wrote last, in milliseconds since 1970.
    pub fn judged(self) -> Query {
        self.over_latest(vec![call("UNIX_MILLIS", [call("MAX", [word("measured_at")])]).named("judged")])
    }

    /// `time`, `failed`, `passed` and `undecided`: how many columns of a data day came to what.
    pub fn verdicts(self) -> Query {
        let count = |what, name| call("COUNTIF", [what]).named(name);
        let undecided = Expr::And(vec![!is_good(), !is_bad()]);
        let mut query = self.over_latest(vec![
            self.midnight().named("time"),
            count(is_bad(), "failed"),
            count(is_good(), "passed"),
            count(undecided, "undecided"),
        ]);
        query.group_by = vec![word("data_day")];
        query.order_by = vec![Order::Up(word("data_day"))];
        query
    }

    fn over_latest(self, select: Vec<Item>) -> Query {
        let kept = ["data_day", "verdict", "consequence", "measured_at"].map(|column| word(column).into());
        Query {
            with: vec![Cte { name: "latest", query: self.latest(kept.into()) }],
            select,
            from: vec![From::first(Source::Named("latest"), None)],
            ..Query::default()
        }
    }

    /// The rows of the check in the shown time: of several measurements of a day the latest.
    fn latest(self, select: Vec<Item>) -> Query {
        let place = call("ROW_NUMBER", []).over(["data_day", "column_name"].map(word), latest_first());
        let shown = |edge| call("DATE", [word(edge).cast("TIMESTAMP"), text(&self.check.time_zone)]);
        let days = [shown("$__timeFrom()"), shown("$__timeTo()")];
        let qualify = Some(place.op("=", integer(1)));
        Query { qualify, ..remembered(self.check, self.history, select, days) }
    }

    /// The beginning of the data day.
    fn midnight(self) -> Expr {
        call("TIMESTAMP", [word("data_day"), text(&self.check.time_zone)])
    }
}

fn share(column: &'static str, whole: i64) -> Expr {
    word(column).op("/", integer(whole))
}

fn is_good() -> Expr {
    word("verdict").op("=", text("ok"))
}

/// What the objective counts as bad; emptiness where somebody is told of it.
fn is_bad() -> Expr {
    let broken = ["page", "ticket", "broken"].map(text);
    let is_told = word("consequence").op("!=", text(Consequence::Ignore.name()));
    Expr::Or(vec![
        word("verdict").is_in(broken),
        Expr::And(vec![word("verdict").op("=", text("empty")), is_told]),
    ])
}
