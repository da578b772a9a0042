//! What the layouts of the terminal and of the comment may use.

use super::lines::Words;
use super::shown::Style;
use crate::output::Left;
use crate::plan::cost::{Basis, Cost, Counts};
use crate::plan::model::{Action, Opens, Plan, Unknown};
use crate::spec::{ChangeKind, Seriousness};
use crate::templates::{Fact, Facts, TemplateError};
use std::collections::{BTreeMap, BTreeSet};

/// As many digits of a commit tell it from others.
const SHORT_COMMIT: usize = 12;

/// The facts of a plan; the lines of its changes are given, by how serious they are.
pub(super) fn facts(
    plan: &Plan,
    words: Words<'_>,
    bodies: Vec<(Seriousness, String)>,
    resources: Option<String>,
) -> Result<Facts, TemplateError> {
    let style = words.style;
    let summary = summary(plan, words)?;
    let groups = bodies
        .into_iter()
        .map(|(seriousness, body)| Facts::default().with("key", seriousness.key()).with("body", body));
    let review = &plan.review;
    let keys =
        |kinds: &BTreeSet<ChangeKind>| kinds.iter().map(|kind| style.code(kind.key())).collect::<Vec<_>>();
    let labels = review.missing_labels.iter().map(|(label, kind)| {
        Facts::default().with("label", style.code(label)).with("kind", style.code(kind.key()))
    });
    let renames = plan.likely_renames.iter().map(|rename| {
        let reference = |name: &str| style.code(&format!("{}/{name}", rename.kind));
        Facts::default()
            .with("from", reference(&rename.from))
            .with("to", reference(&rename.to))
            .with("line", style.code(&rename.line))
            .with("place", rename.place.as_ref().map(|place| words.place(place)).unwrap_or_default())
    });
    let unknown = plan.unknown.iter().filter_map(|unknown| match unknown {
        Unknown::Document(reference) => Some(style.code(reference)),
        Unknown::Everything | Unknown::Unreadable => None,
    });
    let changed = plan.costs.iter().filter(|cost| cost.before != cost.after);
    let reads = changed
        .clone()
        .any(|Cost { before, after, .. }| before.column_days_at_most != after.column_days_at_most);
    let protected = plan.resources.iter().filter(|resource| resource.is_protected());
    let moves_dataset = protected.clone().any(|resource| resource.because.as_deref() == Some("location"));
    let protected = protected.map(|resource| {
        let address = style.code(&resource.address);
        format!("{address} ({})", resource.environment)
    });
    let basis = plan.costs.first().map(|cost| cost.prices.clone()).unwrap_or_else(|| Basis::of(None));
    let compared = plan.compared.as_ref();
    let commit = compared.map(|compared| compared.commit.chars().take(SHORT_COMMIT).collect::<String>());
    Ok(Facts::default()
        .with("summary", summary)
        .with("commit", commit.map(|commit| style.code(&commit)))
        .with("reference", compared.map(|compared| style.code(&compared.reference)))
        .with("is_merge_base", compared.is_some_and(|compared| compared.is_merge_base))
        .with("groups", groups.collect::<Vec<_>>())
        .with("unknown_everything", plan.unknown.contains(&Unknown::Everything))
        .with("unreadable", plan.unknown.contains(&Unknown::Unreadable))
        .with("unknown", unknown.collect::<Vec<_>>())
        .with("forbidden", keys(&review.forbidden))
        .with("missing_labels", labels.collect::<Vec<_>>())
        .with("acknowledged", keys(&review.acknowledged))
        .with("review_changes", plan.review_changes)
        .with("renames", renames.collect::<Vec<_>>())
        .with("costs", changed.map(cost).collect::<Vec<_>>())
        .with("price", format!("{:.2}", basis.metric_reference))
        .with("currency", basis.currency.clone())
        .with("own_prices", basis.is_own)
        .with("price_of_tebibyte", format!("{:.2}", basis.scanned_tebibyte))
        .with("reads", reads)
        .with("protected", protected.collect::<Vec<_>>())
        .with("moves_dataset", moves_dataset)
        .with(
            "opens",
            plan.opens.iter().take(OPENS).map(|opens| self::opens(opens, style)).collect::<Vec<_>>(),
        )
        .with("opens_more", plan.opens.len().saturating_sub(OPENS) as u64)
        .with("left", plan.left.iter().map(|left| self::left(left, style)).collect::<Vec<_>>())
        .with("actions", actions(plan, words)?)
        .with("resources", resources))
}

/// Alerts that open at once of so many documents are listed.
const OPENS: usize = 20;

/// Alerts that open at once.
fn opens(opens: &Opens, style: Style) -> Facts {
    let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    Facts::default()
        .with("document", style.code(&opens.reference))
        .with("alerts", style.code(&list(&opens.alerts)))
        .with("environments", list(&opens.environments))
        .with("from", opens.from.as_ref().map(|from| style.code(from)))
}

/// What left, and what becomes of it.
fn left(left: &Left, style: Style) -> Facts {
    let addresses = left.forgotten().map(|addresses| {
        let addresses: Vec<String> = addresses.iter().map(|address| style.code(address)).collect();
        addresses.join(", ")
    });
    Facts::default()
        .with("what", left.key())
        .with("environment", style.code(&left.environment))
        .with("module", style.code(&left.module()))
        .with("command", style.code(&left.command()))
        .with("addresses", addresses)
        .with("successor", left.successor().map(|environment| style.code(environment)))
}

/// The plan in one line.
pub(super) fn summary(plan: &Plan, words: Words<'_>) -> Result<String, TemplateError> {
    let counts = Seriousness::ALL.into_iter().map(|seriousness| {
        let of = plan.changes.iter().filter(|change| change.kind.seriousness() == seriousness);
        let reached = of.flat_map(|change| &change.reached).map(|reached| &reached.reference);
        (seriousness.key(), reached.collect::<BTreeSet<_>>().len() as u64)
    });
    let facts = Facts::default()
        .with("groups", counted(counts))
        .with("unknown_everything", plan.unknown.contains(&Unknown::Everything));
    words.texts.line("plan/summary.md", &facts)
}

/// What Terraform will do, in one line.
fn actions(plan: &Plan, words: Words<'_>) -> Result<String, TemplateError> {
    let counts = Action::ALL.into_iter().map(|action| {
        let of = plan.resources.iter().filter(|resource| resource.is_managed() && resource.action == action);
        (action.key(), of.count() as u64)
    });
    words.texts.line("plan/actions.md", &Facts::default().with("actions", counted(counts)))
}

fn counted(counts: impl Iterator<Item = (&'static str, u64)>) -> Vec<Facts> {
    let some = counts.filter(|(_, count)| *count > 0);
    some.map(|(key, count)| Facts::default().with("key", key).with("count", count)).collect()
}

fn cost(cost: &Cost) -> Facts {
    let Cost { environment, before, after, prices } = cost;
    let range = |counts: &Counts| match counts.references_at_least == counts.references_at_most {
        true => counts.references_at_least.to_string(),
        false => format!("{}–{}", counts.references_at_least, counts.references_at_most),
    };
    let queries = |counts: &Counts| {
        let Counts { scheduled_queries, scheduled_runs_at_most, .. } = *counts;
        (scheduled_queries, scheduled_runs_at_most, counts.column_days_at_most, counts.whole_columns_at_most)
    };
    let gibibytes = cost.of_gibibytes();
    Facts::default()
        .with("environment", environment.as_str())
        .with("conditions_before", before.conditions)
        .with("conditions_after", after.conditions)
        .with("references_before", range(before))
        .with("references_after", range(after))
        .with("difference", difference(before, after, prices.metric_reference))
        .with("currency", prices.currency.as_str())
        .with("queries_before", before.scheduled_queries)
        .with("queries_after", after.scheduled_queries)
        .with("queries_change", queries(before) != queries(after))
        .with("runs_before", before.scheduled_runs_at_most)
        .with("runs_after", after.scheduled_runs_at_most)
        .with("column_days_before", before.column_days_at_most)
        .with("column_days_after", after.column_days_at_most)
        .with("whole_columns_before", before.whole_columns_at_most)
        .with("whole_columns_after", after.whole_columns_at_most)
        .with("gibibytes_before", format!("{:.2}", gibibytes.0))
        .with("gibibytes_after", format!("{:.2}", gibibytes.1))
        .with("log_metrics_before", before.log_metrics)
        .with("log_metrics_after", after.log_metrics)
}

/// The difference of a month's bill for metric references, with its sign: from least to most.
#[expect(clippy::cast_precision_loss, reason = "counts of references are far below 2^53")]
fn difference(before: &Counts, after: &Counts, price: f64) -> Fact {
    let of = |before: u64, after: u64| (after as f64 - before as f64) * price;
    let least = of(before.references_at_least, after.references_at_least);
    let most = of(before.references_at_most, after.references_at_most);
    let amount = |amount: f64| match format!("{amount:+.2}") {
        nothing if ["+0.00", "-0.00"].contains(&nothing.as_str()) => "0.00".to_owned(),
        some => some,
    };
    let (least, most) = (amount(least.min(most)), amount(least.max(most)));
    match least == most {
        true if least == "0.00" => Fact::Absent,
        true => Fact::Text(least),
        false => Fact::Text(format!("{least} … {most}")),
    }
}

/// Every address that changes, in the signs that Terraform uses, by environment.
pub(super) fn resources(plan: &Plan, limit: usize) -> Option<(String, usize)> {
    let mut environments: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut resources: Vec<_> = plan.resources.iter().collect();
    resources.sort_by_key(|resource| (&resource.environment, resource.action, &resource.address));
    for resource in resources.iter().take(limit) {
        let sign = match resource.action {
            Action::Destroy => "  -",
            Action::Forget => "  .",
            Action::Replace => "-/+",
            Action::Create => "  +",
            Action::Update => "  ~",
            Action::Move => "  →",
        };
        let because = resource.because.iter().map(|because| format!("  # {because}"));
        let name = |address: &str| address.split_once('.').map_or(address, |(_, name)| name).to_owned();
        let moved = resource.moved_from.iter().map(|from| format!("  ← {}", name(from)));
        let protected = resource.is_protected().then(|| "  # protected".to_owned());
        let note: String = because.chain(protected).chain(moved).collect();
        let line = format!("{sign} {}{note}", resource.address);
        environments.entry(&resource.environment).or_default().push(line);
    }
    let text = environments.iter().map(|(name, lines)| format!("{name}\n{}", lines.join("\n")));
    let text = text.collect::<Vec<_>>().join("\n\n");
    (!text.is_empty()).then(|| (text, resources.len().saturating_sub(limit)))
}

/// The changes by how serious they are; each has at least one.
pub(super) fn by_seriousness(plan: &Plan) -> Vec<(Seriousness, Vec<&crate::plan::model::Change>)> {
    let groups = Seriousness::ALL.into_iter().map(|seriousness| {
        let of = plan.changes.iter().filter(|change| change.kind.seriousness() == seriousness);
        (seriousness, of.collect::<Vec<_>>())
    });
    groups.filter(|(_, changes)| !changes.is_empty()).collect()
}

/// The style of a terminal or of Markdown, with the words of a language.
pub(super) fn words(texts: crate::templates::Texts<'_>, style: Style) -> Words<'_> {
    Words { texts, style }
}
