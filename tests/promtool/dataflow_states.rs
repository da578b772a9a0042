//! Signs of life of a Dataflow job: that a streaming job runs, that a gauge of it is shown, that a batch run was seen; and
//! events: a failed run, a failed launch, messages that wait.
//!
//! What the twins of the events cannot show: that the incident is closed by time, and the text of the log entry.

use genkai::gcp::metrics::dataflow::STAGE_DATA_WATERMARK_AGE;
use genkai::monitoring::shapes::dataflow::{
    DataflowJob, JobName, dead_letters, failed_job, failed_launch, gauge_missing, not_running, run_missing,
    runs_missing, silent_run,
};
use genkai::slo::Duration;
use genkai::slo::latest_start::{ScheduledStart, latest_start};

use crate::promtool::engine::scope;
use crate::promtool::engine::{
    Case, History, NewSeries, PlainProof, Proof, Random, Runs, Series, Stretch, clock, histories, is_due,
    minute_of, of_job, promtool, wrong_queries_fail,
};
use crate::support;

const END: usize = 480;

fn job() -> DataflowJob {
    DataflowJob { scope: scope(), name: JobName::Begins("ingest-".to_owned()) }
}

const fn stretch(run: u8, from: usize, minutes: usize) -> Stretch {
    Stretch { run, from, minutes, shows: 20 }
}

/// Ten minutes of grace and five for the metric.
const SILENCE: usize = 15;

fn running_query() -> String {
    not_running(&job(), Duration::minutes(10), &clock()).twin.one_line()
}

/// Whether a run's time grew in the silence that ends here: two of its samples are in it. `None` where the edge decides.
fn runs_in(runs: &Runs, minute: usize) -> Option<bool> {
    let with = |edge: usize| {
        let from = (minute + edge).saturating_sub(SILENCE);
        runs.0.values().any(|minutes| minutes.range(from..=minute).count() > 1)
    };
    (with(0) == with(1)).then_some(with(0))
}

fn tell(stretches: &[Stretch]) -> History {
    let runs = Runs::of(stretches);
    // A run that has ended keeps its last value, and another job runs all the time.
    let mut series = runs.elapsed_times("ingest-a", END);
    let other = (0..END).map(|minute| (minute, 60.0 * minute as f64)).collect();
    series.push(of_job("other", "elapsed_time", r#"job_id="9""#, other));
    let open = |minute: usize| Some(is_due(minute, SILENCE) && !runs_in(&runs, minute)?);
    let expected = (0..END).step_by(7).filter_map(|minute| Some((minute, open(minute)?)));
    History { series, expected: expected.collect() }
}

fn running() -> Option<PlainProof<Stretch>> {
    Some(Proof { oracle: support::oracle("promtool")?, query: running_query(), tell })
}

fn running_cases() -> Vec<Case<Stretch>> {
    vec![
        (
            "a job that stops is missed after the silence, whatever its frozen time says",
            vec![stretch(1, 30, 100)],
            vec![(129, false), (142, false), (146, true), (200, true)],
        ),
        (
            "a deployment within the grace is none, and a longer one ends with the new run",
            vec![stretch(1, 30, 100), stretch(2, 140, 40), stretch(3, 205, 100)],
            vec![
                (135, false),
                (145, false),
                (150, false),
                (192, false),
                (197, true),
                (204, true),
                (207, false),
            ],
        ),
        (
            "an update whose runs overlap",
            vec![stretch(1, 30, 100), stretch(2, 120, 300)],
            vec![(119, false), (135, false), (160, false)],
        ),
        ("a job that has never run", vec![], vec![(50, false), (74, false), (75, true), (239, true)]),
        (
            "outside of the hours and in the pause nothing is due, and after them there is time to start",
            vec![],
            vec![
                (70, false),
                (245, false),
                (259, false),
                (273, false),
                (276, true),
                (419, true),
                (421, false),
            ],
        ),
    ]
}

#[test]
fn a_running_job_keeps_its_contract_in_hard_cases() {
    let Some(proof) = running() else { return };
    proof.holds_in(&running_cases());
}

#[test]
fn a_running_job_keeps_its_contract_in_random_histories() {
    let Some(proof) = running() else { return };
    let mut random = Random(2026);
    let mut history = || {
        let mut stretches = Vec::new();
        let (mut run, mut from) = (1, minute_of(&mut random, 0..120));
        while from < END {
            let minutes = minute_of(&mut random, 3..90);
            stretches.push(stretch(run, from, minutes));
            (run, from) = (run + 1, from + minutes + minute_of(&mut random, 0..40));
        }
        stretches
    };
    let histories: Vec<Vec<Stretch>> = (0..histories() / 4).map(|_| history()).collect();
    proof.holds_in_random(&histories);
}

#[test]
fn wrong_queries_on_a_running_job_fail_the_same_proof() {
    let Some(proof) = running() else { return };
    let wrong = [
        ("a frozen time is a sign of life", "> 0)", ">= 0)"),
        ("no guard for what has never run", "or vector(0)", "or vector(1)"),
        ("a shorter silence", "[15m]", "[5m]"),
        ("a longer silence", "[15m]", "[30m]"),
        ("any job", "job_name=~\"ingest-.*\"", "job_name!=\"\""),
        ("always due", "% 86400 < bool", "% 86400 < bool 86400 +"),
        ("no pause", "time() >= bool 14400", "time() >= bool 1440000"),
    ];
    proof.fails_when_wrong(&running_cases(), &wrong);
}

/// A history by hand.
fn by_hand(series: Vec<Series>, expected: &[(usize, bool)]) -> History {
    History { series, expected: expected.to_vec() }
}

/// The cases hold, and wrong queries fail in one of them.
fn proves(query: &str, cases: &[History], wrong: &[(&str, &str, &str)]) {
    let Some(oracle) = support::oracle("promtool") else { return };
    for case in cases {
        promtool(&oracle, query, std::slice::from_ref(case))
            .unwrap_or_else(|output| panic!("{output}\n{query}"));
    }
    wrong_queries_fail(&oracle, query, cases, wrong);
}

#[test]
fn a_gauge_that_a_run_does_not_show_is_missed() {
    let mut stage = job().selector(&STAGE_DATA_WATERMARK_AGE);
    stage.labels.push(("stage", "F12".to_owned()));
    let (startup, grace) = (Duration::minutes(10), Duration::minutes(10));
    let query = gauge_missing(&job(), stage, startup, grace, &clock()).twin.one_line();
    let shown = |stretches: &[Stretch], stage: &str| {
        Runs::of(stretches).shown("ingest-a", "per_stage_data_watermark_age", &format!(r#",stage="{stage}""#))
    };
    let history = |lives: &[Stretch], stages: Vec<Series>, expected: &[(usize, bool)]| {
        let mut series = Runs::of(lives).elapsed_times("ingest-a", END);
        series.extend(stages);
        by_hand(series, expected)
    };
    // After a release the stage has another name.
    let released = [stretch(1, 30, 100), stretch(2, 132, 140)];
    let mut stages = shown(&released[..1], "F12");
    stages.extend(shown(&released[1..], "F13"));
    let cases = [
        history(
            &released,
            stages,
            &[(120, false), (145, false), (156, false), (159, true), (200, true), (247, false)],
        ),
        history(
            &[stretch(1, 30, 200)],
            shown(&[stretch(1, 30, 200)], "F12"),
            &[(60, false), (150, false), (229, false)],
        ),
        history(
            &[stretch(1, 30, 60)],
            Vec::new(),
            &[(54, false), (76, true), (88, true), (97, false), (200, false)],
        ),
        history(&[], Vec::new(), &[(100, false), (300, false)]),
    ];
    let wrong = [
        ("a run that has ended shows nothing either", "> 0)", ">= 0)"),
        ("no start-up", ">= 1500", ">= 0"),
        ("another stage will do", r#",stage="F12""#, ""),
        ("a shorter silence", "[15m])", "[40m])"),
        ("no pause", "time() >= bool 14400", "time() >= bool 1440000"),
    ];
    proves(&query, &cases, &wrong);
}

/// Every two hours from minute 60 on, to be seen within half an hour and the delay of the metric.
fn scheduled() -> String {
    let start = |index: i64| {
        let start = 3_600 + 7_200 * index;
        ScheduledStart { start, missed: start + 2_100, offset: 0 }
    };
    let starts: Vec<ScheduledStart> = (0..40).map(start).collect();
    run_missing(&job(), &latest_start(&starts, &[]), crate::promtool::engine::KEPT).unwrap().twin.one_line()
}

#[test]
fn a_batch_run_that_is_not_seen_is_missed() {
    let seen = |stretches: &[Stretch], expected: &[(usize, bool)]| {
        by_hand(Runs::of(stretches).elapsed_times("ingest-a", END), expected)
    };
    let cases = [
        seen(
            &[stretch(1, 62, 20), stretch(2, 184, 30), stretch(3, 350, 20)],
            &[
                (80, false),
                (96, false),
                (150, false),
                (200, false),
                (220, false),
                (330, false),
                (336, true),
                (349, true),
                (356, false),
                (450, false),
            ],
        ),
        // A long run that is still going on from before counts; its frozen time does not.
        seen(&[stretch(1, 62, 130)], &[(150, false), (216, false), (334, false), (336, true), (470, true)]),
        seen(&[stretch(1, 62, 20)], &[(100, false), (214, false), (216, true), (300, true), (470, true)]),
        seen(&[], &[(96, true), (300, true)]),
    ];
    let wrong = [
        ("a frozen time is a sign of life", "> 0", ">= 0"),
        ("no guard for what has never run", "or vector(0)", "or vector(time())"),
        ("a shorter look-back", "h:4m]", "m:4m]"),
        ("the other way round", "<", ">"),
    ];
    proves(&scheduled(), &cases, &wrong);
}

#[test]
fn a_silent_job_and_too_few_runs_are_missed() {
    let seen = |stretches: &[Stretch], expected: &[(usize, bool)]| {
        by_hand(Runs::of(stretches).elapsed_times("ingest-a", END), expected)
    };
    let silent = silent_run(&job(), Duration::minutes(100), &[]).twin.one_line();
    let cases = [
        seen(
            &[stretch(1, 20, 30), stretch(2, 130, 20)],
            &[(60, false), (140, false), (225, false), (257, true), (400, true)],
        ),
        seen(&[], &[(102, true), (300, true)]),
    ];
    proves(
        &silent,
        &cases,
        &[
            ("a frozen time is a sign of life", "> 0", ">= 0"),
            ("sooner", "> 6000", "> 3000"),
            ("later", "> 6000", "> 9000"),
        ],
    );
    // Two runs within two hours: each has an ID of its own, however long it takes.
    let few = runs_missing(&job(), 2, Duration::hours(2), &[]).twin.one_line();
    let cases = [
        seen(
            &[stretch(1, 20, 30), stretch(2, 80, 20)],
            &[(50, true), (75, true), (90, false), (160, false), (185, true)],
        ),
        seen(&[stretch(1, 20, 300)], &[(60, true), (150, true), (300, true)]),
        seen(
            &[stretch(1, 20, 10), stretch(2, 50, 10), stretch(3, 150, 10)],
            &[(60, false), (140, false), (160, false), (200, true)],
        ),
    ];
    proves(
        &few,
        &cases,
        &[
            ("samples instead of runs", "count(count_over_time", "sum(count_over_time"),
            ("a frozen time is a run", "> 0)", ">= 0)"),
            ("one run is enough", "2 - ", "1 - "),
        ],
    );
}

#[test]
fn the_twins_of_events_keep_their_contracts() {
    let of = |job: &str, value: f64, minutes: std::ops::Range<usize>| {
        // Zero before, as the runs of one name share a series.
        let samples = (0..END).map(|minute| (minute, if minutes.contains(&minute) { value } else { 0.0 }));
        of_job(job, "is_failed", r#"region="r""#, samples.collect())
    };
    let only = |minutes: std::ops::Range<usize>| {
        vec![of_job("ingest-b", "is_failed", r#"region="r""#, minutes.map(|minute| (minute, 1.0)).collect())]
    };
    let failed = failed_job(&job()).twin.one_line();
    let cases = [
        by_hand(
            vec![of("ingest-a", 1.0, 100..110), of("ingest-b", 0.0, 0..1), of("other", 1.0, 0..END)],
            &[(99, false), (100, true), (113, true), (116, false)],
        ),
        // The first failure of a new series, which ends at once.
        by_hand(only(200..201), &[(199, false), (200, true), (203, true), (206, false)]),
        by_hand(Vec::new(), &[(100, false)]),
    ];
    proves(
        &failed,
        &cases,
        &[
            ("any job", "job_name=~\"ingest-.*\"", "job_name!=\"\""),
            ("too short", "[5m]", "[1m]"),
            ("the better of two", "max(max", "min(max"),
            ("too long", "[5m]", "[15m]"),
        ],
    );
    let entries = |model: NewSeries, log: &str, severity: &str, from: usize| {
        let name = format!(
            r#"logging_googleapis_com:log_entry_count{{monitored_resource="dataflow_job",project_id="p",job_name="ingest-a",log="{log}",severity="{severity}"}}"#
        );
        Series { name, samples: model.samples(&[from], 1.0, END) }
    };
    let launch = failed_launch(&job()).twin.one_line();
    let launcher = "dataflow.googleapis.com/launcher";
    // That of a counter whose first sample is lost it cannot show; the condition reads the log itself.
    for model in [NewSeries::AtZero, NewSeries::Deltas] {
        let cases = [
            by_hand(
                vec![entries(model, launcher, "ERROR", 100)],
                &[(96, false), (101, true), (103, true), (107, false)],
            ),
            by_hand(
                vec![
                    entries(model, launcher, "INFO", 100),
                    entries(model, "dataflow.googleapis.com/worker", "ERROR", 100),
                ],
                &[(101, false), (103, false)],
            ),
        ];
        proves(
            &model.query(&launch),
            &cases,
            &[
                ("any log", "log=\"dataflow.googleapis.com/launcher\"", "log!=\"\""),
                ("any severity", "severity=~", "severity!~\"x\",severity!~"),
            ],
        );
    }
    let waiting = |values: &[(usize, f64)]| {
        let name = r#"pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource="pubsub_subscription",project_id="p",subscription_id="dlq"}"#;
        let samples =
            (0..END).map(|minute| (minute, values.iter().rev().find(|(from, _)| *from <= minute).unwrap().1));
        vec![Series { name: name.to_owned(), samples: samples.collect() }]
    };
    let letters = dead_letters(&scope(), "dlq", 2).twin.one_line();
    let cases = [by_hand(
        waiting(&[(0, 0.0), (50, 2.0), (100, 3.0), (120, 1.0)]),
        &[(20, false), (60, false), (101, true), (119, true), (123, true), (127, false)],
    )];
    proves(
        &letters,
        &cases,
        &[
            ("as many as may", "> 2", ">= 2"),
            ("one more", "> 2", "> 3"),
            ("another subscription", "\"dlq\"", "\"other\""),
        ],
    );
}
