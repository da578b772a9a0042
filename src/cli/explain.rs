//! `genkai explain`: the page of a code, or how the numbers of a document were derived.

use super::streams::{self, Shape};
use super::{Outcome, project};
use crate::diagnostics::{Code, Subject, closest};
use crate::explain::{self, NotFound};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use std::path::Path;

/// As wide as lines are where nobody knows how wide they may be.
const WIDTH: usize = 100;

/// What to explain, and how.
#[derive(Args)]
#[group(id = "explain")]
pub(super) struct Asked {
    /// The code of a finding, such as GK102, or a document, such as DagSlo/sales-daily or only sales-daily
    #[arg(value_name = "CODE|KIND/NAME")]
    asked: String,
    /// The only environment to explain the document for, instead of all of its own
    #[arg(long = "env", value_name = "NAME")]
    environment: Option<String>,
    /// How to explain a document
    #[arg(long, default_value = "text")]
    format: Format,
}

/// A format of explanations.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: one document, see schemas/explanation.schema.json
    Json,
}

pub(super) fn explain(directory: &Path, asked: &Asked, today: Date) -> Outcome {
    let Asked { asked: name, environment, format } = asked;
    if !is_like_a_code(name) {
        return document(directory, asked, today);
    }
    if environment.is_some() || *format != Format::Text {
        streams::say("error: a code has neither environments nor formats, only a document has");
        return Outcome::NotUnderstood;
    }
    if let Some(code) = find(name) {
        streams::out(Shape::Text, code.page());
        return Outcome::Done;
    }
    streams::say(&format!("error: there is no code `{name}`\n{}", help(name)));
    Outcome::NotUnderstood
}

/// `102`, or `GK` and a digit.
fn is_like_a_code(asked: &str) -> bool {
    canonical(asked).chars().nth(2).is_some_and(|letter| letter.is_ascii_digit())
}

fn document(directory: &Path, asked: &Asked, today: Date) -> Outcome {
    let (sources, insight) = match project::inspect(directory, today) {
        Ok(known) => known,
        Err(outcome) => return outcome,
    };
    let environment = asked.environment.as_deref();
    let explanation = match explain::explain(&insight, &sources, &asked.asked, environment, today) {
        Ok(explanation) => explanation,
        Err(missing) => return not_found(&missing),
    };
    match asked.format {
        Format::Text => streams::out(Shape::Text, &explain::text::render(&explanation, width(), true)),
        Format::Json => streams::out(Shape::Json, &explain::json::render(&explanation)),
    }
    if explanation.has_errors() { Outcome::Errors } else { Outcome::Done }
}

pub(super) fn not_found(missing: &NotFound) -> Outcome {
    let help = missing.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    streams::say(&format!("error: {}{help}", missing.message));
    Outcome::NotUnderstood
}

fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(std::io::stdout());
    terminal.map_or(WIDTH, |(terminal_size::Width(columns), _)| usize::from(columns).clamp(60, WIDTH))
}

/// The code of a name such as `GK102`, `gk102` or `102`.
fn find(asked: &str) -> Option<Code> {
    Code::from_name(&canonical(asked))
}

fn canonical(asked: &str) -> String {
    let upper = asked.trim().to_uppercase();
    if upper.starts_with("GK") { upper } else { format!("GK{upper}") }
}

/// The codes of the range that was asked for; else the closest code, or how codes are written.
fn help(asked: &str) -> String {
    let name = canonical(asked);
    let is_code = name.len() == 5 && name.chars().skip(2).all(|digit| digit.is_ascii_digit());
    let subject = Subject::ALL.into_iter().find(|subject| is_code && name.starts_with(subject.prefix));
    if let Some(subject) = subject {
        let codes = subject.codes().map(|code| format!("\n  {code}  {}", code.title()));
        return format!("help: the codes about {} are{}", subject.name, codes.collect::<String>());
    }
    match closest(&name, Code::ALL.iter().map(|code| code.name())).filter(|_| !is_code) {
        Some(close) => format!("help: did you mean `{close}`?"),
        None => "help: a code is `GK` and three digits, such as GK102".to_owned(),
    }
}
