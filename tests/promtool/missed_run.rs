//! A run that is due has not ended: a failure is an end, a run that hangs has none.

use crate::promtool::deadline::{Scene, at, by, cron, random_histories, scaled_down};
use crate::promtool::engine::{Case, History, Proof, Run, histories, runs, runs_of_version, series};
use crate::support;

/// Whatever the outcome: any end counts. The other half of the day the image has another version.
fn tell(scene: &Scene, history: &[Run], minutes: usize, every: usize) -> History {
    let ends: Vec<usize> = history.iter().map(|run| run.0).collect();
    let (odd, even): (Vec<Run>, Vec<Run>) = history.iter().partition(|run| run.0 / at(0, 12, 0) % 2 == 1);
    let mut series = runs(&even);
    series.extend(runs_of_version("2", &odd));
    series.push(running(minutes));
    series.push(of_another_dag(minutes));
    let asked = (0..minutes).step_by(every);
    let expected = asked.filter_map(|minute| Some((minute, scene.open(&ends, minute)?)));
    History { series, expected: expected.collect() }
}

/// A run that hangs is counted as running all the time, in another metric.
fn running(minutes: usize) -> crate::promtool::engine::Series {
    let samples = (0..minutes).step_by(5).map(|minute| (minute, 1.0));
    series("workflow_run_count", r#"state="running",image_version="1""#, samples.collect())
}

fn of_another_dag(minutes: usize) -> crate::promtool::engine::Series {
    let ends = (0..minutes).step_by(10).map(|minute| (minute, 300.0));
    let mut other = series("workflow_run_duration", r#"state="success",image_version="1""#, ends.collect());
    other.name = other.name.replace("composer.sales", "composer.stock");
    other
}

fn daily() -> Scene {
    let ends = crate::promtool::engine::dag().ends();
    Scene::watching(&ends, &cron("0 4 * * *", "UTC"), "UTC", by("06:30"), "2026-01-01T00:00:00Z")
}

fn hard_cases() -> Vec<Case<Run>> {
    let good = |day: usize| (at(day, 5, 10), true);
    vec![
        (
            "a failure is an end",
            vec![good(0), (at(1, 5, 0), false), (at(2, 5, 0), false)],
            vec![(at(1, 6, 40), false), (at(2, 3, 0), false), (at(2, 6, 40), false)],
        ),
        (
            "a run that hangs has no end until somebody ends it",
            vec![good(0), (at(1, 15, 0), false)],
            vec![(at(1, 6, 30), false), (at(1, 6, 40), true), (at(1, 14, 50), true), (at(1, 15, 10), false)],
        ),
        (
            "a run that starts late and ends late is missed in between",
            vec![good(0), (at(1, 6, 50), true)],
            vec![(at(1, 6, 40), true), (at(1, 7, 0), false)],
        ),
        (
            "yesterday's run, ended today before the start, is not today's",
            vec![good(0), (at(2, 3, 30), false)],
            vec![(at(1, 6, 40), true), (at(2, 3, 40), false), (at(2, 6, 40), true)],
        ),
        (
            "what has never run is missed, whatever other DAGs do",
            vec![],
            vec![(at(0, 6, 40), true), (at(1, 6, 40), true)],
        ),
        (
            "it stays open past the next start",
            vec![good(0), (at(2, 5, 0), false)],
            vec![(at(1, 6, 40), true), (at(2, 4, 30), true), (at(2, 5, 10), false), (at(2, 6, 40), false)],
        ),
    ]
}

#[test]
fn a_missed_run_keeps_its_contract_in_hard_cases() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = daily();
    let tell = |history: &[Run]| tell(&scene, history, at(3, 0, 0), 35);
    Proof { oracle, query: scene.query.clone(), tell }.holds_in(&hard_cases());
}

#[test]
fn a_missed_run_keeps_its_contract_in_random_histories() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = scaled_down(&crate::promtool::engine::dag().ends());
    let tell = |history: &[Run]| tell(&scene, history, at(1, 12, 0), 25);
    Proof { oracle, query: scene.query.clone(), tell }.holds_in_random(&random_histories(2027, histories()));
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    let Some(oracle) = support::oracle("promtool") else { return };
    let scene = daily();
    let tell = |history: &[Run]| tell(&scene, history, at(3, 0, 0), 35);
    let wrong = [
        ("only successes are ends", "workflow_name=", r#"state="success",workflow_name="#),
        ("only failures are ends", "workflow_name=", r#"state="failed",workflow_name="#),
        ("any DAG", r#"workflow_name="composer.sales""#, r#"workflow_name!="""#),
        ("a run that runs has ended", "workflow_run_duration", "workflow_run_count"),
        ("no guard for what has never run", "or vector(0)", "or vector(time())"),
        ("any end of the last day suffices", "- 9180", "- 86400"),
        ("the oldest series decides", "max(max", "min(max"),
    ];
    Proof { oracle, query: scene.query.clone(), tell }.fails_when_wrong(&hard_cases(), &wrong);
}
