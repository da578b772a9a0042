//! The part of SQL that a condition may use on a local sample, with the three-valued logic of SQL.

use super::columns::Columns;
use super::like::is_like;
use super::value::{self, Compared, Value};
use crate::nulls::{Condition, ConditionError, Path};
use sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, DataType, Expr, InTarget, Spanned, Subscript, TypedString,
    UnaryOperator, Value as Literal,
};
use std::cmp::Ordering;

/// A condition that can be evaluated.
#[derive(Clone, Debug)]
pub(super) struct Filter(Term);

#[derive(Clone, Debug)]
enum Term {
    Column(usize),
    Literal(Value),
    Compare(Box<Term>, Operator, Box<Term>),
    And(Box<Term>, Box<Term>),
    Or(Box<Term>, Box<Term>),
    Not(Box<Term>),
    In(Box<Term>, Vec<Term>),
    Like(Box<Term>, Box<Term>),
    IsNull(Box<Term>),
    /// IS TRUE and IS FALSE.
    Is(Box<Term>, bool),
    /// IS NOT DISTINCT FROM.
    Same(Box<Term>, Box<Term>),
    Date(Box<Term>),
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Operator {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Operator::Equal => ordering.is_eq(),
            Operator::NotEqual => ordering.is_ne(),
            Operator::Less => ordering.is_lt(),
            Operator::AtMost => ordering.is_le(),
            Operator::More => ordering.is_gt(),
            Operator::AtLeast => ordering.is_ge(),
        }
    }
}

impl Filter {
    /// Reads a condition, and asks for its columns.
    ///
    /// # Errors
    /// It uses what cannot be evaluated here.
    pub(super) fn new(condition: &Condition, columns: &mut Columns) -> Result<Filter, ConditionError> {
        Reader { condition, columns }.term(condition.expression()).map(Filter)
    }

    /// Whether a row counts: the condition is true, and neither false nor NULL.
    pub(super) fn keeps(&self, row: &[Value]) -> Result<bool, String> {
        Ok(self.0.value(row)?.truth()? == Some(true))
    }
}

struct Reader<'a> {
    condition: &'a Condition,
    columns: &'a mut Columns,
}

impl Reader<'_> {
    fn refuse<T>(&self, expression: &Expr) -> Result<T, ConditionError> {
        Err(ConditionError {
            message: "a local sample cannot be judged by this condition".to_owned(),
            label: "BigQuery evaluates this, `genkai nulls` does not",
            help: "see docs/nulls.md for what it evaluates; the check itself may keep its condition".into(),
            at: self.condition.range(expression.span()),
        })
    }

    fn boxed(&mut self, expression: &Expr) -> Result<Box<Term>, ConditionError> {
        self.term(expression).map(Box::new)
    }

    fn not(&mut self, negated: bool, term: Term) -> Term {
        if negated { Term::Not(Box::new(term)) } else { term }
    }

    fn column(&mut self, path: Vec<String>) -> Term {
        Term::Column(self.columns.ask(&Path(path)))
    }

    fn term(&mut self, expression: &Expr) -> Result<Term, ConditionError> {
        Ok(match expression {
            Expr::Identifier(name) => self.column(vec![name.value.clone()]),
            Expr::CompoundIdentifier(names) => {
                self.column(names.iter().map(|name| name.value.clone()).collect())
            }
            Expr::CompoundFieldAccess { root, access_chain } => {
                self.fields(expression, root, access_chain)?
            }
            Expr::Nested(inner) => self.term(inner)?,
            Expr::Value(literal) => match literal_of(&literal.value) {
                Some(value) => Term::Literal(value),
                None => self.refuse(expression)?,
            },
            Expr::TypedString(literal) => self.typed(expression, literal)?,
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Term::Not(self.boxed(expr)?),
            Expr::UnaryOp { op: op @ (UnaryOperator::Minus | UnaryOperator::Plus), expr } => {
                match (op, self.term(expr)?) {
                    (UnaryOperator::Plus, number @ Term::Literal(Value::Integer(_) | Value::Float(_))) => {
                        number
                    }
                    (_, Term::Literal(Value::Integer(number))) => {
                        Term::Literal(Value::Integer(number.saturating_neg()))
                    }
                    (_, Term::Literal(Value::Float(number))) => Term::Literal(Value::Float(-number)),
                    _ => self.refuse(expression)?,
                }
            }
            Expr::BinaryOp { left, op, right } => self.binary(expression, left, op, right)?,
            Expr::In { expr, target: InTarget::List(list), negated, global: false } => {
                let list = list.iter().map(|item| self.term(item)).collect::<Result<_, _>>()?;
                let term = Term::In(self.boxed(expr)?, list);
                self.not(*negated, term)
            }
            Expr::Between { expr, negated, low, high } => {
                let (term, low, high) = (self.term(expr)?, self.boxed(low)?, self.boxed(high)?);
                let from = Term::Compare(Box::new(term.clone()), Operator::AtLeast, low);
                let to = Term::Compare(Box::new(term), Operator::AtMost, high);
                self.not(*negated, Term::And(Box::new(from), Box::new(to)))
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                let term = Term::Like(self.boxed(expr)?, self.boxed(pattern)?);
                self.not(*negated, term)
            }
            Expr::IsNull(inner) | Expr::IsUnknown(inner) => Term::IsNull(self.boxed(inner)?),
            Expr::IsNotNull(inner) | Expr::IsNotUnknown(inner) => {
                Term::Not(Box::new(Term::IsNull(self.boxed(inner)?)))
            }
            Expr::IsTrue(inner) => Term::Is(self.boxed(inner)?, true),
            Expr::IsNotTrue(inner) => Term::Not(Box::new(Term::Is(self.boxed(inner)?, true))),
            Expr::IsFalse(inner) => Term::Is(self.boxed(inner)?, false),
            Expr::IsNotFalse(inner) => Term::Not(Box::new(Term::Is(self.boxed(inner)?, false))),
            Expr::IsNotDistinctFrom(left, right) => Term::Same(self.boxed(left)?, self.boxed(right)?),
            Expr::IsDistinctFrom(left, right) => {
                Term::Not(Box::new(Term::Same(self.boxed(left)?, self.boxed(right)?)))
            }
            Expr::Cast { kind: CastKind::Cast, expr, data_type: DataType::Date, format: None } => {
                Term::Date(self.boxed(expr)?)
            }
            _ => self.refuse(expression)?,
        })
    }

    fn fields(
        &mut self,
        expression: &Expr,
        root: &Expr,
        chain: &[AccessExpr],
    ) -> Result<Term, ConditionError> {
        let Expr::Identifier(name) = root else { return self.refuse(expression) };
        let mut path = vec![name.value.clone()];
        for access in chain {
            match access {
                AccessExpr::Dot(Expr::Identifier(name)) => path.push(name.value.clone()),
                AccessExpr::Dot(_)
                | AccessExpr::Subscript(Subscript::Index { .. } | Subscript::Slice { .. }) => {
                    return self.refuse(expression);
                }
            }
        }
        Ok(self.column(path))
    }

    fn typed(&mut self, expression: &Expr, literal: &TypedString) -> Result<Term, ConditionError> {
        let Some(Value::Text(text)) = literal_of(&literal.value.value) else {
            return self.refuse(expression);
        };
        let value = match literal.data_type {
            DataType::Date => value::date_of(&text).map(Value::Date),
            DataType::Datetime(None) => value::datetime_of(&text).map(Value::DateTime),
            DataType::Timestamp(None, _) => value::timestamp_of(&text).map(Value::Timestamp),
            _ => return self.refuse(expression),
        };
        value.map(Term::Literal).map_err(|message| ConditionError {
            message,
            label: "",
            help: "write it as BigQuery does".into(),
            at: self.condition.range(expression.span()),
        })
    }

    fn binary(
        &mut self,
        expression: &Expr,
        left: &Expr,
        operator: &BinaryOperator,
        right: &Expr,
    ) -> Result<Term, ConditionError> {
        let operator = match operator {
            BinaryOperator::And => return Ok(Term::And(self.boxed(left)?, self.boxed(right)?)),
            BinaryOperator::Or => return Ok(Term::Or(self.boxed(left)?, self.boxed(right)?)),
            BinaryOperator::Eq => Operator::Equal,
            BinaryOperator::NotEq => Operator::NotEqual,
            BinaryOperator::Lt => Operator::Less,
            BinaryOperator::LtEq => Operator::AtMost,
            BinaryOperator::Gt => Operator::More,
            BinaryOperator::GtEq => Operator::AtLeast,
            _ => return self.refuse(expression),
        };
        Ok(Term::Compare(self.boxed(left)?, operator, self.boxed(right)?))
    }
}

fn literal_of(literal: &Literal) -> Option<Value> {
    Some(match literal {
        Literal::Null => Value::Null,
        Literal::Boolean(truth) => Value::Bool(*truth),
        Literal::Number(digits, _) => value::number_of(digits).ok()?,
        Literal::SingleQuotedString(text)
        | Literal::DoubleQuotedString(text)
        | Literal::TripleSingleQuotedString(text)
        | Literal::TripleDoubleQuotedString(text)
        | Literal::SingleQuotedRawStringLiteral(text)
        | Literal::DoubleQuotedRawStringLiteral(text)
        | Literal::TripleSingleQuotedRawStringLiteral(text)
        | Literal::TripleDoubleQuotedRawStringLiteral(text) => Value::Text(text.clone()),
        _ => return None,
    })
}

impl Term {
    fn value(&self, row: &[Value]) -> Result<Value, String> {
        let truth = |truth: Option<bool>| truth.map_or(Value::Null, Value::Bool);
        Ok(match self {
            Term::Column(index) => row.get(*index).cloned().unwrap_or(Value::Null),
            Term::Literal(value) => value.clone(),
            Term::Compare(left, operator, right) => {
                truth(match left.value(row)?.compare(&right.value(row)?)? {
                    Compared::Unknown => None,
                    Compared::Apart => Some(matches!(operator, Operator::NotEqual)),
                    Compared::Is(ordering) => Some(operator.holds(ordering)),
                })
            }
            Term::And(left, right) => match left.value(row)?.truth()? {
                Some(false) => Value::Bool(false),
                left => truth(match (left, right.value(row)?.truth()?) {
                    (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                }),
            },
            Term::Or(left, right) => match left.value(row)?.truth()? {
                Some(true) => Value::Bool(true),
                left => truth(match (left, right.value(row)?.truth()?) {
                    (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                }),
            },
            Term::Not(term) => truth(term.value(row)?.truth()?.map(|truth| !truth)),
            Term::In(term, list) => truth(is_in(&term.value(row)?, list, row)?),
            Term::Like(term, pattern) => truth(like(&term.value(row)?, &pattern.value(row)?)?),
            Term::IsNull(term) => Value::Bool(term.value(row)? == Value::Null),
            Term::Is(term, wanted) => Value::Bool(term.value(row)?.truth()? == Some(*wanted)),
            Term::Same(left, right) => {
                let (left, right) = (left.value(row)?, right.value(row)?);
                Value::Bool(match left.compare(&right)? {
                    Compared::Unknown => left == right,
                    Compared::Apart => false,
                    Compared::Is(ordering) => ordering.is_eq(),
                })
            }
            Term::Date(term) => term.value(row)?.as_date()?.map_or(Value::Null, Value::Date),
        })
    }
}

/// True where one is equal, else NULL where one is not known.
fn is_in(value: &Value, list: &[Term], row: &[Value]) -> Result<Option<bool>, String> {
    let mut found = Some(false);
    for item in list {
        match value.compare(&item.value(row)?)? {
            Compared::Is(Ordering::Equal) => return Ok(Some(true)),
            Compared::Unknown => found = None,
            Compared::Is(_) | Compared::Apart => {}
        }
    }
    Ok(found)
}

fn like(value: &Value, pattern: &Value) -> Result<Option<bool>, String> {
    if *value == Value::Null || *pattern == Value::Null {
        return Ok(None);
    }
    match (value.as_text(), pattern.as_text()) {
        (Some(text), Some(pattern)) => Ok(Some(is_like(text, pattern))),
        _ => Err(format!("{} is no STRING, which LIKE needs", value.noun())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a condition comes to for a row of `a` (unknown type), `s.b` (INT64) and `t` (TIMESTAMP).
    fn evaluated(text: &str, a: Option<&str>, b: Option<i64>) -> Result<Option<bool>, String> {
        let mut columns = Columns::default();
        let known = [vec!["a"], vec!["s", "b"], vec!["t"]];
        for path in known {
            columns.ask(&Path(path.into_iter().map(str::to_owned).collect()));
        }
        let condition = Condition::parse(text).unwrap();
        let filter =
            Filter::new(&condition, &mut columns).map_err(|error| text.get(error.at).unwrap().to_owned())?;
        assert_eq!(columns.paths().len(), 3, "{text}");
        let row = [
            a.map_or(Value::Null, |text| Value::Untyped(text.into())),
            b.map_or(Value::Null, Value::Integer),
            Value::Timestamp("2026-06-01T20:00:00Z".parse().unwrap()),
        ];
        filter.0.value(&row)?.truth()
    }

    #[test]
    fn nulls_are_neither_true_nor_false() {
        let (yes, no, unknown) = (Ok(Some(true)), Ok(Some(false)), Ok(None));
        let cases = [
            ("a = 'x'", &yes),
            ("A <> 'x'", &no),
            ("s.b = 1", &unknown),
            ("S.B != 1", &unknown),
            ("s.b = NULL", &unknown),
            ("s.b IS NULL", &yes),
            ("s.b IS NOT NULL", &no),
            ("NOT s.b = 1", &unknown),
            ("a = 'x' AND s.b = 1", &unknown),
            ("a = 'y' AND s.b = 1", &no),
            ("s.b = 1 AND a = 'y'", &no),
            ("a = 'x' OR s.b = 1", &yes),
            ("s.b = 1 OR a = 'x'", &yes),
            ("a = 'y' OR s.b = 1", &unknown),
            ("s.b IN (1, 2)", &unknown),
            ("a IN ('y', 'x', NULL)", &yes),
            ("a IN ('y', NULL)", &unknown),
            ("a NOT IN ('y', NULL)", &unknown),
            ("a NOT IN ('y', 'z')", &yes),
            ("s.b BETWEEN 1 AND 2", &unknown),
            ("(s.b = 1) IS TRUE", &no),
            ("(s.b = 1) IS NOT TRUE", &yes),
            ("(s.b = 1) IS FALSE", &no),
            ("(s.b = 1) IS NOT FALSE", &yes),
            ("s.b IS DISTINCT FROM 1", &yes),
            ("s.b IS NOT DISTINCT FROM NULL", &yes),
            ("s.b LIKE 'x%'", &unknown),
            ("a LIKE '_'", &yes),
            ("TRUE AND NOT FALSE", &yes),
        ];
        for (text, expected) in cases {
            assert_eq!(evaluated(text, Some("x"), None), *expected, "{text}");
        }
    }

    #[test]
    fn values_are_compared_by_their_types() {
        let holds = |text, a| assert_eq!(evaluated(text, Some(a), Some(10)), Ok(Some(true)), "{text}");
        holds("a > 9", "10");
        holds("a < '9'", "10");
        holds("a >= -1.5 AND a <= 1e3", "10");
        holds("s.b = 10.0", "");
        holds("s.b NOT BETWEEN 11 AND 20", "");
        holds("a = DATE '2026-06-01'", "2026-06-01");
        holds("CAST(a AS DATE) = '2026-06-01'", "2026-06-01 07:00:00");
        holds("CAST(t AS DATE) = DATE '2026-06-01'", "");
        holds("t < TIMESTAMP '2026-06-02 05:00:01+09:00' AND t >= '2026-06-01 20:00:00'", "");
        holds("DATETIME '2026-06-01 07:00:00' = a", "2026-06-01T07:00:00");
        holds("a", "TRUE");
        holds(r#"a = "it's" AND `a` = 'it\'s' AND a != r'it\s'"#, "it's");
    }

    #[test]
    fn what_is_not_evaluated_is_refused_where_it_stands() {
        let refused = |text| evaluated(text, None, None).unwrap_err();
        // sqlparser's places of functions end before the parenthesis.
        assert_eq!(refused("a = 'x' AND REGEXP_CONTAINS(a, 'x')"), "REGEXP_CONTAINS(a, 'x'");
        assert_eq!(refused("s.b + 1 > 2"), "s.b + 1");
        assert_eq!(refused("a LIKE ANY ('x', 'y')").get(..1), Some("a"));
        assert_eq!(refused("a IN UNNEST(['x'])").get(..1), Some("a"));
        assert_eq!(refused("t > TIMESTAMP '2026-06-01 Asia/Tokyo'"), "'2026-06-01 Asia/Tokyo'");
        assert_eq!(
            evaluated("s.b = 'x'", None, Some(1)),
            Err("an INT64 cannot be compared with a STRING".into())
        );
        assert_eq!(evaluated("s.b", None, Some(1)), Err("an INT64 is no BOOL".into()));
    }
}
