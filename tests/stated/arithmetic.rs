//! The arithmetic of a query, evaluated by what another parser reads in it.

use promql_parser::parser::{self, Expr};

/// A query that compares when something was last seen with a function of the time.
pub struct Query(Expr);

/// Reads a query.
pub fn read(query: &str) -> Query {
    Query(parser::parse(query).unwrap_or_else(|error| panic!("{error}: {query}")))
}

impl Query {
    /// Whether it gives a value at an instant, where something was last seen at another.
    pub fn fires(&self, at: i64, seen: i64) -> bool {
        Evaluation { at: at as f64, seen: seen as f64 }.value(&self.0).is_some()
    }
}

struct Evaluation {
    at: f64,
    seen: f64,
}

impl Evaluation {
    /// The value of the only series; none where a comparison has filtered it.
    fn value(&self, expr: &Expr) -> Option<f64> {
        match expr {
            Expr::NumberLiteral(number) => Some(number.val),
            Expr::Paren(inside) => self.value(&inside.expr),
            // The only data that such a query asks for.
            Expr::Aggregate(_) => Some(self.seen),
            Expr::Call(call) => {
                let arguments: Option<Vec<f64>> =
                    call.args.args.iter().map(|argument| self.value(argument)).collect();
                Some(match (call.func.name, arguments?[..].as_ref()) {
                    ("time", []) => self.at,
                    ("vector" | "scalar", [value]) => *value,
                    ("clamp_min", [value, least]) => value.max(*least),
                    ("clamp_max", [value, most]) => value.min(*most),
                    ("day_of_month", [instant]) => day_of_month(*instant),
                    (name, arguments) => panic!("{name} of {arguments:?}"),
                })
            }
            Expr::Binary(binary) => {
                let operator = binary.op.to_string();
                let (left, right) = (self.value(&binary.lhs), self.value(&binary.rhs));
                if operator == "or" {
                    return left.or(right);
                }
                let (left, right) = (left?, right?);
                let compared = |holds: bool| match &binary.modifier {
                    Some(modifier) if modifier.return_bool => Some(f64::from(u8::from(holds))),
                    _ => holds.then_some(left),
                };
                match operator.as_str() {
                    "+" => Some(left + right),
                    "-" => Some(left - right),
                    "*" => Some(left * right),
                    "%" => Some(left % right),
                    "<" => compared(left < right),
                    ">" => compared(left > right),
                    ">=" => compared(left >= right),
                    other => panic!("no operator {other}"),
                }
            }
            other => panic!("not arithmetic: {other:?}"),
        }
    }
}

fn day_of_month(instant: f64) -> f64 {
    let instant = jiff::Timestamp::from_second(instant as i64).unwrap();
    f64::from(instant.to_zoned(jiff::tz::TimeZone::UTC).day())
}
