//! Arithmetic of service level objectives: windows, budgets, burn rates, schedules. Pure numbers and dates.

mod budget;
mod calendar;
mod cron;
mod dates;
mod deadline;
mod due;
mod duration;
mod holidays;
pub mod latest_start;
mod occurrences;
mod quantities;
mod ratio;
mod rows;
mod schedule;
mod slices;
mod start_count;
mod transfer;

pub use budget::{Budget, BurnRate, Events};
pub use calendar::Calendar;
pub use cron::CronError;
pub use dates::{Date, TimeOfDay};
pub use deadline::{Deadline, KNOWN, KNOWN_DAYS};
pub use due::Due;
pub use duration::Duration;
pub use holidays::japanese_holiday;
pub use occurrences::Occurrences;
pub use quantities::{ByteSize, PercentagePoints};
pub use ratio::Ratio;
pub use rows::RowRanges;
pub use schedule::{Schedule, ScheduleError, Schedules};
pub use slices::{ActiveHours, Slices};
pub use start_count::{LeftOut, StartCount};
pub use transfer::{NoTransferSchedule, TransferSchedule};
