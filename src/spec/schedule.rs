//! When runs are due, and when they are not.

use super::values::{Name, Title, only, schema_of_form, utc, whole};
use crate::slo::{Date, Duration, KNOWN_DAYS};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// When runs are due.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "ScheduleForm")]
pub struct Schedule {
    /// What starts the runs.
    pub timing: Timing,
    /// The time zone of the cron expression and of the days, by its IANA name.
    pub timezone: String,
    /// The calendar that knows on which days nothing is due.
    pub calendar: Option<Name>,
    /// What happens on those days.
    pub on_closed: OnClosed,
}

/// What starts the runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timing {
    /// The clock: five fields (minute hour day month weekday) or an Airflow preset such as `@daily`.
    Cron(String),
    /// A fixed distance from the run before.
    Every(Duration),
    /// Something else.
    Triggered(Triggered),
}

/// Runs that something else starts: a dataset, another DAG, a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Triggered {
    /// The fewest runs that are expected.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 100_000), extend("examples" = [1]))]
    pub at_least: u32,
    /// In how long a time.
    #[schemars(extend("examples" = ["24h"]))]
    pub per: Duration,
}

/// What a calendar's closed day means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OnClosed {
    /// Nothing runs, and nothing is due.
    #[default]
    NoRun,
    /// It runs, but no data is due: failures count, emptiness does not.
    RunsWithoutData,
}

/// When runs are due: exactly one of `cron`, `every` and `triggered`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["cron"]}, {"required": ["every"]}, {"required": ["triggered"]}]))]
struct ScheduleForm {
    /// Five fields (minute hour day month weekday) or an Airflow preset such as `@daily`.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1), extend("examples" = ["0 4 * * *", "@daily"]))]
    cron: Option<String>,
    /// The fixed distance between runs, as of a `timedelta` schedule.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["6h"]))]
    every: Option<Duration>,
    /// Runs that something else starts: a dataset, another DAG, a person.
    #[serde(default)]
    #[schemars(with = "Triggered")]
    triggered: Option<Triggered>,
    /// The time zone of the cron expression and of the calendar's days, by its IANA name; by default that of the
    /// Project's `defaults`, else UTC.
    #[serde(default = "utc")]
    #[schemars(length(min = 1), extend("examples" = ["Asia/Tokyo"]))]
    timezone: String,
    /// The Calendar on whose closed days no run is due, for a `cron`.
    #[serde(default)]
    #[schemars(with = "Name", extend("examples" = ["jp-business-days"]))]
    calendar: Option<Name>,
    /// What a closed day means: `noRun` (nothing is due) or `runsWithoutData` (it runs, but no data is due).
    #[serde(default)]
    on_closed: OnClosed,
}

schema_of_form!(Schedule, ScheduleForm);

impl TryFrom<ScheduleForm> for Schedule {
    type Error = &'static str;

    fn try_from(form: ScheduleForm) -> Result<Schedule, Self::Error> {
        let timing = only([
            form.cron.map(Timing::Cron),
            form.every.map(Timing::Every),
            form.triggered.map(Timing::Triggered),
        ])?;
        let ScheduleForm { timezone, calendar, on_closed, .. } = form;
        Ok(Schedule { timing, timezone, calendar, on_closed })
    }
}

/// Days on which nothing is due.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DaysOff {
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// Why, for whoever reads the spec next year.
    #[schemars(extend("examples" = ["warehouse migration"]))]
    pub reason: Title,
}

/// The days on which nothing is due: those before the first one on which something is, and those that are suspended.
pub fn idle_days(from: Option<Date>, suspend: &[DaysOff]) -> Vec<RangeInclusive<Date>> {
    // A first day beyond the years that are known is an error of its own.
    let from = from.filter(|from| from.as_civil() < KNOWN_DAYS.end);
    let before = from.and_then(|from| Some(Date::EARLIEST..=from.yesterday()?));
    before.into_iter().chain(suspend.iter().map(DaysOff::days)).collect()
}

impl DaysOff {
    /// The days, the last one included.
    pub fn days(&self) -> RangeInclusive<Date> {
        self.from..=self.to
    }
}
