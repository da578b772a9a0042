//! Alert policies in Terraform.

use super::hcl::{self, Expression, InvalidName, Part, Reference};
use super::stack::{address_of, channel_reference, labels};
use super::{Attribute, Block, bigquery};
use crate::monitoring::shapes::{CONFIG_ID, names_config};
use crate::monitoring::{AlertPolicy, Combiner, Condition, Documentation, Pipeline, Promise, Query, Urgency};
use crate::slo::Duration;

const POLICY: &str = "google_monitoring_alert_policy";

pub(super) fn policy(
    pipeline: &Pipeline,
    promise: &Promise,
    policy: &AlertPolicy,
) -> Result<Block, InvalidName> {
    let combiner = match policy.combiner {
        Combiner::And => "AND",
        Combiner::Or => "OR",
    };
    let severity = match policy.urgency {
        Urgency::Page => "CRITICAL",
        Urgency::Ticket => "WARNING",
    };
    let block = Block::resource(POLICY, address_of(pipeline, &policy.slug())?)
        .attribute("display_name", hcl::string(&policy.display_name))
        .attribute("combiner", hcl::string(combiner))
        .attribute("severity", hcl::string(severity))
        .attribute("notification_channels", channels(policy)?)
        .attribute("user_labels", labels(pipeline));
    let conditions = policy.conditions.iter().map(|shape| condition(pipeline, promise, shape, policy.hold));
    let block = conditions.collect::<Result<Vec<_>, _>>()?.into_iter().fold(block, Block::block);
    let block = strategy(policy)?.into_iter().fold(block, Block::block);
    let block = block.block(documentation(&policy.documentation));
    // What is asked exists first: the reference puts it in order.
    Ok(match promise.log_metric {
        Some(id) => {
            let address = address_of(pipeline, id)?;
            let metric = hcl::reference(&["google_logging_metric", address.as_str()])?;
            block.attribute("depends_on", hcl::list([metric]))
        }
        None => block,
    })
}

/// The policies that can be there before the pipeline's query, as they do not name its configuration.
pub(super) fn before_query(pipeline: &Pipeline) -> Result<Vec<Reference>, InvalidName> {
    let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
    let independent = policies.filter(|policy| !policy.conditions.iter().any(names_config));
    independent
        .map(|policy| hcl::reference(&[POLICY, address_of(pipeline, &policy.slug())?.as_str()]))
        .collect()
}

fn channels(policy: &AlertPolicy) -> Result<Expression, InvalidName> {
    let references = policy.channels.iter().map(|name| channel_reference(name));
    Ok(hcl::list(references.collect::<Result<Vec<_>, _>>()?))
}

/// The API's canonical form of a duration.
fn seconds(duration: Duration) -> Expression {
    hcl::string(&format!("{}s", duration.as_seconds()))
}

fn condition(
    pipeline: &Pipeline,
    promise: &Promise,
    condition: &Condition,
    hold: Option<Duration>,
) -> Result<Block, InvalidName> {
    let hold = hold.unwrap_or(Duration::seconds(0));
    let block = match &condition.query {
        Query::Count { filter, period, above } => {
            threshold(hcl::string(&filter.to_string()), "COMPARISON_GT", whole(*above), hold)
                .block(aggregation(*period, "ALIGN_DELTA", "REDUCE_SUM"))
        }
        Query::TooFew { filter, period, least, held, .. } => {
            let filter = hcl::string(&filter.to_string());
            threshold(filter, "COMPARISON_LT", whole(*least), *held)
                .attribute("evaluation_missing_data", hcl::string("EVALUATION_MISSING_DATA_ACTIVE"))
                .block(aggregation(*period, "ALIGN_SUM", "REDUCE_SUM"))
        }
        Query::Highest { filter, period, above } => {
            threshold(hcl::string(&filter.to_string()), "COMPARISON_GT", whole(*above), hold)
                .block(aggregation(*period, "ALIGN_MAX", "REDUCE_MAX"))
        }
        Query::BurnRate { lookback, above } => {
            let slo = address_of(pipeline, promise.id)?;
            let filter = hcl::template([
                Part::Text("select_slo_burn_rate(\""),
                Part::Reference(hcl::reference(&["google_monitoring_slo", slo.as_str(), "name"])?),
                Part::Text(&format!("\", \"{}s\")", lookback.as_seconds())),
            ]);
            threshold(filter, "COMPARISON_GT", hcl::number(above.as_number()), hold)
        }
        // Metrics of Google's own always exist, but a project may have no Composer environment yet; a log-based one is known
        // minutes after it is made. So the check of the API would only fail a first apply.
        Query::PromQl { query, every, .. } => Block::bare("condition_prometheus_query_language")
            .attribute("query", known_at_apply(pipeline, &query.pretty(), hcl::text)?)
            .attribute("duration", seconds(hold))
            .attribute("evaluation_interval", seconds(*every))
            .attribute("disable_metric_validation", hcl::boolean(true)),
        Query::MatchedLog { filter, labels, .. } => {
            let block = Block::bare("condition_matched_log")
                .attribute("filter", known_at_apply(pipeline, &filter.to_string(), hcl::string)?);
            let extracted = labels.iter().map(|(name, value)| (name, hcl::string(&value.to_string())));
            match labels.is_empty() {
                true => block,
                false => block.attribute("label_extractors", hcl::object(extracted)),
            }
        }
    };
    Ok(Block::bare("conditions").attribute("display_name", hcl::string(&condition.display_name)).block(block))
}

/// A text that may name what only Terraform knows.
fn known_at_apply(
    pipeline: &Pipeline,
    text: &str,
    written: fn(&str) -> Expression,
) -> Result<Expression, InvalidName> {
    match text.contains(CONFIG_ID) {
        true => bigquery::with_config_id(pipeline, written(text), CONFIG_ID),
        false => Ok(written(text)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of runs, and seconds, are far below 2^53")]
fn whole(number: u64) -> Expression {
    hcl::number(number as f64)
}

fn aggregation(period: Duration, aligner: &str, reducer: &str) -> Block {
    Block::bare("aggregations")
        .attribute("alignment_period", seconds(period))
        .attribute("per_series_aligner", hcl::string(aligner))
        .attribute("cross_series_reducer", hcl::string(reducer))
}

fn threshold(filter: Expression, comparison: &str, value: Expression, hold: Duration) -> Block {
    Block::bare("condition_threshold")
        .attribute("filter", filter)
        .attribute("comparison", hcl::string(comparison))
        .attribute("threshold_value", value)
        .attribute("duration", seconds(hold))
}

/// How long an incident stays open, and how often it reminds; nothing where the defaults hold.
fn strategy(policy: &AlertPolicy) -> Result<Option<Block>, InvalidName> {
    let rate_limit = policy.conditions.iter().find_map(|condition| match condition.query {
        Query::MatchedLog { rate_limit, .. } => Some(rate_limit),
        _ => None,
    });
    if policy.auto_close.is_none() && policy.renotify.is_none() && rate_limit.is_none() {
        return Ok(None);
    }
    let mut block = Block::bare("alert_strategy");
    if let Some(auto_close) = policy.auto_close {
        // That an event is over says nothing.
        let prompts = hcl::list([hcl::string("OPENED")]);
        block = block.attribute("auto_close", seconds(auto_close)).attribute("notification_prompts", prompts);
    }
    if let Some(rate_limit) = rate_limit {
        block = block.block(Block::bare("notification_rate_limit").attribute("period", seconds(rate_limit)));
    }
    if let Some(renotify) = policy.renotify {
        block = block.block(
            Block::bare("notification_channel_strategy")
                .attribute("notification_channel_names", channels(policy)?)
                .attribute("renotify_interval", seconds(renotify)),
        );
    }
    Ok(Some(block))
}

fn documentation(documentation: &Documentation) -> Block {
    let block = Block::bare("documentation")
        .attribute("subject", hcl::string(&documentation.subject))
        .with(Attribute::new("content", hcl::text(&documentation.content)))
        .attribute("mime_type", hcl::string("text/markdown"));
    let links = documentation.links.iter().map(|link| {
        Block::bare("links")
            .attribute("display_name", hcl::string(&link.name))
            .attribute("url", hcl::string(&link.url))
    });
    links.fold(block, Block::block)
}
