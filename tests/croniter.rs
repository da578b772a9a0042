//! Cron expressions, read as Airflow's croniter reads them: whatever Genkai takes, every version of croniter that Airflow
//! came with takes too, and runs at the same instants. `croniter/readings.py` writes down how they read; and what Airflow's own
//! timetables make of them in time zones, `croniter/timetables.py`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use genkai::slo::{Calendar, Date, Deadline, Due, Duration, KNOWN, Schedule, ScheduleError, TimeOfDay};
use jiff::civil::Weekday;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// Expression to reading, by version.
type Readings = BTreeMap<String, Option<String>>;

const VERSIONS: [(&str, &str); 4] = [
    ("2.0.7", include_str!("croniter/2.0.7.json")),
    ("3.0.3", include_str!("croniter/3.0.3.json")),
    ("6.0.0", include_str!("croniter/6.0.0.json")),
    ("7.0.0", include_str!("croniter/7.0.0.json")),
];

fn readings() -> Vec<(&'static str, Readings)> {
    VERSIONS.map(|(version, text)| (version, serde_json::from_str(text).unwrap())).into()
}

/// The runs in 2024, as `readings.py` writes them down.
fn reading(schedule: &Schedule) -> String {
    let (begin, end) = (1_704_067_200, 1_735_689_600);
    let due = schedule.occurrences().as_seconds().iter().filter(|due| (begin..end).contains(*due));
    let runs: Vec<String> = due
        .map(|due| jiff::Timestamp::from_second(*due).unwrap().to_string().trim_end_matches('Z').to_owned())
        .collect();
    format!("{} {}", runs.len(), digest(&runs))
}

/// The beginning of the SHA-256 of lines.
fn digest(lines: &[String]) -> String {
    Sha256::digest(lines.join("\n").as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_genkai_takes_every_croniter_reads_the_same() {
    let versions = readings();
    let mut differences = String::new();
    for expression in versions[0].1.keys() {
        let Ok(schedule) = Schedule::parse(expression, "UTC") else { continue };
        let ours = reading(&schedule);
        for (version, readings) in &versions {
            let theirs = readings[expression].as_deref().unwrap_or("refused");
            if theirs != ours {
                writeln!(differences, "`{expression}`: {ours}, croniter {version}: {theirs}").unwrap();
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// What is refused although Airflow takes it, with what Genkai says instead.
#[test]
fn what_genkai_does_not_take_says_what_to_write() {
    let versions = readings();
    let mut out = String::new();
    for expression in versions[0].1.keys() {
        let runs: Vec<String> = versions
            .iter()
            .map(|(_, readings)| {
                readings[expression].as_deref().map_or("-", |text| text.split(' ').next().unwrap()).to_owned()
            })
            .collect();
        let (message, help) = match Schedule::parse(expression, "UTC") {
            Ok(_) => continue,
            Err(ScheduleError::Cron(error)) => ("", error.help),
            Err(ScheduleError::Never(_)) => ("never runs", String::new()),
            Err(ScheduleError::TimeZone(zone)) => panic!("{zone}"),
        };
        writeln!(out, "`{expression}` {}: {message}{help}", runs.join(" ")).unwrap();
    }
    insta::assert_snapshot!(out);
}

/// What Airflow's own timetables say of schedules with zones and calendars, written down by `croniter/timetables.py`.
const TIMETABLES: &str = include_str!("croniter/timetables.json");

/// The first day of the calendars there, and the last.
const DAYS: [&str; 2] = ["2026-01-01", "2027-12-31"];

/// A schedule as it stands there: when it is due, its deadline, how many starts before one a row begins that ends with it.
fn written(one: &Value) -> (Due, Deadline, usize) {
    let [from, through] = DAYS.map(|day| Date::parse(day).unwrap());
    let day = |text: &Value| Date::parse(text.as_str().unwrap()).unwrap();
    let weekend = one["closed"]["weekend"].as_array().unwrap().iter();
    let calendar = Calendar {
        from,
        through,
        japanese_holidays: false,
        weekend: weekend
            .map(|day| Weekday::from_monday_one_offset(i8::try_from(day.as_i64().unwrap()).unwrap()).unwrap())
            .collect(),
        closed: one["closed"]["days"]
            .as_array()
            .unwrap()
            .iter()
            .map(|days| day(&days[0])..=day(&days[1]))
            .collect(),
        open: BTreeSet::new(),
    };
    let schedule = Schedule::parse(one["cron"].as_str().unwrap(), one["zone"].as_str().unwrap()).unwrap();
    let due = Due::scheduled(Arc::new(schedule.with_calendar(Arc::new(calendar))));
    let deadline = match one["deadline"]["within"].as_u64() {
        Some(seconds) => Deadline::Within(Duration::seconds(seconds)),
        None => {
            let minutes = one["deadline"]["by"].as_u64().unwrap();
            let text = format!("{:02}:{:02}", minutes / 60, minutes % 60);
            Deadline::By(TimeOfDay::parse(&text).unwrap())
        }
    };
    (due, deadline, usize::try_from(one["row"].as_u64().unwrap()).unwrap() - 1)
}

/// The starts on the days of the calendars.
fn known_starts(due: &Due) -> Vec<i64> {
    let span = DAYS.map(|day| day.parse::<jiff::civil::Date>().unwrap());
    let second =
        |day: jiff::civil::Date| day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
    let around = second(span[0]) - 2 * 86_400..second(span[1]) + 3 * 86_400;
    let mut starts = due.due_starts(around).unwrap();
    let schedule = due.schedule().unwrap();
    starts.retain(|start| (span[0]..=span[1]).contains(&schedule.local(*start).date()));
    starts
}

#[test]
fn starts_deadlines_and_rows_are_those_of_airflow_s_timetables() {
    let timetables: Value = serde_json::from_str(TIMETABLES).unwrap();
    let mut differences = String::new();
    for one in timetables["schedules"].as_array().unwrap() {
        let (due, deadline, before) = written(one);
        let starts = known_starts(&due);
        let line = |(index, start): (usize, &i64)| {
            let missed = due.deadline(*start, deadline).unwrap();
            let row = index.checked_sub(before).map_or(0, |index| starts[index]);
            format!("{start} {missed} {row}")
        };
        let lines: Vec<String> = starts.iter().enumerate().map(line).collect();
        let ours = (starts.len() as u64, digest(&lines));
        let theirs = (one["starts"].as_u64().unwrap(), one["digest"].as_str().unwrap().to_owned());
        if ours != theirs {
            writeln!(differences, "{one}: {ours:?}").unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// The same instants from what goes into queries: the latest start whose deadline has passed, and the start of a row.
#[test]
fn queries_know_the_same_starts() {
    let timetables: Value = serde_json::from_str(TIMETABLES).unwrap();
    let (mut differences, mut fit) = (String::new(), [0, 0]);
    for one in timetables["schedules"].as_array().unwrap() {
        let (due, deadline, before) = written(one);
        let starts = known_starts(&due);
        let at_once = Duration::seconds(0);
        if let Some(latest) = due.latest_start(deadline, at_once).filter(|latest| !latest.pieces.is_empty()) {
            fit[0] += 1;
            // Where a deadline comes after the next one's, the later start is the latest all the same.
            let mut passed: BTreeMap<i64, i64> = BTreeMap::new();
            for start in &starts {
                let of = passed.entry(due.deadline(*start, deadline).unwrap()).or_insert(*start);
                *of = (*of).max(*start);
            }
            let latest_so_far = passed.into_iter().scan(0, |latest, (missed, start)| {
                *latest = start.max(*latest);
                Some((missed, *latest))
            });
            for (missed, start) in latest_so_far {
                if latest.at(missed) != Some(start) {
                    writeln!(differences, "{one}: the latest start at {missed}: {:?}", latest.at(missed))
                        .unwrap();
                    break;
                }
            }
        }
        if let Some(row) = due.starts_before(before).filter(|row| !row.pieces.is_empty()) {
            fit[1] += 1;
            for (start, of_row) in starts.iter().skip(before).zip(&starts) {
                // What queries know begins with a year in UTC, and the calendars with one in their zones.
                if *of_row >= KNOWN.start && row.at(*start) != Some(*of_row) {
                    writeln!(differences, "{one}: the row at {start}: {:?}", row.at(*start)).unwrap();
                    break;
                }
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
    assert!(fit.iter().all(|fit| *fit > 90), "{fit:?} of 100 fit into queries");
}
