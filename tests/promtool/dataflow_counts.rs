//! Time slices with too many logged errors, and with too little data: counts, under every model of a series.

use std::collections::BTreeSet;

use genkai::gcp::metrics::dataflow::BYTES_PRODUCED;
use genkai::monitoring::SliceRule;
use genkai::monitoring::shapes::dataflow::{BadSlices, DataflowJob, JobName, slices};
use genkai::slo::Duration;

use crate::promtool::engine::scope;
use crate::promtool::engine::{
    Case, History, MODELS, NewSeries, Proof, Random, Runs, Series, Stretch, clock, histories, is_due,
    minute_of, of_job,
};
use crate::support;

const END: usize = 480;

/// Two bad slices of an hour, one of them among the latest.
const fn rule(short: u64) -> SliceRule {
    SliceRule {
        long: Duration::hours(1),
        due_long: 12,
        tolerated_long: 1,
        short: Duration::minutes(short),
        due_short: 1,
        tolerated_short: 0,
        burns: None,
    }
}

fn job() -> DataflowJob {
    DataflowJob { scope: scope(), name: JobName::Is("ingest".to_owned()) }
}

/// Whether the bad ones of some slices are too many: those that end in an hour, and those of the short window. The ends are
/// never asked for at the edge of a window.
fn too_many(bad: &BTreeSet<usize>, minute: usize, short: usize) -> bool {
    let within = |window: usize| bad.range((minute + 1).saturating_sub(window)..=minute).count();
    within(60) > 1 && within(short) > 0
}

/// An error: its minute, and the log that it is in.
type Error = (usize, u8);

fn errors_query() -> String {
    slices(&BadSlices::more_than(job().errors(), 0, Duration::minutes(5), &clock()), &rule(5)).twin.one_line()
}

fn tell_errors(errors: &[Error], new: NewSeries) -> History {
    let logs: BTreeSet<u8> = errors.iter().map(|(_, log)| *log).collect();
    let of = |log: &u8| {
        let severity = ["ERROR", "CRITICAL"][usize::from(log % 2)];
        let name = format!(
            r#"logging_googleapis_com:log_entry_count{{monitored_resource="dataflow_job",project_id="p",job_name="ingest",log="{log}",severity="{severity}"}}"#
        );
        let events: Vec<usize> =
            errors.iter().filter(|(_, other)| other == log).map(|(minute, _)| *minute).collect();
        Series { samples: new.samples(&events, 1.0, END), name }
    };
    let mut series: Vec<Series> = logs.iter().map(of).collect();
    // What is no error, and another job.
    for labels in
        [r#"job_name="ingest",log="1",severity="INFO""#, r#"job_name="other",log="1",severity="ERROR""#]
    {
        let name = format!(
            r#"logging_googleapis_com:log_entry_count{{monitored_resource="dataflow_job",project_id="p",{labels}}}"#
        );
        series.push(Series { name, samples: new.samples(&(0..END).collect::<Vec<_>>(), 3.0, END) });
    }
    let bad = errors.iter().map(|(minute, _)| minute.div_ceil(5) * 5).filter(|end| is_due(*end, 5)).collect();
    let expected = (0..END).step_by(7).filter(|minute| minute % 5 != 0);
    History { series, expected: expected.map(|minute| (minute, too_many(&bad, minute, 5))).collect() }
}

fn errors_proof(new: NewSeries) -> Option<Proof<impl Fn(&[Error]) -> History + Sync>> {
    let tell = move |errors: &[Error]| tell_errors(errors, new);
    Some(Proof { oracle: support::oracle("promtool")?, query: new.query(&errors_query()), tell })
}

/// Which of two slices an error at the very edge belongs to is left open.
fn error_cases() -> Vec<Case<Error>> {
    vec![
        (
            "the second bad slice within an hour calls, also where both are the first errors of new series",
            vec![(103, 1), (123, 2)],
            vec![
                (102, false),
                (106, false),
                (124, false),
                (126, true),
                (129, true),
                (131, false),
                (160, false),
            ],
        ),
        (
            "one bad slice is none too many, however many errors are in it",
            vec![(102, 1), (103, 1), (104, 1), (103, 2)],
            vec![(106, false), (108, false), (130, false)],
        ),
        (
            "errors that go on keep it open",
            vec![(103, 1), (108, 1), (113, 1), (118, 1)],
            vec![(107, false), (111, true), (117, true), (121, true), (124, true), (127, false)],
        ),
        (
            "two bad slices more than an hour apart are fine",
            vec![(103, 1), (168, 1)],
            vec![(106, false), (171, false), (174, false)],
        ),
        (
            "zeros beside an error are none",
            vec![(101, 1)],
            vec![(98, false), (101, false), (103, false), (106, false), (108, false)],
        ),
        ("no log, no error", vec![], vec![(3, false), (101, false), (402, false)]),
        (
            "outside of the active hours nothing is due",
            vec![(42, 1), (48, 1), (53, 1), (423, 1), (428, 1)],
            vec![(51, false), (58, false), (426, false), (431, false)],
        ),
        (
            "a pause has no bad slice",
            vec![(242, 1), (248, 1), (253, 1), (263, 1), (268, 1)],
            vec![(246, false), (256, false), (266, false), (271, true)],
        ),
    ]
}

#[test]
fn logged_errors_keep_their_contract_in_hard_cases() {
    for new in MODELS {
        let Some(proof) = errors_proof(new) else { return };
        proof.holds_in(&error_cases());
    }
}

#[test]
fn logged_errors_keep_their_contract_in_random_histories() {
    let mut random = Random(2026);
    let mut history = || {
        let count = minute_of(&mut random, 2..14);
        let error = |random: &mut Random| {
            let slice = minute_of(random, 0..END / 5);
            (5 * slice + minute_of(random, 2..5), [1, 1, 2, 3][minute_of(random, 0..4)])
        };
        let mut errors: Vec<Error> = (0..count).map(|_| error(&mut random)).collect();
        // What fails once often fails again.
        let again: Vec<Error> = errors.iter().map(|(minute, log)| (minute + 10, *log)).collect();
        errors.extend(again.into_iter().filter(|(minute, _)| minute % 3 == 0 && *minute < END));
        errors
    };
    let histories: Vec<Vec<Error>> = (0..histories() / 5).map(|_| history()).collect();
    for new in MODELS {
        let Some(proof) = errors_proof(new) else { return };
        proof.holds_in_random(&histories);
    }
}

#[test]
fn wrong_queries_on_errors_fail_the_same_proof() {
    let Some(proof) = errors_proof(NewSeries::AtItsFirstValue) else { return };
    let wrong = [
        ("new series do not count", "or count(", "unless count("),
        ("a slice that is never new", "offset 5m", "offset 0s"),
        ("a shorter long window", "[1h:5m]", "[15m:5m]"),
        ("a longer long window", "[1h:5m]", "[2h:5m]"),
        ("a longer short window", "[5m:5m]", "[30m:5m]"),
        ("one bad slice", "> 1 and", "> 0 and"),
        ("either window", "> 1 and count_over_time", "> 1 or count_over_time"),
        ("any severity", "severity=~", "severity!~\"x\",severity!~"),
        ("any job", r#"job_name="ingest""#, r#"job_name!="""#),
        ("always active", "% 86400 < bool 21301", "% 86400 < bool 86400"),
        ("no pause", "time() >= bool 14400", "time() >= bool 1440000"),
    ];
    proof.fails_when_wrong(&error_cases(), &wrong);
}

/// The query of before: a series that shows nothing but zeros was a new one.
#[test]
fn zeros_that_count_as_events_fail_the_same_proof() {
    for new in [NewSeries::AtZero, NewSeries::Deltas] {
        let Some(proof) = errors_proof(new) else { return };
        let here = r#"max_over_time(logging_googleapis_com:log_entry_count{monitored_resource="dataflow_job",project_id="p",job_name="ingest",severity=~"ERROR|CRITICAL|ALERT|EMERGENCY"}[5m]) > 0 unless"#;
        let any = here.replace("max_over_time", "count_over_time").replace(" > 0 unless", " unless");
        proof.fails_when_wrong(&error_cases(), &[("any sample is an event", here, &any)]);
    }
}

/// In seconds; the metrics of a job are five minutes late.
const STARTUP: usize = 900;

fn bytes_query() -> String {
    let series = job().selector(&BYTES_PRODUCED).at_or_below("ptransform", "Parse");
    let startup = Duration::seconds(u64::try_from(STARTUP).unwrap());
    let bad = BadSlices::less_than(&job(), series, 1_024, Duration::minutes(10), startup, &clock());
    slices(&bad, &rule(10)).twin.one_line()
}

/// A slice of ten minutes that ended five minutes ago is bad when no run showed anything in it, while one was going on that
/// had left its start-up before it. `None` where a sample at the edge of a range decides.
fn is_bad(runs: &Runs, at: usize) -> Option<bool> {
    let Some(end) = at.checked_sub(5).filter(|end| is_due(*end, 10)) else { return Some(false) };
    let shows = |from: usize, first: bool| {
        runs.0.values().any(|minutes| {
            let begins = minutes.keys().next();
            minutes.range(from..=end).any(|(minute, bytes)| *bytes > 0 && (first || Some(minute) != begins))
        })
    };
    let going_on = |from: usize| {
        runs.0.values().any(|minutes| {
            let seen: Vec<usize> = minutes.range(from..=at).map(|(minute, _)| *minute).collect();
            seen.len() > 1 && Runs::elapsed(minutes, seen[seen.len() - 1]) >= STARTUP + 900
        })
    };
    let bad = |shows: bool, going_on: bool| !shows && going_on;
    // What starts within the slice is extrapolated to all of it, and its first sample may be lost.
    let mut variants = Vec::new();
    for from in [end - 10, end - 9, end - 8] {
        for first in [true, false] {
            variants.extend([at - 4, at - 5].map(|since| bad(shows(from, first), going_on(since))));
        }
    }
    variants.iter().all(|variant| *variant == variants[0]).then_some(variants[0])
}

fn tell_bytes(stretches: &[Stretch], new: NewSeries) -> History {
    let runs = Runs::of(stretches);
    // What has ended keeps its elapsed time.
    let mut series = runs.elapsed_times("ingest", END);
    for (run, minutes) in &runs.0 {
        // What a run has never counted has no series.
        let nothing = minutes.values().all(|bytes| *bytes == 0);
        for step in ["Parse", "Parse/Map", "Parser"].into_iter().filter(|step| *step == "Parser" || !nothing)
        {
            let mut sum = 0.0;
            let mut samples = Vec::new();
            for (minute, bytes) in minutes {
                // Another step, whose name begins alike, produces all the time.
                let bytes = if step == "Parser" { 90_000.0 } else { f64::from(*bytes) };
                sum = if new == NewSeries::Deltas { bytes } else { sum + bytes };
                samples.push((*minute, sum));
            }
            if let (NewSeries::AtZero | NewSeries::Deltas, Some((first, _))) = (new, samples.first().copied())
            {
                samples.extend(first.checked_sub(1).map(|before| (before, 0.0)));
            }
            let labels = format!(r#"job_id="{run}",ptransform="{step}",pcollection="{step}.out0""#);
            series.push(of_job("ingest", "estimated_bytes_produced_count", &labels, samples));
        }
    }
    let slices: Vec<(usize, Option<bool>)> =
        (0..END).step_by(10).map(|end| (end, is_bad(&runs, end))).collect();
    let with = |doubtful: bool| -> BTreeSet<usize> {
        let bad = slices.iter().filter(|(_, bad)| bad.unwrap_or(doubtful));
        bad.map(|(end, _)| *end).collect()
    };
    let (least, most) = (with(false), with(true));
    let expected = (0..END).step_by(7).filter(|minute| minute % 10 != 0).filter_map(|minute| {
        let open = too_many(&least, minute, 10);
        (open == too_many(&most, minute, 10)).then_some((minute, open))
    });
    History { series, expected: expected.collect() }
}

fn bytes_proof(new: NewSeries) -> Option<Proof<impl Fn(&[Stretch]) -> History + Sync>> {
    let tell = move |stretches: &[Stretch]| tell_bytes(stretches, new);
    Some(Proof { oracle: support::oracle("promtool")?, query: new.query(&bytes_query()), tell })
}

const fn stretch(run: u8, from: usize, minutes: usize, shows: u32) -> Stretch {
    Stretch { run, from, minutes, shows }
}

fn bytes_cases() -> Vec<Case<Stretch>> {
    vec![
        (
            "nothing for two slices calls, and something ends it",
            vec![stretch(1, 30, 75, 5_000), stretch(1, 105, 40, 0), stretch(1, 145, 100, 5_000)],
            vec![(111, false), (118, false), (122, false), (131, true), (148, true), (157, false)],
        ),
        (
            "one slice without data is none too many",
            vec![stretch(1, 30, 74, 5_000), stretch(1, 104, 13, 0), stretch(1, 117, 100, 5_000)],
            vec![(121, false), (125, false), (160, false)],
        ),
        (
            "a run in its start-up need not show anything, one that has left it must",
            vec![stretch(1, 80, 120, 0)],
            vec![(99, false), (109, false), (119, false), (122, true), (141, true)],
        ),
        (
            "without a run nothing is missing here, though its time stays what it was",
            vec![stretch(1, 30, 70, 5_000)],
            vec![(101, false), (121, false), (151, false), (301, false)],
        ),
        (
            "an update: the old run's data counts while the new one starts",
            vec![stretch(1, 30, 90, 5_000), stretch(2, 110, 12, 0), stretch(2, 122, 90, 5_000)],
            vec![(111, false), (127, false), (141, false), (163, false)],
        ),
        (
            "nothing is due before the active hours, after them and in the pause",
            vec![stretch(1, 0, 239, 0), stretch(1, 239, 25, 0), stretch(1, 264, 216, 5_000)],
            vec![
                (55, false),
                (74, false),
                (86, false),
                (93, true),
                (243, true),
                (257, false),
                (268, false),
                (440, false),
            ],
        ),
        ("a job that never ran", vec![], vec![(3, false), (101, false), (451, false)]),
    ]
}

#[test]
fn throughput_keeps_its_contract_in_hard_cases() {
    for new in MODELS {
        let Some(proof) = bytes_proof(new) else { return };
        proof.holds_in(&bytes_cases());
    }
}

#[test]
fn throughput_keeps_its_contract_in_random_histories() {
    let mut random = Random(2026);
    let mut history = || {
        let mut stretches = Vec::new();
        let (mut run, mut from) = (1, minute_of(&mut random, 0..60));
        while from < END {
            let minutes = minute_of(&mut random, 6..60);
            let shows = if minute_of(&mut random, 0..2) == 0 { 0 } else { 5_000 };
            stretches.push(stretch(run, from, minutes, shows));
            from += minutes;
            match minute_of(&mut random, 0..9) {
                0 => (run, from) = (run + 1, from + minute_of(&mut random, 1..30)),
                1 => (run, from) = (run + 1, from - 3),
                _ => {}
            }
        }
        stretches
    };
    let histories: Vec<Vec<Stretch>> = (0..histories() / 5).map(|_| history()).collect();
    for new in MODELS {
        let Some(proof) = bytes_proof(new) else { return };
        proof.holds_in_random(&histories);
    }
}

#[test]
fn wrong_queries_on_throughput_fail_the_same_proof() {
    let Some(proof) = bytes_proof(NewSeries::AtZero) else { return };
    let wrong = [
        ("no data is no bad slice", "or vector(0)", "or vector(9999)"),
        ("a run that has ended goes on", "> 0) >= 1800", ">= 0) >= 1800"),
        ("no start-up", ">= 1800", ">= 0"),
        ("too long a start-up", ">= 1800", ">= 18000"),
        ("no run is needed", "1024 and max(", "1024 or max("),
        ("only the step itself", "Parse(/.*)?", "Pars"),
        ("all that begins alike", "Parse(/.*)?", "Parse.*"),
        ("a shorter long window", "[1h:10m]", "[10m:10m]"),
        ("a longer short window", "[10m:10m]", "[40m:10m]"),
        ("the other way round", "< 1024", "> 1024"),
        ("always active", "% 86400 < bool 21001", "% 86400 < bool 86400"),
        ("no pause", "time() >= bool 14700", "time() >= bool 1440000"),
    ];
    proof.fails_when_wrong(&bytes_cases(), &wrong);
}
