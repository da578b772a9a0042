//! A check, with everything resolved: environment, defaults, calendar.

use crate::slo::{Date, Duration, PercentagePoints, Ratio};
use jiff::civil::Weekday;
use std::ops::RangeInclusive;

/// A check of one table in one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The name of its spec, which is the key of its history.
    pub name: String,
    /// The table.
    pub table: Table,
    /// How rows belong to data days; `None` where the whole table is measured each time.
    pub data_days: Option<DataDays>,
    /// The time zone of data days, by its IANA name.
    pub time_zone: String,
    /// How long after its end a data day is complete, in whole seconds.
    pub delay: Duration,
    /// Which days are judged.
    pub open: OpenDays,
    /// The author's SQL condition: rows for which it is not true do not count.
    pub condition: Option<String>,
    /// With fewer rows a data day is inconclusive.
    pub min_rows: u32,
    /// What a data day without rows means.
    pub empty: Consequence,
    /// The columns, sorted by name; at least one.
    pub columns: Vec<Column>,
}

impl Check {
    /// The most data days that one run judges.
    pub const MOST_DAYS: u32 = 7;

    /// How many days a run looks back for days that are not judged, the latest complete one included: the fewest that hold
    /// [`Check::MOST_DAYS`] open days wherever they begin, and two weeks at least. 1 without data days: only today.
    pub fn reach(&self) -> u32 {
        match self.data_days {
            None => 1,
            Some(_) => self.open.reach(Check::MOST_DAYS).max(14),
        }
    }

    /// The most daily partitions that runs read in a month of 31 days, of which so many runs fall into it; `None` where each
    /// run reads the whole table.
    ///
    /// What one run has judged, none reads again. They are the days that become complete in the month, and after an outage
    /// those that a first run reaches back to. Days that are judged again are not counted, for they hold few rows or none; nor
    /// is a run that cannot write what it measured and reads again.
    pub fn most_partitions(&self, runs: u64) -> Option<u64> {
        let data_days = self.data_days.as_ref()?;
        let reach = u64::from(self.reach());
        let days = (31 + reach).min(runs.saturating_mul(reach));
        // Partitions of instants are days of UTC: those of another time zone touch one more.
        let straddles = matches!(data_days, DataDays::Timestamp(_)) && self.time_zone != "UTC";
        Some(days + if straddles { runs.min(days) } else { 0 })
    }

    /// How many days of history are read, the latest complete one included: the longest `over` of a rise before the
    /// earliest day that may be judged.
    pub fn history_days(&self) -> u32 {
        let rises = self.columns.iter().filter_map(|column| column.rise.as_ref());
        self.reach() + rises.map(|rise| rise.over_days).max().unwrap_or(0)
    }
}

/// A table of BigQuery, or a family of tables that one wildcard names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The project.
    pub project: String,
    /// The dataset.
    pub dataset: String,
    /// The name, without the `*` of a wildcard.
    pub name: String,
    /// Whether it is all the tables whose names begin so.
    pub wildcard: bool,
}

/// How rows belong to data days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataDays {
    /// By a column of the type DATE.
    Date(Path),
    /// By a column of the type DATETIME, which holds local time.
    DateTime(Path),
    /// By a column of the type TIMESTAMP, in the check's time zone.
    Timestamp(Path),
    /// By the time of ingestion (`_PARTITIONTIME`), in UTC.
    Ingestion,
    /// By the end of the table's name, `YYYYMMDD` (`_TABLE_SUFFIX`).
    Suffix,
}

/// Which days are judged, as a calendar and the spec's suspensions say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenDays {
    /// The days that are closed one by one, as ranges, sorted and apart; weekends that the calendar closes are among them.
    pub closed: Vec<RangeInclusive<Date>>,
    /// The days that the spec suspends, as ranges, sorted and apart: never judged.
    pub suspended: Vec<RangeInclusive<Date>>,
    /// Whether closed days are judged, too, as `runsWithoutData` says; they may be empty.
    pub judge_closed: bool,
    /// The days of the week that are a class of their own in baselines: the calendar's weekend, else Saturday and Sunday.
    pub weekend: Vec<Weekday>,
}

/// One measured column and its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As the spec writes it, which is its key in the history.
    pub name: String,
    /// Where the value is.
    pub path: Path,
    /// What of it counts as NULL.
    pub measured: Measured,
    /// The largest share.
    pub at_most: Option<Ratio>,
    /// The largest rise.
    pub rise: Option<Rise>,
    /// What it means that a limit is broken.
    pub severity: Consequence,
}

/// The fields that lead to a value, outermost first; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(pub Vec<String>);

/// What counts as NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A value that is NULL.
    Null,
    /// A list that is NULL or empty.
    NullOrEmptyList,
    /// A path into a JSON value that leads to nothing or to JSON's null, such as `$.user.id`.
    Json(String),
}

/// A limit over a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rise {
    /// The rise that is still fine.
    pub more_than: PercentagePoints,
    /// How many days before the judged one the baseline reaches back.
    pub over_days: u32,
    /// A share below which no rise counts.
    pub floor: Ratio,
    /// With fewer days there is no baseline.
    pub min_days: u32,
}

/// What something bad means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consequence {
    /// Nothing.
    Ignore,
    /// Somebody looks at it in working hours.
    Ticket,
    /// Somebody is woken.
    Page,
}

impl Consequence {
    /// As the history holds it, and a spec writes a severity; in the order of the letters, the louder of two first.
    pub const fn name(self) -> &'static str {
        match self {
            Consequence::Ignore => "none",
            Consequence::Ticket => "ticket",
            Consequence::Page => "page",
        }
    }
}

impl Column {
    /// The limits as a spec writes them: no word of any language is in them.
    pub fn limits(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.at_most.map(|most| format!("atMost: {most}")));
        parts.extend(self.rise.as_ref().map(|rise| {
            let Rise { more_than, over_days, floor, min_days } = rise;
            format!(
                "rise: {{moreThan: {more_than}, over: {over_days}d, floor: {floor}, minDays: {min_days}}}"
            )
        }));
        parts
            .extend((self.measured == Measured::NullOrEmptyList).then(|| "counts: nullsAndEmpty".to_owned()));
        parts.push(format!("severity: {}", self.severity.name()));
        format!("{{{}}}", parts.join(", "))
    }
}

impl OpenDays {
    /// Whether a day is judged.
    pub fn is_judged(&self, day: Date) -> bool {
        !holds(&self.suspended, day) && (self.judge_closed || !self.is_closed(day))
    }

    /// Whether a day is closed.
    pub fn is_closed(&self, day: Date) -> bool {
        holds(&self.closed, day)
    }

    /// Whether a day is one of the weekend's.
    pub fn is_weekend(&self, day: Date) -> bool {
        self.weekend.contains(&day.as_civil().weekday())
    }

    /// The fewest days in a row that hold `days` judged ones wherever they begin; without suspensions, which may take
    /// months.
    fn reach(&self, days: u32) -> u32 {
        let (Some(first), Some(last)) = (self.closed.first(), self.closed.last()) else { return days };
        if self.judge_closed {
            return days;
        }
        // Around the closed days all are open.
        let open =
            days_before(*first.start(), days.into()).through(days_before(*last.end(), -i64::from(days)));
        let open: Vec<Date> = open.filter(|day| !self.is_closed(*day)).collect();
        // Most days pass from just after an open day to the last of the `days` open ones that follow.
        let with_next = open.iter().zip(open.iter().skip(usize::try_from(days).unwrap_or(usize::MAX)));
        let spans = with_next.map(|(before, last)| (last.as_civil() - before.as_civil()).get_days());
        spans.max().and_then(|span| u32::try_from(span).ok()).map_or(days, |span| span.max(days))
    }
}

/// The day that is a number of days before another, or after it if the number is negative; that day itself where dates do
/// not reach so far.
pub(super) fn days_before(day: Date, days: i64) -> Date {
    let moved = jiff::Span::new().try_days(-days).and_then(|span| day.as_civil().checked_add(span));
    moved.ok().and_then(Date::from_civil).unwrap_or(day)
}

fn holds(ranges: &[RangeInclusive<Date>], day: Date) -> bool {
    let after = ranges.partition_point(|range| *range.start() <= day);
    after.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|range| range.contains(&day))
}
