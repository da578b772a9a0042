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
