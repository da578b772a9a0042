//! A file of Prometheus' alerting rules.

use super::{PromQuery, Queries};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct File<'a> {
    groups: Vec<Group<'a>>,
}

/// The alerts of one document.
#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
    interval: String,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
struct Rule<'a> {
    alert: &'a str,
    expr: &'a str,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    hold: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_firing_for: Option<String>,
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
}

/// The file; a comment says where it comes from.
pub(super) fn file(queries: &Queries) -> String {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for query in &queries.queries {
        let rule = Rule::of(query, queries);
        match groups.last_mut().filter(|group| group.name == query.document) {
            Some(group) => group.add(rule),
            None => groups.push(Group {
                name: &query.document,
                interval: interval(&queries.queries, &query.document),
                rules: vec![rule],
            }),
        }
    }
    // Texts and lists of them: there is nothing that YAML could not hold.
    let yaml = serde_yaml::to_string(&File { groups }).unwrap_or_default();
    format!("# Written by `genkai queries --env {} --format rules`.\n{yaml}", queries.environment)
}

impl<'a> Group<'a> {
    /// Several conditions of one alert are rules of one name; Prometheus tells them apart by a label.
    fn add(&mut self, mut rule: Rule<'a>) {
        let before = self.rules.iter_mut().filter(|other| other.alert == rule.alert);
        let count = before
            .enumerate()
            .map(|(index, other)| other.labels.insert("condition", (index + 1).to_string()))
            .count();
        if count > 0 {
            rule.labels.insert("condition", (count + 1).to_string());
        }
        self.rules.push(rule);
    }
}

impl<'a> Rule<'a> {
    fn of(query: &'a PromQuery, queries: &Queries) -> Rule<'a> {
        let contract = &query.contract;
        let contract = format!(
            "Fires {}. Stays quiet while {}. Resolves when {}.",
            contract.fires, contract.quiet, contract.resolves
        );
        let labels = [
            ("severity", query.severity.name().to_owned()),
            ("owner", query.owner.clone()),
            ("spec", query.document.clone()),
            ("environment", queries.environment.clone()),
        ];
        let twin = query.twin_of.map(|construct| ("twin_of", construct.in_words().to_owned()));
        let annotations = [("summary", query.summary.clone()), ("contract", contract)];
        let text = |(key, text): (&'static str, String)| (key, as_text(&text));
        Rule {
            alert: &query.address,
            expr: &query.expression,
            hold: (query.hold_seconds > 0).then(|| format!("{}s", query.hold_seconds)),
            keep_firing_for: query.auto_close_seconds.map(|seconds| format!("{seconds}s")),
            labels: labels.into_iter().map(text).collect(),
            annotations: annotations.into_iter().chain(twin).map(text).collect(),
        }
    }
}

/// A group has one interval: the shortest that any of its queries asks for.
fn interval(queries: &[PromQuery], document: &str) -> String {
    let of_document = queries.iter().filter(|query| query.document == document);
    let shortest = of_document.filter_map(|query| query.every_seconds).min().unwrap_or(60);
    format!("{shortest}s")
}

/// Prometheus reads labels and annotations as templates; text from a spec stays text.
fn as_text(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}
