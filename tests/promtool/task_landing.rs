//! A task has not succeeded since the latest start whose deadline has passed.

use crate::promtool::deadline::{Scene, at, by, cron, random_histories, scaled_down};
use crate::promtool::engine::{Case, History, Proof, Run, Series, histories, runs, series};
use crate::support;

const TASK: &str = "load_orders";

fn of_task(task: &str, state: &str, ends: impl Iterator<Item = usize>) -> Series {
    let labels = format!(r#"task_name="{task}",state="{state}",image_version="1""#);
    series("workflow_task_run_duration", &labels, ends.map(|end| (end, 60.0)).collect())
}

/// The task's instances. The DAG itself, its other tasks, and tasks of the same name elsewhere succeed all the time.
fn tell(scene: &Scene, history: &[Run], minutes: usize, every: usize) -> History {
    let ended = |succeeded: bool| history.iter().filter(move |run| run.1 == succeeded).map(|run| run.0);
    let always = || (0..minutes).step_by(10);
    let mut elsewhere = of_task(TASK, "success", always());
    elsewhere.name = elsewhere.name.replace("composer.sales", "composer.stock");
    let mut series = vec![
        of_task(TASK, "success", ended(true)),
        of_task(TASK, "failed", ended(false)),
        of_task("load_orders_again", "success", always()),
        elsewhere,
    ];
    series.extend(runs(&always().map(|end| (end, true)).collect::<Vec<_>>()));
    let successes: Vec<usize> = ended(true).collect();
    let asked = (0..minutes).step_by(every);
    let expected = asked.filter_map(|minute| Some((minute, scene.open(&successes, minute)?)));
    History { series, expected: expected.collect() }
}

fn daily() -> Scene {
    let successes = crate::promtool::engine::dag().successes_of(TASK);
    Scene::watching(&successes, &cron("0 4 * * *", "UTC"), "UTC", by("06:30"), "2026-01-01T00:00:00Z")
}

fn hard_cases() -> Vec<Case<Run>> {
    let good = |day: usize| (at(day, 5, 10), true);
    vec![
        (
            "another task's success, and the DAG's, do not count",
            vec![good(0)],
            vec![(at(0, 7, 0), false), (at(1, 6, 30), false), (at(1, 6, 40), true), (at(2, 12, 0), true)],
        ),
        (
            "a task that succeeds in time is quiet",
            vec![good(0), good(1), good(2)],
            vec![(at(1, 6, 40), false), (at(2, 3, 0), false), (at(2, 6, 50), false)],
        ),
        (
            "a task that fails, and succeeds at its second try, has succeeded",
            vec![good(0), (at(1, 4, 50), false), (at(1, 5, 30), true)],
            vec![(at(1, 6, 20), false), (at(1, 6, 40), false)],
        ),
        (
            "a task that fails only is missed until it is repaired",
            vec![good(0), (at(1, 4, 50), false), (at(1, 9, 0), true)],
            vec![(at(1, 6, 40), true), (at(1, 8, 50), true), (at(1, 9, 10), false)],
        ),
        ("a task that has never run is missed", vec![], vec![(at(0, 6, 40), true), (at(1, 6, 40), true)]),
        (
            "yesterday's instance, repaired today before the start, is not today's",
            vec![good(0), (at(2, 3, 30), true)],
            vec![(at(2, 3, 40), false), (at(2, 6, 30), false), (at(2, 6, 40), true)],
        ),
    ]
}

#[test]
fn a_task_keeps_its_contract_in_hard_cases() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = daily();
    let tell = |history: &[Run]| tell(&scene, history, at(3, 0, 0), 35);
    Proof { oracle, query: scene.query.clone(), tell }.holds_in(&hard_cases());
}

#[test]
fn a_task_keeps_its_contract_in_random_histories() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = scaled_down(&crate::promtool::engine::dag().successes_of(TASK));
    let tell = |history: &[Run]| tell(&scene, history, at(1, 12, 0), 25);
    Proof { oracle, query: scene.query.clone(), tell }.holds_in_random(&random_histories(2028, histories()));
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = daily();
    let tell = |history: &[Run]| tell(&scene, history, at(3, 0, 0), 35);
    let wrong = [
        ("any task", r#"task_name="load_orders""#, r#"task_name!="""#),
        ("the runs of the DAG", r#"task_run_duration"#, "run_duration"),
        ("any DAG", r#"workflow_name="composer.sales""#, r#"workflow_name!="""#),
        ("failures are successes", r#"state="success""#, r#"state!="""#),
        ("no guard for what has never run", "or vector(0)", "or vector(time())"),
        ("any success of the last day suffices", "- 9180", "- 86400"),
    ];
    Proof { oracle, query: scene.query.clone(), tell }.fails_when_wrong(&hard_cases(), &wrong);
}
