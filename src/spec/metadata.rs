//! What all documents share.

use super::Kind;
use super::values::{LabelKey, LabelValue, Name, NotYet, Title, Url};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The version of the language.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum ApiVersion {
    /// The only version so far.
    #[serde(rename = "genkai.dev/v1")]
    V1,
}

/// A document that is compiled for environments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document<S> {
    /// The version of the language.
    pub api_version: ApiVersion,
    /// The kind of document.
    pub kind: Kind,
    /// Name, owner and texts.
    pub metadata: Metadata,
    /// The environments that it is compiled for; by default those of the Project's `defaults`, else all.
    #[serde(default)]
    #[schemars(with = "Vec<Name>")]
    pub environments: Option<Vec<Name>>,
    /// What is promised.
    pub spec: S,
}

/// Name, owner and texts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// Unique per kind; Terraform addresses come from it.
    pub name: Name,
    /// The name for people.
    #[serde(default)]
    #[schemars(with = "Title")]
    pub display_name: Option<Title>,
    /// Who answers for it: one of the Project's owners.
    #[serde(default)]
    #[schemars(with = "Name")]
    pub owner: Option<Name>,
    /// Shown in alerts and dashboards.
    #[serde(default)]
    #[schemars(with = "String")]
    pub description: Option<String>,
    /// What to do when it breaks; overrides the owner's.
    #[serde(default)]
    #[schemars(with = "Url")]
    pub runbook: Option<Url>,
    /// Earlier names; become `moved` blocks.
    #[serde(default)]
    pub renamed_from: Option<NotYet>,
    /// Labels on every alert policy.
    #[serde(default)]
    pub labels: BTreeMap<LabelKey, LabelValue>,
}

/// When runs are due.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schedule {
    /// Five fields (minute hour day month weekday) or an Airflow preset such as `@daily`.
    #[schemars(length(min = 1))]
    pub cron: String,
    /// The time zone of the cron expression, by its IANA name.
    #[serde(default = "utc")]
    #[schemars(length(min = 1))]
    pub timezone: String,
    /// The calendar whose closed days have no runs.
    #[serde(default)]
    pub calendar: Option<NotYet>,
    /// What a closed day means.
    #[serde(default)]
    pub on_closed: Option<NotYet>,
    /// A fixed distance between runs.
    #[serde(default)]
    pub every: Option<NotYet>,
    /// Runs that something else starts.
    #[serde(default)]
    pub triggered: Option<NotYet>,
}

fn utc() -> String {
    "UTC".to_owned()
}
