//! Arguments that no function of BigQuery takes: their number, parts of times in quotes, patterns that RE2 cannot read.

use sqlparser::ast::{Expr, UnaryOperator, Value};
use std::borrow::Cow;

const RE2: &str = "write it as RE2 has it: <https://github.com/google/re2/wiki/Syntax>";

/// Functions, with the least and the most arguments, and how one is written.
const COUNTS: &[(&str, usize, usize, &str)] = &[
    ("ABS", 1, 1, "ABS(x)"),
    ("ARRAY_LENGTH", 1, 1, "ARRAY_LENGTH(list)"),
    ("BYTE_LENGTH", 1, 1, "BYTE_LENGTH(text)"),
    ("CHAR_LENGTH", 1, 1, "CHAR_LENGTH(text)"),
    ("COALESCE", 1, usize::MAX, "COALESCE(x, y)"),
    ("CONCAT", 1, usize::MAX, "CONCAT(x, y)"),
    ("DATETIME_ADD", 2, 2, "DATETIME_ADD(time, INTERVAL 1 HOUR)"),
    ("DATETIME_DIFF", 3, 3, "DATETIME_DIFF(to, from, HOUR)"),
    ("DATETIME_SUB", 2, 2, "DATETIME_SUB(time, INTERVAL 1 HOUR)"),
    ("DATETIME_TRUNC", 2, 3, "DATETIME_TRUNC(time, HOUR)"),
    ("DATE_ADD", 2, 2, "DATE_ADD(day, INTERVAL 7 DAY)"),
    ("DATE_DIFF", 3, 3, "DATE_DIFF(to, from, DAY)"),
    ("DATE_SUB", 2, 2, "DATE_SUB(day, INTERVAL 7 DAY)"),
    ("DATE_TRUNC", 2, 3, "DATE_TRUNC(day, MONTH)"),
    ("DIV", 2, 2, "DIV(a, b)"),
    ("ENDS_WITH", 2, 2, "ENDS_WITH(text, part)"),
    ("FORMAT_DATE", 2, 2, "FORMAT_DATE('%Y-%m', day)"),
    ("IF", 3, 3, "IF(condition, x, y)"),
    ("IFNULL", 2, 2, "IFNULL(x, y)"),
    ("IS_INF", 1, 1, "IS_INF(x)"),
    ("IS_NAN", 1, 1, "IS_NAN(x)"),
    ("LEFT", 2, 2, "LEFT(text, 3)"),
    ("LENGTH", 1, 1, "LENGTH(text)"),
    ("LOWER", 1, 1, "LOWER(text)"),
    ("MOD", 2, 2, "MOD(a, b)"),
    ("NULLIF", 2, 2, "NULLIF(x, y)"),
    ("PARSE_DATE", 2, 2, "PARSE_DATE('%Y-%m-%d', text)"),
    ("REGEXP_CONTAINS", 2, 2, "REGEXP_CONTAINS(text, r'pattern')"),
    ("REGEXP_REPLACE", 3, 3, "REGEXP_REPLACE(text, r'pattern', 'by')"),
    ("REPLACE", 3, 3, "REPLACE(text, 'this', 'by')"),
    ("RIGHT", 2, 2, "RIGHT(text, 3)"),
    ("SAFE_DIVIDE", 2, 2, "SAFE_DIVIDE(a, b)"),
    ("STARTS_WITH", 2, 2, "STARTS_WITH(text, part)"),
    ("STRPOS", 2, 2, "STRPOS(text, part)"),
    ("TIMESTAMP_ADD", 2, 2, "TIMESTAMP_ADD(time, INTERVAL 1 HOUR)"),
    ("TIMESTAMP_DIFF", 3, 3, "TIMESTAMP_DIFF(to, from, HOUR)"),
    ("TIMESTAMP_SUB", 2, 2, "TIMESTAMP_SUB(time, INTERVAL 1 HOUR)"),
    ("TIMESTAMP_TRUNC", 2, 3, "TIMESTAMP_TRUNC(time, HOUR)"),
    ("TIME_ADD", 2, 2, "TIME_ADD(time, INTERVAL 1 HOUR)"),
    ("TIME_DIFF", 3, 3, "TIME_DIFF(to, from, HOUR)"),
    ("TIME_SUB", 2, 2, "TIME_SUB(time, INTERVAL 1 HOUR)"),
    ("TIME_TRUNC", 2, 2, "TIME_TRUNC(time, HOUR)"),
    ("UPPER", 1, 1, "UPPER(text)"),
];

/// What is wrong with the arguments of a function, in capitals, and what to do. `written` is how a literal stands there.
pub(super) fn fault(
    name: &str,
    arguments: &[&Expr],
    written: &dyn Fn(&Expr) -> String,
) -> Option<(String, Cow<'static, str>)> {
    if let Some((_, least, most, example)) = COUNTS.iter().find(|(of, ..)| *of == name) {
        let write = format!("write `{example}`");
        if !(*least..=*most).contains(&arguments.len()) {
            let what = match arguments.len() {
                0 => format!("`{name}` takes arguments"),
                1 => format!("`{name}` does not take one argument alone"),
                count => format!("`{name}` does not take {count} arguments"),
            };
            return Some((what, write.into()));
        }
        let is_of_times =
            ["DATE", "DATETIME", "TIMESTAMP", "TIME"].iter().find_map(|of| name.strip_prefix(of));
        let fault = match (is_of_times, arguments) {
            (Some("_ADD" | "_SUB"), [_, amount]) if is_literal(amount) => Some("takes an interval"),
            (Some("_TRUNC"), [part, _, ..]) if is_part(part) => Some("takes the part second, without quotes"),
            (Some("_TRUNC"), [_, part, ..]) | (Some("_DIFF"), [_, _, part]) if is_literal(part) => {
                Some("takes the part without quotes")
            }
            (Some("_DIFF"), [part, _, _]) if is_part(part) => Some("takes the part last, without quotes"),
            _ => None,
        };
        if let Some(fault) = fault {
            return Some((format!("`{name}` {fault}"), write.into()));
        }
    }
    if !name.starts_with("REGEXP_") {
        return None;
    }
    let pattern = pattern(arguments.get(1)?, written)?;
    let fault = unreadable(&pattern)?;
    Some((format!("the pattern of `{name}` cannot be read: {fault}"), RE2.into()))
}

fn is_literal(expression: &Expr) -> bool {
    match expression {
        Expr::Value(value) => value.value != Value::Null,
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => is_literal(expr),
        _ => false,
    }
}

/// Whether a text is the name of a part.
fn is_part(expression: &Expr) -> bool {
    const PARTS: [&str; 9] =
        ["SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "ISOWEEK", "MONTH", "QUARTER", "YEAR"];
    let Expr::Value(value) = expression else { return false };
    value.value.clone().into_string().is_some_and(|text| PARTS.contains(&text.to_uppercase().as_str()))
}

/// A pattern that stands there letter by letter; what escapes are read as is the parser's own.
fn pattern(expression: &Expr, written: &dyn Fn(&Expr) -> String) -> Option<String> {
    let Expr::Value(value) = expression else { return None };
    match &value.value {
        Value::SingleQuotedRawStringLiteral(text) | Value::DoubleQuotedRawStringLiteral(text) => {
            Some(text.clone())
        }
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => {
            (!written(expression).contains('\\')).then(|| text.clone())
        }
        _ => None,
    }
}

/// Why RE2, which BigQuery reads patterns with, surely refuses one.
fn unreadable(pattern: &str) -> Option<&'static str> {
    let mut rest = pattern;
    let mut open = 0_usize;
    let mut repeats = false;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        let was_repeated = std::mem::take(&mut repeats);
        rest = after;
        match letter {
            '\\' => {
                let next = after.chars().next();
                match next {
                    None => return Some("it ends with a backslash"),
                    Some('1'..='9') => return Some("there are no back references"),
                    Some('Q') => {
                        rest = after.split_once("\\E").map_or("", |(_, rest)| rest);
                        continue;
                    }
                    Some(_) => {}
                }
                rest = after.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
            }
            '[' => match after_class(after) {
                Some(behind) => rest = behind,
                None => return Some("a `[` has no `]`"),
            },
            '(' => {
                let looks = ["?=", "?!", "?<=", "?<!"];
                if looks.iter().any(|look| after.starts_with(look)) {
                    return Some("it cannot look ahead or behind");
                }
                if after.starts_with("?>") {
                    return Some("there are no atomic groups");
                }
                if after.starts_with("?P=") {
                    return Some("there are no back references");
                }
                open += 1;
            }
            ')' if open == 0 => return Some("a `)` has no `(`"),
            ')' => open -= 1,
            '*' | '+' if was_repeated => return Some("a repetition is repeated"),
            '*' | '+' => repeats = true,
            _ => {}
        }
    }
    (open > 0).then_some("a `(` has no `)`")
}

/// What follows a class of letters, whose `[` has been read.
fn after_class(text: &str) -> Option<&str> {
    let mut rest = text.strip_prefix('^').unwrap_or(text);
    // At the beginning it is a letter of the class.
    rest = rest.strip_prefix(']').unwrap_or(rest);
    loop {
        let letter = rest.chars().next()?;
        let named = rest.strip_prefix("[:").and_then(|name| name.split_once(":]"));
        rest = match (letter, named) {
            (']', _) => return rest.strip_prefix(']'),
            ('[', Some((_, behind))) => behind,
            ('\\', _) => rest.get(1..).and_then(|rest| rest.get(rest.chars().next()?.len_utf8()..))?,
            _ => rest.get(letter.len_utf8()..)?,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::super::Condition;
    use super::*;

    #[test]
    fn arguments_that_no_function_takes_are_refused() {
        for (text, message) in [
            ("DATE_TRUNC('day', a) = d", "`DATE_TRUNC` takes the part second, without quotes"),
            ("DATE_TRUNC(a, 'DAY') = d", "`DATE_TRUNC` takes the part without quotes"),
            ("d > DATE_SUB(CURRENT_DATE(), 7)", "`DATE_SUB` takes an interval"),
            ("DATE_DIFF(a, b) > 1", "`DATE_DIFF` does not take 2 arguments"),
            ("DATE_DIFF('day', a, b) > 1", "`DATE_DIFF` takes the part last, without quotes"),
            ("IF(a, TRUE)", "`IF` does not take 2 arguments"),
            ("NULLIF(a) IS NULL", "`NULLIF` does not take one argument alone"),
            ("STARTS_WITH(a)", "`STARTS_WITH` does not take one argument alone"),
            ("COALESCE()", "`COALESCE` takes arguments"),
        ] {
            assert_eq!(Condition::parse(text).unwrap_err().message, message, "{text}");
        }
    }

    #[test]
    fn patterns_that_re2_cannot_read_are_refused() {
        for pattern in [
            "(?=a)",
            "(?<!a)b",
            "(a)\\1",
            "(a",
            "a)",
            "[a",
            "[]",
            "a**",
            "a*+",
            "(?>a)",
            "(?P=a)",
            "[[:alpha:]",
            "a\\",
        ] {
            assert!(unreadable(pattern).is_some(), "{pattern}");
        }
        let patterns = [
            "^(paid|sent)$",
            "a+?b*?",
            "[]a]",
            "[^]]",
            "[[:alpha:](]",
            "[\\]]",
            "\\(",
            "\\Q(\\E",
            "\\pN\\_\\C",
            "a{,2}{",
            "(?i)(?P<a>b)(?:c)",
            "[(*+]",
            "a\\*+",
            "日+",
        ];
        for pattern in patterns {
            assert_eq!(unreadable(pattern), None, "{pattern}");
        }
        assert!(Condition::parse("REGEXP_CONTAINS(a, r'(?=x)')").is_err());
        assert!(Condition::parse("REGEXP_CONTAINS(a, r'^\\d+$') AND REGEXP_CONTAINS(a, '\\\\(x')").is_ok());
    }
}
