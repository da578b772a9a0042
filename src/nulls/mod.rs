//! The judgement of a NULL-ratio check: what is measured, and what the measurements come to.
//!
//! A data day is judged when it is complete, and again while it has too few rows. Two programs judge by the same rules and must agree: the script that
//! BigQuery runs, and `genkai nulls` on a local sample.
//!
//! # The rules
//! * A *data day* is a date in the check's time zone; it is complete `delay` after its end, so the latest complete one is the
//!   day before the date that it was `delay` ago. A check without a partition has one data day at a time: today, complete at
//!   once, measured over the whole table.
//! * An *open* day is one on which data is due: neither closed by the calendar nor suspended. Closed and suspended days are
//!   not judged, unless the schedule `runsWithoutData`: then closed ones are, and their emptiness means nothing.
//! * A run looks at the open days among the [`Check::reach`] days that end with the latest complete one. It judges those
//!   that the history does not hold, the oldest [`Check::MOST_DAYS`] of them, and again each day of which the latest row of
//!   any column is `empty` or `inconclusive`, for its data may be late. A day is in the history when any of the check's
//!   measurements is, also one of a column that the check no longer has. `warming-up` stays: what a baseline lacks are days
//!   before, and those do not come.
//! * A run adds a row where the latest one of the day and column has another verdict or other numbers, and notifies of the
//!   rows that it adds: once of a day that stays empty.
//! * What the first run of a check notifies of may be missed: it starts as soon as the scheduled query is made, and an alert
//!   on logs acts some minutes after it is made. So those days are judged again by the next run, and a row is added whatever
//!   it says.
//! * A column's ratio is its NULLs by its rows, in millionths, rounded down; all arithmetic is of whole numbers.
//! * `atMost` is broken when `nulls * 1_000_000 > at_most * rows`.
//! * `rise`: the baseline of a day is the median of the ratios of the like days among the days in the history, those
//!   measured in the same run included, that are `over` days or less before it, at least one day before it, and have
//!   `min_rows` or more; of several measurements of a day the latest counts, a run's own before those of the history, be its rows few or many, and of those of one
//!   instant the one with more rows, then with more NULLs. Of an even number of days the median is the mean
//!   of the two in the middle, so twice the median is compared: `2 * ratio - median_times_two > 2 * more_than`. Like days
//!   are of the same class: weekend or not, closed or not. With fewer than `min_days` like days all those days count, of
//!   whatever class; with fewer than `min_days` of them there is no baseline. `rise` is broken when the baseline is exceeded
//!   by more than `more_than` and the ratio is `floor` or more.
//! * The verdict of a column on a day is the first that holds: `empty` (no rows), `inconclusive` (fewer than `min_rows`
//!   rows), `page`, `ticket` or `broken` (a limit is broken; the column's severity, where `broken` is one that nobody is told
//!   of), `warming-up` (a rise is promised and there is no baseline), `ok`.
//! * A run fails when it adds a row whose verdict is `page` or `ticket`, or `empty` where emptiness is a page or a ticket.
//! * The objective counts `ok` as good; `page`, `ticket`, `broken` and `empty` (unless emptiness means nothing) as bad;
//!   nothing else.

mod check;
mod condition;
mod judge;
mod record;

pub use judge::{Baseline, Broken, Judged, Measurement, Run, Verdict, judge, latest_complete};
pub use record::{Recorded, due, news};

pub use check::{Check, Column, Consequence, DataDays, Measured, OpenDays, Path, Rise, Table};
pub use condition::{Condition, ConditionError, Left};
