//! Loading and compiling a project, and telling people what was found.

use super::Outcome;
use super::report::Reporter;
use super::streams;
use crate::compile::{self, Compilation, Insight, compile};
use crate::diagnostics::{Code, Diagnostic, counted, has_errors, text};
use crate::files::{self, FollowSymlinks, LARGEST_TEXT, Refusal};
use crate::plan::Side;
use crate::source::{Sources, disk};
use crate::templates::Templates;
use cap_std::fs::Dir;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// Loads and compiles the project in a folder, and shows what was found. `None` when there are errors.
pub(super) fn load(directory: &Path, today: Date, reporter: &mut Reporter) -> Option<Compilation> {
    load_with(compile, directory, today, reporter)
}

fn load_with(
    compile: fn(&Sources, Vec<Diagnostic>, &Templates, Date) -> Compilation,
    directory: &Path,
    today: Date,
    reporter: &mut Reporter,
) -> Option<Compilation> {
    let (sources, mut findings) = disk::load(directory);
    reporter.sources = sources;
    let templates = match templates(directory) {
        Ok(templates) => templates,
        Err(finding) => {
            findings.push(finding);
            reporter.show(findings);
            return None;
        }
    };
    let mut compilation = compile(&reporter.sources, findings, &templates, today);
    let failed = has_errors(&compilation.findings);
    let accepted = std::mem::take(&mut compilation.accepted);
    reporter.show_some(std::mem::take(&mut compilation.findings), accepted);
    (!failed).then_some(compilation)
}

pub(super) fn validate(directory: &Path, today: Date, reporter: &mut Reporter) -> Outcome {
    let Some(compilation) = load_with(compile::validate, directory, today, reporter) else {
        return Outcome::Errors;
    };
    let (specs, environments) = extent(&compilation);
    streams::say(&format!("{specs} in {environments}: no errors"));
    Outcome::Done
}

/// What the project in a folder says and comes to, with errors, too.
///
/// # Errors
/// Nothing of it can be known, which was said.
pub(super) fn inspect(directory: &Path, today: Date) -> Result<(Sources, Insight), Outcome> {
    let (sources, findings) = disk::load(directory);
    let refuse = |findings: &[Diagnostic]| {
        streams::show(&text::render(&sources, findings, true));
        Outcome::Errors
    };
    let templates = templates(directory).map_err(|finding| refuse(&[finding]))?;
    let insight = compile::inspect(&sources, findings, &templates, today);
    match insight.resolved.names.is_empty() && has_errors(&insight.findings) {
        true => Err(refuse(&insight.findings)),
        false => Ok((sources, insight)),
    }
}

/// What the project in a folder says and comes to, and everything that is found.
///
/// # Errors
/// A template that cannot be used.
pub(super) fn inspect_all(directory: &Path, today: Date) -> Result<(Sources, Insight), Diagnostic> {
    let (sources, findings) = disk::load(directory);
    let insight = compile::inspect(&sources, findings, &templates(directory)?, today);
    Ok((sources, insight))
}

/// The project in a folder as one side of a comparison, and the templates for what is said about it.
///
/// # Errors
/// A template that cannot be used.
pub(super) fn side(directory: &Path, today: Date) -> Result<(Side, Templates), Diagnostic> {
    let (sources, findings) = disk::load(directory);
    let templates = templates(directory)?;
    Ok((Side::compile(sources, findings, &templates, today), templates))
}

/// "3 specs" and "2 environments"
pub(super) fn extent(compilation: &Compilation) -> (String, String) {
    let pipelines = compilation.stacks.iter().flat_map(|stack| &stack.pipelines);
    // Companions belong to no spec of their own.
    let specs: BTreeSet<_> = pipelines
        .filter(|pipeline| pipeline.dashboard_uid.is_some())
        .map(|pipeline| (pipeline.subject, &pipeline.name))
        .collect();
    (counted(specs.len(), "spec"), counted(compilation.stacks.len(), "environment"))
}

/// The built-in templates with those of the project's `templates/` in their place.
pub(super) fn templates(directory: &Path) -> Result<Templates, Diagnostic> {
    let mut overrides = Vec::new();
    let failed = |(name, cause): (String, Refusal)| {
        let cause = match cause {
            Refusal::System(error) => format!("cannot be read: {error}"),
            other => other.to_string(),
        };
        template_error(&name, cause)
    };
    // Whatever is wrong with the project's folder is told when the specs are read.
    if let Ok(project) = files::folder(directory) {
        read_templates(&project, "", &mut overrides).map_err(failed)?;
    }
    overrides.sort();
    Templates::new(overrides)
        .map_err(|cause| template_error(&cause.name, cause.reason).help("correct the template, or remove it"))
}

pub(super) fn template_error(name: &str, message: String) -> Diagnostic {
    Diagnostic::error(Code::Template, message).in_path(format!("templates/{name}"))
}

/// The files of a folder and of those in it, by their path below `templates/`. Links to folders are not followed.
fn read_templates(
    project: &Dir,
    prefix: &str,
    found: &mut Vec<(String, String)>,
) -> Result<(), (String, Refusal)> {
    let failed = |cause| (prefix.to_owned(), cause);
    let entries = match project.read_dir(format!("templates/{prefix}")).map_err(files::outside) {
        Err(refusal) if refusal.is_missing() && prefix.is_empty() => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    for entry in entries {
        let entry = entry.map_err(|error| failed(error.into()))?;
        let file = entry.file_name().to_string_lossy().into_owned();
        // Editors leave such files behind.
        if file.starts_with('.') || file.ends_with('~') {
            continue;
        }
        let name = format!("{prefix}{file}");
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            read_templates(project, &format!("{name}/"), found)?;
            continue;
        }
        let refused = |refusal| (name.clone(), refusal);
        let path = format!("templates/{name}");
        let bytes = files::read(project, &path, LARGEST_TEXT, FollowSymlinks::Yes).map_err(refused)?;
        let text = String::from_utf8(bytes);
        let text = text.map_err(|_| refused(io::Error::other("it is not UTF-8").into()))?;
        found.push((name, text));
    }
    Ok(())
}
