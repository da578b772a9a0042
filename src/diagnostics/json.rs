//! Findings for programs, as JSON; `schemas/findings.schema.json` describes it.

use super::place::{Place, Position};
use super::{Accepted, Diagnostic, Label, Severity, count};
use crate::source::Sources;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

/// Changes when a key goes or gets another meaning; new keys may come without it.
const VERSION: u32 = 1;

/// What a run of Genkai found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "Findings of Genkai")]
pub struct Document {
    /// The version of this format. New keys may come without a new version.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// In the order of files and places.
    pub findings: Vec<Finding>,
    /// Warnings that comments in the specs accept; they are not among the findings. In the order of files and places.
    pub accepted: Vec<AcceptedFinding>,
    /// Files of the output, only from `genkai generate`: those that are out of date, or those that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<File>")]
    pub files: Option<Vec<File>>,
    /// How many findings there are.
    pub summary: Summary,
}

/// One finding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// The stable code.
    #[schemars(regex(pattern = "^GK[0-9]{3}$"), example = &"GK102")]
    pub code: String,
    /// Whether it fails the run.
    pub severity: Severity,
    /// What the code means, in a few words.
    pub title: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The file, relative to the project's folder and with `/`. Null when no file is at fault.
    #[schemars(example = &"slo-specs/sales.yaml")]
    pub file: Option<String>,
    /// Where it is wrong in `file`. Null when it concerns the file as a whole.
    pub primary: Option<Range>,
    /// Other places that matter, perhaps in other files.
    pub secondary: Vec<Related>,
    /// What to do.
    pub help: Option<String>,
    /// The environments that share the finding, sorted; empty when it does not depend on one.
    pub environments: Vec<String>,
}

/// A warning that a comment in a spec accepts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AcceptedFinding {
    /// The warning.
    #[serde(flatten)]
    pub finding: Finding,
    /// Why it is accepted, in the words of the comment.
    pub reason: String,
    /// The last day on which it is accepted.
    #[schemars(extend("format" = "date"))]
    pub until: String,
    /// The comment. Null only when the file is not known.
    pub comment: Option<Related>,
}

/// A part of a file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Range {
    /// The first character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
    /// A few words for the place; may be empty.
    pub label: String,
}

/// A part of a file that it names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Related {
    /// Relative to the project's folder and with `/`.
    pub file: String,
    /// The part.
    #[serde(flatten)]
    pub range: Range,
}

/// A file of the output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct File {
    /// Relative to the project's folder and with `/`.
    #[schemars(example = &"generated/production/terraform/dag-slo_sales.tf")]
    pub path: String,
    /// What is the matter with it, or what happened to it.
    pub status: Status,
    /// The spec that it comes from, or a few words where it comes from no single one. Null when it is not known.
    #[schemars(example = &"slo-specs/sales.yaml")]
    pub source: Option<String>,
}

/// What is the matter with a file of the output (`generate --check`), or what happened to it (`generate`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It holds something else than the specs say.
    Stale,
    /// It is not there.
    Missing,
    /// Nothing produces it any longer.
    Obsolete,
    /// It is not Genkai's, and in its way.
    Foreign,
    /// It was made or replaced.
    Written,
    /// It was removed.
    Removed,
}

/// How many findings there are.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// Findings that fail the run.
    pub errors: usize,
    /// Findings that do not.
    pub warnings: usize,
    /// Warnings that comments accept; they are not among `warnings`.
    pub accepted: usize,
}

/// The findings as one document.
pub fn render(sources: &Sources, findings: &[Diagnostic], accepted: &[Accepted]) -> String {
    Document::new(sources, findings, accepted).print()
}

/// The JSON Schema (draft 2020-12) of the document.
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Document>()
}

impl Document {
    /// The findings, without files of the output.
    pub fn new(sources: &Sources, findings: &[Diagnostic], accepted: &[Accepted]) -> Document {
        Document {
            version: VERSION,
            findings: findings.iter().map(|finding| Finding::new(sources, finding)).collect(),
            accepted: accepted.iter().map(|accepted| AcceptedFinding::new(sources, accepted)).collect(),
            files: None,
            summary: Summary {
                errors: count(findings, Severity::Error),
                warnings: count(findings, Severity::Warning),
                accepted: accepted.len(),
            },
        }
    }

    /// The text of the document.
    pub fn print(&self) -> String {
        // Texts, numbers and lists of them: there is nothing that JSON could not hold.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl Finding {
    fn new(sources: &Sources, finding: &Diagnostic) -> Finding {
        let (file, place) = finding.file(sources);
        let label = finding.primary.as_ref().map_or("", |label| &label.message);
        Finding {
            code: finding.code.to_string(),
            severity: finding.severity,
            title: finding.code.title().to_owned(),
            message: finding.message.clone(),
            file: file.map(str::to_owned),
            primary: place.map(|place| Range::new(&place, label)),
            secondary: finding.secondary.iter().filter_map(|label| Related::new(sources, label)).collect(),
            help: finding.help.clone(),
            environments: finding.environments.iter().cloned().collect(),
        }
    }
}

impl AcceptedFinding {
    fn new(sources: &Sources, accepted: &Accepted) -> AcceptedFinding {
        let Accepted { finding, reason, until, comment } = accepted;
        let comment = Label { span: *comment, message: String::new() };
        AcceptedFinding {
            finding: Finding::new(sources, finding),
            reason: reason.clone(),
            until: until.to_string(),
            comment: Related::new(sources, &comment),
        }
    }
}

impl Range {
    fn new(place: &Place<'_>, label: &str) -> Range {
        Range { start: place.start, end: place.end, label: label.to_owned() }
    }
}

impl Related {
    fn new(sources: &Sources, label: &Label) -> Option<Related> {
        let place = Place::of(sources, label.span)?;
        Some(Related { file: place.path.to_owned(), range: Range::new(&place, &label.message) })
    }
}
