//! What the provider says to a configuration that fits its schema, in the words of the Go SDK.

use rmpv::Value;

use crate::protocol::{Diagnostic, ERROR};
use crate::rules::{Check, Choice, ResourceRules};
use crate::schema::Block;
use crate::value::{Place, Step, first_at, is_set, is_unknown, number};

const COMBINATION: &str = "Invalid combination of arguments";
const MISSING: &str = "Missing required argument";

/// Every objection to a configuration of a resource, or of a data source, for which there are no rules.
pub fn validate(block: &Block, rules: Option<&ResourceRules>, config: &Value) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    block.visit(&mut config.clone(), &mut |place, attribute, value| {
        if !is_set(value) {
            return;
        }
        if attribute.computed && !attribute.optional {
            found.push(unconfigurable(place));
        } else if let Some(rules) = rules.filter(|_| !is_unknown(value)) {
            let path = place.path();
            if rules.whole_numbers.contains(&path)
                && number(value).is_some_and(|number| number.fract() != 0.0)
            {
                let summary = format!("Inappropriate value for attribute \"{}\"", place.name());
                found.push(diagnostic(place, summary, "a whole number is required"));
            }
            let message = rules.checks.get(&path).and_then(|check| check.objection(place.name(), value));
            found.extend(message.map(|message| diagnostic(place, message, "")));
        }
    });
    if let Some(rules) = rules {
        one_of(rules, config, &mut found);
        together(rules, config, &mut found);
    }
    found
}

/// Groups of arguments of which one must be there; asked only where the block that they stand in is there.
fn one_of(rules: &ResourceRules, config: &Value, found: &mut Vec<Diagnostic>) {
    let exactly = rules.exactly_one_of.iter().map(|group| (group, true));
    let at_least = rules.at_least_one_of.iter().map(|group| (group, false));
    for (group, exactly) in exactly.chain(at_least) {
        let Some(first) = group.first() else { continue };
        let in_a_block = first.rsplit_once('.').map(|(parent, _)| first_at(config, parent));
        if in_a_block.is_some_and(|parent| !is_set(parent) || is_unknown(parent)) {
            continue;
        }
        let given = || group.iter().filter(|path| is_set(first_at(config, path)));
        let known: Vec<&str> =
            given().filter(|path| !is_unknown(first_at(config, path))).map(String::as_str).collect();
        let names = group.join(",");
        let (summary, detail) = if given().next().is_none() {
            let summary = if exactly { COMBINATION } else { MISSING };
            (summary, format!("\"{first}\": one of `{names}` must be specified"))
        } else if exactly && known.len() > 1 {
            let known = known.join(",");
            let detail =
                format!("\"{first}\": only one of `{names}` can be specified, but `{known}` were specified.");
            (COMBINATION, detail)
        } else {
            continue;
        };
        found.push(diagnostic(&place_of(first), summary, detail));
    }
}

/// Arguments that exclude or demand one another.
fn together(rules: &ResourceRules, config: &Value, found: &mut Vec<Diagnostic>) {
    let given = |path: &String| is_set(first_at(config, path));
    for (path, others) in rules.conflicts_with.iter().filter(|(path, _)| given(path)) {
        for other in others.iter().filter(|other| given(other)) {
            let detail = format!("\"{path}\": conflicts with {other}");
            found.push(diagnostic(&place_of(path), "Conflicting configuration arguments", detail));
        }
    }
    for (path, others) in rules.required_with.iter().filter(|(path, _)| given(path)) {
        if !others.iter().all(given) {
            let names = others.join(",");
            let detail = format!("\"{path}\": all of `{path},{names}` must be specified");
            found.push(diagnostic(&place_of(path), MISSING, detail));
        }
    }
}

impl Check {
    fn objection(&self, name: &str, value: &Value) -> Option<String> {
        let text = value.as_str();
        match self {
            Self::OneOf(Choice::Named(list)) => Some(format!("the list `{list}` was not resolved")),
            Self::OneOf(Choice::Listed(values)) => {
                let text = text.filter(|text| !values.iter().any(|value| value == text))?;
                Some(format!("expected {name} to be one of {values:?}, got {text}"))
            }
            Self::Regexp(pattern) => {
                let text = text.filter(|text| !pattern.0.is_match(text))?;
                Some(format!("\"{name}\" (\"{text}\") doesn't match regexp \"{}\"", pattern.0))
            }
            Self::Between(low, high) => {
                let number = number(value).filter(|number| !(*low..=*high).contains(number))?;
                Some(format!("expected {name} to be in the range ({low} - {high}), got {number}"))
            }
            Self::SloGoal => {
                let goal = number(value).filter(|goal| *goal <= 0.0 || *goal > 0.9999)?;
                Some(format!("{name} {goal:.6} must be > 0 and <= 0.9999"))
            }
            Self::OnlyTrue => (value.as_bool() == Some(false))
                .then(|| format!("\"{name}\" must be set to true, got: false")),
            Self::Json => json(name, text?).err(),
            Self::TableSchema => match json(name, text?) {
                Ok(serde_json::Value::Array(columns)) if columns.iter().any(serde_json::Value::is_null) => {
                    Some(format!("\"{name}\" contains a nil element"))
                }
                Ok(serde_json::Value::Array(_)) => None,
                Ok(_) => Some(format!("\"{name}\" is not a JSON array")),
                Err(message) => Some(message),
            },
        }
    }
}

fn json(name: &str, text: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(text).map_err(|error| format!("\"{name}\" contains an invalid JSON: {error}"))
}

fn unconfigurable(place: &Place) -> Diagnostic {
    let detail = format!(
        "Can't configure a value for \"{}\": its value will be decided automatically based on the result of \
         applying this configuration.",
        place.name()
    );
    diagnostic(place, "Value for unconfigurable attribute", detail)
}

/// The place of a rule's path: the first item of every block on the way.
fn place_of(path: &str) -> Place {
    let mut steps: Vec<Step> =
        path.split('.').flat_map(|name| [Step::Member(name.into()), Step::Item(0)]).collect();
    steps.pop();
    Place { steps, set: None }
}

fn diagnostic(place: &Place, summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
    // Terraform cannot follow a path into a set.
    let attribute = place.set.is_none().then(|| place.to_message());
    Diagnostic { severity: ERROR, summary: summary.into(), detail: detail.into(), attribute }
}
