//! `genkai nulls`: a NULL-ratio check, tried on a local sample.

use super::explain::not_found;
use super::streams::{self, Shape};
use super::{Outcome, project};
use crate::diagnostics::{Code, Diagnostic, Severity, text as findings};
use crate::explain;
use crate::monitoring::lower::null_ratio_check;
use crate::nulls::{Check, ConditionError};
use crate::resolve::{Effective, Spec};
use crate::sample::{self, Measure, Replay, SampleError, Value};
use crate::slo::Date;
use crate::source::{Node, Sources};
use clap::{Args, ValueEnum};
use jiff::civil::Date as CivilDate;
use std::fs::File;
use std::path::{Path, PathBuf};

/// What to try, and on what.
#[derive(Args)]
#[group(id = "nulls")]
pub(super) struct Asked {
    /// The check, such as NullRatioCheck/orders-nulls or only orders-nulls
    #[arg(value_name = "KIND/NAME")]
    asked: String,
    /// The sample: a CSV file with a header, or a Parquet file
    #[arg(long, value_name = "FILE.csv|.parquet")]
    data: PathBuf,
    /// The environment whose settings count, where the check is compiled for several
    #[arg(long = "env", alias = "environment", value_name = "NAME")]
    environment: Option<String>,
    /// The fields of a CSV file that are NULL; by default those that are empty, in quotes or not
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    null: String,
    /// How to tell the verdicts
    #[arg(long, default_value = "text")]
    format: Format,
}

/// A format of verdicts.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: one document, see schemas/nulls.schema.json
    Json,
}

pub(super) fn nulls(directory: &Path, asked: &Asked, today: CivilDate) -> Outcome {
    let (sources, insight) = match project::inspect(directory, today) {
        Ok(known) => known,
        Err(outcome) => return outcome,
    };
    let (document, environment) =
        match explain::document(&insight, &asked.asked, asked.environment.as_deref()) {
            Ok(found) => found,
            Err(missing) => return not_found(&missing),
        };
    // What only a later version compiles can be tried all the same.
    let errors: Vec<Diagnostic> =
        insight.findings.iter().filter(|finding| is_own_error(finding, document)).cloned().collect();
    let project = insight.resolved.project.as_ref();
    let settings = project.and_then(|project| project.project.spec.environments.get(&environment));
    let (Some(Spec::NullRatioCheck(spec)), Some(settings), []) =
        (&document.spec, settings, errors.as_slice())
    else {
        return refuse(&sources, document, &errors);
    };
    let named = spec.spec.schedule.calendar.as_ref();
    let calendar = insight.resolved.calendars().find(|(_, calendar)| Some(&calendar.metadata.name) == named);
    let calendar = calendar.map(|(_, calendar)| calendar.spec.calendar());
    let check = null_ratio_check::check(spec, settings, calendar.as_ref());
    let Some(today) = Date::from_civil(today) else {
        streams::say(&format!("error: {today} is not from 1970 to 2099"));
        return Outcome::NotUnderstood;
    };
    match judged(&check, asked, environment.as_str(), today) {
        Ok(replay) => told(&replay, asked.format),
        Err(Failed::Usage(message)) => {
            streams::say(&format!("error: {message}"));
            Outcome::NotUnderstood
        }
        Err(Failed::Sample(error)) => {
            let help = error.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
            streams::say(&format!("error: {}: {}{help}", asked.data.display(), error.message));
            Outcome::Errors
        }
        Err(Failed::Condition(error)) => {
            let finding = not_evaluated(document, error);
            streams::show(&findings::render(&sources, &[finding], true));
            Outcome::Errors
        }
    }
}

fn is_own_error(finding: &Diagnostic, document: &Effective) -> bool {
    let span = document.tree.span();
    let own = finding.primary.as_ref().is_some_and(|label| {
        label.span.file == span.file && (span.start..=span.end).contains(&label.span.start)
    });
    own && finding.severity == Severity::Error
}

fn refuse(sources: &Sources, document: &Effective, errors: &[Diagnostic]) -> Outcome {
    if errors.is_empty() {
        let kind = document.kind.name();
        streams::say(&format!("error: the document is a {kind}, and only a NullRatioCheck measures NULLs"));
        return Outcome::NotUnderstood;
    }
    streams::show(&findings::render(sources, errors, true));
    Outcome::Errors
}

fn not_evaluated(document: &Effective, error: ConditionError) -> Diagnostic {
    let finding = Diagnostic::error(Code::NotEvaluated, error.message);
    let place = document.tree.at(["spec", "where"]).map(|node: &Node| node.span_of(error.at));
    finding.at(place.unwrap_or_else(|| document.span(&["spec"])), error.label).help(error.help)
}

enum Failed {
    Usage(String),
    Sample(SampleError),
    Condition(ConditionError),
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the sample that it is given")]
fn judged(check: &Check, asked: &Asked, environment: &str, today: Date) -> Result<Replay, Failed> {
    let mut measure = Measure::new(check, today).map_err(Failed::Condition)?;
    let columns = measure.columns().clone();
    let ending = asked.data.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let open = || File::open(&asked.data).map_err(|error| Failed::Sample(SampleError::from(error)));
    let mut visit = |row: &[Value]| measure.count(row);
    match ending.as_deref() {
        Some("csv") => sample::csv::rows(open()?, &asked.null, &columns, &mut visit),
        Some("parquet") => {
            silence_parquet();
            sample::parquet::rows(open()?, &columns, &mut visit)
        }
        _ => {
            return Err(Failed::Usage(
                "a sample is a file whose name ends with `.csv` or `.parquet`".to_owned(),
            ));
        }
    }
    .map_err(Failed::Sample)?;
    sample::is_judged_in_time(&measure).map_err(Failed::Sample)?;
    Ok(sample::replay(&measure, check, environment, today))
}

/// The crate panics at damaged files; `sample` makes an error of that, and nobody needs to hear both.
fn silence_parquet() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("/parquet-")) {
            default(panic);
        }
    }));
}

fn told(replay: &Replay, format: Format) -> Outcome {
    match format {
        Format::Text => streams::out(Shape::Text, &sample::text::render(replay)),
        Format::Json => streams::out(Shape::Json, &sample::json(replay)),
    }
    if replay.passes() { Outcome::Done } else { Outcome::Negative }
}
