//! The days of a Calendar.

use super::Place;
use schemars::JsonSchema;
use serde::Serialize;

/// The days of a Calendar.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Days {
    /// The first day that it knows.
    pub from: String,
    /// The last one. Outside of both no day is closed.
    pub through: String,
    /// How many days it knows.
    pub known: usize,
    /// How many of them are closed.
    pub closed: usize,
    /// The days of the week that are closed.
    pub weekend: Vec<String>,
    /// Whether the national holidays of Japan are closed.
    pub japanese_holidays: bool,
    /// The day from which the lists are made: today, or the first day that it knows.
    pub listed_from: String,
    /// Closed days from then on, weekends alone left out; a weekend beside others is part of them.
    pub ahead: Vec<ClosedDays>,
    /// Days from then on that are open although something closes them.
    pub open: Vec<OpenDay>,
    /// The schedules that name it.
    pub users: Vec<User>,
}

/// Closed days in a row.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClosedDays {
    /// The first.
    pub from: String,
    /// The last.
    pub to: String,
    /// How many.
    pub days: usize,
    /// Why, in the order of the days: reasons of the Calendar, names of holidays, `weekend`.
    pub reasons: Vec<String>,
}

/// A day that is open although something closes it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OpenDay {
    /// The day.
    pub day: String,
    /// What would close it.
    pub reasons: Vec<String>,
}

/// A document whose schedule names a Calendar.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Its kind and name.
    #[schemars(example = &"DagSlo/sales")]
    pub document: String,
    /// What closed days mean to it: `noRun` or `runsWithoutData`.
    pub on_closed: String,
    /// Where it names the Calendar.
    pub place: Place,
}
