//! Windows of four weeks and more, as they are written, asked of a real Prometheus server. Few histories, as each answer takes
//! its time: a 50th of `GENKAI_HISTORIES` for each scene.

use genkai::slo::{Due, Duration};
use rayon::prelude::*;

use crate::promtool::deadline::{by, cron};
use crate::promtool::engine::{History, Random, Run, histories, minute_of, runs, survivors};
use crate::promtool::repeated_failure::Scene as Failures;
use crate::promtool::server::{ORIGIN, Server, second};

/// How long histories are, in days: two windows and more.
const DAYS: usize = 70;
const DAY: usize = 1_440;
/// How often each random history is asked about failures: an answer over four weeks takes seconds.
const RANDOM_QUESTIONS: usize = 6;

/// A query with the histories that it is judged by.
struct Proof {
    query: String,
    histories: Vec<History>,
    server: Server,
    /// How many of the histories, the first ones, are to find a wrong query.
    cases: usize,
}

impl Proof {
    fn new(query: String, mut histories: Vec<History>, cases: usize) -> Option<Proof> {
        let series: Vec<_> =
            histories.iter_mut().map(|history| std::mem::take(&mut history.series)).collect();
        let server = Server::over(&series)?;
        let asked = || histories.iter().flat_map(|history| &history.expected);
        let open = asked().filter(|(_, open)| *open).count();
        assert!(open >= 3 && asked().count() - open >= 3, "{open} of {} are open", asked().count());
        Some(Proof { query, histories, server, cases })
    }

    /// Where a query says something else than the model, in the first of the histories.
    fn disagreement(&self, query: &str, histories: usize) -> Option<String> {
        let asked = self.histories.iter().take(histories).enumerate();
        let asked: Vec<(usize, usize, bool)> = asked
            .flat_map(|(index, history)| {
                history.expected.iter().map(move |(minute, open)| (index, *minute, *open))
            })
            .collect();
        let wrong = |(index, minute, open): &&(usize, usize, bool)| {
            self.server.is_open(query, *index, *minute) != *open
        };
        let (index, minute, open) = asked.par_iter().find_any(wrong)?;
        let said = |open| if open { "open" } else { "closed" };
        Some(format!(
            "history {index}, minute {minute}: expected {}, got {}\n{query}",
            said(*open),
            said(!open)
        ))
    }

    fn holds(&self) {
        if let Some(disagreement) = self.disagreement(&self.query, self.histories.len()) {
            panic!("{disagreement}");
        }
    }

    fn fails_when_wrong(&self, wrong: &[(&str, &str, &str)]) {
        let survived = survivors(&self.query, wrong, |query| self.disagreement(query, self.cases).is_none());
        assert_eq!(survived, "", "these wrong queries passed");
    }
}

fn count() -> usize {
    histories().div_ceil(50)
}

/// The starts that are due in the histories, in minutes.
fn starts(due: &Due) -> Vec<usize> {
    let starts = due.due_starts(ORIGIN..second(DAYS * DAY)).unwrap();
    starts.iter().map(|start| usize::try_from((start - ORIGIN) / 60).unwrap()).collect()
}

/// Runs of minutes, or of up to one and a half days; each may have another attempt.
fn random_runs(random: &mut Random, starts: &[usize], failing: u64) -> Vec<Run> {
    let mut ends: Vec<Run> = Vec::new();
    for start in starts {
        let failed = random.below(100) < failing;
        let longest = if random.below(6) == 0 { 3 * DAY / 2 } else { 120 };
        let end = minute_of(random, start + 1..start + longest);
        ends.push((end, !failed));
        if failed && random.below(3) == 0 {
            ends.push((end + minute_of(random, 1..4), random.below(2) == 0));
        }
    }
    ends.sort_unstable();
    ends.dedup_by_key(|(end, _)| *end);
    // Nobody knows whether a run that fails in the minute of a start is that start's.
    ends.retain(|(end, succeeded)| *succeeded || !starts.contains(end));
    ends
}

/// Runs of 20 minutes, of which those fail that have these numbers.
fn runs_that_fail(starts: &[usize], failing: &[usize]) -> Vec<Run> {
    starts.iter().enumerate().map(|(number, start)| (start + 20, !failing.contains(&number))).collect()
}

/// Asked after failures, when their window ends, and at any time, as often as `most`.
fn of_failures(scene: &Failures, random: &mut Random, ends: &[Run], most: usize) -> History {
    let window = usize::try_from(scene.budget.window.as_seconds() / 60).unwrap();
    let range = 29 * DAY..DAYS * DAY;
    let failed: Vec<usize> = ends.iter().filter(|run| !run.1).map(|(end, _)| *end).collect();
    let mut asked: Vec<usize> =
        failed.iter().flat_map(|end| [end + 10, end + window - 12, end + window + 12]).collect();
    asked.extend((0..4).map(|_| minute_of(random, range.clone())));
    asked.retain(|minute| range.contains(minute));
    let settled = |minute: &usize| ends.iter().all(|(end, _)| !(*end..*end + 5).contains(minute));
    asked.retain(settled);
    while asked.len() > most {
        asked.swap_remove(minute_of(random, 0..asked.len()));
    }
    let expected = asked.iter().filter_map(|minute| Some((*minute, scene.model(ends, *minute)?)));
    History { expected: expected.collect(), series: runs(ends) }
}

/// Histories by hand, by the numbers of the runs that fail, and random ones.
fn failures_of(due: Due, target: &str, by_hand: &[&[usize]], failing: u64, seed: u64) -> Option<Proof> {
    let due_starts = starts(&due);
    let scene = crate::promtool::repeated_failure::scene(due, target, Duration::days(28), 2, due_starts);
    let mut random = Random(seed);
    let mut ends: Vec<Vec<Run>> =
        by_hand.iter().map(|failing| runs_that_fail(&scene.starts, failing)).collect();
    ends.extend((0..count()).map(|_| random_runs(&mut random, &scene.starts, failing)));
    let by_hand = by_hand.len();
    let mut history = |(number, ends): (usize, &Vec<Run>)| {
        let most = if number < by_hand { usize::MAX } else { RANDOM_QUESTIONS };
        of_failures(&scene, &mut random, ends, most)
    };
    let histories = ends.iter().enumerate().map(&mut history).collect();
    Proof::new(scene.query(), histories, by_hand)
}

#[test]
fn repeated_failures_of_four_weeks_keep_the_contract() {
    let daily = failures_of(cron("0 4 * * *", "UTC"), "95%", &[&[32], &[32, 56], &[32, 66]], 4, 1);
    let Some(daily) = daily else { return };
    daily.holds();
    daily.fails_when_wrong(&[
        ("one failure more", ">= 1", ">= 2"),
        ("one failure fewer", ">= 1", ">= 0"),
        ("a window that is shorter", "[28d:1m]", "[20d:1m]"),
        ("a window that is longer", "[28d:1m]", "[40d:1m]"),
    ]);
    let apart = [24, 27, 30, 33, 36, 39];
    let weekdays = cron("30 6 * * 1-5", "Asia/Tokyo");
    let Some(weekdays) = failures_of(weekdays, "80%", &[&[30, 31], &apart], 12, 2) else { return };
    weekdays.holds();
    weekdays.fails_when_wrong(&[
        ("a row that nothing makes", ">= 2)", ">= 20)"),
        ("more failures", ">= 4", ">= 40"),
    ]);
}

/// A DAG of every month, and one of every quarter: its last success is forgotten long before it is due again.
#[test]
fn deadlines_of_months_keep_the_contract() {
    let months = ("0 4 1 * *", "[751h:4m]", 3);
    let quarters = ("0 4 1 1,4,7,10 *", "[42d:4m]", 4);
    for (expression, lookback, seed) in [months, quarters] {
        let due = cron(expression, "Asia/Tokyo");
        let scene = crate::promtool::deadline::Scene::at(&due, by("09:00"), ORIGIN);
        let mut random = Random(seed);
        let mut history = || {
            let first = ORIGIN - 5 * 86_400;
            let all = due.due_starts(first..second(120 * DAY)).unwrap();
            let starts = all
                .iter()
                .filter_map(|start| usize::try_from((start - ORIGIN) / 60).ok())
                .filter(|start| *start > 0);
            let starts: Vec<usize> = starts.collect();
            let mut successes = vec![10];
            for start in &starts {
                if random.below(3) > 0 {
                    successes.push(minute_of(&mut random, start + 1..start + 10 * DAY));
                }
            }
            let around = |start: &usize| {
                let hours = [1, 5, 12, 30, 24 * 12, 24 * 25, 24 * 39, 24 * 41, 24 * 43, 24 * 55];
                hours.map(|hours| start + 60 * hours + 7)
            };
            let asked = starts.iter().flat_map(around);
            let expected = asked.filter_map(|minute| Some((minute, scene.open(&successes, minute)?)));
            let ends: Vec<Run> = successes.iter().map(|end| (*end, true)).collect();
            History { expected: expected.collect(), series: runs(&ends) }
        };
        let Some(proof) = Proof::new(scene.query.clone(), (0..count()).map(|_| history()).collect(), count())
        else {
            return;
        };
        proof.holds();
        let mut wrong = vec![
            ("a look-back of days", lookback, "[9d:4m]"),
            ("no success at all is one", "or vector(0)", "or vector(time())"),
        ];
        // A success of six weeks ago is gone, which is not its absence.
        let end = ("no end to what is asked about", "> time() - 3456000", "> time() - 345600000");
        assert_eq!(scene.query.contains(end.1), lookback == quarters.1, "{}", scene.query);
        wrong.extend(scene.query.contains(end.1).then_some(end));
        proof.fails_when_wrong(&wrong);
    }
}
