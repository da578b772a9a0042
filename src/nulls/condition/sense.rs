//! Conditions that can be asked, and cannot do what their author meant.

use sqlparser::ast::{BinaryOperator, Expr, InTarget, UnaryOperator, Value};
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
            Expr::Nested(inner) | Expr::UnaryOp { op: UnaryOperator::Not, expr: inner } => self.read(inner),
            Expr::BinaryOp { op: joined @ (BinaryOperator::And | BinaryOperator::Or), .. } => {
                let terms = chain(expression, joined);
                self.contradiction(expression, joined, &terms);
                terms.into_iter().for_each(|term| self.read(term));
            }
            Expr::BinaryOp { left, op, right } => {
                let compares = matches!(
                    op,
                    BinaryOperator::Eq
                        | BinaryOperator::NotEq
                        | BinaryOperator::Lt
                        | BinaryOperator::LtEq
                        | BinaryOperator::Gt
                        | BinaryOperator::GtEq
                );
                if compares && (is_null(left) || is_null(right)) {
                    let help = "write `IS NULL` or `IS NOT NULL`";
                    self.push(expression, "nothing compares with NULL: this is true for no row", help);
                } else if compares && left.to_string() == right.to_string() {
                    self.push(
                        expression,
                        "both sides are the same",
                        "compare with another column or a value",
                    );
                }
            }
            Expr::In { target: InTarget::List(list), negated, .. } if list.iter().any(is_null) => {
                let message = match negated {
                    true => "`NOT IN` a list with NULL is true for no row",
                    false => "NULL in the list of `IN` finds no row",
                };
                self.push(
                    expression,
                    message,
                    "take NULL out of the list, and add `OR x IS NULL` where it is meant",
                );
            }
            _ => {}
        }
    }

    /// `a = 1 AND a = 2` is true for no row, `a != 1 OR a != 2` for every row that has a value.
    fn contradiction(&mut self, expression: &Expr, joined: &BinaryOperator, terms: &[&Expr]) {
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
    }
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
        ] {
            assert!(messages(text).is_empty(), "{text}: {:?}", messages(text));
        }
    }
}
