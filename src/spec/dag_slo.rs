//! DagSlo: what is promised about one Airflow DAG.

use super::alerts::{AlertSettings, EventAlertSettings};
use super::metadata::Document;
use super::schedule::{DaysOff, Schedule};
use super::values::{ComposerEnvironment, DagId, TaskId, default_window, only, schema_of_form, whole};
use crate::slo::{Date, Deadline, Duration, Ratio, TimeOfDay};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A DagSlo document.
pub type DagSlo = Document<DagSloSpec>;

/// Where the Project's defaults go.
pub(super) const DEFAULTS: &[(&str, &[&str])] = &[
    ("owner", &["metadata", "owner"]),
    ("timezone", &["spec", "schedule", "timezone"]),
    ("window", &["spec", "objectives", "success", "window"]),
    ("window", &["spec", "objectives", "landing", "window"]),
];

/// What is promised about one DAG.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DagSloSpec {
    /// The DAG's `dag_id`.
    pub dag: DagId,
    /// The Composer environment that runs it, where the Project's environment has several.
    #[serde(default)]
    #[schemars(with = "ComposerEnvironment")]
    pub composer_environment: Option<ComposerEnvironment>,
    /// When its runs are due.
    pub schedule: Schedule,
    /// The promises.
    pub objectives: DagObjectives,
    /// The first day on which something is due, in the time zone of the schedule: a first apply does not alert for what does
    /// not run yet.
    #[serde(default)]
    #[schemars(with = "Date")]
    pub from: Option<Date>,
    /// Days on which nothing is due: a freeze, a pause, a rebuild.
    #[serde(default)]
    pub suspend: Vec<DaysOff>,
    /// Settings of single alerts.
    #[serde(default)]
    pub alerts: DagAlerts,
}

/// The promises about a DAG.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct DagObjectives {
    /// The share of scheduled runs that succeed in the end.
    #[serde(default)]
    #[schemars(with = "Success")]
    pub success: Option<Success>,
    /// A success after each scheduled start by a deadline.
    #[serde(default)]
    #[schemars(with = "Landing")]
    pub landing: Option<Landing>,
    /// The longest that a run may take; a slower one makes a ticket.
    #[serde(default)]
    #[schemars(with = "LongestRun")]
    pub duration: Option<LongestRun>,
    /// Promises about single tasks, by `task_id`.
    #[serde(default)]
    pub tasks: BTreeMap<TaskId, TaskObjectives>,
}

/// The share of scheduled runs that succeed in the end.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Success {
    /// The share.
    pub target: Ratio,
    /// The rolling window that it is judged over; by default that of the Project's `defaults`, else `28d`.
    #[serde(default = "default_window")]
    pub window: Duration,
    /// How many failed runs in a row page, whatever is left of the budget.
    #[serde(default = "default_consecutive", deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 10))]
    pub consecutive: u32,
}

fn default_consecutive() -> u32 {
    2
}

/// A success after each scheduled start by a deadline.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "LandingForm")]
pub struct Landing {
    /// The deadline.
    pub deadline: Deadline,
    /// The share of scheduled starts that meet it.
    pub target: Ratio,
    /// The rolling window that it is judged over; by default that of the Project's `defaults`, else `28d`.
    pub window: Duration,
}

/// A success after each scheduled start by a deadline: exactly one of `by` and `within`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["by"]}, {"required": ["within"]}]))]
struct LandingForm {
    /// By this time of day, in the schedule's time zone.
    #[serde(default)]
    #[schemars(with = "TimeOfDay")]
    by: Option<TimeOfDay>,
    /// Within so long after the scheduled start.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["2h30m"]))]
    within: Option<Duration>,
    /// The share of scheduled starts that meet the deadline.
    target: Ratio,
    /// The rolling window that it is judged over; by default that of the Project's `defaults`, else `28d`.
    #[serde(default = "default_window")]
    window: Duration,
}

schema_of_form!(Landing, LandingForm);

impl TryFrom<LandingForm> for Landing {
    type Error = &'static str;

    fn try_from(form: LandingForm) -> Result<Landing, Self::Error> {
        let deadline = only([form.by.map(Deadline::By), form.within.map(Deadline::Within)])?;
        Ok(Landing { deadline, target: form.target, window: form.window })
    }
}

/// The longest that a run may take.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LongestRun {
    /// How long.
    #[schemars(extend("examples" = ["45m"]))]
    pub under: Duration,
}

/// The promises about a task.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskObjectives {
    /// A success of the task after each scheduled start of the DAG by a deadline; a miss makes a ticket.
    pub landing: TaskLanding,
}

/// A success of a task by a deadline.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "TaskLandingForm")]
pub struct TaskLanding {
    /// The deadline.
    pub deadline: Deadline,
}

/// A success of a task by a deadline: exactly one of `by` and `within`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["by"]}, {"required": ["within"]}]))]
struct TaskLandingForm {
    /// By this time of day, in the schedule's time zone.
    #[serde(default)]
    #[schemars(with = "TimeOfDay")]
    by: Option<TimeOfDay>,
    /// Within so long after the scheduled start of the DAG.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["2h30m"]))]
    within: Option<Duration>,
}

schema_of_form!(TaskLanding, TaskLandingForm);

impl TryFrom<TaskLandingForm> for TaskLanding {
    type Error = &'static str;

    fn try_from(form: TaskLandingForm) -> Result<TaskLanding, Self::Error> {
        let deadline = only([form.by.map(Deadline::By), form.within.map(Deadline::Within)])?;
        Ok(TaskLanding { deadline })
    }
}

/// Settings of a DAG's alerts; an objective has those that suit how often the DAG runs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DagAlerts {
    /// A run failed (few runs; a ticket).
    #[serde(default)]
    pub failed_run: EventAlertSettings,
    /// Failures in a row, or more failures than the budget allows (few runs; a page).
    #[serde(default)]
    pub repeated_failure: AlertSettings,
    /// The budget is being spent fast (many runs; a page).
    #[serde(default)]
    pub fast_burn: AlertSettings,
    /// The budget is being spent slowly (many runs; a ticket).
    #[serde(default)]
    pub slow_burn: AlertSettings,
    /// No success by the deadline of `landing` (a page).
    #[serde(default)]
    pub landing: AlertSettings,
    /// No run has ended since one was due, where no `landing` is declared (a page). `after` is the time from the start
    /// until it is missed: by default such that the alert fires at the next start, and from 1h to 24h.
    #[serde(default)]
    pub missed_run: AlertSettings,
    /// A run took longer than `duration` allows (a ticket).
    #[serde(default)]
    pub duration: EventAlertSettings,
    /// No success of a task by its deadline (a ticket).
    #[serde(default)]
    pub tasks: AlertSettings,
}
