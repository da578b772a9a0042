//! Findings as data: what is wrong, where, and what to do about it.

mod codes;
pub mod github;
pub mod json;
mod letters;
mod place;
pub mod sarif;
pub mod text;

use crate::source::{Sources, Span};
use jiff::civil::Date;
use place::Place;
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeSet;

pub use codes::{Code, Subject};
pub use letters::{look_alike, plain};
pub use place::Position;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is compiled.
    Error,
    /// Worth a look; does not fail a run.
    Warning,
}

/// A place in a file and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words for the place; may be empty.
    pub message: String,
}

/// One finding.
///
/// Messages follow the rules of the field: lower case first word, names in backticks, no full stop after one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where it is wrong.
    pub primary: Option<Label>,
    /// The path of a file or folder, for a finding that concerns it as a whole.
    pub path: Option<String>,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// The environments that share the finding; empty when it does not depend on one.
    pub environments: BTreeSet<String>,
}

/// A warning that a comment in a spec accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The warning.
    pub finding: Diagnostic,
    /// Why it is accepted, in the words of the comment.
    pub reason: String,
    /// The last day on which it is accepted.
    pub until: Date,
    /// The comment.
    pub comment: Span,
}

impl Diagnostic {
    /// An error without a place yet.
    pub fn error(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: None,
            path: None,
            secondary: Vec::new(),
            help: None,
            environments: BTreeSet::new(),
        }
    }

    /// A warning without a place yet.
    pub fn warning(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message) }
    }

    /// Names the place; `label` says a few words beside it and may be empty.
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.primary = Some(Label { span, message: label.into() });
        self
    }

    /// Names a file or folder as a whole.
    pub fn in_path(mut self, path: impl Into<String>) -> Diagnostic {
        self.path = Some(path.into());
        self
    }

    /// Adds another place that matters.
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { span, message: label.into() });
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Asks whether the closest of the candidates was meant, or says something else when none is close.
    pub fn suggest<'a>(
        self,
        written: &str,
        candidates: impl IntoIterator<Item = &'a str>,
        otherwise: impl FnOnce() -> String,
    ) -> Diagnostic {
        let help = closest(&plain(written), candidates).map(|close| format!("did you mean `{close}`?"));
        self.help(help.unwrap_or_else(otherwise))
    }

    /// Names an environment that the finding depends on.
    pub fn in_environment(mut self, environment: impl Into<String>) -> Diagnostic {
        self.environments.insert(environment.into());
        self
    }

    /// The file that the finding is shown in, and its place there if it has one.
    fn file<'a>(&'a self, sources: &'a Sources) -> (Option<&'a str>, Option<Place<'a>>) {
        let place = self.primary.as_ref().and_then(|label| Place::of(sources, label.span));
        (place.as_ref().map(|place| place.path).or(self.path.as_deref()), place)
    }

    /// The environments in a few words, such as `in production, staging`.
    fn where_it_holds(&self) -> Option<String> {
        let names: Vec<&str> = self.environments.iter().map(String::as_str).collect();
        (!names.is_empty()).then(|| format!("in {}", names.join(", ")))
    }
}

impl Severity {
    /// `error` or `warning`, as every format calls them.
    fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// "1 file", "2 files"
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How many findings are this serious.
fn count(findings: &[Diagnostic], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

/// Sorts findings by file and place, and joins those that differ only in the environment.
pub fn tidy(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut tidied: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    let mut seen = std::collections::BTreeMap::new();
    for finding in findings {
        let key = (
            finding.primary.clone(),
            finding.path.clone(),
            finding.code,
            finding.message.clone(),
            finding.help.clone(),
        );
        match seen.get(&key).and_then(|&index: &usize| tidied.get_mut(index)) {
            Some(first) => {
                // A finding that holds without any environment holds in all of them.
                if first.environments.is_empty() || finding.environments.is_empty() {
                    first.environments.clear();
                } else {
                    first.environments.extend(finding.environments);
                }
            }
            None => {
                seen.insert(key, tidied.len());
                tidied.push(finding);
            }
        }
    }
    tidied.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.primary.as_ref().map(|label| label.span), d.path.clone(), d.code);
        key(a).cmp(&key(b))
    });
    tidied
}

/// A text from a spec as it stands in a message: on one line, and cut where it is long.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let cut = text.char_indices().nth(LONGEST).and_then(|(end, _)| text.get(..end));
    let escaped = escaped(cut.unwrap_or(text), char::is_control);
    if cut.is_some() { format!("{escaped}…") } else { escaped.into_owned() }
}

/// Whether any finding is an error.
pub fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// The candidate that was most likely meant, if one is close enough: by its letters, or as the only one that holds what
/// was written or is held by it.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = match written.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        length => length / 3,
    };
    let lower = written.to_lowercase();
    let candidates: Vec<(String, &str)> =
        candidates.into_iter().map(|candidate| (candidate.to_lowercase(), candidate)).collect();
    let distances =
        candidates.iter().map(|(name, candidate)| (strsim::damerau_levenshtein(&lower, name), *candidate));
    let nearest =
        distances.filter(|(distance, _)| *distance <= allowed).min().map(|(_, candidate)| candidate);
    nearest.or_else(|| {
        let long = |name: &str| name.chars().count() >= 3;
        let holds =
            |name: &str| long(name) && long(&lower) && (name.contains(&lower) || lower.contains(name));
        let mut holding = candidates.iter().filter(|(name, _)| holds(name));
        let only = holding.next().map(|(_, candidate)| *candidate);
        only.filter(|_| holding.next().is_none())
    })
}

/// Letters that do not show, or turn around what follows them.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(u32::from(letter), 0xe0000..=0xe007f)
}

/// Text without control characters but line breaks, since keys and values from outside end up in messages.
fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| is_hidden(letter) && letter != '\n')
}

/// Text whose hostile characters are spelt out.
fn escaped(text: &str, hostile: impl Fn(char) -> bool) -> Cow<'_, str> {
    let visible = |letter: char| match hostile(letter) {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    if text.contains(&hostile) { text.chars().map(visible).collect() } else { text.into() }
}
