//! The script of a NULL-ratio check: what [`crate::nulls`] says, for BigQuery to do.

mod closed;
mod columns;
mod due;
mod judge;
mod scan;
mod series;

use self::closed::Closed;
use super::condition::InvalidCondition;
use super::model::{
    Cte, Expr, From, Item, Order, Query, Script, Source, Statement, call, integer, text, word,
};
use crate::nulls::{Check, Consequence, Table};
use crate::slo::Date;
pub use columns::{HISTORY, HistoryColumn};
pub use series::NullRatioSeries;
use std::ops::RangeInclusive;

/// What stands above the parts of a script, for whoever reviews it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// What is measured, when it fails, what it costs, who is told.
    pub script: String,
    /// The variables.
    pub variables: String,
    /// The days that a run may look at.
    pub days: String,
    /// The days that it judges.
    pub due: String,
    /// The scan of the author's table.
    pub scan: String,
    /// The judgement.
    pub judgement: String,
    /// The failure.
    pub outcome: String,
}

/// A check, where its history is, and what to say about it.
#[derive(Clone, Copy, Debug)]
pub struct NullRatioScript<'a> {
    /// The check.
    pub check: &'a Check,
    /// Where it runs, as `project/environment` of the specs: another check of this name may log to the same cloud project.
    pub deployment: &'a str,
    /// The table that holds the history.
    pub history: &'a Table,
    /// What to say about it.
    pub comments: &'a Comments,
}

/// What the message of a failed run has where it begins, by its highest severity: an alert's filter looks for it.
pub fn message_begins(severity: Consequence, check: &str, deployment: &str) -> String {
    format!("{} NullRatioCheck/{check} in {deployment}: ", severity.name())
}

/// The most letters of the failing columns in a message.
const LONGEST_MESSAGE: i64 = 4_000;

/// What ends the message of a failed run, so that a message that was cut off shows.
pub const MESSAGE_ENDS: &str = ".";

/// The first day that is scanned where none is due; it is after [`NO_LAST_DAY`], so that nothing is.
const NO_FIRST_DAY: (i16, i8, i8) = (2099, 12, 31);
const NO_LAST_DAY: (i16, i8, i8) = (1970, 1, 1);

/// The script that BigQuery runs.
///
/// # Errors
/// When the check's condition could reach beyond its place.
pub fn script(script: NullRatioScript<'_>) -> Result<Script, InvalidCondition> {
    let NullRatioScript { check, deployment, history, comments } = script;
    let closed = Closed::of(&check.open);
    let mut statements: Vec<(Option<String>, Statement)> = Vec::new();
    let mut add = |comment: Option<&String>, statement| statements.push((comment.cloned(), statement));
    for (index, declaration) in declarations(check, &closed).into_iter().enumerate() {
        add((index == 0).then_some(&comments.variables), declaration);
    }
    add(Some(&comments.days), Statement::CreateTempTable("genkai_days", days(check, &closed)));
    add(
        Some(&comments.due),
        Statement::Set("genkai_first_run", Expr::Of("", Box::new(due::first_run(check, history)))),
    );
    add(None, Statement::Set("genkai_due", Expr::Of("ARRAY", Box::new(due::due(check, history)))));
    let edge = |aggregate, otherwise: (i16, i8, i8)| {
        let edge = Query {
            select: vec![call(aggregate, [word("due_day")]).into()],
            from: vec![From::first(Source::Unnest(word("genkai_due")), Some("due_day"))],
            ..Query::default()
        };
        call("COALESCE", [Expr::Of("", Box::new(edge)), day(otherwise)])
    };
    add(None, Statement::Set("genkai_first_day", edge("MIN", NO_FIRST_DAY)));
    add(None, Statement::Set("genkai_last_day", edge("MAX", NO_LAST_DAY)));
    if let Some((_, partitions)) = scan::due_partitions(check) {
        add(None, Statement::Set("genkai_partitions", Expr::Of("ARRAY", Box::new(partitions))));
    }
    add(Some(&comments.scan), Statement::CreateTempTable("genkai_measured", scan::measured(check)?));
    let columns = HISTORY.iter().map(|column| column.name).collect();
    let query = judge::verdicts(check, history);
    add(Some(&comments.judgement), Statement::Insert { table: history.clone(), columns, query });
    add(Some(&comments.outcome), Statement::Select(outcome(check, deployment, history)));
    Ok(Script { comment: comments.script.clone(), statements })
}

fn declarations(check: &Check, closed: &Closed) -> Vec<Statement> {
    let ago = call("TIMESTAMP_SUB", [word("genkai_now"), Expr::Interval(check.delay.as_seconds(), "SECOND")]);
    let zone = || text(&check.time_zone);
    let latest = match check.data_days {
        None => call("DATE", [word("genkai_now"), zone()]),
        Some(_) => call("DATE", [ago, zone()]).days_before(1),
    };
    let range = |range: &RangeInclusive<Date>| {
        Expr::Tuple(vec![Expr::Date(*range.start()), Expr::Date(*range.end())])
    };
    let ranges = |name, of: &[_]| {
        let list = Expr::ListOf("STRUCT<first_day DATE, last_day DATE>", of.iter().map(range).collect());
        (!of.is_empty()).then_some(Statement::DeclareAs(name, list))
    };
    let limits = Expr::ListOf(columns::LIMITS, check.columns.iter().map(columns::limits).collect());
    let mut all = vec![
        Statement::DeclareAs("genkai_now", call("CURRENT_TIMESTAMP", [])),
        Statement::DeclareAs("genkai_latest_day", latest),
    ];
    all.extend(ranges("genkai_closed", &closed.days));
    all.extend(closed.weekends.as_ref().and_then(|weekends| ranges("genkai_open", &weekends.open)));
    all.extend(ranges("genkai_suspended", &check.open.suspended));
    all.push(Statement::DeclareAs("genkai_limits", limits));
    all.push(Statement::Declare("genkai_first_run", "TIMESTAMP"));
    all.push(Statement::Declare("genkai_due", "ARRAY<DATE>"));
    all.push(Statement::Declare("genkai_first_day", "DATE"));
    all.push(Statement::Declare("genkai_last_day", "DATE"));
    let partitions = scan::due_partitions(check);
    all.extend(partitions.map(|(of, _)| Statement::Declare("genkai_partitions", of)));
    all
}

/// Every day that a run may look at, and of what kind it is.
fn days(check: &Check, closed: &Closed) -> Query {
    let first = word("genkai_latest_day").days_before(u64::from(check.history_days()).saturating_sub(1));
    let all = call("GENERATE_DATE_ARRAY", [first, word("genkai_latest_day")]);
    let suspended = within(
        &check.open.suspended,
        "genkai_suspended",
        "suspended",
        ["suspended.first_day", "suspended.last_day"],
    );
    Query {
        select: vec![
            word("data_day").into(),
            is_weekend(check).named("is_weekend"),
            is_closed(check, closed).named("is_closed"),
            suspended.unwrap_or(word("FALSE")).named("is_suspended"),
        ],
        from: vec![From::first(Source::Unnest(all), Some("data_day"))],
        ..Query::default()
    }
}

fn is_weekend(check: &Check) -> Expr {
    let weekend = check.open.weekend.iter().map(|day| text(columns::abbreviation(*day)));
    let weekend: Vec<Expr> = weekend.collect();
    match weekend.is_empty() {
        true => word("FALSE"),
        false => call("FORMAT_DATE", [text("%a"), word("data_day")]).is_in(weekend),
    }
}

fn is_closed(check: &Check, closed: &Closed) -> Expr {
    let weekends = closed.weekends.as_ref().map(|weekends| {
        let known =
            word("data_day").between(Expr::Date(*weekends.known.start()), Expr::Date(*weekends.known.end()));
        let open = within(&weekends.open, "genkai_open", "open", ["open.first_day", "open.last_day"]);
        Expr::And([is_weekend(check), known].into_iter().chain(open.map(|open| !open)).collect())
    });
    let days = within(&closed.days, "genkai_closed", "closed", ["closed.first_day", "closed.last_day"]);
    let mut either: Vec<Expr> = weekends.into_iter().chain(days).collect();
    match either.len() {
        0 => word("FALSE"),
        1 => either.remove(0),
        _ => Expr::Or(either),
    }
}

/// Whether a day is in one of several ranges, if there are any.
fn within(
    ranges: &[RangeInclusive<Date>],
    name: &'static str,
    alias: &'static str,
    [first, last]: [&'static str; 2],
) -> Option<Expr> {
    let query = Query {
        select: vec![integer(1).into()],
        from: vec![From::first(Source::Unnest(word(name)), Some(alias))],
        filter: vec![word("data_day").between(word(first), word(last))],
        ..Query::default()
    };
    (!ranges.is_empty()).then(|| Expr::Of("EXISTS", Box::new(query)))
}

/// The check's rows of the history, of some days: constants, so that other partitions are not read.
fn remembered(check: &Check, history: &Table, select: Vec<Item>, [first, last]: [Expr; 2]) -> Query {
    Query {
        select,
        from: vec![From::first(Source::Table(history.clone()), None)],
        filter: vec![word("check_name").op("=", text(&check.name)), word("data_day").between(first, last)],
        ..Query::default()
    }
}

/// Fails with one message if this run found anything that somebody is told of.
fn outcome(check: &Check, deployment: &str, history: &Table) -> Query {
    let is = |severity: Consequence| word("consequence").op("=", text(severity.name()));
    let begins = call(
        "IF",
        [
            call("LOGICAL_OR", [is(Consequence::Page)]),
            text(message_begins(Consequence::Page, &check.name, deployment)),
            text(message_begins(Consequence::Ticket, &check.name, deployment)),
        ],
    );
    let told = ["data_day", "column_name", "consequence"].map(|column| word(column).into());
    let select = told.into_iter().chain([columns::described().named("described")]).collect();
    let mut failing = remembered(check, history, select, [word("genkai_first_day"), word("genkai_last_day")]);
    failing.filter.extend([
        word("measured_at").op("=", word("genkai_now")),
        word("consequence").op("!=", text(Consequence::Ignore.name())),
    ]);
    let order = ["consequence", "data_day", "column_name"].map(|by| Order::Up(word(by)));
    let items = Expr::Call("STRING_AGG", vec![word("described"), text("; ")], order.into());
    let items = call("LEFT", [items, integer(LONGEST_MESSAGE)]);
    let message = call("CONCAT", [begins, items, text(MESSAGE_ENDS)]);
    let failed = call("COUNT", [word("*")]).op(">", integer(0));
    Query {
        select: vec![call("IF", [failed, call("ERROR", [message]), text("ok")]).named("outcome")],
        with: vec![Cte { name: "failing", query: failing }],
        from: vec![From::first(Source::Named("failing"), None)],
        ..Query::default()
    }
}

fn day((year, month, day): (i16, i8, i8)) -> Expr {
    let day = jiff::civil::Date::new(year, month, day).ok().and_then(crate::slo::Date::from_civil);
    day.map_or_else(|| word("NULL"), Expr::Date)
}
