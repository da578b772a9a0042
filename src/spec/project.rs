//! Project: environments, owners, channels and defaults.

use super::review::Review;
use super::values::{
    BigQueryLocation, ChannelId, ComposerEnvironment, DatasetId, Email, Name, ProjectId, Region,
    ServiceAccount, Severity, Title, Url, schema_of_form,
};
use super::{ApiVersion, Kind};
use crate::slo::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The Project document; there is exactly one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Project {
    /// The version of the language.
    pub api_version: ApiVersion,
    /// The kind of document.
    pub kind: Kind,
    /// The Project's name.
    pub metadata: ProjectMetadata,
    /// Environments, owners and defaults.
    pub spec: ProjectSpec,
}

/// The Project's name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectMetadata {
    /// Stands in the labels of everything that is generated.
    pub name: Name,
}

/// Environments, owners and defaults.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectSpec {
    /// Where the specs are compiled for: one Terraform root module each.
    #[schemars(extend("minProperties" = 1))]
    pub environments: BTreeMap<Name, Environment>,
    /// Who answers for specs, and where their pages and tickets go.
    #[schemars(extend("minProperties" = 1))]
    pub owners: BTreeMap<Name, Owner>,
    /// What a document takes when it does not say.
    #[serde(default)]
    pub defaults: Defaults,
    /// Where the dashboards go; without it their JSON is written, and no Terraform for it.
    #[serde(default)]
    #[schemars(with = "Grafana")]
    pub grafana: Option<Grafana>,
    /// The language of the texts in alerts and dashboards.
    #[serde(default)]
    pub language: Language,
    /// How long Cloud Monitoring keeps the metrics that are read here, if you know better than the six weeks that are sure.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["730d"]))]
    pub metric_retention: Option<Duration>,
    /// What a pull request may change, and with whose word; the policy of the branch that it goes to holds.
    #[serde(default)]
    pub review: Review,
}

/// One environment: a Google Cloud project and what is in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Environment {
    /// The project whose metrics are read and that holds the alerts.
    pub project_id: ProjectId,
    /// The region of its resources. Metrics of Composer are read from this region alone.
    #[serde(default)]
    #[schemars(with = "Region")]
    pub location: Option<Region>,
    /// The loudest severity here; `ticket` means that nothing pages.
    #[serde(default = "page")]
    pub max_severity: Severity,
    /// Settings of the Terraform root module.
    #[serde(default)]
    pub terraform: Terraform,
    /// The Cloud Composer environments that run the DAGs.
    #[serde(default)]
    #[schemars(extend("examples" = [["composer"]]))]
    pub composer_environments: Vec<ComposerEnvironment>,
    /// The addresses of Airflow, by the names of Composer environments, for the links from alerts to DAGs.
    #[serde(default)]
    pub airflow: BTreeMap<ComposerEnvironment, Url>,
    /// Where NULL-ratio checks run.
    #[serde(default)]
    #[schemars(with = "BigQuery")]
    pub bigquery: Option<BigQuery>,
    /// The notification channels, by the names that owners use.
    #[serde(default)]
    pub channels: BTreeMap<Name, Channel>,
}

fn page() -> Severity {
    Severity::Page
}

/// Where NULL-ratio checks run.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BigQuery {
    /// The location of the dataset, which is that of the tables that are checked.
    #[schemars(extend("examples" = ["asia-northeast1", "US"]))]
    pub location: BigQueryLocation,
    /// The dataset in the environment's project that holds the history of measurements.
    pub dataset: DatasetId,
    /// Whether the dataset is somebody else's, or made here.
    #[serde(default)]
    pub dataset_is: DatasetIs,
    /// The service account that the scheduled queries run as.
    #[serde(default)]
    #[schemars(with = "ServiceAccount")]
    pub service_account: Option<ServiceAccount>,
}

/// Who makes a dataset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DatasetIs {
    /// It exists, and is only named.
    #[default]
    Existing,
    /// The environment's Terraform makes it.
    Managed,
}

/// Settings of the Terraform root module.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Terraform {
    /// Where the state is kept; without it Terraform's default, a local file.
    #[serde(default)]
    #[schemars(with = "BackendForm")]
    pub backend: Option<Backend>,
}

/// Where Terraform keeps its state.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Backend {
    /// A bucket of Cloud Storage.
    Gcs {
        /// The bucket.
        bucket: String,
        /// The folder in it.
        prefix: Option<String>,
    },
    /// A local file.
    Local {
        /// The file.
        path: Option<String>,
    },
}

/// A notification channel: one that exists, or an e-mail address that Genkai makes one for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Channel {
    /// By its full name.
    Id(ChannelId),
    /// By type and display name, looked up at plan.
    #[serde(rename_all = "camelCase")]
    Lookup {
        /// The type.
        #[serde(rename = "type")]
        channel_type: ChannelType,
        /// The display name in Cloud Monitoring.
        display_name: String,
    },
    /// An address.
    Email(Email),
}

/// A type of notification channel, as Cloud Monitoring's descriptors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelType {
    /// Slack.
    Slack,
    /// PagerDuty.
    Pagerduty,
    /// An e-mail address.
    Email,
    /// A space of Google Chat.
    GoogleChat,
    /// A topic of Pub/Sub.
    Pubsub,
    /// A text message.
    Sms,
    /// A webhook with a name and a password.
    WebhookBasicauth,
    /// A webhook with a token.
    WebhookTokenauth,
    /// Campfire.
    Campfire,
    /// HipChat.
    Hipchat,
}

impl ChannelType {
    /// As Cloud Monitoring names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            ChannelType::Slack => "slack",
            ChannelType::Pagerduty => "pagerduty",
            ChannelType::Email => "email",
            ChannelType::GoogleChat => "google_chat",
            ChannelType::Pubsub => "pubsub",
            ChannelType::Sms => "sms",
            ChannelType::WebhookBasicauth => "webhook_basicauth",
            ChannelType::WebhookTokenauth => "webhook_tokenauth",
            ChannelType::Campfire => "campfire",
            ChannelType::Hipchat => "hipchat",
        }
    }
}

// The schema of an enum is a `oneOf`, whose messages name none of its branches; these say the same as one object with
// exactly one key.
#[expect(dead_code, reason = "only its schema is used")]
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["gcs"]}, {"required": ["local"]}]))]
struct BackendForm {
    /// A bucket of Cloud Storage.
    #[serde(default)]
    #[schemars(with = "GcsForm")]
    gcs: Option<GcsForm>,
    /// A local file.
    #[serde(default)]
    #[schemars(with = "LocalForm")]
    local: Option<LocalForm>,
}

#[expect(dead_code, reason = "only its schema is used")]
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GcsForm {
    /// The bucket.
    #[schemars(length(min = 1), extend("examples" = ["bigfoot-tfstate"]))]
    bucket: String,
    /// The folder in it.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1), extend("examples" = ["genkai"]))]
    prefix: Option<String>,
}

#[expect(dead_code, reason = "only its schema is used")]
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LocalForm {
    /// The file.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1), extend("examples" = ["terraform.tfstate"]))]
    path: Option<String>,
}

#[expect(dead_code, reason = "only its schema is used")]
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["id"]}, {"required": ["lookup"]}, {"required": ["email"]}]))]
struct ChannelForm {
    /// The full name of a channel that exists.
    #[serde(default)]
    #[schemars(with = "ChannelId")]
    id: Option<ChannelId>,
    /// A channel that exists, looked up at plan.
    #[serde(default)]
    #[schemars(with = "LookupForm")]
    lookup: Option<LookupForm>,
    /// An address that Genkai makes a channel for.
    #[serde(default)]
    #[schemars(with = "Email")]
    email: Option<Email>,
}

#[expect(dead_code, reason = "only its schema is used")]
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LookupForm {
    /// The type; a channel of another one is named by its `id`.
    #[serde(rename = "type")]
    channel_type: ChannelType,
    /// The display name in Cloud Monitoring.
    #[schemars(length(min = 1), extend("examples" = ["Data alerts"]))]
    display_name: String,
}

schema_of_form!(Channel, ChannelForm);

/// Who answers for specs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Owner {
    /// The channels that pages go to.
    #[schemars(length(min = 1), extend("examples" = [["oncall"]]))]
    pub page: Vec<Name>,
    /// The channels that tickets go to.
    #[schemars(length(min = 1), extend("examples" = [["data-team"]]))]
    pub ticket: Vec<Name>,
    /// What to do when something breaks.
    #[serde(default)]
    #[schemars(with = "Url")]
    pub runbook: Option<Url>,
}

/// What a document takes when it does not say.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Defaults {
    /// Goes to `metadata.owner`.
    #[serde(default)]
    #[schemars(with = "Name", extend("examples" = ["data-platform"]))]
    pub owner: Option<Name>,
    /// Goes to the `window` of objectives.
    #[serde(default)]
    #[schemars(with = "Duration")]
    pub window: Option<Duration>,
    /// Goes to the `timezone` of schedules.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1), extend("examples" = ["Asia/Tokyo"]))]
    pub timezone: Option<String>,
    /// The environments that documents are compiled for.
    #[serde(default)]
    #[schemars(with = "Vec<Name>", length(min = 1), extend("examples" = [["production"]]))]
    pub environments: Option<Vec<Name>>,
}

/// Where the dashboards go.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grafana {
    /// The title of the folder.
    #[schemars(extend("examples" = ["Data platform SLOs"]))]
    pub folder: Title,
    /// The address of Grafana, for the links from alerts to dashboards.
    #[serde(default)]
    #[schemars(with = "Url", extend("examples" = ["https://grafana.example.com"]))]
    pub url: Option<Url>,
}

/// The language of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}
