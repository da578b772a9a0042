//! Loading and compiling a project, and telling people what was found.

use super::Outcome;
use super::report::Reporter;
use crate::compile::{self, Compilation, compile};
use crate::diagnostics::{Code, Diagnostic, counted, has_errors};
use crate::source::{Sources, disk};
use crate::templates::Templates;
use jiff::civil::Date;
use std::fs;
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
    anstream::eprintln!("{specs} in {environments}: no errors");
    Outcome::Done
}

/// "3 specs" and "2 environments"
pub(super) fn extent(compilation: &Compilation) -> (String, String) {
    let pipelines = compilation.stacks.iter().flat_map(|stack| &stack.pipelines);
    let specs: std::collections::BTreeSet<_> =
        pipelines.map(|pipeline| (pipeline.subject, &pipeline.name)).collect();
    (counted(specs.len(), "spec"), counted(compilation.stacks.len(), "environment"))
}

/// The built-in templates with those of the project's `templates/` in their place.
#[expect(clippy::disallowed_methods, reason = "the command line reads the project's templates")]
fn templates(directory: &Path) -> Result<Templates, Diagnostic> {
    let folder = directory.join("templates");
    let error = |path: &Path, message: String| {
        let shown = path.strip_prefix(directory).unwrap_or(path).display().to_string();
        Diagnostic::error(Code::Template, message).in_path(shown)
    };
    let mut overrides = Vec::new();
    if folder.is_dir() {
        let entries = fs::read_dir(&folder).map_err(|cause| error(&folder, cause.to_string()))?;
        for entry in entries {
            let path = entry.map_err(|cause| error(&folder, cause.to_string()))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // Editors leave such files behind.
            if !name.starts_with('.') && !name.ends_with('~') {
                let text = fs::read_to_string(&path)
                    .map_err(|cause| error(&path, format!("cannot be read: {cause}")))?;
                overrides.push((name, text));
            }
        }
    }
    overrides.sort();
    Templates::new(overrides).map_err(|cause| {
        error(&folder.join(&cause.name), cause.reason.clone()).help("correct the template, or remove it")
    })
}
