//! What BigQuery runs and keeps, in Terraform.

use super::hcl::{self, Expression, InvalidName, Name, Part, Reference};
use super::stack::{address_of, script_file};
use super::{Attribute, Block, policies};
use crate::monitoring::{History, Pipeline, ScheduledQuery};
use crate::sql::{HISTORY, HistoryColumn};

const DATASET: &str = "google_bigquery_dataset";
const TABLE: &str = "google_bigquery_table";
pub(super) const TRANSFER: &str = "google_bigquery_data_transfer_config";

/// The name of the history's resources. No spec's has it: theirs begin with a kind.
const NAME: &str = "genkai_null_ratios";

/// The Terraform address of the history's table.
pub fn history_address() -> String {
    format!("{TABLE}.{NAME}")
}

/// The dataset, if it is made, and the table in it.
pub(super) fn history(history: &History) -> Result<Vec<Block>, InvalidName> {
    let mut blocks = Vec::new();
    let mut dataset = hcl::string(&history.table.dataset);
    if history.makes_dataset {
        blocks.push(
            Block::resource(DATASET, NAME)
                .attribute("dataset_id", dataset)
                .attribute("location", hcl::string(&history.location)),
        );
        dataset = hcl::reference(&[DATASET, NAME, "dataset_id"])?.into();
    }
    let expiration = i64::try_from(history.kept.as_seconds().saturating_mul(1_000)).unwrap_or(i64::MAX);
    let partitioning = Block::bare("time_partitioning")
        .attribute("type", hcl::string("DAY"))
        .attribute("field", hcl::string("data_day"))
        .with(
            Attribute::new("expiration_ms", hcl::integer(expiration)).comment(format!("{}.", history.kept)),
        );
    let protection = Attribute::new("deletion_protection", hcl::boolean(true))
        .comment("Without its history a check judges days again, and knows no baselines.");
    blocks.push(
        Block::resource(TABLE, NAME)
            .attribute("dataset_id", dataset)
            .attribute("table_id", hcl::string(&history.table.name))
            .attribute("clustering", hcl::list(["check_name", "column_name"].map(hcl::string)))
            .with(protection)
            .attribute("schema", hcl::call("jsonencode", [hcl::list(HISTORY.iter().map(column))]))
            .block(partitioning),
    );
    Ok(blocks)
}

fn column(column: &HistoryColumn) -> Expression {
    let mode = if column.required { "REQUIRED" } else { "NULLABLE" };
    let attributes =
        [("name", column.name), ("type", column.of), ("mode", mode), ("description", column.description)];
    hcl::object(attributes.map(|(key, value)| (key, hcl::string(value))))
}

/// The configuration that runs a pipeline's query.
pub(super) fn scheduled_query(pipeline: &Pipeline, query: &ScheduledQuery) -> Result<Block, InvalidName> {
    let path = format!("/{}", script_file(pipeline));
    let file = hcl::template([Part::Reference(hcl::reference(&["path", "module"])?), Part::Text(&path)]);
    let params = hcl::object([("query", hcl::call("file", [file]))]);
    let mut block = Block::resource(TRANSFER, address_of(pipeline, "query")?)
        .attribute("display_name", hcl::string(&query.display_name))
        .attribute("data_source_id", hcl::string("scheduled_query"))
        .attribute("location", hcl::string(&query.location))
        .with(
            Attribute::new("schedule", hcl::string(&query.schedule))
                .comment(query.schedule_in_words.as_str()),
        );
    if let Some(account) = &query.service_account {
        block = block.attribute("service_account_name", hcl::string(account));
    }
    let mut first = vec![hcl::reference(&[TABLE, NAME])?];
    first.extend(policies::before_query(pipeline)?);
    let why = "The query runs as soon as it is created: by then its table exists, and its alerts do.";
    Ok(block.attribute("params", params).with(Attribute::new("depends_on", hcl::list(first)).comment(why)))
}

/// A text with the ID of a pipeline's configuration in the place of a word.
pub(super) fn with_config_id(
    pipeline: &Pipeline,
    text: Expression,
    word: &str,
) -> Result<Expression, InvalidName> {
    Ok(hcl::with_live(text, word, &config_id(pipeline)?))
}

/// The ID of a pipeline's configuration, which the transfer service gives.
pub(super) fn config_id(pipeline: &Pipeline) -> Result<Expression, InvalidName> {
    let name: Name = address_of(pipeline, "query")?;
    let full_name: Reference = hcl::reference(&[TRANSFER, name.as_str(), "name"])?;
    Ok(hcl::call("basename", [full_name]))
}
