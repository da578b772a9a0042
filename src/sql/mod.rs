//! BigQuery's SQL as typed statements, and one printer. There is no parser: Genkai writes SQL and reads none.
//!
//! Names of our own are plain words that the source spells out; names from a spec stand in backquotes, its texts in quoted
//! strings, both escaped by the printer. The only raw text is an author's [`Condition`].

mod condition;
mod escape;
mod layout;
mod model;
mod nulls;
mod print;

pub use condition::{Condition, InvalidCondition};
pub use model::{
    Cte, Expr, From, Item, Join, Order, Query, Script, Source, Statement, call, integer, text, word,
};
pub use nulls::{
    Comments, HISTORY, HistoryColumn, MESSAGE_ENDS, NullRatioScript, NullRatioSeries, message_begins, script,
};
