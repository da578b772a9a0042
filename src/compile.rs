//! The whole pipeline, from the texts of specs to the files of `generated/`, without touching a disk.

use crate::accept::accept;
use crate::check::check;
use crate::dashboards::dashboard;
use crate::diagnostics::{Accepted, Code, Diagnostic, Severity, has_errors, tidy};
use crate::monitoring::{Stack, lower::lower};
use crate::output::{Artifact, ArtifactError, Artifacts};
use crate::resolve::resolve;
use crate::source::reader::{Limits, read};
use crate::source::{Sources, Span};
use crate::templates::Templates;
use crate::verify::verify;
use crate::{grafana, terraform};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What specs compile to.
#[derive(Debug)]
pub struct Compilation {
    /// One Stack per environment; none when there are errors.
    pub stacks: Vec<Stack>,
    /// The files of `generated/`; none when there are errors.
    pub artifacts: Artifacts,
    /// Everything that was found and that no comment accepts, sorted and without repetitions.
    pub findings: Vec<Diagnostic>,
    /// What was found and a comment accepts, in the same order.
    pub accepted: Vec<Accepted>,
}

/// Compiles a project. `findings` are those of loading it: what could not be read is part of the whole.
///
/// `today` decides which comments still accept a finding, and nothing else: never an error, and no artifact.
pub fn compile(
    sources: &Sources,
    mut findings: Vec<Diagnostic>,
    templates: &Templates,
    today: Date,
) -> Compilation {
    let mut documents = Vec::new();
    let mut comments = Vec::new();
    for (file, source) in sources.iter() {
        let reading = read(file, &source.text, &Limits::default());
        documents.extend(reading.documents);
        comments.extend(reading.comments);
        findings.extend(reading.findings);
    }
    let (resolved, mistakes) = resolve(&documents, !has_errors(&findings));
    findings.extend(mistakes);
    findings.extend(check(&resolved));
    let stacks = match lower(&resolved, sources, templates) {
        Ok((stacks, mistakes)) => {
            findings.extend(mistakes);
            findings.extend(stacks.iter().flat_map(verify));
            stacks
        }
        Err(error) => {
            let path = format!("templates/{}", error.name);
            findings.push(Diagnostic::error(Code::Template, error.to_string()).in_path(path));
            Vec::new()
        }
    };
    let mut compilation = Compilation {
        stacks: Vec::new(),
        artifacts: Artifacts::default(),
        findings: Vec::new(),
        accepted: Vec::new(),
    };
    if !has_errors(&findings) {
        match artifacts(&stacks) {
            Ok(artifacts) => {
                compilation.stacks = stacks;
                compilation.artifacts = artifacts;
            }
            Err(finding) => findings.push(finding),
        }
    }
    let findings = tidy(without_echoes(findings));
    let (findings, accepted) = accept(findings, sources, &documents, &comments, today);
    compilation.findings = tidy(findings);
    compilation.accepted = accepted;
    compilation
}

/// One mistake is one finding: what other readers of YAML make of a value matters only where the value is sound.
fn without_echoes(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |finding: &Diagnostic| finding.primary.as_ref().map(|label| label.span);
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let wrong: BTreeSet<Span> = errors.filter_map(place).collect();
    findings.retain(|finding| {
        finding.code != Code::Ambiguous || place(finding).is_none_or(|place| !wrong.contains(&place))
    });
    findings
}

/// The files of all Stacks. Names of the language make paths that neither repeat nor collide; this would catch a gap.
fn artifacts(stacks: &[Stack]) -> Result<Artifacts, Diagnostic> {
    let mut artifacts = Artifacts::default();
    let collision = |error: ArtifactError| Diagnostic::error(Code::CannotWrite, error.to_string());
    for stack in stacks {
        let environment = &stack.environment;
        let files = terraform::root_module(stack).map_err(|error| {
            Diagnostic::error(Code::CannotWrite, error.to_string()).in_path(&environment.source)
        })?;
        for file in files {
            let path = format!("{}/terraform/{}", environment.name, file.name);
            let contents = terraform::print(&file.file);
            artifacts.insert(Artifact { path, contents, source: file.source }).map_err(collision)?;
        }
        for pipeline in &stack.pipelines {
            let path =
                format!("{}/grafana/{}_{}.json", environment.name, pipeline.kind.slug('-'), pipeline.name);
            let contents = grafana::json(&dashboard(environment, pipeline));
            artifacts
                .insert(Artifact { path, contents, source: pipeline.source.clone() })
                .map_err(collision)?;
        }
    }
    Ok(artifacts)
}
