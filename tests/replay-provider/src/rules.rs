//! What a provider checks and fills in by itself, beyond the schema that it sends to Terraform.
//!
//! A table of rules names an argument by the names of the blocks around it, without indices:
//! `conditions.condition_threshold.comparison`.

mod sdk;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use rmpv::Value;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::value::member;

/// Rules by resource type.
pub type Rules = BTreeMap<String, ResourceRules>;

#[derive(Deserialize)]
pub struct Document {
    /// Lists of values that several checks share.
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
    resources: BTreeMap<String, Json>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResourceRules {
    pub checks: BTreeMap<String, Check>,
    pub whole_numbers: BTreeSet<String>,
    pub defaults: BTreeMap<String, Json>,
    /// Arguments that cannot be changed in place.
    pub force_new: BTreeSet<String>,
    /// JSON arguments that cannot be changed in place as to one member.
    pub force_new_member: BTreeMap<String, String>,
    pub exactly_one_of: BTreeSet<Vec<String>>,
    pub at_least_one_of: BTreeSet<Vec<String>>,
    pub conflicts_with: BTreeMap<String, Vec<String>>,
    pub required_with: BTreeMap<String, Vec<String>>,
    /// The argument that keeps the provider from deleting it.
    pub protected_by: Option<String>,
}

/// What one value must be like.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    OneOf(Choice),
    Regexp(Pattern),
    /// Both ends belong to it.
    Between(f64, f64),
    /// More than 0 and at most 0.9999.
    SloGoal,
    OnlyTrue,
    Json,
    /// A JSON array of columns.
    TableSchema,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Choice {
    Listed(Vec<String>),
    Named(String),
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(pub Regex);

impl TryFrom<String> for Pattern {
    type Error = regex::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Regex::new(&text).map(Self)
    }
}

impl Document {
    /// The rules, be they in the flat form of this package or in the shape of the SDK's own declarations.
    pub fn into_rules(self) -> Result<Rules, String> {
        let mut rules = Rules::new();
        for (resource, json) in self.resources {
            let parsed = match json.get("schema") {
                Some(_) => sdk::Resource::parse(json).and_then(sdk::Resource::into_rules),
                None => serde_json::from_value(json).map_err(|error| error.to_string()),
            };
            let mut parsed: ResourceRules = parsed.map_err(|error| format!("{resource}: {error}"))?;
            parsed.resolve(&self.lists)?;
            rules.insert(resource, parsed);
        }
        Ok(rules)
    }
}

impl ResourceRules {
    /// Why the provider does not delete a resource, if it does not.
    pub fn refuses_to_delete(&self, resource: &Value) -> Option<String> {
        let argument =
            self.protected_by.as_ref().filter(|argument| *member(resource, argument) == true.into())?;
        Some(format!(
            "cannot destroy resource without setting {argument}=false and running `terraform apply`"
        ))
    }

    fn resolve(&mut self, lists: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
        for check in self.checks.values_mut() {
            if let Check::OneOf(Choice::Named(name)) = check {
                let list = lists.get(name).ok_or_else(|| format!("no list is called `{name}`"))?;
                *check = Check::OneOf(Choice::Listed(list.clone()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: Json) -> ResourceRules {
        let document: Document = serde_json::from_value(json).unwrap();
        document.into_rules().unwrap().remove("r").unwrap()
    }

    #[test]
    fn both_forms_say_the_same() {
        let flat = rules(serde_json::json!({
            "lists": { "colour": ["RED", "BLUE"] },
            "resources": { "r": {
                "checks": { "b.colour": { "one_of": "colour" }, "b.days": { "between": [1.0, 30.0] } },
                "whole_numbers": ["b.days"],
                "defaults": { "b.colour": "RED", "policy": "DELETE" },
                "force_new": ["b.days"],
                "exactly_one_of": [["b.colour", "b.days"]],
                "required_with": { "b.days": ["b.colour"] },
            } },
        }));
        let group = serde_json::json!(["b.0.colour", "b.0.days"]);
        let nested = rules(serde_json::json!({
            "resources": { "r": { "schema": {
                "policy": { "type": "string", "client_side_default": "DELETE" },
                "b": { "type": "list", "elem_resource": { "schema": {
                    "colour": {
                        "type": "string",
                        "default": "RED",
                        "validate": { "enum": ["RED", "BLUE"] },
                        "exactly_one_of": group,
                    },
                    "days": {
                        "type": "int",
                        "force_new": true,
                        "validate": { "func": "validation.IntBetween(1, 30)" },
                        "exactly_one_of": group,
                        "required_with": ["b.0.colour"],
                    },
                } } },
            } } },
        }));
        assert_eq!(format!("{flat:?}"), format!("{nested:?}"));
    }

    #[test]
    fn an_unknown_check_is_an_error() {
        let document: Document = serde_json::from_value(serde_json::json!({
            "resources": { "r": { "schema": { "a": { "validate": { "func": "validateMoon" } } } } },
        }))
        .unwrap();
        assert!(document.into_rules().unwrap_err().contains("validateMoon"));
    }
}
