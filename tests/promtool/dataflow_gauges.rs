//! Too many minutes in which a gauge of a Dataflow job was above its limit: at full scale, over an hour and five minutes.
//!
//! Samples of a gauge need no earlier ones, so it does not matter how a new series begins.

use genkai::gcp::metrics::dataflow::{DATA_WATERMARK_AGE, STAGE_DATA_WATERMARK_AGE};
use genkai::monitoring::SliceRule;
use genkai::monitoring::shapes::dataflow::{BadSlices, DataflowJob, JobName, slices};
use genkai::slo::Duration;

use crate::promtool::engine::scope;
use crate::promtool::engine::{
    Case, History, PlainProof, Proof, Random, Runs, Stretch, clock, histories, is_due, minute_of, of_job,
    promtool,
};
use crate::support;

/// The rule of 99% over 28 days: more than eight bad minutes of an hour, one of them in the last five.
const RULE: SliceRule = SliceRule {
    long: Duration::hours(1),
    due_long: 60,
    tolerated_long: 8,
    short: Duration::minutes(5),
    due_short: 5,
    tolerated_short: 0,
    burns: None,
};

const UNDER: u32 = 600;

/// In seconds.
const STARTUP: usize = 900;

const END: usize = 480;

fn job() -> DataflowJob {
    DataflowJob { scope: scope(), name: JobName::Begins("ingest-".to_owned()) }
}

fn bad() -> BadSlices {
    let startup = Duration::seconds(u64::try_from(STARTUP).unwrap());
    let limit = Duration::seconds(UNDER.into());
    BadSlices::above(&job(), job().selector(&DATA_WATERMARK_AGE), limit, startup, &clock())
}

fn query() -> String {
    slices(&bad(), &RULE).twin.one_line()
}

/// Whether a minute was bad: the oldest of what grown-up runs show decides. A sample is seen for four minutes more; whether
/// for five depends on the version of Prometheus.
fn was_bad(runs: &Runs, minute: usize) -> Option<bool> {
    if !is_due(minute, 1) {
        return Some(false);
    }
    let mut doubtful = false;
    for minutes in runs.0.values() {
        let Some((seen, shows)) = minutes.range(..=minute).next_back() else { continue };
        let counts = *shows > UNDER && Runs::elapsed(minutes, *seen) >= STARTUP;
        match minute - seen {
            ..=4 if counts => return Some(true),
            5 if counts => doubtful = true,
            _ => {}
        }
    }
    (!doubtful).then_some(false)
}

/// The contract, counted minute by minute. Whether a window holds its left edge is left open.
fn open(runs: &Runs, minute: usize) -> Option<bool> {
    let more = |window: usize, tolerated: usize| {
        let of = |from: usize| -> (usize, usize) {
            let seen: Vec<_> = (from..=minute).map(|minute| was_bad(runs, minute)).collect();
            let sure = seen.iter().filter(|bad| **bad == Some(true)).count();
            (sure, sure + seen.iter().filter(|bad| bad.is_none()).count())
        };
        let (least, _) = of((minute + 1).saturating_sub(window));
        let (_, most) = of(minute.saturating_sub(window));
        if least > tolerated {
            Some(true)
        } else if most > tolerated {
            None
        } else {
            Some(false)
        }
    };
    match (more(60, 8), more(5, 0)) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn tell(stretches: &[Stretch]) -> History {
    let runs = Runs::of(stretches);
    let mut series = runs.elapsed_times("ingest-a", 0);
    series.extend(runs.shown("ingest-a", "data_watermark_age", ""));
    // Another job is late all the time.
    let late = (0..END).map(|minute| (minute, 9_000.0)).collect();
    series.push(of_job("other", "data_watermark_age", r#"job_id="9""#, late));
    let expected = (0..END).step_by(7).filter_map(|minute| Some((minute, open(&runs, minute)?)));
    History { series, expected: expected.collect() }
}

fn proof() -> Option<PlainProof<Stretch>> {
    Some(Proof { oracle: support::oracle("promtool")?, query: query(), tell })
}

const fn stretch(run: u8, from: usize, minutes: usize, shows: u32) -> Stretch {
    Stretch { run, from, minutes, shows }
}

fn hard_cases() -> Vec<Case<Stretch>> {
    vec![
        (
            "a stall calls with its ninth minute, and is over five minutes after its end",
            vec![stretch(1, 30, 70, 20), stretch(1, 100, 20, 601), stretch(1, 120, 200, 20)],
            vec![
                (99, false),
                (107, false),
                (108, true),
                (119, true),
                (123, true),
                (126, false),
                (175, false),
            ],
        ),
        (
            "eight bad minutes are none too many, and the limit itself is fine",
            vec![stretch(1, 30, 70, 600), stretch(1, 100, 8, 5_000), stretch(1, 108, 80, 600)],
            vec![(107, false), (111, false), (150, false)],
        ),
        (
            "bad minutes add up over an hour",
            vec![
                stretch(1, 30, 70, 20),
                stretch(1, 100, 5, 900),
                stretch(1, 105, 30, 20),
                stretch(1, 135, 5, 900),
                stretch(1, 140, 90, 20),
            ],
            vec![(104, false), (137, false), (138, true), (139, true), (147, false)],
        ),
        (
            "a deployment: the new run may be late until it has caught up, and then may not",
            vec![stretch(1, 30, 90, 20), stretch(2, 126, 40, 4_000)],
            vec![(119, false), (135, false), (141, false), (148, false), (149, true), (160, true)],
        ),
        (
            "an update: the old run goes on being judged while the new one starts",
            vec![
                stretch(1, 30, 70, 20),
                stretch(1, 100, 30, 4_000),
                stretch(2, 98, 12, 4_000),
                stretch(2, 110, 60, 20),
            ],
            vec![(107, false), (108, true), (128, true), (140, false)],
        ),
        (
            "a drain: the age falls to nothing and the series ends",
            vec![stretch(1, 30, 70, 20), stretch(1, 100, 6, 4_000), stretch(1, 106, 10, 0)],
            vec![(105, false), (110, false), (130, false), (200, false)],
        ),
        (
            "no data is no bad minute: another alert tells",
            vec![],
            vec![(0, false), (100, false), (400, false)],
        ),
        (
            "before and after the active hours nothing is due",
            vec![stretch(1, 0, 480, 4_000)],
            vec![(55, false), (68, false), (69, true), (200, true), (423, true), (427, false), (470, false)],
        ),
        (
            "a pause is no bad time, and what was bad before it is forgotten by the hour",
            vec![stretch(1, 30, 400, 4_000)],
            vec![(239, true), (243, true), (247, false), (258, false), (263, true), (290, true)],
        ),
        (
            "of two jobs of the group the worse one counts",
            vec![stretch(1, 30, 200, 20), stretch(3, 30, 90, 20), stretch(3, 120, 40, 4_000)],
            vec![(119, false), (127, false), (128, true), (150, true), (170, false)],
        ),
    ]
}

#[test]
fn old_data_keeps_its_contract_in_hard_cases() {
    let Some(proof) = proof() else { return };
    proof.holds_in(&hard_cases());
}

#[test]
fn old_data_keeps_its_contract_in_random_histories() {
    let Some(proof) = proof() else { return };
    let mut random = Random(2026);
    let mut history = || {
        let mut stretches = Vec::new();
        let (mut run, mut from) = (1, minute_of(&mut random, 0..60));
        while from < END {
            let longest = [8, 14, 60][minute_of(&mut random, 0..3)];
            let minutes = minute_of(&mut random, 2..longest);
            let shows = [20, 20, 599, 600, 601, 5_000][minute_of(&mut random, 0..6)];
            stretches.push(stretch(run, from, minutes, shows));
            from += minutes;
            match minute_of(&mut random, 0..9) {
                // A deployment with a gap, an update without one, data that is missing for a while.
                0 => (run, from) = (run + 1, from + minute_of(&mut random, 1..30)),
                1 => (run, from) = (run + 1, from - 2),
                2 => from += minute_of(&mut random, 1..12),
                _ => {}
            }
        }
        stretches
    };
    let histories: Vec<Vec<Stretch>> = (0..histories() / 4).map(|_| history()).collect();
    proof.holds_in_random(&histories);
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(proof) = proof() else { return };
    let wrong = [
        ("a shorter long window", "[1h:1m]", "[20m:1m]"),
        ("a longer short window", "[5m:1m]", "[30m:1m]"),
        ("slices that pass samples over", "[1h:1m]", "[1h:9m]"),
        ("fewer bad minutes", "> 8", "> 7"),
        ("more bad minutes", "> 8", "> 9"),
        ("either window", " and count_over_time", " or count_over_time"),
        ("the youngest data decides", "max(", "min("),
        ("the limit itself is too much", "> 600", ">= 600"),
        ("no start-up", "< 900", "< 0"),
        ("a start-up without end", "< 900", "< 90000"),
        ("one young run frees all", "unless on (job_id)", "unless on ()"),
        ("any job", "job_name=~\"ingest-.*\"", "job_name!=\"\""),
        ("always active", "% 86400 < bool 21541", "% 86400 < bool 86400"),
        ("no pause", "time() >= bool 14400", "time() >= bool 1440000"),
        ("shares of what there is", "count_over_time(", "avg_over_time("),
    ];
    proof.fails_when_wrong(&hard_cases(), &wrong);
}

/// An incident names the stage that was worst; where stages show nothing, it opens all the same.
#[test]
fn the_worst_stage_is_named() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let query = slices(&bad().named_by(&job(), &STAGE_DATA_WATERMARK_AGE), &RULE).twin.one_line();
    let stall = [stretch(1, 30, 70, 20), stretch(1, 100, 40, 4_000)];
    let unnamed = || tell(&stall);
    let asked = vec![(99, false), (107, false), (110, true), (139, true)];
    promtool(&oracle, &query, &[History { expected: asked.clone(), ..unnamed() }]).unwrap();
    let mut named = unnamed();
    let runs = Runs::of(&stall);
    for (stage, more) in [("F1", 0.0), ("F2", 300.0), ("F3", 100.0)] {
        let mut series =
            runs.shown("ingest-a", "per_stage_data_watermark_age", &format!(r#",stage="{stage}""#));
        for (_, value) in series.iter_mut().flat_map(|series| &mut series.samples) {
            *value += more;
        }
        named.series.extend(series);
    }
    // The query has one series, with the label of the stage that is worst.
    let is_named = |stage: &str| {
        format!(
            "count(({query}) and on (stage) label_replace(vector(1), \"stage\", \"{stage}\", \"\", \"\")) == 1"
        )
    };
    let only = format!("count({query}) == 1");
    for (query, open) in
        [(is_named("F2"), true), (only, true), (is_named("F1"), false), (is_named("F3"), false)]
    {
        named.expected = asked.iter().map(|(minute, opens)| (*minute, *opens && open)).collect();
        promtool(&oracle, &query, std::slice::from_ref(&named)).unwrap();
    }
}
