//! The other side of a comparison: what `--base` names, compiled.

use super::git::{self, Unreadable};
use super::report::Reporter;
use super::{Outcome, project};
use crate::diagnostics::{counted, has_errors};
use crate::plan::Side;
use crate::plan::concerned::{self, Concerned};
use crate::source::{Sources, disk};
use crate::templates::Templates;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// The base, compiled as far as it can be, and what people should know about it.
pub(super) struct Base {
    pub side: Side,
    pub note: Option<String>,
}

/// Compiles what `--base` names: a folder that holds `slo-specs`, a manifest of such a folder, or what git knows.
pub(super) fn compile(directory: &Path, named: &str, today: Date) -> Result<Base, Unreadable> {
    match folder(Path::new(named)) {
        Some(folder) => {
            let (sources, findings) = disk::load(&folder);
            let templates = project::templates(&folder).map_err(broken)?;
            Ok(Base { side: Side::compile(sources, findings, &templates, today), note: None })
        }
        None => {
            let stored = git::read(directory, named)?;
            let templates = Templates::new(stored.templates)
                .map_err(|error| broken(project::template_error(&error.name, error.reason)))?;
            let is_nothing = stored.findings.is_empty() && stored.sources.iter().next().is_none();
            let side = match is_nothing {
                true => nothing(&templates, today),
                false => Side::compile(stored.sources, stored.findings, &templates, today),
            };
            Ok(Base { side, note: stored.note })
        }
    }
}

/// Validates the project in a folder, and warns only of what concerns the change since the base. Errors are always told:
/// what goes may break what stays.
pub(super) fn validate(directory: &Path, named: &str, today: Date, reporter: &mut Reporter) -> Outcome {
    let (base, head) =
        rayon::join(|| compile(directory, named, today), || project::inspect_all(directory, today));
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
    let (sources, insight) = match head {
        Ok(head) => head,
        Err(finding) => {
            reporter.show(vec![finding]);
            return Outcome::Errors;
        }
    };
    let concerned = Concerned::by(&base);
    let documents = concerned::documents(&insight.resolved);
    let (shown, left_out): (Vec<_>, Vec<_>) =
        insight.findings.into_iter().partition(|finding| concerned.is(&sources, &documents, finding));
    let failed = has_errors(&shown);
    reporter.sources = sources;
    reporter.show_some(shown, Vec::new());
    if !left_out.is_empty() {
        anstream::eprintln!("{} elsewhere, which the base has too", counted(left_out.len(), "warning"));
    }
    if failed {
        return Outcome::Errors;
    }
    anstream::eprintln!("no errors");
    Outcome::Done
}

/// A project before there was one: nothing, and nothing is wrong with it.
fn nothing(templates: &Templates, today: Date) -> Side {
    let mut side = Side::compile(Sources::default(), Vec::new(), templates, today);
    side.insight.findings.clear();
    side
}

/// The project's folder, if one is named, or one of its files that says what it owns.
fn folder(path: &Path) -> Option<PathBuf> {
    if path.file_name().is_some_and(|name| name == "manifest.json") && path.is_file() {
        return path.ancestors().skip(1).find(|folder| folder.join("slo-specs").is_dir()).map(Path::to_owned);
    }
    path.join("slo-specs").is_dir().then(|| path.to_owned())
}

fn broken(finding: crate::diagnostics::Diagnostic) -> Unreadable {
    Unreadable {
        message: format!("the base has a template that cannot be used: {}", finding.message),
        help: None,
    }
}
