//! What a pull request may change, and with whose word.

use super::values::Name;
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What `genkai plan` demands of a change.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Review {
    /// The kinds of change that fail `genkai plan` unless they are acknowledged.
    #[serde(default)]
    #[schemars(extend("examples" = [["removedPage", "weakerObjective"]]))]
    pub fail_on: Vec<ChangeKind>,
    /// The labels that a pull request needs, each with the kinds of change that need it.
    #[serde(default)]
    #[schemars(extend("examples" = [{"slo-approved": ["moreExemptDays"]}]))]
    pub labels: BTreeMap<Name, Vec<ChangeKind>>,
    /// What costs are counted with, where the list prices are not yours.
    #[serde(default)]
    pub prices: Prices,
}

/// What costs are counted with; by default Google's list prices in US dollars.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prices {
    /// What one metric reference of an alert policy costs in a month.
    #[serde(default, deserialize_with = "price")]
    #[schemars(with = "f64", range(min = 0, max = 1_000_000), extend("examples" = [0.35]))]
    pub metric_reference: Option<f64>,
    /// What reading a tebibyte with BigQuery costs on demand.
    #[serde(default, deserialize_with = "price")]
    #[schemars(with = "f64", range(min = 0, max = 1_000_000), extend("examples" = [6.25]))]
    pub scanned_tebibyte: Option<f64>,
    /// The currency of these prices, by its code.
    #[serde(default, deserialize_with = "currency")]
    #[schemars(with = "String", regex(pattern = "^[A-Z]{3}$"), extend("examples" = ["USD"]))]
    pub currency: Option<String>,
}

/// The highest price, in any currency.
const PRICE_MAX: f64 = 1_000_000.0;

fn price<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let price = f64::deserialize(deserializer)?;
    match (0.0..=PRICE_MAX).contains(&price) {
        true => Ok(Some(price)),
        false => Err(D::Error::custom(format!("`{price}` is not a price"))),
    }
}

fn currency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let code = String::deserialize(deserializer)?;
    match code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()) {
        true => Ok(Some(code)),
        false => Err(D::Error::custom("this is not the code of a currency")),
    }
}

/// How serious a change is, the most serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Seriousness {
    /// A promise, an alert or all that is watched goes.
    Removed,
    /// Pages or tickets reach other people.
    Rerouted,
    /// A promise or an alert asks for less.
    Weaker,
    /// Something else is promised or watched, neither more nor less.
    Different,
    /// A promise or an alert comes.
    Added,
    /// A promise or an alert asks for more.
    Stronger,
    /// Only what people read changes, or how it is filed.
    Wording,
}

impl Seriousness {
    /// All of them, the most serious first.
    pub const ALL: [Seriousness; 7] = [
        Seriousness::Removed,
        Seriousness::Rerouted,
        Seriousness::Weaker,
        Seriousness::Different,
        Seriousness::Added,
        Seriousness::Stronger,
        Seriousness::Wording,
    ];

    /// Its stable name.
    pub const fn key(self) -> &'static str {
        match self {
            Seriousness::Removed => "removed",
            Seriousness::Rerouted => "rerouted",
            Seriousness::Weaker => "weaker",
            Seriousness::Different => "different",
            Seriousness::Added => "added",
            Seriousness::Stronger => "stronger",
            Seriousness::Wording => "wording",
        }
    }
}

macro_rules! change_kinds {
    ($($variant:ident = $key:literal, $seriousness:ident, $meaning:literal;)*) => {
        /// A kind of change, by its stable name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
        pub enum ChangeKind { $(#[doc = $meaning] #[serde(rename = $key)] $variant,)* }

        impl ChangeKind {
            /// Every kind, the most serious first.
            pub const ALL: &[ChangeKind] = &[$(ChangeKind::$variant),*];

            /// Its stable name, such as `removedPage`.
            pub const fn key(self) -> &'static str {
                match self { $(ChangeKind::$variant => $key,)* }
            }

            /// What it means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(ChangeKind::$variant => $meaning,)* }
            }

            /// How serious it is.
            pub const fn seriousness(self) -> Seriousness {
                match self { $(ChangeKind::$variant => Seriousness::$seriousness,)* }
            }
        }
    };
}

change_kinds! {
    RemovedEnvironment = "removedEnvironment", Removed, "An environment is compiled no longer.";
    RemovedSpec = "removedSpec", Removed, "A document is gone, or is compiled for an environment no longer.";
    RemovedObjective = "removedObjective", Removed, "Something is promised no longer.";
    RemovedPage = "removedPage", Removed, "An alert that paged is gone, or makes a ticket only.";
    RemovedAlert = "removedAlert", Removed, "An alert that made tickets is gone.";
    RemovedPageChannel = "removedPageChannel", Rerouted, "A page reaches a channel no longer.";
    RemovedTicketChannel = "removedTicketChannel", Rerouted, "A ticket reaches a channel no longer.";
    ChangedChannel = "changedChannel", Rerouted, "A channel leads elsewhere.";
    RemovedChannel = "removedChannel", Rerouted, "No alert uses a channel any longer.";
    WeakerObjective = "weakerObjective", Weaker, "A promise asks for less: a lower target, a higher limit, a later deadline or a longer window.";
    WeakerAlert = "weakerAlert", Weaker, "An alert waits longer, tolerates more or reminds less often.";
    MoreExemptDays = "moreExemptDays", Weaker, "Nothing is due on more days.";
    MissingDataIgnored = "missingDataIgnored", Weaker, "Missing data is no alert any longer.";
    ChangedSubject = "changedSubject", Different, "Something else is watched.";
    ChangedSchedule = "changedSchedule", Different, "Runs are due at other times.";
    ChangedMethod = "changedMethod", Different, "A promise is watched in another way.";
    ReplacedAlert = "replacedAlert", Different, "An alert gives way to another that is at least as loud.";
    ChangedAlert = "changedAlert", Different, "An alert asks something else.";
    ChangedSetting = "changedSetting", Different, "A setting has another value.";
    ChangedEnvironment = "changedEnvironment", Different, "An environment is applied elsewhere or otherwise.";
    ChangedOwner = "changedOwner", Different, "Somebody else answers for it.";
    Renamed = "renamed", Different, "A document has another name, and its resources move; or an environment has, and keeps its state.";
    AddedEnvironment = "addedEnvironment", Added, "An environment is compiled that was not before.";
    AddedSpec = "addedSpec", Added, "A document is new, or compiled for one more environment.";
    AddedObjective = "addedObjective", Added, "Something is promised that was not before.";
    AddedPage = "addedPage", Added, "An alert pages that did not before.";
    AddedAlert = "addedAlert", Added, "An alert makes tickets that did not before.";
    AddedChannel = "addedChannel", Added, "Alerts reach a channel that they did not before.";
    StrongerObjective = "strongerObjective", Stronger, "A promise asks for more.";
    StrongerAlert = "strongerAlert", Stronger, "An alert waits less, tolerates less or reminds more often.";
    FewerExemptDays = "fewerExemptDays", Stronger, "Something is due on more days.";
    MissingDataAlerts = "missingDataAlerts", Stronger, "Missing data is an alert now.";
    ChangedText = "changedText", Wording, "What people read in alerts changes.";
    ChangedDashboard = "changedDashboard", Wording, "A dashboard changes.";
    ChangedOutput = "changedOutput", Wording, "Files change otherwise, such as the comment that names their spec.";
}

impl ChangeKind {
    /// The kind of a name.
    pub fn from_key(key: &str) -> Option<ChangeKind> {
        ChangeKind::ALL.iter().copied().find(|kind| kind.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::ChangeKind;

    #[test]
    fn kinds_are_listed_by_how_serious_they_are() {
        assert!(ChangeKind::ALL.is_sorted_by_key(|kind| kind.seriousness()));
        assert!(ChangeKind::ALL.iter().all(|kind| ChangeKind::from_key(kind.key()) == Some(*kind)));
    }
}
