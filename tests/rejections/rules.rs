//! The demands of the APIs that are no numbers, each in the words of `gcp::limits::RULES`, with something that breaks it.

use crate::rejections::api::{attribute, blocks, policy, text};
use hcl_rs::{Body, Expression};

/// A demand.
pub struct Rule {
    /// In the words of the limits.
    pub what: &'static str,
    /// Terraform that breaks it, and is sound otherwise.
    pub broken_by: &'static str,
    /// Whether a resource breaks it.
    breaks: fn(&Resource<'_>) -> bool,
}

/// Every demand.
pub const RULES: &[Rule] = &[
    Rule {
        what: "a filter of time series names the metric and the monitored resource",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner = "OR"
          conditions {
            condition_threshold {
              filter     = "metric.type=\"composer.googleapis.com/workflow/run_count\""
              comparison = "COMPARISON_GT"
              duration   = "0s"
            }
          }
        }"#,
        breaks: |it| it.refused("must specify a restriction on \"resource.type\""),
    },
    Rule {
        what: "a PromQL selector names the monitored resource where a metric has several",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner = "OR"
          conditions {
            condition_prometheus_query_language {
              query = "composer_googleapis_com:workflow_run_count"
            }
          }
        }"#,
        breaks: |it| it.refused("several monitored resources"),
    },
    Rule {
        what: "an aligner suits the kind and the type of its metric",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner = "OR"
          conditions {
            condition_threshold {
              filter     = "metric.type=\"composer.googleapis.com/workflow/run_duration\" AND resource.type=\"x\""
              comparison = "COMPARISON_GT"
              duration   = "0s"
              aggregations { per_series_aligner = "ALIGN_RATE" }
            }
          }
        }"#,
        breaks: |it| it.refused("The aligner cannot be applied"),
    },
    Rule {
        what: "a reducer needs an aligner",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner = "OR"
          conditions {
            condition_threshold {
              filter     = "metric.type=\"composer.googleapis.com/workflow/run_count\" AND resource.type=\"x\""
              comparison = "COMPARISON_GT"
              duration   = "0s"
              aggregations { cross_series_reducer = "REDUCE_SUM" }
            }
          }
        }"#,
        breaks: |it| {
            let reducer = |it: &Body| attribute(it, "cross_series_reducer").is_some();
            let aggregations = it.thresholds().flat_map(|it| blocks(it, "aggregations"));
            aggregations.filter(|it| reducer(it)).any(|it| attribute(it, "per_series_aligner").is_none())
        },
    },
    Rule {
        what: "a comparison is `COMPARISON_GT` or `COMPARISON_LT`",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner = "OR"
          conditions {
            condition_threshold {
              filter     = "metric.type=\"composer.googleapis.com/workflow/run_count\" AND resource.type=\"x\""
              comparison = "COMPARISON_GE"
              duration   = "0s"
            }
          }
        }"#,
        breaks: |it| {
            !it.thresholds().all(|it| is_one_of(it, "comparison", &["COMPARISON_GT", "COMPARISON_LT"]))
        },
    },
    Rule {
        what: "a reminder goes to channels that the policy notifies",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner              = "OR"
          notification_channels = [local.team]
          alert_strategy {
            notification_channel_strategy { notification_channel_names = [local.other] }
          }
        }"#,
        breaks: |it| {
            let strategies = blocks(it.body, "alert_strategy");
            let reminders = strategies.flat_map(|it| blocks(it, "notification_channel_strategy"));
            let notified = list(it.body, "notification_channels");
            let mut reminded = reminders.flat_map(|it| list(it, "notification_channel_names"));
            reminded.any(|channel| !notified.contains(&channel))
        },
    },
    Rule {
        what: "a policy has a combiner, even with one condition",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {}"#,
        breaks: |it| it.kind == "google_monitoring_alert_policy" && attribute(it.body, "combiner").is_none(),
    },
    Rule {
        what: "a documentation is `text/markdown`",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner = "OR"
          documentation { mime_type = "text/html" }
        }"#,
        breaks: |it| {
            !blocks(it.body, "documentation").all(|it| is_one_of(it, "mime_type", &["text/markdown"]))
        },
    },
    Rule {
        what: "a severity is `CRITICAL`, `ERROR` or `WARNING`",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner = "OR"
          severity = "INFO"
        }"#,
        breaks: |it| {
            let severities = ["CRITICAL", "ERROR", "WARNING"];
            it.kind == "google_monitoring_alert_policy" && !is_one_of(it.body, "severity", &severities)
        },
    },
    Rule {
        what: "keys and values of labels hold lower-case letters, digits, `_` and `-`; a key begins with a letter",
        broken_by: r#"resource "google_monitoring_alert_policy" "x" {
          combiner    = "OR"
          user_labels = { Team = "sales" }
        }"#,
        breaks: |it| {
            let sound = |text: &str| made_of(text, |it| is_lower(it) || it == '_');
            let begins = |key: &str| key.starts_with(|first: char| first.is_ascii_lowercase());
            !labels(it.body).iter().all(|(key, value)| begins(key) && sound(key) && sound(value))
        },
    },
    Rule {
        what: "the ID of a service holds lower-case letters, digits and `-`; that of an SLO letters, digits, `-`, `_`, `:` and `.`",
        broken_by: r#"resource "google_monitoring_custom_service" "x" { service_id = "Sales" }"#,
        breaks: |it| {
            let service = text(it.body, "service_id").unwrap_or_default();
            let slo = text(it.body, "slo_id").unwrap_or_default();
            !made_of(&service, is_lower) || !made_of(&slo, |it| is_letter(it) || ":.".contains(it))
        },
    },
    Rule {
        what: "an SLO on a ratio has exactly two of good, bad and total, of metrics of changes",
        broken_by: r#"resource "google_monitoring_slo" "x" {
          request_based_sli {
            good_total_ratio {
              good_service_filter = "metric.type=\"composer.googleapis.com/workflow/run_count\""
            }
          }
        }"#,
        breaks: |it| {
            let mut ratios =
                blocks(it.body, "request_based_sli").flat_map(|it| blocks(it, "good_total_ratio"));
            ratios.any(|it| it.attributes().count() != 2)
        },
    },
    Rule {
        what: "a unique ID in Grafana holds letters, digits, `-` and `_`",
        broken_by: r#"resource "grafana_folder" "x" { uid = "data platform" }"#,
        breaks: |it| {
            it.kind.starts_with("grafana_") && !made_of(&text(it.body, "uid").unwrap_or_default(), is_letter)
        },
    },
];

/// The rules that a root module breaks.
pub fn broken(terraform: &str) -> Vec<&'static str> {
    let module: Body = hcl_rs::parse(terraform).unwrap();
    let mut broken = Vec::new();
    for block in module.blocks().filter(|block| block.identifier() == "resource") {
        let resource = Resource { kind: block.labels()[0].as_str(), body: block.body() };
        broken.extend(RULES.iter().filter(|rule| (rule.breaks)(&resource)).map(|rule| rule.what));
    }
    broken
}

struct Resource<'a> {
    kind: &'a str,
    body: &'a Body,
}

impl Resource<'_> {
    /// Whether the API refuses it in these words.
    fn refused(&self, words: &str) -> bool {
        self.kind == "google_monitoring_alert_policy" && policy(self.body).iter().any(|it| it.contains(words))
    }

    fn thresholds(&self) -> impl Iterator<Item = &Body> {
        blocks(self.body, "conditions").flat_map(|condition| blocks(condition, "condition_threshold"))
    }
}

fn is_one_of(body: &Body, key: &str, allowed: &[&str]) -> bool {
    text(body, key).is_none_or(|value| allowed.contains(&value.as_str()))
}

fn list(body: &Body, key: &str) -> Vec<Expression> {
    match attribute(body, key) {
        Some(Expression::Array(list)) => list.clone(),
        _ => Vec::new(),
    }
}

fn labels(body: &Body) -> Vec<(String, String)> {
    let Some(Expression::Object(labels)) = attribute(body, "user_labels") else { return Vec::new() };
    let bare = |text: String| text.trim_matches('"').to_owned();
    labels.iter().map(|(key, value)| (bare(key.to_string()), bare(value.to_string()))).collect()
}

fn made_of(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    text.chars().all(allowed)
}

fn is_lower(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'
}

/// A letter of a unique ID in Grafana.
pub fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_".contains(letter)
}
