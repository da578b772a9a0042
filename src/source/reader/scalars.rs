//! Plain scalars by the YAML 1.2 core schema, as `serde_yaml` reads them.

use super::super::Value;

/// A plain scalar that is no value of ours.
pub(super) enum Refused {
    /// `.inf` or `.nan`.
    NotFinite,
    /// An integer that 64 bits do not hold; as a float it would lose digits.
    TooWide,
}

/// What a plain scalar means.
pub(super) fn plain(text: &str) -> Result<Value, Refused> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return Ok(Value::String(text.to_owned()));
    }
    let number = text.parse::<serde_yaml::Number>().ok();
    let whole =
        number.as_ref().and_then(|n| n.as_u64().map(Into::into).or_else(|| n.as_i64().map(Into::into)));
    if let Some(whole) = whole {
        return Ok(Value::Number(whole));
    }
    if is_integer(text) {
        return Err(Refused::TooWide);
    }
    match number.and_then(|number| number.as_f64()) {
        Some(float) => serde_json::Number::from_f64(float).map(Value::Number).ok_or(Refused::NotFinite),
        None => Ok(Value::String(text.to_owned())),
    }
}

/// Whether a text is written as an integer; leading zeros make it text.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, radix)| digits.strip_prefix(prefix).map(|digits| (radix, digits)));
    let (radix, digits) = prefixed.unwrap_or((10, digits));
    let padded = radix == 10 && digits.len() > 1 && digits.starts_with('0');
    !padded && !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(text: &str) -> String {
        match plain(text) {
            Ok(Value::Null) => "null".to_owned(),
            Ok(Value::Bool(truth)) => truth.to_string(),
            Ok(Value::Number(number)) => number.to_string(),
            Ok(Value::String(text)) => format!("{text:?}"),
            Ok(other) => panic!("{other:?}"),
            Err(Refused::NotFinite) => "not finite".to_owned(),
            Err(Refused::TooWide) => "too wide".to_owned(),
        }
    }

    #[test]
    fn the_core_schema() {
        for (text, expected) in [
            ("", "null"),
            ("~", "null"),
            ("True", "true"),
            ("tRUE", "\"tRUE\""),
            ("no", "\"no\""),
            ("12", "12"),
            ("+12", "12"),
            ("-0", "0"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("017", "\"017\""),
            ("1_000", "\"1_000\""),
            ("1e3", "1000.0"),
            (".5", "0.5"),
            ("1e400", "\"1e400\""),
            ("-.inf", "not finite"),
            (".NaN", "not finite"),
            ("18446744073709551615", "18446744073709551615"),
            ("18446744073709551616", "too wide"),
            ("-9223372036854775809", "too wide"),
            ("0xFFFFFFFFFFFFFFFFF", "too wide"),
            ("12:30", "\"12:30\""),
            ("2026-01-01", "\"2026-01-01\""),
            ("-", "\"-\""),
        ] {
            assert_eq!(meaning(text), expected, "{text}");
        }
    }
}
