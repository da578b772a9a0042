//! Incidents and what they tell, as the generated Terraform has them: a condition that is true opens one once it has held;
//! one on an event closes some time after its last data; and it notifies at what its policy names.
//!
//! Prometheus has the same two times, `for` and `keep_firing_for`, so its engine says when an incident is open. What people
//! hear is when one opens, and when one closes, where the policy says so.

use genkai::compile::compile;
use genkai::source::Sources;
use genkai::templates::Templates;
use jiff::civil::date;

use crate::promtool::engine::{
    History, NewSeries, Random, Series, counted, histories, judged, minute_of, runs,
};
use crate::support;

/// Documents about one DAG, one for each alert.
const SPECS: &str = r#"apiVersion: genkai.dev/v1
kind: Project
metadata: {name: bigfoot}
spec:
  environments:
    production: {projectId: bigfoot-prod, composerEnvironments: [composer], channels: {team: {email: team@example.com}}}
  owners: {data: {page: [team], ticket: [team]}}
  defaults: {owner: data}
---
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: strict}
spec:
  dag: sales
  schedule: {cron: "0 4 * * *"}
  objectives: {success: {target: 100%}, landing: {by: "06:30", target: 95%}}
  alerts: {repeatedFailure: {severity: page}}
---
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: often}
spec:
  dag: sales
  schedule: {cron: "0 * * * *"}
  objectives: {success: {target: 90%, window: 28h}}
---
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: daily}
spec:
  dag: sales
  schedule: {cron: "0 4 * * *"}
  objectives: {success: {target: 95%}}
---
apiVersion: genkai.dev/v1
kind: DagSlo
metadata: {name: paced}
spec:
  dag: sales
  schedule: {every: 6h}
  objectives: {success: {target: 95%}}
"#;

/// How an alert policy makes incidents and notifications: what its Terraform says.
#[derive(Clone, Debug)]
struct Policy {
    query: String,
    /// Minutes for which the condition must be true.
    hold: usize,
    /// Minutes after the last data at which an incident closes; none where the condition decides.
    closes: Option<usize>,
    prompts: Vec<String>,
}

impl Policy {
    /// From the end of an address.
    fn of(address: &str) -> Policy {
        let mut sources = Sources::default();
        sources.add("slo-specs/all.yaml", SPECS);
        let compilation =
            compile(&sources, Vec::new(), &Templates::new(Vec::new()).unwrap(), date(2026, 1, 1));
        let is_meant = |header: &str| header.contains(&format!("__{address}\"")) || header.contains(address);
        let terraform: String = compilation.artifacts.iter().map(|artifact| &*artifact.contents).collect();
        let block = terraform
            .split("\nresource ")
            .filter(|block| block.starts_with("\"google_monitoring_alert_policy\""))
            .find(|block| is_meant(block.lines().next().unwrap()))
            .unwrap_or_else(|| panic!("no policy {address}"));
        let minutes = |key: &str| {
            let value = attribute(block, key)?;
            Some(value.trim_matches('"').trim_end_matches('s').parse::<usize>().unwrap() / 60)
        };
        let prompts = attribute(block, "notification_prompts").unwrap_or(r#"["OPENED", "CLOSED"]"#);
        let prompts =
            prompts.trim_matches(['[', ']']).split(", ").map(|prompt| prompt.trim_matches('"').to_owned());
        let pipelines = compilation.stacks.iter().flat_map(|stack| &stack.pipelines);
        let query = pipelines
            .flat_map(|pipeline| {
                let name = format!("{}_{}", pipeline.subject.slug('_'), pipeline.name.replace('-', "_"));
                let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
                policies.map(move |policy| (format!("{name}__{}", policy.slug()), &policy.twin))
            })
            .find(|(full, _)| full.contains(address))
            .map(|(_, twin)| twin.one_line().replace("bigfoot-prod", "p"))
            .unwrap();
        Policy {
            query,
            hold: minutes("duration").unwrap(),
            closes: minutes("auto_close"),
            prompts: prompts.collect(),
        }
    }

    /// How often people hear of what is open at these minutes.
    fn notifications(&self, open: &[bool]) -> usize {
        let count = |now: bool| open.windows(2).filter(|pair| pair[0] != pair[1] && pair[1] == now).count();
        let told = |prompt: &str| self.prompts.iter().any(|told| told == prompt);
        usize::from(told("OPENED")) * count(true) + usize::from(told("CLOSED")) * count(false)
    }

    /// What Prometheus' engine says against it, or how it notifies, which must be `told` times.
    fn holds(&self, history: History, told: usize) -> Result<(), String> {
        let Some(promtool) = support::oracle("promtool") else { return Ok(()) };
        let open: Vec<bool> = history.expected.iter().map(|(_, open)| *open).collect();
        judged(&promtool, &self.rule(), &[history])?;
        let notifications = self.notifications(&open);
        match notifications == told {
            true => Ok(()),
            false => Err(format!("notifies {notifications} times, and {told} are wanted")),
        }
    }

    fn rule(&self) -> serde_json::Value {
        let mut rule =
            serde_json::json!({ "alert": "Alert", "expr": self.query, "for": format!("{}m", self.hold) });
        if let Some(closes) = self.closes {
            rule["keep_firing_for"] = format!("{closes}m").into();
        }
        rule
    }
}

fn attribute<'a>(block: &'a str, key: &str) -> Option<&'a str> {
    let line = block.lines().map(str::trim).find(|line| line.split(' ').next() == Some(key))?;
    line.split_once('=').map(|(_, value)| value.trim())
}

const DAY: usize = 1_440;

/// The contract of an alert on failures: each opens an incident at once, or is told of by one that is open, and there is
/// none later than 30 minutes after the last failure was seen, which is for five minutes. Nothing for the minutes between.
fn told_of(failures: &[usize], until: usize) -> (History, usize) {
    let expected = (0..until).filter_map(|minute| {
        let since =
            failures.iter().filter(|failure| **failure <= minute).max().map(|failure| minute - failure);
        match since {
            Some(0..34) => Some((minute, true)),
            Some(34..=36) => None,
            _ => Some((minute, false)),
        }
    });
    let incidents =
        failures.iter().enumerate().filter(|(at, failure)| *at == 0 || **failure - failures[at - 1] > 36);
    let told = incidents.count();
    let series = vec![counted("failed", "1", NewSeries::AtZero, failures, until)];
    (History { series, expected: expected.collect() }, told)
}

/// At the same time each night, half an hour apart and more, in the middle of an incident, and once.
fn failures() -> Vec<Vec<usize>> {
    vec![vec![31], vec![31, 31 + DAY, 31 + 2 * DAY], vec![31, 70, 110], vec![31, 50, 1_000], vec![]]
}

fn tells_of_each(policy: &Policy) -> Result<(), String> {
    failures().iter().try_for_each(|failures| {
        let until = failures.last().map_or(200, |last| last + 60);
        let (history, told) = told_of(failures, until);
        policy.holds(history, told).map_err(|error| format!("{failures:?}: {error}"))
    })
}

#[test]
fn failures_further_apart_than_the_automatic_close_notify_each() {
    for address in ["dag_slo_often__failed_run", "dag_slo_strict__repeated_failure"] {
        let policy = Policy::of(address);
        assert_eq!(
            (policy.hold, policy.closes, policy.prompts.as_slice()),
            (0, Some(30), &["OPENED".to_owned()][..])
        );
        tells_of_each(&policy).unwrap_or_else(|error| panic!("{address}: {error}"));
    }
}

#[test]
fn failures_at_random_notify_as_the_model_says() {
    let policy = Policy::of("dag_slo_often__failed_run");
    let mut random = Random(2026);
    for _ in 0..histories() / 10 {
        let mut failures = vec![minute_of(&mut random, 1..60)];
        for _ in 0..6 {
            // Nothing that falls into the minutes in which an incident may just have closed.
            let distance = [1..30, 40..90, 90..600][minute_of(&mut random, 0..3)].clone();
            failures.push(failures.last().unwrap() + minute_of(&mut random, distance));
        }
        let (history, told) = told_of(&failures, failures.last().unwrap() + 60);
        policy.holds(history, told).unwrap_or_else(|error| panic!("{failures:?}: {error}"));
    }
}

#[test]
fn wrong_strategies_fail_the_same_proof() {
    if support::oracle("promtool").is_none() {
        return;
    }
    let right = Policy::of("dag_slo_often__failed_run");
    let both = ["OPENED", "CLOSED"].map(str::to_owned).to_vec();
    let wrong = [
        ("it closes by the next run", Policy { closes: Some(DAY), ..right.clone() }),
        ("it closes after two hours", Policy { closes: Some(120), ..right.clone() }),
        ("it closes with the condition", Policy { closes: None, ..right.clone() }),
        ("it must hold", Policy { hold: 10, ..right.clone() }),
        ("it tells of the end, too", Policy { prompts: both, ..right.clone() }),
        ("it tells of nothing", Policy { prompts: Vec::new(), ..right }),
    ];
    for (what, policy) in wrong {
        assert!(tells_of_each(&policy).is_err(), "{what}");
    }
}

/// An empty answer for a while: the query is evaluated, and a metric has no data.
fn with_blip(policy: &Policy, blip: std::ops::Range<usize>) -> Policy {
    assert!(policy.query.contains(" or vector(0)"), "{}", policy.query);
    let empty = format!(" unless (vector(time()) >= {} < {}) or vector(0)", 60 * blip.start, 60 * blip.end);
    Policy { query: policy.query.replace(" or vector(0)", &empty), ..policy.clone() }
}

/// A name, an alert on absence, a history in which it is quiet, and a minute in it at which an empty answer would be true.
fn absences() -> Vec<(&'static str, Vec<Series>, usize)> {
    let at = crate::promtool::deadline::at;
    let each = |distance: usize, days: usize| {
        let ends = (0..days * DAY / distance).map(|index| (at(0, 4, 20) + index * distance, true));
        ends.collect::<Vec<_>>()
    };
    let mut failing: Vec<(usize, bool)> = each(60, 4);
    failing.extend([(at(0, 6, 10), false), (at(0, 8, 10), false)]);
    let noon = at(2, 12, 0);
    vec![
        ("dag_slo_strict__landing", runs(&each(DAY, 4)), noon),
        ("dag_slo_daily__missed_run", runs(&each(DAY, 4)), noon),
        ("dag_slo_paced__missed_run", runs(&each(360, 4)), noon),
        ("dag_slo_often__repeated_failure", runs(&failing), at(0, 10, 0)),
        ("composer_environment_composer__scheduler_heartbeat", vec![beats(5_000, |_| true)], noon),
    ]
}

fn of_environment(metric: &str, samples: Vec<(usize, f64)>) -> Series {
    let labels =
        r#"monitored_resource="cloud_composer_environment",project_id="p",environment_name="composer""#;
    Series { name: format!("composer_googleapis_com:environment_{metric}{{{labels}}}"), samples }
}

/// A counter that rises in some minutes.
fn beats(until: usize, alive: impl Fn(usize) -> bool) -> Series {
    let mut total = 0.0;
    let mut samples = Vec::new();
    for minute in 0..until {
        total += if alive(minute) { 4.0 } else { 0.0 };
        samples.push((minute, total));
    }
    of_environment("scheduler_heartbeat_count", samples)
}

fn quiet(series: Vec<Series>, around: usize) -> History {
    History {
        series,
        expected: (around - 20..around + 60).step_by(2).map(|minute| (minute, false)).collect(),
    }
}

#[test]
fn an_empty_answer_that_is_shorter_than_the_hold_calls_nobody() {
    for (address, _, noon) in absences() {
        let policy = Policy::of(address);
        let held = policy.hold;
        assert!(held >= 10, "{address} holds for {held}");
        let series = || absences().into_iter().find(|one| one.0 == address).unwrap().1;
        for length in [2, 6, held] {
            let policy = with_blip(&policy, noon..noon + length);
            policy
                .holds(quiet(series(), noon), 0)
                .unwrap_or_else(|error| panic!("{address}, {length}: {error}"));
        }
        if support::oracle("promtool").is_none() {
            return;
        }
        // The proof would see it.
        let longer = with_blip(&policy, noon..noon + held + 4);
        assert!(longer.holds(quiet(series(), noon), 0).is_err(), "{address}: longer than the hold");
        let at_once = with_blip(&Policy { hold: 0, ..policy.clone() }, noon..noon + 4);
        assert!(at_once.holds(quiet(series(), noon), 0).is_err(), "{address}: without a hold");
    }
}

/// What is absent for longer is told of once, within what the contract says.
#[test]
fn what_is_missed_is_told_of_once_within_the_time_that_the_contract_says() {
    let at = crate::promtool::deadline::at;
    let good = |day| (at(day, 4, 20), true);
    // The deadline, and 15 minutes.
    let deadline = at(2, 6, 30);
    let policy = Policy::of("dag_slo_strict__landing");
    let expected = |from: usize, until: usize| {
        (at(2, 5, 0)..at(2, 10, 0))
            .filter(move |minute| !(deadline..from).contains(minute) && !(until..until + 6).contains(minute))
            .map(move |minute| (minute, (from..until).contains(&minute)))
    };
    let late = History {
        series: runs(&[good(0), good(1), (at(2, 9, 0), true)]),
        expected: expected(deadline + 15, at(2, 9, 0)).collect(),
    };
    // It tells of a state, so that it is over is news, too.
    policy.holds(late, 2).unwrap();
    // A run that is late by less than the hold has landed when somebody would be told.
    let just = History {
        series: runs(&[good(0), good(1), (deadline + 9, true)]),
        expected: (at(2, 5, 0)..at(2, 10, 0)).map(|minute| (minute, false)).collect(),
    };
    policy.holds(just, 0).unwrap();
}

#[test]
fn schedulers_that_restart_within_the_hold_call_nobody() {
    let policy = Policy::of("composer_environment_composer__scheduler_heartbeat");
    assert_eq!(policy.hold, 20);
    // Silence is seen when the ten minutes that are counted hold none.
    for gone in [10, 25] {
        let history = quiet(vec![beats(600, |minute| !(200..200 + gone).contains(&minute))], 220);
        policy.holds(history, 0).unwrap_or_else(|error| panic!("{gone}: {error}"));
    }
    let dead = History {
        series: vec![beats(600, |minute| minute < 200)],
        expected: (150..200)
            .map(|minute| (minute, false))
            .chain((235..300).map(|minute| (minute, true)))
            .collect(),
    };
    policy.holds(dead, 1).unwrap();
}

#[test]
fn a_file_that_is_broken_for_one_parse_calls_nobody() {
    let policy = Policy::of("composer_environment_composer__parse_errors");
    assert_eq!(policy.hold, 15);
    let errors = |broken: fn(usize) -> bool| {
        let Series { samples, .. } = beats(600, broken);
        vec![of_environment("dag_processing_parse_error_count", samples)]
    };
    policy.holds(quiet(errors(|minute| (200..204).contains(&minute)), 215), 0).unwrap();
    let stays = History {
        series: errors(|minute| minute >= 200),
        expected: (150..200)
            .map(|minute| (minute, false))
            .chain((230..300).map(|minute| (minute, true)))
            .collect(),
    };
    policy.holds(stays, 1).unwrap();
}

/// The second leg of the page on repeated failures: nothing succeeds, whatever the query says of failures.
#[test]
fn the_independent_leg_tells_of_a_day_without_a_success() {
    let policy = Policy::of("dag_slo_often__repeated_failure");
    let succeeded_at = 600;
    let silent = (24 + 6) * 60;
    let told = succeeded_at + silent + policy.hold;
    let minutes =
        (succeeded_at..succeeded_at + silent).step_by(10).chain((told + 10..told + 200).step_by(10));
    let history = History {
        series: runs(&[(succeeded_at, true)]),
        expected: minutes.map(|minute| (minute, minute > told)).collect(),
    };
    policy.holds(history, 1).unwrap();
    if support::oracle("promtool").is_none() {
        return;
    }
    let without = policy.query.rsplit_once(" or (sum(count_over_time").unwrap().0.to_owned();
    let history = History { series: runs(&[(succeeded_at, true)]), expected: vec![(told + 100, true)] };
    assert!(Policy { query: without, ..policy }.holds(history, 0).is_err());
}
