//! A NULL-ratio check did not run. Whether Cloud Monitoring shows a count as a point for each run, and nothing beside it, or
//! as one of the models has it, is not confirmed: the query holds under each.

use genkai::monitoring::shapes::missed_check;
use genkai::slo::Duration;

use crate::promtool::engine::{
    Case, FILLED, History, KEPT, NewSeries, Proof, Random, Series, histories, minute_of, scope,
};
use crate::support;

/// Every four hours, and two hours more.
const GAP: Duration = Duration::hours(4);
const LONGEST: usize = 360;
/// How long histories are.
const END: usize = 2_040;

/// How a count is shown.
#[derive(Clone, Copy, Debug)]
enum Shown {
    /// A point for each run.
    Points,
    /// As one of the models has it.
    As(NewSeries),
}

const ALL: [Shown; 4] = [
    Shown::Points,
    Shown::As(NewSeries::AtZero),
    Shown::As(NewSeries::AtItsFirstValue),
    Shown::As(NewSeries::Deltas),
];

impl Shown {
    fn query(self, query: &str) -> String {
        match self {
            Shown::Points => query.to_owned(),
            Shown::As(model) => model.query(query),
        }
    }
}

/// With a look-back that is long enough for the histories: the real one takes promtool minutes.
fn query() -> String {
    let query = missed_check(&scope(), GAP, KEPT).twin.one_line();
    assert!(query.contains("[8d:4m]"), "{query}");
    query.replace("[8d:4m]", "[34h:4m]")
}

/// Runs that end at a multiple of three fail, which must not matter.
fn series(ends: &[usize], shown: Shown) -> Vec<Series> {
    let of = |failed: bool| {
        let state = if failed { "FAILED" } else { "SUCCEEDED" };
        let ends: Vec<usize> = ends.iter().copied().filter(|end| (end % 3 == 0) == failed).collect();
        ends.first()?;
        let samples = match shown {
            Shown::Points => ends.iter().map(|end| (*end, 1.0)).collect(),
            Shown::As(model) => model.samples(&ends, 1.0, END),
        };
        let name = format!(
            "bigquerydatatransfer_googleapis_com:transfer_config_completed_runs{{\
             monitored_resource=\"bigquery_dts_config\",project_id=\"p\",config_id=\"TRANSFER_CONFIG_ID\",completion_state=\"{state}\"}}"
        );
        Some(Series { name, samples })
    };
    [false, true].into_iter().filter_map(of).collect()
}

/// Asked every hour: each answer takes its time.
///
/// The contract: open from `LONGEST` after the last end on, until the next; closed as long as there was none. While an end is
/// being seen, both will do.
fn open(ends: &[usize], minute: usize) -> Option<bool> {
    let since = ends.iter().copied().filter(|end| *end <= minute).map(|end| minute - end).min();
    // Zeros before an end are there only when it is.
    if ends.iter().any(|end| (minute..=minute + FILLED).contains(end)) {
        return None;
    }
    match since {
        None => Some(false),
        Some(0..5 | LONGEST..376) => None,
        Some(since) => Some(since > LONGEST),
    }
}

fn tell(shown: Shown) -> impl Fn(&[usize]) -> History {
    move |ends| {
        let expected = (0..END).step_by(60).filter_map(|minute| Some((minute, open(ends, minute)?)));
        History { series: series(ends, shown), expected: expected.collect() }
    }
}

fn proof(shown: Shown) -> Option<Proof<impl Fn(&[usize]) -> History>> {
    Some(Proof { oracle: support::oracle("promtool")?, query: shown.query(&query()), tell: tell(shown) })
}

fn hard_cases() -> Vec<Case<usize>> {
    vec![
        ("what has never run is quiet", vec![], vec![(60, false), (420, false), (1_980, false)]),
        (
            "the first run that is missed opens it, the next end closes it",
            vec![100, 341, 1_000],
            vec![(60, false), (420, false), (660, false), (720, true), (960, true), (1_020, false)],
        ),
        (
            "a run that fails is a run, also the first that does",
            vec![100, 340, 579, 820],
            vec![(720, false), (900, false), (1_140, false), (1_200, true)],
        ),
        ("it stays open", vec![100, 340], vec![(720, true), (1_440, true), (1_980, true)]),
    ]
}

#[test]
fn a_missed_check_keeps_its_contract_in_hard_cases() {
    for shown in ALL {
        let Some(proof) = proof(shown) else { return };
        proof.holds_in(&hard_cases());
    }
}

#[test]
fn a_missed_check_keeps_its_contract_in_random_histories() {
    for shown in ALL {
        let Some(proof) = proof(shown) else { return };
        let mut random = Random(7);
        let mut history = || {
            let mut ends = Vec::new();
            let mut last = 0;
            while last < END {
                let distance = [200..260, 230..250, 300..355, 380..900];
                let distance = distance[minute_of(&mut random, 0..4)].clone();
                last += minute_of(&mut random, distance);
                ends.push(last);
            }
            ends
        };
        let histories: Vec<Vec<usize>> = (0..histories() / 20).map(|_| history()).collect();
        proof.holds_in_random(&histories);
    }
}

/// Each is found under one of the ways in which a count may be shown.
#[test]
fn wrong_queries_for_missed_checks_fail() {
    let mut survived = Vec::new();
    for (what, right, wrong) in [
        ("any sample is a run", " and ", " or "),
        ("the first run of a counter is none", " or ", " and "),
        ("sooner", "> 21600", "> 18000"),
        ("later", "> 21600", "> 25200"),
        ("only successes are runs", "config_id=", r#"completion_state="SUCCEEDED",config_id="#),
        ("a short look-back", "[34h", "[8h"),
        ("the oldest decides", "max(max", "min(min"),
    ] {
        let right_query = query();
        assert!(right_query.contains(right), "`{right}` is not in {right_query}");
        let passes = ALL.iter().all(|shown| {
            let Some(proof) = proof(*shown) else { return false };
            let mistaken = shown.query(&right_query.replace(right, wrong));
            hard_cases().into_iter().all(|(_, ends, expected)| {
                let history = History { expected, ..(proof.tell)(&ends) };
                crate::promtool::engine::promtool(&proof.oracle, &mistaken, &[history]).is_ok()
            })
        });
        survived.extend(passes.then_some(what));
    }
    assert!(survived.is_empty(), "these wrong queries passed: {survived:?}");
}
