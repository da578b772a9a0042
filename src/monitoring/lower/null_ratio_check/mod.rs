//! NullRatioCheck: a check with everything resolved, and what it says and cannot mean.

mod baselines;
mod comments;
mod findings;
mod promise;

use super::due::due;
use super::{Context, Lowered};
use crate::nulls::{Check, Column, Consequence, DataDays, Measured, OpenDays, Path, Rise, Table};
use crate::resolve::Effective;
use crate::slo::{Calendar, Date, Duration, Ratio};
use crate::spec::{
    self, Counts, Empty, Environment, MeasuredColumn, Name, NullRatioCheck, OnClosed, Partition,
    PartitionType, Severity, TableName, idle_days,
};
use crate::templates::TemplateError;
use jiff::civil::Weekday;
use std::ops::RangeInclusive;

pub(super) use promise::history;

/// The check that BigQuery runs and what it says and cannot mean, as far as its calendar is known.
pub(super) fn lower(
    context: Context<'_>,
    effective: &Effective,
    document: &NullRatioCheck,
    name: &Name,
    environment: &Environment,
) -> Result<Lowered, TemplateError> {
    let schedule = &document.spec.schedule;
    let named = schedule.calendar.as_ref().map(|name| context.schedules.calendar(name.as_str()));
    // A Calendar that is not known is reported by `check`.
    let calendar = match named {
        Some(None) => return Ok(Lowered { pipeline: None, findings: Vec::new() }),
        Some(Some(calendar)) => Some(&**calendar),
        None => None,
    };
    let due = due(context.schedules, schedule, idle_days(document.spec.from, &document.spec.suspend));
    let check = check(document, environment, calendar);
    let mut lowered = promise::lower(context, effective, document, name, environment, &check)?;
    lowered.findings.extend(findings::findings(effective, &check, calendar, due.as_ref()));
    Ok(lowered)
}

/// The check that a document is in an environment, with the calendar that its schedule names.
pub fn check(document: &NullRatioCheck, environment: &Environment, calendar: Option<&Calendar>) -> Check {
    let spec = &document.spec;
    let table = table(&spec.table, environment);
    let partition = spec.partition.as_ref();
    let loudest = consequence(environment.max_severity);
    let empty = match spec.empty {
        Empty::Page => Consequence::Page,
        Empty::Ticket => Consequence::Ticket,
        Empty::Ignore => Consequence::Ignore,
    };
    Check {
        name: document.metadata.name.to_string(),
        data_days: partition.map(|partition| data_days(partition, &table)),
        table,
        time_zone: partition.map_or(&spec.schedule.timezone, |partition| &partition.timezone).clone(),
        delay: partition.and_then(|partition| partition.delay).unwrap_or(Duration::seconds(0)),
        open: open_days(&spec.schedule, idle_days(spec.from, &spec.suspend), calendar),
        condition: spec.condition.clone(),
        min_rows: spec.min_rows,
        empty: empty.min(loudest),
        columns: spec.columns.iter().map(|(name, limits)| column(name, limits, loudest)).collect(),
    }
}

fn table(name: &TableName, environment: &Environment) -> Table {
    // The name of a table has no dots, an old project's may have.
    let mut parts = name.as_str().rsplitn(3, '.');
    let (table, dataset) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    Table {
        project: parts.next().unwrap_or(environment.project_id.as_str()).to_owned(),
        dataset: dataset.to_owned(),
        name: table.trim_end_matches('*').to_owned(),
        wildcard: table.ends_with('*'),
    }
}

fn data_days(partition: &Partition, table: &Table) -> DataDays {
    let Some(column) = &partition.column else {
        return if table.wildcard { DataDays::Suffix } else { DataDays::Ingestion };
    };
    let path = path(column.as_str());
    match partition.partition_type.unwrap_or_default() {
        PartitionType::Date => DataDays::Date(path),
        PartitionType::Datetime => DataDays::DateTime(path),
        PartitionType::Timestamp => DataDays::Timestamp(path),
    }
}

fn path(written: &str) -> Path {
    Path(written.split('.').map(str::to_owned).collect())
}

const fn consequence(severity: Severity) -> Consequence {
    match severity {
        Severity::None => Consequence::Ignore,
        Severity::Ticket => Consequence::Ticket,
        Severity::Page => Consequence::Page,
    }
}

fn column(name: &MeasuredColumn, limits: &spec::Column, loudest: Consequence) -> Column {
    let (column, json) = MeasuredColumn::parts(name.as_str());
    let measured = match (json, limits.counts) {
        (Some(json), _) => Measured::Json(json.to_owned()),
        (None, Counts::Nulls) => Measured::Null,
        (None, Counts::NullsAndEmpty) => Measured::NullOrEmptyList,
    };
    let rise = limits.rise.as_ref().map(|rise| Rise {
        more_than: rise.more_than,
        over_days: u32::try_from(rise.over.as_seconds() / 86_400).unwrap_or(u32::MAX),
        floor: rise.floor.unwrap_or(Ratio::millionths(0)),
        min_days: rise.min_days,
    });
    let severity = consequence(limits.severity).min(loudest);
    Column { name: name.to_string(), path: path(column), measured, at_most: limits.at_most, rise, severity }
}

fn open_days(
    schedule: &spec::Schedule,
    idle: Vec<RangeInclusive<Date>>,
    calendar: Option<&Calendar>,
) -> OpenDays {
    let known =
        calendar.into_iter().flat_map(|calendar| calendar.days().filter(|day| calendar.is_closed(*day)));
    let weekend = calendar.map(|calendar| calendar.weekend.clone()).filter(|weekend| !weekend.is_empty());
    OpenDays {
        closed: joined(known.map(|day| day..=day).collect()),
        suspended: joined(idle),
        judge_closed: schedule.on_closed == OnClosed::RunsWithoutData,
        weekend: weekend.unwrap_or_else(|| vec![Weekday::Saturday, Weekday::Sunday]),
    }
}

/// The same days as ranges that are sorted and apart.
fn joined(mut ranges: Vec<RangeInclusive<Date>>) -> Vec<RangeInclusive<Date>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| (*range.start(), *range.end()));
    let mut joined: Vec<RangeInclusive<Date>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last)
                if range.start().as_civil() <= last.end().as_civil().tomorrow().unwrap_or_default() =>
            {
                *last = *last.start()..=*last.end().max(range.end());
            }
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_touch_are_one_range() {
        let range = |from: &str, to: &str| Date::parse(from).unwrap()..=Date::parse(to).unwrap();
        let ranges = vec![
            range("2026-05-09", "2026-05-10"),
            range("2026-05-02", "2026-05-03"),
            range("2026-05-04", "2026-05-06"),
            range("2026-05-05", "2026-05-05"),
            range("2026-06-02", "2026-06-01"),
        ];
        assert_eq!(joined(ranges), [range("2026-05-02", "2026-05-06"), range("2026-05-09", "2026-05-10")]);
        assert_eq!(
            joined(vec![range("2099-12-30", "2099-12-31"), range("2099-12-31", "2099-12-31")]).len(),
            1
        );
    }
}
