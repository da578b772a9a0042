//! The one printer of SQL: what fits on a line stands on one.

use super::escape;
use super::layout::{Lines, around, block, filled, glued, indented, line, listed};
use super::model::{Cte, Expr, From, Item, Join, Order, Query, Script, Source, Statement};
use crate::nulls::{Path, Table};

/// The most letters of a line that could be broken.
const WIDTH: usize = 100;

impl Script {
    /// The text of the script.
    pub fn print(&self) -> String {
        let comment = |text: &str| escape::comment(text).collect::<Lines>();
        let mut parts = vec![comment(&self.comment)];
        for (above, statement) in &self.statements {
            let lines = [above.as_deref().map(comment).unwrap_or_default(), statement.lines()].concat();
            // What has no comment of its own belongs to what is above.
            match parts.last_mut().filter(|_| above.is_none()) {
                Some(before) => before.extend(lines),
                None => parts.push(lines),
            }
        }
        let parts: Vec<String> = parts.into_iter().map(|lines| lines.join("\n") + "\n").collect();
        parts.join("\n")
    }
}

impl Query {
    /// The text of the query alone.
    pub fn print(&self) -> String {
        self.lines(WIDTH).join("\n")
    }

    fn lines(&self, width: usize) -> Lines {
        let mut lines = Lines::new();
        if !self.with.is_empty() {
            let with = listed(self.with.iter().map(Cte::lines));
            lines.extend([line("WITH"), indented(with)].concat());
        }
        let flat = self.flat_select();
        match flat.filter(|flat| flat.len() <= width && self.with.is_empty()) {
            Some(flat) => lines.push(flat),
            None => lines.extend(self.select_lines(width)),
        }
        if let Some(other) = &self.union_all {
            lines.push("UNION ALL".to_owned());
            lines.extend(other.lines(width));
        }
        lines
    }

    fn select_lines(&self, width: usize) -> Lines {
        let inner = width.saturating_sub(2);
        let items = self.select.iter().map(|item| item.lines(inner));
        let mut lines = match (self.select.as_slice(), self.select.first().and_then(Item::flat)) {
            ([_], Some(only)) if only.len() <= inner => line(format!("SELECT {only}")),
            _ => [line("SELECT"), indented(listed(items))].concat(),
        };
        for from in &self.from {
            lines.extend(from.lines(width));
        }
        match self.filter.as_slice() {
            [] => {}
            [only] => lines.extend(glued(line("WHERE "), only.lines(width.saturating_sub(6)))),
            several => {
                lines.push("WHERE".to_owned());
                lines.extend(indented(joined("AND", several, inner)));
            }
        }
        if let Some(qualify) = &self.qualify {
            lines.extend(around("QUALIFY ", qualify.lines(width.saturating_sub(8)), ""));
        }
        let tail = self.tail();
        lines.extend((!tail.is_empty()).then_some(tail));
        lines
    }

    /// What comes after the conditions; a query that qualifies its rows does not group them.
    fn tail(&self) -> String {
        let flat =
            |items: &[Expr]| items.iter().map(|item| item.flat().unwrap_or_default()).collect::<Vec<_>>();
        let mut parts = Vec::new();
        if !self.group_by.is_empty() {
            parts.push(format!("GROUP BY {}", flat(&self.group_by).join(", ")));
        }
        parts.extend(order_by(&self.order_by));
        parts.extend(self.limit.map(|most| format!("LIMIT {most}")));
        parts.join(" ")
    }

    /// On one line, without the rows of others.
    fn flat_select(&self) -> Option<String> {
        let items: Option<Vec<String>> = self.select.iter().map(Item::flat).collect();
        let mut parts = vec![format!("SELECT {}", items?.join(", "))];
        for from in &self.from {
            parts.push(from.flat()?);
        }
        if !self.filter.is_empty() {
            let filter: Option<Vec<String>> = self.filter.iter().map(|one| one.flat_in(AND)).collect();
            parts.push(format!("WHERE {}", filter?.join(" AND ")));
        }
        if let Some(qualify) = &self.qualify {
            parts.push(format!("QUALIFY {}", qualify.flat()?));
        }
        parts.push(self.tail());
        parts.retain(|part| !part.is_empty());
        Some(parts.join(" "))
    }

    /// On one line, if nothing in it needs more.
    fn flat(&self) -> Option<String> {
        let simple = self.with.is_empty() && self.union_all.is_none();
        if simple { self.flat_select() } else { None }
    }
}

impl Statement {
    fn lines(&self) -> Lines {
        let lines = match self {
            Statement::Declare(name, of) => line(format!("DECLARE {name} {of}")),
            Statement::DeclareAs(name, value) => {
                let start = format!("DECLARE {name} DEFAULT ");
                let flat = value.flat().filter(|flat| start.len() + flat.len() <= WIDTH);
                glued(line(start), flat.map_or_else(|| value.broken(WIDTH), line))
            }
            Statement::Set(name, value) => {
                let start = format!("SET {name} = ");
                glued(line(start.clone()), value.lines(WIDTH.saturating_sub(start.len())))
            }
            Statement::CreateTempTable(name, query) => {
                [line(format!("CREATE TEMP TABLE {name} AS")), query.lines(WIDTH)].concat()
            }
            Statement::Insert { table, columns, query } => {
                let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
                let head = format!("INSERT INTO {} (", table_name(table));
                [block(head, filled(&columns, WIDTH), ")"), query.lines(WIDTH)].concat()
            }
            Statement::Select(query) => query.lines(WIDTH),
        };
        glued(lines, line(";"))
    }
}

impl Cte {
    fn lines(&self) -> Lines {
        block(format!("{} AS (", self.name), self.query.lines(WIDTH - 4), ")")
    }
}

impl Item {
    fn lines(&self, width: usize) -> Lines {
        match self.1 {
            None => self.0.lines(width),
            Some(name) => {
                let name = format!(" AS {name}");
                glued(self.0.lines(width.saturating_sub(name.len())), line(name))
            }
        }
    }

    fn flat(&self) -> Option<String> {
        let flat = self.0.flat()?;
        Some(self.1.map_or_else(|| flat.clone(), |name| format!("{flat} AS {name}")))
    }
}

impl From {
    fn lines(&self, width: usize) -> Lines {
        let (word, on) = self.join.parts();
        let alias = self.alias.map(|alias| format!(" AS {alias}")).unwrap_or_default();
        let source = match &self.source {
            Source::Unnest(list) => around("UNNEST(", list.lines(width.saturating_sub(word.len() + 9)), ")"),
            Source::Table(table) => line(table_name(table)),
            Source::Named(name) => line(*name),
        };
        let mut lines = around(&format!("{word} "), source, &alias);
        if let Some(on) = on {
            let on = on.clone();
            let all = match on {
                Expr::And(all) => all,
                one => vec![one],
            };
            lines.extend(indented(glued(line("ON "), joined("AND", &all, width.saturating_sub(8)))));
        }
        lines
    }

    fn flat(&self) -> Option<String> {
        match self.lines(usize::MAX).as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }
}

impl Join {
    fn parts(&self) -> (&'static str, Option<&Expr>) {
        match self {
            Join::First => ("FROM", None),
            Join::Cross => ("CROSS JOIN", None),
            Join::Inner(on) => ("JOIN", Some(on)),
            Join::Left(on) => ("LEFT JOIN", Some(on)),
        }
    }
}

/// How tightly operators bind, from the loosest.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const ADD: u8 = 5;
const MULTIPLY: u8 = 6;
const ALONE: u8 = 7;

impl Expr {
    fn binds(&self) -> u8 {
        match self {
            Expr::Or(_) => OR,
            Expr::And(_) => AND,
            Expr::Not(_) => NOT,
            Expr::Binary(_, "+" | "-", _) => ADD,
            Expr::Binary(_, "*" | "/", _) => MULTIPLY,
            Expr::Binary(..) | Expr::Between(..) | Expr::In(..) | Expr::IsNull(_) | Expr::IsNotNull(_) => {
                COMPARE
            }
            _ => ALONE,
        }
    }

    /// The same for what is left of an operator: a sum of sums needs no parentheses there.
    fn binds_left(&self) -> u8 {
        self.binds().saturating_sub(u8::from(self.binds() > COMPARE))
    }

    /// On one line, in parentheses where something around it binds as tightly.
    fn flat_in(&self, around: u8) -> Option<String> {
        let flat = self.flat()?;
        Some(if self.binds() <= around { format!("({flat})") } else { flat })
    }

    /// On one line, if nothing in it needs more.
    fn flat(&self) -> Option<String> {
        let all = |items: &[Expr]| items.iter().map(Expr::flat).collect::<Option<Vec<_>>>();
        Some(match self {
            Expr::Word(word) => (*word).to_owned(),
            Expr::Path(path) => path_name(path),
            Expr::Text(text) => escape::string(text),
            Expr::Inert(text) => escape::inert_string(text),
            Expr::Integer(number) => number.to_string(),
            Expr::Date(day) => format!("DATE '{day}'"),
            Expr::Interval(length, unit) => format!("INTERVAL {length} {unit}"),
            Expr::Call(name, arguments, order) => {
                let order = order_by(order).map(|order| format!(" {order}")).unwrap_or_default();
                format!("{name}({}{order})", all(arguments)?.join(", "))
            }
            Expr::Over(of, equal, order) => {
                let equal = Some(all(equal)?.join(", ")).filter(|equal| !equal.is_empty());
                let equal = equal.map(|equal| format!("PARTITION BY {equal}"));
                let window: Vec<String> = equal.into_iter().chain(order_by(order)).collect();
                format!("{} OVER ({})", of.flat()?, window.join(" "))
            }
            Expr::Cast(of, to) => format!("CAST({} AS {to})", of.flat()?),
            Expr::Binary(one, operator, other) => {
                format!("{} {operator} {}", one.flat_in(self.binds_left())?, other.flat_in(self.binds())?)
            }
            Expr::Between(of, first, last) => {
                let bound = |bound: &Expr| bound.flat_in(COMPARE);
                format!("{} BETWEEN {} AND {}", bound(of)?, bound(first)?, bound(last)?)
            }
            Expr::In(of, several) => format!("{} IN ({})", of.flat_in(COMPARE)?, all(several)?.join(", ")),
            Expr::IsNull(of) => format!("{} IS NULL", of.flat_in(COMPARE)?),
            Expr::IsNotNull(of) => format!("{} IS NOT NULL", of.flat_in(COMPARE)?),
            Expr::Not(of) => format!("NOT {}", of.flat_in(NOT)?),
            Expr::And(items) => flat_joined(items, " AND ")?,
            Expr::Or(items) => flat_joined(items, " OR ")?,
            Expr::Case(whens, last) => {
                let whens = whens
                    .iter()
                    .map(|(when, then)| Some(format!("WHEN {} THEN {}", when.flat()?, then.flat()?)));
                let whens: Option<Vec<String>> = whens.collect();
                format!("CASE {} ELSE {} END", whens?.join(" "), last.flat()?)
            }
            Expr::List(items) => format!("[{}]", all(items)?.join(", ")),
            Expr::ListOf(of, items) => format!("ARRAY<{of}>[{}]", all(items)?.join(", ")),
            Expr::Tuple(items) => format!("({})", all(items)?.join(", ")),
            Expr::Struct(fields) => {
                let fields = fields.iter().map(|(of, name)| Some(format!("{} AS {name}", of.flat()?)));
                format!("STRUCT({})", fields.collect::<Option<Vec<_>>>()?.join(", "))
            }
            Expr::Of(what, query) => format!("{what}({})", query.flat()?),
            Expr::Condition(_) => return None,
        })
    }

    /// In parentheses where something around it binds as tightly.
    fn lines_in(&self, around: u8, width: usize) -> Lines {
        match self.flat_in(around).filter(|flat| flat.chars().count() <= width) {
            Some(flat) => line(flat),
            None if self.binds() > around => self.broken(width),
            None => block("(".to_owned(), self.lines(width.saturating_sub(2)), ")"),
        }
    }

    fn lines(&self, width: usize) -> Lines {
        match self.flat().filter(|flat| flat.chars().count() <= width) {
            Some(flat) => line(flat),
            None => self.broken(width),
        }
    }

    /// On several lines, as far as it can be broken.
    fn broken(&self, width: usize) -> Lines {
        let inner = width.saturating_sub(2);
        match self {
            Expr::And(items) => joined("AND", items, inner),
            Expr::Or(items) => joined("OR", items, inner),
            Expr::Not(of) => around("NOT ", of.lines_in(NOT, width.saturating_sub(4)), ""),
            Expr::Call(name, arguments, order) => {
                let arguments = listed(arguments.iter().map(|argument| argument.lines(inner)));
                let inside = arguments.into_iter().chain(order_by(order)).collect();
                block(format!("{name}("), inside, ")")
            }
            Expr::Binary(one, operator, other) => {
                let other = around(&format!(" {operator} "), other.lines_in(self.binds(), inner), "");
                glued(one.lines_in(self.binds_left(), inner), other)
            }
            Expr::Between(of, first, last) => {
                let bounds = [("BETWEEN ", first), ("AND ", last)];
                let bounds = bounds.map(|(word, bound)| around(word, bound.lines_in(COMPARE, inner), ""));
                [of.lines_in(COMPARE, inner), indented(bounds.concat())].concat()
            }
            Expr::Case(whens, last) => {
                let whens = whens.iter().flat_map(|(when, then)| {
                    let then = around(" THEN ", then.lines(inner), "");
                    let mut when = when.lines(width.saturating_sub(30)).into_iter();
                    let first = around("WHEN ", line(when.next().unwrap_or_default()), "");
                    glued([first, indented(when.collect())].concat(), then)
                });
                let last = around("ELSE ", last.lines(inner), "");
                block("CASE".to_owned(), whens.chain(last).collect(), "END")
            }
            Expr::List(items) => block("[".to_owned(), list_lines(items, inner), "]"),
            Expr::ListOf(of, items) => block(format!("ARRAY<{of}>["), list_lines(items, inner), "]"),
            Expr::Struct(fields) => {
                let name = |name: &str| line(format!(" AS {name}"));
                let fields = fields.iter().map(|(of, named)| glued(of.lines(inner), name(named)));
                block("STRUCT(".to_owned(), listed(fields), ")")
            }
            Expr::Over(of, equal, order) => {
                let equal: Vec<String> = equal.iter().map(|by| by.flat().unwrap_or_default()).collect();
                let equal = (!equal.is_empty()).then(|| format!("PARTITION BY {}", equal.join(", ")));
                let inside = equal.into_iter().chain(order_by(order)).collect();
                glued(of.lines(inner), block(" OVER (".to_owned(), inside, ")"))
            }
            Expr::Of(what, query) => block(format!("{what}("), query.lines(inner), ")"),
            // On lines of its own, so that nothing in it reaches the parentheses.
            Expr::Condition(condition) => {
                block("(".to_owned(), condition.as_str().split('\n').map(str::to_owned).collect(), ")")
            }
            _ => line(self.flat().unwrap_or_default()),
        }
    }
}

/// Short items fill lines, long ones have their own.
fn list_lines(items: &[Expr], width: usize) -> Lines {
    let flat: Option<Vec<String>> = items.iter().map(Expr::flat).collect();
    match flat.filter(|items| items.iter().all(|item| item.len() <= 40)) {
        Some(words) => filled(&words, width),
        None => listed(items.iter().map(|item| item.lines(width))),
    }
}

/// Each on a line, with a word before all but the first. Who reads AND beside OR need not know which binds tighter.
fn joined(word: &str, items: &[Expr], width: usize) -> Lines {
    if let [only] = items {
        return only.lines(width);
    }
    let lines = items.iter().enumerate().flat_map(|(index, item)| {
        let inside = item.lines_in(AND, width);
        if index == 0 { inside } else { around(&format!("{word} "), inside, "") }
    });
    lines.collect()
}

fn flat_joined(items: &[Expr], word: &str) -> Option<String> {
    if let [only] = items {
        return only.flat();
    }
    Some(items.iter().map(|item| item.flat_in(AND)).collect::<Option<Vec<_>>>()?.join(word))
}

fn order_by(order: &[Order]) -> Option<String> {
    let one = |order: &Order| match order {
        Order::Up(by) => by.flat().unwrap_or_default(),
        Order::Down(by) => format!("{} DESC", by.flat().unwrap_or_default()),
    };
    let order: Vec<String> = order.iter().map(one).collect();
    (!order.is_empty()).then(|| format!("ORDER BY {}", order.join(", ")))
}

fn path_name(path: &Path) -> String {
    path.0.iter().map(|field| escape::name(field)).collect::<Vec<_>>().join(".")
}

fn table_name(table: &Table) -> String {
    let Table { project, dataset, name, wildcard } = table;
    escape::name(&format!("{project}.{dataset}.{name}{}", if *wildcard { "*" } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::super::model::{text, word};
    use super::*;

    /// A comparison that alone fills half a line.
    fn long(name: &'static str) -> Expr {
        word(name).op("=", text("x".repeat(40)))
    }

    /// However wide the lines are, the same stands in parentheses.
    #[test]
    fn line_breaks_change_no_meaning() {
        let either = || Expr::Or(vec![long("a"), long("b")]);
        let both = || Expr::And(vec![long("a"), long("b")]);
        let sum = || word("a").op("-", word("b"));
        for expression in [
            !either(),
            !both(),
            either().op("=", both()),
            Expr::Or(vec![both(), either(), long("c")]),
            Expr::And(vec![both(), either(), !both()]),
            Expr::Between(Box::new(either()), Box::new(sum()), Box::new(both())),
            sum().op("*", sum()).op("-", sum()),
            sum().op("/", sum().op("*", sum())),
            either().is_null(),
            Expr::IsNotNull(Box::new(!long("a"))),
            either().is_in([text("y".repeat(50)), sum()]),
        ] {
            let flat = expression.flat().unwrap();
            for width in [100, 60, 10, 0] {
                let lines = expression.lines(width);
                let joined: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
                let joined = joined.join(" ").replace("( ", "(").replace(" )", ")");
                assert_eq!(joined, flat, "{width}");
            }
        }
    }
}
