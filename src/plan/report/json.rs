//! A plan for programs, as JSON; `schemas/plan.schema.json` describes it.

use super::parts;
use super::shown::Style;
use crate::plan::cost::{Cost, Counts};
use crate::plan::model::{Action, Change, FileChange, Meaning, Place, Plan, Reached, Unknown};
use crate::spec::{ChangeKind, Seriousness};
use crate::templates::{TemplateError, Texts};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use std::collections::BTreeSet;

/// Changes when a key goes or gets another meaning; new keys may come without it.
const VERSION: u32 = 1;

/// What a change means.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "A plan of Genkai")]
struct Document<'a> {
    /// The version of this format. New keys may come without a new version.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The commit that the change is compared with; absent where the base is a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<ComparedForm<'a>>,
    /// The plan in one line, in the language of the Project.
    summary: String,
    /// The changes, the most serious first.
    changes: Vec<ChangeForm<'a>>,
    /// Every Terraform address that changes.
    resources: Vec<ResourceForm<'a>>,
    /// Every file of `generated/` that changes.
    files: &'a [FileChange],
    /// The alerts that open in the first minute after the apply, unless what they wait for was seen before.
    opens: Vec<OpensForm<'a>>,
    /// What left an environment, and what must be applied for it.
    left: Vec<LeftForm<'a>>,
    /// Documents that went, and others that came and look like them.
    likely_renames: Vec<RenameForm<'a>>,
    /// What cannot be compared, because the base does not compile.
    unknown: UnknownForm<'a>,
    /// What the base's review policy says.
    review: ReviewForm<'a>,
    /// What alerting costs, by environment.
    costs: Vec<CostForm<'a>>,
}

/// What the change is compared with.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ComparedForm<'a> {
    /// What `--base` named.
    #[schemars(example = &"origin/main")]
    reference: &'a str,
    /// The full name of the commit.
    commit: &'a str,
    /// Whether it is the commit at which the change left the reference, which has moved on since.
    is_merge_base: bool,
}

/// One change, in every place that it reaches.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ChangeForm<'a> {
    /// Its kind.
    kind: ChangeKind,
    /// How serious it is.
    seriousness: Seriousness,
    /// What about its subject changes, such as `target`.
    aspect: &'a str,
    /// The promise that it is about, by its key.
    promise: Option<&'a str>,
    /// The alert that it is about, by its key.
    alert: Option<&'a str>,
    /// What it was.
    from: Option<&'a str>,
    /// What it becomes.
    to: Option<&'a str>,
    /// The kinds of change that go with it and are not listed on their own.
    implies: &'a BTreeSet<ChangeKind>,
    /// The change in words, in the language of the Project.
    text: String,
    /// What it reaches.
    reached: Vec<ReachedForm<'a>>,
}

/// A document that a change reaches.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ReachedForm<'a> {
    /// Its kind and name.
    #[schemars(example = &"DagSlo/sales-daily")]
    document: &'a str,
    /// The environments in which it does.
    environments: &'a BTreeSet<String>,
    /// Where the cause is written.
    place: Option<PlaceForm<'a>>,
    /// What it comes to, in words.
    meaning: Option<String>,
    /// The budget before and after, where it is another.
    budget: Option<BudgetForm>,
    /// The Terraform addresses that change with it.
    addresses: &'a BTreeSet<String>,
}

/// A line of a spec.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceForm<'a> {
    /// Relative to the project's folder and with `/`.
    file: &'a str,
    /// The line, from 1.
    line: usize,
    /// Whether it is a line of the base, which the work tree may no longer have.
    in_base: bool,
}

/// Bad events that are allowed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BudgetForm {
    /// Bad events that were allowed in the window.
    allowed_before: u64,
    /// Bad events that are allowed in the window.
    allowed_after: u64,
    /// The window that was, in seconds.
    window_seconds_before: u64,
    /// The window, in seconds.
    window_seconds_after: u64,
}

/// What Terraform will do with an address.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ResourceForm<'a> {
    /// The environment.
    environment: &'a str,
    /// The address.
    address: &'a str,
    /// What happens to it.
    action: Action,
    /// The address that it had.
    moved_from: Option<&'a str>,
    /// The arguments and blocks that change.
    arguments: &'a [String],
    /// Why it is replaced: the argument that cannot change in place.
    because: Option<&'a str>,
    /// Whether the apply fails, because the resource is protected from deletion or holds one that is.
    protected: bool,
    /// The document that it belongs to.
    document: Option<&'a str>,
}

/// A document that went and one that came and looks like it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RenameForm<'a> {
    /// The kind of both.
    kind: &'a str,
    /// The name that went.
    from: &'a str,
    /// The name that came.
    to: &'a str,
    /// Where the new name is written.
    place: Option<PlaceForm<'a>>,
    /// What to write beside the new name.
    line: &'a str,
}

/// What cannot be compared.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UnknownForm<'a> {
    /// Nothing can be compared.
    everything: bool,
    /// A file of the base cannot be read, so what seems new may have been there.
    unreadable: bool,
    /// Documents.
    documents: Vec<&'a str>,
}

/// What the base's review policy says.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ReviewForm<'a> {
    /// Whether the policy is violated.
    violated: bool,
    /// The kinds of change that must be acknowledged.
    forbidden: &'a BTreeSet<ChangeKind>,
    /// The labels that are missing.
    missing_labels: Vec<LabelForm<'a>>,
    /// The kinds of change that the policy is about and that somebody agreed to.
    acknowledged: &'a BTreeSet<ChangeKind>,
    /// Whether the policy itself changes.
    changes: bool,
}

/// A label that is missing.
#[derive(Serialize, JsonSchema)]
struct LabelForm<'a> {
    /// The label.
    label: &'a str,
    /// The kind of change that needs it.
    kind: ChangeKind,
}

/// What an environment costs.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CostForm<'a> {
    /// The environment.
    environment: &'a str,
    /// Before.
    before: Counts,
    /// After.
    after: Counts,
    /// What a metric reference costs in a month.
    price_of_metric_reference: f64,
    /// What reading a tebibyte with BigQuery costs.
    price_of_scanned_tebibyte: f64,
    /// The currency of the prices.
    currency: &'a str,
    /// Where the prices come from.
    basis: &'a str,
}

/// Alerts of a document that open where nothing was seen yet.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OpensForm<'a> {
    /// Its kind and name.
    document: &'a str,
    /// The environments.
    environments: &'a BTreeSet<String>,
    /// The alerts, by their keys.
    alerts: &'a BTreeSet<String>,
    /// The first day on which something is due, where the spec says one.
    from: Option<&'a str>,
}

/// Something that left an environment.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LeftForm<'a> {
    /// The environment.
    environment: &'a str,
    /// What left: `environment`, `grafana`, `history`, or `successor` where another environment goes on with the state.
    what: &'a str,
    /// The addresses that Terraform lets go of.
    addresses: Vec<&'a str>,
    /// The environment that goes on with the state.
    successor: Option<&'a str>,
}

/// The plan as one document.
///
/// # Errors
/// A template of the project's own that cannot be rendered.
pub fn render(plan: &Plan, texts: Texts<'_>) -> Result<String, TemplateError> {
    let words = parts::words(texts, Style::Plain);
    let changes = plan.changes.iter().map(|change| {
        let line = words.line(change)?;
        let reached = change.reached.iter().map(|reached| self::reached(change, reached, words));
        Ok(ChangeForm {
            kind: change.kind,
            seriousness: change.kind.seriousness(),
            aspect: &change.aspect,
            promise: change.promise.as_deref(),
            alert: change.alert.as_deref(),
            from: change.from.as_deref(),
            to: change.to.as_deref(),
            implies: &change.implies,
            text: format!("{}: {}", line.subject, line.what),
            reached: reached.collect::<Result<Vec<_>, TemplateError>>()?,
        })
    });
    let document = Document {
        version: VERSION,
        compared: plan.compared.as_ref().map(|compared| ComparedForm {
            reference: &compared.reference,
            commit: &compared.commit,
            is_merge_base: compared.is_merge_base,
        }),
        summary: parts::summary(plan, words)?,
        changes: changes.collect::<Result<Vec<_>, TemplateError>>()?,
        resources: resources(plan),
        files: &plan.files,
        opens: opens(plan),
        left: left(plan),
        likely_renames: renames(plan),
        unknown: unknown(plan),
        review: review(plan),
        costs: plan.costs.iter().map(cost).collect(),
    };
    // Texts, finite numbers and lists of them: there is nothing that JSON could not hold.
    Ok(serde_json::to_string_pretty(&document).unwrap_or_default() + "\n")
}

/// The JSON Schema (draft 2020-12) of the document.
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Document<'static>>()
}

fn place(place: &Place) -> PlaceForm<'_> {
    PlaceForm { file: &place.file, line: place.line, in_base: place.in_base }
}

fn reached<'a>(
    change: &Change,
    reached: &'a Reached,
    words: super::lines::Words<'_>,
) -> Result<ReachedForm<'a>, TemplateError> {
    let meaning = reached.meaning.as_ref().map(|meaning| words.meaning(change, meaning));
    let budget = match &reached.meaning {
        Some(Meaning::Budget { before, after, .. }) => Some(BudgetForm {
            allowed_before: before.allowed,
            allowed_after: after.allowed,
            window_seconds_before: before.window.as_seconds(),
            window_seconds_after: after.window.as_seconds(),
        }),
        _ => None,
    };
    Ok(ReachedForm {
        document: &reached.reference,
        environments: &reached.environments,
        place: reached.place.as_ref().map(place),
        meaning: meaning.transpose()?,
        budget,
        addresses: &reached.addresses,
    })
}

fn resources(plan: &Plan) -> Vec<ResourceForm<'_>> {
    let forms = plan.resources.iter().map(|resource| ResourceForm {
        environment: &resource.environment,
        address: &resource.address,
        action: resource.action,
        moved_from: resource.moved_from.as_deref(),
        arguments: &resource.arguments,
        because: resource.because.as_deref(),
        protected: resource.is_protected(),
        document: resource.reference.as_deref(),
    });
    forms.collect()
}

fn opens(plan: &Plan) -> Vec<OpensForm<'_>> {
    let forms = plan.opens.iter().map(|opens| OpensForm {
        document: &opens.reference,
        environments: &opens.environments,
        alerts: &opens.alerts,
        from: opens.from.as_deref(),
    });
    forms.collect()
}

fn left(plan: &Plan) -> Vec<LeftForm<'_>> {
    let forms = plan.left.iter().map(|left| LeftForm {
        environment: &left.environment,
        what: left.key(),
        addresses: left.forgotten().into_iter().flatten().map(String::as_str).collect(),
        successor: left.successor(),
    });
    forms.collect()
}

fn renames(plan: &Plan) -> Vec<RenameForm<'_>> {
    let renames = plan.likely_renames.iter().map(|rename| RenameForm {
        kind: &rename.kind,
        from: &rename.from,
        to: &rename.to,
        place: rename.place.as_ref().map(place),
        line: &rename.line,
    });
    renames.collect()
}

fn unknown(plan: &Plan) -> UnknownForm<'_> {
    let documents = plan.unknown.iter().filter_map(|unknown| match unknown {
        Unknown::Document(reference) => Some(reference.as_str()),
        Unknown::Everything | Unknown::Unreadable => None,
    });
    UnknownForm {
        everything: plan.unknown.contains(&Unknown::Everything),
        unreadable: plan.unknown.contains(&Unknown::Unreadable),
        documents: documents.collect(),
    }
}

fn review(plan: &Plan) -> ReviewForm<'_> {
    let review = &plan.review;
    let labels = review.missing_labels.iter().map(|(label, kind)| LabelForm { label, kind: *kind });
    ReviewForm {
        violated: review.is_violated(),
        forbidden: &review.forbidden,
        missing_labels: labels.collect(),
        acknowledged: &review.acknowledged,
        changes: plan.review_changes,
    }
}

fn cost(cost: &Cost) -> CostForm<'_> {
    CostForm {
        environment: &cost.environment,
        before: cost.before,
        after: cost.after,
        price_of_metric_reference: cost.prices.metric_reference,
        price_of_scanned_tebibyte: cost.prices.scanned_tebibyte,
        currency: &cost.prices.currency,
        basis: if cost.prices.is_own { "review.prices of the Project" } else { crate::plan::cost::BASIS },
    }
}
