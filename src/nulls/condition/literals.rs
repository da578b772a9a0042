//! Literals with a type, such as `DATE '2026-01-01'`: BigQuery refuses a query for one that cannot be read.

use jiff::civil::Date;
use serde::de::IgnoredAny;

/// What is wrong with a text as a literal of a type, and how one is written; `None` where BigQuery may take it.
pub(super) fn fault(of: &str, text: &str) -> Option<&'static str> {
    let text = text.trim();
    let is_day_or_time = || after_date(text).is_some_and(may_be_time);
    let (read, example) = match of {
        "DATE" => (is_day_or_time(), "write a day that exists, such as `DATE '2026-06-01'`"),
        "DATETIME" => {
            (is_day_or_time(), "write a time that exists, such as `DATETIME '2026-06-01 07:00:00'`")
        }
        "TIMESTAMP" => {
            (is_day_or_time(), "write a time that exists, such as `TIMESTAMP '2026-06-01 07:00:00+09:00'`")
        }
        "TIME" => (
            text.starts_with(|first: char| first.is_ascii_digit()) && is_clock(text),
            "write a time that exists, such as `TIME '07:00:00'`",
        ),
        "NUMERIC" | "DECIMAL" | "BIGNUMERIC" | "BIGDECIMAL" if !is_decimal(text) => {
            (false, "write digits and a point, such as `NUMERIC '1.50'`")
        }
        "NUMERIC" | "DECIMAL" => (NUMERIC.holds(text), "write a number below 1e29, or `BIGNUMERIC '1e30'`"),
        "BIGNUMERIC" | "BIGDECIMAL" => (
            BIGNUMERIC.holds(text),
            "write a number below 5.7e38, which is about the most that BigQuery holds exactly",
        ),
        "JSON" => (
            serde_json::from_str::<IgnoredAny>(text).is_ok(),
            "write JSON with double quotes, such as `JSON '{\"a\": 1}'`",
        ),
        _ => return None,
    };
    (!read).then_some(example)
}

/// What follows a day that the calendar has.
fn after_date(text: &str) -> Option<&str> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 2)?;
    let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    (day.is_ok() && year > 0).then_some(rest)
}

/// Digits at the beginning of a text.
fn number(text: &str, most: usize) -> Option<(i16, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    (digits.len() <= most).then_some(())?;
    Some((digits.parse().ok()?, rest))
}

/// Whether what follows a day may be a time of the day, or a time zone, whose names nobody lists.
fn may_be_time(rest: &str) -> bool {
    match rest.strip_prefix([' ', 'T', 't']).map(str::trim_start) {
        Some(time) if time.starts_with(|first: char| first.is_ascii_digit()) => is_clock(time),
        Some(_) => true,
        None => rest.is_empty() || rest.starts_with(['+', '-', 'Z', 'z']),
    }
}

/// Whether hours, minutes and seconds, as far as they stand there, are on a clock; a leap second is.
fn is_clock(text: &str) -> bool {
    let mut rest = text;
    for bound in [23, 59, 60] {
        let Some((value, after)) = number(rest, 2) else { return false };
        if value > bound {
            return false;
        }
        match after.strip_prefix(':') {
            Some(after) => rest = after,
            None => return true,
        }
    }
    true
}

fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    // A sign and spaces behind it are skipped.
    let text = text.strip_prefix(['+', '-']).unwrap_or(text).trim_start();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let some = !whole.is_empty() || !part.is_empty();
    some && digits(whole) && digits(part) && digits(exponent) && !exponent.is_empty()
}

/// A decimal type: how many digits it holds behind the point, and the most and the least that it holds, without the point.
/// Source: <https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#decimal_types>.
struct Decimal {
    scale: i64,
    most: &'static str,
    least: &'static str,
}

const NUMERIC: Decimal = Decimal {
    scale: 9,
    most: "99999999999999999999999999999999999999",
    least: "99999999999999999999999999999999999999",
};
const BIGNUMERIC: Decimal = Decimal {
    scale: 38,
    most: "57896044618658097711785492504343953926634992332820282019728792003956564819967",
    least: "57896044618658097711785492504343953926634992332820282019728792003956564819968",
};

impl Decimal {
    /// Whether it holds what a text says, rounded half away from zero as BigQuery does.
    fn holds(&self, text: &str) -> bool {
        let bound = if text.starts_with('-') { self.least } else { self.most };
        self.digits(text).is_some_and(|digits| (digits.len(), digits.as_str()) <= (bound.len(), bound))
    }

    /// The digits of a decimal without the point; `None` where they are far too many.
    fn digits(&self, text: &str) -> Option<String> {
        let text = text.trim_start_matches(['+', '-']).trim_start();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{part}");
        let digits = all.trim_start_matches('0');
        if digits.is_empty() {
            return Some(String::new());
        }
        let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
        // One that no number holds has as many digits as it likes.
        let exponent =
            exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN } else { i64::MAX });
        let behind = length(part).saturating_sub(exponent);
        let kept = length(digits).saturating_sub(behind).saturating_add(self.scale);
        let Ok(kept) = usize::try_from(kept) else { return Some(String::new()) };
        if kept > self.least.len() {
            return None;
        }
        let rounds_up = digits.chars().nth(kept).is_some_and(|digit| digit >= '5');
        let digits: String = digits.chars().chain(std::iter::repeat('0')).take(kept).collect();
        Some(if rounds_up { next(&digits) } else { digits })
    }
}

/// The next whole number.
fn next(digits: &str) -> String {
    let rest = digits.trim_end_matches('9');
    let zeros = "0".repeat(digits.len().saturating_sub(rest.len()));
    let mut rest = rest.to_owned();
    let last = rest.pop().and_then(|last| last.to_digit(10)).unwrap_or(0);
    format!("{rest}{}{zeros}", last.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::super::Condition;

    #[test]
    fn a_literal_that_cannot_be_read_is_refused() {
        for literal in [
            "DATE '2026-13-01'",
            "DATE '2026-02-30'",
            "DATE 'today'",
            "DATE '2026/01/01'",
            "DATETIME '2026-06-01 07:61:00'",
            "TIMESTAMP '2026-06-01 25:00:00'",
            "TIMESTAMP '2026-06-31'",
            "TIME '24:30:00'",
            "TIME 'noon'",
            "NUMERIC 'x'",
            "NUMERIC '1,000'",
            "BIGNUMERIC ''",
            "NUMERIC '1e40'",
            "NUMERIC '1e29'",
            "NUMERIC '-100000000000000000000000000000'",
            "DECIMAL '99999999999999999999999999999.9999999995'",
            "BIGNUMERIC '5.8e38'",
            "BIGNUMERIC '578960446186580977117854925043439539266.34992332820282019728792003956564819968'",
            "BIGNUMERIC '1e99999999999999999999'",
            "JSON '{a}'",
        ] {
            let error = Condition::parse(&format!("a = {literal}")).unwrap_err();
            // A long one is cut off.
            let shown = literal.get(..40).unwrap_or(literal);
            assert!(error.message.contains(shown), "{literal}: {}", error.message);
        }
    }

    #[test]
    fn a_literal_that_can_be_read_is_taken() {
        for literal in [
            "DATE '2026-1-1'",
            "DATE '2028-02-29'",
            "DATETIME '2026-06-01T07:00:00.123'",
            "DATETIME '2026-06-01 7:5:3'",
            "TIMESTAMP '2026-06-01'",
            "TIMESTAMP '2026-06-01 07:00:00+09:00'",
            "TIMESTAMP '2026-06-01 07:00:00 Asia/Tokyo'",
            "TIMESTAMP '2026-06-01T23:59:60Z'",
            "TIME '07:00:00'",
            "NUMERIC '-1.5e3'",
            "BIGNUMERIC '.5'",
            "NUMERIC '9.9999999999999999999999999999999999999e28'",
            "NUMERIC '-99999999999999999999999999999.9999999994'",
            "NUMERIC '0000000000000000000000000000000000000000001e3'",
            "NUMERIC '1e-40'",
            "NUMERIC '0.99999999999'",
            "BIGNUMERIC '1e38'",
            "BIGNUMERIC '578960446186580977117854925043439539266.34992332820282019728792003956564819967'",
            "BIGNUMERIC '-578960446186580977117854925043439539266.34992332820282019728792003956564819968'",
            "JSON '{\"a\": [1, null]}'",
            "JSON '\\x5b1]'",
        ] {
            let read = Condition::parse(&format!("a = {literal}"));
            assert!(read.is_ok(), "{literal}: {read:?}");
        }
    }
}
