//! Failures in a row, or more of them than the budget allows.

use genkai::monitoring::Query;
use genkai::monitoring::shapes::repeated_failure;
use genkai::slo::{Budget, Due, Duration, Ratio, Schedule};
use std::ops::Range;
use std::sync::Arc;

use crate::promtool::engine::{
    Case, History, KEPT, Proof, Random, Run, histories, minute_of, promtool, runs,
};
use crate::support;

/// A DAG, its budget, and the starts as promtool's clock has them, in minutes; none where no clock starts the runs.
pub struct Scene {
    due: Due,
    pub budget: Budget,
    consecutive: u32,
    pub starts: Vec<usize>,
    /// Whether each attempt at a run counts against the budget, as the texts then say.
    pub attempts: bool,
    /// Between two questions, in minutes: of long windows each answer takes long.
    pub distance: usize,
}

/// The starts are those of a real schedule, and promtool's clock begins in 1970: so the schedule must repeat within a week.
pub fn cron(cron: &str, target: &str, window: Duration, consecutive: u32) -> Scene {
    let schedule = Schedule::parse(cron, "UTC").unwrap();
    let starts = schedule.starts(0..13 * 86_400, |_| true);
    let starts = starts.iter().map(|second| usize::try_from(second / 60).unwrap()).collect();
    scene(Due::scheduled(Arc::new(schedule)), target, window, consecutive, starts)
}

pub fn scene(due: Due, target: &str, window: Duration, consecutive: u32, starts: Vec<usize>) -> Scene {
    let budget = Budget::new(Ratio::parse(target).unwrap(), window, due.occurrences().in_windows_of(window));
    assert!(budget.allowed > 0 && consecutive > 1, "else every failure pages, by a threshold");
    Scene { due, budget, consecutive, starts, attempts: false, distance: 20 }
}

/// A month of daily runs, scaled down to 28 hours of hourly ones: one failure is allowed, and two are one too many.
fn hourly() -> Scene {
    let scene = cron("@hourly", "95%", Duration::hours(28), 2);
    assert_eq!((scene.budget.events.fewest, scene.budget.allowed), (28, 1));
    scene
}

/// The same with a budget of five, so that a row pages long before it is spent.
fn with_rows(consecutive: u32) -> Scene {
    cron("@hourly", "80%", Duration::hours(28), consecutive)
}

impl Scene {
    pub fn query(&self) -> String {
        let runs = crate::promtool::engine::dag();
        repeated_failure(&runs, &self.budget, self.consecutive, &self.due, KEPT).twin.one_line()
    }

    /// What the texts say, of runs and starts alone: what should be open at a minute, or nothing where an edge of the window
    /// is too near to say.
    pub fn model(&self, runs: &[Run], minute: usize) -> Option<bool> {
        let window = usize::try_from(self.budget.window.as_seconds() / 60).unwrap();
        let edge = |end: usize| (minute - end).abs_diff(window) < 10;
        let past: Vec<&Run> = runs.iter().filter(|(end, _)| *end <= minute).collect();
        if past.iter().any(|(end, _)| edge(*end)) {
            return None;
        }
        let seen = past.iter().filter(|(end, _)| minute - end < window);
        let Some(failed) = seen.clone().filter(|run| !run.1).map(|(end, _)| *end).max() else {
            return Some(false);
        };
        // A success counts however long ago it was: the window is for failures.
        let success = past.iter().filter(|run| run.1).map(|(end, _)| *end).max();
        if success.is_some_and(|success| success >= failed) {
            return Some(false);
        }
        let started = |end: usize| self.starts.partition_point(|start| *start <= end);
        let failures = || seen.clone().filter(|run| !run.1).map(|(end, _)| *end);
        let mut failed_starts: Vec<usize> = failures().map(started).collect();
        failed_starts.sort_unstable();
        failed_starts.dedup();
        let consecutive = usize::try_from(self.consecutive).unwrap();
        let starts_without_success = started(failed) - success.map_or(0, started);
        let counted = if self.attempts { failures().count() } else { failed_starts.len() };
        let beyond = counted as u64 > self.budget.allowed;
        let rows = u64::from(self.consecutive) <= self.budget.allowed;
        Some(beyond || rows && starts_without_success >= consecutive && failures().count() >= consecutive)
    }

    /// Runs end at every phase of a step before it is asked.
    fn told(&self, runs: &[Run], until: usize) -> History {
        let first = runs.first().map_or(40, |(end, _)| *end);
        let asked = (first - first % self.distance..until).step_by(self.distance);
        let expected = asked.filter_map(|minute| {
            // A run is seen by the next step of four minutes.
            let settled = runs.iter().all(|(end, _)| !(*end..*end + 5).contains(&minute));
            settled.then(|| self.model(runs, minute)).flatten().map(|open| (minute, open))
        });
        History { series: crate::promtool::engine::runs(runs), expected: expected.collect() }
    }
}

/// Ends of runs in minutes: `.` succeeds, `F` fails.
fn ends(text: &str) -> Vec<Run> {
    text.split_whitespace()
        .map(|run| (run.trim_start_matches(['.', 'F']).parse().unwrap(), run.starts_with('.')))
        .collect()
}

/// A name, ends of runs, and the minutes at which the page must be open or closed.
pub fn case(name: &'static str, runs: &str, open: &[usize], closed: &[usize]) -> Case<Run> {
    let asked = |minutes: &[usize], is| minutes.iter().map(move |minute| (*minute, is)).collect::<Vec<_>>();
    (name, ends(runs), [asked(open, true), asked(closed, false)].concat())
}

/// Name, ends of runs of an hourly DAG, and when the page must be open or closed.
fn hard_cases() -> Vec<Case<Run>> {
    vec![
        case("the first failure fits into the budget", ".5 .65 F125 .185", &[], &[135, 180, 200]),
        case(
            "the second failure of a window is one too many",
            ".5 F65 .125 F185 .245",
            &[195, 240],
            &[80, 180, 255],
        ),
        case("two in a row that take different times", ".5 F72 F177 .185", &[185], &[80, 170, 195]),
        case("the same the other way round", ".5 F117 F122 .185", &[130, 180], &[119, 195]),
        case("a page stays open past the next start", ".5 F62 F122", &[130, 200, 330], &[110]),
        case("attempts at one run are one failure", ".5 F65 F85 F110 .115", &[], &[75, 95, 114, 130]),
        case("a repaired run is one failure", ".5 F65 .85 F125 .135", &[130], &[75, 100, 145]),
        case("a success a minute after the failure", ".5 F65 F125 .126 .185", &[], &[75, 135, 190]),
        case(
            "the first failure of a new series counts, and is none too many",
            "F5 F65 .125",
            &[75, 120],
            &[15, 60, 135],
        ),
        case("a failure before the window is forgotten", ".5 F65 .125 F1865 .1925", &[], &[80, 1880, 1940]),
        case("a failure just before the next start is one failure", ".5 F118 .185", &[], &[130, 180, 195]),
        case("nothing has ever run", "", &[], &[60, 600]),
    ]
}

/// Of a budget that allows several: a row pages all the same.
fn rows() -> Vec<Case<Run>> {
    vec![
        case("seconds, then a timeout", ".5 F61 F179 .182", &[181], &[70, 176, 190]),
        case("a timeout, then seconds", ".5 F119 F121 .182", &[127, 180], &[119, 190]),
        case("apart, and within the budget", ".5 F65 .125 F185 .245", &[], &[75, 195, 255]),
        case("attempts at one run are no row", ".5 F65 F85 F110 .115", &[], &[75, 95, 114, 130]),
        case("a page stays open past the next starts", ".5 F62 F122", &[130, 200, 330], &[110]),
        case("the first failure of a new series is no row", "F125 F185", &[195], &[135, 180]),
        case("a success leaves the window before a failure does", ".5 F65 F85", &[], &[95, 1690, 1740]),
    ]
}

pub fn proof(scene: &Scene, until: usize) -> Option<Proof<impl Fn(&[Run]) -> History + Sync>> {
    let oracle = support::oracle("promtool")?;
    Some(Proof { oracle, query: scene.query(), tell: move |runs: &[Run]| scene.told(runs, until) })
}

#[test]
fn a_page_keeps_its_contract_in_hard_cases() {
    for (scene, cases) in [(hourly(), hard_cases()), (with_rows(2), rows())] {
        let Some(proof) = proof(&scene, 400) else { return };
        proof.holds_in(&cases);
    }
}

/// Twenty-two failures in a row that end 2 and 53 minutes after their starts by turns, at every number of them.
#[test]
fn a_row_of_any_length_pages_at_its_last_failure() {
    for consecutive in [2, 3, 5] {
        let scene = with_rows(consecutive);
        let Some(oracle) = support::oracle("promtool") else { return };
        let failures = (1..23).map(|hour| (60 * hour + if hour % 2 == 0 { 53 } else { 2 }, false));
        let runs: Vec<Run> = [(5, true)].into_iter().chain(failures).collect();
        let last = runs[usize::try_from(consecutive).unwrap()].0;
        let expected = vec![(last - 1, false), (last + 6, true), (22 * 60, true)];
        promtool(
            &oracle,
            &scene.query(),
            &[History { series: crate::promtool::engine::runs(&runs), expected }],
        )
        .unwrap();
    }
}

/// Runs of seconds to one and a half gaps, further attempts, parallel ends, a success one to three minutes after a failure.
pub fn random_histories(scene: &Scene, seed: u64, hours: Range<usize>, count: usize) -> Vec<Vec<Run>> {
    let mut random = Random(seed);
    let mut histories = Vec::new();
    for _ in 0..count {
        let mut ends: Vec<Run> = Vec::new();
        let mut failing = false;
        for start in scene.starts.iter().filter(|start| hours.contains(&(*start / 60))) {
            let outcome = random.below(100);
            if outcome < 3 {
                continue;
            }
            failing = outcome < if failing { 60 } else { 15 };
            let longest = if random.below(4) == 0 { 90 } else { 20 };
            let end = minute_of(&mut random, start + 1..start + longest);
            ends.push((end, !failing));
            if failing && random.below(3) == 0 {
                let again = minute_of(&mut random, end + 1..end + 30);
                ends.push((again, random.below(2) == 0));
            }
            if failing && random.below(5) == 0 {
                ends.push((end + minute_of(&mut random, 1..4), true));
            }
        }
        // Of a failure and a success in one minute nobody knows which was first.
        ends.sort_unstable();
        ends.dedup_by_key(|(end, _)| *end);
        // Nor whether a run that fails in the minute of a start is that start's.
        ends.retain(|(end, succeeded)| *succeeded || !scene.starts.contains(end));
        histories.push(ends);
    }
    histories
}

#[test]
fn a_page_keeps_its_contract_in_random_histories() {
    // Ten hours instead of 28 days, as the work grows with each minute of the window.
    let window = Duration::hours(10);
    let hourly = |target, consecutive| cron("@hourly", target, window, consecutive);
    let uneven = cron("0 0,1,4,6,7,10,12,13,16,18,19,22 * * *", "65%", window, 2);
    let scenes = [hourly("90%", 2), hourly("60%", 2), hourly("60%", 3), uneven];
    for (seed, scene) in (2026..).zip(scenes) {
        let Some(proof) = proof(&scene, 16 * 60) else { return };
        // The first starts are left out: before them nothing is due, and an instant of 0 is what a query takes for never.
        proof.holds_in_random(&random_histories(&scene, seed, 2..15, histories().div_ceil(4)));
    }
}

/// Runs that nothing but their distance tells apart: a success every hour. A row is no success for an hour and a half.
#[test]
fn runs_at_a_distance_keep_the_contract() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = scene(Due::every(Duration::hours(1)), "80%", Duration::hours(28), 2, Vec::new());
    let query = scene.query();
    let case = |runs: &str, expected: &[(usize, bool)]| History {
        series: runs_of(runs),
        expected: expected.to_vec(),
    };
    let cases = [
        case(".5 F65 F125 .185", &[(75, false), (120, false), (135, true), (180, true), (195, false)]),
        case(".5 F62 F179 .185", &[(75, false), (184, true), (195, false)]),
        case(".5 F65 F80 .125", &[(75, false), (90, false), (130, false)]),
        case("F65 F125", &[(75, false), (135, true)]),
        case(
            ".5 F65 .85 F125 .145 F185 .205 F245 .265 F305 .325 F365 .385",
            &[(315, false), (375, true), (395, false)],
        ),
    ];
    promtool(&oracle, &query, &cases).unwrap_or_else(|output| panic!("{output}\n{query}"));
}

fn runs_of(text: &str) -> Vec<crate::promtool::engine::Series> {
    runs(&ends(text))
}

/// Runs that something else starts, at least one an hour: no two have a fixed distance. Failures are in a row when two
/// of them, and no success, are within a quarter of an hour or within 75 minutes.
#[test]
fn runs_without_a_schedule_keep_the_contract() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = scene(Due::triggered(1, Duration::hours(1)), "90%", Duration::hours(28), 2, Vec::new());
    assert_eq!((scene.budget.events.fewest, scene.budget.allowed), (28, 2));
    let query = scene.query();
    let case = |runs: &str, expected: &[(usize, bool)]| History {
        series: runs_of(runs),
        expected: expected.to_vec(),
    };
    let cases = [
        case(".5 F95 F155 .200", &[(150, false), (165, true), (190, true), (210, false)]),
        case(".5 F25 F33 .90", &[(30, false), (40, true), (85, true), (100, false)]),
        case(".5 F65 .125", &[(75, false), (120, false), (130, false)]),
        case(".5 F25 .28 F33 .70", &[(40, false), (65, false), (80, false)]),
        case(".5 F95 .125 F155 .180", &[(165, false), (175, false)]),
        case("F65 F110", &[(100, false), (120, true)]),
        case(
            ".5 F65 .125 F300 .360 F900 .960",
            &[(75, false), (310, false), (910, true), (955, true), (970, false)],
        ),
    ];
    promtool(&oracle, &query, &cases).unwrap_or_else(|output| panic!("{output}\n{query}"));
    let wrong = [
        ("a row of one", ">= 2 unless", ">= 1 unless"),
        ("no attempt at once", "[15m]", "[1m]"),
        ("no run an hour before", "[75m]", "[50m]"),
        ("no guard against a success in between", " unless max(", " or max("),
        ("one failure more", "> 2 or", "> 3 or"),
    ];
    crate::promtool::engine::wrong_queries_fail(&oracle, &query, &cases, &wrong);
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let (hourly, with_rows) = (hourly(), with_rows(2));
    let Some(of_budget) = proof(&hourly, 400) else { return };
    let cases = hard_cases();
    of_budget.fails_when_wrong(
        &cases,
        &[
            ("one failure more", ">= 1", ">= 2"),
            ("one failure fewer", ">= 1", ">= 0"),
            ("a shorter look-back", "[28h:1m]", "[1h:1m]"),
            ("a longer look-back", "[28h:1m]", "[48h:1m]"),
            ("attempts as failures", "vector(time() - time() % 3600)", "vector(time())"),
            ("failures of any time as the latest", "> time() - 60", "> time() - 6000"),
            ("no guard against a later success", "< max(max_over_time(", "< bool max(max_over_time("),
        ],
    );
    let Some(of_rows) = proof(&with_rows, 400) else { return };
    of_rows.fails_when_wrong(
        &rows(),
        &[
            ("a row of one", "- 3600)", "- 0)"),
            ("a row of three", "- 3600)", "- 7200)"),
            ("a row that nothing makes", ">= 2)", ">= 20)"),
            ("a row at the first failure ever", ">= 2)", ">= 1)"),
        ],
    );
}

/// The query of before: rows told by the distance of ends. It stays silent when two failed runs take different times.
#[test]
fn rows_told_by_the_distance_of_ends_fail_the_same_proof() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let of = |state: &str| {
        format!(
            r#"composer_googleapis_com:workflow_run_duration{{monitored_resource="cloud_composer_workflow",project_id="p",workflow_name="composer.sales",state="{state}"}}"#
        )
    };
    let (failed, success) = (of("failed"), of("success"));
    let outcomes = format!("max({failed}) >= bool 0 or max({success}) < bool 0");
    let before =
        format!("max(count_over_time({failed}[30m] offset 45m)) unless max(count_over_time({success}[75m]))");
    let query = format!(
        "last_over_time((2 * (max({failed}) >= bool 0) and ({before}) or ({outcomes}))[28h:4m]) \
         + (resets(({outcomes})[28h:4m]) >= bool 5) >= 2"
    );
    let fails = |(_, runs, expected): &Case<Run>| {
        let history = History { series: crate::promtool::engine::runs(runs), expected: expected.clone() };
        promtool(&oracle, &query, &[history]).is_err()
    };
    assert!(rows().iter().any(fails));
}

/// How long the query is, and how many metrics it reads, which is what Cloud Monitoring charges for.
#[test]
fn a_plain_daily_dag_has_a_short_query() {
    let due = Due::scheduled(Arc::new(Schedule::parse("0 4 * * *", "UTC").unwrap()));
    let scene = scene(due, "95%", Duration::days(28), 2, Vec::new());
    let runs = crate::promtool::engine::dag();
    let shape = repeated_failure(&runs, &scene.budget, 2, &scene.due, KEPT);
    let [Query::PromQl { query, .. }] = shape.conditions.as_slice() else { panic!() };
    insta::assert_snapshot!(query.pretty());
}
