//! Plain scalars that readers of YAML do not agree on.
//!
//! Genkai reads the core schema of YAML 1.2, as `serde_yaml` does. Much around it still reads YAML 1.1, in which `no` is
//! false, `012` is ten and `16:30` is a number in base 60 (<https://yaml.org/type/>); and `serde_yaml` leaves the core
//! schema in places. What means the same to all of them is fine; so are dates, which are dates to everybody.

use super::super::Value;

/// What a reader makes of a plain scalar that is not null.
#[derive(Clone, Copy, PartialEq)]
enum Meaning {
    Truth(bool),
    Number(f64),
    /// `16:30`: minutes to one reader, hours or seconds to the next.
    Base60,
    Text,
}

impl Meaning {
    fn words(self) -> String {
        match self {
            Meaning::Truth(truth) => format!("`{truth}`"),
            // Adding zero takes the sign from it.
            Meaning::Number(number) => format!("the number {}", number + 0.0),
            Meaning::Base60 => "a number in base 60".to_owned(),
            Meaning::Text => "text".to_owned(),
        }
    }
}

/// How readers differ.
pub(super) struct Disagreement {
    /// What a plain scalar is here, in words.
    pub here: String,
    /// What it is elsewhere, in words.
    pub elsewhere: String,
    /// The number that it is here.
    pub number: Option<f64>,
}

/// How other readers differ about a plain scalar from the value that it is here.
pub(super) fn disagreement(text: &str, value: &Value) -> Option<Disagreement> {
    let here = match value {
        Value::Bool(truth) => Meaning::Truth(*truth),
        Value::Number(number) => Meaning::Number(number.as_f64()?),
        Value::String(_) => Meaning::Text,
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => return None,
    };
    let elsewhere = [yaml_1_1(text), yaml_1_2(text)].into_iter().find(|elsewhere| *elsewhere != here)?;
    let number = if let Meaning::Number(number) = here { Some(number) } else { None };
    Some(Disagreement { here: here.words(), elsewhere: elsewhere.words(), number })
}

/// YAML 1.1 as its types are defined, numbers as PyYAML reads them, and base 60 also after a leading zero, as Ruby does.
fn yaml_1_1(text: &str) -> Meaning {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Meaning::Truth(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Meaning::Truth(false),
        _ => {}
    }
    if let Some(meaning) = truth(text) {
        return meaning;
    }
    let (negative, digits) = signed(text);
    if is_base_60(digits) {
        return Meaning::Base60;
    }
    let whole = |radix: u32, digits: &str| {
        let digits = digits.replace('_', "");
        let number = u128::from_str_radix(&digits, radix).ok().map(|number| number as f64);
        // What is too long for any integer is a large number all the same, and underscores alone are not one.
        number.or_else(|| (radix == 10).then(|| digits.parse().ok()).flatten())
    };
    let starts_with_digit = digits.starts_with(|first: char| first.is_ascii_digit());
    let number = if let Some(digits) = digits.strip_prefix("0b").filter(|digits| only(digits, "01_")) {
        whole(2, digits)
    } else if let Some(digits) =
        digits.strip_prefix("0x").filter(|digits| only(digits, "0123456789abcdefABCDEF_"))
    {
        whole(16, digits)
    } else if digits.len() > 1 && digits.starts_with('0') && only(digits, "01234567_") {
        whole(8, digits)
    } else if starts_with_digit && (digits == "0" || !digits.starts_with('0')) && only(digits, "0123456789_")
    {
        whole(10, digits)
    } else {
        fraction_1_1(digits, digits.len() < text.len())
    };
    number.map_or(Meaning::Text, |number| Meaning::Number(if negative { -number } else { number }))
}

/// A dot is needed, and so is the sign of an exponent.
fn fraction_1_1(digits: &str, has_sign: bool) -> Option<f64> {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (before, after) = mantissa.split_once('.')?;
    let is_number = match before {
        "" => !has_sign && after.starts_with(|first: char| first.is_ascii_digit()),
        before => before.starts_with(|first: char| first.is_ascii_digit()) && only(before, "0123456789_"),
    };
    let is_fraction = is_number && (after.is_empty() || only(after, "0123456789_"));
    let is_exponent = exponent.is_none_or(|exponent| {
        exponent.strip_prefix(['-', '+']).is_some_and(|digits| only(digits, "0123456789"))
    });
    (is_fraction && is_exponent).then(|| digits.replace('_', "").parse().ok()).flatten()
}

/// `16:30`, `1:02:03.5`
fn is_base_60(digits: &str) -> bool {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let is_part = |part: &str| {
        part.len() <= 2 && only(part, "0123456789") && part.parse::<u8>().is_ok_and(|part| part < 60)
    };
    let rest: Vec<&str> = parts.collect();
    first.starts_with(|first: char| first.is_ascii_digit())
        && only(first, "0123456789_")
        && !rest.is_empty()
        && rest.iter().all(|part| is_part(part))
        && (fraction.is_empty() || only(fraction, "0123456789_"))
}

/// The core schema of YAML 1.2, chapter 10.3.2.
fn yaml_1_2(text: &str) -> Meaning {
    if let Some(meaning) = truth(text) {
        return meaning;
    }
    let prefixed = |prefix, letters, radix| {
        let digits = text.strip_prefix(prefix).filter(|digits| only(digits, letters))?;
        u128::from_str_radix(digits, radix).ok().map(|number| Meaning::Number(number as f64))
    };
    if let Some(meaning) =
        prefixed("0o", "01234567", 8).or_else(|| prefixed("0x", "0123456789abcdefABCDEF", 16))
    {
        return meaning;
    }
    // What is left is what Rust reads as a number, but for its words.
    match text.parse() {
        Ok(number) if only(text, "0123456789+-.eE") => Meaning::Number(number),
        _ => Meaning::Text,
    }
}

fn truth(text: &str) -> Option<Meaning> {
    match text {
        "true" | "True" | "TRUE" => Some(Meaning::Truth(true)),
        "false" | "False" | "FALSE" => Some(Meaning::Truth(false)),
        _ => None,
    }
}

/// Whether a number is negative, and what follows its sign.
fn signed(text: &str) -> (bool, &str) {
    (text.starts_with('-'), text.strip_prefix(['-', '+']).unwrap_or(text))
}

/// Whether a text is made of these letters, at least one.
fn only(text: &str, letters: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letters.contains(letter))
}
