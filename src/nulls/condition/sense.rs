//! Conditions that can be asked, and cannot do what their author meant.

use jiff::civil::Date;
use sqlparser::ast::{
    BinaryOperator, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget,
    UnaryOperator, Value,
};
use std::ops::Range;

/// Something that a condition cannot do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonsense {
    /// What, in one sentence.
    pub message: String,
    /// What to do.
    pub help: &'static str,
    /// The bytes of the text.
    pub at: Range<usize>,
}

/// Everything of that kind in an expression.
pub(super) fn of(
    expression: &Expr,
    asks_a_column: bool,
    place: &dyn Fn(&Expr) -> Range<usize>,
) -> Vec<Nonsense> {
    let mut found = Vec::new();
    Reader { place, found: &mut found }.read(expression);
    if !asks_a_column && found.is_empty() {
        found.push(Nonsense {
            message: "the condition asks no column: it is the same for every row".to_owned(),
            help: "name a column, or leave `where` out",
            at: place(expression),
        });
    }
    found
}

struct Reader<'a> {
    place: &'a dyn Fn(&Expr) -> Range<usize>,
    found: &'a mut Vec<Nonsense>,
}

impl Reader<'_> {
    fn push(&mut self, expression: &Expr, message: impl Into<String>, help: &'static str) {
        self.found.push(Nonsense { message: message.into(), help, at: (self.place)(expression) });
    }

    fn read(&mut self, expression: &Expr) {
        match expression {
            Expr::BinaryOp { op: joined @ (BinaryOperator::And | BinaryOperator::Or), .. } => {
                let terms = chain(expression, joined);
                self.joined(expression, joined, &terms);
                terms.into_iter().for_each(|term| self.read(term));
                return;
            }
            Expr::BinaryOp { left, op, right } if compares(op) => {
                if is_null(left) || is_null(right) {
                    let help = "write `IS NULL` or `IS NOT NULL`";
                    self.push(expression, "nothing compares with NULL: this is true for no row", help);
                } else if left.to_string() == right.to_string() {
                    self.push(
                        expression,
                        "both sides are the same",
                        "compare with another column or a value",
                    );
                } else {
                    self.quoted(expression, left, &[right]);
                    self.quoted(expression, right, &[left]);
                    if matches!(op, BinaryOperator::Eq | BinaryOperator::NotEq) {
                        self.other_case(left, &[right]);
                        self.other_case(right, &[left]);
                    }
                }
            }
            Expr::In { expr, target: InTarget::List(list), negated, .. } => {
                let values: Vec<&Expr> = list.iter().collect();
                if list.iter().any(is_null) {
                    let message = match negated {
                        true => "`NOT IN` a list with NULL is true for no row",
                        false => "NULL in the list of `IN` finds no row",
                    };
                    let help = "take NULL out of the list, and add `OR x IS NULL` where it is meant";
                    self.push(expression, message, help);
                }
                self.quoted(expression, expr, &values);
                self.other_case(expr, &values);
            }
            Expr::Like { expr, pattern, .. } => {
                self.quoted(expression, expr, &[pattern]);
                self.other_case(expr, &[pattern]);
            }
            Expr::Between { expr, low, high, negated } => {
                self.quoted(expression, expr, &[low, high]);
                if is_less(high, low) {
                    let message = match negated {
                        true => "every value is outside: the first bound is the higher one",
                        false => "no value is between them: the first bound is the higher one",
                    };
                    self.push(expression, message, "write the lower bound first");
                }
            }
            _ => {}
        }
        parts(expression).into_iter().for_each(|part| self.read(part));
    }

    /// Terms that say all, nothing, or the opposite of each other.
    fn joined(&mut self, expression: &Expr, joined: &BinaryOperator, terms: &[&Expr]) {
        let and = *joined == BinaryOperator::And;
        if let Some(decides) = terms.iter().find(|term| is_boolean(term, !and)) {
            let message = match and {
                true => "`AND FALSE` is true for no row",
                false => "`OR TRUE` is true for every row",
            };
            self.push(decides, message, "leave it out");
        }
        if self.contradiction(expression, joined, terms) {
            return;
        }
        if !and {
            self.covered(expression, terms);
            return;
        }
        let nulls = terms.iter().filter_map(|term| match term {
            Expr::IsNull(inner) => column(inner),
            _ => None,
        });
        for name in nulls {
            if terms.iter().any(|term| needs(term, &name)) {
                let message = format!("no row fits: `{name}` is NULL, and has a value");
                self.push(expression, message, "write `OR`, or leave one of the two out");
                return;
            }
        }
        let bounds: Vec<Bound<'_>> = terms.iter().flat_map(|term| bounds(term)).collect();
        let empty = |low: &&Bound<'_>| {
            let highs = bounds.iter().filter(|high| !high.is_low && high.column == low.column);
            highs.into_iter().any(|high| {
                let touch = low.value.to_string() == high.value.to_string();
                is_less(high.value, low.value) || touch && (high.is_open || low.is_open)
            })
        };
        if let Some(bound) = bounds.iter().filter(|bound| bound.is_low).find(empty) {
            let message = format!("no value of `{}` is within these bounds", bound.column);
            self.push(expression, message, "write `OR`, or turn one of the comparisons around");
        }
    }

    /// `a > 3 OR a < 5` is true for every row that has a value: only NULL, and NaN, is neither.
    fn covered(&mut self, expression: &Expr, terms: &[&Expr]) {
        // Two bounds in one term hold together.
        let alone = terms.iter().filter_map(|term| <[Bound<'_>; 1]>::try_from(bounds(term)).ok());
        let bounds: Vec<Bound<'_>> = alone.flatten().collect();
        let meets = |low: &&Bound<'_>| {
            let highs = bounds.iter().filter(|high| !high.is_low && high.column == low.column);
            highs.into_iter().any(|high| {
                // A column may be NULL on both sides.
                let touch = is_literal(low.value) && low.value.to_string() == high.value.to_string();
                is_less(low.value, high.value) || touch && !(high.is_open && low.is_open)
            })
        };
        if let Some(bound) = bounds.iter().filter(|bound| bound.is_low).find(meets) {
            let message =
                format!("every value of `{}` but NULL and NaN is within one of these bounds", bound.column);
            self.push(expression, message, "write `AND`, or `IS NOT NULL` where that is meant");
        }
    }

    /// `a = 1 AND a = 2` is true for no row, `a != 1 OR a != 2` for every row that has a value.
    fn contradiction(&mut self, expression: &Expr, joined: &BinaryOperator, terms: &[&Expr]) -> bool {
        let (wanted, message) = match joined {
            BinaryOperator::And => (BinaryOperator::Eq, "no value is equal to both"),
            _ => (BinaryOperator::NotEq, "every value differs from one of the two"),
        };
        let parts: Vec<(String, String)> =
            terms.iter().filter_map(|term| against_literal(term, &wanted)).collect();
        let clash = parts.iter().enumerate().any(|(index, (column, value))| {
            parts.iter().skip(index + 1).any(|(other, another)| column == other && value != another)
        });
        if clash {
            let help = match joined {
                BinaryOperator::And => "write `OR`, or `IN` with both values",
                _ => "write `AND`, or `NOT IN` with both values",
            };
            self.push(expression, message, help);
        }
        clash
    }

    /// In GoogleSQL double quotes make a text, in other dialects a column.
    fn quoted(&mut self, expression: &Expr, subject: &Expr, others: &[&Expr]) {
        let quoted =
            matches!(subject, Expr::Value(value) if matches!(value.value, Value::DoubleQuotedString(_)));
        if quoted && others.iter().all(|other| matches!(other, Expr::Value(_))) {
            self.found.retain(|found| found.at != (self.place)(expression));
            let message = "this compares literals: in GoogleSQL a name in double quotes is a text";
            self.push(expression, message, "write a column in backticks, such as `` `status` ``");
        }
    }

    /// What `LOWER` gives has no capitals, and what `UPPER` gives has nothing else.
    fn other_case(&mut self, subject: &Expr, values: &[&Expr]) {
        let Some((name, _)) = function_of_one(subject) else { return };
        let (lower, help) = match name.as_str() {
            "LOWER" => (true, "write the value in small letters"),
            "UPPER" => (false, "write the value in capitals"),
            _ => return,
        };
        let other =
            |letter: char| if lower { letter.is_ascii_uppercase() } else { letter.is_ascii_lowercase() };
        let never = values.iter().find(|value| text(value).is_some_and(|text| text.contains(other)));
        if let Some(value) = never {
            self.push(value, format!("no result of `{name}` is like this"), help);
        }
    }
}

/// What a condition leaves of a column's NULLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// None: the condition is true only where the column has a value.
    NoNull,
    /// Nothing else: the condition is true only where the column is NULL.
    OnlyNulls,
}

/// What an expression leaves of a column, whose fields are joined by points; `None` where it may be both.
pub(super) fn left_of(expression: &Expr, name: &str) -> Option<Left> {
    let name = name.to_lowercase();
    let only_nulls =
        |term: &&Expr| matches!(term, Expr::IsNull(inner) if column(inner).as_ref() == Some(&name));
    if needs(expression, &name) {
        return Some(Left::NoNull);
    }
    chain(expression, &BinaryOperator::And).iter().any(only_nulls).then_some(Left::OnlyNulls)
}

/// Whether an expression is true only where a column is not NULL.
fn needs(expression: &Expr, name: &str) -> bool {
    let is_it = |part: &Expr| subject(part).is_some_and(|column| column == name);
    match expression {
        Expr::Nested(inner) => needs(inner, name),
        Expr::BinaryOp { op: BinaryOperator::And, .. } => {
            chain(expression, &BinaryOperator::And).into_iter().any(|term| needs(term, name))
        }
        Expr::BinaryOp { op: BinaryOperator::Or, .. } => {
            chain(expression, &BinaryOperator::Or).into_iter().all(|term| needs(term, name))
        }
        Expr::BinaryOp { left, op, right } => compares(op) && (is_it(left) || is_it(right)),
        Expr::IsNotNull(inner) | Expr::In { expr: inner, .. } | Expr::Between { expr: inner, .. } => {
            is_it(inner)
        }
        Expr::Like { expr: inner, any: false, .. } => is_it(inner),
        _ => false,
    }
}

/// The column that something is NULL with: itself, or the argument of a function that makes NULL of NULL.
fn subject(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Nested(inner) => subject(inner),
        Expr::Trim { expr, .. } => subject(expr),
        _ => match function_of_one(expression) {
            Some((name, argument)) if matches!(name.as_str(), "LENGTH" | "LOWER" | "UPPER" | "ABS") => {
                subject(argument)
            }
            _ => column(expression),
        },
    }
}

/// A column as it is told apart: in small letters, its fields joined by points.
fn column(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Identifier(name) => Some(name.value.to_lowercase()),
        Expr::CompoundIdentifier(names) => {
            let names: Vec<String> = names.iter().map(|name| name.value.to_lowercase()).collect();
            Some(names.join("."))
        }
        Expr::Nested(inner) => column(inner),
        _ => None,
    }
}

/// A function's name in capitals, and its only argument.
fn function_of_one(expression: &Expr) -> Option<(String, &Expr)> {
    let Expr::Function(function) = expression else { return None };
    match arguments(function).as_slice() {
        [argument] => Some((function.name.to_string().to_uppercase(), argument)),
        _ => None,
    }
}

fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    let values = list.args.iter().filter_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value),
        _ => None,
    });
    values.collect()
}

/// What an expression is made of, as far as conditions stand in it.
fn parts(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::Nested(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::Cast { expr: inner, .. }
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner) => vec![inner],
        Expr::BinaryOp { left, right, .. } => vec![left, right],
        Expr::Function(function) => arguments(function),
        Expr::Case { conditions, else_result, .. } => {
            let whens = conditions.iter().flat_map(|when| [&when.condition, &when.result]);
            whens.chain(else_result.as_deref()).collect()
        }
        _ => Vec::new(),
    }
}

/// A literal that a column is bounded by.
struct Bound<'e> {
    column: String,
    value: &'e Expr,
    is_low: bool,
    /// Whether the literal itself is outside.
    is_open: bool,
}

fn bounds(term: &Expr) -> Vec<Bound<'_>> {
    let bound =
        |of: &Expr, value, is_low, is_open| Some(Bound { column: column(of)?, value, is_low, is_open });
    let found = match term {
        Expr::BinaryOp { left, op, right } => match op {
            BinaryOperator::Gt => [bound(left, right, true, true), None],
            BinaryOperator::GtEq => [bound(left, right, true, false), None],
            BinaryOperator::Lt => [bound(left, right, false, true), None],
            BinaryOperator::LtEq => [bound(left, right, false, false), None],
            BinaryOperator::Eq => [bound(left, right, true, false), bound(left, right, false, false)],
            _ => [None, None],
        },
        Expr::Between { expr, negated: false, low, high } => {
            // Bounds that are the wrong way around are found by themselves.
            match is_less(high, low) {
                true => [None, None],
                false => [bound(expr, low, true, false), bound(expr, high, false, false)],
            }
        }
        _ => [None, None],
    };
    found.into_iter().flatten().collect()
}

/// Whether a literal is surely less than another one, whatever the type of the column is.
fn is_less(one: &Expr, another: &Expr) -> bool {
    if let (Some(one), Some(another)) = (number(one), number(another)) {
        return one < another;
    }
    // The order of days is that of their texts.
    match (day(one), day(another)) {
        (Some(one), Some(another)) => one < another,
        _ => false,
    }
}

fn is_literal(expression: &Expr) -> bool {
    number(expression).is_some() || day(expression).is_some() || text(expression).is_some()
}

fn number(expression: &Expr) -> Option<f64> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => number(expr).map(|value| -value),
        _ => None,
    }
}

fn day(expression: &Expr) -> Option<Date> {
    let text = match expression {
        Expr::TypedString(literal) if literal.data_type == DataType::Date => {
            literal.value.value.clone().into_string()
        }
        _ => text(expression),
    };
    text.filter(|text| text.len() == 10).and_then(|text| text.parse().ok())
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => Some(text.clone()),
            _ => None,
        },
        Expr::Nested(inner) => text(inner),
        _ => None,
    }
}

pub(super) fn compares(operator: &BinaryOperator) -> bool {
    use BinaryOperator as Is;
    matches!(operator, Is::Eq | Is::NotEq | Is::Lt | Is::LtEq | Is::Gt | Is::GtEq)
}

fn is_boolean(expression: &Expr, wanted: bool) -> bool {
    matches!(expression, Expr::Value(value) if value.value == Value::Boolean(wanted))
}

/// What an operator joins, without depth: a chain is as deep as it is long.
fn chain<'e>(expression: &'e Expr, joined: &BinaryOperator) -> Vec<&'e Expr> {
    let mut terms = Vec::new();
    let mut rest = vec![expression];
    while let Some(next) = rest.pop() {
        match next {
            Expr::BinaryOp { left, op, right } if op == joined => rest.extend([&**right, &**left]),
            Expr::Nested(inner) => rest.push(inner),
            term => terms.push(term),
        }
    }
    terms
}

/// A column and the literal that it is compared with.
fn against_literal(term: &Expr, wanted: &BinaryOperator) -> Option<(String, String)> {
    let Expr::BinaryOp { left, op, right } = term else { return None };
    let column = matches!(**left, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
    let literal = matches!(**right, Expr::Value(_) | Expr::TypedString(_)) && !is_null(right);
    (op == wanted && column && literal).then(|| (left.to_string().to_lowercase(), right.to_string()))
}

fn is_null(expression: &Expr) -> bool {
    match expression {
        Expr::Value(value) => value.value == Value::Null,
        Expr::Nested(inner) => is_null(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Condition;
    use super::Left;

    fn messages(text: &str) -> Vec<String> {
        Condition::parse(text).unwrap().nonsense().into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn what_cannot_be_meant_is_told() {
        for (text, message) in [
            ("a = NULL", "nothing compares with NULL: this is true for no row"),
            ("b = 1 AND NOT (a <> NULL)", "nothing compares with NULL: this is true for no row"),
            ("a NOT IN ('x', NULL)", "`NOT IN` a list with NULL is true for no row"),
            ("a IN (NULL)", "NULL in the list of `IN` finds no row"),
            ("1 = 2", "the condition asks no column: it is the same for every row"),
            ("TRUE", "the condition asks no column: it is the same for every row"),
            ("a = a", "both sides are the same"),
            ("a = 'x' AND b = 1 AND a = 'y'", "no value is equal to both"),
            ("a != 'x' OR a != 'y'", "every value differs from one of the two"),
            ("\"status\" = 'x'", "this compares literals: in GoogleSQL a name in double quotes is a text"),
            (
                "b = 1 AND IF(\"a\" IN ('x', 'y'), c, d)",
                "this compares literals: in GoogleSQL a name in double quotes is a text",
            ),
            ("LOWER(a) = 'Draft'", "no result of `LOWER` is like this"),
            ("upper(a) NOT IN ('DRAFT', 'Void')", "no result of `UPPER` is like this"),
            ("a BETWEEN 5 AND -3", "no value is between them: the first bound is the higher one"),
            (
                "a NOT BETWEEN DATE '2026-02-01' AND DATE '2026-01-01'",
                "every value is outside: the first bound is the higher one",
            ),
            ("a IS NULL AND A = 1", "no row fits: `a` is NULL, and has a value"),
            ("b AND (s.a IS NULL AND LENGTH(s.a) > 0)", "no row fits: `s.a` is NULL, and has a value"),
            ("a > 5 AND a < 3", "no value of `a` is within these bounds"),
            ("a > 5 AND b AND a <= 5", "no value of `a` is within these bounds"),
            ("a >= '2026-02-01' AND a < '2026-01-01'", "no value of `a` is within these bounds"),
            ("a > 3 OR a < 5", "every value of `a` but NULL and NaN is within one of these bounds"),
            (
                "a <= DATE '2026-01-01' OR b = 1 OR a >= DATE '2026-01-01'",
                "every value of `a` but NULL and NaN is within one of these bounds",
            ),
            ("a = 1 OR TRUE", "`OR TRUE` is true for every row"),
            ("a = 1 AND FALSE", "`AND FALSE` is true for no row"),
        ] {
            assert_eq!(messages(text), [message], "{text}");
        }
    }

    #[test]
    fn what_can_be_meant_is_left_alone() {
        for text in [
            "a IS NULL",
            "a = 'x' OR a = 'y'",
            "a != 'x' AND a != 'y'",
            "a = b",
            "LENGTH(a) > 0",
            "a IN (1, 2)",
            "a",
            "a = 'x' AND A = 'x'",
            "a = \"draft\"",
            "a IN (\"x\", 'y')",
            "LOWER(a) LIKE 'dr%' OR UPPER(a) = 'É1'",
            "a BETWEEN 3 AND 5",
            "a BETWEEN '9' AND '10'",
            "a IS NULL OR a = 1",
            "a IS NULL AND b = 1",
            "a > 3 AND a < 5",
            "a >= 5 AND a <= 5",
            "a > 5 OR a < 3",
            "a > 5 OR a < 5",
            "a BETWEEN 1 AND 9 OR a < 5",
            "a > 3 OR a = 5",
            "a > 3 OR b < 5",
            "a > c OR a < d",
            "a >= b OR a <= b",
            "TRUE AND a",
        ] {
            assert!(messages(text).is_empty(), "{text}: {:?}", messages(text));
        }
    }

    #[test]
    fn a_condition_that_decides_a_column_is_seen() {
        let left = |text: &str| Condition::parse(text).unwrap().left_of("Customer_id");
        for text in [
            "customer_id IS NOT NULL",
            "b = 1 AND (customer_id != '')",
            "customer_id > 0 OR LENGTH(customer_id) > 1",
            "customer_id IN (1, 2)",
        ] {
            assert_eq!(left(text), Some(Left::NoNull), "{text}");
        }
        assert_eq!(left("b = 1 AND customer_id IS NULL"), Some(Left::OnlyNulls));
        for text in ["b = 1", "customer_id > 0 OR b = 1", "NOT (customer_id = 1 AND b)", "x.customer_id = 1"]
        {
            assert_eq!(left(text), None, "{text}");
        }
    }
}
