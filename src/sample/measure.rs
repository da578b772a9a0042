//! From rows to measurements, as BigQuery counts them.

use super::columns::Columns;
use super::filter::Filter;
use super::json_path::leads_to_a_value;
use super::{SampleError, Value};
use crate::diagnostics::closest;
use crate::nulls::{Check, Condition, ConditionError, DataDays, Measured, Path};
use crate::slo::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::collections::BTreeMap;

/// What was counted on one data day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The rows that count.
    pub rows: u64,
    /// Those of them in which a column counts as NULL, for each of the check's columns.
    pub nulls: Vec<u64>,
}

/// Counts the rows of a sample.
#[derive(Debug)]
pub struct Measure<'a> {
    check: &'a Check,
    columns: Columns,
    filter: Option<Filter>,
    /// Where the data day is, and each measured column.
    day: Option<usize>,
    measured: Vec<usize>,
    time_zone: TimeZone,
    /// The day of a check without data days.
    today: Date,
    /// What was counted.
    pub days: BTreeMap<Date, Counted>,
    /// All rows of the sample.
    pub rows: u64,
    /// Those that have no data day: it is NULL, or no day that a date can be.
    pub without_day: u64,
}

/// The names under which a sample has what BigQuery keeps beside a table's columns. They cannot be those of BigQuery, which
/// refuses `_PARTITIONTIME` and `_TABLE_SUFFIX` as names of a result's columns.
pub(super) const PARTITION_TIME: &str = "partition_time";
pub(super) const TABLE_SUFFIX: &str = "table_suffix";

impl<'a> Measure<'a> {
    /// Prepares to count. A check without data days counts all rows for `today`.
    ///
    /// # Errors
    /// The check's condition cannot be evaluated here.
    pub fn new(check: &'a Check, today: Date) -> Result<Measure<'a>, ConditionError> {
        let mut columns = Columns::default();
        let beside = |name: &str| Path(vec![name.to_owned()]);
        let day = check.data_days.as_ref().map(|days| match days {
            DataDays::Date(path) | DataDays::DateTime(path) | DataDays::Timestamp(path) => columns.ask(path),
            DataDays::Ingestion => columns.ask(&beside(PARTITION_TIME)),
            DataDays::Suffix => columns.ask(&beside(TABLE_SUFFIX)),
        });
        let measured = check.columns.iter().map(|column| columns.ask(&column.path)).collect();
        let condition = check.condition.as_deref().map(Condition::parse).transpose()?;
        let filter = condition.map(|condition| Filter::new(&condition, &mut columns)).transpose()?;
        let time_zone = TimeZoneDatabase::bundled().get(&check.time_zone).unwrap_or(TimeZone::UTC);
        let mut days = BTreeMap::new();
        if check.data_days.is_none() {
            // A table without rows is judged, too.
            days.insert(today, Counted { rows: 0, nulls: vec![0; check.columns.len()] });
        }
        Ok(Measure { check, columns, filter, day, measured, time_zone, today, days, rows: 0, without_day: 0 })
    }

    /// The columns that rows must have.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Counts a row.
    ///
    /// # Errors
    /// A value is not what the check needs.
    pub fn count(&mut self, row: &[Value]) -> Result<(), String> {
        self.rows += 1;
        if let Some(filter) = &self.filter
            && !filter.keeps(row).map_err(|error| format!("in `where`: {error}"))?
        {
            return Ok(());
        }
        let Some(day) = self.day(row)? else {
            self.without_day += 1;
            return Ok(());
        };
        let columns = self.measured.len();
        let counted = self.days.entry(day).or_insert_with(|| Counted { rows: 0, nulls: vec![0; columns] });
        counted.rows += 1;
        for ((column, place), nulls) in self.check.columns.iter().zip(&self.measured).zip(&mut counted.nulls)
        {
            let value = row.get(*place).unwrap_or(&Value::Null);
            let is_null =
                counts(&column.measured, value).map_err(|error| format!("`{}`: {error}", column.name))?;
            *nulls += u64::from(is_null);
        }
        Ok(())
    }

    fn day(&self, row: &[Value]) -> Result<Option<Date>, String> {
        let (Some(days), Some(place)) = (&self.check.data_days, self.day) else {
            return Ok(Some(self.today));
        };
        let value = row.get(place).unwrap_or(&Value::Null);
        let day = match days {
            DataDays::Date(_) => value.as_date(),
            DataDays::DateTime(_) => value.as_datetime().map(|local| local.map(|local| local.date())),
            DataDays::Timestamp(_) => {
                value.as_timestamp().map(|at| at.map(|at| at.to_zoned(self.time_zone.clone()).date()))
            }
            DataDays::Ingestion => match value {
                Value::Date(_) => value.as_date(),
                other => other.as_timestamp().map(|at| at.map(|at| at.to_zoned(TimeZone::UTC).date())),
            },
            DataDays::Suffix => return Ok(suffix(value)),
        };
        Ok(day.map_err(|error| format!("the data day: {error}"))?.and_then(Date::from_civil))
    }
}

/// Tables of a wildcard whose names end otherwise are of no day.
fn suffix(value: &Value) -> Option<Date> {
    let digits = match value {
        Value::Integer(number) => number.to_string(),
        other => other.as_text()?.to_owned(),
    };
    let plain = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (year, rest) = digits.split_at_checked(4).filter(|_| plain)?;
    let (month, day) = rest.split_at_checked(2)?;
    Date::parse(&format!("{year}-{month}-{day}"))
}

fn counts(measured: &Measured, value: &Value) -> Result<bool, String> {
    match (measured, value) {
        (_, Value::Null) => Ok(true),
        (Measured::Null, _) => Ok(false),
        (Measured::NullOrEmptyList, Value::List(length)) => Ok(*length == 0),
        // A CSV file holds a list as JSON.
        (Measured::NullOrEmptyList, Value::Untyped(text)) => {
            match serde_json::from_str::<Vec<serde_json::Value>>(text) {
                Ok(list) => Ok(list.is_empty()),
                Err(_) => Err(format!("`{}` is no list such as [1, 2]", super::value::shown(text))),
            }
        }
        (Measured::NullOrEmptyList, other) => Err(format!("{} is no list", other.noun())),
        (Measured::Json(path), value) => match value.as_text() {
            Some(text) => leads_to_a_value(text, path).map(|leads| !leads),
            None => Err(format!("{} is no JSON", value.noun())),
        },
    }
}

/// A column that a sample does not have.
pub(super) fn missing(name: &str, known: &[String]) -> SampleError {
    let why = match name {
        PARTITION_TIME => "; it holds the time of ingestion: `SELECT *, _PARTITIONTIME AS partition_time`",
        TABLE_SUFFIX => "; it holds the ends of the tables' names: `SELECT *, _TABLE_SUFFIX AS table_suffix`",
        _ => "",
    };
    const LISTED: usize = 8;
    let help = match closest(name, known.iter().map(String::as_str)) {
        Some(close) => format!("did you mean `{close}`?"),
        None => {
            let some: Vec<String> = known.iter().take(LISTED).map(|name| super::value::shown(name)).collect();
            let more = if known.len() > LISTED { " and more" } else { "" };
            format!("it has {}{more}{why}", some.join(", "))
        }
    };
    SampleError::new(format!("the sample has no column `{name}`")).help(help)
}
