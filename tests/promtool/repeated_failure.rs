//! Failures in a row, or more of them than the budget allows.

use genkai::monitoring::shapes::repeated_failure;
use genkai::slo::{Budget, Duration, Occurrences, Ratio, Schedule};

use crate::engine::{History, Proof, Random, Run, histories, minute_of, promtool, runs, wrong_queries_fail};
use crate::support;

/// A month of daily runs, scaled down to 28 hours of hourly ones: the shape knows only the distances.
struct Scene {
    due: Occurrences,
    budget: Budget,
}

impl Scene {
    fn new(cron: &str, window: Duration) -> Scene {
        let due = Schedule::parse(cron, "UTC").unwrap().occurrences().clone();
        let budget = Budget::new(Ratio::parse("95%").unwrap(), window, due.in_windows_of(window));
        Scene { due, budget }
    }

    fn hourly() -> Scene {
        let scene = Scene::new("@hourly", Duration::hours(28));
        assert_eq!((scene.budget.events.fewest, scene.budget.allowed), (28, 1));
        scene
    }

    fn query(&self) -> String {
        let runs = crate::engine::dag();
        repeated_failure(&runs, &self.budget, 2, &self.due).twin.one_line()
    }
}

/// Runs, and when the page must be open.
fn told(history: &[Run], expected: Vec<(usize, bool)>) -> History {
    History { series: runs(history), expected }
}

/// One run an hour, five minutes after the hour: `.` succeeds, `F` fails, `-` is missing, `r` fails and is repaired 20
/// minutes later.
fn history(outcomes: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    for (hour, outcome) in outcomes.chars().enumerate() {
        match outcome {
            '.' => runs.push((60 * hour + 5, true)),
            'F' => runs.push((60 * hour + 5, false)),
            'r' => runs.extend([(60 * hour + 5, false), (60 * hour + 25, true)]),
            _ => {}
        }
    }
    runs
}

/// When the page must be open, from the contract: `O` open, `.` closed, asked ten minutes and just under an hour after
/// the end of each hour's run.
fn expected(pages: &str) -> Vec<(usize, bool)> {
    let asked = |hour: usize, page: char| [(60 * hour + 15, page == 'O'), (60 * hour + 60, page == 'O')];
    pages.chars().enumerate().flat_map(|(hour, page)| asked(hour, page)).collect()
}

/// Name, outcomes and the page that they must lead to, an hour a column.
const HARD_CASES: [(&str, &str, &str); 9] = [
    ("the first failure fits into the budget", "...F....", "........"),
    ("the second failure of a window is one too many", "...F..F...", "......O..."),
    ("two in a row page, until a success", "..FF..", "...O.."),
    ("a page stays open while runs keep failing", "..FFFF..", "...OOO.."),
    ("failures in a row are one bad event", "..FF..F...", "...O..O..."),
    ("the first failure of a new series counts", "F.....F..", "......O.."),
    ("a missing run is no success", "...F..F-.", "......OO."),
    (
        "a failure before the window is forgotten",
        ".F..............................F..",
        "...................................",
    ),
    ("nothing has ever run", "--------", "........"),
];

fn hard_cases() -> Vec<History> {
    HARD_CASES.map(|(_, outcomes, pages)| told(&history(outcomes), expected(pages))).into()
}

/// Runs repaired within the hour: the page follows the repair.
fn repairs() -> History {
    let asked = |hour: usize, open| [(60 * hour + 15, open), (60 * hour + 35, false)];
    let pages = [(1, false), (4, true)].into_iter().flat_map(|(hour, open)| asked(hour, open));
    told(&history(".r..r.."), pages.collect())
}

#[test]
fn a_page_keeps_its_contract_in_hard_cases() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let query = Scene::hourly().query();
    for ((name, ..), case) in HARD_CASES.iter().zip(hard_cases()) {
        promtool(&oracle, &query, &[case]).unwrap_or_else(|output| panic!("{name}: {output}\n{query}"));
    }
    promtool(&oracle, &query, &[repairs()]).unwrap();
}

#[test]
fn weekends_do_not_part_failures_in_a_row() {
    let Some(oracle) = support::oracle("promtool") else { return };
    // Minutes instead of hours, and a "week" of five runs with a gap of three steps: `0,10,20,30,40 * * * *`.
    let scene = Scene::new("0,10,20,30,40 * * * *", Duration::hours(4));
    let query = scene.query();
    let run = |minute: usize, succeeded| (minute + 2, succeeded);
    // Fails before the gap and after it; then, much later, at two neighbouring runs.
    let over_the_gap = [(20, true), (30, true), (40, false), (60, false), (70, true), (80, true)];
    let within = [(0, true), (10, false), (20, false), (30, true), (40, true)];
    let apart = [(0, true), (10, true), (20, true), (40, false), (60, true), (70, true)];
    let cases = [
        told(&over_the_gap.map(|(m, s)| run(m, s)), vec![(49, false), (68, true), (79, false)]),
        told(&within.map(|(m, s)| run(m, s)), vec![(19, false), (28, true), (39, false)]),
        told(&apart.map(|(m, s)| run(m, s)), vec![(49, false), (59, false), (69, false)]),
    ];
    promtool(&oracle, &query, &cases).unwrap();
}

/// Runs that something else starts, at least one an hour: no two have a fixed distance. Failures are in a row when two
/// of them, and no success, are within a quarter of an hour or within 75 minutes.
fn triggered() -> Scene {
    let due = Occurrences::at_least(1, Duration::hours(1));
    let window = Duration::hours(28);
    let budget = Budget::new(Ratio::parse("90%").unwrap(), window, due.in_windows_of(window));
    assert_eq!((budget.events.fewest, budget.allowed), (28, 2));
    Scene { due, budget }
}

/// Name, runs, and when the page must be open or closed.
fn triggered_cases() -> [(&'static str, History); 7] {
    let case = |runs: &[Run], asked: &[(usize, bool)]| told(runs, asked.to_vec());
    let (ok, bad) = (true, false);
    [
        (
            "two failures an hour apart, until a success",
            case(
                &[(5, ok), (95, bad), (155, bad), (200, ok)],
                &[(150, false), (165, true), (190, true), (210, false)],
            ),
        ),
        (
            "a second attempt that fails at once",
            case(
                &[(5, ok), (25, bad), (33, bad), (90, ok)],
                &[(30, false), (40, true), (85, true), (100, false)],
            ),
        ),
        ("one failure is no row", case(&[(5, ok), (65, bad), (125, ok)], &[(75, false), (120, false)])),
        (
            "a success parts the failures",
            case(&[(5, ok), (25, bad), (28, ok), (33, bad), (70, ok)], &[(40, false), (65, false)]),
        ),
        (
            "a success between two failures an hour apart",
            case(&[(5, ok), (95, bad), (125, ok), (155, bad), (180, ok)], &[(165, false), (175, false)]),
        ),
        (
            "the first failures of a new series are a row",
            case(&[(65, bad), (110, bad)], &[(100, false), (120, true)]),
        ),
        (
            "the third failure of a window is one too many",
            case(
                &[(5, ok), (65, bad), (125, ok), (300, bad), (360, ok), (900, bad), (960, ok)],
                &[(75, false), (310, false), (910, true), (955, true), (970, false)],
            ),
        ),
    ]
}

#[test]
fn runs_without_a_schedule_keep_the_contract() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let query = triggered().query();
    for (name, case) in triggered_cases() {
        promtool(&oracle, &query, &[case]).unwrap_or_else(|output| panic!("{name}: {output}\n{query}"));
    }
    let wrong = [
        ("a row of one", ">= 2 unless", ">= 1 unless"),
        ("no attempt at once", "[15m]", "[1m]"),
        ("no run an hour before", "[75m]", "[50m]"),
        ("no guard against a success in between", " unless max(", " or max("),
    ];
    let cases: Vec<History> = triggered_cases().into_iter().map(|(_, case)| case).collect();
    wrong_queries_fail(&oracle, &query, &cases, &wrong);
}

/// The contract as a model: what should be open at a minute, or nothing where an edge of the window is too near to say.
fn model(scene: &Scene, runs: &[Run], minute: usize) -> Option<bool> {
    let window = usize::try_from(scene.budget.window.as_seconds() / 60).unwrap();
    let past: Vec<&Run> = runs.iter().filter(|(end, _)| *end <= minute).collect();
    let (last, succeeded) = **past.last()?;
    if succeeded || minute - last > window {
        return Some(false);
    }
    let ended_failures = past.windows(2).filter(|pair| !pair[0].1 && pair[1].1);
    let mut ended = 0;
    for pair in ended_failures {
        let age = minute - pair[0].0;
        if age.abs_diff(window) < 15 {
            return None;
        }
        ended += u64::from(age < window);
    }
    // The previous run failed too, and it was the one due an hour before.
    let in_a_row = past.len() >= 2 && {
        let (before, succeeded) = *past[past.len() - 2];
        !succeeded && last - before < 75
    };
    Some(in_a_row || ended >= scene.budget.allowed)
}

fn random_histories(seed: u64, count: usize) -> Vec<Vec<Run>> {
    let mut random = Random(seed);
    let mut histories = Vec::new();
    for _ in 0..count {
        let mut runs: Vec<Run> = Vec::new();
        for hour in 0..48 {
            // Failures come in bursts.
            let failing = runs.last().is_some_and(|(_, succeeded)| !succeeded);
            let outcome = random.below(100);
            if outcome >= 3 {
                let end = minute_of(&mut random, 60 * hour + 2..60 * hour + 12);
                runs.push((end, outcome >= if failing { 50 } else { 10 }));
            }
        }
        histories.push(runs);
    }
    histories
}

#[test]
fn a_page_keeps_its_contract_in_random_histories() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = Scene::hourly();
    // At 20, 40 and 60 minutes past the hour in turn: after the hour's run, and before the next.
    let asked = || (40..48 * 60).step_by(40);
    let tell = |runs: &[Run]| {
        told(runs, asked().filter_map(|minute| Some((minute, model(&scene, runs, minute)?))).collect())
    };
    Proof { oracle, query: scene.query(), tell }.holds_in_random(&random_histories(2026, histories()));
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let query = Scene::hourly().query();
    let mut cases = hard_cases();
    cases.push(repairs());
    let wrong = [
        ("one failure more", ">= bool 1)", ">= bool 2)"),
        ("one failure fewer", ">= bool 1)", ">= bool 0)"),
        ("a shorter look-back", "[28h:4m]", "[3h:4m]"),
        ("a longer look-back", "[28h:4m]", "[48h:4m]"),
        ("no guard against a success in between", " unless max(", " or max("),
        ("a row of any two failures", " offset 45m", " offset 15m"),
        ("counting without asking for the latest run", "last_over_time(", "max_over_time("),
        ("outcomes the wrong way round", r#"state="success"}) < bool 0"#, r#"state="success"}) >= bool 0"#),
    ];
    wrong_queries_fail(&oracle, &query, &cases, &wrong);
}
