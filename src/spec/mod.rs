//! The language: one file per kind. Types for serde and schemars; nothing about Google Cloud.

mod dag_slo;
mod form;
mod metadata;
mod project;
mod values;

pub use dag_slo::{AlertSettings, DagAlerts, DagObjectives, DagSlo, DagSloSpec, Success};
pub use form::Form;
pub use metadata::{ApiVersion, Document, Metadata, Schedule};
pub use project::{
    Backend, Channel, Defaults, Environment, Grafana, Language, Owner, Project, ProjectMetadata, ProjectSpec,
    Terraform,
};
pub use values::{
    ChannelId, DagId, Email, LabelKey, LabelValue, Name, NotYet, ProjectId, Severity, Title, Url,
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
    /// What is promised about one Airflow DAG.
    DagSlo,
}

/// Kinds of the language that this version does not compile.
const LATER_KINDS: [&str; 3] = ["Calendar", "DataflowSlo", "NullRatioCheck"];

impl Kind {
    /// Every kind that this version compiles.
    pub const ALL: [Kind; 2] = [Kind::Project, Kind::DagSlo];

    /// The kind's name as written.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Project => "Project",
            Kind::DagSlo => "DagSlo",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the language has a kind of this name that this version does not compile.
    pub fn comes_later(name: &str) -> bool {
        LATER_KINDS.contains(&name)
    }

    /// The names of all kinds of the language.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Kind::ALL.into_iter().map(Kind::name).chain(LATER_KINDS)
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
            Kind::DagSlo => Form::of::<DagSlo>(),
        }
    }

    /// Where the Project's defaults go in a document of this kind: the name in `defaults`, and the path.
    ///
    /// A default fills a gap only where the mapping around it is written.
    pub const fn defaults(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Kind::Project => &[],
            Kind::DagSlo => dag_slo::DEFAULTS,
        }
    }
}
