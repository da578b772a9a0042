//! Checks by hand, one for each way in which rows belong to data days and in which columns are measured.

use genkai::nulls::{Check, Column, Consequence, DataDays, Measured, OpenDays, Path, Rise, Table};
use genkai::slo::{Date, Duration, PercentagePoints, Ratio};
use genkai::sql::{self, Comments, NullRatioScript};
use jiff::civil::Weekday;
use std::ops::RangeInclusive;

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn path(fields: &str) -> Path {
    Path(fields.split('.').map(str::to_owned).collect())
}

pub fn table(name: &str) -> Table {
    let (name, wildcard) = name.strip_suffix('*').map_or((name, false), |name| (name, true));
    Table { project: "shop-prod".to_owned(), dataset: "sales".to_owned(), name: name.to_owned(), wildcard }
}

pub fn history() -> Table {
    Table { dataset: "genkai".to_owned(), ..table("null_ratios") }
}

pub fn rise(more_than: &str, over_days: u32, floor: &str, min_days: u32) -> Rise {
    let more_than = PercentagePoints::parse(more_than).unwrap();
    Rise { more_than, over_days, floor: Ratio::parse(floor).unwrap(), min_days }
}

pub fn column(name: &str, measured: Measured, at_most: Option<&str>, rise: Option<Rise>) -> Column {
    let at_most = at_most.map(|most| Ratio::parse(most).unwrap());
    let fields = name.split_once('$').map_or(name, |(fields, _)| fields);
    Column { name: name.to_owned(), path: path(fields), measured, at_most, rise, severity: Consequence::Page }
}

pub fn days(first: &str, last: &str) -> RangeInclusive<Date> {
    date(first)..=date(last)
}

/// A check with everything.
pub fn orders() -> Check {
    let zip =
        Column { severity: Consequence::Ticket, ..column("address.zip", Measured::Null, Some("2%"), None) };
    Check {
        name: "orders-nulls".to_owned(),
        table: table("orders"),
        data_days: Some(DataDays::Timestamp(path("created_at"))),
        time_zone: "Asia/Tokyo".to_owned(),
        delay: Duration::hours(2),
        open: OpenDays {
            closed: vec![days("2026-12-29", "2027-01-03"), days("2027-01-09", "2027-01-10")],
            suspended: vec![days("2027-02-01", "2027-02-03")],
            judge_closed: false,
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
        },
        condition: Some("status != 'draft'\nAND NOT is_test".to_owned()),
        min_rows: 1000,
        empty: Consequence::Page,
        columns: vec![
            zip,
            column("coupon_code", Measured::Null, Some("40%"), Some(rise("5pt", 14, "1%", 5))),
            column("customer_id", Measured::Null, Some("0%"), None),
            column("payload$.user.id", Measured::Json("$.user.id".to_owned()), Some("10%"), None),
            column("tags", Measured::NullOrEmptyList, None, Some(rise("0.5pt", 28, "0%", 10))),
        ],
    }
}

/// One for each way in which rows belong to data days.
pub fn every() -> Vec<Check> {
    let plain = Check {
        open: OpenDays { weekend: vec![Weekday::Friday], ..OpenDays::default() },
        condition: None,
        columns: vec![column("customer_id", Measured::Null, Some("0%"), None)],
        ..orders()
    };
    let with = |data_days| Check { data_days, ..plain.clone() };
    vec![
        orders(),
        with(Some(DataDays::Date(path("created_date")))),
        with(Some(DataDays::DateTime(path("created_local")))),
        Check { time_zone: "UTC".to_owned(), ..with(Some(DataDays::Ingestion)) },
        Check { table: table("events_*"), ..with(Some(DataDays::Suffix)) },
        with(None),
        Check {
            open: OpenDays { judge_closed: true, weekend: Vec::new(), ..orders().open },
            data_days: Some(DataDays::Date(path("created_date"))),
            ..orders()
        },
    ]
}

pub fn comments() -> Comments {
    let text = |text: &str| text.to_owned();
    Comments {
        script: text("Above."),
        variables: text("Variables."),
        days: text("Days."),
        due: text("Due."),
        scan: text("Scan."),
        judgement: text("Judgement."),
        outcome: text("Outcome."),
    }
}

pub fn script(check: &Check) -> String {
    let (history, comments) = (&history(), &comments());
    sql::script(NullRatioScript { check, deployment: "shop/production", history, comments }).unwrap().print()
}

#[test]
fn every_script_is_sql_to_bigquery() {
    let scripts: Vec<String> = every().iter().map(script).collect();
    crate::sql::bigquery::all_parse(&scripts);
}

#[test]
fn a_script_with_everything() {
    insta::assert_snapshot!(script(&orders()));
}
