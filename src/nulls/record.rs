//! Which days a run judges, and what of its verdicts is news: a row of the history, and a reason to notify.

use super::check::{Check, Consequence, days_before};
use super::judge::{Judged, Measurement, Run, Verdict};
use crate::slo::Date;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// What was counted.
    pub measurement: Measurement,
    /// What it came to.
    pub verdict: Verdict,
    /// What the run did about it.
    pub consequence: Consequence,
}

impl From<&Judged> for Recorded {
    fn from(judged: &Judged) -> Recorded {
        let Judged { measurement, verdict, consequence, .. } = judged;
        Recorded { measurement: measurement.clone(), verdict: *verdict, consequence: *consequence }
    }
}

/// The rows that count, one for each column on a day, and when the first run was.
struct Known<'a> {
    rows: BTreeMap<(Date, &'a str), &'a Recorded>,
    first_run: Option<Timestamp>,
}

impl Known<'_> {
    fn of(history: &[Recorded]) -> Known<'_> {
        let mut rows: BTreeMap<(Date, &str), &Recorded> = BTreeMap::new();
        for row in history {
            let of_day = rows.entry((row.measurement.day, &row.measurement.column)).or_insert(row);
            if row.measurement.rank() > of_day.measurement.rank() {
                *of_day = row;
            }
        }
        Known { rows, first_run: history.iter().map(|row| row.measurement.measured_at).min() }
    }

    /// Whether its message may have been missed: the first run starts before the alerts, as new as it is, act.
    fn is_unheard(&self, row: &Recorded) -> bool {
        row.consequence > Consequence::Ignore && Some(row.measurement.measured_at) == self.first_run
    }

    /// Whether its day is judged again.
    fn is_open(&self, row: &Recorded) -> bool {
        !row.verdict.is_final() || self.is_unheard(row)
    }
}

/// The days that a run judges, oldest first, where `latest` is the latest complete one.
pub fn due(check: &Check, latest: Date, history: &[Recorded]) -> Vec<Date> {
    let known = Known::of(history);
    let mut again: BTreeMap<Date, bool> = BTreeMap::new();
    for ((day, _), row) in &known.rows {
        *again.entry(*day).or_default() |= known.is_open(row);
    }
    let mut new = 0;
    let first = days_before(latest, i64::from(check.reach()) - 1);
    let open = first.through(latest).filter(|day| check.open.is_judged(*day));
    open.filter(|day| {
        again.get(day).copied().unwrap_or_else(|| {
            new += 1;
            new <= Check::MOST_DAYS
        })
    })
    .collect()
}

/// The verdicts of a run that it records and notifies of: not those that the history holds already.
pub fn news<'a>(history: &[Recorded], run: &'a Run) -> Vec<&'a Judged> {
    let known = Known::of(history);
    let is_new = |judged: &&Judged| {
        let Measurement { day, column, rows, nulls, .. } = &judged.measurement;
        known.rows.get(&(*day, column.as_str())).is_none_or(|row| {
            let said = (row.measurement.rows, row.measurement.nulls, row.verdict);
            said != (*rows, *nulls, judged.verdict) || known.is_unheard(row)
        })
    };
    run.judged.iter().filter(is_new).collect()
}

#[cfg(test)]
mod tests;
