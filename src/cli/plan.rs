//! `genkai plan`: what a change means.

use super::base::{self, Base};
use super::streams::{self, Shape};
use super::{Outcome, project};
use crate::diagnostics::{Diagnostic, Severity, closest, counted, has_errors, text};
use crate::plan::{self, Agreement, Plan, Side, report};
use crate::spec::ChangeKind;
use crate::templates::{Language, TemplateError, Templates, Texts};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use std::path::Path;

/// What to compare with, and how to tell it.
#[derive(Args)]
#[group(id = "plan")]
pub(super) struct Asked {
    /// What to compare with: a commit, branch or tag, at the merge base; or a folder with `slo-specs/`, or a manifest in
    /// one, written with `./`, `../` or `/` at its start
    #[arg(long, value_name = "REF|./FOLDER")]
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

impl Format {
    fn shape(self) -> Shape {
        match self {
            Format::Text | Format::Markdown => Shape::Text,
            Format::Json | Format::Sarif => Shape::Json,
            Format::Github => Shape::Commands,
        }
    }
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
    let (head, _) = match head {
        Ok(head) => head,
        Err(finding) => return refuse(&Side::default(), &[finding]),
    };
    let errors = errors(&head);
    if !errors.is_empty() {
        return refuse(&head, &errors);
    }
    let Base { side: base, note, compared, policy, templates } = match base {
        Ok(base) => base,
        Err(error) => {
            error.say();
            return Outcome::Errors;
        }
    };
    if let Some(note) = note {
        streams::say(&format!("note: {note}"));
    }
    say_errors_of_the_base(&base);
    let agreement = Agreement {
        acknowledged: asked.acknowledge.iter().copied().collect(),
        labels: asked.label.iter().cloned().collect(),
        policy,
    };
    let plan = Plan { compared, ..plan::plan(&base, &head, &agreement) };
    let stacks = base.insight.stacks.iter().chain(&head.insight.stacks);
    let language = stacks.map(|stack| stack.environment.language).next().unwrap_or(Language::En);
    let printed = |templates: &Templates| printed(&plan, templates.texts(language), asked.format, directory);
    // The words are the base's: the reviewed does not write the review.
    let words = printed(&templates).or_else(|error| {
        let error = project::template_error(&error.name, error.reason);
        streams::say(&format!(
            "note: the base has a template that cannot be used, so the built-in ones are: {}",
            error.message
        ));
        Templates::new(Vec::new()).and_then(|templates| printed(&templates))
    });
    match words {
        Ok(words) => streams::out(asked.format.shape(), &words),
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

fn printed(plan: &Plan, texts: Texts<'_>, format: Format, directory: &Path) -> Result<String, TemplateError> {
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
    streams::say(&text::render(&side.sources, errors, true));
    streams::say(&text::summary(errors, &[]));
    Outcome::Errors
}

fn say_errors_of_the_base(base: &Side) {
    if has_errors(&base.insight.findings) {
        let errors = errors(base);
        streams::say(&text::render(&base.sources, &errors, true));
        streams::say(&format!("note: the base does not compile ({} above)", counted(errors.len(), "error")));
    }
}
