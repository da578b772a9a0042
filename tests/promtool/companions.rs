//! What every DAG depends on: schedulers, files that parse, calendars that do not end. Their metrics are written every
//! minute as long as the environment is there, so a history is what the environment did, and few cases say all.

use genkai::monitoring::shapes::{Keeper, calendar_ends, parse_errors, scheduler_heartbeat};

use crate::promtool::engine::scope;
use crate::promtool::engine::{History, NewSeries, Series, promtool};
use crate::support;

/// A metric of the environment, by the minute.
fn series(metric: &str, samples: impl Iterator<Item = (usize, f64)>) -> Series {
    let labels = r#"monitored_resource="cloud_composer_environment",project_id="p",environment_name="composer",image_version="1""#;
    Series {
        name: format!("composer_googleapis_com:environment_{metric}{{{labels}}}"),
        samples: samples.collect(),
    }
}

/// A counter that rises by `per` each minute of some spans, and is written in all of them.
fn counter(metric: &str, until: usize, per: f64, rising: impl Fn(usize) -> bool) -> Series {
    let mut total = 0.0;
    series(
        metric,
        (0..until).map(move |minute| {
            total += if rising(minute) { per } else { 0.0 };
            (minute, total)
        }),
    )
}

/// The same as what happened in each minute.
fn deltas(counters: Vec<Series>) -> Vec<Series> {
    let delta = |mut series: Series| {
        if !series.name.contains("maintenance") {
            let mut before = 0.0;
            for (_, value) in &mut series.samples {
                (before, *value) = (*value, *value - before);
            }
        }
        series
    };
    counters.into_iter().map(delta).collect()
}

fn maintenance(during: std::ops::Range<usize>, until: usize) -> Series {
    series(
        "maintenance_operation",
        (0..until).map(move |minute| (minute, f64::from(during.contains(&minute)))),
    )
}

const END: usize = 200;

/// Name, histories and what must be open when.
type Case = (&'static str, Vec<Series>, Vec<(usize, bool)>);

fn schedulers() -> Vec<Case> {
    let beats = |alive: fn(usize) -> bool| counter("scheduler_heartbeat_count", END, 12.0, alive);
    vec![
        ("a scheduler is alive", vec![beats(|_| true)], vec![(30, false), (100, false), (190, false)]),
        (
            "it dies, and comes back",
            vec![beats(|minute| !(60..120).contains(&minute))],
            vec![(60, false), (75, true), (115, true), (130, false)],
        ),
        ("there is no data at all", vec![], vec![(20, true), (190, true)]),
        (
            "a maintenance, and half an hour after it",
            vec![beats(|minute| !(60..110).contains(&minute)), maintenance(55..90, END)],
            vec![(75, false), (105, false), (130, false)],
        ),
        (
            "it stays dead after a maintenance",
            vec![beats(|minute| minute < 60), maintenance(55..90, END)],
            vec![(100, false), (115, false), (125, true)],
        ),
    ]
}

fn files() -> Vec<Case> {
    let errors = |wrong: fn(usize) -> bool| counter("dag_processing_parse_error_count", END, 2.0, wrong);
    vec![
        ("all files parse", vec![errors(|_| false)], vec![(20, false), (190, false)]),
        (
            "a file breaks, and is repaired",
            vec![errors(|minute| (60..90).contains(&minute))],
            vec![(55, false), (65, true), (90, true), (105, false)],
        ),
        (
            "a new series, which has no sample before its first error",
            vec![series(
                "dag_processing_parse_error_count",
                (60..END).map(|minute| (minute, 2.0 * (minute - 59) as f64)),
            )],
            vec![(55, false), (65, true), (190, true)],
        ),
        (
            "a maintenance",
            vec![errors(|minute| (60..90).contains(&minute)), maintenance(55..95, END)],
            vec![(65, false), (90, false), (105, false)],
        ),
    ]
}

fn prove(query: &str, cases: Vec<Case>) -> Result<(), String> {
    let Some(oracle) = support::oracle("promtool") else { return Ok(()) };
    for (name, series, expected) in cases {
        promtool(&oracle, query, &[History { series, expected }])
            .map_err(|output| format!("{name}: {output}"))?;
    }
    Ok(())
}

/// The counters begin with a zero or without one, as a case has it; and are no counters.
fn prove_in_every_model(query: &str, cases: fn() -> Vec<Case>) -> Result<(), String> {
    prove(query, cases())?;
    let of_deltas = cases().into_iter().map(|(name, series, expected)| (name, deltas(series), expected));
    prove(&NewSeries::Deltas.query(query), of_deltas.collect())
}

#[test]
fn schedulers_and_files_keep_their_contracts() {
    prove_in_every_model(&scheduler_heartbeat(&scope(), "composer").twin.one_line(), schedulers).unwrap();
    prove_in_every_model(&parse_errors(&scope(), "composer").twin.one_line(), files).unwrap();
}

#[test]
fn a_calendar_is_said_to_end_from_an_instant_on_whatever_the_metric_says() {
    let query = calendar_ends(&scope(), Keeper::Dags("composer"), 6_000).twin.one_line();
    let alive = vec![counter("scheduler_heartbeat_count", END, 12.0, |_| true)];
    for series in [alive, Vec::new()] {
        prove(&query, vec![("", series, vec![(99, false), (100, true), (190, true)])]).unwrap();
    }
}

#[test]
fn wrong_queries_fail_the_same_proof() {
    if support::oracle("promtool").is_none() {
        return;
    }
    let wrong = [
        ("no data is healthy", "or vector(0)", "or vector(1)"),
        ("no guard for maintenance", "unless max(", "or max("),
        ("a short look back at maintenance", "[30m]", "[5m]"),
        ("a long look back at heartbeats", "[10m]", "[60m]"),
        ("the other way round", "< 1", "> 1"),
    ];
    let query = scheduler_heartbeat(&scope(), "composer").twin.one_line();
    for (what, right, mistake) in wrong {
        assert!(query.contains(right), "`{right}` is not in {query}");
        assert!(prove(&query.replace(right, mistake), schedulers()).is_err(), "{what}");
    }
    let query = parse_errors(&scope(), "composer").twin.one_line();
    for (what, right, mistake) in
        [("more errors than one", "> 0", "> 100"), ("no guard for maintenance", "unless max(", "or max(")]
    {
        assert!(query.contains(right), "`{right}` is not in {query}");
        assert!(prove(&query.replacen(right, mistake, 1), files()).is_err(), "{what}");
    }
}
