//! Nothing has ended for too long, where only the distance of runs is known.

use std::ops::Range;

use genkai::monitoring::shapes::{silence, times_of};
use genkai::slo::Duration;

use crate::promtool::engine::{
    Case, History, PlainProof, Proof, Random, histories, minute_of, runs, runs_of_version,
};
use crate::support;

/// Every two hours, half an hour of grace, and the metric's delay: as a daily run with six hours of grace, scaled down.
const LONGEST: usize = 120 + 30 + 3;

/// Suspended, in minutes: one pause, and two with less than `LONGEST` between them.
const PAUSES: [Range<usize>; 3] = [600..840, 1_300..1_400, 1_500..1_560];

/// After this minute another version of the image writes the samples.
const UPGRADE: usize = 400;

const DAY: usize = 1_440;

fn query() -> String {
    let second = |minute: usize| i64::try_from(60 * minute).unwrap();
    let pauses = PAUSES.map(|pause| second(pause.start)..second(pause.end));
    let longest = Duration::minutes(u64::try_from(LONGEST).unwrap());
    silence(&times_of(crate::promtool::engine::dag().ends()), longest, &pauses).twin.one_line()
}

/// The contract, without the query's arithmetic: the minutes that are not suspended are counted one by one, from the last
/// end or the last pause on. promtool begins in 1970, when, for the query, what has never run has run.
fn open(ends: &[usize], minute: usize) -> Option<bool> {
    let ends: Vec<usize> = ends.iter().copied().filter(|end| *end <= minute).collect();
    // A sample is seen at the next step of the query.
    if ends.iter().any(|end| minute - end < 5) {
        return None;
    }
    let suspended = |minute: usize| PAUSES.iter().any(|pause| pause.contains(&minute));
    let mut silent = 0;
    for minute in 1..=minute {
        silent = if ends.contains(&minute) || suspended(minute) { 0 } else { silent + 1 };
    }
    // The last minute of a pause is the one before its end; whether the very end is over is left open.
    let after_a_pause =
        PAUSES.iter().any(|pause| (LONGEST..=LONGEST + 1).contains(&(minute.saturating_sub(pause.end))));
    (!after_a_pause).then_some(silent > LONGEST)
}

/// The ends of runs: odd ones fail, which must not matter.
fn tell(ends: &[usize]) -> History {
    let of = |upgraded: bool| -> Vec<_> {
        ends.iter().filter(|end| (**end > UPGRADE) == upgraded).map(|end| (*end, end % 2 == 0)).collect()
    };
    let mut series = runs(&of(false));
    series.extend(runs_of_version("2", &of(true)));
    let expected = (0..DAY + 600).step_by(13).filter_map(|minute| Some((minute, open(ends, minute)?)));
    History { series, expected: expected.collect() }
}

fn proof() -> Option<PlainProof<usize>> {
    Some(Proof { oracle: support::oracle("promtool")?, query: query(), tell })
}

fn hard_cases() -> Vec<Case<usize>> {
    vec![
        (
            "runs at the longest distance are quiet, one that is a minute late is not",
            vec![10, 163, 320],
            vec![
                (162, false),
                (163, false),
                (170, false),
                (316, false),
                (317, true),
                (326, false),
                (473, false),
                (474, true),
            ],
        ),
        (
            "what has never run is silent",
            vec![],
            vec![(153, false), (154, true), (500, true), (599, true), (1_000, true)],
        ),
        (
            "a pause is quiet, and the time counts from its end",
            vec![120, 240, 360, 480, 580],
            vec![
                (599, false),
                (610, false),
                (800, false),
                (841, false),
                (990, false),
                (995, true),
                (1_200, true),
            ],
        ),
        (
            "what is silent before a pause is quiet in it",
            vec![120],
            vec![(590, true), (601, false), (839, false), (992, false), (995, true)],
        ),
        (
            "two pauses with a short time between them",
            vec![900, 1_020, 1_140, 1_260],
            vec![
                (1_290, false),
                (1_350, false),
                (1_450, false),
                (1_530, false),
                (1_712, false),
                (1_715, true),
            ],
        ),
        (
            "a run after the pause counts from its own end",
            vec![580, 980],
            vec![(975, false), (990, false), (1_130, false), (1_134, true)],
        ),
        (
            "an upgrade that changes labels hides nothing",
            vec![120, 240, 390, 520],
            vec![(274, false), (391, false), (425, false), (540, false), (595, false)],
        ),
        (
            "silence that outlasts the look-back goes on, and ends with a run",
            vec![20, 560],
            vec![(172, false), (174, true), (500, true), (550, true), (566, false)],
        ),
    ]
}

#[test]
fn silence_keeps_its_contract_in_hard_cases() {
    let Some(proof) = proof() else { return };
    proof.holds_in(&hard_cases());
}

#[test]
fn silence_keeps_its_contract_in_random_histories() {
    let Some(proof) = proof() else { return };
    let mut random = Random(2026);
    let mut history = || {
        let mut ends = Vec::new();
        let mut last = 0;
        while last < DAY + 600 {
            // Often in time, at times just so, rarely much too late.
            let distance = [60..130, 60..130, 130..150, 148..160, 160..500];
            let distance = distance[minute_of(&mut random, 0..5)].clone();
            last += minute_of(&mut random, distance);
            ends.push(last);
        }
        ends
    };
    let histories: Vec<Vec<usize>> = (0..histories()).map(|_| history()).collect();
    proof.holds_in_random(&histories);
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(proof) = proof() else { return };
    let wrong = [
        ("a shorter look-back", "[4h:4m]", "[2h:4m]"),
        ("steps that pass samples over", "[4h:4m]", "[4h:11m]"),
        ("no guard for what has never run", "or vector(0)", "or vector(time())"),
        ("sooner", "> 9180", "> 8880"),
        ("later", "> 9180", "> 9480"),
        ("the oldest series decides", "max(max", "min(max"),
        ("only successes are ends", "workflow_name=", r#"state="success",workflow_name="#),
        ("the first pause is no pause", "time() >= bool 36000", "time() >= bool 3600000"),
        ("no time after the first pause", "time() < bool 59580", "time() < bool 50400"),
        ("the last pause is no pause", "time() >= bool 90000", "time() >= bool 9000000"),
        ("the other way round", "> 9180", "< 9180"),
    ];
    proof.fails_when_wrong(&hard_cases(), &wrong);
}
