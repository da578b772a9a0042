//! GK201, GK202 and GK203: a schedule that Airflow and Genkai read the same way, and that has runs.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::slo::{Schedule, ScheduleError};
use jiff::tz::TimeZoneDatabase;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    resolved.documents.iter().flat_map(schedule).collect()
}

/// The cron expression and the time zone, each beside one that is sound, so that both are judged.
fn schedule(document: &Effective) -> Vec<Diagnostic> {
    let cron = document.text(&["spec", "schedule", "cron"]);
    let time_zone = document.text(&["spec", "schedule", "timezone"]);
    let errors = [
        cron.and_then(|cron| Schedule::parse(cron, "UTC").err()),
        time_zone.and_then(|zone| Schedule::parse("@yearly", zone).err()),
    ];
    errors.into_iter().flatten().map(|error| document.tag(mistake(document, error))).collect()
}

fn mistake(document: &Effective, error: ScheduleError) -> Diagnostic {
    let message = error.to_string();
    let cron = document.span(&["spec", "schedule", "cron"]);
    match error {
        ScheduleError::Cron { help, .. } => Diagnostic::error(Code::BadCron, message).at(cron, "").help(help),
        ScheduleError::Never(_) => {
            Diagnostic::error(Code::NeverRuns, message).at(cron, "").help("give a day that some month has")
        }
        ScheduleError::TimeZone(zone) => {
            let path = ["spec", "schedule", "timezone"];
            let zones: Vec<String> =
                TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
            // Three letters are near to any other three, and mean something else.
            let regional = zones.iter().map(String::as_str).filter(|name| name.contains('/'));
            Diagnostic::error(Code::UnknownTimeZone, message)
                .at(document.span(&path), document.label(&path))
                .suggest(&zone, regional, || "write a name such as `Asia/Tokyo` or `UTC`".to_owned())
        }
    }
}
