//! Promises and their alerts.

use super::Place;
use crate::monitoring::Contract;
use crate::slo::{BurnRate, Duration, Ratio};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// A promise with its numbers, and what keeps watch over it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Promise {
    /// Where it holds, with these numbers.
    pub environments: Vec<String>,
    /// Its stable name.
    #[schemars(example = &"success")]
    pub id: &'static str,
    /// The promise in words.
    pub statement: String,
    /// Where it is written.
    pub place: Option<Place>,
    /// The share of events that must be good. Null where none is promised.
    pub objective: Option<Objective>,
    /// How it is watched.
    #[schemars(example = &"counts")]
    pub strategy: &'static str,
    /// Why so.
    pub reason: String,
    /// Why Cloud Monitoring has no SLO for it. Null where it has one.
    pub without_slo: Option<String>,
    /// Its alerts.
    pub alerts: Vec<Alert>,
}

/// A share of events that must be good, and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Objective {
    /// The share, from 0 to 1.
    #[serde(serialize_with = "fraction")]
    #[schemars(with = "f64")]
    pub target: Ratio,
    /// The window.
    #[serde(rename = "windowSeconds", serialize_with = "seconds")]
    #[schemars(with = "u64")]
    pub window: Duration,
    /// The fewest events that any window holds; the budget is made of them.
    pub fewest: u64,
    /// The most. Null where nothing bounds them.
    pub most: Option<u64>,
    /// How many of the fewest may be bad.
    pub allowed: u64,
    /// The burn rate when every event is bad: no alert can ask for more. Null at 100%.
    #[serde(serialize_with = "rate")]
    #[schemars(with = "Option<f64>")]
    pub highest_burn_rate: Option<BurnRate>,
}

/// An alert, and what it promises.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Where it is made so.
    pub environments: Vec<String>,
    /// Its key below `alerts`.
    #[schemars(example = &"failedRun")]
    pub alert: &'static str,
    /// Which of several of its kind, such as the task that it is about. Null where there is one.
    pub instance: Option<String>,
    /// Its title in Cloud Monitoring.
    pub title: String,
    /// When it fires, stays quiet and resolves.
    pub contract: Contract,
    /// How soon it fires after what the contract says, `holdSeconds` included. Null where that depends on how much is bad.
    #[serde(rename = "withinSeconds", serialize_with = "maybe_seconds")]
    #[schemars(with = "Option<u64>")]
    pub within: Option<Duration>,
    /// How long its conditions must hold first. Null where it fires at once.
    #[serde(rename = "holdSeconds", serialize_with = "maybe_seconds")]
    #[schemars(with = "Option<u64>")]
    pub hold: Option<Duration>,
    /// How soon an alert on burn rates fires. Null for others.
    pub detection: Option<Detection>,
    /// How long after its last data Cloud Monitoring closes it, without a word. Null where its conditions decide alone.
    #[serde(rename = "autoCloseSeconds", serialize_with = "maybe_seconds")]
    #[schemars(with = "Option<u64>")]
    pub auto_close: Option<Duration>,
    /// Who is told, in each environment.
    pub routes: Vec<Route>,
    /// What Cloud Monitoring asks, in each environment.
    pub asks: Vec<Asks>,
}

/// What Cloud Monitoring asks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Asks {
    /// The environments in which it is so.
    pub environments: Vec<String>,
    /// Whether `all` conditions must hold, or `any`.
    pub needs: Needs,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// What they ask together, in PromQL.
    pub promql: String,
}

/// How conditions are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Needs {
    /// All must hold.
    All,
    /// One must hold.
    Any,
}

/// How soon an alert on burn rates fires, at the fewest events that are expected; the delay of the metric is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Detection {
    /// What it takes, for each condition.
    pub takes: Vec<BadEvents>,
    /// How long all events must be bad.
    #[serde(rename = "allBadSeconds", serialize_with = "seconds")]
    #[schemars(with = "u64")]
    pub all_bad: Duration,
}

/// So many bad events within a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadEvents {
    /// How many must be bad.
    pub bad: u64,
    /// How many are expected in all.
    pub of: u64,
    /// Within this time.
    #[serde(rename = "lookbackSeconds", serialize_with = "seconds")]
    #[schemars(with = "u64")]
    pub lookback: Duration,
}

/// Who is told.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// The environments in which it is so.
    pub environments: Vec<String>,
    /// `page` or `ticket`.
    pub severity: Severity,
    /// Where the Project caps the severity, which would be `page` otherwise. Null where it does not.
    pub capped: Option<Place>,
    /// The channels.
    pub channels: Vec<Channel>,
    /// How often it reminds while it is open. Null where it does not.
    #[serde(rename = "renotifySeconds", serialize_with = "maybe_seconds")]
    #[schemars(with = "Option<u64>")]
    pub renotify: Option<Duration>,
}

/// How loudly an alert speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Somebody is woken.
    Page,
    /// Somebody looks at it in working hours.
    Ticket,
}

impl Severity {
    /// Its name, as specs write it.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Page => "page",
            Severity::Ticket => "ticket",
        }
    }
}

/// A notification channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Channel {
    /// Its name in the Project.
    pub name: String,
    /// What it is, such as `slack`, `email` or `id`.
    #[serde(rename = "type")]
    pub channel_type: String,
    /// Its address, display name or full name.
    pub target: String,
}

/// What one condition asks.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Its title in Cloud Monitoring.
    pub title: String,
    /// What is asked.
    #[serde(flatten)]
    pub query: Query,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "construct")]
pub enum Query {
    /// More than `above` events in a time.
    Count {
        /// The events, as a filter of the Monitoring API.
        filter: String,
        /// How far back.
        #[serde(rename = "lookbackSeconds", serialize_with = "seconds")]
        #[schemars(with = "u64")]
        lookback: Duration,
        /// The number that is still fine.
        above: u64,
    },
    /// Fewer than `least` events in a time, for as long as `heldSeconds`. No data are no events.
    TooFew {
        /// The events, as a filter of the Monitoring API.
        filter: String,
        /// How far back.
        #[serde(rename = "lookbackSeconds", serialize_with = "seconds")]
        #[schemars(with = "u64")]
        lookback: Duration,
        /// The number that is fine.
        least: u64,
        /// How long there must be fewer.
        #[serde(rename = "heldSeconds", serialize_with = "seconds")]
        #[schemars(with = "u64")]
        held: Duration,
    },
    /// A value above `above` in a time, in any series.
    Highest {
        /// The values, as a filter of the Monitoring API.
        filter: String,
        /// How far back.
        #[serde(rename = "lookbackSeconds", serialize_with = "seconds")]
        #[schemars(with = "u64")]
        lookback: Duration,
        /// The value that is still fine.
        above: u64,
    },
    /// The SLO's budget burns faster than `above`.
    BurnRate {
        /// The selector; `PROJECT` stands for the environment's project.
        selector: String,
        /// How far back.
        #[serde(rename = "lookbackSeconds", serialize_with = "seconds")]
        #[schemars(with = "u64")]
        lookback: Duration,
        /// The rate that is still fine.
        #[serde(serialize_with = "one_rate")]
        #[schemars(with = "f64")]
        above: BurnRate,
    },
    /// A PromQL expression has a result.
    Promql {
        /// The expression, byte for byte as in `generated/`.
        expression: String,
        /// How far it looks back.
        #[serde(rename = "lookbackSeconds", serialize_with = "seconds")]
        #[schemars(with = "u64")]
        lookback: Duration,
        /// How often it is evaluated.
        #[serde(rename = "everySeconds", serialize_with = "seconds")]
        #[schemars(with = "u64")]
        every: Duration,
    },
    /// A log entry matches.
    MatchedLog {
        /// The entries, as a filter of the Logging API.
        filter: String,
        /// What an incident shows of the entry, by label.
        labels: BTreeMap<&'static str, String>,
        /// The shortest time between two notifications.
        #[serde(rename = "rateLimitSeconds", serialize_with = "seconds")]
        #[schemars(with = "u64")]
        rate_limit: Duration,
    },
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(duration.as_seconds())
}

fn maybe_seconds<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    duration.map(Duration::as_seconds).serialize(serializer)
}

fn fraction<S: Serializer>(ratio: &Ratio, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(ratio.as_fraction())
}

fn one_rate<S: Serializer>(rate: &BurnRate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(rate.as_number())
}

fn rate<S: Serializer>(rate: &Option<BurnRate>, serializer: S) -> Result<S::Ok, S::Error> {
    rate.map(BurnRate::as_number).serialize(serializer)
}
