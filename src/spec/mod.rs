//! The language: one file per kind. Types for serde and schemars; nothing about Google Cloud.

mod alerts;
mod calendar;
mod dag_slo;
mod dataflow_slo;
mod form;
mod metadata;
mod null_ratio_check;
mod project;
pub mod regions;
mod review;
mod schedule;
pub mod schema;
mod values;

pub use alerts::{AlertSettings, EventAlertSettings};
pub use calendar::{Calendar, CalendarSpec, Holidays, Weekday};
pub use dag_slo::{
    DagAlerts, DagObjectives, DagSlo, DagSloSpec, Landing, LongestRun, Success, TaskLanding, TaskObjectives,
};
pub use dataflow_slo::{
    ActiveHours, DataflowAlerts, DataflowObjectives, DataflowSlo, DataflowSloSpec, DeadLetters, FewErrors,
    Job, JobSelector, MissingData, Mode, Step, Throughput, Under,
};
pub use form::{Form, wanted};
pub use metadata::{ApiVersion, Document, Metadata};
pub use null_ratio_check::{
    Column, Counts, Empty, NullRatioAlerts, NullRatioCheck, NullRatioCheckSpec, Objective, Partition,
    PartitionType, Rise,
};
pub use project::{
    Backend, BigQuery, Channel, ChannelType, DatasetIs, Defaults, Environment, Grafana, Language, Owner,
    Project, ProjectMetadata, ProjectSpec, Terraform,
};
pub use review::{ChangeKind, Prices, Review, Seriousness};
pub use schedule::{DaysOff, OnClosed, Schedule, Timing, Triggered, idle_days};
pub use values::{
    BigQueryLocation, ChannelId, ColumnPath, ComposerEnvironment, DagId, DatasetId, Email, JobName,
    JobNamePrefix, LabelKey, LabelValue, MeasuredColumn, Name, ProjectId, Region, ServiceAccount, Severity,
    StageName, StepName, SubscriptionId, TableName, TaskId, Title, Url,
};

/// The version that every document names.
pub const API_VERSION: &str = "genkai.dev/v1";

/// A kind of document.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, schemars::JsonSchema,
)]
pub enum Kind {
    /// Environments, owners, channels and defaults of the whole project.
    Project,
    /// The days on which something is due.
    Calendar,
    /// What is promised about one Airflow DAG.
    DagSlo,
    /// What is promised about a Dataflow job and its steps.
    DataflowSlo,
    /// What is promised about the NULLs in the columns of a BigQuery table.
    NullRatioCheck,
}

impl Kind {
    /// Every kind of the language.
    pub const ALL: [Kind; 5] =
        [Kind::Project, Kind::Calendar, Kind::DagSlo, Kind::DataflowSlo, Kind::NullRatioCheck];

    /// The kind's name as written.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Project => "Project",
            Kind::Calendar => "Calendar",
            Kind::DagSlo => "DagSlo",
            Kind::DataflowSlo => "DataflowSlo",
            Kind::NullRatioCheck => "NullRatioCheck",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether its documents are compiled for environments, and may say something else for each.
    pub const fn has_environments(self) -> bool {
        !matches!(self, Kind::Project | Kind::Calendar)
    }

    /// The kind in file names and Terraform addresses, with the given separator.
    pub fn slug(self, separator: char) -> String {
        let mut slug = String::new();
        for letter in self.name().chars() {
            if letter.is_ascii_uppercase() && !slug.is_empty() {
                slug.push(separator);
            }
            slug.push(letter.to_ascii_lowercase());
        }
        slug
    }

    /// The form of the kind's documents, `overrides` left out.
    pub fn form(self) -> &'static Form {
        match self {
            Kind::Project => Form::of::<Project>(),
            Kind::Calendar => Form::of::<Calendar>(),
            Kind::DagSlo => Form::of::<DagSlo>(),
            Kind::DataflowSlo => Form::of::<DataflowSlo>(),
            Kind::NullRatioCheck => Form::of::<NullRatioCheck>(),
        }
    }

    /// Where the Project's defaults go in a document of this kind: the name in `defaults`, and the path, in which `*`
    /// is every item of a list.
    ///
    /// A default fills a gap only where the mapping around it is written.
    pub const fn defaults(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Kind::Project => &[],
            Kind::Calendar => &[("owner", &["metadata", "owner"])],
            Kind::DagSlo => dag_slo::DEFAULTS,
            Kind::DataflowSlo => dataflow_slo::DEFAULTS,
            Kind::NullRatioCheck => null_ratio_check::DEFAULTS,
        }
    }
}
