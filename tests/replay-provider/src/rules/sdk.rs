//! Rules in the shape of the Go SDK's declarations: one nested object per block, each argument with its own rules.
//!
//! `GENKAI_SCHEMA_DIR` may point at such a document, extracted from a provider's source.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use super::{Check, Choice, Pattern, ResourceRules};

#[derive(Deserialize)]
pub struct Resource {
    schema: BTreeMap<String, Argument>,
    #[serde(default)]
    customize_diff: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Argument {
    r#type: String,
    default: Option<Json>,
    client_side_default: Option<Json>,
    force_new: bool,
    validate: Option<Validation>,
    exactly_one_of: Vec<String>,
    at_least_one_of: Vec<String>,
    conflicts_with: Vec<String>,
    required_with: Vec<String>,
    elem_resource: Option<Block>,
}

#[derive(Deserialize)]
struct Block {
    schema: BTreeMap<String, Argument>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Validation {
    Enum(Vec<String>),
    Func(String),
}

impl Resource {
    pub fn parse(json: Json) -> Result<Self, String> {
        serde_json::from_value(json).map_err(|error| error.to_string())
    }

    pub fn into_rules(self) -> Result<ResourceRules, String> {
        let mut rules = ResourceRules::default();
        // The only such declaration among the resources in use.
        if self
            .customize_diff
            .iter()
            .any(|diff| diff.starts_with("ForceNew(\"config_json\") when the \"uid\""))
        {
            rules.force_new_member.insert("config_json".into(), "uid".into());
        }
        rules.protected_by =
            self.schema.contains_key("deletion_protection").then(|| "deletion_protection".into());
        add(&mut rules, "", self.schema)?;
        Ok(rules)
    }
}

fn add(rules: &mut ResourceRules, parent: &str, arguments: BTreeMap<String, Argument>) -> Result<(), String> {
    for (name, argument) in arguments {
        let path = if parent.is_empty() { name } else { format!("{parent}.{name}") };
        if argument.r#type == "int" {
            rules.whole_numbers.insert(path.clone());
        }
        if let Some(default) = argument.default.or(argument.client_side_default) {
            rules.defaults.insert(path.clone(), default);
        }
        if argument.force_new {
            rules.force_new.insert(path.clone());
        }
        if let Some(validation) = argument.validate {
            rules.checks.insert(path.clone(), check(validation)?);
        }
        if !argument.exactly_one_of.is_empty() {
            rules.exactly_one_of.insert(without_indices(argument.exactly_one_of));
        }
        if !argument.at_least_one_of.is_empty() {
            rules.at_least_one_of.insert(without_indices(argument.at_least_one_of));
        }
        if !argument.conflicts_with.is_empty() {
            rules.conflicts_with.insert(path.clone(), without_indices(argument.conflicts_with));
        }
        if !argument.required_with.is_empty() {
            rules.required_with.insert(path.clone(), without_indices(argument.required_with));
        }
        if let Some(block) = argument.elem_resource {
            add(rules, &path, block.schema)?;
        }
    }
    Ok(())
}

fn without_indices(paths: Vec<String>) -> Vec<String> {
    paths.into_iter().map(|path| path.replace(".0.", ".")).collect()
}

fn check(validation: Validation) -> Result<Check, String> {
    let function = match validation {
        Validation::Enum(values) => return Ok(Check::OneOf(Choice::Listed(values))),
        Validation::Func(function) => function,
    };
    if let Some(pattern) = between(&function, "verify.ValidateRegexp(`", "`)") {
        let pattern = Pattern::try_from(pattern.to_owned()).map_err(|error| error.to_string())?;
        return Ok(Check::Regexp(pattern));
    }
    if let Some((low, high)) =
        between(&function, "validation.IntBetween(", ")").and_then(|range| range.split_once(", "))
        && let (Ok(low), Ok(high)) = (low.parse(), high.parse())
    {
        return Ok(Check::Between(low, high));
    }
    match function.as_str() {
        "validateMonitoringSloGoal" => Ok(Check::SloGoal),
        "validateAvailabilitySli" => Ok(Check::OnlyTrue),
        "validation.StringIsJSON" => Ok(Check::Json),
        _ => Err(format!("`{function}` is not a check that this provider knows")),
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_suffix(end)
}
