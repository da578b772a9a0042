//! What all documents share.

use super::Kind;
use super::values::{LabelKey, LabelValue, Name, Title, Url};
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
    #[schemars(with = "Vec<Name>", extend("examples" = [["production"]]))]
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
    #[schemars(with = "Name", extend("examples" = ["data-platform"]))]
    pub owner: Option<Name>,
    /// Shown in alerts and dashboards.
    #[serde(default)]
    #[schemars(with = "String", extend("examples" = ["Sums up the sales of the day before."]))]
    pub description: Option<String>,
    /// What to do when it breaks; overrides the owner's.
    #[serde(default)]
    #[schemars(with = "Url")]
    pub runbook: Option<Url>,
    /// Earlier names, the oldest first, so that a rename moves resources instead of replacing them.
    #[serde(default)]
    #[schemars(extend("examples" = [["sales"]]))]
    pub renamed_from: Vec<Name>,
    /// Labels on every alert policy.
    #[serde(default)]
    pub labels: BTreeMap<LabelKey, LabelValue>,
}
