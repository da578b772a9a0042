//! Limits of the API that a spec can reach: on the limit it compiles, one unit beyond it is refused, at the right place.
//! `tests/boundaries.rs` has all the others, too.
#![allow(clippy::unwrap_used, clippy::string_slice, reason = "a test may fail loudly")]

use genkai::compile::compile;
use genkai::diagnostics::{Code, Diagnostic};
use genkai::source::Sources;
use genkai::templates::Templates;
use jiff::civil::{Date, date};

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
  defaults: {owner: data, timezone: Asia/Tokyo}
"#;

const DAG: &str = r#"apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: x}
spec:
  dag: dag
  schedule: {cron: "0 4 * * *"}
  objectives: {success: {target: 95%}}
"#;

/// The codes found in two files, each with the text that it points to.
fn found(project: &str, dag: &str) -> Vec<(Code, String)> {
    let mut sources = Sources::default();
    sources.add("slo-specs/dag.yaml", dag);
    sources.add("slo-specs/project.yaml", project);
    let compilation = compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), TODAY);
    let place = |finding: &Diagnostic| {
        let text = finding.primary.as_ref().map(|label| {
            let span = label.span;
            &sources.get(span.file).unwrap().text[span.start as usize..span.end as usize]
        });
        text.unwrap_or_default().to_owned()
    };
    compilation.findings.iter().map(|finding| (finding.code, place(finding))).collect()
}

/// The project with its DAG document changed.
fn with(from: &str, to: &str) -> Vec<(Code, String)> {
    assert!(DAG.contains(from));
    found(PROJECT, &DAG.replace(from, to))
}

/// The largest size up to `most` that is accepted; everything above it must be refused.
fn largest(most: usize, found: impl Fn(usize) -> Vec<(Code, String)>) -> usize {
    let (mut fits, mut excess) = (0, most);
    assert!(found(fits).is_empty(), "{:?}", found(fits));
    assert!(!found(excess).is_empty());
    while excess - fits > 1 {
        let middle = fits.midpoint(excess);
        if found(middle).is_empty() { fits = middle } else { excess = middle }
    }
    fits
}

fn described(text: &str) -> Vec<(Code, String)> {
    with("name: x", &format!("name: x, description: {text}"))
}

fn titled(text: &str) -> Vec<(Code, String)> {
    with("name: x", &format!("name: x, displayName: {text}"))
}

#[test]
fn a_description_fills_what_an_alert_holds() {
    let most = largest(9_000, |length| described(&format!("t{}", "a".repeat(length))));
    assert!((6_000..8_192).contains(&most), "{most}");
    let long = "a".repeat(9_000);
    assert_eq!(described(&long), [(Code::TextTooLong, long)]);
}

#[test]
fn a_description_in_japanese_fills_it_in_bytes() {
    let most = largest(9_000, |length| described(&format!("t{}", "限".repeat(length))));
    assert!((2_500..10_240 / 3).contains(&most), "{most}");
}

#[test]
fn a_display_name_fills_the_subject() {
    let rest = ": runs keep failing (production)".len();
    let most = 255 - rest;
    assert_eq!(titled(&"a".repeat(most)), []);
    let long = "a".repeat(most + 1);
    assert_eq!(titled(&long), [(Code::TextTooLong, long)]);
}

#[test]
fn a_display_name_that_is_much_too_long_is_one_mistake() {
    let long = "a".repeat(512);
    assert_eq!(titled(&long), [(Code::TextTooLong, long)]);
}

#[test]
fn a_runbook_fills_a_link() {
    let linked = |length: usize| {
        let link = format!("https://{}", "a".repeat(length - "https://".len()));
        with("name: x", &format!("name: x, runbook: {link}"))
    };
    assert_eq!(linked(2_083), []);
    let refused = linked(2_084);
    assert!(
        matches!(refused.as_slice(), [(Code::Link, place)] if place.starts_with("https://")),
        "{refused:?}"
    );
}

#[test]
fn an_owners_runbook_is_refused_where_it_is_written() {
    let link = format!("https://{}", "a".repeat(2_083));
    let project = PROJECT.replace("ticket: [team]}", &format!("ticket: [team], runbook: {link}}}"));
    assert_eq!(found(&project, DAG), [(Code::Link, link)]);
}

#[test]
fn a_policy_has_64_labels_and_two_are_genkais() {
    let labelled = |count: usize| {
        let labels: Vec<String> = (0..count).map(|index| format!("l{index}: v")).collect();
        with("name: x", &format!("name: x, labels: {{{}}}", labels.join(", ")))
    };
    assert_eq!(labelled(62), []);
    assert_eq!(labelled(63), [(Code::Labels, "labels".to_owned())]);
}

#[test]
fn a_label_has_63_characters() {
    let labelled = |key: usize, value: usize| {
        with("name: x", &format!("name: x, labels: {{{}: {}}}", "k".repeat(key), "v".repeat(value)))
    };
    assert_eq!(labelled(63, 63), []);
    let code = |findings: Vec<(Code, String)>| findings.first().map(|(code, _)| *code);
    assert_eq!(code(labelled(64, 1)), Some(Code::Malformed));
    assert_eq!(code(labelled(1, 64)), Some(Code::Malformed));
}

#[test]
fn a_policy_has_16_channels() {
    let notified = |count: usize| {
        let names: Vec<String> = (0..count).map(|index| format!("c{index}")).collect();
        let channels: Vec<String> =
            names.iter().map(|name| format!("{name}: {{email: a@example.com}}")).collect();
        let project = PROJECT.replace("channels: {", &format!("channels: {{{}, ", channels.join(", ")));
        found(&project.replace("page: [team]", &format!("page: [{}]", names.join(", "))), DAG)
    };
    assert_eq!(notified(16), []);
    // In the Project, where the list is written.
    let refused = notified(17);
    assert!(
        matches!(refused.as_slice(), [(Code::TooManyChannels, place)] if place.starts_with("[c0, c1")),
        "{refused:?}"
    );
}

#[test]
fn reminders_come_every_half_hour_to_every_day() {
    let reminded = |every: &str| {
        let alerts =
            format!("success: {{target: 95%}}}}\n  alerts: {{repeatedFailure: {{renotify: {every}}}}}");
        with("success: {target: 95%}}", &alerts)
    };
    for every in ["30m", "24h", "1d"] {
        assert_eq!(reminded(every), [], "{every}");
    }
    for every in ["29m59s", "24h1s", "2d"] {
        assert_eq!(reminded(every), [(Code::Period, every.to_owned())], "{every}");
    }
}

#[test]
fn conditions_hold_for_whole_minutes_and_less_than_a_day() {
    let held = |after: &str| {
        let alerts = format!("success: {{target: 95%}}}}\n  alerts: {{repeatedFailure: {{after: {after}}}}}");
        with("success: {target: 95%}}", &alerts)
    };
    for after in ["11m", "90m", "23h30m"] {
        assert_eq!(held(after), [], "{after}");
    }
    // It waits for ten minutes in any case.
    assert_eq!(held("1m"), [(Code::AlertNotMade, "1m".to_owned())]);
    for after in ["630s", "23h31m", "1d"] {
        assert_eq!(held(after), [(Code::Period, after.to_owned())], "{after}");
    }
}

#[test]
fn a_metrics_scope_holds_so_many_policies() {
    // A document has three policies, and its Composer environment two.
    let documents = |count: usize| {
        let document = |index: usize| {
            DAG.replace("name: x", &format!("name: n{index}")).replace("dag: dag", &format!("dag: n{index}"))
        };
        let all: Vec<String> = (0..count).map(document).collect();
        found(PROJECT, &all.join("\n---\n"))
    };
    let fitting = (2_000 - 2) / 3;
    assert_eq!(documents(fitting), []);
    assert_eq!(documents(fitting + 1), [(Code::TooManyPolicies, "bigfoot-prod".to_owned())]);
}

#[test]
fn environments_of_one_project_fill_one_metrics_scope() {
    let staging = "staging: {projectId: bigfoot-PROJECT, composerEnvironments: [other], channels: {team: {email: a@example.com}}}";
    let both = |project: &str, count: usize| {
        let staging = staging.replace("PROJECT", project);
        let spec = PROJECT.replace("  owners:", &format!("    {staging}\n  owners:"));
        let spec = spec.replace("{owner: data,", "{owner: data, environments: [production, staging],");
        let document = |index: usize| {
            DAG.replace("name: x", &format!("name: n{index}")).replace("dag: dag", &format!("dag: n{index}"))
        };
        found(&spec, &(0..count).map(document).collect::<Vec<_>>().join("\n---\n"))
    };
    // Three policies each and two for the Composer environment, twice: 1,996 and 2,002.
    assert_eq!(both("prod", 332), []);
    assert_eq!(both("prod", 333), [(Code::TooManyPolicies, "bigfoot-prod".to_owned())]);
    assert_eq!(both("stg", 333), []);
}

#[test]
fn a_native_slo_is_left_out_where_the_api_would_refuse_it() {
    for objective in [
        "target: 99.99%",
        "target: 100%",
        "target: 0%",
        "target: 95%, window: 30d",
        "target: 95%, window: 31d",
        "target: 95%, window: 36h",
    ] {
        let codes = with("target: 95%", objective);
        // A budget below one run is a warning and compiles, and so is a target that promises nothing.
        let warnings = [Code::NoFailureAllowed, Code::ComesToNothing];
        assert!(codes.iter().all(|(code, _)| warnings.contains(code)), "{objective}: {codes:?}");
    }
}

#[test]
fn a_window_is_counted_over_what_is_kept() {
    let of = |window: &str, project: &str| {
        found(project, &DAG.replace("target: 95%", &format!("target: 95%, window: {window}")))
    };
    assert_eq!(of("42d", PROJECT), []);
    assert_eq!(of("43d", PROJECT), [(Code::Forgotten, "43d".to_owned())]);
    // No query looks back for more than two years, its hold included, however long metrics are kept.
    let longer = format!("{PROJECT}  metricRetention: 1000d\n");
    assert_eq!(of("729d", &longer), []);
    assert_eq!(of("730d", &longer), [(Code::Forgotten, "730d".to_owned())]);
}

#[test]
fn a_hold_counts_as_looking_back() {
    let longer = format!("{PROJECT}  metricRetention: 730d\n");
    let held = "success: {target: 95%, window: 729d}}\n  alerts: {repeatedFailure: {after: 23h30m}}";
    assert_eq!(found(&longer, &DAG.replace("success: {target: 95%}}", held)), []);
}

#[test]
fn what_is_not_seen_for_too_long_may_be_forgotten() {
    let of = |schedule: &str, objective: &str| {
        let dag = DAG.replace(r#"{cron: "0 4 * * *"}"#, schedule);
        found(PROJECT, &dag.replace("success: {target: 95%}", objective))
    };
    let codes = |found: Vec<(Code, String)>| found.into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    // A week or so of grace, and two days until it is forgotten.
    assert_eq!(codes(of("{every: 30d}", "success: {target: 100%}")), []);
    assert_eq!(codes(of("{every: 60d}", "success: {target: 100%}")), [Code::Forgotten]);
    assert_eq!(
        codes(of("{triggered: {atLeast: 1, per: 60d}}", "success: {target: 100%}")),
        [Code::Forgotten]
    );
    assert_eq!(codes(of("{every: 60d}", "landing: {within: 1d, target: 100%}")), [Code::Forgotten]);
    assert_eq!(codes(of(r#"{cron: "@quarterly"}"#, "landing: {within: 1d, target: 100%}")), []);
}

#[test]
fn a_dag_id_fills_a_query() {
    // A clock's query names the DAG three times, and always fits; without one it is seven times.
    let long = "a".repeat(250);
    assert_eq!(with("dag: dag", &format!("dag: {long}")), []);
    let triggered = DAG
        .replace(r#"{cron: "0 4 * * *"}"#, "{triggered: {atLeast: 1, per: 24h}}")
        .replace("target: 95%", "target: 90%");
    let named = |name: &str| found(PROJECT, &triggered.replace("dag: dag", &format!("dag: {name}")));
    let most = largest(249, |length| named(&format!("d{}", "a".repeat(length))));
    assert!(most > 60, "{most}");
    assert_eq!(named(&long), [(Code::FilterTooLong, long)]);
}

#[test]
fn a_name_has_50_characters_and_fits_every_id() {
    assert_eq!(with("name: x", &format!("name: {}", "x".repeat(50))), []);
    let long = "x".repeat(51);
    assert_eq!(with("name: x", &format!("name: {long}")), [(Code::Malformed, long)]);
}
