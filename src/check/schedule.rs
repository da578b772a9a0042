//! GK201, GK202 and GK203: a schedule that Airflow and Genkai read the same way, and that has runs.

use crate::diagnostics::{Code, Diagnostic, look_alike, plain};
use crate::resolve::{Effective, Resolved};
use crate::slo::{ScheduleError, Schedules};
use crate::source::{Entry, Node, Span, Value};
use jiff::tz::TimeZoneDatabase;

/// Abbreviations that are no zones of the IANA database, and the zone that is mostly meant. Several countries use some of
/// them, so this is only a question to the author.
const ABBREVIATIONS: [(&str, &str); 18] = [
    ("AEDT", "Australia/Sydney"),
    ("AEST", "Australia/Sydney"),
    ("BST", "Europe/London"),
    ("CDT", "America/Chicago"),
    ("CEST", "Europe/Berlin"),
    ("CST", "America/Chicago"),
    ("EDT", "America/New_York"),
    ("EEST", "Europe/Helsinki"),
    ("HKT", "Asia/Hong_Kong"),
    ("IST", "Asia/Kolkata"),
    ("JST", "Asia/Tokyo"),
    ("KST", "Asia/Seoul"),
    ("MDT", "America/Denver"),
    ("NZST", "Pacific/Auckland"),
    ("PDT", "America/Los_Angeles"),
    ("PST", "America/Los_Angeles"),
    ("SGT", "Asia/Singapore"),
    ("WEST", "Europe/Lisbon"),
];

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let schedules = Schedules::default();
    let of_documents = resolved.documents.iter().flat_map(|document| {
        let findings = crons(document, &schedules).into_iter().chain(time_zones(
            &document.tree,
            &TIME_ZONES,
            &schedules,
        ));
        findings.map(|finding| document.tag(finding)).collect::<Vec<_>>()
    });
    let project =
        resolved.project.iter().flat_map(|project| time_zones(&project.tree, &DEFAULT_TIME_ZONE, &schedules));
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
fn crons(document: &Effective, schedules: &Schedules) -> Option<Diagnostic> {
    let path = ["spec", "schedule", "cron"];
    let written = document.text(&path)?;
    let place = document.span(&path);
    // A comma in brackets has torn it apart, which is a mistake of form.
    let torn = |entry: &Entry| matches!(*entry.value.value, Value::Null);
    if document.tree.at(["spec", "schedule"])?.as_mapping()?.entries.iter().any(torn) {
        return None;
    }
    let Err(error) = schedules.get(written, "UTC") else { return uneven_steps(written, place) };
    let message = error.to_string();
    match error {
        ScheduleError::Cron(error) => {
            let letter = look_alike(written);
            let help = match letter.is_empty() {
                true => error.help,
                false => format!("write `{}`", plain(written).trim_matches(['"', ' '])),
            };
            Some(Diagnostic::error(Code::BadCron, message).at(place, letter).help(help))
        }
        ScheduleError::Never(_) => Some(
            Diagnostic::error(Code::NeverRuns, message).at(place, "").help("give a day that some month has"),
        ),
        ScheduleError::TimeZone(_) => None,
    }
}

/// Fields whose steps start anew at a length that few steps divide: the field's index, the length, and what it is of.
const STEPPED: [(usize, u32, &str); 3] = [(0, 60, "an hour"), (1, 24, "a day"), (2, 31, "a month")];

/// `*/7` is not every seven minutes: after minute 56 comes minute 0.
fn uneven_steps(written: &str, place: Span) -> Option<Diagnostic> {
    let fields: Vec<&str> = written.split_whitespace().collect();
    let uneven = STEPPED.into_iter().find_map(|(index, length, of)| {
        let field = fields.get(index)?;
        let step: u32 = field.strip_prefix("*/")?.parse().ok()?;
        (step > 1 && step < length && length % step != 0).then_some((field, step, length, of))
    });
    let (field, step, length, of) = uneven?;
    let rest = (length - 1) % step + 1;
    let message = format!("the steps of `{field}` are uneven: {of} does not divide by {step}");
    let even: Vec<String> =
        (2..length).filter(|step| length % step == 0).map(|step| step.to_string()).collect();
    let help = match length {
        31 => "months have 28 to 31 days; for a distance that never changes, write `every`".to_owned(),
        _ => format!("write a step that divides {length} ({}), or list the values", even.join(", ")),
    };
    Some(
        Diagnostic::warning(Code::UnevenSteps, message)
            .at(place, format!("the last step of {of} is {rest} and not {step}"))
            .help(help),
    )
}

fn time_zones(tree: &Node, paths: &[&[&str]], schedules: &Schedules) -> Vec<Diagnostic> {
    let written = paths.iter().filter_map(|path| tree.at(path.iter().copied()));
    written.filter_map(|node| time_zone(node, schedules)).collect()
}

fn time_zone(node: &Node, schedules: &Schedules) -> Option<Diagnostic> {
    let zone = node.as_str().filter(|zone| !zone.is_empty())?;
    let error = schedules.get("@yearly", zone).err()?;
    let finding =
        Diagnostic::error(Code::UnknownTimeZone, error.to_string()).at(node.span(), look_alike(zone));
    let meant = ABBREVIATIONS.into_iter().find(|(short, _)| short.eq_ignore_ascii_case(zone));
    if let Some((_, meant)) = meant {
        return Some(finding.help(format!("abbreviations are not unique: did you mean `{meant}`?")));
    }
    let known: Vec<String> = TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
    // Three letters are near to any other three, and mean something else.
    let regional = known.iter().map(String::as_str).filter(|name| name.contains('/'));
    Some(finding.suggest(zone, regional, || "write a name such as `Asia/Tokyo` or `UTC`".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_no_zones_and_what_they_mean_is_one() {
        for (short, meant) in ABBREVIATIONS {
            assert!(TimeZoneDatabase::bundled().get(short).is_err(), "{short}");
            assert!(TimeZoneDatabase::bundled().get(meant).is_ok(), "{meant}");
        }
    }
}
