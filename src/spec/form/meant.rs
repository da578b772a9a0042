//! What an author probably meant who wrote something that the language does not have.

mod instead;
mod values;

pub(super) use instead::{foreign, nested, one_of_many, wrapped};
pub(super) use values::value;

use super::Place;
use crate::diagnostics::plain;
use crate::source::{Entry as Written, Node, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// What several tools call the loudness of an alert, and what it is here.
const LOUDNESS: [(&str, &[&str]); 3] = [
    (
        "page",
        &[
            "alert",
            "critical",
            "emergency",
            "error",
            "fatal",
            "high",
            "p0",
            "p1",
            "paging",
            "sev0",
            "sev1",
            "urgent",
        ],
    ),
    (
        "ticket",
        &[
            "email", "info", "low", "mail", "medium", "notice", "p2", "p3", "p4", "sev2", "sev3", "warn",
            "warning",
        ],
    ),
    (
        "none",
        &[
            "disable", "disabled", "false", "ignore", "ignored", "mute", "muted", "never", "no", "off",
            "silent",
        ],
    ),
];

/// The option that another tool's word is, where the options are those of loudness.
pub(super) fn loudness<'a>(word: &str, options: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let (known, _) = LOUDNESS.iter().find(|(_, words)| words.contains(&word.as_str()))?;
    options.iter().copied().find(|option| options.contains(&"page") && option == known)
}

/// A key and a value that were read as one key, because what stands between them is no `: `.
pub(super) struct Entry {
    /// The key.
    pub key: String,
    value: String,
    /// Whether only the space behind the colon is missing.
    has_colon: bool,
}

/// Takes a key like `target:95%`, `window： 28d` or `dag = sales` apart.
pub(super) fn entry(written: &str) -> Option<Entry> {
    let text = plain(written);
    let (key, value) = text.split_once([':', '='])?;
    let has_colon = written.split(':').next() == Some(key);
    Some(Entry { key: key.trim().to_owned(), value: value.trim().to_owned(), has_colon })
}

impl Entry {
    pub(super) fn help(&self) -> String {
        let Entry { key, value, has_colon } = self;
        // What is in brackets was torn apart.
        match value.is_empty() || value.contains(['{', '[', '"', '\'']) {
            true if *has_colon => format!("write an ordinary space behind `{key}:`"),
            true => format!("write `{key}`, an ASCII `:` and a space"),
            false => format!("write `{key}: {value}`"),
        }
    }
}

/// A key and a bracket that were read as one key, because no `:` stands between them: `success {target`.
pub(super) fn before_a_bracket(written: &str) -> Option<String> {
    let (key, inner) = written.split_once([' ', '\t'])?;
    let inner = inner.trim_start();
    inner
        .starts_with(['{', '['])
        .then(|| format!("write `{key}: {inner}`: a `:` is missing before the bracket"))
}

/// A value in brackets that commas have torn apart, as in `{cron: 0 4,16 * * *}`: its key, and the value as it was meant.
pub(super) fn torn(unknown: &[String], place: &Place<'_>) -> Option<(String, String)> {
    let entries = &place.node.as_mapping()?.entries;
    let rest = |entry: &Written| unknown.contains(&entry.key) && matches!(*entry.value.value, Value::Null);
    let first = entries.iter().position(rest)?;
    let holder = entries.get(first.checked_sub(1)?)?;
    let begins = holder.value.to_json();
    let begins =
        begins.as_str().map(str::to_owned).or_else(|| begins.as_number().map(ToString::to_string))?;
    let parts = entries.iter().skip(first).take_while(|entry| rest(entry)).map(|entry| entry.key.as_str());
    let all = unknown.len() == parts.clone().count();
    // What begins with a digit or a star is no key that somebody has left empty.
    let part = |part: &str| part.starts_with(|letter: char| letter.is_ascii_digit() || letter == '*');
    (all && parts.clone().all(part)).then(|| {
        (holder.key.clone(), [begins.as_str()].into_iter().chain(parts).collect::<Vec<_>>().join(","))
    })
}

/// A key with something in front that looks like indentation.
pub(super) fn indented(written: &str) -> Option<String> {
    let like_space = |letter: char| letter.is_whitespace() && !letter.is_ascii();
    written.starts_with(like_space).then(|| {
        format!(
            "the indentation holds something that only looks like a space: write spaces before `{}`",
            written.trim()
        )
    })
}

/// The mapping of the language that has a key, if only one or two have it.
pub(super) fn elsewhere(key: &str, language: &Json) -> Option<String> {
    let mut holders = BTreeSet::new();
    collect(key, language, "", &mut holders);
    let names: Vec<String> = holders.into_iter().collect();
    (1..=2).contains(&names.len()).then(|| names.join(" or "))
}

fn collect(key: &str, rule: &Json, path: &str, holders: &mut BTreeSet<String>) {
    let named = rule.get("properties").and_then(Json::as_object).into_iter().flatten();
    for (name, inner) in named {
        if name == key {
            holders.insert(if path.is_empty() {
                "the document itself".to_owned()
            } else {
                format!("`{path}`")
            });
        }
        let dot = if path.is_empty() { "" } else { "." };
        collect(key, inner, &format!("{path}{dot}{name}"), holders);
    }
    let own = rule.get("patternProperties").and_then(Json::as_object).into_iter().flatten();
    own.for_each(|(_, inner)| collect(key, inner, &format!("{path}.<name>"), holders));
}

/// A key without a value was meant to hold the unknown keys behind it, if it is unknown too, or one that has such keys:
/// that is one mistake. Which of the two lines is indented wrongly is not known, so the first key behind a known one is
/// left to be named.
pub(super) fn below_an_empty_key<'a>(
    unknown: &[String],
    rule: &Json,
    place: &Place<'a>,
) -> BTreeSet<&'a str> {
    let mut below = BTreeSet::new();
    let mut empty: Vec<&str> = Vec::new();
    let mut first = true;
    for entry in place.node.as_mapping().into_iter().flat_map(|mapping| &mapping.entries) {
        let key = entry.key.as_str();
        let has = |holder: &str| rule.pointer(&format!("/properties/{holder}/properties/{key}")).is_some();
        let below_unknown = empty.iter().any(|holder| unknown.iter().any(|key| key == holder));
        let below_known = !below_unknown && empty.iter().any(|holder| has(holder));
        if below_unknown || below_known && !std::mem::take(&mut first) {
            below.insert(key);
        }
        if matches!(*entry.value.value, Value::Null) {
            empty.push(key);
        }
    }
    below
}

/// In a map with names of the author's own, what is wrong with the entries behind an empty one was meant to stand below
/// it: that is one mistake, of the empty one. `empty` are the places of values that must not be empty.
pub(super) fn below_an_empty_entry(
    document: &Node,
    pointer: &str,
    language: &Json,
    empty: &BTreeSet<&str>,
) -> bool {
    let mut here = (document, language);
    let mut parent = String::new();
    for step in pointer.split('/').skip(1) {
        let (node, rule) = here;
        let Some(mapping) = node.as_mapping() else { return false };
        let Some(at) = mapping.entries.iter().position(|entry| entry.key == step) else { return false };
        let own = rule.get("patternProperties").and_then(Json::as_object).and_then(|own| own.values().next());
        let is_empty = |key: &str| empty.contains(format!("{parent}/{key}").as_str());
        if own.is_some() && mapping.entries.iter().take(at).any(|entry| is_empty(&entry.key)) {
            return true;
        }
        let named = rule.get("properties").and_then(|named| named.get(step));
        let (Some(entry), Some(rule)) = (mapping.entries.get(at), named.or(own)) else { return false };
        here = (&entry.value, rule);
        parent = format!("{parent}/{step}");
    }
    false
}
