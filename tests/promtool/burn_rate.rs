//! The error budget is spent too fast: the twin in PromQL of burn-rate conditions over two windows.
//!
//! The real construct is `select_slo_burn_rate`, which counts the points of a DELTA metric. The twin has to count with
//! `increase`: where the first sample of a new series is lost it is proven for what one event more or less does not change.

use genkai::monitoring::Windows;
use genkai::monitoring::shapes::burn_rate;
use genkai::slo::{Budget, Duration, Ratio, Schedule};

use crate::promtool::engine::{
    Case, History, MODELS, NewSeries, Proof, Random, Run, counted, histories, minute_of,
};
use crate::support;

const END: usize = 300;

/// A DAG that runs every minute. 95% in 28 days; 2% of the budget in an hour is a burn rate of 13.44, a share of 67.2%.
struct Scene {
    query: String,
    windows: [usize; 2],
    /// The share of failures above which both windows burn too fast.
    share: f64,
}

fn scene(long: u64, short: u64, burnt: u32) -> Scene {
    let (target, window) = (Ratio::parse("95%").unwrap(), Duration::days(28));
    let due = Schedule::parse("* * * * *", "UTC").unwrap().occurrences().clone();
    let budget = Budget::new(target, window, due.in_windows_of(window));
    let (share, long, short) = (Ratio::millionths(burnt), Duration::minutes(long), Duration::minutes(short));
    let rate = budget.burn_rate(share, long).unwrap();
    let windows = Windows { share, long, short, rate };
    let minutes = |duration: Duration| usize::try_from(duration.as_seconds() / 60).unwrap();
    Scene {
        query: burn_rate(&crate::promtool::engine::dag(), target, &windows).twin.one_line(),
        windows: [minutes(long), minutes(short)],
        share: rate.as_number() * 0.05,
    }
}

/// The page, at full scale.
fn fast() -> Scene {
    scene(60, 5, 20_000)
}

/// The ticket: 24 hours and 2 hours, scaled down to 2 hours and 10 minutes, at its rate of 2.8.
fn slow() -> Scene {
    scene(120, 10, 8_333)
}

impl Scene {
    /// The contract: of the runs that ended in each window, more than the share failed. Nothing where one event more or
    /// less at an edge, or a series that begins, would change the answer.
    fn open(&self, runs: &[Run], minute: usize) -> Option<bool> {
        let mut open = Some(true);
        for window in self.windows {
            let inside = |run: &&Run| run.0 <= minute && minute - run.0 < window;
            let count = |succeeded| {
                let ended = runs.iter().filter(inside).filter(|run| run.1 == succeeded);
                f64::from(u32::try_from(ended.count()).unwrap())
            };
            let (bad, good) = (count(false), count(true));
            let share = |bad: f64, good: f64| bad / (bad + good).max(1.0);
            let (least, most) =
                (share((bad - 1.0).max(0.0), good + 1.0), share(bad + 1.0, (good - 1.0).max(0.0)));
            match () {
                () if most < self.share => return Some(false),
                () if least <= self.share => open = None,
                () => {}
            }
        }
        open
    }

    /// What must not matter: another DAG fails all the time, and runs run.
    fn history(&self, new: NewSeries, runs: &[Run], every: usize) -> History {
        let ended = |succeeded| -> Vec<usize> {
            let mut ended: Vec<_> = runs.iter().filter(|run| run.1 == succeeded).map(|run| run.0).collect();
            ended.sort_unstable();
            ended
        };
        let always: Vec<usize> = (1..END).collect();
        let mut other = counted("failed", "1", new, &always, END);
        other.name = other.name.replace("composer.sales", "composer.stock");
        let series = vec![
            other,
            counted("running", "1", new, &always, END),
            counted("failed", "1", new, &ended(false), END),
            counted("success", "1", new, &ended(true), END),
        ];
        let asked = (0..END).step_by(every);
        let expected = asked.filter_map(|minute| Some((minute, self.open(runs, minute)?)));
        History { series, expected: expected.collect() }
    }
}

/// A run each minute, a letter for ten of them: `.` all succeed, `F` all fail, `h` every other fails, `-` none ends.
fn runs(outcomes: &str) -> Vec<Run> {
    let of = |(ten, outcome): (usize, char)| {
        let minutes = (10 * ten).max(1)..10 * ten + 10;
        minutes.filter(move |_| outcome != '-').map(move |minute| {
            (
                minute,
                match outcome {
                    'F' => false,
                    'h' => minute % 2 == 0,
                    _ => true,
                },
            )
        })
    };
    outcomes.chars().enumerate().flat_map(of).collect()
}

fn hard_cases() -> Vec<Case<Run>> {
    vec![
        (
            "it opens when the long window has burnt enough, not before",
            runs("..........FFFFFFF...."),
            vec![(99, false), (110, false), (130, false), (137, false), (144, true), (165, true)],
        ),
        (
            "it resolves soon after failures stop, though the long window still burns",
            runs("..........FFFFFFF......"),
            vec![(165, true), (169, true), (176, false), (180, false), (200, false)],
        ),
        (
            "half of the runs fail: below the rate",
            runs("......hhhhhhhhhhhhhhhhhh"),
            vec![(100, false), (150, false), (239, false)],
        ),
        (
            "a short burst matters little",
            runs("........F.............."),
            vec![(85, false), (89, false), (95, false)],
        ),
        ("every run succeeds", runs("...................."), vec![(5, false), (100, false), (199, false)]),
        (
            "every run fails from the first one on: there is no series of successes",
            runs("FFFFFFFFFFFF"),
            vec![(30, true), (70, true), (110, true)],
        ),
        ("nothing has ever run", vec![], vec![(10, false), (100, false)]),
        (
            "no run ended of late: nothing burns",
            runs("FFFFFFFF--------"),
            vec![(70, true), (90, false), (100, false), (159, false)],
        ),
    ]
}

#[test]
fn the_twin_of_a_burn_rate_keeps_its_contract_in_hard_cases_under_every_model_of_a_series() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = fast();
    for new in MODELS {
        let tell = |runs: &[Run]| scene.history(new, runs, 1);
        Proof { oracle: oracle.clone(), query: new.query(&scene.query), tell }.holds_in(&hard_cases());
    }
}

/// Not a promise but a limit: the real construct counts this failure, and all of the runs there were have failed.
#[test]
fn the_twin_of_a_burn_rate_cannot_show_a_first_failure_whose_sample_is_lost() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = fast();
    for (new, open) in MODELS.into_iter().zip([true, false, true]) {
        let expected = vec![(30, false), (31, open), (33, open)];
        let history = History { expected, ..scene.history(new, &[(31, false)], 1) };
        crate::promtool::engine::promtool(&oracle, &new.query(&scene.query), &[history]).unwrap();
    }
}

fn random_histories() -> Vec<Vec<Run>> {
    let mut random = Random(2026);
    let mut history = || {
        let mut runs: Vec<Run> = Vec::new();
        let mut percent = 0;
        for minute in 1..END {
            // Times that fail more or less, and times without runs.
            if minute % 20 == 1 {
                percent = [0, 5, 15, 50, 70, 95, 100, 100][minute_of(&mut random, 0..8)];
            }
            if percent != 5 || minute % 7 == 0 {
                runs.push((minute, random.below(100) >= percent));
            }
        }
        runs
    };
    (0..histories()).map(|_| history()).collect()
}

#[test]
fn the_twin_of_a_burn_rate_keeps_its_contract_in_random_histories_under_every_model_of_a_series() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let histories = random_histories();
    for (scene, new) in [fast(), slow(), fast()].into_iter().zip(MODELS) {
        let tell = |runs: &[Run]| scene.history(new, runs, 7);
        Proof { oracle: oracle.clone(), query: new.query(&scene.query), tell }.holds_in_random(&histories);
    }
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = fast();
    let tell = |runs: &[Run]| scene.history(NewSeries::AtZero, runs, 1);
    let wrong = [
        ("either window", " and ", " or "),
        ("a short window that is long", "[5m]", "[1h]"),
        ("a long window that is short", "[1h]", "[5m]"),
        ("a lower rate", "> 13.44", "> 8"),
        ("a higher rate", "> 13.44", "> 20"),
        ("another target", "/ 0.05", "/ 0.1"),
        ("any DAG", r#"workflow_name="composer.sales""#, r#"workflow_name!="""#),
        ("runs that run are runs", r#"state="success""#, r#"state=~"success|running""#),
    ];
    Proof { oracle, query: scene.query.clone(), tell }.fails_when_wrong(&hard_cases(), &wrong);
}
