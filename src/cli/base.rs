//! The other side of a comparison: what `--base` names, compiled.

use super::git::{Point, Repository, Unreadable};
use super::report::Reporter;
use super::streams;
use super::{Outcome, project};
use crate::compile;
use crate::diagnostics::{Diagnostic, counted, has_errors};
use crate::plan::concerned::{self, Concerned};
use crate::plan::{Compared, Side};
use crate::source::{Sources, disk};
use crate::spec::Review;
use crate::templates::Templates;
use jiff::civil::Date;
use std::path::{Component, Path, PathBuf};

/// The base, compiled as far as it can be, and what judges a change by it.
pub(super) struct Base {
    pub side: Side,
    /// What people should know about it.
    pub note: Option<String>,
    /// The commit, where it is one.
    pub compared: Option<Compared>,
    /// The review policy of a reference that has moved on since the change left it.
    pub policy: Option<Review>,
    /// The words for the review.
    pub templates: Templates,
}

/// Compiles what `--base` names: a folder that holds `slo-specs`, a manifest of such a folder, or what git knows.
///
/// Only what cannot be the name of a commit is a folder. Otherwise whoever adds a folder `origin/main` would choose what he
/// is compared with.
pub(super) fn compile(directory: &Path, named: &str, today: Date) -> Result<Base, Unreadable> {
    let path = Path::new(named);
    match path.components().next() {
        Some(Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir) => {
            at_folder(path, today)
        }
        Some(Component::Normal(_)) | None => at_reference(directory, named, today),
    }
}

fn at_folder(path: &Path, today: Date) -> Result<Base, Unreadable> {
    let folder = folder(path).ok_or_else(|| Unreadable {
        message: format!("`{}` holds no `slo-specs`", path.display().to_string().escape_debug()),
        help: Some("give the folder of a project, or a `manifest.json` below it".to_owned()),
    })?;
    let (sources, findings) = disk::load(&folder);
    let templates = project::templates(&folder).map_err(broken)?;
    let side = Side::compile(sources, findings, &templates, today);
    Ok(Base { side, note: None, compared: None, policy: None, templates })
}

fn at_reference(directory: &Path, reference: &str, today: Date) -> Result<Base, Unreadable> {
    let repository = Repository::around(directory)?;
    let Point { tip, commit } = repository.base(reference)?;
    let (sources, findings, mut templates, note) = stored(&repository, &commit, reference)?;
    let is_nothing = findings.is_empty() && sources.iter().next().is_none();
    let side = match is_nothing {
        true => nothing(&templates, today),
        false => Side::compile(sources, findings, &templates, today),
    };
    let compared = Compared { reference: reference.to_owned(), is_merge_base: commit != tip, commit };
    let mut policy = None;
    if compared.is_merge_base {
        // What holds today judges: who leaves from an old commit does not escape it.
        let (sources, findings, words, _) = stored(&repository, &tip, reference)?;
        let insight = compile::inspect(&sources, findings, &words, today);
        policy = insight.resolved.project.map(|project| project.project.spec.review);
        templates = words;
    }
    Ok(Base { side, note, compared: Some(compared), policy, templates })
}

type Stored = (Sources, Vec<Diagnostic>, Templates, Option<String>);

/// The project as git keeps it at a commit.
fn stored(repository: &Repository, commit: &str, reference: &str) -> Result<Stored, Unreadable> {
    let stored = repository.project_at(commit, reference)?;
    let templates = Templates::new(stored.templates)
        .map_err(|error| broken(project::template_error(&error.name, error.reason)))?;
    Ok((stored.sources, stored.findings, templates, stored.note))
}

/// Validates the project in a folder, and warns only of what concerns the change since the base. Errors are always told:
/// what goes may break what stays.
pub(super) fn validate(directory: &Path, named: &str, today: Date, reporter: &mut Reporter) -> Outcome {
    let (base, head) =
        rayon::join(|| compile(directory, named, today), || project::inspect_all(directory, today));
    let Base { side: base, note, .. } = match base {
        Ok(base) => base,
        Err(error) => {
            error.say();
            return Outcome::Errors;
        }
    };
    if let Some(note) = note {
        streams::say(&format!("note: {note}"));
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
        streams::say(&format!("{} elsewhere, which the base has too", counted(left_out.len(), "warning")));
    }
    if failed {
        return Outcome::Errors;
    }
    streams::say("no errors");
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

fn broken(finding: Diagnostic) -> Unreadable {
    Unreadable {
        message: format!("the base has a template that cannot be used: {}", finding.message),
        help: None,
    }
}
