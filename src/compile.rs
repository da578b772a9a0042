//! The whole pipeline, from the texts of specs to the files of `generated/`, without touching a disk.

use crate::accept::accept;
use crate::check::{check, silent};
use crate::dashboards::dashboard;
use crate::diagnostics::{Accepted, Code, Diagnostic, Severity, has_errors, tidy};
use crate::monitoring::{Pipeline, Stack, lower::lower};
use crate::output::{Artifact, ArtifactError, Artifacts};
use crate::resolve::{Resolved, resolve};
use crate::source::reader::{Comment, Document, Limits, read};
use crate::source::{Sources, Span};
use crate::templates::{TemplateError, Templates};
use crate::terraform::ModuleFile;
use crate::verify::verify;
use crate::{grafana, terraform};
use jiff::civil::Date;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What specs compile to.
#[derive(Debug)]
pub struct Compilation {
    /// One Stack per environment; none when there are errors.
    pub stacks: Vec<Stack>,
    /// The files of `generated/`; none when there are errors, or when nobody asked for them.
    pub artifacts: Artifacts,
    /// Everything that was found and that no comment accepts, sorted and without repetitions.
    pub findings: Vec<Diagnostic>,
    /// What was found and a comment accepts, in the same order.
    pub accepted: Vec<Accepted>,
}

/// Compiles a project. `findings` are those of loading it: what could not be read is part of the whole.
///
/// `today` decides which comments still accept a finding and which Calendars end soon, and nothing else: never an error,
/// and no artifact.
pub fn compile(
    sources: &Sources,
    findings: Vec<Diagnostic>,
    templates: &Templates,
    today: Date,
) -> Compilation {
    // The trees of the documents are gone before the files are made, so that memory never holds both.
    let compilation = validate(sources, findings, templates, today);
    match artifacts(&compilation.stacks, templates) {
        Ok(artifacts) => Compilation { artifacts, ..compilation },
        Err(finding) => {
            let findings = [compilation.findings, vec![finding]].concat();
            Compilation { stacks: Vec::new(), findings: tidy(findings), ..compilation }
        }
    }
}

/// All that [`compile`] finds in specs, without making the files.
pub fn validate(
    sources: &Sources,
    findings: Vec<Diagnostic>,
    templates: &Templates,
    today: Date,
) -> Compilation {
    Analysis::new(sources, findings, templates, today).judged(sources, today)
}

/// What a project says and comes to, as far as it can be known: with errors, too.
#[derive(Debug, Default)]
pub struct Insight {
    /// Its documents.
    pub resolved: Resolved,
    /// One Stack per environment, without what errors keep from being compiled.
    pub stacks: Vec<Stack>,
    /// Everything that was found and that no comment accepts, sorted and without repetitions.
    pub findings: Vec<Diagnostic>,
    /// What was found and a comment accepts, in the same order.
    pub accepted: Vec<Accepted>,
}

/// All that [`compile`] knows of specs, to be explained.
pub fn inspect(sources: &Sources, findings: Vec<Diagnostic>, templates: &Templates, today: Date) -> Insight {
    let mut analysis = Analysis::new(sources, findings, templates, today);
    let resolved = std::mem::take(&mut analysis.resolved);
    let stacks = analysis.stacks.clone();
    let Compilation { findings, accepted, .. } = analysis.judged(sources, today);
    Insight { resolved, stacks, findings, accepted }
}

/// [`inspect`], with the files of `generated/` as far as the specs come to any.
pub fn inspect_with_files(
    sources: &Sources,
    findings: Vec<Diagnostic>,
    templates: &Templates,
    today: Date,
) -> (Insight, Artifacts) {
    let mut insight = inspect(sources, findings, templates, today);
    match artifacts(&insight.stacks, templates) {
        Ok(artifacts) => (insight, artifacts),
        Err(finding) => {
            insight.findings = tidy([insight.findings, vec![finding]].concat());
            (insight, Artifacts::default())
        }
    }
}

/// What the specs say and come to, and what is wrong with them.
struct Analysis {
    resolved: Resolved,
    documents: Vec<Document>,
    comments: Vec<Comment>,
    stacks: Vec<Stack>,
    findings: Vec<Diagnostic>,
}

impl Analysis {
    fn new(sources: &Sources, mut findings: Vec<Diagnostic>, templates: &Templates, today: Date) -> Analysis {
        let files: Vec<_> = sources.iter().collect();
        let readings = files.par_iter().map(|(file, source)| read(*file, &source.text, &Limits::default()));
        let mut documents = Vec::new();
        let mut comments = Vec::new();
        for reading in readings.collect::<Vec<_>>() {
            documents.extend(reading.documents);
            comments.extend(reading.comments);
            findings.extend(reading.findings);
        }
        let (resolved, mistakes) = resolve(&documents, !has_errors(&findings));
        findings.extend(mistakes);
        findings.extend(check(&resolved, today));
        let stacks = match lower(&resolved, sources, templates) {
            Ok((stacks, mistakes)) => {
                findings.extend(mistakes);
                findings.extend(verify(&stacks));
                stacks
            }
            Err(error) => {
                findings.push(unusable(error));
                Vec::new()
            }
        };
        // With errors, nothing is made of anything.
        if !has_errors(&findings) {
            findings.extend(resolved.documents.iter().filter_map(|document| {
                silent(document, |environment| {
                    let stack = stacks.iter().find(|stack| stack.environment.name == environment);
                    let pipelines = stack.into_iter().flat_map(|stack| &stack.pipelines);
                    pipelines
                        .filter(|pipeline| pipeline.is_of(document.kind, document.name()))
                        .any(Pipeline::says_something)
                })
            }));
        }
        // Nothing else finds the mistakes in a project's own texts of dashboards before somebody generates.
        if templates.are_overridden() {
            let mistakes = stacks.iter().map(|stack| dashboards(stack, templates));
            findings.extend(mistakes.filter_map(Result::err).map(unusable));
        }
        Analysis { resolved, documents, comments, stacks, findings }
    }

    /// The findings that remain when comments have accepted theirs, and the Stacks where none is an error.
    fn judged(self, sources: &Sources, today: Date) -> Compilation {
        let stacks = if has_errors(&self.findings) { Vec::new() } else { self.stacks };
        let findings = tidy(without_echoes(self.findings));
        let (findings, accepted) = accept(findings, sources, &self.documents, &self.comments, today);
        Compilation { stacks, artifacts: Artifacts::default(), findings: tidy(findings), accepted }
    }
}

fn unusable(error: TemplateError) -> Diagnostic {
    let path = format!("templates/{}", error.name);
    Diagnostic::error(Code::Template, error.to_string()).in_path(path)
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
fn artifacts(stacks: &[Stack], templates: &Templates) -> Result<Artifacts, Diagnostic> {
    let mut artifacts = Artifacts::default();
    let collision = |error: ArtifactError| Diagnostic::error(Code::CannotWrite, error.to_string());
    for stack in stacks {
        for artifact in root_module(stack)?.into_iter().chain(dashboards(stack, templates).map_err(unusable)?)
        {
            artifacts.insert(artifact).map_err(collision)?;
        }
    }
    Ok(artifacts)
}

fn root_module(stack: &Stack) -> Result<Vec<Artifact>, Diagnostic> {
    let environment = &stack.environment;
    let files = terraform::root_module(stack).map_err(|error| {
        Diagnostic::error(Code::CannotWrite, error.to_string()).in_path(&environment.source)
    })?;
    let artifact = |file: ModuleFile| Artifact {
        path: format!("{}/terraform/{}", environment.name, file.name),
        contents: file.text.into(),
        source: file.source,
    };
    Ok(files.into_iter().map(artifact).collect())
}

fn dashboards(stack: &Stack, templates: &Templates) -> Result<Vec<Artifact>, TemplateError> {
    let environment = &stack.environment;
    let texts = templates.texts(environment.language);
    let artifact = |pipeline: &Pipeline| {
        let dashboard = match dashboard(environment, pipeline, texts) {
            Ok(dashboard) => dashboard?,
            Err(error) => return Some(Err(error)),
        };
        let path = format!("{}/{}", environment.name, pipeline.dashboard_file());
        Some(Ok(Artifact {
            path,
            contents: grafana::json(&dashboard).into(),
            source: pipeline.source.clone(),
        }))
    };
    stack.pipelines.par_iter().filter_map(artifact).collect()
}
