//! The value that a text was most likely meant to be, in the form that a key asks for.

use crate::diagnostics::{closest, plain};
use crate::slo::Duration;
use crate::spec::regions;
use crate::spec::values::{has_full_name, is_name};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The values that a text is close to, in backticks. Each guess counts only where it has the form that is asked for.
pub(in super::super) fn value(text: &str, rule: &Json) -> Option<String> {
    let found = values(text, rule);
    (!found.is_empty())
        .then(|| found.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or "))
}

/// One value, or two where a number without its sign is either.
pub(super) fn values(text: &str, rule: &Json) -> Vec<String> {
    let fits = |text: &String| jsonschema::is_valid(rule, &Json::from(text.as_str()));
    let ascii = plain(text);
    let trimmed = ascii.trim().trim_matches([',', ';', '\'', '"', '`', ' ']).to_owned();
    // `95 %` is one value, `data platform` is two words.
    let number_first = trimmed.starts_with(|first: char| first.is_ascii_digit());
    let dense: String = match number_first {
        true => trimmed.split_whitespace().collect(),
        false => trimmed.clone(),
    };
    let number = dense.parse::<f64>().ok();
    let share = number.filter(|number| *number <= 1.0).map(|number| {
        let percent = format!("{:.4}", number * 100.0);
        format!("{}%", percent.trim_end_matches('0').trim_end_matches('.'))
    });
    let signed = number.map(|_| format!("{dense}%"));
    if let (Some(share), Some(signed)) = (share.filter(fits), signed.clone().filter(fits)) {
        let either = BTreeSet::from([share, signed]);
        return either.into_iter().collect();
    }
    let lower = dense.to_lowercase();
    let region = || regions::named(&trimmed).map(str::to_owned);
    let form = rule.get("pattern").and_then(Json::as_str).unwrap_or_default();
    let slug = || (is_name(form) && !text.contains(['@', '/'])).then(|| slug(&ascii));
    let last = || has_full_name(form).then(|| address(&trimmed)).flatten();
    let guesses: [&dyn Fn() -> Option<String>; 14] = [
        &|| Some(ascii.clone()),
        &|| Some(trimmed.clone()),
        &|| Some(dense.clone()),
        &|| signed.clone(),
        &|| number_first.then(|| dense.replace(',', ".")),
        &|| dense.strip_suffix("percent").map(|number| format!("{number}%")),
        &slug,
        &|| Some(lower.clone()),
        &last,
        &|| Some(trimmed.replacen(':', ".", 1)),
        &|| duration(&lower),
        &|| date(&trimmed),
        &|| time_of_day(&lower),
        &region,
    ];
    let mut meant = guesses.iter().filter_map(|guess| guess()).filter(|guess| guess != text);
    meant.find(fits).into_iter().collect()
}

/// A name of lower-case letters, digits and `-`.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut last = ' ';
    for letter in text.trim().chars() {
        let new_word = letter.is_ascii_uppercase() && (last.is_ascii_lowercase() || last.is_ascii_digit());
        if new_word || !letter.is_alphanumeric() {
            slug.push('-');
        }
        if letter.is_alphanumeric() {
            slug.extend(letter.to_lowercase());
        }
        last = letter;
    }
    slug.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// What stands behind the last `:` or `/`, or between `<` and `>`.
fn address(text: &str) -> Option<String> {
    if let Some((_, rest)) = text.split_once('<') {
        return rest.split_once('>').map(|(address, _)| address.to_owned());
    }
    text.rsplit_once([':', '/']).map(|(_, last)| last.trim().to_owned())
}

/// The words for units, the longest first in the place of their beginnings.
const UNITS: [(&[&str], f64); 5] = [
    (&["w", "week", "weeks"], 604_800.0),
    (&["d", "day", "days"], 86_400.0),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600.0),
    (&["m", "min", "mins", "minute", "minutes"], 60.0),
    (&["s", "sec", "secs", "second", "seconds"], 1.0),
];

/// A duration as people, Python and ISO 8601 write it: `5 minutes`, `timedelta(days=1, hours=2)`, `PT1H`, `1.5h`, `01:30:00`.
fn duration(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(':').collect();
    let seconds = match parts.as_slice() {
        [hours, minutes] => clock(hours, minutes, "0")?,
        [hours, minutes, seconds] => clock(hours, minutes, seconds)?,
        _ => match text.split_once("timedelta(") {
            Some((_, arguments)) => python(arguments.strip_suffix(')')?)?,
            // ISO 8601 puts a `T` before hours.
            None => match text.strip_prefix('p') {
                Some(iso) => counted(&iso.replace('t', ""))?,
                None => counted(text)?,
            },
        },
    };
    let whole = seconds.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&seconds);
    whole.then(|| Duration::seconds(seconds as u64).to_string())
}

fn clock(hours: &str, minutes: &str, seconds: &str) -> Option<f64> {
    let number = |text: &str| text.trim().parse::<u32>().ok().map(f64::from);
    Some(number(hours)? * 3_600.0 + number(minutes)? * 60.0 + number(seconds)?)
}

/// Numbers with their units behind them.
fn counted(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut sum = 0.0;
    while !rest.is_empty() {
        let number = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, after) = rest.split_at(number);
        let after = after.trim_start();
        let unit = after.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        sum += number.parse::<f64>().ok()? * seconds_of(unit)?;
        rest = after.trim_start_matches([',', ' ']).trim_start_matches("and ");
    }
    (sum > 0.0).then_some(sum)
}

/// Arguments of `timedelta`, such as `days=1, hours=2`; the first without a name is days.
fn python(arguments: &str) -> Option<f64> {
    let mut sum = 0.0;
    for argument in arguments.split(',').map(str::trim).filter(|argument| !argument.is_empty()) {
        let (unit, number) = argument.split_once('=').unwrap_or(("days", argument));
        sum += number.trim().parse::<f64>().ok()? * seconds_of(unit.trim())?;
    }
    (sum > 0.0).then_some(sum)
}

fn seconds_of(unit: &str) -> Option<f64> {
    UNITS.iter().find(|(words, _)| words.contains(&unit)).map(|(_, seconds)| *seconds)
}

/// Year, month and day in this order, however they are kept apart.
fn date(text: &str) -> Option<String> {
    let digits = text.split(['T', ' ']).next()?;
    let parts: Vec<&str> =
        digits.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        [whole] if whole.len() == 8 => (whole.get(..4)?, whole.get(4..6)?, whole.get(6..)?),
        _ => return None,
    };
    Some(format!("{year}-{month:0>2}-{day:0>2}"))
}

/// Hours and minutes: `6:30`, `06.30`, `0630`, `6:30 pm`, `6am`, `06:30:00`.
fn time_of_day(text: &str) -> Option<String> {
    let (text, later) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(text), _) => (text, Some(0)),
        (_, Some(text)) => (text, Some(12)),
        _ => (text, None),
    };
    let parts: Vec<&str> = text.trim().split([':', '.', 'h']).map(str::trim).collect();
    let (hours, minutes) = match parts.as_slice() {
        [whole] if whole.len() == 4 && later.is_none() => (whole.get(..2)?, whole.get(2..)?),
        [hours] if later.is_some() => (*hours, "00"),
        [hours, minutes] | [hours, minutes, "00"] => (*hours, *minutes),
        _ => return None,
    };
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let hours = later.map_or(hours, |later| hours % 12 + later);
    Some(format!("{hours:02}:{minutes:02}"))
}

/// The option that was meant, of several.
pub(super) fn nearest<'a>(written: &str, options: &[&'a str]) -> Option<&'a str> {
    closest(&plain(written), options.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_other_tools() {
        for (text, meant) in [
            ("5 minutes", "5m"),
            ("30 min", "30m"),
            ("1 hour", "1h"),
            ("2 weeks", "14d"),
            ("1w", "7d"),
            ("1.5h", "90m"),
            ("1 day, 2 hours", "26h"),
            ("pt1h", "1h"),
            ("p28d", "28d"),
            ("p1dt12h", "36h"),
            ("timedelta(hours=6)", "6h"),
            ("timedelta(1)", "1d"),
            ("datetime.timedelta(days=1, hours=2)", "26h"),
            ("06:00", "6h"),
            ("00:45:30", "2730s"),
        ] {
            assert_eq!(duration(text).as_deref(), Some(meant), "{text}");
        }
        for text in ["", "soon", "0h", "1 month", "5", "timedelta(x=1)", "1.5s", "h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn days_and_times_of_other_notations() {
        for (text, meant) in
            [("2026/1/2", "2026-01-02"), ("20260102", "2026-01-02"), ("2026年1月2日", "2026-01-02")]
        {
            assert_eq!(date(text).as_deref(), Some(meant));
        }
        assert_eq!(date("01.02.2026"), None, "a day or a month");
        for (text, meant) in [
            ("6:30", "06:30"),
            ("0630", "06:30"),
            ("6am", "06:00"),
            ("12:15 pm", "12:15"),
            ("06:30:00", "06:30"),
        ] {
            assert_eq!(time_of_day(text).as_deref(), Some(meant), "{text}");
        }
    }

    #[test]
    fn names_from_other_cases() {
        for (text, meant) in [
            ("daily_report", "daily-report"),
            ("Daily Report", "daily-report"),
            ("DailyReport", "daily-report"),
            ("SLA", "sla"),
            ("-daily--report-", "daily-report"),
        ] {
            assert_eq!(slug(text), meant);
        }
    }
}
