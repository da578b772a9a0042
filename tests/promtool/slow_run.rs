//! A run took longer than promised: the twin in PromQL of a threshold on the longest duration of five minutes.
//!
//! What the twin cannot show: that the incident stays open until it is closed by time, and a run that hangs, which has no
//! duration. As durations are a gauge, it does not matter how a new series begins.

use genkai::monitoring::shapes::slow_run;
use genkai::slo::Duration;

use crate::promtool::engine::{Case, History, PlainProof, Proof, Random, histories, minute_of, series};
use crate::support;

/// A run: the minute of its end, how long it took in seconds, and the version of the image that it ran on.
type Took = (usize, u16, &'static str);

const UNDER: u16 = 1_800;

fn query() -> String {
    let under = Duration::seconds(UNDER.into());
    slow_run(&crate::promtool::engine::dag(), under).twin.one_line()
}

/// The contract: for less than five minutes after a run that took longer ended, however it did.
fn open(runs: &[Took], minute: usize) -> Option<bool> {
    let slow = |run: &&Took| run.0 <= minute && run.1 > UNDER;
    let ages: Vec<usize> = runs.iter().filter(slow).map(|run| minute - run.0).collect();
    // Whether a range holds its left edge depends on the version of Prometheus.
    let on_the_edge = ages.contains(&5) && !ages.iter().any(|age| *age < 5);
    (!on_the_edge).then(|| ages.iter().any(|age| *age < 5))
}

/// Every other run fails, as that must not matter.
fn tell(runs: &[Took]) -> History {
    let of = |state: &'static str, version: &'static str| {
        let labels = format!(r#"state="{state}",image_version="{version}""#);
        let ended = runs.iter().filter(|run| run.2 == version && (run.0 % 2 == 0) == (state == "failed"));
        series("workflow_run_duration", &labels, ended.map(|run| (run.0, run.1.into())).collect())
    };
    let mut series = vec![of("failed", "1"), of("success", "1"), of("failed", "2"), of("success", "2")];
    // Another DAG is slow all the time.
    let mut other = of("success", "other");
    other.name = other.name.replace("composer.sales", "composer.stock");
    other.samples = (0..200).map(|minute| (minute, 9_000.0)).collect();
    series.push(other);
    let expected = (0..180).filter_map(|minute| Some((minute, open(runs, minute)?)));
    History { series, expected: expected.collect() }
}

fn proof() -> Option<PlainProof<Took>> {
    Some(Proof { oracle: support::oracle("promtool")?, query: query(), tell })
}

fn hard_cases() -> Vec<Case<Took>> {
    vec![
        (
            "the first run of a new series is slow",
            vec![(31, 1_801, "1")],
            vec![(30, false), (31, true), (35, true), (37, false)],
        ),
        ("exactly as long as promised is not longer", vec![(31, 1_800, "1")], vec![(31, false), (33, false)]),
        (
            "a run that fails may be slow too",
            vec![(30, 4_000, "1")],
            vec![(30, true), (34, true), (36, false)],
        ),
        (
            "a fast run right after a slow one hides nothing",
            vec![(31, 4_000, "1"), (33, 60, "1")],
            vec![(31, true), (33, true), (35, true), (37, false)],
        ),
        (
            "the slower of two runs in one minute counts, whatever their labels",
            vec![(31, 60, "1"), (31, 4_000, "2")],
            vec![(31, true), (34, true), (37, false)],
        ),
        (
            "each slow run counts anew",
            vec![(31, 4_000, "1"), (51, 4_000, "1")],
            vec![(33, true), (40, false), (53, true), (60, false)],
        ),
        ("a run that hangs has no duration: nothing shows it", vec![], vec![(0, false), (179, false)]),
    ]
}

#[test]
fn the_twin_of_a_slow_run_keeps_its_contract_in_hard_cases() {
    let Some(proof) = proof() else { return };
    proof.holds_in(&hard_cases());
}

fn random_histories() -> Vec<Vec<Took>> {
    let mut random = Random(2026);
    let mut history = || {
        let slot = |random: &mut Random, slot: usize| {
            let end = minute_of(random, 6 * slot..6 * slot + 9);
            let took = [60, 1_799, 1_800, 1_801, 5_000][minute_of(random, 0..5)];
            (end, took, if end < 90 { "1" } else { "2" })
        };
        let mut runs: Vec<Took> = (0..28).map(|at| slot(&mut random, at)).collect();
        // One sample a minute: the series cannot hold more.
        runs.sort_by_key(|run| run.0);
        runs.dedup_by_key(|run| run.0);
        runs.retain(|_| random.below(3) > 0);
        runs
    };
    (0..histories()).map(|_| history()).collect()
}

#[test]
fn the_twin_of_a_slow_run_keeps_its_contract_in_random_histories() {
    let Some(proof) = proof() else { return };
    proof.holds_in_random(&random_histories());
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(proof) = proof() else { return };
    let wrong = [
        ("the last run instead of the longest", "max_over_time(", "last_over_time("),
        ("the shortest of several series", "max(max", "min(max"),
        ("too short a range", "[5m]", "[2m]"),
        ("too long a range", "[5m]", "[15m]"),
        ("as long as promised", "> 1800", ">= 1800"),
        ("longer than promised", "> 1800", "> 3600"),
        ("only runs that succeed", "workflow_name=", r#"state="success",workflow_name="#),
        ("any DAG", r#"workflow_name="composer.sales""#, r#"workflow_name!="""#),
    ];
    proof.fails_when_wrong(&hard_cases(), &wrong);
}

#[test]
fn a_disagreement_is_told_with_no_run_too_many() {
    let Some(mut proof) = proof() else { return };
    proof.query = proof.query.replace("> 1800", "> 1801");
    let runs: Vec<Took> = vec![(11, 4_000, "1"), (31, 60, "1"), (51, 1_801, "1"), (71, 5_000, "1")];
    let told = proof.disagreement(&[vec![(9, 60, "1")], runs]).unwrap();
    assert!(told.starts_with("minute 51: expected open, got closed, after [(51, 1801, \"1\")]\n"), "{told}");
}
