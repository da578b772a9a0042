//! Values, and how SQL compares them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::cmp::Ordering;

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// BOOL.
    Bool(bool),
    /// INT64.
    Integer(i64),
    /// FLOAT64; NUMERIC too, as near as that is.
    Float(f64),
    /// STRING.
    Text(String),
    /// A field of a CSV file, whose type nobody knows: it is what it is compared with.
    Untyped(String),
    /// DATE.
    Date(Date),
    /// DATETIME.
    DateTime(DateTime),
    /// TIMESTAMP.
    Timestamp(Timestamp),
    /// A list with so many elements.
    List(usize),
    /// Something else that is not NULL, by the name of its type.
    Other(&'static str),
}

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// One of both is NULL.
    Unknown,
    /// One of both is NaN, which is neither equal to anything nor less nor more.
    Apart,
    Is(Ordering),
}

impl Value {
    /// The type's name with its article.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Value::Null => "NULL",
            Value::Bool(_) => "a BOOL",
            Value::Integer(_) => "an INT64",
            Value::Float(_) => "a FLOAT64",
            Value::Text(_) | Value::Untyped(_) => "a STRING",
            Value::Date(_) => "a DATE",
            Value::DateTime(_) => "a DATETIME",
            Value::Timestamp(_) => "a TIMESTAMP",
            Value::List(_) => "a list",
            Value::Other(noun) => noun,
        }
    }

    /// The text, of either kind.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::Untyped(text) => Some(text),
            _ => None,
        }
    }

    /// As a truth of SQL: `None` is NULL.
    pub(super) fn truth(&self) -> Result<Option<bool>, String> {
        match self {
            Value::Null => Ok(None),
            Value::Bool(truth) => Ok(Some(*truth)),
            Value::Untyped(text) => bool_of(text).map(Some),
            other => Err(format!("{} is no BOOL", other.noun())),
        }
    }

    /// The day of a date, a local time, or an instant in UTC.
    pub(super) fn as_date(&self) -> Result<Option<Date>, String> {
        Ok(Some(match self {
            Value::Null => return Ok(None),
            Value::Date(date) => *date,
            Value::DateTime(local) => local.date(),
            Value::Timestamp(instant) => instant.to_zoned(TimeZone::UTC).date(),
            Value::Text(text) | Value::Untyped(text) => date_of(text)?,
            other => return Err(format!("{} is no DATE", other.noun())),
        }))
    }

    /// A local time.
    pub(super) fn as_datetime(&self) -> Result<Option<DateTime>, String> {
        Ok(Some(match self {
            Value::Null => return Ok(None),
            Value::Date(date) => date.to_datetime(jiff::civil::Time::midnight()),
            Value::DateTime(local) => *local,
            Value::Text(text) | Value::Untyped(text) => datetime_of(text)?,
            other => return Err(format!("{} is no DATETIME", other.noun())),
        }))
    }

    /// An instant.
    pub(super) fn as_timestamp(&self) -> Result<Option<Timestamp>, String> {
        Ok(Some(match self {
            Value::Null => return Ok(None),
            Value::Timestamp(instant) => *instant,
            Value::Text(text) | Value::Untyped(text) => timestamp_of(text)?,
            other => return Err(format!("{} is no TIMESTAMP", other.noun())),
        }))
    }

    /// Compares two values as BigQuery does, which takes text beside a time for one.
    pub(super) fn compare(&self, other: &Value) -> Result<Compared, String> {
        let is = |ordering| Ok(Compared::Is(ordering));
        match (self, other) {
            (Value::Null, _) | (_, Value::Null) => Ok(Compared::Unknown),
            (Value::Bool(one), Value::Bool(other)) => is(one.cmp(other)),
            (Value::Integer(one), Value::Integer(other)) => is(one.cmp(other)),
            (Value::Integer(_) | Value::Float(_), Value::Integer(_) | Value::Float(_)) => {
                Ok(self.number().partial_cmp(&other.number()).map_or(Compared::Apart, Compared::Is))
            }
            // Nobody knows what two columns of a CSV file are: numbers, if both look so.
            (Value::Untyped(one), Value::Untyped(two)) => match (number_of(one), number_of(two)) {
                (Ok(one), Ok(two)) => one.compare(&two),
                _ => is(one.cmp(two)),
            },
            (Value::Text(one) | Value::Untyped(one), Value::Text(other) | Value::Untyped(other)) => {
                is(one.cmp(other))
            }
            (Value::Untyped(text), Value::Integer(_) | Value::Float(_)) => number_of(text)?.compare(other),
            (Value::Untyped(text), Value::Bool(truth)) => is(bool_of(text)?.cmp(truth)),
            (_, Value::Untyped(_)) => other.compare(self).map(Compared::reverse),
            (Value::Date(one), Value::Date(other)) => is(one.cmp(other)),
            (Value::Text(_) | Value::Untyped(_), Value::Date(_)) => {
                is(self.as_date()?.cmp(&other.as_date()?))
            }
            (Value::Date(_), Value::Text(_)) => is(self.as_date()?.cmp(&other.as_date()?)),
            (Value::Timestamp(_), Value::Timestamp(_) | Value::Text(_))
            | (Value::Text(_) | Value::Untyped(_), Value::Timestamp(_)) => {
                is(self.as_timestamp()?.cmp(&other.as_timestamp()?))
            }
            (Value::DateTime(_), Value::DateTime(_) | Value::Date(_) | Value::Text(_))
            | (Value::Date(_) | Value::Text(_) | Value::Untyped(_), Value::DateTime(_)) => {
                is(self.as_datetime()?.cmp(&other.as_datetime()?))
            }
            _ => Err(format!("{} cannot be compared with {}", self.noun(), other.noun())),
        }
    }

    fn number(&self) -> f64 {
        match self {
            // As BigQuery coerces an INT64 beside a FLOAT64.
            #[expect(clippy::cast_precision_loss, reason = "so does BigQuery")]
            Value::Integer(number) => *number as f64,
            Value::Float(number) => *number,
            _ => f64::NAN,
        }
    }
}

impl Compared {
    fn reverse(self) -> Compared {
        match self {
            Compared::Is(ordering) => Compared::Is(ordering.reverse()),
            other => other,
        }
    }
}

/// A number as it is written.
pub(super) fn number_of(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Ok(Value::Integer(number));
    }
    // Rust reads `inf` and `nan`, too, which are no numbers in SQL.
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = text.parse().ok().filter(|_| plain);
    number.map(Value::Float).ok_or_else(|| format!("`{}` is no number", shown(text)))
}

fn bool_of(text: &str) -> Result<bool, String> {
    match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Ok(true),
        text if text.eq_ignore_ascii_case("false") => Ok(false),
        text => Err(format!("`{}` is neither `true` nor `false`", shown(text))),
    }
}

/// A day, `2026-06-01`; the time after it does not matter.
pub(super) fn date_of(text: &str) -> Result<Date, String> {
    text.trim().parse().map_err(|_| format!("`{}` is no date such as 2026-06-01", shown(text)))
}

/// A local time, `2026-06-01 07:00:00`.
pub(super) fn datetime_of(text: &str) -> Result<DateTime, String> {
    text.trim().parse().map_err(|_| format!("`{}` is no local time such as 2026-06-01 07:00:00", shown(text)))
}

/// An instant, `2026-06-01 07:00:00+09:00`; without an offset it is in UTC, as in BigQuery.
pub(super) fn timestamp_of(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    let local = text.strip_suffix(" UTC").unwrap_or(text);
    let in_utc =
        || local.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    // As a local time an offset would be read, too, and left out.
    let instant = text.parse().ok().or_else(in_utc);
    instant.ok_or_else(|| format!("`{}` is no time such as 2026-06-01 07:00:00+09:00", shown(text)))
}

/// A text as an error shows it: not too long, on one line.
pub(super) fn shown(text: &str) -> String {
    shown_up_to(text, 40)
}

/// The same, with room for a number of letters.
pub(super) fn shown_up_to(text: &str, letters: usize) -> String {
    let plain = text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter });
    let cut: String = plain.take(letters).collect();
    if text.chars().nth(letters).is_some() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_bigquery_writes_them() {
        let same = [
            "2026-06-01 22:00:00+00",
            "2026-06-01T22:00:00Z",
            "2026-06-01 22:00:00 UTC",
            "2026-06-01 22:00:00.000 UTC",
            "2026-06-01 22:00:00",
            "2026-06-02T07:00:00+09:00",
        ];
        for text in same {
            assert_eq!(
                timestamp_of(text).map(|at| at.to_string()).as_deref(),
                Ok("2026-06-01T22:00:00Z"),
                "{text}"
            );
        }
        assert!(timestamp_of("06/01/2026").is_err());
    }

    #[test]
    fn fields_of_a_csv_file_are_what_they_are_compared_with() {
        let field = |text: &str| Value::Untyped(text.into());
        let is = |one: &Value, other: &Value| one.compare(other);
        assert_eq!(is(&field("10"), &Value::Integer(9)), Ok(Compared::Is(Ordering::Greater)));
        assert_eq!(is(&field("10"), &Value::Text("9".into())), Ok(Compared::Is(Ordering::Less)));
        assert_eq!(is(&field("10"), &field("9")), Ok(Compared::Is(Ordering::Greater)));
        assert_eq!(is(&field("10"), &field("x")), Ok(Compared::Is(Ordering::Less)));
        assert_eq!(is(&Value::Bool(true), &field("TRUE")), Ok(Compared::Is(Ordering::Equal)));
        assert_eq!(is(&Value::Null, &field("")), Ok(Compared::Unknown));
        assert!(is(&field("ten"), &Value::Integer(9)).is_err());
        assert!(is(&Value::Text("9".into()), &Value::Integer(9)).is_err());
        assert_eq!(is(&Value::Float(f64::NAN), &Value::Integer(9)), Ok(Compared::Apart));
    }
}
