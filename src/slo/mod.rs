//! Arithmetic of service level objectives: windows, budgets, burn rates, schedules. Pure numbers and dates.

mod budget;
mod duration;
mod ratio;
mod schedule;

pub use budget::{Budget, BurnRate, Events};
pub use duration::Duration;
pub use ratio::Ratio;
pub use schedule::{Occurrences, Schedule, ScheduleError, Schedules};
