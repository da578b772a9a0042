//! Calendar: the days on which something is due.

use super::metadata::Metadata;
use super::schedule::DaysOff;
use super::{ApiVersion, Kind};
use crate::slo::{self, Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A Calendar document. It is the same in all environments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Calendar {
    /// The version of the language.
    pub api_version: ApiVersion,
    /// The kind of document.
    pub kind: Kind,
    /// Name, owner and texts.
    pub metadata: Metadata,
    /// The days.
    pub spec: CalendarSpec,
}

/// Which days are open, and which are closed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarSpec {
    /// The first day that the calendar knows.
    pub from: Date,
    /// The last day that it knows; after it the plain schedule applies.
    pub through: Date,
    /// Whose national holidays are closed.
    #[serde(default)]
    pub holidays: Holidays,
    /// The days of the week that are closed.
    #[serde(default)]
    #[schemars(extend("examples" = [["saturday", "sunday"]]))]
    pub weekend: Vec<Weekday>,
    /// Other closed days: the year's end, obon, the company's own.
    #[serde(default)]
    pub closed: Vec<DaysOff>,
    /// Exceptions: days that are open all the same.
    #[serde(default)]
    #[schemars(extend("examples" = [["2027-01-02"]]))]
    pub open: Vec<Date>,
}

impl CalendarSpec {
    /// The days as numbers.
    pub fn calendar(&self) -> slo::Calendar {
        slo::Calendar {
            from: self.from,
            through: self.through,
            japanese_holidays: self.holidays == Holidays::Japan,
            weekend: self.weekend.iter().map(|day| day.as_jiff()).collect(),
            closed: self.closed.iter().map(DaysOff::days).collect(),
            open: self.open.iter().copied().collect(),
        }
    }
}

/// Whose national holidays are closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Holidays {
    /// Nobody's.
    #[default]
    None,
    /// Japan's, computed from the law.
    Japan,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Weekday {
    /// Mondays.
    Monday,
    /// Tuesdays.
    Tuesday,
    /// Wednesdays.
    Wednesday,
    /// Thursdays.
    Thursday,
    /// Fridays.
    Friday,
    /// Saturdays.
    Saturday,
    /// Sundays.
    Sunday,
}

impl Weekday {
    /// The day as jiff has it.
    const fn as_jiff(self) -> jiff::civil::Weekday {
        match self {
            Weekday::Monday => jiff::civil::Weekday::Monday,
            Weekday::Tuesday => jiff::civil::Weekday::Tuesday,
            Weekday::Wednesday => jiff::civil::Weekday::Wednesday,
            Weekday::Thursday => jiff::civil::Weekday::Thursday,
            Weekday::Friday => jiff::civil::Weekday::Friday,
            Weekday::Saturday => jiff::civil::Weekday::Saturday,
            Weekday::Sunday => jiff::civil::Weekday::Sunday,
        }
    }
}
