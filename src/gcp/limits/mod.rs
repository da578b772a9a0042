//! The limits of Cloud Monitoring, of Cloud Logging, of BigQuery and of Grafana that `terraform validate` does not check:
//! each once, as a constant for the code and as data for the tests and for `docs/limits.md`.

mod alert_policies;
mod grafana;
mod logs;
mod rules;
mod scheduled_queries;
mod slos;
mod texts;
mod totals;

pub use alert_policies::*;
pub use grafana::*;
pub use logs::*;
pub use rules::{RULES, Rule};
pub use scheduled_queries::*;
pub use slos::*;
pub use texts::*;
pub use totals::*;

use crate::slo::{Duration, Ratio};

/// A limit, as data.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The name of its constant.
    pub name: &'static str,
    /// What it limits.
    pub what: &'static str,
    /// The limit.
    pub value: Value,
    /// On which side of it things are accepted.
    pub bound: Bound,
    /// Who says so.
    pub source: Source,
    /// How Genkai keeps to it.
    pub kept: Kept,
}

/// A value with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// So many of something, such as "characters".
    Count(u64, &'static str),
    /// A length of time.
    Duration(Duration),
    /// A share.
    Ratio(Ratio),
}

/// On which side of a limit things are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The limit and what is below it.
    AtMost,
    /// The limit and what is above it.
    AtLeast,
    /// Multiples of it.
    MultipleOf,
}

/// Who says so, from the surest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The reference of the API or of the provider.
    Reference(&'static str),
    /// The API itself, when it refused something, in these words or in this place.
    Refusal(&'static str),
    /// Others who read the page on quotas or met the limit.
    Others(&'static str),
    /// Nobody yet: it is remembered from a reference and not confirmed.
    Unconfirmed,
    /// Genkai itself, for this reason.
    Genkai(&'static str),
}

/// How Genkai keeps to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// `verify` reports what goes beyond it under this code.
    Reported(&'static str),
    /// Nothing can go beyond it, for this reason.
    Always(&'static str),
    /// Genkai does not write what it is about.
    NotWritten(&'static str),
}

impl Limit {
    /// Whether an amount, in the unit of the limit, keeps to it: things, seconds or millionths.
    pub const fn allows(&self, amount: u64) -> bool {
        let limit = self.value.amount();
        match self.bound {
            Bound::AtMost => amount <= limit,
            Bound::AtLeast => amount >= limit,
            Bound::MultipleOf => amount.is_multiple_of(limit),
        }
    }
}

impl Value {
    /// The number alone: things, seconds or millionths.
    pub const fn amount(self) -> u64 {
        match self {
            Value::Count(count, _) => count,
            Value::Duration(duration) => duration.as_seconds(),
            Value::Ratio(ratio) => ratio.as_millionths() as u64,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Count(1, units) => write!(f, "1 {}", units.strip_suffix('s').unwrap_or(units)),
            Value::Count(count, units) => write!(f, "{count} {units}"),
            Value::Duration(duration) => duration.fmt(f),
            Value::Ratio(ratio) => ratio.fmt(f),
        }
    }
}

/// Every limit, below what it is about.
pub const TABLES: [(&str, &[Limit]); 7] = [
    ("Alert policies", alert_policies::TABLE),
    ("Texts, names and labels", texts::TABLE),
    ("Services and SLOs", slos::TABLE),
    ("Conditions on logs, and log-based metrics", logs::TABLE),
    ("Scheduled queries", scheduled_queries::TABLE),
    ("Totals", totals::TABLE),
    ("Dashboards in Grafana", grafana::TABLE),
];

/// Every limit.
pub fn all() -> impl Iterator<Item = &'static Limit> {
    TABLES.iter().flat_map(|(_, limits)| limits.iter())
}

/// Declares limits as constants, and the same as data. A count names its unit.
macro_rules! limits {
    ($($name:ident: $type:tt = $value:expr, $($unit:literal,)? $bound:ident, $source:expr, $kept:expr, $what:literal;)*) => {
        $(#[doc = $what] pub const $name: $type = $value;)*

        /// These limits as data.
        pub(super) const TABLE: &[super::Limit] = &[$(super::Limit {
            name: stringify!($name),
            what: $what,
            value: $crate::gcp::limits::limits!(@value $type $name $($unit)?),
            bound: super::Bound::$bound,
            source: $source,
            kept: $kept,
        }),*];
    };
    (@value Duration $name:ident) => { super::Value::Duration($name) };
    (@value Ratio $name:ident) => { super::Value::Ratio($name) };
    (@value $count:tt $name:ident $unit:literal) => { super::Value::Count($name as u64, $unit) };
}
use limits;
