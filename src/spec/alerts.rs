//! Settings of single alerts.

use super::values::Severity;
use crate::slo::Duration;
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of an alert that tells of a state.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AlertSettings {
    /// How loudly it speaks; by default as its kind of alert does.
    #[serde(default)]
    #[schemars(with = "Severity")]
    pub severity: Option<Severity>,
    /// The grace before it fires.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["30m"]))]
    pub after: Option<Duration>,
    /// How often it reminds while it is open.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["4h"]))]
    pub renotify: Option<Duration>,
}

/// Settings of an alert that tells of an event: it has happened, and no grace takes it back.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventAlertSettings {
    /// How loudly it speaks; by default as its kind of alert does.
    #[serde(default)]
    #[schemars(with = "Severity")]
    pub severity: Option<Severity>,
    /// How often it reminds while it is open.
    #[serde(default)]
    #[schemars(with = "Duration", extend("examples" = ["4h"]))]
    pub renotify: Option<Duration>,
}

impl From<EventAlertSettings> for AlertSettings {
    fn from(settings: EventAlertSettings) -> AlertSettings {
        AlertSettings { severity: settings.severity, after: None, renotify: settings.renotify }
    }
}
