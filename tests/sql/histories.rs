//! Random checks, tables and histories; and what a run must come to, by the Rust judgement.

use crate::sql::checks::{column, orders, path, rise, table};
use genkai::nulls::{
    Check, Column, Consequence, DataDays, Judged, Measured, Measurement, OpenDays, Recorded, Verdict, due,
    judge, latest_complete, news,
};
use genkai::slo::{Date, Duration, Ratio};
use jiff::civil::{Date as Civil, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::fmt::Write as _;

/// A small generator, so that the histories are the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub fn of<T: Clone>(&mut self, values: &[T]) -> T {
        let count = u64::try_from(values.len()).unwrap();
        values[usize::try_from(self.below(count)).unwrap()].clone()
    }

    fn days(&mut self, bound: u64) -> i64 {
        i64::try_from(self.below(bound)).unwrap()
    }
}

/// Time zones, and a day near which the clock changes there: at two, at midnight, or never.
const PLACES: [(&str, &str); 7] = [
    ("UTC", "2026-12-28"),
    ("Asia/Tokyo", "2027-01-04"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Africa/Cairo", "2026-04-24"),
    ("Asia/Kathmandu", "2026-06-15"),
    ("Pacific/Kiritimati", "2027-01-01"),
];

/// A check, and a day that it lives around.
pub fn check(random: &mut Random) -> (Check, Date) {
    let (zone, around) = random.of(&PLACES);
    let around = Date::parse(around).unwrap();
    let data_days = random.of(&[
        Some(DataDays::Date(path("created_date"))),
        Some(DataDays::DateTime(path("created_local"))),
        Some(DataDays::Timestamp(path("created_at"))),
        Some(DataDays::Timestamp(path("created_at"))),
        Some(DataDays::Ingestion),
        Some(DataDays::Suffix),
        None,
    ]);
    let in_utc = data_days == Some(DataDays::Ingestion);
    let wildcard = data_days == Some(DataDays::Suffix);
    let severities = [Consequence::Page, Consequence::Ticket, Consequence::Ignore];
    let most = [None, Some("0%"), Some("10%"), Some("33.3333%"), Some("50%")];
    let columns = [
        ("address.zip", Measured::Null),
        ("coupon_code", Measured::Null),
        ("customer_id", Measured::Null),
        ("payload$.user.id", Measured::Json("$.user.id".to_owned())),
        ("tags", Measured::NullOrEmptyList),
    ];
    let columns = columns.map(|(name, measured)| {
        let rise = random.of(&[
            None,
            Some(rise("5pt", 14, "1%", 3)),
            Some(rise("0.5pt", 7, "0%", 1)),
            Some(rise("10pt", 28, "40%", 5)),
            // One of two after none: met, and not broken.
            Some(rise("50pt", 7, "0%", 1)),
        ]);
        let most = random.of(&most).or_else(|| rise.is_none().then_some("20%"));
        Column { severity: random.of(&severities), ..column(name, measured, most, rise) }
    });
    let check = Check {
        table: table(if wildcard { "events_*" } else { "orders" }),
        data_days,
        time_zone: if in_utc { "UTC" } else { zone }.to_owned(),
        delay: Duration::seconds(random.of(&[0, 1, 3_600, 5_400, 86_400, 100_000])),
        open: open_days(random, around),
        condition: random.of(&[None, Some("status != 'draft' AND NOT is_test".to_owned())]),
        min_rows: random.of(&[1, 1, 2, 5]),
        empty: random.of(&severities),
        columns: columns.into(),
        ..orders()
    };
    (check, around)
}

fn open_days(random: &mut Random, around: Date) -> OpenDays {
    let day = |days: i64| shifted(around, days);
    let weekend = random.of(&[vec![Weekday::Saturday, Weekday::Sunday], vec![Weekday::Friday], Vec::new()]);
    let single = |closed: Vec<i64>| closed.into_iter().map(|at| day(at)..=day(at)).collect::<Vec<_>>();
    let holiday = random.of(&[1, 2, 6]);
    let closed = match random.below(4) {
        0 => Vec::new(),
        1 => vec![day(-9)..=day(-8), day(-2)..=day(holiday - 2)],
        2 => single(vec![-23, -22, -16, -15, -9, -4, -2, -1, 5, 6, 12, 13]),
        _ => vec![day(-25)..=day(-4), day(3)..=day(3)],
    };
    let suspended = random.of(&[Vec::new(), Vec::new(), vec![day(-3)..=day(-3), day(2)..=day(4)]]);
    OpenDays { closed, suspended, judge_closed: random.below(4) == 0, weekend }
}

pub fn shifted(day: Date, days: i64) -> Date {
    Date::from_civil(day.as_civil() + days.days()).unwrap()
}

/// A row of the author's table.
#[derive(Clone, Debug)]
struct Row {
    /// The data day that it belongs to; of no day where the columns are NULL.
    day: Option<Date>,
    /// In the check's time zone.
    created_at: Timestamp,
    created_local: jiff::civil::DateTime,
    hour: i64,
    suffix: String,
    status: Option<&'static str>,
    is_test: Option<bool>,
    values: Vec<Value>,
}

/// A value that counts as NULL or does not, and its SQL.
type Value = (bool, &'static str);

const VALUES: [&[Value]; 5] = [
    &[(false, "{'zip': '1'}"), (true, "{'zip': NULL}"), (true, "NULL")],
    &[(false, "''"), (true, "NULL")],
    &[(false, "0"), (true, "NULL")],
    &[
        (false, r#"'{"user": {"id": "null"}}'"#),
        (false, r#"'{"user": {"id": {}}}'"#),
        (true, r#"'{"user": {"id": null}}'"#),
        (true, r#"'{"user": 1}'"#),
        (true, "NULL"),
    ],
    &[(false, "['a']"), (false, "[NULL]"), (true, "[]"), (true, "NULL")],
];

impl Row {
    fn counts(&self, check: &Check) -> bool {
        let is_paid = self.status.is_some_and(|status| status != "draft") && self.is_test == Some(false);
        check.condition.is_none() || is_paid
    }

    fn sql(&self) -> String {
        let day = |text: String| self.day.map_or_else(|| "NULL".to_owned(), |_| format!("'{text}'"));
        let date = self.day.map(|day| day.to_string()).unwrap_or_default();
        let values: Vec<&str> = self.values.iter().map(|(_, sql)| *sql).collect();
        format!(
            "({}, {}, {}, {}, '{}', {}, {}, {})",
            day(date.clone()),
            day(self.created_local.to_string()),
            day(self.created_at.to_string()),
            day(format!("{date} {:02}:00:00+00", self.hour)),
            self.suffix,
            self.status.map_or_else(|| "NULL".to_owned(), |status| format!("'{status}'")),
            self.is_test.map_or_else(|| "NULL".to_owned(), |test| test.to_string()),
            values.join(", ")
        )
    }
}

/// The tables, and a view in the place of a family of tables.
pub const TABLES: [&str; 5] = [
    r#"CREATE SCHEMA "shop-prod".sales"#,
    r#"CREATE SCHEMA "shop-prod".genkai"#,
    r#"CREATE TABLE "shop-prod".sales.orders (created_date DATE, created_local TIMESTAMP, created_at TIMESTAMPTZ,
       "_PARTITIONTIME" TIMESTAMPTZ, "_TABLE_SUFFIX" TEXT, status TEXT, is_test BOOLEAN, address STRUCT(zip TEXT),
       coupon_code TEXT, customer_id BIGINT, payload JSON, tags TEXT[])"#,
    r#"CREATE VIEW "shop-prod".sales."events_*" AS SELECT * FROM "shop-prod".sales.orders"#,
    r#"CREATE TABLE "shop-prod".genkai.null_ratios (data_day DATE NOT NULL, check_name TEXT NOT NULL,
       column_name TEXT NOT NULL, row_count BIGINT NOT NULL, null_count BIGINT NOT NULL, ratio BIGINT,
       doubled_baseline BIGINT, highest BIGINT, verdict TEXT NOT NULL, consequence TEXT NOT NULL,
       measured_at TIMESTAMPTZ NOT NULL)"#,
];

/// Empties them between cases.
pub const BETWEEN: [&str; 2] =
    [r#"TRUNCATE "shop-prod".sales.orders"#, r#"TRUNCATE "shop-prod".genkai.null_ratios"#];

/// Where rows of the history go.
pub const REMEMBER: &str = r#"INSERT INTO "shop-prod".genkai.null_ratios"#;

/// What the last run added to the history.
pub const ADDED: &str = r#"SELECT CAST(data_day AS TEXT), column_name, row_count, null_count, ratio, doubled_baseline,
    verdict, consequence FROM "shop-prod".genkai.null_ratios WHERE check_name = 'orders-nulls' AND
    measured_at = getvariable('genkai_now') ORDER BY data_day, column_name"#;

/// A row of the history as [`ADDED`] has it.
pub type Added = (String, String, u64, u64, Option<u64>, Option<u64>, String, String);

/// A row that the history holds already: its day, check, column, rows and NULLs, what nobody reads again, its verdict and
/// consequence, and when it was measured.
pub type Past = (String, &'static str, String, u64, u64, u32, u32, u32, &'static str, &'static str, String);

/// A run: what the history holds and what happens before it, when it is, and what it must come to.
pub struct Step {
    pub past: Vec<Past>,
    pub before: Vec<String>,
    pub now: Timestamp,
    pub added: Vec<Added>,
    pub outcome: String,
}

/// The random life of a check: a history, and runs one after another, each after more rows have come.
pub fn life(random: &mut Random, check: &Check, around: Date) -> Vec<Step> {
    let zone = TimeZone::get(&check.time_zone).unwrap();
    let midnight = |day: Civil| day.to_zoned(zone.clone()).unwrap().timestamp();
    let delay = jiff::SignedDuration::from_secs(i64::try_from(check.delay.as_seconds()).unwrap());
    let mut now = midnight(shifted(around, random.days(6)).as_civil()) + delay;
    now += random.of(&[-1, 0, 0, 1, 3_600, 40_000]).seconds();

    let (mut history, mut past) = past(random, check, around);
    let mut rows = Vec::new();
    let mut steps = Vec::new();
    for _ in 0..random.of(&[1, 1, 1, 2, 3, 4]) {
        let latest = latest_complete(check, now).unwrap();
        let first = shifted(latest, -i64::from(check.reach()) - 1);
        // Some data is late, and some tables stand still.
        let days = random.of(&[Some(latest), Some(latest), Some(first), None]);
        let days = days.map(|newest| first.through(shifted(newest, 2)).collect());
        let more = new_rows(random, check, days.unwrap_or_default(), &zone);
        let before = inserted(&more).into_iter().collect();
        rows.extend(more);
        let (added, outcome) = run(check, now, &rows, &mut history);
        steps.push(Step { past: std::mem::take(&mut past), before, now, added, outcome });
        now += random.of(&[jiff::SignedDuration::from_secs(1), jiff::SignedDuration::from_hours(24)])
            * random.of(&[1, 1, 2, 8]);
    }
    steps
}

/// What the Rust judgement makes of a run.
fn run(check: &Check, now: Timestamp, rows: &[Row], history: &mut Vec<Recorded>) -> (Vec<Added>, String) {
    let latest = latest_complete(check, now).unwrap();
    let mut measured = Vec::new();
    for day in due(check, latest, history) {
        let of_day = |row: &&Row| match check.data_days {
            None => true,
            // A table's name may begin as one of a day does, and go on.
            Some(DataDays::Suffix) => row.suffix == suffix(day),
            Some(_) => row.day == Some(day),
        };
        let counted: Vec<&Row> = rows.iter().filter(of_day).filter(|row| row.counts(check)).collect();
        for (index, column) in check.columns.iter().enumerate() {
            measured.push(Measurement {
                day,
                column: column.name.clone(),
                rows: counted.len() as u64,
                nulls: counted.iter().filter(|row| row.values[index].0).count() as u64,
                measured_at: now,
            });
        }
    }
    let before: Vec<Measurement> = history.iter().map(|row| row.measurement.clone()).collect();
    let run = judge(check, &before, &measured);
    let news = news(history, &run);
    let came_to = (news.iter().copied().map(added).collect(), outcome(check, &news));
    let recorded: Vec<Recorded> = news.into_iter().map(Recorded::from).collect();
    history.extend(recorded);
    came_to
}

/// What the name of a day's table ends with.
fn suffix(day: Date) -> String {
    day.as_civil().strftime("%Y%m%d").to_string()
}

fn new_rows(random: &mut Random, check: &Check, days: Vec<Date>, zone: &TimeZone) -> Vec<Row> {
    let share = random.of(&[0, 1, 5, 10]);
    let most = random.of(&[1, 2, 6]);
    let mut rows = Vec::new();
    for day in days {
        if random.below(5) < 2 {
            continue;
        }
        for _ in 0..random.below(most + 1) {
            rows.push(row(random, day, zone, share));
        }
    }
    rows.retain(|row| check.data_days.is_some() || row.hour % 2 == 0);
    rows
}

fn row(random: &mut Random, day: Date, zone: &TimeZone, share: u64) -> Row {
    let begin = day.as_civil().to_zoned(zone.clone()).unwrap().timestamp();
    let end = day.as_civil().tomorrow().unwrap().to_zoned(zone.clone()).unwrap().timestamp();
    let created_at = random.of(&[begin, begin + 1.hours(), end - 1.seconds(), end - 1.hours()]);
    let value = |random: &mut Random, values: &[Value]| {
        let is_null = random.below(10) < share;
        let fitting: Vec<Value> = values.iter().copied().filter(|(null, _)| *null == is_null).collect();
        random.of(&fitting)
    };
    let suffix = suffix(day);
    let hour = random.of(&[0, 1, 23]);
    Row {
        day: (random.below(12) > 0).then_some(day),
        created_at,
        created_local: day.as_civil().at(i8::try_from(hour).unwrap(), 59, 59, 0),
        hour,
        suffix: if random.below(12) == 0 { format!("{suffix}x") } else { suffix },
        status: random.of(&[Some("paid"), Some("paid"), Some("draft"), None]),
        is_test: random.of(&[Some(false), Some(false), Some(false), Some(true), None]),
        values: VALUES.iter().map(|values| value(random, values)).collect(),
    }
}

fn inserted(rows: &[Row]) -> Option<String> {
    let rows: Vec<String> = rows.iter().map(Row::sql).collect();
    (!rows.is_empty()).then(|| format!("INSERT INTO \"shop-prod\".sales.orders VALUES {}", rows.join(", ")))
}

/// Rows from before, with gaps, some of them twice, and those of another check; or none, as the check is new.
fn past(random: &mut Random, check: &Check, around: Date) -> (Vec<Recorded>, Vec<Past>) {
    let mut history = Vec::new();
    let mut rows_of_all = Vec::new();
    let level = random.of(&[0, 2, 5]);
    let kept = random.of(&[0, 2, 9]);
    let is_new = random.below(3) == 0;
    for day in shifted(around, -45).through(shifted(around, 2)) {
        rows_of_all.extend(of_another_check(random, check, day));
        let is_old = day < shifted(around, -6);
        if is_new || random.below(10) > if is_old { kept } else { kept / 3 } {
            continue;
        }
        for again in 0..=u64::from(random.below(8) == 0) {
            // Never at the very instant of a run.
            let end = day.as_civil().to_zoned(TimeZone::UTC).unwrap().timestamp() + 500.milliseconds();
            let measured_at = end + (i64::try_from(random.below(3) * again).unwrap() * 3_600).seconds();
            for column in &check.columns {
                let rows = random.of(&[0, 1, 4, 10, 1_000, 999_983]);
                let nulls = rows * random.below(level + 2) / 10;
                let (day, column) = (day, column.name.clone());
                let measurement = Measurement { day, column, rows, nulls, measured_at };
                let recorded = recorded(random, check, measurement);
                rows_of_all.push(history_row("orders-nulls", &recorded));
                history.push(recorded);
            }
        }
    }
    (history, rows_of_all)
}

/// Limits were others then: what a day with rows enough came to does not follow from them.
fn recorded(random: &mut Random, check: &Check, measurement: Measurement) -> Recorded {
    let (verdict, consequence) = match measurement.rows {
        0 => (Verdict::Empty, check.empty),
        rows if rows < u64::from(check.min_rows) => (Verdict::Inconclusive, Consequence::Ignore),
        _ => random.of(&[
            (Verdict::Ok, Consequence::Ignore),
            (Verdict::Page, Consequence::Page),
            (Verdict::WarmingUp, Consequence::Ignore),
            (Verdict::Inconclusive, Consequence::Ignore),
        ]),
    };
    Recorded { measurement, verdict, consequence }
}

/// Another check finds nothing but NULLs, on half of the days, and after this one.
fn of_another_check(random: &mut Random, check: &Check, day: Date) -> Vec<Past> {
    let measured_at = day.as_civil().to_zoned(TimeZone::UTC).unwrap().timestamp() + 30.hours();
    let columns = if random.below(2) == 0 { &check.columns[..] } else { &[] };
    let measurement = |column: &Column| {
        let column = column.name.clone();
        let measurement = Measurement { day, column, rows: 1_000, nulls: 1_000, measured_at };
        let (verdict, consequence) = (Verdict::Page, Consequence::Page);
        history_row("another", &Recorded { measurement, verdict, consequence })
    };
    columns.iter().map(measurement).collect()
}

fn history_row(check: &'static str, recorded: &Recorded) -> Past {
    let Measurement { day, column, rows, nulls, measured_at } = &recorded.measurement;
    let (verdict, consequence) = (recorded.verdict.name(), recorded.consequence.name());
    let measured_at = measured_at.to_string();
    (day.to_string(), check, column.clone(), *rows, *nulls, 0, 0, 0, verdict, consequence, measured_at)
}

fn added(judged: &Judged) -> Added {
    let Measurement { day, column, rows, nulls, .. } = &judged.measurement;
    (
        day.to_string(),
        column.clone(),
        *rows,
        *nulls,
        judged.measurement.ratio().map(u64::from),
        judged.baseline.map(|baseline| baseline.twice_median),
        judged.verdict.name().to_owned(),
        judged.consequence.name().to_owned(),
    )
}

/// How the run must end: `ok`, or the message of its failure.
fn outcome(check: &Check, news: &[&Judged]) -> String {
    let mut failing: Vec<&Judged> =
        news.iter().copied().filter(|judged| judged.consequence > Consequence::Ignore).collect();
    failing.sort_by_key(|judged| {
        (std::cmp::Reverse(judged.consequence), judged.measurement.day, judged.measurement.column.clone())
    });
    let Some(worst) = failing.first() else { return "ok".to_owned() };
    let mut items = String::new();
    for judged in &failing {
        let Measurement { day, column, rows, .. } = &judged.measurement;
        let amount = match judged.measurement.ratio() {
            None => "no rows".to_owned(),
            Some(ratio) => {
                format!("{} NULL, at most {}, {rows} rows", percent(ratio), percent(highest(check, judged)))
            }
        };
        let sep = if items.is_empty() { "" } else { "; " };
        write!(items, "{sep}`{column}` on {day}: {}, {amount}", judged.verdict.name()).unwrap();
    }
    let items: String = items.chars().take(4_000).collect();
    format!("{} NullRatioCheck/orders-nulls in shop/production: {items}.", worst.consequence.name())
}

fn highest(check: &Check, judged: &Judged) -> u32 {
    let column = check.columns.iter().find(|column| column.name == judged.measurement.column).unwrap();
    let over = column.rise.as_ref().zip(judged.baseline).map(|(rise, baseline)| {
        let median = u32::try_from(baseline.twice_median / 2).unwrap();
        (median + rise.more_than.as_ratio().as_millionths()).max(rise.floor.as_millionths())
    });
    let most = column.at_most.map(Ratio::as_millionths);
    most.into_iter().chain(over).min().unwrap_or(1_000_000).min(1_000_000)
}

fn percent(millionths: u32) -> String {
    format!("{}.{:04}%", millionths / 10_000, millionths % 10_000)
}
