//! What a run tells: people read stderr, and stdout holds what `--format` asks for.

use super::Outcome;
use super::streams::{self, Shape};
use crate::diagnostics::json::{Document, File, Status};
use crate::diagnostics::{Accepted, Diagnostic, Severity, github, sarif, text};
use crate::source::Sources;
use clap::ValueEnum;
use std::path::{Component, Path};

/// A format of findings.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// For people, on stderr
    Text,
    /// For programs: one document, see schemas/findings.schema.json
    Json,
    /// For GitHub Actions: annotations on the lines of a pull request
    Github,
    /// For code scanning: SARIF 2.1.0
    Sarif,
}

/// A format of findings and of files of the output, for which SARIF has no place.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum FilesFormat {
    /// For people, on stderr; the files on stdout
    Text,
    /// For programs: one document, see schemas/findings.schema.json
    Json,
    /// For GitHub Actions: annotations on the lines of a pull request
    Github,
}

impl From<FilesFormat> for Format {
    fn from(format: FilesFormat) -> Format {
        match format {
            FilesFormat::Text => Format::Text,
            FilesFormat::Json => Format::Json,
            FilesFormat::Github => Format::Github,
        }
    }
}

/// Shows people what a command finds as it goes along, and keeps it for the one document at the end.
pub(super) struct Reporter {
    format: Format,
    /// The way to the project's folder, with a slash at its end; empty from within it.
    prefix: String,
    /// What the findings point into.
    pub sources: Sources,
    findings: Vec<Diagnostic>,
    accepted: Vec<Accepted>,
    files: Option<Vec<File>>,
}

impl Reporter {
    /// Runs a command and prints its document, however it ended.
    pub(super) fn run(
        format: Format,
        directory: &Path,
        command: impl FnOnce(&mut Reporter) -> Outcome,
    ) -> Outcome {
        let mut reporter = Reporter {
            format,
            prefix: prefix(directory),
            sources: Sources::default(),
            findings: Vec::new(),
            accepted: Vec::new(),
            files: None,
        };
        let outcome = command(&mut reporter);
        let shape = match format {
            Format::Text => Shape::Text,
            Format::Json | Format::Sarif => Shape::Json,
            Format::Github => Shape::Commands,
        };
        streams::out(shape, &reporter.document());
        outcome
    }

    /// Shows findings, with a count below them, and how to learn more about the first.
    pub(super) fn show(&mut self, findings: Vec<Diagnostic>) {
        self.show_some(findings, Vec::new());
    }

    /// As [`Reporter::show`]; of what is accepted, people see the number.
    pub(super) fn show_some(&mut self, findings: Vec<Diagnostic>, accepted: Vec<Accepted>) {
        if !findings.is_empty() {
            streams::say(&text::render(&self.sources, &findings, true));
        }
        if !findings.is_empty() || !accepted.is_empty() {
            streams::say(&text::summary(&findings, &accepted));
        }
        if let Some(Diagnostic { code, .. }) = findings.first() {
            streams::say(&format!("for more about {code}, run `genkai explain {code}`"));
        }
        self.findings.extend(findings);
        self.accepted.extend(accepted);
    }

    /// Lists files of the output; `lines` says it to people.
    pub(super) fn list(&mut self, files: Vec<File>, lines: &str) {
        match self.format {
            Format::Text => streams::out(Shape::Text, lines),
            Format::Json | Format::Github | Format::Sarif => streams::show(lines),
        }
        self.files = Some(files);
    }

    /// Code hosting reads paths from the top of the repository, where CI starts programs; our own are the project's.
    fn seen_from_here(&mut self) {
        let prefix = &self.prefix;
        self.sources = self.sources.below(prefix);
        let in_findings = self.findings.iter_mut().filter_map(|finding| finding.path.as_mut());
        let in_files = self.files.iter_mut().flatten().map(|file| &mut file.path);
        in_findings.chain(in_files).for_each(|path| path.insert_str(0, prefix));
    }

    fn document(mut self) -> String {
        if matches!(self.format, Format::Github | Format::Sarif) {
            self.seen_from_here();
        }
        let Reporter { format, sources, findings, accepted, files, .. } = self;
        match format {
            Format::Text => String::new(),
            Format::Json => Document { files, ..Document::new(&sources, &findings, &accepted) }.print(),
            Format::Github => {
                let files: String = files.iter().flatten().filter_map(annotation).collect();
                github::render(&sources, &findings) + &files
            }
            Format::Sarif => sarif::render(&sources, &findings, &accepted),
        }
    }
}

/// A folder as it stands before a path: normal steps only, since what leads out of here has no place in a repository.
pub(super) fn prefix(directory: &Path) -> String {
    let steps: Option<Vec<&str>> = directory
        .components()
        .filter(|step| *step != Component::CurDir)
        .map(|step| match step {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    steps.into_iter().flatten().map(|step| format!("{step}/")).collect()
}

/// The annotation of a file that is out of date.
fn annotation(file: &File) -> Option<String> {
    let (title, what) = match file.status {
        Status::Stale => ("stale output", "does not hold what the specs say"),
        Status::Missing => ("missing output", "is not there"),
        Status::Obsolete => ("obsolete output", "is no longer produced"),
        // A finding says so, with help.
        Status::Foreign => return None,
        Status::Written | Status::Removed => return None,
    };
    let source = file.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
    let message = format!("`{}`{source} {what}: run `genkai generate` and commit what it writes", file.path);
    Some(github::about_file(Severity::Error, &file.path, title, &message))
}
