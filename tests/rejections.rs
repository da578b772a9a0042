//! Sixteen real answers of the API to Terraform that `terraform validate` had taken, and why no spec draws them.
//!
//! `rejections/api.rs` stands in for the API: it refuses what the real one refused. Each test shows first that it does, with
//! Terraform that somebody might write by hand, and then what Genkai makes of a spec that comes closest. That nothing which
//! Genkai writes is refused is tried on the worked example and on every case.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and reads files"
)]

mod api;
mod filter;
mod rules;

use api::refusals;
use genkai::compile::{Compilation, compile};
use genkai::diagnostics::Code;
use genkai::gcp::metrics::{ALL, DAG_RUN_DURATION};
use genkai::gcp::{Scope, limits};
use genkai::monitoring::{Query, Stack};
use genkai::output::Artifact;
use genkai::promql::{Expr, Selector};
use genkai::slo::Duration;
use genkai::source::{Sources, disk};
use genkai::templates::Templates;
use genkai::terraform::root_module;
use genkai::verify::verify;
use jiff::civil::{Date, date};
use std::path::Path;

/// Any day: nothing here depends on it.
const TODAY: Date = date(2026, 1, 1);

const PROJECT: &str = r#"apiVersion: genkai.dev/v1
kind: Project
metadata: {name: bigfoot}
spec:
  environments:
    production:
      projectId: bigfoot-prod
      composerEnvironments: [composer]
      channels: {team: {email: team@example.com}}
  owners:
    data: {page: [team], ticket: [team]}
  defaults: {owner: data}
"#;

/// A document about a DAG, from its schedule on.
fn document(schedule: &str, rest: &str) -> String {
    let head = "apiVersion: genkai.dev/v1\nkind: DagSlo\nmetadata: {name: sales}\nspec:\n  dag: sales";
    format!("{head}\n  schedule: {schedule}\n  {rest}\n")
}

fn compiled(document: &str) -> (Sources, Compilation) {
    let mut sources = Sources::default();
    sources.add("slo-specs/project.yaml", PROJECT);
    sources.add("slo-specs/sales.yaml", document);
    let compilation = compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), TODAY);
    (sources, compilation)
}

/// The Terraform that a document comes to.
fn terraform(document: &str) -> String {
    let (_, compilation) = compiled(document);
    assert!(compilation.findings.is_empty(), "{:?}", compilation.findings);
    let artifact = compilation.artifacts.get("production/terraform/dag-slo_sales.tf");
    artifact.map(|artifact| artifact.contents.to_string()).unwrap_or_default()
}

/// What Genkai finds in a document, with the text that each finding points to.
fn found(document: &str) -> Vec<(Code, String)> {
    let (sources, compilation) = compiled(document);
    let place = |span: genkai::source::Span| {
        sources.get(span.file).unwrap().text[span.start as usize..span.end as usize].to_owned()
    };
    let findings = compilation.findings.iter();
    findings.map(|finding| (finding.code, place(finding.primary.as_ref().unwrap().span))).collect()
}

/// A Stack that no spec comes to, made from one that a spec does, in Terraform.
fn spoilt(change: fn(&mut Stack)) -> String {
    let (_, compilation) =
        compiled(&document("{cron: \"0 4 * * *\"}", "objectives: {success: {target: 95%}}"));
    let mut stack = compilation.stacks.into_iter().next().unwrap();
    change(&mut stack);
    root_module(&stack).unwrap().into_iter().map(|file| file.text).collect()
}

fn queries(stack: &mut Stack) -> impl Iterator<Item = &mut Query> {
    let promises = stack.pipelines.iter_mut().flat_map(|pipeline| &mut pipeline.promises);
    let policies = promises.flat_map(|promise| &mut promise.policies);
    policies.flat_map(|policy| &mut policy.conditions).map(|condition| &mut condition.query)
}

/// The refusals of an alert policy with these blocks.
fn policy(blocks: &str) -> Vec<String> {
    refusals(&format!("resource \"google_monitoring_alert_policy\" \"by_hand\" {{\n{blocks}\n}}"))
}

const LOG: &str = r#"conditions {
  condition_matched_log { filter = "severity>=ERROR" }
}"#;
const RUNS: &str = r#"conditions {
  condition_threshold {
    filter   = "metric.type=\"composer.googleapis.com/workflow/run_count\" AND resource.type=\"cloud_composer_workflow\""
    duration = "0s"
  }
}"#;

/// <https://github.com/chainguard-dev/terraform-infra-common/pull/384>
#[test]
fn a_condition_on_logs_is_alone() {
    let limit = "alert_strategy {\n notification_rate_limit { period = \"300s\" }\n }";
    assert_eq!(
        policy(&format!("{LOG}\n{RUNS}\n{limit}")),
        ["Alert policies with a log matching condition can only have a single condition."]
    );
    assert_eq!(policy(&format!("{LOG}\n{limit}")), [""; 0]);
}

/// <https://github.com/chainguard-dev/terraform-infra-common/pull/352>, in newer words
/// <https://github.com/superserve-ai/sandbox/pull/263>
#[test]
fn a_condition_on_metrics_has_no_rate_limit() {
    assert_eq!(
        policy(&format!("{RUNS}\nalert_strategy {{\n notification_rate_limit {{ period = \"3600s\" }}\n }}")),
        [
            "Field alertStrategy.notificationRateLimit had an invalid value of \"period { seconds: 3600 }\": only log-based alert \
          policies may specify a notification rate limit"
        ]
    );
    // What a spec says about reminders is about open incidents.
    let document = document(
        "{cron: \"0 4 * * *\"}",
        "objectives: {success: {target: 95%}}\n  alerts: {failedRun: {renotify: 1h}}",
    );
    let terraform = terraform(&document);
    assert!(terraform.contains("renotify_interval          = \"3600s\""), "{terraform}");
    assert_eq!(refusals(&terraform), [""; 0]);
}

/// <https://github.com/chainguard-dev/terraform-infra-common/pull/135>, and the comments of `alert.proto`
#[test]
fn a_condition_on_logs_has_a_rate_limit() {
    assert_eq!(
        policy(LOG),
        ["alertStrategy.notificationRateLimit: Required for log-based alerting policies"]
    );
}

/// <https://github.com/nomadkaraoke/karaoke-gen/pull/788>
#[test]
fn an_incident_stays_open_for_half_an_hour() {
    assert_eq!(
        policy(&format!("{RUNS}\nalert_strategy {{ auto_close = \"600s\" }}")),
        [
            "Field alertStrategy.autoClose had an invalid value of \"seconds: 600\": the autoclose duration should be at least \
          30 minutes"
        ]
    );
    // An alert on an event closes as soon as it can.
    let terraform = terraform(&document(
        "{cron: \"*/10 * * * *\"}",
        "objectives: {duration: {under: 5m}, success: {target: 95%}}",
    ));
    assert!(terraform.contains("auto_close           = \"1800s\""), "{terraform}");
    assert_eq!(refusals(&terraform), [""; 0]);
}

/// <https://github.com/hashicorp/terraform-provider-google/issues/16892>, and for MQL
/// <https://github.com/chainguard-dev/terraform-infra-common/pull/401>
#[test]
fn what_missing_data_means_needs_a_duration() {
    let missing = "evaluation_missing_data = \"EVALUATION_MISSING_DATA_NO_OP\"";
    assert_eq!(
        policy(&RUNS.replace("duration = \"0s\"", &format!("duration = \"0s\"\n{missing}"))),
        [
            "Field alert_policy.conditions[0].condition_threshold.evaluation_missing_data had an invalid value of \
          \"EVALUATION_MISSING_DATA_NO_OP\": Conditions setting evaluation_missing_data must have a non-zero duration."
        ]
    );
    // An alert on an event has no duration, and says nothing about missing data. What must be there has both.
    let at_once = terraform(&document("{cron: \"0 4 * * *\"}", "objectives: {success: {target: 100%}}"));
    assert!(at_once.contains("= \"0s\"") && !at_once.contains("evaluation_missing_data"), "{at_once}");
    let daily = terraform(&document("{cron: \"0 * * * *\"}", "objectives: {success: {target: 95%}}"));
    assert!(daily.contains("evaluation_missing_data = \"EVALUATION_MISSING_DATA_ACTIVE\""), "{daily}");
    assert_eq!(refusals(&daily), [""; 0]);
}

/// <https://github.com/hashicorp/terraform-provider-google/issues/4165> and 7179
#[test]
fn a_filter_names_the_monitored_resource() {
    assert_eq!(
        policy(&RUNS.replace(" AND resource.type=\\\"cloud_composer_workflow\\\"", "")),
        ["Field alert_policy.conditions[0].condition_threshold.filter had an invalid value of \
          \"metric.type=\"composer.googleapis.com/workflow/run_count\"\": must specify a restriction on \"resource.type\" in \
          the filter"]
    );
    // No filter is made without it: there is one way to begin one.
    assert!(
        Scope::new("bigfoot-prod", None)
            .filter(&DAG_RUN_DURATION)
            .to_string()
            .contains("resource.type=\"cloud_composer_workflow\"")
    );
}

/// The same for PromQL, where nothing is refused, and the twin of each of Composer's metrics is counted, too:
/// `cloud.google.com/monitoring/promql/promql-mapping`.
#[test]
fn a_selector_names_the_monitored_resource() {
    let terraform = spoilt(|stack| {
        let bare: Expr = Selector::new(DAG_RUN_DURATION.promql_name(), Vec::new()).into();
        for query in queries(stack) {
            if let Query::PromQl { query, .. } = query {
                *query = bare.clone();
            }
        }
    });
    let refused = refusals(&terraform);
    assert!(!refused.is_empty());
    for refusal in refused {
        assert_eq!(refusal, "the metric has several monitored resources, and the selector names none");
    }
}

/// Log fields in the filter of a metric.
#[test]
fn a_filter_of_series_speaks_of_series() {
    let refused = policy(&RUNS.replace("resource.type=", "jsonPayload.message="));
    assert!(
        refused[0].ends_with(
            "The lefthand side of each expression must be prefixed with one of {group, metadata, metric, project, resource}"
        ),
        "{refused:?}"
    );
    // A text from a spec that tries to leave its quotes stays a value.
    let document = document("{cron: \"0 4 * * *\"}", "objectives: {success: {target: 95%}}")
        .replace("dag: sales", "dag: 'sales\" AND jsonPayload.message=\"x'");
    assert_eq!(found(&document), [(Code::Malformed, "'sales\" AND jsonPayload.message=\"x'".to_owned())]);
}

/// <https://github.com/chainguard-dev/terraform-infra-common/pull/211> and 395
#[test]
fn a_filter_of_logs_can_be_read() {
    let limit = "alert_strategy {\n notification_rate_limit { period = \"300s\" }\n }";
    let broken = LOG.replace("severity>=ERROR", "severity>=ERROR\\nresource.type=dataflow_step AND )");
    assert_eq!(
        policy(&format!("{broken}\n{limit}")),
        [
            "Field alert_policy.conditions[0].filter had an invalid value of \"severity>=ERROR\nresource.type=dataflow_step AND )\": \
          Unparseable filter: syntax error at line 2, column 33, token ')'"
        ]
    );
    let sound = r#"(log_id(\"x\") OR logName=\"y\") AND NOT jsonPayload.n>2 textPayload=~\"a b\""#;
    assert_eq!(policy(&format!("{}\n{limit}", LOG.replace("severity>=ERROR", sound))), [""; 0]);
}

/// <https://github.com/google/exposure-notifications-verification-server/issues/659>, and the same for other pairs
#[test]
fn an_aligner_suits_its_metric() {
    let message = "Field aggregation.perSeriesAligner had an invalid value of \"ALIGN_DELTA\": The aligner cannot be applied to \
                   metrics with kind GAUGE and value type DOUBLE.";
    // Counting a gauge: a Stack may hold it, and no spec makes it.
    let terraform = spoilt(|stack| {
        for query in queries(stack) {
            if let Query::Count { filter, .. } = query {
                *filter = Scope::new("bigfoot-prod", None).filter(&DAG_RUN_DURATION);
            }
        }
    });
    assert_eq!(refusals(&terraform), [message]);
    let percentile =
        RUNS.replace("  }\n}", "aggregations { per_series_aligner = \"ALIGN_PERCENTILE_99\" }\n }\n}");
    assert!(policy(&percentile)[0].contains("kind DELTA and value type INT64"), "{:?}", policy(&percentile));
    // A promise about durations compares the longest, and counts none.
    let sound = self::terraform(&document("{cron: \"0 4 * * *\"}", "objectives: {duration: {under: 5m}}"));
    assert!(sound.contains("ALIGN_MAX") && refusals(&sound).is_empty(), "{sound}");
}

/// <https://github.com/hashicorp/terraform-provider-google/issues/11102>: the policy and its log-based metric in one apply
#[test]
fn a_threshold_is_for_metrics_that_exist() {
    let metric = "logging.googleapis.com/user/error_total";
    assert_eq!(
        policy(&RUNS.replace("composer.googleapis.com/workflow/run_count", metric)),
        [
            "Cannot find metric(s) that match type = \"logging.googleapis.com/user/error_total\". If a metric was created \
          recently, it could take up to 10 minutes to become available. Please try again soon."
        ]
    );
    // A filter is made of a metric of the catalogue, and these are Google's own.
    assert!(ALL.iter().all(|metric| !metric.name.contains("/user/")));
}

/// <https://github.com/superserve-ai/sandbox/pull/370>, and
/// <https://github.com/hashicorp/terraform-provider-google/issues/20491>
#[test]
fn a_query_may_name_a_metric_without_points() {
    let condition = |rest: &str| {
        let query = "query = \"custom_googleapis_com:errors{monitored_resource=\\\"global\\\"} > 0\"";
        policy(&format!(
            "conditions {{\n condition_prometheus_query_language {{\n {query}\n {rest}\n }}\n }}"
        ))
    };
    assert_eq!(condition(""), ["the metric of the query does not exist"]);
    assert_eq!(condition("disable_metric_validation = true"), [""; 0]);
}

/// Met by eight teams that watched a daily job for its absence
#[test]
fn nothing_is_absent_or_holds_for_a_day() {
    assert_eq!(
        policy("conditions {\n condition_absent { duration = \"86400s\" }\n }"),
        [
            "Field alert_policy.conditions[0].condition_absent.duration had an invalid value of \"86400s\": Durations longer than \
          23h30m are not supported."
        ]
    );
    let held = |after: &str| {
        let alerts = format!(
            "objectives: {{success: {{target: 95%}}}}\n  alerts: {{repeatedFailure: {{after: {after}}}}}"
        );
        found(&document("{cron: \"0 4 * * *\"}", &alerts))
    };
    assert_eq!(held("23h30m"), []);
    assert_eq!(held("24h"), [(Code::Period, "24h".to_owned())]);
}

/// <https://github.com/GoogleCloudPlatform/cloud-ops-sandbox/issues/896>
#[test]
fn an_slo_is_about_metrics_that_exist() {
    let slo = |metric: &str| {
        refusals(&format!(
            "resource \"google_monitoring_slo\" \"by_hand\" {{\n request_based_sli {{\n good_total_ratio {{\n \
             good_service_filter = \"metric.type=\\\"{metric}\\\" AND resource.type=\\\"x\\\"\"\n }}\n }}\n }}"
        ))
    };
    assert_eq!(
        slo("logging.googleapis.com/user/good"),
        [
            "Error creating Slo: googleapi: Error 400: Invalid SLO definition: The metric referenced by the provided filter is \
          unknown. Check the metric name and labels."
        ]
    );
    assert_eq!(slo("composer.googleapis.com/workflow/run_count"), [""; 0]);
}

/// <https://github.com/googleapis/nodejs-monitoring/issues/603>
#[test]
fn a_policy_has_a_condition() {
    assert_eq!(
        policy("conditions { display_name = \"nothing\" }"),
        [
            "Field alert_policy.conditions[0].condition_case had an invalid value of \"0\": Condition subtype is absent or unknown."
        ]
    );
    // Where no alert is wanted there is no policy, rather than an empty one.
    let none = "{severity: none}";
    let alerts = format!("alerts: {{failedRun: {none}, repeatedFailure: {none}, missedRun: {none}}}");
    let terraform = terraform(&document(
        "{cron: \"0 4 * * *\"}",
        &format!("objectives: {{success: {{target: 95%}}}}\n  {alerts}"),
    ));
    assert!(!terraform.contains("google_monitoring_alert_policy"), "{terraform}");
    // And a Stack that holds an empty one does not pass.
    let (_, compilation) =
        compiled(&document("{cron: \"0 4 * * *\"}", "objectives: {success: {target: 95%}}"));
    let mut stack = compilation.stacks.into_iter().next().unwrap();
    stack.pipelines[0].promises[0].policies[0].conditions.clear();
    assert_eq!(verify(&[stack]).iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::PolicyShape]);
}

/// <https://github.com/GoogleCloudPlatform/magic-modules/pull/14113>: a scan of Dataplex needs a table that exists already, and
/// the right to read it for whoever applies
#[test]
fn nothing_scans_a_table_for_whoever_applies() {
    let refused = refusals("resource \"google_dataplex_datascan\" \"by_hand\" {}");
    assert!(
        refused[0].contains("Error 403: Permission denied for user to access source BigQuery table"),
        "{refused:?}"
    );
}

/// <https://github.com/hashicorp/terraform-provider-google/issues/21835>: nested sub-queries, `label_replace` and `increase`
#[test]
fn a_query_that_is_accepted_is_evaluated() {
    let terraform = spoilt(|stack| {
        for query in queries(stack) {
            if let Query::PromQl { query, .. } = query {
                let minutes = Duration::minutes;
                let again = Expr::call("max_over_time", query.clone().every(minutes(4), minutes(60)));
                *query = Expr::call("max_over_time", again.every(minutes(4), minutes(60)));
            }
        }
    });
    let refused = refusals(&terraform);
    assert!(
        !refused.is_empty() && refused.iter().all(|it| it == "accepted, and never evaluated"),
        "{refused:?}"
    );
}

/// What the API demands beside, in its reference rather than in a refusal.
#[test]
fn each_rule_is_broken_by_something() {
    let documented: Vec<&str> = limits::RULES.iter().map(|rule| rule.what).collect();
    assert_eq!(rules::RULES.iter().map(|rule| rule.what).collect::<Vec<_>>(), documented);
    for rule in rules::RULES {
        assert_eq!(rules::broken(rule.broken_by), [rule.what], "{}", rule.broken_by);
    }
}

/// What the sixteen and the rules have in common. The worked example and the cases hold every construct that Genkai writes.
#[test]
fn nothing_that_genkai_writes_is_refused() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = std::fs::read_dir(root.join("tests/cases")).unwrap().map(|case| case.unwrap().path());
    let (mut policies, mut panels) = (0, 0);
    for project in cases.chain([root.to_owned()]) {
        let (sources, findings) = disk::load(&project);
        let compilation = compile(&sources, findings, &Templates::new(Vec::new()).unwrap(), TODAY);
        for Artifact { path, contents, .. } in compilation.artifacts.iter() {
            let place = format!("{path} of {}", project.display());
            if path.ends_with(".tf") {
                policies += contents.matches("\"google_monitoring_alert_policy\"").count();
                assert_eq!(refusals(contents), [""; 0], "{place}");
                assert_eq!(rules::broken(contents), [""; 0], "{place}");
            } else if path.ends_with(".json") {
                panels += panels_on_the_grid(contents, &place);
            }
        }
    }
    assert!(policies > 100 && panels > 100, "{policies} policies, {panels} panels");
}

/// The number of panels of a dashboard, each of which lies on Grafana's grid.
fn panels_on_the_grid(dashboard: &str, place: &str) -> usize {
    let dashboard: serde_json::Value = serde_json::from_str(dashboard).unwrap();
    let uid = dashboard["uid"].as_str().unwrap();
    assert!((8..=40).contains(&uid.len()) && uid.chars().all(rules::is_letter), "{place}: {uid}");
    let panels = dashboard["panels"].as_array().unwrap();
    for panel in panels {
        let of = |key: &str| panel["gridPos"][key].as_u64().unwrap();
        assert!(of("w") >= 1 && of("h") >= 1 && of("x") + of("w") <= 24, "{place}: {panel}");
    }
    panels.len()
}
