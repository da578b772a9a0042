//! PromQL as typed values, and one printer. There is no parser: Genkai writes queries and reads none.

mod lookback;

use crate::slo::Duration;
use std::fmt::Write;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A number.
    Number(f64),
    /// The series of a metric.
    Selector(Selector),
    /// A function.
    Call(&'static str, Vec<Expr>),
    /// An aggregation over all labels but some, such as `max(…)` or `max by (stage) (…)`.
    Aggregate(&'static str, &'static [&'static str], Box<Expr>),
    /// An operator between two expressions.
    Binary(Box<Expr>, Operator, Box<Expr>),
    /// The values of an expression over a range, at steps.
    Subquery {
        /// What is evaluated.
        of: Box<Expr>,
        /// How far back.
        range: Duration,
        /// The distance between the values.
        step: Duration,
    },
}

/// The series of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    /// The metric's name in PromQL.
    pub metric: String,
    /// Labels and the exact values that they must have.
    pub labels: Vec<(&'static str, String)>,
    /// Labels and the patterns that they must match as a whole.
    pub patterns: Vec<(&'static str, String)>,
    /// For a range of samples, how far back.
    pub range: Option<Duration>,
    /// How long ago the range ends.
    pub offset: Option<Duration>,
}

/// Operators, from those that bind loosest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "these are PromQL's own names")]
pub enum Operator {
    Or,
    And,
    Unless,
    /// `or`, where the named labels alone must be the same.
    OrOn(&'static [&'static str]),
    /// Likewise `and`.
    AndOn(&'static [&'static str]),
    /// Likewise `unless`.
    UnlessOn(&'static [&'static str]),
    GreaterOrEqual,
    GreaterOrEqualBool,
    LessBool,
    Greater,
    Less,
    Equal,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Operator {
    const fn text(self) -> &'static str {
        match self {
            Operator::Or => "or",
            Operator::And => "and",
            Operator::Unless => "unless",
            Operator::OrOn(_) => "or on",
            Operator::AndOn(_) => "and on",
            Operator::UnlessOn(_) => "unless on",
            Operator::GreaterOrEqual => ">=",
            Operator::GreaterOrEqualBool => ">= bool",
            Operator::LessBool => "< bool",
            Operator::Greater => ">",
            Operator::Less => "<",
            Operator::Equal => "==",
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
        }
    }

    /// The labels that alone must be the same, where they are named.
    const fn on(self) -> Option<&'static [&'static str]> {
        match self {
            Operator::OrOn(labels) | Operator::AndOn(labels) | Operator::UnlessOn(labels) => Some(labels),
            _ => None,
        }
    }

    const fn precedence(self) -> u8 {
        match self {
            Operator::Or | Operator::OrOn(_) => 1,
            Operator::And | Operator::Unless | Operator::AndOn(_) | Operator::UnlessOn(_) => 2,
            Operator::GreaterOrEqual
            | Operator::GreaterOrEqualBool
            | Operator::LessBool
            | Operator::Greater
            | Operator::Less
            | Operator::Equal => 3,
            Operator::Add | Operator::Subtract => 4,
            Operator::Multiply | Operator::Divide | Operator::Modulo => 5,
        }
    }
}

impl Selector {
    /// The series of a metric whose labels have exactly these values.
    pub fn new(metric: impl Into<String>, labels: Vec<(&'static str, String)>) -> Selector {
        Selector { metric: metric.into(), labels, patterns: Vec::new(), range: None, offset: None }
    }

    /// Those with one of these values of a label.
    #[must_use]
    pub fn one_of(mut self, label: &'static str, values: &[&str]) -> Selector {
        let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
        self.patterns.push((label, values.join("|")));
        self
    }

    /// Those with a label that begins so.
    #[must_use]
    pub fn begins(mut self, label: &'static str, prefix: &str) -> Selector {
        self.patterns.push((label, format!("{}.*", literal(prefix))));
        self
    }

    /// Those with a label that is a path, or one below it: `Parse`, `Parse/Map`.
    #[must_use]
    pub fn at_or_below(mut self, label: &'static str, path: &str) -> Selector {
        self.patterns.push((label, format!("{}(/.*)?", literal(path))));
        self
    }

    /// The samples of the last `range`.
    #[must_use]
    pub fn over(mut self, range: Duration) -> Selector {
        self.range = Some(range);
        self
    }

    /// As of `offset` ago.
    #[must_use]
    pub fn ago(mut self, offset: Duration) -> Selector {
        self.offset = Some(offset);
        self
    }
}

impl From<Selector> for Expr {
    fn from(selector: Selector) -> Expr {
        Expr::Selector(selector)
    }
}

impl From<f64> for Expr {
    fn from(number: f64) -> Expr {
        Expr::Number(number)
    }
}

impl Expr {
    /// A function of one argument.
    pub fn call(function: &'static str, argument: impl Into<Expr>) -> Expr {
        Expr::Call(function, vec![argument.into()])
    }

    /// The instant of the evaluation, in seconds of the epoch: a scalar.
    pub fn time() -> Expr {
        Expr::Call("time", Vec::new())
    }

    /// An aggregation over all labels.
    pub fn aggregate(operator: &'static str, of: impl Into<Expr>) -> Expr {
        Expr::Aggregate(operator, &[], Box::new(of.into()))
    }

    /// An aggregation over all labels but some.
    pub fn aggregate_by(
        operator: &'static str,
        labels: &'static [&'static str],
        of: impl Into<Expr>,
    ) -> Expr {
        Expr::Aggregate(operator, labels, Box::new(of.into()))
    }

    /// `self operator other`.
    #[must_use]
    pub fn then(self, operator: Operator, other: impl Into<Expr>) -> Expr {
        Expr::Binary(Box::new(self), operator, Box::new(other.into()))
    }

    /// The values over a range, at steps.
    #[must_use]
    pub fn every(self, step: Duration, range: Duration) -> Expr {
        Expr::Subquery { of: Box::new(self), range, step }
    }

    /// The expression on one line.
    pub fn one_line(&self) -> String {
        Printer::default().print(self).text
    }

    /// The expression over several lines, broken at operators where it is longer than 100 characters.
    pub fn pretty(&self) -> String {
        const WIDTH: usize = 100;
        let Printer { text: line, lengths, .. } = Printer::default().print(self);
        match line.len() {
            ..=WIDTH => line,
            _ => Printer { width: Some(WIDTH), lengths, ..Printer::default() }.print(self).text,
        }
    }

    /// Whether it holds an operator between two things that are worth a line each; a number is not.
    fn has_break(&self) -> bool {
        match self {
            Expr::Number(_) | Expr::Selector(_) => false,
            Expr::Call(_, arguments) => arguments.iter().any(Expr::has_break),
            Expr::Aggregate(_, _, of) | Expr::Subquery { of, .. } => of.has_break(),
            Expr::Binary(left, _, right) => {
                left.has_break() || right.has_break() || !(left.is_number() || right.is_number())
            }
        }
    }

    /// Whether it is a vector, not a scalar. A scalar comes from numbers and from what `time` and `scalar` return.
    pub fn is_vector(&self) -> bool {
        match self {
            Expr::Number(_) | Expr::Call("time" | "scalar", _) => false,
            Expr::Binary(left, _, right) => left.is_vector() || right.is_vector(),
            _ => true,
        }
    }

    const fn is_number(&self) -> bool {
        matches!(self, Expr::Number(_))
    }

    fn precedence(&self) -> u8 {
        match self {
            Expr::Binary(_, operator, _) => operator.precedence(),
            _ => u8::MAX,
        }
    }
}

/// Prints on one line, and notes how long each part is; then, where there is a width, over several lines.
#[derive(Default)]
struct Printer {
    width: Option<usize>,
    text: String,
    /// In the order in which the parts begin, which is the same both times.
    lengths: Vec<usize>,
    /// How many parts have begun.
    begun: usize,
}

impl Printer {
    fn print(mut self, expr: &Expr) -> Printer {
        self.expr(expr, 0);
        self
    }

    /// Whether an expression, which is this part of the whole, is too long for one line at this indentation and can be
    /// broken.
    fn breaks(&self, expr: &Expr, part: usize, indent: usize) -> bool {
        let length = self.lengths.get(part).copied().unwrap_or_default();
        self.width.is_some_and(|width| length + indent > width) && expr.has_break()
    }

    fn line(&mut self, indent: usize) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', indent));
    }

    fn expr(&mut self, expr: &Expr, indent: usize) {
        let start = self.text.len();
        let part = self.begun;
        self.begun += 1;
        if self.width.is_none() {
            self.lengths.push(0);
        }
        match expr {
            Expr::Number(number) => self.text.push_str(&number.to_string()),
            Expr::Selector(selector) => self.selector(selector),
            Expr::Call(name, arguments) => {
                self.text.push_str(name);
                let apart = arguments.len() > 1 && self.breaks(expr, part, indent);
                self.bracketed(expr, part, indent, |printer, indent| {
                    for (index, argument) in arguments.iter().enumerate() {
                        match (index, apart) {
                            (0, _) => {}
                            (_, false) => printer.text.push_str(", "),
                            (_, true) => {
                                printer.text.push(',');
                                printer.line(indent);
                            }
                        }
                        printer.expr(argument, indent);
                    }
                });
            }
            Expr::Aggregate(name, by, of) => {
                self.text.push_str(name);
                if !by.is_empty() {
                    let _ = write!(self.text, " by ({}) ", by.join(", "));
                }
                self.bracketed(expr, part, indent, |printer, indent| printer.expr(of, indent));
            }
            Expr::Binary(left, operator, right) => self.binary((expr, part), left, *operator, right, indent),
            Expr::Subquery { of, range, step } => {
                self.operand(of, u8::MAX, indent);
                let _ = write!(self.text, "[{range}:{step}]");
            }
        }
        if self.width.is_none()
            && let Some(length) = self.lengths.get_mut(part)
        {
            *length = self.text.len() - start;
        }
    }

    fn bracketed(
        &mut self,
        expr: &Expr,
        part: usize,
        indent: usize,
        inside: impl FnOnce(&mut Printer, usize),
    ) {
        self.text.push('(');
        if self.breaks(expr, part, indent) {
            self.line(indent + 2);
            inside(self, indent + 2);
            self.line(indent);
        } else {
            inside(self, indent);
        }
        self.text.push(')');
    }

    fn binary(
        &mut self,
        (expr, part): (&Expr, usize),
        left: &Expr,
        operator: Operator,
        right: &Expr,
        indent: usize,
    ) {
        self.operand(left, operator.precedence(), indent);
        if self.breaks(expr, part, indent) && !(left.is_number() || right.is_number()) {
            self.line(indent);
        } else {
            self.text.push(' ');
        }
        self.text.push_str(operator.text());
        self.text.push(' ');
        if let Some(labels) = operator.on() {
            let _ = write!(self.text, "({}) ", labels.join(", "));
        }
        // Operators of one rank group to the left, so an equal rank on the right needs its brackets.
        self.operand(right, operator.precedence() + 1, indent);
    }

    fn operand(&mut self, expr: &Expr, at_least: u8, indent: usize) {
        if expr.precedence() < at_least {
            self.bracketed(expr, self.begun, indent, |printer, indent| printer.expr(expr, indent));
        } else {
            self.expr(expr, indent);
        }
    }

    fn selector(&mut self, selector: &Selector) {
        self.text.push_str(&selector.metric);
        let equal = selector.labels.iter().map(|(label, value)| (label, "=", value));
        let matching = selector.patterns.iter().map(|(label, pattern)| (label, "=~", pattern));
        for (index, (label, operator, value)) in equal.chain(matching).enumerate() {
            self.text.push_str(if index == 0 { "{" } else { "," });
            let _ = write!(self.text, "{label}{operator}\"{}\"", escaped(value));
        }
        if !(selector.labels.is_empty() && selector.patterns.is_empty()) {
            self.text.push('}');
        }
        if let Some(range) = selector.range {
            let _ = write!(self.text, "[{range}]");
        }
        if let Some(offset) = selector.offset {
            let _ = write!(self.text, " offset {offset}");
        }
    }
}

/// A pattern that matches exactly this text.
pub fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // A dashboard takes a `$` and a word for one of its variables.
            '$' => pattern.push_str("[$]"),
            letter if r"\.+*?()|[]{}^".contains(letter) => pattern.extend(['\\', letter]),
            letter => pattern.push(letter),
        }
    }
    pattern
}

/// A text as it stands between double quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {
                let _ = write!(escaped, "\\u{:04x}", u32::from(letter));
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up() -> Expr {
        Selector::new("up", vec![("job", "a\"b\\c\nd".to_owned())]).into()
    }

    #[test]
    fn a_label_value_cannot_leave_its_quotes() {
        assert_eq!(up().one_line(), r#"up{job="a\"b\\c\nd"}"#);
    }

    #[test]
    fn a_path_or_a_prefix_is_no_pattern() {
        let selector =
            Selector::new("up", Vec::new()).at_or_below("step", "Read (all)/a.b").begins("job", "x");
        assert_eq!(Expr::from(selector).one_line(), r#"up{step=~"Read \\(all\\)/a\\.b(/.*)?",job=~"x.*"}"#);
    }

    #[test]
    fn labels_are_named_where_they_decide() {
        let age = Expr::aggregate_by("max", &["stage"], up());
        let young = up().then(Operator::Less, 600.0);
        let expr = age.then(Operator::UnlessOn(&["job_id"]), young).then(Operator::AndOn(&[]), up());
        let up = up().one_line();
        assert_eq!(
            expr.one_line(),
            format!("max by (stage) ({up}) unless on (job_id) {up} < 600 and on () {up}")
        );
    }

    #[test]
    fn brackets_stand_where_precedence_needs_them() {
        let sum = Expr::from(1.0).then(Operator::Add, 2.0);
        let product = sum.clone().then(Operator::Multiply, 3.0);
        assert_eq!(product.one_line(), "(1 + 2) * 3");
        assert_eq!(Expr::from(3.0).then(Operator::Add, sum.clone()).one_line(), "3 + (1 + 2)");
        let subquery = sum.every(Duration::minutes(4), Duration::days(28));
        assert_eq!(Expr::call("resets", subquery).one_line(), "resets((1 + 2)[28d:4m])");
    }

    #[test]
    fn both_layouts_mean_the_same() {
        let long = (0..8).fold(up(), |sum, _| sum.then(Operator::Or, Expr::aggregate("max", up())));
        let expr = Expr::call("last_over_time", long.every(Duration::minutes(4), Duration::days(28)));
        let pretty = expr.pretty();
        assert!(pretty.lines().count() > 4 && pretty.lines().all(|line| line.len() <= 100), "{pretty}");
        let parse = |text: &str| promql_parser::parser::parse(text).unwrap();
        assert_eq!(parse(&pretty), parse(&expr.one_line()));
    }
}
