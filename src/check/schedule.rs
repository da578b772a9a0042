//! GK201, GK202 and GK203: a schedule that Airflow and Genkai read the same way, and that has runs.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Effective, Resolved};
use crate::slo::{Schedule, ScheduleError};
use crate::source::Node;
use jiff::tz::TimeZoneDatabase;

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let of_documents = resolved.documents.iter().flat_map(|document| {
        let findings = crons(document).into_iter().chain(time_zones(&document.tree, &TIME_ZONES));
        findings.map(|finding| document.tag(finding)).collect::<Vec<_>>()
    });
    let project = resolved.project.iter().flat_map(|project| time_zones(&project.tree, &DEFAULT_TIME_ZONE));
    of_documents.chain(project).collect()
}

/// Where documents name time zones.
const TIME_ZONES: [&[&str]; 3] = [
    &["spec", "schedule", "timezone"],
    &["spec", "activeHours", "timezone"],
    &["spec", "partition", "timezone"],
];

/// Where the Project does.
const DEFAULT_TIME_ZONE: [&[&str]; 1] = [&["spec", "defaults", "timezone"]];

/// The cron expression, beside a time zone that is sound, so that both are judged.
fn crons(document: &Effective) -> Option<Diagnostic> {
    let path = ["spec", "schedule", "cron"];
    let error = Schedule::parse(document.text(&path)?, "UTC").err()?;
    let message = error.to_string();
    let place = document.span(&path);
    match error {
        ScheduleError::Cron(error) => {
            Some(Diagnostic::error(Code::BadCron, message).at(place, "").help(error.help))
        }
        ScheduleError::Never(_) => Some(
            Diagnostic::error(Code::NeverRuns, message).at(place, "").help("give a day that some month has"),
        ),
        ScheduleError::TimeZone(_) => None,
    }
}

fn time_zones(tree: &Node, paths: &[&[&str]]) -> Vec<Diagnostic> {
    let written = paths.iter().filter_map(|path| tree.at(path.iter().copied()));
    written.filter_map(time_zone).collect()
}

fn time_zone(node: &Node) -> Option<Diagnostic> {
    let zone = node.as_str().filter(|zone| !zone.is_empty())?;
    let error = Schedule::parse("@yearly", zone).err()?;
    let known: Vec<String> = TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
    // Three letters are near to any other three, and mean something else.
    let regional = known.iter().map(String::as_str).filter(|name| name.contains('/'));
    Some(Diagnostic::error(Code::UnknownTimeZone, error.to_string()).at(node.span(), "").suggest(
        zone,
        regional,
        || "write a name such as `Asia/Tokyo` or `UTC`".to_owned(),
    ))
}
