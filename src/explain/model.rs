//! What an explanation says, as data: `schemas/explanation.schema.json` describes its JSON.

mod days;
mod promise;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

pub use days::{ClosedDays, Days, OpenDay, User};
pub use promise::{
    Alert, Asks, BadEvents, Channel, Condition, Detection, Needs, Objective, Promise, Query, Route, Severity,
};

/// Changes when a key goes or gets another meaning; new keys may come without it.
pub(super) const VERSION: u32 = 1;

/// What a document says, what it comes to, and why.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Explanation of a document by Genkai")]
pub struct Explanation {
    /// The version of this format. New keys may come without a new version.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// The document's kind.
    #[schemars(example = &"DagSlo")]
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its name for people. Null where it has none.
    pub display_name: Option<String>,
    /// What it is, in the author's words. Null where they say nothing.
    pub description: Option<String>,
    /// Who answers for it. Null where nobody does.
    pub owner: Option<String>,
    /// Where it begins.
    pub place: Place,
    /// The environments that are explained; every part names those in which it holds.
    pub environments: Vec<String>,
    /// Each value in effect, in the order of the document.
    pub settings: Vec<Setting>,
    /// What is promised, and what keeps watch over it. None while errors keep it from being compiled.
    pub promises: Vec<Promise>,
    /// The days, of a Calendar. Null for other kinds.
    pub calendar: Option<Days>,
    /// What was found in this document.
    pub findings: Vec<Finding>,
    /// How many errors there are in the rest of the project. Nothing is generated before they are corrected.
    pub errors_elsewhere: usize,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// Relative to the project's folder and with `/`.
    #[schemars(example = &"slo-specs/sales.yaml")]
    pub file: String,
    /// The line, from 1.
    #[schemars(range(min = 1))]
    pub line: usize,
}

/// A value of the document, wherever it comes from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Setting {
    /// The keys that lead to it, joined by dots; items of lists are counted from 0.
    #[schemars(example = &"spec.objectives.success.window")]
    pub path: String,
    /// What it is; more than one where environments differ, none for those where it is not set.
    pub values: Vec<Held>,
}

/// A value and where it comes from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Held {
    /// Where it holds.
    pub environments: Vec<String>,
    /// The value.
    pub value: serde_json::Value,
    /// Where it comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Origin {
    /// Who says so.
    pub from: Layer,
    /// Where it is written, or where an alias to it stands. Null for what the language says.
    pub place: Option<Place>,
    /// For an alias, where the value itself is written.
    pub anchor: Option<Place>,
}

/// Who says what a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Layer {
    /// The document.
    Document,
    /// The document's override for the environment.
    Override,
    /// The Project's defaults.
    ProjectDefault,
    /// The Project, where it declares the environment.
    Environment,
    /// The language, where nobody says anything.
    Language,
}

/// Something that was found in the document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// The stable code.
    #[schemars(regex(pattern = "^GK[0-9]{3}$"))]
    pub code: String,
    /// Whether it keeps everything from being compiled.
    pub severity: crate::diagnostics::Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// Why a comment accepts it, and until which day. Null where none does.
    pub accepted: Option<String>,
}

/// The JSON Schema (draft 2020-12) of an explanation.
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Explanation>()
}
