//! Each limit of `gcp::limits` on both sides: the amount that still fits, written out here a second time, and the next one.
//!
//! What `verify` reports is tried on a Stack, because some limits are beyond what any spec comes to today; those that a spec
//! can reach are in `tests/limits.rs`, too, with the places of the findings. `UPDATE_DOCS=1 cargo test --test fast boundaries::`
//! writes `docs/limits.md`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and reads and writes the docs"
)]

use genkai::compile::compile;
use genkai::diagnostics::{Code, Diagnostic};
use genkai::gcp::limits::{self, Bound, Kept, RULES, Source};
use genkai::gcp::metrics::DAG_RUN_COUNT;
use genkai::gcp::{Filter, LogExtractor, LogFilter, Scope};
use genkai::monitoring::{
    AlertPolicy, Channel, Link, LogMetric, NativeSlo, Pipeline, Query, ScheduledQuery, Stack,
};
use genkai::promql::{Expr, Selector};
use genkai::slo::{Duration, Ratio};
use genkai::source::Sources;
use genkai::sql::Script;
use genkai::templates::Templates;
use genkai::verify::verify;
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Any day: nothing here depends on it.
const TODAY: Date = date(2026, 1, 1);

/// A pipeline with a native SLO and every construct of conditions: counts, highest values, burn rates and PromQL.
const SPECS: &str = r#"apiVersion: genkai.dev/v1
kind: Project
metadata: {name: bigfoot}
spec:
  environments:
    production:
      projectId: bigfoot-prod
      composerEnvironments: [composer]
      channels: {team: {email: team@example.com}}
  owners:
    data: {page: [team], ticket: [team], runbook: https://example.com}
  defaults: {owner: data}
  grafana: {folder: Data}
---
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: often}
spec:
  dag: often
  schedule: {cron: "* * * * *"}
  objectives: {success: {target: 99%}, duration: {under: 1m}}
"#;

fn stack() -> Stack {
    let mut sources = Sources::default();
    sources.add("slo-specs/all.yaml", SPECS);
    let compilation = compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), TODAY);
    assert!(compilation.findings.is_empty(), "{:?}", compilation.findings);
    compilation.stacks.into_iter().next().unwrap()
}

/// Makes a Stack hold so much of something.
type Change = fn(&mut Stack, u64);

/// The most or least that a limit allows, the nearest amount that it does not, and how a Stack comes to hold so much. Where
/// nothing that Genkai writes is about it, there is only the arithmetic.
const BOUNDARIES: &[(&str, u64, u64, Option<Change>)] = &[
    ("CONDITIONS_MIN", 1, 0, Some(conditions)),
    ("CONDITIONS_MAX", 6, 7, Some(conditions)),
    ("CHANNELS_MAX", 16, 17, Some(|stack, n| policy(stack).channels = names(n))),
    ("FILTER_MAX", 2_048, 2_049, Some(|stack, n| ask(stack, count(long_filter(n), 300)))),
    ("ALIGNMENT_MIN", 60, 59, Some(|stack, n| ask(stack, count(long_filter(500), n)))),
    ("ALIGNMENT_MAX", 90_000, 90_001, Some(|stack, n| ask(stack, count(long_filter(500), n)))),
    ("HOLD_STEP", 60, 61, Some(|stack, n| policy(stack).hold = Some(Duration::seconds(n)))),
    ("HOLD_MAX", 84_600, 84_660, Some(|stack, n| policy(stack).hold = Some(Duration::seconds(n)))),
    ("PROMQL_MAX", 2_000, 2_001, Some(|stack, n| ask(stack, promql(n, 60, 60)))),
    ("PROMQL_LOOKBACK_MAX", 63_072_000, 63_072_001, Some(|stack, n| ask(stack, promql(100, n, 60)))),
    ("LOG_METRIC_LOOKBACK_MAX", 90_000, 90_060, Some(look_at_logs)),
    ("EVALUATION_INTERVAL_MIN", 30, 0, Some(|stack, n| ask(stack, promql(100, 60, n)))),
    ("EVALUATION_INTERVAL_STEP", 30, 31, Some(|stack, n| ask(stack, promql(100, 60, n)))),
    ("AUTO_CLOSE_MIN", 1_800, 1_799, Some(|stack, n| policy(stack).auto_close = Some(Duration::seconds(n)))),
    (
        "AUTO_CLOSE_MAX",
        604_800,
        604_801,
        Some(|stack, n| policy(stack).auto_close = Some(Duration::seconds(n))),
    ),
    ("RENOTIFY_MIN", 1_800, 1_799, Some(|stack, n| policy(stack).renotify = Some(Duration::seconds(n)))),
    ("RENOTIFY_MAX", 86_400, 86_401, Some(|stack, n| policy(stack).renotify = Some(Duration::seconds(n)))),
    ("ABSENCE_MIN", 120, 119, None),
    ("ABSENCE_MAX", 84_600, 84_601, None),
    ("MISSING_DATA_HOLD_MIN", 60, 59, Some(|stack, n| ask(stack, too_few(n)))),
    ("FORECAST_MIN", 3_600, 3_599, None),
    ("FORECAST_MAX", 216_000, 216_001, None),
    ("RULE_NAME_MAX", 2_048, 2_049, None),
    ("SQL_MINUTES_MIN", 5, 4, None),
    ("SQL_MINUTES_MAX", 1_440, 1_441, None),
    ("SQL_HOURS_MIN", 1, 0, None),
    ("SQL_HOURS_MAX", 48, 49, None),
    ("SQL_MINUTE_OFFSET_MAX", 59, 60, None),
    ("SQL_DAYS_MIN", 1, 0, None),
    ("SQL_DAYS_MAX", 30, 31, None),
    ("DISPLAY_NAME_MAX", 512, 513, Some(|stack, n| policy(stack).display_name = text(n))),
    (
        "DOCUMENTATION_MAX_CHARACTERS",
        8_192,
        8_193,
        Some(|stack, n| policy(stack).documentation.content = text(n)),
    ),
    // Two bytes a character, and one for an odd number of them.
    (
        "DOCUMENTATION_MAX_BYTES",
        10_240,
        10_241,
        Some(|stack, n| {
            policy(stack).documentation.content = format!("{}{}", "é".repeat(size(n / 2)), text(n % 2));
        }),
    ),
    ("SUBJECT_MAX_BYTES", 255, 256, Some(|stack, n| policy(stack).documentation.subject = text(n))),
    ("SUBJECT_WRITTEN_MAX_BYTES", 10_240, 10_241, None),
    ("LINKS_MAX", 3, 4, Some(|stack, n| policy(stack).documentation.links = vec![link(5, 20); size(n)])),
    ("LINK_NAME_MIN", 1, 0, Some(|stack, n| policy(stack).documentation.links = vec![link(n, 20)])),
    ("LINK_NAME_MAX", 63, 64, Some(|stack, n| policy(stack).documentation.links = vec![link(n, 20)])),
    ("LINK_URL_MAX", 2_083, 2_084, Some(|stack, n| policy(stack).documentation.links = vec![link(5, n)])),
    (
        "LABELS_MAX",
        64,
        65,
        Some(|stack, n| {
            pipeline(stack).labels = names(n).into_iter().map(|key| (key, String::new())).collect();
        }),
    ),
    (
        "LABEL_MAX",
        63,
        64,
        Some(|stack, n| {
            pipeline(stack).labels = BTreeMap::from([("key".to_owned(), text(n))]);
        }),
    ),
    (
        "LABEL_MAX_BYTES",
        128,
        129,
        Some(|stack, n| {
            let value = format!("{}{}", "限".repeat(size(n / 3)), text(n % 3));
            pipeline(stack).labels = BTreeMap::from([("key".to_owned(), value)]);
        }),
    ),
    ("SLO_GOAL_MIN", 1, 0, Some(|stack, n| slo(stack).goal = ratio(n))),
    ("SLO_GOAL_MAX", 999_900, 999_901, Some(|stack, n| slo(stack).goal = ratio(n))),
    ("SLO_ROLLING_DAYS_MIN", 1, 0, Some(|stack, n| slo(stack).rolling_period = Duration::days(n))),
    ("SLO_ROLLING_DAYS_MAX", 30, 31, Some(|stack, n| slo(stack).rolling_period = Duration::days(n))),
    ("SLO_BURN_RATE_LOOKBACK_MAX", 86_400, 86_401, Some(|stack, n| burn(stack, Duration::seconds(n)))),
    ("SERVICE_ID_MAX", 63, 64, Some(|stack, n| pipeline(stack).service_id = text(n))),
    ("SLO_ID_MAX", 63, 64, Some(|stack, n| slo(stack).id = &LETTERS[..size(n)])),
    ("SLO_WINDOW_MIN", 60, 59, None),
    ("SLO_WINDOW_MAX", 86_400, 86_401, None),
    (
        "MATCHED_LOG_CONDITIONS_MAX",
        1,
        2,
        Some(|stack, n| {
            ask_logs(stack, on_logs(100, 300, 0));
            conditions(stack, n);
        }),
    ),
    ("RATE_LIMIT_MIN", 300, 299, Some(|stack, n| ask_logs(stack, on_logs(100, n, 0)))),
    ("RATE_LIMIT_MAX", 172_800, 172_801, Some(|stack, n| ask_logs(stack, on_logs(100, n, 0)))),
    (
        "LOG_LABELS_MAX",
        10,
        11,
        Some(|stack, n| {
            ask_logs(stack, on_logs(100, 300, n));
            pipeline(stack).log_metrics = vec![log_metric(8, 8, 100, n)];
        }),
    ),
    ("LOG_LABEL_VALUE_MAX", 1_024, 1_025, None),
    (
        "LOG_FILTER_MAX",
        20_000,
        20_001,
        Some(|stack, n| {
            ask_logs(stack, on_logs(n, 300, 0));
            pipeline(stack).log_metrics = vec![log_metric(8, 8, n, 0)];
        }),
    ),
    (
        "LOG_METRIC_NAME_MAX",
        100,
        101,
        Some(|stack, n| pipeline(stack).log_metrics = vec![log_metric(n, 8, 100, 0)]),
    ),
    (
        "LOG_METRIC_DESCRIPTION_MAX",
        8_000,
        8_001,
        Some(|stack, n| pipeline(stack).log_metrics = vec![log_metric(8, n, 100, 0)]),
    ),
    ("LOG_BUCKETS_MAX", 200, 201, None),
    (
        "SQL_MAX",
        1_048_576,
        1_048_577,
        Some(|stack, n| pipeline(stack).scheduled_query = Some(scheduled_query(n))),
    ),
    ("SCHEDULE_DISTANCE_MIN", 300, 299, None),
    ("POLICIES_MAX", 2_000, 2_001, Some(policies)),
    (
        "SLOS_PER_SERVICE_MAX",
        500,
        501,
        Some(|stack, n| {
            let promise =
                pipeline(stack).promises.iter().find(|promise| promise.slo.is_some()).unwrap().clone();
            pipeline(stack).promises = vec![promise; size(n)];
        }),
    ),
    (
        "NOTIFICATION_CHANNELS_MAX",
        4_000,
        4_001,
        Some(|stack, n| {
            let channel =
                || Channel::Email { address: "team@example.com".to_owned(), display_name: "team".to_owned() };
            stack.channels = names(n).into_iter().map(|name| (name, channel())).collect();
        }),
    ),
    (
        "LOG_METRICS_MAX",
        500,
        501,
        Some(|stack, n| pipeline(stack).log_metrics = vec![log_metric(8, 8, 100, 0); size(n)]),
    ),
    ("OPEN_INCIDENTS_MAX", 1_000, 1_001, None),
    ("MONITORED_PROJECTS_MAX", 375, 376, None),
    ("SNOOZE_POLICIES_MAX", 16, 17, None),
    ("CLOUD_DASHBOARDS_MAX", 1_000, 1_001, None),
    ("CLOUD_WIDGETS_MAX", 100, 101, None),
    ("GRAFANA_UID_MIN", 8, 7, Some(|stack, n| pipeline(stack).dashboard_uid = Some(text(n)))),
    (
        "GRAFANA_UID_MAX",
        40,
        41,
        Some(|stack, n| {
            stack.environment.grafana.as_mut().unwrap().folder_uid = text(n);
        }),
    ),
    ("GRAFANA_COLUMNS", 24, 25, None),
    ("GRAFANA_PANEL_WIDTH_MIN", 1, 0, None),
    ("GRAFANA_PANEL_HEIGHT_MIN", 1, 0, None),
];

const LETTERS: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn size(amount: u64) -> usize {
    usize::try_from(amount).unwrap()
}

fn text(length: u64) -> String {
    "a".repeat(size(length))
}

fn names(number: u64) -> Vec<String> {
    (0..number).map(|index| format!("n{index}")).collect()
}

fn ratio(millionths: u64) -> Ratio {
    Ratio::millionths(u32::try_from(millionths).unwrap())
}

fn link(name: u64, url: u64) -> Link {
    Link { name: text(name), url: text(url) }
}

/// The pipeline of the document; the other is its Composer environment's.
fn pipeline(stack: &mut Stack) -> &mut Pipeline {
    stack.pipelines.iter_mut().find(|pipeline| pipeline.name == "often").unwrap()
}

fn policy(stack: &mut Stack) -> &mut AlertPolicy {
    &mut pipeline(stack).promises[0].policies[0]
}

fn slo(stack: &mut Stack) -> &mut NativeSlo {
    pipeline(stack).promises.iter_mut().find_map(|promise| promise.slo.as_mut()).unwrap()
}

fn ask(stack: &mut Stack, query: Query) {
    policy(stack).conditions[0].query = query;
}

/// The same of a policy that asks nothing else.
fn ask_logs(stack: &mut Stack, query: Query) {
    ask(stack, query);
    conditions(stack, 1);
}

fn conditions(stack: &mut Stack, number: u64) {
    let condition = policy(stack).conditions[0].clone();
    policy(stack).conditions = vec![condition; size(number)];
}

/// So many policies in all.
fn policies(stack: &mut Stack, number: u64) {
    let policy = policy(stack).clone();
    stack.pipelines.retain(|pipeline| pipeline.name == "often");
    pipeline(stack).promises.truncate(1);
    pipeline(stack).promises[0].policies = vec![policy; size(number)];
}

fn burn(stack: &mut Stack, lookback: Duration) {
    let queries = pipeline(stack).promises.iter_mut().flat_map(|promise| &mut promise.policies);
    let queries = queries.flat_map(|policy| &mut policy.conditions).map(|condition| &mut condition.query);
    for query in queries {
        if let Query::BurnRate { lookback: far, .. } = query {
            *far = lookback;
        }
    }
}

fn count(filter: Filter, seconds: u64) -> Query {
    Query::Count { filter, period: Duration::seconds(seconds), above: 0 }
}

fn too_few(seconds: u64) -> Query {
    let period = Duration::hours(24);
    let twin = Selector::new("metric", Vec::new()).into();
    Query::TooFew { filter: long_filter(500), period, least: 1, held: Duration::seconds(seconds), twin }
}

fn long_filter(length: u64) -> Filter {
    let filter =
        |value: &str| Scope::new("bigfoot-prod", None).filter(&DAG_RUN_COUNT).metric_label("state", value);
    let rest = filter("").to_string().chars().count();
    filter(&"限".repeat(size(length) - rest))
}

fn promql(length: u64, lookback: u64, every: u64) -> Query {
    let query = |value: String| -> Expr {
        Selector::new("metric", vec![("label", value)]).over(Duration::seconds(lookback)).into()
    };
    let rest = query(String::new()).one_line().len();
    Query::PromQl { query: query("限".repeat(size(length) - rest)), every: Duration::seconds(every) }
}

/// A sub-query, an offset and a range of an hour each, half an hour of holding, and so much of the window.
fn look_at_logs(stack: &mut Stack, lookback: u64) {
    let (hour, half) = (Duration::hours(1), Duration::minutes(30));
    let series = Scope::new("bigfoot-prod", None).log_metric_selector("errors", "dataflow_job");
    let errors = Expr::call("increase", series.over(hour).ago(hour));
    let window = Duration::seconds(lookback - 9_000);
    let query = Expr::call("count_over_time", errors.every(hour, window));
    policy(stack).hold = Some(half);
    ask(stack, Query::PromQl { query, every: Duration::seconds(60) });
}

fn log_filter(length: u64) -> LogFilter {
    let filter = |value: &str| LogFilter::of_resource(value);
    let rest = filter("").to_string().chars().count();
    filter(&"限".repeat(size(length) - rest))
}

/// Names of labels, as code gives them.
const LABELS: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];

fn log_labels(number: u64) -> BTreeMap<&'static str, LogExtractor> {
    let field = || LogExtractor::Field("jsonPayload.message".to_owned());
    LABELS[..size(number)].iter().map(|label| (*label, field())).collect()
}

fn on_logs(filter: u64, rate_limit: u64, labels: u64) -> Query {
    Query::MatchedLog {
        filter: log_filter(filter),
        labels: log_labels(labels),
        rate_limit: Duration::seconds(rate_limit),
    }
}

fn log_metric(name: u64, description: u64, filter: u64, labels: u64) -> LogMetric {
    LogMetric {
        id: "errors",
        name: text(name),
        description: text(description),
        filter: log_filter(filter),
        labels: log_labels(labels),
    }
}

fn scheduled_query(length: u64) -> ScheduledQuery {
    let script = |comment: String| Script { comment, statements: Vec::new() };
    let rest = script("限".to_owned()).print().chars().count() - 1;
    ScheduledQuery {
        display_name: text(8),
        schedule: text(8),
        schedule_in_words: text(8),
        most_runs: 31,
        location: text(8),
        service_account: None,
        script: script("限".repeat(size(length) - rest)),
    }
}

#[test]
fn every_limit_is_tried_on_both_sides() {
    let tried: Vec<&str> = BOUNDARIES.iter().map(|(name, ..)| *name).collect();
    let all: Vec<&str> = limits::all().map(|limit| limit.name).collect();
    assert_eq!(tried.iter().collect::<BTreeSet<_>>(), all.iter().collect::<BTreeSet<_>>());
    assert_eq!(tried.len(), all.len(), "each once");
}

#[test]
fn what_is_on_the_limit_fits_and_what_is_beyond_it_does_not() {
    let wrong = limits::all().filter(|limit| {
        let (_, fits, beyond, _) = BOUNDARIES.iter().find(|(name, ..)| *name == limit.name).unwrap();
        limit.value.amount() != *fits || !limit.allows(*fits) || limit.allows(*beyond)
    });
    assert_eq!(wrong.map(|limit| limit.name).collect::<Vec<_>>(), [""; 0]);
}

/// A Stack on the limit has no finding at all; one beyond it has one of the code that the limit names, with a place and help.
#[test]
fn verify_reports_what_is_beyond_a_limit_and_nothing_else() {
    let stack = stack();
    let mut wrong = Vec::new();
    for limit in limits::all() {
        let (name, fits, beyond, change) = BOUNDARIES.iter().find(|(name, ..)| *name == limit.name).unwrap();
        let (Kept::Reported(code), Some(change)) = (limit.kept, change) else {
            let both = matches!(limit.kept, Kept::Reported(_)) || change.is_some();
            assert!(!both, "{name}: what is applied is tried on a Stack and has a code in the table");
            continue;
        };
        let found = |amount: u64| {
            let mut changed = stack.clone();
            change(&mut changed, amount);
            verify(&[changed])
        };
        let right = |finding: &Diagnostic| {
            finding.code.name() == code
                && finding.primary.is_some()
                && finding.help.is_some()
                && finding.environments.contains("production")
        };
        let (none, some) = (found(*fits), found(*beyond));
        if !none.is_empty() || some.is_empty() || !some.iter().all(right) {
            wrong.push(format!("{name}: {none:?} at {fits}, {some:?} at {beyond}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Environments that name one project fill it together, and others do not.
#[test]
fn totals_are_those_of_a_project() {
    let with = |name: &str, project: &str, number: u64| {
        let mut stack = stack();
        stack.environment.name = name.to_owned();
        stack.environment.project_id = project.to_owned();
        policies(&mut stack, number);
        stack
    };
    let all = [with("east", "one", 1_200), with("north", "other", 1_900), with("west", "one", 800)];
    let verify = |stacks: &[Stack]| {
        let found = verify(stacks).into_iter().filter(|finding| finding.code == Code::TooManyPolicies);
        found.collect::<Vec<_>>()
    };
    assert_eq!(verify(&all), []);
    let all = [with("east", "one", 1_200), with("north", "other", 1_900), with("west", "one", 801)];
    let found = verify(&all);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].message, "`one` would hold 2001 alert policies, and 2000 are the most");
    assert_eq!(found[0].environments, BTreeSet::from(["east".to_owned(), "west".to_owned()]));
    assert_eq!(found[0].secondary.len(), 1, "{found:?}");
}

/// A text may have few bytes and many characters, or the other way round: not only the longest counts.
#[test]
fn each_text_of_a_pipeline_is_measured() {
    let mut stack = stack();
    let policies = pipeline(&mut stack).promises.iter_mut().flat_map(|promise| &mut promise.policies);
    let mut contents = policies.map(|policy| &mut policy.documentation.content);
    // More bytes, and fits.
    *contents.next().unwrap() = "限".repeat(3_000);
    *contents.next().unwrap() = text(8_193);
    let codes: Vec<Code> = verify(&[stack]).iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::TextTooLong]);
}

/// The page for users: every limit, where it comes from, and what Genkai does about it.
#[test]
fn the_docs_list_every_limit() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/limits.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return std::fs::write(path, page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, page, "run `UPDATE_DOCS=1 cargo test --test fast boundaries::`");
}

const INTRODUCTION: &str = "<!-- Written by `UPDATE_DOCS=1 cargo test --test fast boundaries::`. -->
# Limits

What Cloud Monitoring, Cloud Logging, BigQuery and Grafana accept, as far as `terraform validate` does not check it. What a
spec would break is reported at its line before anything is generated. Each limit stands once in the code
(`src/gcp/limits/`), and a test tries both sides of it. How to confirm those that are not, stands on the page on [what still
wants a live project](unconfirmed.md).
";

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (title, limits) in limits::TABLES {
        write!(page, "\n## {title}\n\n| what | limit | source | Genkai |\n|---|---|---|---|\n").unwrap();
        for limit in limits {
            let bound = match limit.bound {
                Bound::AtMost => "at most ",
                Bound::AtLeast => "at least ",
                Bound::MultipleOf => "multiples of ",
            };
            let source = match limit.source {
                Source::Reference(source) => source.to_owned(),
                Source::Refusal(refusal) => format!("the API's refusal: {refusal}"),
                Source::Others(who) => format!("{who}, by way of others"),
                Source::Unconfirmed => "not confirmed".to_owned(),
                Source::Genkai(reason) => format!("Genkai's own: {reason}"),
            };
            let kept = match limit.kept {
                Kept::Reported(code) => format!("[{code}](diagnostics/{code}.md)"),
                Kept::Always(reason) => format!("cannot be broken: {reason}"),
                Kept::NotWritten(what) => format!("does not write {what}"),
            };
            writeln!(page, "| {} | {bound}{} | {source} | {kept} |", limit.what, limit.value).unwrap();
        }
    }
    page += "\n## What is no number\n\n| demand | source | Genkai |\n|---|---|---|\n";
    for rule in RULES {
        writeln!(page, "| {} | {} | {} |", rule.what, rule.source, rule.kept).unwrap();
    }
    page
}

#[test]
fn values_are_shown_with_their_units() {
    let shown = |name: &str| limits::all().find(|limit| limit.name == name).unwrap().value.to_string();
    assert_eq!(shown("CHANNELS_MAX"), "16 channels");
    assert_eq!(shown("CONDITIONS_MIN"), "1 condition");
    assert_eq!(shown("HOLD_MAX"), "23h30m");
    assert_eq!(shown("SLO_GOAL_MAX"), "99.99%");
}
