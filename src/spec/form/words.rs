//! What each violation of a schema is told: the mistake in the author's words, and what to write instead.

use super::{Place, meant};
use crate::diagnostics::{Code, Diagnostic, closest, look_alike, shown};
use crate::source::{Entry, Value};
use crate::spec::values::Written;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value as Json;

pub(super) fn findings_of(
    kind: &ValidationErrorKind,
    value: &Json,
    rule: &Json,
    place: &Place<'_>,
    language: &Json,
) -> Vec<Diagnostic> {
    use ValidationErrorKind as Kind;
    let name = place.name();
    let finding = match kind {
        Kind::AdditionalProperties { unexpected } => {
            let meant_below = meant::below_an_empty_key(unexpected, rule, place);
            let keys = unexpected.iter().filter(|key| !meant_below.contains(key.as_str()));
            if let Some((key, value)) = meant::torn(unexpected, place) {
                let message = format!("`{key}` ends at the comma");
                let at = unexpected.first().and_then(|key| place.node.entry(key)).map(|entry| entry.key_span);
                let finding = Diagnostic::error(Code::UnknownKey, message);
                let finding = finding.at(at.unwrap_or_else(|| place.span()), "read as a key of its own");
                return vec![finding.help(format!("put the value into quotes: `{key}: \"{value}\"`"))];
            }
            if let Some(help) = meant::nested(unexpected, rule, place) {
                let unknown = unexpected.first().map(|key| unknown_key(key, rule, place, language));
                return unknown.into_iter().map(|finding| finding.help(help.clone())).collect();
            }
            if let Some(finding) = none_belongs_here(unexpected, rule, place) {
                return vec![finding];
            }
            return keys.map(|key| unknown_key(key, rule, place, language)).collect();
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            if misspelt_as(key, rule, place) {
                return Vec::new();
            }
            missing_key(key, rule, place)
        }
        Kind::Type { .. } if value.is_null() => no_value(rule, place),
        // What it can be says more.
        Kind::Type { .. } if rule.get("enum").is_some() => return Vec::new(),
        Kind::Enum { .. } if value.is_null() => return Vec::new(),
        Kind::Type { .. } => wrong_type(value, rule, place),
        Kind::Pattern { pattern } => malformed(value, Written::of_pattern(pattern), rule, place),
        Kind::Enum { options } => not_allowed(value, options, place),
        // What is no mapping has its own finding, and an unknown key may be the one that is meant.
        Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } if !value.is_object() => {
            return Vec::new();
        }
        Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } if has_unknown_key(rule, place) => return Vec::new(),
        Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } => needs_one_of(&alternatives(rule), place),
        Kind::OneOfMultipleValid { .. } => exclusive(&alternatives(rule), place),
        Kind::MinProperties { .. } => no_keys(rule, place),
        Kind::MinLength { .. } => Diagnostic::error(Code::Malformed, format!("{name} is empty"))
            .at(place.span(), "")
            .help("write a text"),
        Kind::MinItems { .. } => Diagnostic::error(Code::Malformed, format!("{name} is an empty list"))
            .at(place.span(), "")
            .help("name at least one"),
        Kind::Minimum { limit } => out_of_range(value, "smaller", limit, "more", place),
        Kind::Maximum { limit } => out_of_range(value, "larger", limit, "less", place),
        other => Diagnostic::error(
            Code::Malformed,
            format!("{name} does not fit the language (`{}`)", other.keyword()),
        )
        .at(place.span(), ""),
    };
    vec![finding]
}

/// The keys that a schema has.
fn keys_of(rule: &Json) -> Vec<&str> {
    rule.get("properties")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect()
}

/// The keys that a schema requires.
fn required(rule: &Json) -> Vec<&str> {
    rule.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect()
}

/// What a mapping needs at least, in words.
fn needs(rule: &Json) -> String {
    match required(rule).as_slice() {
        [] => listed(&alternatives(rule), "or"),
        keys => listed(keys, "and"),
    }
}

/// "`a`, `b` and `c`"
pub(in crate::spec) fn listed(names: &[&str], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The entries of a mapping.
fn entries<'a>(place: &Place<'a>) -> impl Iterator<Item = &'a Entry> {
    place.node.as_mapping().into_iter().flat_map(|mapping| &mapping.entries)
}

/// The key that an unknown one here was most likely meant to be: the closest, or the only one that is missing.
fn meant_key<'a>(unknown: &str, rule: &'a Json, place: &Place<'_>) -> Option<&'a str> {
    let keys = keys_of(rule);
    closest(unknown, keys.iter().copied()).or_else(|| {
        let missing: Vec<&str> =
            required(rule).into_iter().filter(|key| place.node.entry(key).is_none()).collect();
        let is_unknown = |entry: &&Entry| !keys.contains(&entry.key.as_str());
        match (missing.as_slice(), entries(place).filter(is_unknown).count()) {
            ([only], 1) => Some(*only),
            _ => None,
        }
    })
}

/// Whether one of the unknown keys here is the missing one, misspelt: that is one mistake, not two.
fn misspelt_as(key: &str, rule: &Json, place: &Place<'_>) -> bool {
    let keys = keys_of(rule);
    let mut unknown = entries(place).filter(|entry| !keys.contains(&entry.key.as_str()));
    unknown.any(|entry| meant_key(&entry.key, rule, place) == Some(key))
}

fn has_unknown_key(rule: &Json, place: &Place<'_>) -> bool {
    let keys = keys_of(rule);
    entries(place).any(|entry| !keys.contains(&entry.key.as_str()))
}

/// The keys of which one is needed: those that the branches of `oneOf` or `anyOf` require.
fn alternatives(rule: &Json) -> Vec<&str> {
    let branches = rule.get("oneOf").or_else(|| rule.get("anyOf")).and_then(Json::as_array);
    let required =
        branches.into_iter().flatten().filter_map(|branch| branch.pointer("/required/0")?.as_str());
    required.collect()
}

fn needs_one_of(keys: &[&str], place: &Place<'_>) -> Diagnostic {
    let message = format!("{} needs one of the keys {}", place.name(), listed(keys, "or"));
    Diagnostic::error(Code::MissingKey, message)
        .at(place.span(), "")
        .help(format!("add {}", listed(keys, "or")))
}

fn exclusive(keys: &[&str], place: &Place<'_>) -> Diagnostic {
    let mut given: Vec<&Entry> = entries(place).filter(|entry| keys.contains(&entry.key.as_str())).collect();
    given.sort_by_key(|entry| entry.key_span);
    let names: Vec<&str> = given.iter().map(|entry| entry.key.as_str()).collect();
    let message = format!("{} has {}, which exclude each other", place.name(), listed(&names, "and"));
    let finding = Diagnostic::error(Code::Exclusive, message)
        .help("keep one of them; where an override gives one, it takes the other away with `null`");
    match given.as_slice() {
        [first, .., last] => finding.at(last.key_span, "").also(first.key_span, ""),
        _ => finding.at(place.span(), ""),
    }
}

fn unknown_key(key: &str, rule: &Json, place: &Place<'_>, language: &Json) -> Diagnostic {
    let mut keys = keys_of(rule);
    if place.key.is_none() && keys.contains(&"environments") {
        // Each override is checked by itself, so that no schema of a document has them.
        keys.push("overrides");
    }
    let entry = place.node.entry(key);
    let span = entry.map_or_else(|| place.span(), |entry| entry.key_span);
    let letter = look_alike(key);
    // A map from names of the author's own: the key is not unknown, but badly written.
    let patterns = rule.get("patternProperties").and_then(Json::as_object);
    let form = patterns.and_then(|patterns| patterns.keys().next());
    let unknown = match form {
        Some(pattern) => {
            let finding = misspelt(&format!("`{}`", shown(key)), Written::of_pattern(pattern));
            match meant::value(key, &serde_json::json!({"type": "string", "pattern": pattern})) {
                Some(meant) => finding.help(format!("did you mean {meant}?")),
                None => finding,
            }
        }
        None => {
            let message = format!("{} has no key `{}`", place.name(), shown(key));
            let begin = if keys.len() == 1 { "the only key here is" } else { "the keys here are" };
            let here = format!("{begin} {}", listed(&keys, "and"));
            let close = closest(key, keys.iter().copied());
            let foreign = meant::foreign(key, entry.map(|entry| &entry.value), rule, place);
            let whole = close.and_then(|meant| {
                let inner = rule.pointer(&format!("/properties/{meant}"))?;
                let wrapped = meant::wrapped(&entry?.value.to_json(), inner)?;
                Some(format!("write `{meant}: {wrapped}`"))
            });
            let help = match (close, meant::elsewhere(key, language), meant_key(key, rule, place)) {
                _ if foreign.is_some() => foreign.unwrap_or_default(),
                _ if whole.is_some() => whole.unwrap_or_default(),
                (Some(meant), _, _) | (None, None, Some(meant)) => format!("did you mean `{meant}`?"),
                (None, Some(holder), _) => format!("`{key}` belongs in {holder}; {here}"),
                (None, None, None) => here,
            };
            Diagnostic::error(Code::UnknownKey, message).help(help)
        }
    }
    .at(span, letter);
    if let Some(help) = meant::indented(key).or_else(|| meant::before_a_bracket(key)) {
        return unknown.help(help);
    }
    // A key of the author's own that has a value has swallowed none.
    let whole = place.node.entry(key).is_some_and(|entry| !matches!(*entry.value.value, Value::Null));
    match meant::entry(key).filter(|_| form.is_none() || !whole) {
        Some(entry) if form.is_some() || closest(&entry.key, keys.iter().copied()) == Some(&entry.key) => {
            unknown.help(entry.help())
        }
        _ => unknown,
    }
}

/// When none of a mapping's keys is known, the mapping itself stands in the wrong place.
fn none_belongs_here(unknown: &[String], rule: &Json, place: &Place<'_>) -> Option<Diagnostic> {
    let (_, span) = place.key?;
    let all = place.node.as_mapping().is_some_and(|mapping| mapping.entries.len() == unknown.len());
    let keys = keys_of(rule);
    let nothing_close = unknown.iter().all(|key| {
        closest(key, keys.iter().copied()).is_none()
            && meant::entry(key).is_none()
            && look_alike(key).is_empty()
    });
    if !all || !nothing_close || unknown.len() < 2 || keys.is_empty() {
        return None;
    }
    let written: Vec<String> = unknown.iter().map(|key| shown(key)).collect();
    let written: Vec<&str> = written.iter().map(String::as_str).collect();
    let message = format!("{} has none of the keys {}", place.name(), listed(&written, "and"));
    let help = format!("the keys here are {}; {} may belong elsewhere", listed(&keys, "and"), place.name());
    Some(Diagnostic::error(Code::UnknownKey, message).at(span, "").help(help))
}

fn missing_key(key: &str, rule: &Json, place: &Place<'_>) -> Diagnostic {
    let schema = rule.get("properties").and_then(|properties| properties.get(key));
    let first = |keyword| schema?.get(keyword)?.as_array()?.first()?.as_str();
    let example = first("examples").map(|example| format!("add it, for example `{key}: {example}`"));
    let only = first("enum").map(|option| format!("add `{key}: {option}`"));
    let with = schema.map(needs).filter(|keys| !keys.is_empty()).map(|keys| format!("add it, with {keys}"));
    Diagnostic::error(Code::MissingKey, format!("{} needs the key `{key}`", place.name()))
        .at(place.key_span(), "")
        .help(example.or(only).or(with).unwrap_or_else(|| format!("add `{key}`")))
}

/// "text", "a list", …: what a JSON value is, in the words of somebody who writes YAML.
fn called(value: &Json) -> &'static str {
    match value {
        Json::Null => "nothing",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a mapping",
    }
}

/// The type that a schema asks for first.
fn type_of(rule: &Json) -> &str {
    match rule.get("type") {
        Some(Json::Array(names)) => names.first().and_then(Json::as_str),
        name => name.and_then(Json::as_str),
    }
    .unwrap_or("string")
}

fn written_form(rule: &Json) -> Option<&'static Written> {
    rule.get("pattern").and_then(Json::as_str).and_then(Written::of_pattern)
}

/// What a schema wants, and how to write it.
pub fn wanted(rule: &Json) -> (&'static str, &'static str) {
    match type_of(rule) {
        "object" => ("a mapping", "write keys and values below it, indented"),
        "array" => ("a list", "write the items in brackets, such as `[a, b]`, or below it with `- `"),
        "integer" => ("a whole number", "write the number alone, without quotes or unit"),
        "number" => ("a number", "write the number alone, without quotes or unit"),
        "boolean" => ("true or false", "write `true` or `false`"),
        _ => written_form(rule).map_or(("text", "write a text"), |written| (written.noun, written.help)),
    }
}

fn no_value(rule: &Json, place: &Place<'_>) -> Diagnostic {
    if place.part && place.key.is_some() {
        let message = format!("{} is required, so an override cannot remove it", place.name());
        return Diagnostic::error(Code::WrongType, message)
            .at(place.node.span(), "")
            .help("give it another value, or leave it out of the override");
    }
    let options = rule.get("enum").and_then(Json::as_array);
    let options: Vec<&str> = options.into_iter().flatten().filter_map(Json::as_str).collect();
    let help = match options.as_slice() {
        [] => match (unscheduled(&Json::Null, rule), rule.pointer("/examples/0").and_then(Json::as_str)) {
            (Some(help), _) => help,
            (None, Some(example)) if written_form(rule).is_none() => {
                format!("write a text, such as `{example}`")
            }
            _ => wanted(rule).1.to_owned(),
        },
        options => format!("it can be {}", listed(options, "or")),
    };
    Diagnostic::error(Code::WrongType, format!("{} has no value", place.name()))
        .at(place.node.span(), "")
        .help(help)
}

fn wrong_type(value: &Json, rule: &Json, place: &Place<'_>) -> Diagnostic {
    if type_of(rule) == "string" && matches!(value, Json::Number(_) | Json::Bool(_)) {
        // With quotes around it, it may be what is wanted; if not, quotes are no help.
        let quoted = Json::String(value.to_string());
        if !jsonschema::is_valid(rule, &quoted) {
            return malformed(value, written_form(rule), rule, place);
        }
        let message = format!("{} must be text, not {}", place.name(), called(value));
        return Diagnostic::error(Code::WrongType, message)
            .at(place.span(), "")
            .help(format!("put it in quotes: `\"{value}\"`"));
    }
    let (wanted, help) = wanted(rule);
    let key = place.key.map(|(key, _)| key).filter(|_| !place.item);
    let help = match (unscheduled(value, rule), needs(rule), meant::wrapped(value, rule).zip(key)) {
        (Some(help), ..) => help,
        (_, _, Some((wrapped, key))) => format!("write `{key}: {wrapped}`"),
        (_, keys, _) if keys.is_empty() => help.to_owned(),
        (_, keys, _) => format!("{help}; it needs {keys}"),
    };
    let number = if wanted == "a whole number" { "a fraction" } else { "a number" };
    let called = if value.is_f64() { number } else { called(value) };
    Diagnostic::error(Code::WrongType, format!("{} must be {wanted}, not {called}", place.name()))
        .at(place.node.span(), "")
        .help(help)
}

/// What becomes of Airflow's ways to say when that are no mapping: nothing at all, and several cron expressions.
fn unscheduled(value: &Json, rule: &Json) -> Option<String> {
    let starts = |key| rule.pointer(&format!("/properties/{key}")).is_some();
    let none = value.as_str().is_none_or(|text| text.eq_ignore_ascii_case("none"));
    if starts("triggered") && none && !value.is_array() {
        return Some(
            "something else starts a DAG without a schedule; say how many runs are expected, such as `schedule: \
             {triggered: {atLeast: 1, per: 24h}}`"
                .to_owned(),
        );
    }
    let crons = value.as_array().filter(|_| starts("triggered") || is_cron(rule))?;
    let one = meant::one_of_many(crons);
    Some(match one {
        Some(cron) if is_cron(rule) => format!("write one expression: `cron: \"{cron}\"`"),
        Some(_) => return None,
        None => "a schedule is one cron expression; where a DAG has several, write how many runs are expected, such as \
                 `schedule: {triggered: {atLeast: 3, per: 24h}}`"
            .to_owned(),
    })
}

/// Whether a rule is that of a cron expression.
fn is_cron(rule: &Json) -> bool {
    rule.pointer("/examples/1").and_then(Json::as_str).is_some_and(|example| example.starts_with('@'))
}

fn misspelt(what: &str, written: Option<&Written>) -> Diagnostic {
    let noun = written.map_or("what is expected here", |written| written.noun);
    let help = written.map_or("see the documentation of this key", |written| written.help);
    Diagnostic::error(Code::Malformed, format!("{what} is not {noun}")).help(help)
}

fn malformed(value: &Json, written: Option<&Written>, rule: &Json, place: &Place<'_>) -> Diagnostic {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut finding = misspelt(&format!("`{}`", shown(&text)), written).at(place.span(), look_alike(&text));
    if let Some(meant) = meant::value(&text, rule) {
        finding = finding.help(format!("did you mean {meant}?"));
    }
    let length = text.chars().count();
    if let Some(most) = written.and_then(|written| written.most).filter(|most| length > *most) {
        let noun = written.map_or("it", |written| written.noun);
        let message = format!("`{}` has {length} characters, and {noun} has {most} at most", shown(&text));
        return Diagnostic { message, ..finding };
    }
    if text.is_empty() {
        Diagnostic { message: format!("{} is empty", place.name()), ..finding }
    } else {
        finding
    }
}

fn not_allowed(value: &Json, options: &Json, place: &Place<'_>) -> Diagnostic {
    let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let what = match value {
        Json::Array(_) | Json::Object(_) => called(value).to_owned(),
        _ => format!("`{}`", shown(&text)),
    };
    let finding = Diagnostic::error(Code::NotAllowed, format!("{} cannot be {what}", place.name()))
        .at(place.node.span(), look_alike(&text));
    match meant::loudness(&text, &options) {
        Some(option) => {
            finding.help(format!("did you mean `{option}`? It can be {}", listed(&options, "or")))
        }
        None => finding
            .suggest(&text, options.iter().copied(), || format!("it can be {}", listed(&options, "or"))),
    }
}

fn no_keys(rule: &Json, place: &Place<'_>) -> Diagnostic {
    let keys = keys_of(rule);
    let (message, help) = if keys.is_empty() {
        (format!("{} is empty", place.name()), "add at least one entry".to_owned())
    } else {
        (format!("{} is empty", place.name()), format!("give at least one of {}", listed(&keys, "or")))
    };
    Diagnostic::error(Code::Malformed, message).at(place.span(), "").help(help)
}

fn out_of_range(value: &Json, than: &str, limit: &Json, or: &str, place: &Place<'_>) -> Diagnostic {
    Diagnostic::error(Code::OutOfRange, format!("{} is {value}, {than} than {limit}", place.name()))
        .at(place.span(), "")
        .help(format!("give {limit} or {or}"))
}
