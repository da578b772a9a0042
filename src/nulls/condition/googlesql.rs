//! What of a parsed condition is GoogleSQL. The parser reads several dialects as one; what is not named here is refused,
//! with the way to write it where there is one.

use super::{ConditionError, arguments, functions, literals, sense, truth, wrong};
use crate::diagnostics::shown;
use sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, CeilFloorKind, DataType, Expr, ExtractSyntax, Function,
    FunctionArg, FunctionArgExpr, FunctionArguments, Ident, InTarget, Interval, Subscript, UnaryOperator,
    Value,
};
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

/// Words that GoogleSQL keeps for itself: a column of such a name stands in backticks.
const RESERVED: &str = " ALL AND ANY ARRAY AS ASC ASSERT_ROWS_MODIFIED AT BETWEEN BY CASE CAST COLLATE CONTAINS CREATE CROSS CUBE \
     CURRENT DEFAULT DEFINE DESC DISTINCT ELSE END ENUM ESCAPE EXCEPT EXCLUDE EXISTS EXTRACT FALSE FETCH FOLLOWING FOR FROM \
     FULL GROUP GROUPING GROUPS HASH HAVING IF IGNORE IN INNER INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LIKE LIMIT \
     LOOKUP MERGE NATURAL NEW NO NOT NULL NULLS OF ON OR ORDER OUTER OVER PARTITION PRECEDING PROTO QUALIFY RANGE RECURSIVE \
     RESPECT RIGHT ROLLUP ROWS SELECT SET SOME STRUCT TABLESAMPLE THEN TO TREAT TRUE UNBOUNDED UNION UNNEST USING WHEN WHERE \
     WINDOW WITH WITHIN ";

/// Those of them that are functions, too.
const FUNCTIONS: &str = " COLLATE IF LEFT RIGHT ";

/// The types of BigQuery.
const TYPES: &str = " ARRAY BIGDECIMAL BIGINT BIGNUMERIC BOOL BOOLEAN BYTEINT BYTES DATE DATETIME DECIMAL FLOAT64 GEOGRAPHY INT INT64 \
     INTEGER INTERVAL JSON NUMERIC SMALLINT STRING STRUCT TIME TIMESTAMP TINYINT ";

/// The types whose values can be written as a word and a text.
const LITERALS: &str = " BIGDECIMAL BIGNUMERIC DATE DATETIME DECIMAL JSON NUMERIC TIME TIMESTAMP ";

/// The parts of dates and times.
const PARTS: &str = " DATE DAY DAYOFWEEK DAYOFYEAR HOUR ISOWEEK ISOYEAR MICROSECOND MILLISECOND MINUTE MONTH QUARTER SECOND TIME \
     WEEK YEAR ";

fn is_in(word: &str, list: &str) -> bool {
    !word.is_empty() && !word.contains(' ') && list.contains(&format!(" {} ", word.to_uppercase()))
}

/// Refuses an expression that is no GoogleSQL, and says whether it asks a column; `place` gives the bytes of a part of
/// its text.
pub(super) fn check(
    text: &str,
    expression: &Expr,
    place: &dyn Fn(&Expr) -> Range<usize>,
) -> Result<bool, ConditionError> {
    let checker = Checker { text, place, asks_a_column: Cell::new(false) };
    checker.condition(expression).map(|()| checker.asks_a_column.get())
}

struct Checker<'a> {
    text: &'a str,
    place: &'a dyn Fn(&Expr) -> Range<usize>,
    asks_a_column: Cell<bool>,
}

type Checked = Result<(), ConditionError>;

impl Checker<'_> {
    fn refuse(
        &self,
        expression: &Expr,
        what: impl Into<String>,
        help: impl Into<Cow<'static, str>>,
    ) -> Checked {
        Err(wrong(what, "no GoogleSQL", help, (self.place)(expression)))
    }

    fn all<'e>(&self, expressions: impl IntoIterator<Item = &'e Expr>) -> Checked {
        expressions.into_iter().try_for_each(|expression| self.expression(expression))
    }

    /// A chain such as `a AND b AND c` is as deep as it is long, on its left side: that is walked, not descended.
    fn expression(&self, expression: &Expr) -> Checked {
        let mut expression = expression;
        while let Expr::BinaryOp { left, op, right } = expression {
            self.binary(expression, left, op, right)?;
            expression = left;
        }
        self.term(expression)
    }

    /// An expression that has to be true or false.
    fn condition(&self, expression: &Expr) -> Checked {
        self.expression(expression)?;
        self.is_a_bool(expression)
    }

    fn is_a_bool(&self, expression: &Expr) -> Checked {
        match truth::lacks(expression) {
            Some((what, help)) => self.refuse(expression, what, help),
            None => Ok(()),
        }
    }

    fn term(&self, expression: &Expr) -> Checked {
        match expression {
            Expr::Identifier(name) => {
                self.asks_a_column.set(true);
                self.name(expression, name)
            }
            Expr::CompoundIdentifier(names) => match names.split_first() {
                Some((first, rest)) => {
                    self.asks_a_column.set(true);
                    self.name(expression, first)?;
                    rest.iter().try_for_each(|name| self.field(expression, name))
                }
                None => Ok(()),
            },
            Expr::CompoundFieldAccess { root, access_chain } => {
                self.operand(root)?;
                access_chain.iter().try_for_each(|access| self.access(expression, access))
            }
            Expr::Nested(inner) => self.expression(inner),
            Expr::IsTrue(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsFalse(inner)
            | Expr::IsNotFalse(inner)
            | Expr::IsNull(inner)
            | Expr::IsNotNull(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotUnknown(inner) => self.compared(inner),
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                self.compared(left)?;
                self.compared(right)
            }
            Expr::In { expr, target, negated: _, global } => {
                self.compared(expr)?;
                match target {
                    InTarget::List(list) if !global && !list.is_empty() => self.all(list),
                    InTarget::Unnest(list) if !global => self.expression(list),
                    _ => self.refuse(
                        expression,
                        "`IN` needs a list of values",
                        "write the values in parentheses, such as `status IN ('paid', 'sent')`",
                    ),
                }
            }
            Expr::Between { expr, negated: _, low, high } => {
                [expr, low, high].into_iter().try_for_each(|part| self.compared(part))
            }
            Expr::Like { negated: _, any: false, expr, pattern, escape_char: None } => {
                self.compared(expr)?;
                self.compared(pattern)
            }
            Expr::Like { negated: _, any: true, expr, pattern, escape_char: None }
                if matches!(**pattern, Expr::Tuple(_) | Expr::Nested(_)) =>
            {
                self.compared(expr)?;
                self.expression(pattern)
            }
            Expr::Like { .. } => self.refuse(
                expression,
                "`LIKE` takes no `ESCAPE`",
                "a backslash makes the next character itself, such as r'100\\%'",
            ),
            Expr::ILike { .. } => {
                self.refuse(expression, "there is no `ILIKE`", "write `LOWER(status) LIKE 'dr%'`")
            }
            Expr::SimilarTo { .. } | Expr::RLike { .. } => {
                self.refuse(expression, "there is no operator for regular expressions", REGEXP)
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => self.condition(expr),
            Expr::UnaryOp {
                op: UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::BitwiseNot,
                expr,
            } => self.operand(expr),
            Expr::UnaryOp { op, .. } => self.refuse(
                expression,
                format!("there is no operator `{op}`"),
                "write `NOT` for the opposite",
            ),
            Expr::Cast { kind, expr, data_type, format: _ } => {
                if !matches!(kind, CastKind::Cast | CastKind::SafeCast) {
                    return self.refuse(
                        expression,
                        "a value is cast by a function",
                        "write `CAST(x AS STRING)`, or `SAFE_CAST` for NULL where it cannot be",
                    );
                }
                self.expression(expr)?;
                self.data_type(expression, data_type)
            }
            Expr::Extract { field, syntax: ExtractSyntax::From, expr } => {
                if !is_in(&field.to_string(), PARTS) {
                    let help = "the parts are YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, HOUR, MINUTE, SECOND and some more";
                    return self.refuse(
                        expression,
                        format!("there is no part `{field}` of a date or time"),
                        help,
                    );
                }
                match &**expr {
                    Expr::AtTimeZone { timestamp, time_zone } => self.all([&**timestamp, &**time_zone]),
                    expr => self.expression(expr),
                }
            }
            Expr::Ceil { expr, field } | Expr::Floor { expr, field } => match field {
                CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime) => {
                    self.expression(expr)
                }
                _ => self.refuse(expression, "`CEIL` and `FLOOR` take one number", "write `FLOOR(x)`"),
            },
            Expr::Substring { expr, substring_from, substring_for, special: true, .. } => self.all(
                [Some(expr), substring_from.as_ref(), substring_for.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(|part| &**part),
            ),
            Expr::Substring { .. } => self.refuse(
                expression,
                "`SUBSTRING` takes its arguments with commas",
                "write `SUBSTR(x, 1, 3)`",
            ),
            Expr::Trim { trim_where: None, trim_what: None, expr, trim_characters } => {
                self.expression(expr)?;
                self.all(trim_characters.iter().flatten())
            }
            Expr::Trim { .. } => self.refuse(
                expression,
                "`TRIM` takes its arguments with commas",
                "write `TRIM(x)`, `LTRIM(x)` or `RTRIM(x)`",
            ),
            Expr::Value(value) => self.literal(expression, &value.value),
            Expr::TypedString(literal) => {
                let name = literal.data_type.to_string();
                match is_in(&name, LITERALS) && !literal.uses_odbc_syntax {
                    true => {
                        self.literal(expression, &literal.value.value)?;
                        self.readable(expression, &name, &literal.value.value)
                    }
                    false => self.refuse(
                        expression,
                        format!("there are no literals of the type `{name}`"),
                        "write a DATE, DATETIME, TIME, TIMESTAMP, NUMERIC or JSON as `DATE '2026-01-01'`",
                    ),
                }
            }
            Expr::Function(function) => self.function(expression, function),
            Expr::Case { operand, conditions, else_result, .. } => {
                if operand.is_none() {
                    conditions.iter().try_for_each(|when| self.is_a_bool(&when.condition))?;
                }
                let whens = conditions.iter().flat_map(|when| [&when.condition, &when.result]);
                self.all(operand.as_deref().into_iter().chain(whens).chain(else_result.as_deref()))
            }
            Expr::Array(array) => self.all(&array.elem),
            Expr::Tuple(parts) if parts.len() > 1 => self.all(parts),
            Expr::Interval(interval) => self.interval(expression, interval),
            Expr::JsonAccess { .. } => self.refuse(expression, "there is no `:` for fields of JSON", JSON),
            _ => self.refuse(
                expression,
                "this is not GoogleSQL",
                "write it with the operators and functions of BigQuery, or let a view hold it",
            ),
        }
    }

    fn name(&self, expression: &Expr, name: &Ident) -> Checked {
        if name.quote_style.is_none() && is_in(&name.value, RESERVED) {
            let word = &name.value;
            return self.refuse(
                expression,
                format!("`{word}` is a word of SQL"),
                format!("write the column as `` `{word}` ``"),
            );
        }
        self.field(expression, name)
    }

    fn field(&self, expression: &Expr, name: &Ident) -> Checked {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let word = &name.value;
        match name.quote_style {
            None if word.chars().all(plain) && !word.starts_with(|first: char| first.is_ascii_digit()) => {
                Ok(())
            }
            None => self.refuse(
                expression,
                format!("`{word}` is no name without backticks"),
                format!("write it as `` `{word}` ``"),
            ),
            Some('`') if !word.is_empty() && !word.contains(['\\', '`']) => Ok(()),
            Some(_) => self.refuse(
                expression,
                "a name stands in backticks",
                "write it as `` `order id` ``, without quotes and backslashes",
            ),
        }
    }

    fn access(&self, expression: &Expr, access: &AccessExpr) -> Checked {
        match access {
            AccessExpr::Dot(Expr::Identifier(name)) => self.field(expression, name),
            AccessExpr::Subscript(Subscript::Index { index }) => self.expression(index),
            AccessExpr::Dot(_) | AccessExpr::Subscript(_) => {
                self.refuse(expression, "a list is asked for one item", "write `list[SAFE_OFFSET(0)]`")
            }
        }
    }

    /// A part of a comparison, which is no comparison itself without parentheses.
    fn compared(&self, expression: &Expr) -> Checked {
        self.is_no_comparison(expression)?;
        self.operand(expression)
    }

    fn is_no_comparison(&self, expression: &Expr) -> Checked {
        use BinaryOperator as Is;
        let comparison = match expression {
            Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::In { .. }
            | Expr::Between { .. }
            | Expr::Like { .. } => true,
            Expr::BinaryOp { op, .. } => sense::compares(op),
            _ => false,
        };
        // `a = 1 || b = 2` is read as `a = (1 || b) = 2`.
        if let Expr::BinaryOp { right, .. } = expression
            && comparison
            && matches!(**right, Expr::BinaryOp { op: Is::StringConcat, .. })
            && let Some((what, help)) = truth::lacks(right)
        {
            return self.refuse(expression, what, help);
        }
        match comparison {
            true => self.refuse(
                expression,
                "a comparison of comparisons needs parentheses",
                "write `(a = 1) IS TRUE`, or `a = 1 AND b = 1`",
            ),
            false => self.binds_tightly(expression),
        }
    }

    /// A part of something that binds more tightly than AND, OR and NOT.
    fn operand(&self, expression: &Expr) -> Checked {
        self.binds_tightly(expression)?;
        self.expression(expression)
    }

    fn binds_tightly(&self, expression: &Expr) -> Checked {
        match expression {
            Expr::UnaryOp { op: UnaryOperator::Not, .. }
            | Expr::BinaryOp { op: BinaryOperator::And | BinaryOperator::Or, .. } => {
                self.refuse(expression, "this needs parentheses", "write parentheses around it")
            }
            _ => Ok(()),
        }
    }

    /// An operator, the forms of both sides, and all of the right one.
    fn binary(&self, expression: &Expr, left: &Expr, operator: &BinaryOperator, right: &Expr) -> Checked {
        use BinaryOperator as Is;
        let help: &'static str = match operator {
            Is::And | Is::Or => {
                self.is_a_bool(left)?;
                return self.condition(right);
            }
            Is::Eq
            | Is::NotEq
            | Is::Lt
            | Is::LtEq
            | Is::Gt
            | Is::GtEq
            | Is::Plus
            | Is::Minus
            | Is::Multiply
            | Is::Divide
            | Is::StringConcat
            | Is::BitwiseAnd
            | Is::BitwiseOr
            | Is::BitwiseXor
            | Is::PGBitwiseShiftLeft
            | Is::PGBitwiseShiftRight => {
                self.is_no_comparison(left)?;
                return self.compared(right);
            }
            Is::Modulo => "write `MOD(a, b)`",
            Is::MyIntegerDivide | Is::DuckIntegerDivide => "write `DIV(a, b)`",
            Is::Spaceship => "write `a IS NOT DISTINCT FROM b`",
            Is::Xor => "write `(a = 1) != (b = 2)`",
            Is::PGExp => "write `POW(a, b)`",
            Is::Arrow | Is::LongArrow | Is::HashArrow | Is::HashLongArrow => JSON,
            Is::Match
            | Is::Regexp
            | Is::PGRegexMatch
            | Is::PGRegexIMatch
            | Is::PGRegexNotMatch
            | Is::PGRegexNotIMatch => REGEXP,
            Is::PGLikeMatch | Is::PGILikeMatch | Is::PGNotLikeMatch | Is::PGNotILikeMatch | Is::Glob => {
                "write `status LIKE 'dr%'`"
            }
            _ => "write it with the operators and functions of BigQuery",
        };
        self.refuse(expression, format!("there is no operator `{operator}`"), help)
    }

    fn literal(&self, expression: &Expr, literal: &Value) -> Checked {
        match literal {
            Value::Number(digits, false) => match is_number(digits) {
                true => Ok(()),
                false => self.refuse(expression, format!("`{digits}` is no number of 64 bits"), NUMBER),
            },
            Value::Number(digits, true) => {
                self.refuse(expression, format!("`{digits}L` is no number"), NUMBER)
            }
            // `X'1F'` touches its quotation, so this is `0x1F`.
            Value::HexStringLiteral(digits) if i64::from_str_radix(digits, 16).is_ok() => Ok(()),
            Value::Null
            | Value::Boolean(_)
            | Value::SingleQuotedString(_)
            | Value::DoubleQuotedString(_)
            | Value::TripleSingleQuotedString(_)
            | Value::TripleDoubleQuotedString(_)
            | Value::SingleQuotedRawStringLiteral(_)
            | Value::DoubleQuotedRawStringLiteral(_)
            | Value::TripleSingleQuotedRawStringLiteral(_)
            | Value::TripleDoubleQuotedRawStringLiteral(_)
            | Value::SingleQuotedByteStringLiteral(_)
            | Value::DoubleQuotedByteStringLiteral(_)
            | Value::TripleSingleQuotedByteStringLiteral(_)
            | Value::TripleDoubleQuotedByteStringLiteral(_) => Ok(()),
            _ => self.refuse(
                expression,
                "this is no literal of GoogleSQL",
                "write a text as `'paid'`, bytes as `b'\\x00'`",
            ),
        }
    }

    /// Whether a text is a literal of its type. One with escapes is taken: what the parser makes of them is its own.
    fn readable(&self, expression: &Expr, name: &str, literal: &Value) -> Checked {
        let place = (self.place)(expression);
        let escapes = self.text.get(place).is_none_or(|written| written.contains('\\'));
        let text = literal.clone().into_string().filter(|_| !escapes);
        let name = name.to_uppercase();
        match text.and_then(|text| Some((literals::fault(&name, &text)?, text))) {
            Some((help, text)) => {
                let text = shown(&text);
                self.refuse(expression, format!("`{name} '{text}'` cannot be read as {name}"), help)
            }
            None => Ok(()),
        }
    }

    fn data_type(&self, expression: &Expr, data_type: &DataType) -> Checked {
        let name = data_type.to_string().to_uppercase();
        let base: String =
            name.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
        let inner = name.strip_prefix(base.as_str()).unwrap_or_default();
        let known = |word: &str| {
            word.is_empty() || word.starts_with(|first: char| first.is_ascii_digit()) || is_in(word, TYPES)
        };
        // Of STRUCTs, the names of fields are any.
        let of_list = base != "ARRAY" || inner.split(['<', '>', '(', ')', ',', ' ']).all(known);
        if is_in(&base, TYPES) && of_list && base != "STRUCT" {
            return Ok(());
        }
        let help = match base.as_str() {
            "VARCHAR" | "CHAR" | "TEXT" | "NVARCHAR" | "CHARACTER" | "CLOB" => "write `STRING`",
            "FLOAT" | "REAL" | "DOUBLE" | "FLOAT4" | "FLOAT8" => "write `FLOAT64`",
            "BINARY" | "VARBINARY" | "BLOB" | "BYTEA" => "write `BYTES`",
            "JSONB" => "write `JSON`",
            "UNSIGNED" | "UINT64" | "INT8" | "INT32" | "INT4" => "write `INT64`",
            _ => {
                "the types are STRING, INT64, FLOAT64, NUMERIC, BOOL, DATE, DATETIME, TIMESTAMP, TIME, BYTES and JSON"
            }
        };
        self.refuse(expression, format!("there is no type `{}`", name.to_lowercase()), help)
    }

    fn interval(&self, expression: &Expr, interval: &Interval) -> Checked {
        let part = interval.leading_field.as_ref().map(ToString::to_string).unwrap_or_default();
        let whole = interval.last_field.is_none()
            && interval.leading_precision.is_none()
            && interval.fractional_seconds_precision.is_none();
        if !whole || !is_in(&part, PARTS) || is_in(&part, " DAYOFWEEK DAYOFYEAR DATE TIME ISOWEEK ISOYEAR ") {
            return self.refuse(expression, "an interval is a number and a part", "write `INTERVAL 7 DAY`");
        }
        self.operand(&interval.value)
    }

    fn function(&self, expression: &Expr, function: &Function) -> Checked {
        let odd = function.uses_odbc_syntax
            || function.over.is_some()
            || function.filter.is_some()
            || function.null_treatment.is_some()
            || !function.within_group.is_empty()
            || !matches!(function.parameters, FunctionArguments::None);
        let name = function.name.to_string().to_uppercase();
        let FunctionArguments::List(list) = &function.args else {
            // `CURRENT_DATE` alone.
            let bare = matches!(function.args, FunctionArguments::None)
                && is_in(&name, " CURRENT_DATE CURRENT_DATETIME CURRENT_TIME CURRENT_TIMESTAMP ");
            return match bare && !odd {
                true => Ok(()),
                false => self.refuse(
                    expression,
                    "a function has its arguments in parentheses",
                    "write `LENGTH(x)`",
                ),
            };
        };
        if odd || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
            return self.refuse(expression, "a condition asks functions of one row", super::ONE_ROW);
        }
        self.function_name(expression, function)?;
        let mut values = Vec::new();
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => {
                    self.expression(argument)?;
                    values.push(argument);
                }
                _ => {
                    return self.refuse(
                        expression,
                        "arguments of functions are values in their order",
                        "write `LENGTH(x)`",
                    );
                }
            }
        }
        let written = |part: &Expr| self.text.get((self.place)(part)).unwrap_or("\\").to_owned();
        match arguments::fault(&name, &values, &written) {
            Some((what, help)) => self.refuse(expression, what, help),
            None => Ok(()),
        }
    }

    fn function_name(&self, expression: &Expr, function: &Function) -> Checked {
        let parts: Vec<&Ident> = function.name.0.iter().filter_map(|part| part.as_ident()).collect();
        if parts.len() != function.name.0.len() {
            return self.refuse(expression, "this is no name of a function", "write `LENGTH(x)`");
        }
        // `SAFE.` stands before a function of BigQuery's, and is no dataset.
        let is_safe = |first: &Ident| first.quote_style.is_none() && first.value.eq_ignore_ascii_case("SAFE");
        let called = match parts.as_slice() {
            [name] => Some(name),
            [first, name] if is_safe(first) => Some(name),
            _ => None,
        };
        if let Some(name) = called {
            let word = name.value.to_uppercase();
            if let Some(ours) = functions::translated(&word) {
                let what = format!("there is no function `{word}`");
                return self.refuse(expression, what, format!("write `{ours}`"));
            }
            if name.quote_style.is_none() && is_in(&word, RESERVED) {
                return match is_in(&word, FUNCTIONS) {
                    true => Ok(()),
                    false => self.refuse(
                        expression,
                        format!("`{word}` is a word of SQL"),
                        "write the name of a function",
                    ),
                };
            }
            // With its dataset in the same backticks it is a function of somebody's own.
            let own = word.contains('.');
            if let Some(help) = functions::unknown(&word).filter(|_| !own) {
                return self.refuse(expression, format!("there is no function `{}`", shown(&word)), help);
            }
        }
        match parts.split_first() {
            Some((first, rest)) => {
                self.name(expression, first)?;
                rest.iter().try_for_each(|name| self.field(expression, name))
            }
            None => Ok(()),
        }
    }
}

const REGEXP: &str = "write `REGEXP_CONTAINS(email, r'^x')`";
const JSON: &str = "write `JSON_VALUE(payload, '$.type') = 'x'`";
const NUMBER: &str = "write digits, with a point or an exponent, such as `12`, `1.5` or `1e6`";

/// Whether digits are a number of GoogleSQL that its type holds.
fn is_number(text: &str) -> bool {
    let digits = text.chars().all(|letter| letter.is_ascii_digit());
    match digits {
        true => text.parse::<i64>().is_ok() || text == "9223372036854775808",
        false => {
            text.chars().all(|letter| letter.is_ascii_digit() || "+-.eE".contains(letter))
                && text.parse::<f64>().is_ok_and(f64::is_finite)
        }
    }
}

/// The first literal or quoted name in a text that GoogleSQL reads otherwise than the parser, or not at all.
///
/// A string ends at its first quote: two quotes are no quote. A backslash begins one of few escapes.
pub(super) fn quotations(text: &str) -> Result<(), ConditionError> {
    let mut at = 0;
    let mut word = 0;
    while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if !matches!(letter, '\'' | '"' | '`') {
            let part = letter.is_alphanumeric() || letter == '_';
            at += letter.len_utf8();
            word = if part { word } else { at };
            continue;
        }
        let prefix = text.get(word..at).unwrap_or_default().to_lowercase();
        let raw = letter != '`' && matches!(prefix.as_str(), "r" | "br" | "rb");
        let Some(end) = quotation(text, at, letter, raw)? else {
            return Err(wrong("a quotation has no end", "", "add the closing quote", at..text.len()));
        };
        let glued = prefix_is_glued(&prefix, letter);
        let next = text.get(end..).and_then(|rest| rest.chars().next());
        let follows = next
            .is_some_and(|next| matches!(next, '\'' | '"' | '`') || next.is_alphanumeric() || next == '_');
        if glued || follows {
            let help = "a string ends at its quote; inside of one write `\\'`, or put the text into the other quotes: \"it's\"";
            return Err(wrong("a quotation touches what stands beside it", "", help, at..end));
        }
        at = end;
        word = end;
    }
    Ok(())
}

fn prefix_is_glued(prefix: &str, quote: char) -> bool {
    let known = ["", "r", "b", "br", "rb"].contains(&prefix) && (quote != '`' || prefix.is_empty());
    !known
}

/// Where a quotation ends that begins at a byte; `None` where it does not.
fn quotation(text: &str, start: usize, quote: char, raw: bool) -> Result<Option<usize>, ConditionError> {
    let rest = text.get(start..).unwrap_or_default();
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let close = if quote != '`' && rest.starts_with(&triple) { triple } else { quote.to_string() };
    let mut at = start + close.len();
    loop {
        let Some(rest) = text.get(at..) else { return Ok(None) };
        if rest.starts_with(&close) {
            return Ok(Some(at + close.len()));
        }
        let mut letters = rest.chars();
        match letters.next() {
            None => return Ok(None),
            Some('\n') if close.len() == 1 => return Ok(None),
            Some('\\') => {
                let length = escape(letters.as_str());
                match (raw, length) {
                    // In a raw string a backslash keeps the next character.
                    (true, _) => at += 1 + letters.next().map_or(0, char::len_utf8),
                    (false, Some(length)) => at += 1 + length,
                    (false, None) => {
                        let end = at + 1 + letters.next().map_or(0, char::len_utf8);
                        let help = "write `\\\\` for a backslash, or the text as it stands: r'\\d'";
                        return Err(wrong("this escape does not exist", "", help, at..end));
                    }
                }
            }
            Some(letter) => at += letter.len_utf8(),
        }
    }
}

/// The bytes of an escape behind its backslash.
fn escape(text: &str) -> Option<usize> {
    let digits = |count: usize, radix: u32| {
        let digits = text.get(1..=count)?;
        digits.chars().all(|digit| digit.is_digit(radix)).then_some(1 + count)
    };
    match text.chars().next()? {
        'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '?' | '"' | '\'' | '`' => Some(1),
        'x' | 'X' => digits(2, 16),
        'u' => digits(4, 16),
        'U' => digits(8, 16),
        '0'..='3' => digits(2, 8),
        _ => None,
    }
}
