//! A run failed: the twin in PromQL of a threshold on a count of five minutes.
//!
//! The real construct is `ALIGN_DELTA`, which counts the points of a DELTA metric and does not depend on how a series
//! begins. The twin has to count with `increase`, so it is proven for both models of a new series where it can hold.

use genkai::monitoring::shapes::failed_run;

use crate::promtool::engine::{
    Case, History, NewSeries, PlainProof, Proof, Random, Series, counted, histories, minute_of,
};
use crate::support;

/// A failure: its minute, and the version of the image that it ran on.
type Failure = (usize, &'static str);

const END: usize = 180;

fn query() -> String {
    failed_run(&crate::promtool::engine::dag()).twin.one_line()
}

/// The contract: open for about five minutes after a failure that the counter shows.
fn open(failures: &[usize], minute: usize) -> Option<bool> {
    let ages: Vec<usize> = failures.iter().filter(|at| **at <= minute).map(|at| minute - at).collect();
    let recent = ages.iter().any(|age| *age < 4);
    // Whether a range holds its left edge depends on the version of Prometheus.
    (recent || !ages.iter().any(|age| (4..=5).contains(age))).then_some(recent)
}

/// Two series of failures, and what must not matter: successes, runs that run, and another DAG that fails all the time.
fn tell_with(new: NewSeries, failures: &[Failure]) -> History {
    let always: Vec<usize> = (1..END).collect();
    let mut other = counted("failed", "1", new, &always, END);
    other.name = other.name.replace("composer.sales", "composer.stock");
    let mut series =
        vec![other, counted("success", "1", new, &always, END), counted("running", "1", new, &always, END)];
    let mut seen = Vec::new();
    for version in ["1", "2"] {
        let mut minutes: Vec<usize> =
            failures.iter().filter(|one| one.1 == version).map(|one| one.0).collect();
        minutes.sort_unstable();
        series.push(counted("failed", version, new, &minutes, END));
        let first = minutes.first().copied();
        let lost = |minute: usize| new == NewSeries::AtItsFirstValue && Some(minute) == first;
        seen.extend(minutes.iter().filter(|minute| !lost(**minute)));
    }
    let expected = (0..END).filter_map(|minute| Some((minute, open(&seen, minute)?)));
    History { series, expected: expected.collect() }
}

fn tell(failures: &[Failure]) -> History {
    tell_with(NewSeries::AtZero, failures)
}

fn tell_what_follows(failures: &[Failure]) -> History {
    tell_with(NewSeries::AtItsFirstValue, failures)
}

fn tell_deltas(failures: &[Failure]) -> History {
    tell_with(NewSeries::Deltas, failures)
}

type Tell = fn(&[Failure]) -> History;

fn proof(tell: Tell) -> Option<PlainProof<Failure>> {
    Some(Proof { oracle: support::oracle("promtool")?, query: query(), tell })
}

/// The same for what happened in each minute.
fn proof_of_deltas() -> Option<PlainProof<Failure>> {
    let proof = proof(tell_deltas)?;
    Some(Proof { query: NewSeries::Deltas.query(&proof.query), ..proof })
}

fn hard_cases() -> Vec<Case<Failure>> {
    vec![
        (
            "the first failure of a new series",
            vec![(31, "1")],
            vec![(30, false), (31, true), (34, true), (37, false)],
        ),
        ("nothing fails", vec![], vec![(0, false), (100, false), (179, false)]),
        (
            "each failure counts anew",
            vec![(31, "1"), (51, "1")],
            vec![(33, true), (40, false), (51, true), (54, true), (57, false)],
        ),
        (
            "failures in a row keep it open",
            vec![(31, "1"), (34, "1"), (37, "1")],
            vec![(30, false), (35, true), (39, true), (40, true), (43, false)],
        ),
        (
            "a failure after an upgrade that changes labels",
            vec![(31, "1"), (61, "2"), (81, "2")],
            vec![(60, false), (61, true), (64, true), (70, false), (82, true)],
        ),
        (
            "two failures in one minute",
            vec![(31, "1"), (31, "1")],
            vec![(30, false), (32, true), (37, false)],
        ),
    ]
}

#[test]
fn the_twin_of_a_failed_run_keeps_its_contract_where_a_zero_stands_before_a_new_series() {
    let Some(proof) = proof(tell) else { return };
    proof.holds_in(&hard_cases());
}

#[test]
fn the_twin_of_a_failed_run_keeps_its_contract_where_a_series_is_what_happened_each_minute() {
    let Some(proof) = proof_of_deltas() else { return };
    proof.holds_in(&hard_cases());
}

#[test]
fn the_twin_of_a_failed_run_shows_all_but_the_first_where_the_first_sample_is_lost() {
    let Some(proof) = proof(tell_what_follows) else { return };
    proof.holds_in(&[
        (
            "the second failure of a series",
            vec![(31, "1"), (51, "1")],
            vec![(50, false), (51, true), (57, false)],
        ),
        (
            "the second failure after an upgrade",
            vec![(11, "1"), (31, "1"), (61, "2"), (81, "2")],
            vec![(31, true), (81, true), (87, false)],
        ),
    ]);
}

/// Not a promise but a limit, so that nobody takes the twin for the construct: that one counts these failures.
#[test]
fn the_twin_of_a_failed_run_cannot_show_a_first_failure_whose_sample_is_lost() {
    let Some(proof) = proof(tell_what_follows) else { return };
    proof.holds_in(&[
        ("the first failure", vec![(31, "1")], vec![(31, false), (34, false), (40, false)]),
        (
            "the first failure after an upgrade",
            vec![(11, "1"), (31, "1"), (61, "2")],
            vec![(61, false), (64, false)],
        ),
    ]);
}

/// A counter that begins again in its own series, as after a restart of the environment.
#[test]
fn a_restart_of_the_counter_is_no_failure() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let restarted = |after: &[usize]| {
        let mut failed: Series = counted("failed", "1", NewSeries::AtZero, &[11, 21, 31], 60);
        let since = counted("failed", "1", NewSeries::AtZero, after, END).samples;
        failed.samples.extend((60..END).map(|minute| {
            let written = since.iter().find(|sample| sample.0 == minute);
            (minute, written.map_or(0.0, |sample| sample.1))
        }));
        failed
    };
    let case = |after: &[usize], expected| History { series: vec![restarted(after)], expected };
    let cases = [
        case(&[], vec![(31, true), (59, false), (60, false), (63, false)]),
        case(&[62], vec![(61, false), (62, true), (64, true), (69, false)]),
    ];
    crate::promtool::engine::promtool(&oracle, &query(), &cases).unwrap();
    let wrong = [
        ("the change instead of the increase", "increase(", "changes("),
        ("no resets", "increase(", "delta("),
    ];
    crate::promtool::engine::wrong_queries_fail(&oracle, &query(), &cases, &wrong);
}

#[test]
fn the_twin_of_a_failed_run_keeps_its_contract_in_random_histories() {
    let mut random = Random(2026);
    let mut history = || -> Vec<Failure> {
        (0..12)
            .map(|_| minute_of(&mut random, 1..END))
            .map(|minute| (minute, if minute < 90 { "1" } else { "2" }))
            .collect()
    };
    let histories: Vec<Vec<Failure>> = (0..histories()).map(|_| history()).collect();
    for proof in [proof(tell), proof(tell_what_follows), proof_of_deltas()] {
        let Some(proof) = proof else { return };
        proof.holds_in_random(&histories);
    }
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(proof) = proof(tell) else { return };
    let wrong = [
        ("too short a range", "[5m]", "[2m]"),
        ("too long a range", "[5m]", "[15m]"),
        ("more than one failure", "> 0", "> 1"),
        ("each series must have one", "sum(", "min("),
        ("any end is a failure", r#"state="failed""#, r#"state!="running""#),
        ("runs that run", r#"state="failed""#, r#"state=~"failed|running""#),
        ("any DAG", r#"workflow_name="composer.sales""#, r#"workflow_name!="""#),
        ("the count since ever", "increase(", "last_over_time("),
    ];
    proof.fails_when_wrong(&hard_cases(), &wrong);
}
