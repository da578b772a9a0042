//! All data days of a sample, judged one after another, as if the check had run on the day after each.

use super::{Measure, SampleError};
use crate::nulls::{Baseline, Broken, Check, Consequence, Judged, Measurement, Verdict, judge};
use crate::slo::{Date, Ratio};
use jiff::Timestamp;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

/// What a check would have said of a sample.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Replay of a NULL-ratio check")]
pub struct Replay {
    /// The version of this form.
    pub version: u32,
    /// The check, as `NullRatioCheck/<name>`.
    pub check: String,
    /// The environment whose settings were used.
    pub environment: String,
    /// The table that the sample is of.
    pub table: String,
    /// How many rows the sample has.
    pub rows: u64,
    /// How many of them count, but belong to no data day.
    pub rows_without_day: u64,
    /// Every data day from the first to the last of the sample.
    pub days: Vec<JudgedDay>,
    /// What the check would have done: the worst of all days.
    pub outcome: Outcome,
}

/// The version of the form that is written.
const VERSION: u32 = 1;

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Nothing.
    Pass,
    /// Somebody looks at it in working hours.
    Ticket,
    /// Somebody is woken.
    Page,
}

/// A data day.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JudgedDay {
    /// The day, such as `2026-06-01`.
    pub day: String,
    /// Why the day is not judged; the columns are empty then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_judged: Option<NotJudged>,
    /// What the run that judges the day would have done.
    pub outcome: Outcome,
    /// The check's columns.
    pub columns: Vec<JudgedColumn>,
}

/// Why a day is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NotJudged {
    /// The calendar closes it, or the check is suspended.
    Closed,
    /// It is not over yet.
    Incomplete,
}

/// A column on a data day.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JudgedColumn {
    /// The column.
    pub column: String,
    /// The rows that count.
    pub rows: u64,
    /// Those of them in which the column is NULL.
    pub nulls: u64,
    /// The share of NULLs in millionths, rounded down; none without rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<u32>,
    /// Twice the median that a rise is measured against, in millionths; none without a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twice_baseline: Option<u64>,
    /// How many days the baseline is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_days: Option<u32>,
    /// The verdict: `ok`, `warming-up`, `inconclusive`, `empty`, `broken`, `ticket` or `page`.
    pub verdict: &'static str,
    /// Which limits are broken: `atMost`, `rise`.
    pub broken: Vec<&'static str>,
}

/// Days from the first to the last of a sample. Each is judged against those before it, also where it has no rows.
const LONGEST_SPAN: usize = 4_000;

/// Refuses a sample whose days lie so far apart that a wrong date is more likely than so long a history.
///
/// # Errors
/// See above.
pub fn is_judged_in_time(measure: &Measure<'_>) -> Result<(), SampleError> {
    match (span(measure).nth(LONGEST_SPAN), measure.days.keys().next(), measure.days.keys().next_back()) {
        (Some(_), Some(first), Some(last)) => {
            let far =
                format!("its data days go from {first} to {last}, which is more than {LONGEST_SPAN} days");
            Err(SampleError::new(far).help("leave out the rows with wrong dates, or give a shorter sample"))
        }
        _ => Ok(()),
    }
}

/// Judges every data day of what was measured. Days from `today` on are not complete.
pub fn replay(measure: &Measure<'_>, check: &Check, environment: &str, today: Date) -> Replay {
    let mut history: Vec<Measurement> = Vec::new();
    let mut days = Vec::new();
    for day in span(measure) {
        let judged = match not_judged(check, day, today) {
            Some(reason) => Err(reason),
            None => {
                let measured = measurements(measure, check, day);
                let run = judge(check, &history, &measured);
                history.extend(measured);
                Ok(run)
            }
        };
        let run = judged.as_ref().ok().cloned().unwrap_or_default();
        days.push(JudgedDay {
            day: day.to_string(),
            not_judged: judged.err(),
            outcome: Outcome::of(run.consequence()),
            columns: run.judged.iter().map(JudgedColumn::of).collect(),
        });
    }
    let table = &check.table;
    let star = if table.wildcard { "*" } else { "" };
    let worst = days.iter().map(|day| day.outcome).max_by_key(|outcome| *outcome as u8);
    Replay {
        version: VERSION,
        check: format!("NullRatioCheck/{}", check.name),
        environment: environment.to_owned(),
        table: format!("{}.{}.{}{star}", table.project, table.dataset, table.name),
        rows: measure.rows,
        rows_without_day: measure.without_day,
        days,
        outcome: worst.unwrap_or(Outcome::Pass),
    }
}

/// A replay for programs, as `schemas/nulls.schema.json` says.
pub fn json(replay: &Replay) -> String {
    // Numbers and texts: nothing of it can fail.
    serde_json::to_string_pretty(replay).unwrap_or_default() + "\n"
}

/// The JSON Schema of what [`json`] writes.
pub fn schema() -> schemars::Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Replay>()
}

impl Replay {
    /// Whether no run would have failed.
    pub fn passes(&self) -> bool {
        self.outcome == Outcome::Pass
    }
}

/// The days from the first of the sample to the last, also those between without rows.
fn span(measure: &Measure<'_>) -> impl Iterator<Item = Date> {
    let ends = measure.days.keys().next().zip(measure.days.keys().next_back());
    ends.into_iter().flat_map(|(first, last)| first.through(*last))
}

fn not_judged(check: &Check, day: Date, today: Date) -> Option<NotJudged> {
    // Without data days the whole table is judged as it is.
    if check.data_days.is_some() && day >= today {
        return Some(NotJudged::Incomplete);
    }
    (!check.open.is_judged(day)).then_some(NotJudged::Closed)
}

fn measurements(measure: &Measure<'_>, check: &Check, day: Date) -> Vec<Measurement> {
    let counted = measure.days.get(&day);
    let of_column = |(index, column): (usize, &crate::nulls::Column)| Measurement {
        day,
        column: column.name.clone(),
        rows: counted.map_or(0, |counted| counted.rows),
        nulls: counted.and_then(|counted| counted.nulls.get(index).copied()).unwrap_or(0),
        measured_at: Timestamp::UNIX_EPOCH,
    };
    check.columns.iter().enumerate().map(of_column).collect()
}

impl Outcome {
    const fn of(consequence: Consequence) -> Outcome {
        match consequence {
            Consequence::Ignore => Outcome::Pass,
            Consequence::Ticket => Outcome::Ticket,
            Consequence::Page => Outcome::Page,
        }
    }
}

impl JudgedColumn {
    fn of(judged: &Judged) -> JudgedColumn {
        let Judged { measurement, baseline, broken: Broken { at_most, rise }, verdict, .. } = judged;
        let decides = matches!(verdict, Verdict::Broken | Verdict::Ticket | Verdict::Page);
        let broken =
            [("atMost", *at_most), ("rise", *rise)].into_iter().filter(|(_, broken)| *broken && decides);
        JudgedColumn {
            column: measurement.column.clone(),
            rows: measurement.rows,
            nulls: measurement.nulls,
            ratio: measurement.ratio(),
            twice_baseline: baseline.map(|Baseline { twice_median, .. }| twice_median),
            baseline_days: baseline.map(|baseline| baseline.days),
            verdict: verdict.name(),
            broken: broken.map(|(name, _)| name).collect(),
        }
    }

    /// The baseline as a ratio, rounded down.
    pub(super) fn baseline(&self) -> Option<Ratio> {
        self.twice_baseline.and_then(|twice| u32::try_from(twice / 2).ok()).map(Ratio::millionths)
    }
}
