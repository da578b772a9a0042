//! `genkai plan`: what a change means.

use super::base::{self, Base};
use super::{Outcome, project};
use crate::diagnostics::{Diagnostic, Severity, closest, counted, has_errors, text};
use crate::plan::{self, Agreement, Plan, Side, report};
use crate::spec::ChangeKind;
use crate::templates::{Language, TemplateError, Templates};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use std::path::Path;

/// What to compare with, and how to tell it.
#[derive(Args)]
#[group(id = "plan")]
pub(super) struct Asked {
    /// What to compare with: a commit, branch or tag, or another folder with `slo-specs/`, or a manifest in one
    #[arg(long, value_name = "REF|FOLDER|MANIFEST")]
    base: String,
    /// A kind of change that somebody agreed to, such as removedPage; several with commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kind)]
    acknowledge: Vec<ChangeKind>,
    /// A label that the pull request has
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    label: Vec<String>,
    /// How to tell it
    #[arg(long, default_value = "text")]
    format: Format,
}

/// A format of plans.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people, on stdout
    Text,
    /// For a comment on a pull request
    Markdown,
    /// For programs: one document, see schemas/plan.schema.json
    Json,
    /// For GitHub Actions: annotations on the lines of a pull request
    Github,
    /// For code scanning: SARIF 2.1.0
    Sarif,
}

fn kind(written: &str) -> Result<ChangeKind, String> {
    ChangeKind::from_key(written).ok_or_else(|| {
        match closest(written, ChangeKind::ALL.iter().map(|kind| kind.key())) {
            Some(close) => format!("did you mean `{close}`?"),
            None => "the kinds of change are listed in docs/plan.md".to_owned(),
        }
    })
}

pub(super) fn plan(directory: &Path, asked: &Asked, today: Date) -> Outcome {
    let (base, head) =
        rayon::join(|| base::compile(directory, &asked.base, today), || project::side(directory, today));
    let (head, templates) = match head {
        Ok(head) => head,
        Err(finding) => return refuse(&Side::default(), &[finding]),
    };
    let errors = errors(&head);
    if !errors.is_empty() {
        return refuse(&head, &errors);
    }
    let Base { side: base, note } = match base {
        Ok(base) => base,
        Err(error) => {
            error.say();
            return Outcome::Errors;
        }
    };
    if let Some(note) = note {
        anstream::eprintln!("note: {note}");
    }
    say_errors_of_the_base(&base);
    let agreement = Agreement {
        acknowledged: asked.acknowledge.iter().copied().collect(),
        labels: asked.label.iter().cloned().collect(),
    };
    let plan = plan::plan(&base, &head, &agreement);
    match printed(&plan, &head, &templates, asked.format, directory) {
        Ok(printed) => anstream::print!("{printed}"),
        Err(error) => return refuse(&head, &[project::template_error(&error.name, error.reason)]),
    }
    if plan.review.is_violated() {
        Outcome::Violated
    } else if plan.is_empty() {
        Outcome::Done
    } else {
        Outcome::Negative
    }
}

fn printed(
    plan: &Plan,
    head: &Side,
    templates: &Templates,
    format: Format,
    directory: &Path,
) -> Result<String, TemplateError> {
    let language = head.insight.stacks.first().map_or(Language::En, |stack| stack.environment.language);
    let texts = templates.texts(language);
    let prefix = super::report::prefix(directory);
    match format {
        Format::Text => report::text::render(plan, texts),
        Format::Markdown => report::markdown::render(plan, texts),
        Format::Json => report::json::render(plan, texts),
        Format::Github => report::findings::github(plan, texts, &prefix),
        Format::Sarif => report::findings::sarif(plan, texts, &prefix),
    }
}

fn errors(side: &Side) -> Vec<Diagnostic> {
    let errors = side.insight.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.cloned().collect()
}

fn refuse(side: &Side, errors: &[Diagnostic]) -> Outcome {
    anstream::eprintln!("{}", text::render(&side.sources, errors, true));
    anstream::eprintln!("{}", text::summary(errors, &[]));
    Outcome::Errors
}

fn say_errors_of_the_base(base: &Side) {
    if has_errors(&base.insight.findings) {
        let errors = errors(base);
        anstream::eprintln!("{}", text::render(&base.sources, &errors, true));
        anstream::eprintln!("note: the base does not compile ({} above)", counted(errors.len(), "error"));
    }
}
