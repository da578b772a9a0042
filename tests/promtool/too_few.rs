//! Fewer triggered runs than promised in a time.

use std::ops::Range;

use genkai::monitoring::shapes::too_few;
use genkai::slo::Duration;

use crate::promtool::engine::{
    Case, History, PlainProof, Proof, Random, histories, minute_of, runs, runs_of_version,
};
use crate::support;

/// At least two in three hours: as two in three days, scaled down.
const LEAST: u32 = 2;
const PER: usize = 180;

/// Suspended, in minutes: one pause, and two with less than `PER` between them.
const PAUSES: [Range<usize>; 3] = [600..840, 1_300..1_400, 1_500..1_560];

/// After this minute another version of the image writes the samples.
const UPGRADE: usize = 400;

const DAY: usize = 1_440;

fn query(least: u32) -> String {
    let second = |minute: usize| i64::try_from(60 * minute).unwrap();
    let pauses = PAUSES.map(|pause| second(pause.start)..second(pause.end));
    let per = Duration::minutes(u64::try_from(PER).unwrap());
    too_few(&crate::promtool::engine::dag().ends(), least, per, &pauses).twin.one_line()
}

/// The contract: fewer ends than promised in the time before, and no pause in that time.
fn open(ends: &[usize], minute: usize) -> Option<bool> {
    // Whether a range holds its left edge depends on the version of Prometheus; a pause's edges are as near.
    if ends.iter().chain(PAUSES.iter().map(|pause| &pause.end)).any(|edge| edge + PER == minute) {
        return None;
    }
    let before = minute.saturating_sub(PER)..=minute;
    let paused = PAUSES.iter().any(|pause| pause.clone().any(|suspended| before.contains(&suspended)));
    let count = ends.iter().filter(|end| before.contains(end)).count();
    Some(!paused && count < usize::try_from(LEAST).unwrap())
}

/// The ends of runs: odd ones fail, which must not matter.
fn tell(ends: &[usize]) -> History {
    let of = |upgraded: bool| -> Vec<_> {
        ends.iter().filter(|end| (**end > UPGRADE) == upgraded).map(|end| (*end, end % 2 == 0)).collect()
    };
    let mut series = runs(&of(false));
    series.extend(runs_of_version("2", &of(true)));
    let expected = (0..DAY + 600).step_by(7).filter_map(|minute| Some((minute, open(ends, minute)?)));
    History { series, expected: expected.collect() }
}

fn proof() -> Option<PlainProof<usize>> {
    Some(Proof { oracle: support::oracle("promtool")?, query: query(LEAST), tell })
}

fn hard_cases() -> Vec<Case<usize>> {
    vec![
        (
            "one run is too few, the second resolves, and the first is forgotten in time",
            vec![50, 120],
            vec![(60, true), (119, true), (120, false), (229, false), (231, true), (350, true)],
        ),
        ("what has never run is too few", vec![], vec![(0, true), (300, true), (599, true), (1_100, true)]),
        (
            "the first samples of a new series count",
            vec![405, 410],
            vec![(404, true), (406, true), (410, false), (584, false), (586, true)],
        ),
        (
            "runs before and after an upgrade that changes labels count together",
            vec![390, 410, 500],
            vec![(409, true), (410, false), (569, false), (580, false), (591, true)],
        ),
        ("runs that fail have run", vec![51, 121], vec![(60, true), (122, false), (230, false), (232, true)]),
        (
            "a pause is quiet, and a whole time passes after it",
            vec![],
            vec![(599, true), (600, false), (839, false), (1_019, false), (1_021, true), (1_299, true)],
        ),
        (
            "two pauses with a short time between them",
            vec![],
            vec![
                (1_300, false),
                (1_450, false),
                (1_579, false),
                (1_581, false),
                (1_739, false),
                (1_741, true),
            ],
        ),
        (
            "one run after a pause is as few as one at any time",
            vec![900],
            vec![(1_000, false), (1_021, true), (1_079, true)],
        ),
    ]
}

#[test]
fn too_few_runs_keep_their_contract_in_hard_cases() {
    let Some(proof) = proof() else { return };
    proof.holds_in(&hard_cases());
}

#[test]
fn too_few_runs_keep_their_contract_in_random_histories() {
    let Some(proof) = proof() else { return };
    let mut random = Random(2026);
    let mut history = || {
        let mut ends: Vec<usize> = (0..30).map(|_| minute_of(&mut random, 0..DAY + 600)).collect();
        ends.sort_unstable();
        // One sample a minute: the series cannot hold more.
        ends.dedup();
        ends
    };
    let histories: Vec<Vec<usize>> = (0..histories()).map(|_| history()).collect();
    proof.holds_in_random(&histories);
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(proof) = proof() else { return };
    let wrong = [
        ("one run is enough", "2 - ", "1 - "),
        ("three are needed", "2 - ", "3 - "),
        ("a shorter time", "[3h]", "[2h]"),
        ("a longer time", "[3h]", "[4h]"),
        ("no guard for what has never run", "or vector(0)", "or vector(2)"),
        ("each series alone", "sum(count", "max(count"),
        ("only successes are runs", "workflow_name=", r#"state="success",workflow_name="#),
        ("the first pause is no pause", "time() >= bool 36000", "time() >= bool 3600000"),
        ("no time after the first pause", "time() < bool 61200", "time() < bool 50400"),
        ("the last pause is no pause", "time() >= bool 90000", "time() >= bool 9000000"),
    ];
    proof.fails_when_wrong(&hard_cases(), &wrong);
}
