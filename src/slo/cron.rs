//! Cron expressions as Airflow reads them. croner does the parsing; what it and the versions of croniter that Airflow came
//! with do not read alike is refused, with a spelling that they do (`tests/croniter.rs`).

use croner::Cron;
use croner::CronComponent;
use croner::parser::{CronParser, Seconds, Year};

/// Airflow's presets that are cron expressions (`airflow.utils.dates.cron_presets`), and those of croniter.
const PRESETS: [(&str, &str); 8] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@quarterly", "0 0 1 */3 *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// Airflow's presets without times, and what a schedule says instead.
const UNSCHEDULED: [(&str, &str); 6] = [
    ("@once", ONCE),
    ("@continuous", CONTINUOUS),
    ("@asset", TRIGGERED),
    ("@dataset", TRIGGERED),
    ("@none", TRIGGERED),
    ("none", TRIGGERED),
];
const ONCE: &str = "a DAG that runs once has no promise to keep: leave it out";
const CONTINUOUS: &str = "a DAG that starts again whenever it has ended is known by how many runs end: write \
                          `schedule: {triggered: {atLeast: 1, per: 24h}}`";
const TRIGGERED: &str = "something else starts the DAG: write how many runs are expected, such as `schedule: {triggered: {atLeast: 1, per: 24h}}`";

/// croner's mark of a value that always matches, and not only at its nth time in a month.
const EVERY: u8 = 1;

/// Why a cron expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct CronError {
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub help: String,
}

/// The fields, and what they take.
const FIELDS: [(&str, &str); 5] = [
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31, or `L` for the last"),
    ("month", "1 to 12, or `jan` to `dec`"),
    ("weekday", "0 (Sunday) to 7 (Sunday), or `sun` to `sat`"),
];

/// Reads a cron expression of five fields, or a preset.
pub(super) fn parse(text: &str) -> Result<Cron, CronError> {
    let unknown = |help: String| CronError {
        reason: format!("`{text}` is not a cron expression of five fields or an Airflow preset"),
        help,
    };
    let ambiguous = |help: String| CronError {
        reason: format!("not every version of Airflow reads `{text}` alike"),
        help,
    };
    let preset = PRESETS.iter().find(|(name, _)| *name == text).map(|(_, cron)| *cron);
    if let Some((_, help)) = UNSCHEDULED.iter().find(|(name, _)| text.eq_ignore_ascii_case(name)) {
        let reason = format!("`{text}` has no times that anybody could wait for");
        return Err(CronError { reason, help: (*help).to_owned() });
    }
    let meant = format!("@{}", text.trim().trim_start_matches('@').to_lowercase());
    if preset.is_none() && PRESETS.iter().any(|(name, _)| *name == meant) {
        return Err(unknown(format!("did you mean `{meant}`?")));
    }
    if preset.is_none() && text.starts_with("@every") {
        return Err(unknown(
            "write the distance between runs as `every`, such as `schedule: {every: 5m}`".to_owned(),
        ));
    }
    if preset.is_none() && text.starts_with('@') {
        let names = PRESETS.map(|(name, _)| format!("`{name}`")).join(", ");
        return Err(unknown(format!("the presets with a schedule are {names}")));
    }
    let fields: Vec<&str> = preset.unwrap_or(text).split_whitespace().collect();
    let Ok(fields) = <[&str; 5]>::try_from(fields.as_slice()) else {
        let count =
            if fields.len() == 6 { "without seconds".to_owned() } else { format!("not {}", fields.len()) };
        return Err(unknown(format!("give five fields, {count}: minute hour day month weekday")));
    };
    if let Some(help) = unclear(fields) {
        return Err(ambiguous(help));
    }
    let parsed = read(fields).ok_or_else(|| unknown(explain(fields)))?;
    match unclear_together(&parsed, fields) {
        None => Ok(parsed),
        Some(help) => Err(ambiguous(help)),
    }
}

fn read([minute, hour, day, month, weekday]: [&str; 5]) -> Option<Cron> {
    // Airflow's `L5` is croner's `5#L`.
    let last = |part: &str| match part.strip_prefix(['L', 'l']).filter(|rest| !rest.is_empty()) {
        Some(weekday) => format!("{weekday}#L"),
        None => part.to_owned(),
    };
    let weekday = weekday.split(',').map(last).collect::<Vec<_>>().join(",");
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(&format!("{minute} {hour} {day} {month} {weekday}")).ok()
}

/// A field beside others that take everything.
fn alone(index: usize, field: &str) -> Option<Cron> {
    let mut fields = ["*"; 5];
    fields.get_mut(index).into_iter().for_each(|place| *place = field);
    read(fields)
}

/// The field that does not parse, with what to write in it.
fn explain(fields: [&str; 5]) -> String {
    for (index, (field, (noun, range))) in fields.into_iter().zip(FIELDS).enumerate() {
        if alone(index, field).is_some() {
            continue;
        }
        let wraps = field.split(',').filter_map(|part| part.split('/').next()?.split_once('-'));
        let plain = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric());
        let begins = |from: &str| plain(from) && from != "L" && alone(index, from).is_some();
        if wraps.clone().any(|(from, to)| begins(from) && begins(to)) {
            return format!(
                "write `{field}` as two ranges: one up to the last {noun}, and one from the first"
            );
        }
        let from_on = field
            .split_once('/')
            .filter(|parts| [parts.0, parts.1].iter().all(|number| number.parse::<u8>().is_ok()));
        if let (Some((from, step)), 0 | 1) = (from_on, index) {
            let last = if index == 0 { 59 } else { 23 };
            return format!("write `{from}-{last}/{step}`, from where to where in steps of {step}");
        }
        return format!(
            "`{field}` is not right for the {noun}: give {range}, a list `1,3`, a range `1-5` or steps `*/2`"
        );
    }
    "the fields are minute hour day month weekday, such as `30 4 * * 1-5`".to_owned()
}

/// What the versions of croniter, and croner, do not read alike.
fn unclear(fields: [&str; 5]) -> Option<String> {
    let [.., day, _, weekday] = fields;
    let parts = || fields.into_iter().flat_map(|field| field.split(','));
    // croniter 6 takes a range of one value for all values.
    let single = parts().find_map(|part| {
        let range = part.split('/').next().unwrap_or_default();
        range.split_once('-').filter(|(from, to)| !from.is_empty() && from.eq_ignore_ascii_case(to))
    });
    if let Some((value, _)) = single {
        return Some(format!("write `{value}` in place of `{value}-{value}`"));
    }
    if parts().any(str::is_empty) {
        return Some("take the comma too many away".to_owned());
    }
    if day.to_uppercase().contains('W') {
        return Some(
            "`W` came late to Airflow; say otherwise when it runs, for example on the 15th: `15`".to_owned(),
        );
    }
    if weekday.contains('+') {
        return Some(
            "Airflow has no `+`: with a day of the month and a weekday, it runs on either".to_owned(),
        );
    }
    let weekday = weekday.to_uppercase();
    if weekday == "L" || weekday.contains("#L") || weekday.ends_with('L') {
        return Some("write the last Friday of the month as `L5`".to_owned());
    }
    let nth = weekday.split(',').filter(|part| part.contains(['#', 'L'])).count();
    if nth > 0 && nth < weekday.split(',').count() {
        return Some("give all weekdays with `#` or `L`, or none".to_owned());
    }
    None
}

/// Where both the day of the month and the weekday restrict, either suffices; readers differ in what restricts.
fn unclear_together(parsed: &Cron, [_, _, day, month, weekday]: [&str; 5]) -> Option<String> {
    let restricts = |field: &str| !matches!(field, "*" | "?");
    if !restricts(day) || !restricts(weekday) {
        return None;
    }
    if weekday.contains(['#', 'L', 'l']) {
        return Some(format!("write `*` for the day of the month, or in place of `{weekday}`"));
    }
    let pattern = &parsed.pattern;
    let all = |component: &CronComponent, count| component.get_set_values(EVERY).len() >= count;
    let every = [(day, all(&pattern.days, 31)), (weekday, all(&pattern.days_of_week, 7))];
    if let Some((field, _)) = every.iter().find(|(_, all)| *all) {
        return Some(format!("`{field}` means every day; write `*`"));
    }
    let earliest = pattern.days.get_set_values(EVERY).first().copied()?;
    let longest = pattern.months.get_set_values(EVERY).into_iter().map(days_in).max()?;
    (earliest > longest).then(|| format!("no month of `{month}` has the day `{day}`; write `*` for it"))
}

/// The most days that a month has.
fn days_in(month: u16) -> u16 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
