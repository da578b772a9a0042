//! What can be true: a condition, and each side of `AND`, `OR` and `NOT`, is a BOOL.

use super::functions;
use sqlparser::ast::{BinaryOperator, DataType, Expr, Function, UnaryOperator, Value};
use std::borrow::Cow;

/// Why an expression is surely no BOOL, and what to do; `None` where it may be one.
pub(super) fn lacks(expression: &Expr) -> Option<(Cow<'static, str>, &'static str)> {
    use BinaryOperator as Is;
    let what: Cow<'static, str> = match expression {
        Expr::Nested(inner) => return lacks(inner),
        Expr::BinaryOp { op: Is::StringConcat, .. } => {
            return Some(("`||` joins texts, and is true for no row".into(), OR));
        }
        Expr::BinaryOp { op, .. } => match op {
            Is::Plus
            | Is::Minus
            | Is::Multiply
            | Is::Divide
            | Is::BitwiseAnd
            | Is::BitwiseOr
            | Is::BitwiseXor
            | Is::PGBitwiseShiftLeft
            | Is::PGBitwiseShiftRight => format!("what `{op}` computes is").into(),
            _ => return None,
        },
        Expr::UnaryOp {
            op: UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::BitwiseNot, ..
        } => "a number is".into(),
        Expr::Value(value) => match &value.value {
            Value::Null | Value::Boolean(_) => return None,
            Value::Number(..) | Value::HexStringLiteral(_) => "a number is".into(),
            Value::DoubleQuotedString(_) => {
                return Some((
                    "a text in double quotes is neither true nor false".into(),
                    "write a column in backticks: `` `is_paid` ``",
                ));
            }
            _ => {
                return Some((
                    "a text is neither true nor false".into(),
                    "write `OR status = 'b'`, or `status IN ('a', 'b')`",
                ));
            }
        },
        Expr::TypedString(literal) => format!("a value of the type {} is", literal.data_type).into(),
        Expr::Cast { data_type, .. } => match data_type {
            DataType::Bool | DataType::Boolean => return None,
            _ => format!("a value of the type {data_type} is").into(),
        },
        Expr::Extract { .. } => "a part of a time is".into(),
        Expr::Interval(_) => "an interval is".into(),
        Expr::Array(_) => "a list is".into(),
        Expr::Tuple(_) => "several values are".into(),
        Expr::Ceil { .. } => "what `CEIL` gives is".into(),
        Expr::Floor { .. } => "what `FLOOR` gives is".into(),
        Expr::Substring { .. } => "what `SUBSTRING` gives is".into(),
        Expr::Trim { .. } => "what `TRIM` gives is".into(),
        Expr::Function(function) => format!("what `{}` gives is", never_bool(function)?).into(),
        _ => return None,
    };
    Some((format!("{what} neither true nor false").into(), "compare it, such as `LENGTH(status) > 0`"))
}

const OR: &str = "write `OR`";

/// The name of a function that never gives a BOOL, also where `SAFE.` stands before it.
fn never_bool(function: &Function) -> Option<String> {
    let names: Option<Vec<String>> =
        function.name.0.iter().map(|part| Some(part.as_ident()?.value.to_uppercase())).collect();
    let name = match names?.as_slice() {
        [name] => name.clone(),
        [safe, name] if safe == "SAFE" => name.clone(),
        _ => return None,
    };
    functions::is_never_bool(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::Condition;

    #[test]
    fn what_is_no_bool_is_no_condition() {
        for (text, message) in [
            ("a + 1", "what `+` computes is neither true nor false"),
            ("(a = 1) || (b = 2)", "`||` joins texts, and is true for no row"),
            ("a = 'x' || b = 'y'", "`||` joins texts, and is true for no row"),
            ("a = 1 AND 'x'", "a text is neither true nor false"),
            ("a = 'x' OR 'y'", "a text is neither true nor false"),
            ("NOT 1", "a number is neither true nor false"),
            ("b = 1 AND (LENGTH(a))", "what `LENGTH` gives is neither true nor false"),
            ("safe.lower(a) OR b", "what `LOWER` gives is neither true nor false"),
            ("CAST(a AS INT64)", "a value of the type INT64 is neither true nor false"),
            ("a = 1 OR \"b\"", "a text in double quotes is neither true nor false"),
            ("CASE WHEN LENGTH(a) THEN TRUE END", "what `LENGTH` gives is neither true nor false"),
        ] {
            assert_eq!(Condition::parse(text).unwrap_err().message, message, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_bool_is_taken() {
        for text in [
            "a",
            "a.b AND NOT c",
            "NULL OR a",
            "IF(a, b, c)",
            "COALESCE(a, FALSE)",
            "STARTS_WITH(a, 'x') AND tools.length(b)",
            "CAST(a AS BOOL)",
            "LAX_BOOL(a)",
            "list[SAFE_OFFSET(0)]",
            "a || b = 'xy'",
            "CASE a WHEN 1 THEN TRUE END",
        ] {
            assert!(Condition::parse(text).is_ok(), "{text}: {:?}", Condition::parse(text));
        }
    }
}
