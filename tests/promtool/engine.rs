//! Histories of metrics, given to `promtool test rules` with what an alert must do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use genkai::gcp::Scope;
use genkai::monitoring::shapes::DagRuns;
use genkai::monitoring::shapes::dataflow::Clock;
use genkai::slo::{ActiveHours, Duration, TimeOfDay};
use rayon::prelude::*;

/// A series: its name with labels, and its samples by the minute of the history.
pub struct Series {
    pub name: String,
    pub samples: Vec<(usize, f64)>,
}

/// What happened, and at which minutes the alert must be open or closed.
pub struct History {
    pub series: Vec<Series>,
    pub expected: Vec<(usize, bool)>,
}

/// The labels that all series of the DAG share.
const DAG: &str =
    r#"monitored_resource="cloud_composer_workflow",project_id="p",workflow_name="composer.sales""#;

/// How long the points of series are kept.
pub const KEPT: Duration = Duration::days(42);

/// Whose series are read.
pub fn scope() -> Scope {
    Scope::new("p", None)
}

/// The DAG's runs.
pub fn dag() -> DagRuns {
    DagRuns::new(scope(), "composer", "sales")
}

/// A run's end, in minutes from the start, and whether it succeeded.
pub type Run = (usize, bool);

/// The samples of `workflow/run_duration` that runs leave.
pub fn runs(runs: &[Run]) -> Vec<Series> {
    runs_of_version("1", runs)
}

/// The same, as a version of Composer's image writes them.
pub fn runs_of_version(version: &str, runs: &[Run]) -> Vec<Series> {
    let of_state = |(state, succeeded): (&str, bool)| {
        let labels = format!(r#"state="{state}",image_version="{version}""#);
        let samples = runs.iter().filter(|run| run.1 == succeeded).map(|run| (run.0, 300.0));
        series("workflow_run_duration", &labels, samples.collect())
    };
    [("failed", false), ("success", true)].map(of_state).into()
}

/// A series of one of the DAG's metrics.
pub fn series(metric: &str, labels: &str, samples: Vec<(usize, f64)>) -> Series {
    Series { name: format!("composer_googleapis_com:{metric}{{{DAG},{labels}}}"), samples }
}

/// A series of a Dataflow job's metric.
pub fn of_job(job: &str, metric: &str, labels: &str, samples: Vec<(usize, f64)>) -> Series {
    let labels = format!(r#"monitored_resource="dataflow_job",project_id="p",job_name="{job}",{labels}"#);
    Series { name: format!("dataflow_googleapis_com:job_{metric}{{{labels}}}"), samples }
}

/// The active hours of a proof, in minutes of promtool's first day: from 01:00 to 07:00.
pub const ACTIVE: Range<usize> = 60..420;

/// The pause of a proof, in minutes.
pub const PAUSE: Range<usize> = 240..260;

/// Those hours and that pause.
pub fn clock() -> Clock {
    let time = |minutes: usize| TimeOfDay::parse(&format!("{:02}:00", minutes / 60)).unwrap();
    let second = |minute: usize| i64::try_from(60 * minute).unwrap();
    Clock {
        hours: ActiveHours::new(time(ACTIVE.start), time(ACTIVE.end), "UTC"),
        pauses: std::iter::once(second(PAUSE.start)..second(PAUSE.end)).collect(),
    }
}

/// Whether the slice that ends at a minute, and is so long, lies in the hours as a whole and has nothing of the pause. Its
/// beginning is no part of it, its end is.
pub fn is_due(end: usize, length: usize) -> bool {
    let Some(begin) = end.checked_sub(length) else { return false };
    let paused = end >= PAUSE.start && begin < PAUSE.end;
    begin >= ACTIVE.start && end <= ACTIVE.end && !paused
}

/// A part of the life of a run of a job: its ID, its minutes, and what it shows in each of them.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub run: u8,
    pub from: usize,
    pub minutes: usize,
    pub shows: u32,
}

/// What runs show, minute by minute: of two stretches of one run the earlier counts.
pub struct Runs(pub BTreeMap<u8, BTreeMap<usize, u32>>);

impl Runs {
    pub fn of(stretches: &[Stretch]) -> Runs {
        let mut runs: BTreeMap<u8, BTreeMap<usize, u32>> = BTreeMap::new();
        for stretch in stretches {
            let minutes = runs.entry(stretch.run).or_default();
            for minute in stretch.from..stretch.from + stretch.minutes {
                minutes.entry(minute).or_insert(stretch.shows);
            }
        }
        Runs(runs)
    }

    /// How long a run has been going on at a minute, in seconds.
    pub fn elapsed(minutes: &BTreeMap<usize, u32>, minute: usize) -> usize {
        60 * (minute - minutes.keys().next().unwrap())
    }

    /// `elapsed_time` of all runs of a job. What has ended may stay at its last value.
    pub fn elapsed_times(&self, job: &str, frozen_until: usize) -> Vec<Series> {
        let of = |(run, minutes): (&u8, &BTreeMap<usize, u32>)| {
            let last = *minutes.keys().last().unwrap();
            let mut samples: Vec<(usize, f64)> =
                minutes.keys().map(|minute| (*minute, Runs::elapsed(minutes, *minute) as f64)).collect();
            samples
                .extend((last + 1..frozen_until).map(|minute| (minute, Runs::elapsed(minutes, last) as f64)));
            of_job(job, "elapsed_time", &format!(r#"job_id="{run}""#), samples)
        };
        self.0.iter().map(of).collect()
    }

    /// What all runs show as another metric, with more labels.
    pub fn shown(&self, job: &str, metric: &str, labels: &str) -> Vec<Series> {
        let of = |(run, minutes): (&u8, &BTreeMap<usize, u32>)| {
            let samples = minutes.iter().map(|(minute, shows)| (*minute, f64::from(*shows)));
            of_job(job, metric, &format!(r#"job_id="{run}"{labels}"#), samples.collect())
        };
        self.0.iter().map(of).collect()
    }
}

/// How PromQL shows the events of a DELTA metric. Which of these Cloud Monitoring's does is not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewSeries {
    /// As a counter: a zero stands before its first sample.
    AtZero,
    /// As a counter: its first sample is its first value, so that `increase` does not see the events in it.
    AtItsFirstValue,
    /// As what happened in each minute, with zeros beside it; the first sample counts, as `increase` adds all of them up.
    Deltas,
}

/// Each shape is proven under all of them.
pub const MODELS: [NewSeries; 3] = [NewSeries::AtZero, NewSeries::AtItsFirstValue, NewSeries::Deltas];

/// How many minutes before and after what happened are filled with zeros.
pub const FILLED: usize = 3;

impl NewSeries {
    /// The samples of events in their minutes, each of so much. A counter is written until the end.
    pub fn samples(self, events: &[usize], each: f64, until: usize) -> Vec<(usize, f64)> {
        let sum = |of: &dyn Fn(usize) -> bool| events.iter().filter(|event| of(**event)).map(|_| each).sum();
        let first = events.iter().copied().min().unwrap_or(until);
        let from = match self {
            NewSeries::AtZero => first.saturating_sub(1),
            NewSeries::AtItsFirstValue => first,
            NewSeries::Deltas => {
                let filled: BTreeSet<usize> =
                    events.iter().flat_map(|event| event.saturating_sub(FILLED)..=event + FILLED).collect();
                return filled
                    .range(..until)
                    .map(|minute| (*minute, sum(&|event| event == *minute)))
                    .collect();
            }
        };
        (from..until).map(|minute| (minute, sum(&|event| event <= minute))).collect()
    }

    /// A query that Prometheus evaluates as Cloud Monitoring would the original.
    pub fn query(self, query: &str) -> String {
        match self {
            NewSeries::AtZero | NewSeries::AtItsFirstValue => query.to_owned(),
            NewSeries::Deltas => query.replace("increase(", "sum_over_time("),
        }
    }
}

/// The samples of `workflow/run_count`.
pub fn counted(state: &str, version: &str, new: NewSeries, events: &[usize], until: usize) -> Series {
    let labels = format!(r#"state="{state}",image_version="{version}""#);
    series("workflow_run_count", &labels, new.samples(events, 1.0, until))
}

/// Asks promtool about a query over histories.
///
/// # Errors
/// What promtool says where the alert is open and should not be, or the other way round.
pub fn promtool(promtool: &Path, query: &str, histories: &[History]) -> Result<(), String> {
    judged(promtool, &serde_json::json!({ "alert": "Alert", "expr": query }), histories)
}

/// The same of a rule, which may hold and keep firing.
///
/// # Errors
/// As above.
pub fn judged(promtool: &Path, rule: &serde_json::Value, histories: &[History]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let rules = serde_json::json!({ "groups": [{ "name": "genkai", "rules": [rule] }] });
    std::fs::write(folder.path().join("rules.json"), rules.to_string()).unwrap();
    let tests: Vec<_> = histories.iter().map(test).collect();
    let test = serde_json::json!({ "rule_files": ["rules.json"], "evaluation_interval": every(histories), "tests": tests });
    let file = folder.path().join("test.json");
    std::fs::write(&file, test.to_string()).unwrap();
    let output = Command::new(promtool).args(["test", "rules"]).arg(&file).output().unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }
}

/// The query is evaluated no oftener than it takes to answer, as that is what takes time.
fn every(histories: &[History]) -> String {
    let asked = histories.iter().flat_map(|history| &history.expected);
    let distance = asked.fold(0, |divisor, (minute, _)| greatest_common_divisor(divisor, *minute));
    format!("{}m", distance.max(1))
}

fn greatest_common_divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

fn test(history: &History) -> serde_json::Value {
    let end = history.expected.iter().map(|(minute, _)| *minute).max().unwrap_or(0);
    let series: Vec<_> = history
        .series
        .iter()
        .map(|series| serde_json::json!({ "series": series.name, "values": values(&series.samples, end) }))
        .collect();
    let checks: Vec<_> = history
        .expected
        .iter()
        .map(|(minute, open)| {
            let alerts = if *open { vec![serde_json::json!({ "exp_labels": {} })] } else { Vec::new() };
            serde_json::json!({ "eval_time": format!("{minute}m"), "alertname": "Alert", "exp_alerts": alerts })
        })
        .collect();
    serde_json::json!({ "interval": "1m", "input_series": series, "alert_rule_test": checks })
}

/// Samples in promtool's notation: `_x9` is nothing for nine minutes.
fn values(samples: &[(usize, f64)], end: usize) -> String {
    let mut sorted: Vec<_> = samples.iter().filter(|(minute, _)| *minute <= end).collect();
    sorted.sort_by_key(|(minute, _)| *minute);
    sorted.dedup_by_key(|(minute, _)| *minute);
    let mut values = Vec::new();
    let mut next = 0;
    for (minute, value) in sorted {
        values.extend((*minute > next).then(|| format!("_x{}", minute - next)));
        values.push(value.to_string());
        next = minute + 1;
    }
    values.push("_".to_owned());
    values.join(" ")
}

/// A small generator, so that the histories are the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// How many random histories a shape is judged by: 200, or what `GENKAI_HISTORIES` says.
pub fn histories() -> usize {
    std::env::var("GENKAI_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(200)
}

/// Name, what happened, and when the alert must be open or closed.
pub type Case<R> = (&'static str, Vec<R>, Vec<(usize, bool)>);

/// What a query is judged by: `tell` makes a history of what happened, with what the model of the contract expects.
pub struct Proof<T> {
    pub oracle: PathBuf,
    pub query: String,
    pub tell: T,
}

/// A proof that needs no more than what happened.
pub type PlainProof<R> = Proof<fn(&[R]) -> History>;

impl<T> Proof<T> {
    /// Cases by hand; and the model, which judges the random histories, agrees with them.
    pub fn holds_in<R>(&self, cases: &[Case<R>])
    where
        T: Fn(&[R]) -> History,
    {
        for (name, runs, expected) in cases {
            let by_hand = History { expected: expected.clone(), ..(self.tell)(runs) };
            for (history, judge) in [(by_hand, "by hand"), ((self.tell)(runs), "by the model")] {
                promtool(&self.oracle, &self.query, &[history])
                    .unwrap_or_else(|output| panic!("{name}, {judge}: {output}\n{}", self.query));
            }
        }
    }

    /// Every wrong query, made by replacing a part of the right one, fails in one of the cases.
    pub fn fails_when_wrong<R>(&self, cases: &[Case<R>], wrong: &[(&str, &str, &str)])
    where
        T: Fn(&[R]) -> History,
    {
        let by_hand =
            |(_, runs, expected): &Case<R>| History { expected: expected.clone(), ..(self.tell)(runs) };
        let cases: Vec<History> = cases.iter().map(by_hand).collect();
        wrong_queries_fail(&self.oracle, &self.query, &cases, wrong);
    }

    /// Random histories, which must ask for both. Where one disagrees with the model, says the least that does.
    pub fn holds_in_random<R: Clone + Debug + Sync>(&self, histories: &[Vec<R>])
    where
        T: Fn(&[R]) -> History + Sync,
    {
        let asked: Vec<bool> =
            histories.iter().flat_map(|runs| (self.tell)(runs).expected).map(|(_, open)| open).collect();
        let open = asked.iter().filter(|open| **open).count();
        assert!(open > histories.len() && asked.len() - open > histories.len(), "{open} of {}", asked.len());
        if let Some(least) = self.disagreement(histories) {
            panic!("{least}");
        }
    }

    /// The least history on which the query and the model disagree.
    pub fn disagreement<R: Clone + Debug + Sync>(&self, histories: &[Vec<R>]) -> Option<String>
    where
        T: Fn(&[R]) -> History + Sync,
    {
        let ask = |histories: &[History]| promtool(&self.oracle, &self.query, histories);
        let fails =
            |runs: &[Vec<R>]| ask(&runs.iter().map(|runs| (self.tell)(runs)).collect::<Vec<_>>()).is_err();
        // One call for many histories, as starting promtool takes longer than a short history does.
        let batch = histories.par_chunks(25).find_first(|batch| fails(batch))?;
        let one = batch.iter().find(|runs| fails(&[runs.to_vec()]))?;
        let runs = reduced(one, |runs| fails(&[runs.to_vec()]));
        let first = |questions: usize| {
            let mut history = (self.tell)(&runs);
            history.expected.truncate(questions);
            history
        };
        let told = (self.tell)(&runs).expected;
        let agreed: Vec<usize> = (1..=told.len()).collect();
        let agreed = agreed.partition_point(|questions| ask(&[first(*questions)]).is_ok());
        let (minute, open) = told[agreed];
        let said = |open| if open { "open" } else { "closed" };
        let (expected, got) = (said(open), said(!open));
        let query = &self.query;
        Some(format!("minute {minute}: expected {expected}, got {got}, after {runs:?}\n{query}"))
    }
}

/// What still fails when any one run more is left out.
fn reduced<R: Clone>(runs: &[R], fails: impl Fn(&[R]) -> bool) -> Vec<R> {
    let mut left = runs.to_vec();
    loop {
        let before = left.len();
        for at in (0..before).rev() {
            let mut fewer = left.clone();
            fewer.remove(at);
            if fails(&fewer) {
                left = fewer;
            }
        }
        if left.len() == before {
            return left;
        }
    }
}

/// Queries that are wrong on purpose fail: what they are, a part of the right query, and what stands there instead.
pub fn wrong_queries_fail(oracle: &Path, query: &str, cases: &[History], wrong: &[(&str, &str, &str)]) {
    let passes =
        |query: &str| cases.iter().all(|case| promtool(oracle, query, std::slice::from_ref(case)).is_ok());
    assert_eq!(survivors(query, wrong, passes), "", "these wrong queries passed");
}

/// Those of the wrong queries that pass, a line for each.
pub fn survivors(query: &str, wrong: &[(&str, &str, &str)], passes: impl Fn(&str) -> bool) -> String {
    let mut survived = String::new();
    for (what, right, mistake) in wrong {
        assert!(query.contains(right), "`{right}` is not in {query}");
        if passes(&query.replace(right, mistake)) {
            writeln!(survived, "{what}").unwrap();
        }
    }
    survived
}

/// A minute of a range.
pub fn minute_of(random: &mut Random, range: Range<usize>) -> usize {
    let length = u64::try_from(range.len()).unwrap();
    range.start + usize::try_from(random.below(length)).unwrap()
}
