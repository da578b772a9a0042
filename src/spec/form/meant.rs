//! What an author probably meant who wrote something that the language does not have.

use super::Place;
use crate::diagnostics::plain;
use crate::source::{Node, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;

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

/// The values that a text is close to, by what is wrong most often: letters that only look right, punctuation that stayed
/// behind, spaces, capitals, and a ratio without its sign.
pub(super) fn value(text: &str, rule: &Json) -> Option<String> {
    let ascii = plain(text);
    let trimmed = ascii.trim().trim_matches([',', ';', '\'', '"', ' ']).to_owned();
    // `95 %` is one value, `data platform` is two words.
    let dense = match trimmed.starts_with(|first: char| first.is_ascii_digit()) {
        true => trimmed.split_whitespace().collect(),
        false => trimmed.clone(),
    };
    let fits = |text: &String| jsonschema::is_valid(rule, &Json::from(text.as_str()));
    let number = dense.parse::<f64>().ok();
    let share = number.filter(|number| *number <= 1.0).map(|number| {
        let percent = format!("{:.4}", number * 100.0);
        format!("{}%", percent.trim_end_matches('0').trim_end_matches('.'))
    });
    let signed = number.map(|_| format!("{dense}%"));
    if let (Some(share), Some(signed)) = (share.filter(fits), signed.clone().filter(fits)) {
        return Some(format!("`{share}` or `{signed}`"));
    }
    let lower = dense.to_lowercase();
    let candidates = [Some(ascii), Some(trimmed), Some(dense), Some(lower), signed];
    let meant = candidates.into_iter().flatten().find(|candidate| candidate != text && fits(candidate))?;
    Some(format!("`{meant}`"))
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
