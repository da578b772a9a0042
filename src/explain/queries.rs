//! All PromQL of an environment: what alerts ask, and what those that ask otherwise would ask in PromQL.

mod rules;

use super::find::{self, NotFound};
use super::model::{Place, Severity};
use super::places::Places;
use crate::compile::Insight;
use crate::monitoring::{AlertPolicy, Combiner, Contract, Pipeline, Promise, Query, Urgency};
use crate::slo::Duration;
use crate::source::Sources;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Changes when a key goes or gets another meaning; new keys may come without it.
const VERSION: u32 = 1;

/// The PromQL of one environment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "PromQL of an environment by Genkai")]
pub struct Queries {
    /// The version of this format. New keys may come without a new version.
    #[schemars(extend("const" = VERSION))]
    pub version: u32,
    /// The environment.
    pub environment: String,
    /// Its Google Cloud project, whose metrics are asked for.
    pub project_id: String,
    /// The queries, by document and alert.
    pub queries: Vec<PromQuery>,
}

/// A query and what it serves.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromQuery {
    /// The document, by kind and name.
    #[schemars(example = &"DagSlo/sales")]
    pub document: String,
    /// Where its promise is written.
    pub place: Option<Place>,
    /// Who answers for it.
    pub owner: String,
    /// The promise's stable name.
    #[schemars(example = &"success")]
    pub promise: &'static str,
    /// The alert's key below `alerts`.
    #[schemars(example = &"repeatedFailure")]
    pub alert: &'static str,
    /// The name of its policy in `generated/`, without the type.
    #[schemars(example = &"dag_slo_sales__repeated_failure")]
    pub address: String,
    /// How loudly it speaks.
    pub severity: Severity,
    /// What is broken and where, in one line.
    pub summary: String,
    /// When it fires, stays quiet and resolves.
    pub contract: Contract,
    /// What the condition is called; for a twin, what all conditions are called.
    pub title: String,
    /// For a twin, what Cloud Monitoring asks instead. Null where the expression is what it asks.
    pub twin_of: Option<Construct>,
    /// How long the expression must have a result before the alert fires.
    pub hold_seconds: u64,
    /// How long after the expression had its last result an alert on an event closes. Null for others.
    pub auto_close_seconds: Option<u64>,
    /// How often it is evaluated. Null for a twin.
    pub every_seconds: Option<u64>,
    /// The expression; it is a twin's, or byte for byte as in `generated/`.
    pub expression: String,
}

/// A condition that is no PromQL, or several of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Construct {
    /// Thresholds on a count.
    Count,
    /// Thresholds on the highest value.
    Highest,
    /// Burn rates of an SLO.
    BurnRates,
    /// A match in logs.
    Logs,
    /// Several conditions that PromQL asks as one.
    Several,
}

impl Construct {
    const fn in_words(self) -> &'static str {
        match self {
            Construct::Count => "a threshold on a count",
            Construct::Highest => "a threshold on the highest value",
            Construct::BurnRates => "burn rates of the SLO",
            Construct::Logs => "a match in logs",
            Construct::Several => "several conditions together",
        }
    }
}

/// The queries of an environment, or of one document in it. Where the project has errors, some may be missing.
///
/// # Errors
/// There is no such environment or document, or none was asked for and there are several.
pub fn queries(
    insight: &Insight,
    sources: &Sources,
    environment: Option<&str>,
    asked: Option<&str>,
) -> Result<Queries, NotFound> {
    let stack = match environment {
        Some(name) => {
            find::known_environment(insight, name)?;
            insight.stacks.iter().find(|stack| stack.environment.name == name)
        }
        None => insight.stacks.first(),
    };
    let names: Vec<&str> = insight.stacks.iter().map(|stack| stack.environment.name.as_str()).collect();
    let Some(stack) = stack.filter(|_| environment.is_some() || names.len() == 1) else {
        return Err(NotFound {
            message: "the Project has several environments".to_owned(),
            help: Some(format!("say which with `--env`: `{}`", names.join("`, `"))),
        });
    };
    let reference = match asked {
        Some(asked) => {
            let documents = find::find(insight, asked)?;
            find::environments(insight, &documents, environment)?;
            documents.first().map(|first| find::reference(first))
        }
        None => None,
    };
    let places = Places(sources);
    let pipelines = stack.pipelines.iter();
    let meant = pipelines
        .filter(|pipeline| reference.as_ref().is_none_or(|reference| *reference == pipeline.reference()));
    Ok(Queries {
        version: VERSION,
        environment: stack.environment.name.clone(),
        project_id: stack.environment.project_id.clone(),
        queries: meant.flat_map(|pipeline| of_pipeline(places, pipeline)).collect(),
    })
}

fn of_pipeline(places: Places<'_>, pipeline: &Pipeline) -> Vec<PromQuery> {
    let policies = pipeline.promises.iter().flat_map(|promise| {
        promise.policies.iter().flat_map(move |policy| of_policy(places, pipeline, promise, policy))
    });
    policies.collect()
}

/// One query for each condition, where each is enough and can be asked in PromQL by itself; else the twin of all.
fn of_policy(
    places: Places<'_>,
    pipeline: &Pipeline,
    promise: &Promise,
    policy: &AlertPolicy,
) -> Vec<PromQuery> {
    let query = |title: String, twin_of, every: Option<Duration>, expression| PromQuery {
        document: pipeline.reference(),
        place: places.of(promise.span),
        owner: pipeline.owner.clone(),
        promise: promise.id,
        alert: policy.alert.key(),
        address: format!(
            "{}_{}__{}",
            pipeline.subject.slug('_'),
            pipeline.name.replace('-', "_"),
            policy.slug()
        ),
        severity: match policy.urgency {
            Urgency::Page => Severity::Page,
            Urgency::Ticket => Severity::Ticket,
        },
        summary: policy.documentation.subject.clone(),
        contract: policy.contract.clone(),
        title,
        twin_of,
        hold_seconds: policy.hold.map_or(0, Duration::as_seconds),
        auto_close_seconds: policy.auto_close.map(Duration::as_seconds),
        every_seconds: every.map(Duration::as_seconds),
        expression,
    };
    if let Some(construct) = construct(policy) {
        let titles: Vec<&str> =
            policy.conditions.iter().map(|condition| condition.display_name.as_str()).collect();
        return vec![query(titles.join("; "), Some(construct), None, policy.twin.pretty())];
    }
    let conditions = policy.conditions.iter().filter_map(|condition| match &condition.query {
        Query::PromQl { query: expr, every, .. } => {
            Some(query(condition.display_name.clone(), None, Some(*every), expr.pretty()))
        }
        Query::TooFew { twin, .. } => Some(PromQuery {
            hold_seconds: 0,
            ..query(condition.display_name.clone(), Some(Construct::Count), None, twin.pretty())
        }),
        _ => None,
    });
    conditions.collect()
}

/// What a policy asks that no single PromQL expression of its own says.
fn construct(policy: &AlertPolicy) -> Option<Construct> {
    let of = |query: &Query| match query {
        Query::Count { .. } => Some(Construct::Count),
        Query::Highest { .. } => Some(Construct::Highest),
        Query::BurnRate { .. } => Some(Construct::BurnRates),
        Query::MatchedLog { .. } => Some(Construct::Logs),
        // Each of these is asked in PromQL by itself.
        Query::PromQl { .. } | Query::TooFew { .. } => None,
    };
    let kinds: BTreeSet<Option<Construct>> =
        policy.conditions.iter().map(|condition| of(&condition.query)).collect();
    let joined = policy.combiner == Combiner::And && policy.conditions.len() > 1;
    match kinds.into_iter().collect::<Vec<_>>().as_slice() {
        [None] => joined.then_some(Construct::Several),
        [one] => *one,
        _ => Some(Construct::Several),
    }
}

impl Queries {
    /// For people: PromQL with comments, so that any part can be pasted where queries are tried.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut document = "";
        for query in &self.queries {
            if query.document != document {
                document = &query.document;
                let place = query.place.as_ref();
                let place = place.map(|place| format!(", {}:{}", place.file, place.line));
                let _ = writeln!(text, "# ━━━ {document}{}\n", place.unwrap_or_default());
            }
            let _ = writeln!(text, "# {} ({}): {}", query.alert, query.severity.name(), query.title);
            if let Some(construct) = query.twin_of {
                let _ =
                    writeln!(text, "# A twin: Cloud Monitoring asks the same by {}.", construct.in_words());
            }
            let _ = writeln!(text, "{}\n", query.expression);
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> String {
        // Texts, numbers and lists of them: there is nothing that JSON could not hold.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// For Prometheus and its tools: a file of alerting rules.
    pub fn rules(&self) -> String {
        rules::file(self)
    }
}

/// The JSON Schema (draft 2020-12) of [`Queries::json`].
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Queries>()
}
