//! Statements as values: as much of BigQuery's SQL as Genkai writes.

use super::Condition;
use crate::nulls::{Path, Table};
use crate::slo::Date;

/// Statements, to be run one after another.
#[derive(Clone, Debug)]
pub struct Script {
    /// Stands above everything.
    pub comment: String,
    /// The statements, each with what stands above it, if anything.
    pub statements: Vec<(Option<String>, Statement)>,
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `DECLARE name type`
    Declare(&'static str, &'static str),
    /// `DECLARE name DEFAULT value`
    DeclareAs(&'static str, Expr),
    /// `SET name = value`
    Set(&'static str, Expr),
    /// `CREATE TEMP TABLE name AS …`
    CreateTempTable(&'static str, Query),
    /// `INSERT INTO table (columns) …`
    Insert {
        /// Where to.
        table: Table,
        /// What the query's columns are called there.
        columns: Vec<&'static str>,
        /// The rows.
        query: Query,
    },
    /// A query alone.
    Select(Query),
}

/// A query.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What the rest may name.
    pub with: Vec<Cte>,
    /// What is selected.
    pub select: Vec<Item>,
    /// Where from.
    pub from: Vec<From>,
    /// What must hold, all of it.
    pub filter: Vec<Expr>,
    /// What rows are put together by.
    pub group_by: Vec<Expr>,
    /// What must hold of rows beside each other; without `group_by`.
    pub qualify: Option<Expr>,
    /// What rows are sorted by.
    pub order_by: Vec<Order>,
    /// The most rows.
    pub limit: Option<u32>,
    /// The rows of another query, too.
    pub union_all: Option<Box<Query>>,
}

/// A query with a name.
#[derive(Clone, Debug)]
pub struct Cte {
    /// The name.
    pub name: &'static str,
    /// The query.
    pub query: Query,
}

/// What is selected, with a name unless it has its own.
#[derive(Clone, Debug)]
pub struct Item(pub Expr, pub Option<&'static str>);

/// Something that rows come from.
#[derive(Clone, Debug)]
pub struct From {
    /// How it is joined with what is above.
    pub join: Join,
    /// The rows.
    pub source: Source,
    /// What they are called.
    pub alias: Option<&'static str>,
}

/// How rows are joined with those above.
#[derive(Clone, Debug)]
pub enum Join {
    /// There are none above.
    First,
    /// Each with each.
    Cross,
    /// Those for which a condition holds.
    Inner(Expr),
    /// The same, and those above that meet none.
    Left(Expr),
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A table, by its full name.
    Table(Table),
    /// A query with a name, or a temporary table.
    Named(&'static str),
    /// The elements of a list.
    Unnest(Expr),
}

/// What rows are sorted by.
#[derive(Clone, Debug)]
pub enum Order {
    /// From small to large.
    Up(Expr),
    /// From large to small.
    Down(Expr),
}

/// An expression.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A name of our own, with dots, or a constant such as `NULL`.
    Word(&'static str),
    /// A column of an author's table, or a field of one.
    Path(Path),
    /// A text.
    Text(String),
    /// A text in which a program that puts the values of variables into SQL finds none.
    Inert(String),
    /// A whole number.
    Integer(i64),
    /// A day.
    Date(Date),
    /// `INTERVAL 2 DAY`
    Interval(u64, &'static str),
    /// A function, and for an aggregation the order of what it takes.
    Call(&'static str, Vec<Expr>, Vec<Order>),
    /// A function over the rows that are equal in something, in an order.
    Over(Box<Expr>, Vec<Expr>, Vec<Order>),
    /// `CAST(… AS type)`
    Cast(Box<Expr>, &'static str),
    /// An operator between two expressions.
    Binary(Box<Expr>, &'static str, Box<Expr>),
    /// `a BETWEEN b AND c`
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `a IN (b, c)`
    In(Box<Expr>, Vec<Expr>),
    /// `a IS NULL`
    IsNull(Box<Expr>),
    /// `a IS NOT NULL`
    IsNotNull(Box<Expr>),
    /// `NOT a`
    Not(Box<Expr>),
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// The first value whose condition holds, or the last.
    Case(Vec<(Expr, Expr)>, Box<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `ARRAY<type>[a, b]`
    ListOf(&'static str, Vec<Expr>),
    /// `(a, b)`: a STRUCT without names.
    Tuple(Vec<Expr>),
    /// `STRUCT(a AS name)`
    Struct(Vec<(Expr, &'static str)>),
    /// A query that something is made of: `ARRAY (…)`, `EXISTS (…)`.
    Of(&'static str, Box<Query>),
    /// What an author wrote.
    Condition(Condition),
}

/// A name of our own, or a constant.
pub const fn word(word: &'static str) -> Expr {
    Expr::Word(word)
}

/// A text.
pub fn text(text: impl Into<String>) -> Expr {
    Expr::Text(text.into())
}

/// A whole number.
pub fn integer(number: impl Into<i64>) -> Expr {
    Expr::Integer(number.into())
}

/// A function.
pub fn call(name: &'static str, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Call(name, arguments.into_iter().collect(), Vec::new())
}

impl Expr {
    /// An operator between this and another.
    #[must_use]
    pub fn op(self, operator: &'static str, other: Expr) -> Expr {
        Expr::Binary(Box::new(self), operator, Box::new(other))
    }

    /// Whether it is from one to another, both included.
    #[must_use]
    pub fn between(self, first: Expr, last: Expr) -> Expr {
        Expr::Between(Box::new(self), Box::new(first), Box::new(last))
    }

    /// Whether it is one of several.
    #[must_use]
    pub fn is_in(self, several: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::In(Box::new(self), several.into_iter().collect())
    }

    /// Whether it is NULL.
    #[must_use]
    pub fn is_null(self) -> Expr {
        Expr::IsNull(Box::new(self))
    }

    /// Whether it is not NULL.
    #[must_use]
    pub fn is_not_null(self) -> Expr {
        Expr::IsNotNull(Box::new(self))
    }

    /// The same as another type.
    #[must_use]
    pub fn cast(self, to: &'static str) -> Expr {
        Expr::Cast(Box::new(self), to)
    }

    /// Over the rows that are equal in something, in an order.
    #[must_use]
    pub fn over(self, equal: impl IntoIterator<Item = Expr>, order: impl IntoIterator<Item = Order>) -> Expr {
        Expr::Over(Box::new(self), equal.into_iter().collect(), order.into_iter().collect())
    }

    /// A date some days before.
    #[must_use]
    pub fn days_before(self, days: u64) -> Expr {
        call("DATE_SUB", [self, Expr::Interval(days, "DAY")])
    }

    /// The date a day later.
    #[must_use]
    pub fn next_day(self) -> Expr {
        call("DATE_ADD", [self, Expr::Interval(1, "DAY")])
    }

    /// Selected with a name.
    pub fn named(self, name: &'static str) -> Item {
        Item(self, Some(name))
    }
}

impl std::ops::Not for Expr {
    type Output = Expr;

    fn not(self) -> Expr {
        Expr::Not(Box::new(self))
    }
}

impl std::convert::From<Expr> for Item {
    fn from(expression: Expr) -> Item {
        Item(expression, None)
    }
}

impl From {
    /// The first rows of a query.
    pub fn first(source: Source, alias: Option<&'static str>) -> From {
        From { join: Join::First, source, alias }
    }
}
