//! DataflowSlo: what is promised about a Dataflow job, or a group of jobs, and its steps.

use super::alerts::AlertSettings;
use super::metadata::Document;
use super::schedule::{DaysOff, Schedule};
use super::values::{
    JobName, JobNamePrefix, StageName, StepName, SubscriptionId, default_window, only, schema_of_form, utc,
    whole,
};
use crate::slo::{ByteSize, Date, Duration, Ratio, TimeOfDay};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A DataflowSlo document.
pub type DataflowSlo = Document<DataflowSloSpec>;

/// Where the Project's defaults go.
pub(super) const DEFAULTS: &[(&str, &[&str])] = &[
    ("owner", &["metadata", "owner"]),
    ("timezone", &["spec", "schedule", "timezone"]),
    ("timezone", &["spec", "activeHours", "timezone"]),
    ("window", &["spec", "objectives", "errors", "window"]),
    ("window", &["spec", "objectives", "freshness", "window"]),
    ("window", &["spec", "objectives", "lag", "window"]),
    ("window", &["spec", "steps", "*", "errors", "window"]),
    ("window", &["spec", "steps", "*", "throughput", "window"]),
    ("window", &["spec", "steps", "*", "freshness", "window"]),
    ("window", &["spec", "steps", "*", "lag", "window"]),
];

/// What is promised about a Dataflow job.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataflowSloSpec {
    /// The job, or a group of jobs.
    pub job: Job,
    /// When the runs of a batch job are due.
    #[serde(default)]
    #[schemars(with = "Schedule")]
    pub schedule: Option<Schedule>,
    /// The hours outside which nothing is due.
    #[serde(default)]
    #[schemars(with = "ActiveHours")]
    pub active_hours: Option<ActiveHours>,
    /// The grace after a deployment, until the streaming job has caught up.
    #[serde(default = "default_startup")]
    #[schemars(extend("examples" = ["10m"]))]
    pub startup: Duration,
    /// The promises about the whole job.
    #[serde(default)]
    pub objectives: DataflowObjectives,
    /// The promises about single steps.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Messages that could not be processed.
    #[serde(default)]
    #[schemars(with = "DeadLetters")]
    pub dead_letters: Option<DeadLetters>,
    /// What it means that a gauge shows nothing.
    #[serde(default)]
    pub missing_data: MissingData,
    /// The first day on which something is due: a first apply does not alert for a job that does not run yet.
    #[serde(default)]
    #[schemars(with = "Date")]
    pub from: Option<Date>,
    /// Days on which nothing is due: a freeze, a pause, a rebuild.
    #[serde(default)]
    pub suspend: Vec<DaysOff>,
    /// Settings of single alerts.
    #[serde(default)]
    pub alerts: DataflowAlerts,
}

fn default_startup() -> Duration {
    Duration::minutes(10)
}

/// A Dataflow job, or a group of jobs.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "JobForm")]
pub struct Job {
    /// Which jobs.
    pub selector: JobSelector,
    /// Whether they end by themselves.
    pub mode: Mode,
}

/// Which jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobSelector {
    /// The job of this name.
    Name(JobName),
    /// All jobs whose names begin so, as one group.
    NamePrefix(JobNamePrefix),
}

/// Whether a job ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// It runs until it is stopped.
    Streaming,
    /// It ends when its input is processed.
    Batch,
}

/// A Dataflow job, or a group of jobs: exactly one of `name` and `namePrefix`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["name"]}, {"required": ["namePrefix"]}]))]
struct JobForm {
    /// The job's name.
    #[serde(default)]
    #[schemars(with = "JobName")]
    name: Option<JobName>,
    /// What the names of a group of jobs begin with.
    #[serde(default)]
    #[schemars(with = "JobNamePrefix")]
    name_prefix: Option<JobNamePrefix>,
    /// `streaming` or `batch`; a batch job takes a `schedule`.
    mode: Mode,
}

schema_of_form!(Job, JobForm);

impl TryFrom<JobForm> for Job {
    type Error = &'static str;

    fn try_from(form: JobForm) -> Result<Job, Self::Error> {
        let selector =
            only([form.name.map(JobSelector::Name), form.name_prefix.map(JobSelector::NamePrefix)])?;
        Ok(Job { selector, mode: form.mode })
    }
}

/// The hours outside which nothing is due.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActiveHours {
    /// When they begin.
    pub from: TimeOfDay,
    /// When they end; `26:00` is two o'clock on the next day.
    pub to: TimeOfDay,
    /// The time zone, by its IANA name; by default that of the Project's `defaults`, else UTC.
    #[serde(default = "utc")]
    #[schemars(length(min = 1), extend("examples" = ["Asia/Tokyo"]))]
    pub timezone: String,
}

/// The promises about a whole job.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataflowObjectives {
    /// Time slices in which the job logs few errors.
    #[serde(default)]
    #[schemars(with = "FewErrors")]
    pub errors: Option<FewErrors>,
    /// The age of the data watermark.
    #[serde(default)]
    #[schemars(with = "Under")]
    pub freshness: Option<Under>,
    /// The system lag: how long an element has been waiting at most.
    #[serde(default)]
    #[schemars(with = "Under")]
    pub lag: Option<Under>,
}

/// The promises about a step.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// The PTransform's path, as in the pipeline's code.
    pub step: StepName,
    /// The fused stage that holds the step, which watermark metrics know it by.
    #[serde(default)]
    #[schemars(with = "StageName")]
    pub stage: Option<StageName>,
    /// Time slices in which the step logs few errors.
    #[serde(default)]
    #[schemars(with = "FewErrors")]
    pub errors: Option<FewErrors>,
    /// Time slices in which enough data leaves the step.
    #[serde(default)]
    #[schemars(with = "Throughput")]
    pub throughput: Option<Throughput>,
    /// The age of the data watermark of the step's `stage`.
    #[serde(default)]
    #[schemars(with = "Under")]
    pub freshness: Option<Under>,
    /// The system lag of the step's `stage`.
    #[serde(default)]
    #[schemars(with = "Under")]
    pub lag: Option<Under>,
}

/// Time slices with few errors.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FewErrors {
    /// The most errors that a good slice holds.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 0, max = 1_000_000), extend("examples" = [0]))]
    pub at_most: u32,
    /// The length of a slice.
    #[schemars(extend("examples" = ["5m"]))]
    pub per: Duration,
    /// The share of good slices.
    pub target: Ratio,
    /// The rolling window that it is judged over; by default that of the Project's `defaults`, else `28d`.
    #[serde(default = "default_window")]
    pub window: Duration,
}

/// Time in which a gauge stays below a limit.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Under {
    /// The limit.
    #[schemars(extend("examples" = ["10m"]))]
    pub under: Duration,
    /// The share of the time.
    pub target: Ratio,
    /// The rolling window that it is judged over; by default that of the Project's `defaults`, else `28d`.
    #[serde(default = "default_window")]
    pub window: Duration,
}

/// Time slices with enough data.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Throughput {
    /// The least that a good slice holds.
    pub at_least: ByteSize,
    /// The length of a slice.
    #[schemars(extend("examples" = ["10m"]))]
    pub per: Duration,
    /// The share of good slices.
    pub target: Ratio,
    /// The rolling window that it is judged over; by default that of the Project's `defaults`, else `28d`.
    #[serde(default = "default_window")]
    pub window: Duration,
}

/// Messages that could not be processed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeadLetters {
    /// The Pub/Sub subscription that holds them.
    pub subscription: SubscriptionId,
    /// The most that may wait there.
    #[serde(default, deserialize_with = "whole")]
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub at_most: u32,
}

/// What it means that a gauge shows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MissingData {
    /// Something is wrong.
    #[default]
    Alert,
    /// Nothing is known.
    Ignore,
}

/// Settings of a job's alerts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataflowAlerts {
    /// Too many errors logged.
    #[serde(default)]
    pub errors: AlertSettings,
    /// The data watermark is too old.
    #[serde(default)]
    pub freshness: AlertSettings,
    /// The system lag is too long.
    #[serde(default)]
    pub lag: AlertSettings,
    /// Too little data leaves a step.
    #[serde(default)]
    pub throughput: AlertSettings,
    /// Messages wait in the dead-letter subscription.
    #[serde(default)]
    pub dead_letters: AlertSettings,
    /// A batch job failed, or could not be launched.
    #[serde(default)]
    pub failed_job: AlertSettings,
    /// A streaming job does not run, or a gauge of it shows nothing.
    #[serde(default)]
    pub missing_data: AlertSettings,
    /// No run of a batch job has been seen since one was due; `after` is the grace for it to start.
    #[serde(default)]
    pub missed_run: AlertSettings,
}
