//! Settings of single alerts.

use super::not_yet::NotYet;
use super::values::Severity;
use crate::slo::Duration;
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of one alert.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AlertSettings {
    /// How loudly it speaks; by default as its kind of alert does.
    #[serde(default)]
    #[schemars(with = "Severity")]
    pub severity: Option<Severity>,
    /// The grace before it fires.
    #[serde(default)]
    #[schemars(with = "NotYet<Duration>")]
    pub after: Option<NotYet<Duration>>,
    /// How often it reminds while it is open.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["4h"]))]
    pub renotify: Option<Duration>,
}
