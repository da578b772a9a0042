//! Cron expressions, read as Airflow's croniter reads them: whatever Genkai takes, every version of croniter that Airflow
//! came with takes too, and runs at the same instants. `croniter/readings.py` writes down how they read.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use genkai::slo::{Schedule, ScheduleError};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

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
    let digest = Sha256::digest(runs.join("\n").as_bytes());
    let beginning: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{} {beginning}", runs.len())
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
