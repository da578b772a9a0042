//! Queries that BigQuery's transfer service runs on a schedule.

use super::Kept::{Always, Reported};
use super::Source::{Refusal, Unconfirmed};
use super::limits;
use crate::slo::{Duration, TransferSchedule};

limits! {
    SQL_MAX: usize = 1_048_576, "characters", AtMost,
        Refusal("\"The maximum standard SQL query length is 1024.00K characters, including comments and white space characters\""),
        Reported("GK507"),
        "The text of a query";
    SCHEDULE_DISTANCE_MIN: Duration = TransferSchedule::SHORTEST, AtLeast, Unconfirmed,
        Always("[GK430](diagnostics/GK430.md) refuses a shorter `every`, and a cron expression runs once a day"),
        "The distance between two runs";
}
