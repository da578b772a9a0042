//! What to write in place of a value or a key that the language does not have there.

use super::super::{Place, listed};
use super::values::{nearest, values};
use crate::source::{Node, Value};
use serde_json::Value as Json;

/// A value inside of the mapping or the list that is asked for: `{cron: "0 4 * * *"}` for a cron expression.
pub(in super::super) fn wrapped(value: &Json, rule: &Json) -> Option<String> {
    if let Some(items) = rule.get("items") {
        let text = text_of(value)?;
        return jsonschema::is_valid(items, value).then(|| format!("[{}]", plain_or_quoted(&text)));
    }
    let none = serde_json::Map::new();
    let named = rule.get("properties").and_then(Json::as_object).unwrap_or(&none);
    if let Some(channel) = text_of(value).filter(|text| text.starts_with('#') && named.contains_key("lookup"))
    {
        return Some(format!("{{lookup: {{type: slack, displayName: {}}}}}", plain_or_quoted(&channel)));
    }
    if let Some(cron) =
        value.as_array().and_then(|list| one_of_many(list)).filter(|_| named.contains_key("cron"))
    {
        return Some(format!("{{cron: {}}}", plain_or_quoted(&cron)));
    }
    if let Some(inner) =
        rule.get("patternProperties").and_then(Json::as_object).and_then(|own| own.values().next())
    {
        return in_a_map(value, inner);
    }
    let text = text_of(value)?;
    let exactly = |rule: &Json| jsonschema::is_valid(rule, &Json::from(text.as_str())).then(|| text.clone());
    let fits = |rule: &Json| rule.get("pattern").and_then(|_| exactly(rule));
    let example = |rule: &Json| is_like_an_example(&text, rule).then(|| text.clone());
    let meant = |rule: &Json| rule.get("pattern").and_then(|_| values(&text, rule).into_iter().next());
    // The keys that are needed come first, for what fits them may fit others, too.
    let needed = needed(rule);
    let (first, others): (Vec<_>, Vec<_>) = named.iter().partition(|(key, _)| needed.contains(&key.as_str()));
    let find = |keys: &[(&String, &Json)]| {
        let of = |find: &dyn Fn(&Json) -> Option<String>| {
            keys.iter().find_map(|(key, rule)| Some(((*key).clone(), find(rule)?)))
        };
        of(&fits).or_else(|| of(&example)).or_else(|| of(&meant))
    };
    let (key, inner) = find(&first).or_else(|| find(&others))?;
    let required =
        rule.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let missing = required.filter(|required| *required != key);
    let missing = missing
        .filter_map(|key| Some(format!(", {key}: {}", named.get(key)?.pointer("/examples/0")?.as_str()?)));
    Some(format!("{{{key}: {}{}}}", plain_or_quoted(&inner), missing.collect::<String>()))
}

/// The keys that a mapping must have, or one of.
fn needed(rule: &Json) -> Vec<&str> {
    let required =
        rule.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let branches = ["oneOf", "anyOf"].into_iter().filter_map(|key| rule.get(key)?.as_array()).flatten();
    required.chain(branches.filter_map(|branch| branch.pointer("/required/0")?.as_str())).collect()
}

/// Names of the author's own, each with the first key that it needs: `{customer_id: {atMost: 2%}}` for `[customer_id]`.
fn in_a_map(value: &Json, inner: &Json) -> Option<String> {
    let name = match value {
        Json::Array(names) => names.first()?.as_str()?,
        name => name.as_str()?,
    };
    let key = *needed(inner).first()?;
    let example = inner.pointer(&format!("/properties/{key}/examples/0"))?.as_str()?;
    Some(format!("{{{}: {{{key}: {}}}}}", plain_or_quoted(name), plain_or_quoted(example)))
}

fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a text has as many words as an example of a key without a form, or begins with the same sign.
fn is_like_an_example(text: &str, rule: &Json) -> bool {
    let examples =
        rule.get("examples").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let words = |text: &str| text.split_whitespace().count();
    examples.into_iter().any(|example| match words(example) {
        1 => example.starts_with('@') && text.starts_with('@'),
        count => count == words(text),
    })
}

/// A text as YAML takes it.
fn plain_or_quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "_-.%@".contains(letter);
    match text.chars().all(plain) && text.starts_with(char::is_alphanumeric) {
        true => text.to_owned(),
        false => format!("\"{text}\""),
    }
}

/// The one cron expression that several are which differ in one field: `0 1,5 * * *`.
pub(in super::super) fn one_of_many(list: &[Json]) -> Option<String> {
    let rows: Vec<Vec<&str>> =
        list.iter().map(|cron| Some(cron.as_str()?.split_whitespace().collect())).collect::<Option<_>>()?;
    let (first, others) = rows.split_first()?;
    if first.len() != 5 || others.iter().any(|row| row.len() != 5) {
        return None;
    }
    let mut differ = 0;
    let fields = (0..5).map(|index| {
        let mut values: Vec<&str> = rows.iter().filter_map(|row| row.get(index).copied()).collect();
        values.dedup();
        differ += usize::from(values.len() > 1);
        values.join(",")
    });
    let fields: Vec<String> = fields.collect();
    (differ <= 1).then(|| fields.join(" "))
}

/// The key here that holds mappings with all of these keys: `lookup` for `type` and `displayName`.
pub(in super::super) fn nested(unknown: &[String], rule: &Json, place: &Place<'_>) -> Option<String> {
    let named = rule.get("properties")?.as_object()?;
    let (holder, _) = named.iter().find(|(holder, rule)| {
        if place.node.entry(holder).is_some() {
            return false;
        }
        let inner = rule.get("properties").and_then(Json::as_object);
        inner.is_some_and(|inner| unknown.iter().all(|key| inner.contains_key(key)))
    })?;
    let entries = place.node.as_mapping()?.entries.iter().filter(|entry| unknown.contains(&entry.key));
    let entries: Option<Vec<String>> = entries
        .map(|entry| match &*entry.value.value {
            Value::String(text) => Some(format!("{}: {}", entry.key, plain_or_quoted(text))),
            _ => None,
        })
        .collect();
    Some(match entries {
        Some(entries) => format!("write `{holder}: {{{}}}`", entries.join(", ")),
        None => {
            let keys: Vec<&str> = unknown.iter().map(String::as_str).collect();
            format!("write {} below `{holder}`", listed(&keys, "and"))
        }
    })
}

/// Words of other tools for who is told.
const TOLD: [&str; 7] =
    ["channel", "channels", "notify", "notification", "notifications", "recipients", "receivers"];

/// What to write for a key that other tools have.
pub(in super::super) fn foreign(
    key: &str,
    node: Option<&Node>,
    rule: &Json,
    place: &Place<'_>,
) -> Option<String> {
    let named = rule.get("properties")?.as_object()?;
    if key == "overrides" {
        return Some("`overrides` stands beside `spec`, not in it".to_owned());
    }
    let of_spec = |place: &Place<'_>| place.part || place.key.is_some_and(|(key, _)| key == "spec");
    if TOLD.contains(&key.to_lowercase().as_str()) && (of_spec(place) || named.contains_key("severity")) {
        return Some(
            "channels come with the owner: `metadata.owner` names one of the Project's `owners`, whose `page` and \
             `ticket` name the channels"
                .to_owned(),
        );
    }
    // A type of channel in the place of the key that holds the type.
    let typed = named.iter().find_map(|(holder, rule)| {
        let options = rule.pointer("/properties/type/enum")?.as_array()?;
        let options: Vec<&str> = options.iter().filter_map(Json::as_str).collect();
        nearest(key, &options).map(|option| (holder, option))
    });
    if let Some((holder, option)) = typed {
        let shown = node.and_then(Node::as_str).map_or_else(|| "…".to_owned(), plain_or_quoted);
        return Some(format!(
            "write `{holder}: {{type: {option}, displayName: {shown}}}`, by the channel's name in Cloud Monitoring"
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn crons_that_differ_in_one_field_are_one() {
        let list = |crons: &[&str]| crons.iter().map(|cron| json!(cron)).collect::<Vec<_>>();
        assert_eq!(one_of_many(&list(&["0 1 * * *", "0 5 * * *"])).as_deref(), Some("0 1,5 * * *"));
        assert_eq!(one_of_many(&list(&["0 1 * * *"])).as_deref(), Some("0 1 * * *"));
        assert_eq!(one_of_many(&list(&["0 1 * * *", "15 8 * * *"])), None);
        assert_eq!(one_of_many(&list(&["0 1 * * *", "@daily"])), None);
        assert_eq!(one_of_many(&[]), None);
    }
}
