//! One side of a comparison: a project, compiled, with what is needed to find things in it.

use super::model::{Holdings, Place};
use crate::compile::{Insight, inspect_with_files};
use crate::diagnostics::Diagnostic;
use crate::monitoring::{Pipeline, Stack, Subject, Urgency};
use crate::output::Artifacts;
use crate::resolve::{Effective, ResolvedProject};
use crate::source::{Sources, Span};
use crate::spec::Kind;
use crate::templates::Templates;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A project, compiled as far as it can be.
#[derive(Debug, Default)]
pub struct Side {
    /// Its files.
    pub sources: Sources,
    /// What they say and come to.
    pub insight: Insight,
    /// The files of `generated/`.
    pub artifacts: Artifacts,
}

impl Side {
    /// Compiles a project. `findings` are those of loading it.
    pub fn compile(sources: Sources, findings: Vec<Diagnostic>, templates: &Templates, today: Date) -> Side {
        let (insight, artifacts) = inspect_with_files(&sources, findings, templates, today);
        Side { sources, insight, artifacts }
    }
}

/// A side with its documents and pipelines by name.
pub(super) struct View<'a> {
    pub side: &'a Side,
    pub is_base: bool,
    documents: BTreeMap<(Kind, &'a str), Vec<&'a Effective>>,
    /// What this side calls environments that have another name now, by that name.
    called: BTreeMap<String, String>,
}

impl<'a> View<'a> {
    pub fn of(side: &'a Side, is_base: bool) -> View<'a> {
        let mut documents: BTreeMap<_, Vec<&Effective>> = BTreeMap::new();
        for document in &side.insight.resolved.documents {
            if let Some(name) = document.text(&["metadata", "name"]) {
                documents.entry((document.kind, name)).or_default().push(document);
            }
        }
        View { side, is_base, documents, called: BTreeMap::new() }
    }

    /// With environments that this side calls otherwise, each by the name that it has now: everybody asks for that one.
    #[must_use]
    pub fn calling(self, called: BTreeMap<String, String>) -> View<'a> {
        View { called, ..self }
    }

    /// What this side calls an environment.
    pub fn called<'n>(&'n self, environment: &'n str) -> &'n str {
        self.called.get(environment).map_or(environment, String::as_str)
    }

    /// The names that its environments have now.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        let now = |own: &'a str| {
            let renamed = self.called.iter().find(|(_, was)| *was == own);
            renamed.map_or(own, |(is, _)| is.as_str())
        };
        self.side.insight.stacks.iter().map(move |stack| now(&stack.environment.name))
    }

    pub fn project(&self) -> Option<&'a ResolvedProject> {
        self.side.insight.resolved.project.as_ref()
    }

    pub fn stack(&self, environment: &str) -> Option<&'a Stack> {
        let own = self.called(environment);
        self.side.insight.stacks.iter().find(|stack| stack.environment.name == own)
    }

    /// The document of a pipeline as it holds in an environment; what no document declares has none.
    pub fn document(&self, pipeline: &Pipeline, environment: &str) -> Option<&'a Effective> {
        let Subject::Document(kind) = pipeline.subject else { return None };
        let documents = self.documents.get(&(kind, pipeline.name.as_str()))?;
        let environment = self.called(environment);
        let holds = |document: &&&Effective| {
            !kind.has_environments() || document.environments.iter().any(|name| name.as_str() == environment)
        };
        documents.iter().find(holds).copied()
    }

    /// The document of a pipeline, for whatever environments it is.
    pub fn any_document(&self, pipeline: &Pipeline) -> Option<&'a Effective> {
        let Subject::Document(kind) = pipeline.subject else { return None };
        self.documents.get(&(kind, pipeline.name.as_str()))?.first().copied()
    }

    /// A Calendar by its name.
    pub fn calendar(&self, name: &str) -> Option<&'a Effective> {
        self.documents.get(&(Kind::Calendar, name))?.first().copied()
    }

    pub fn place(&self, span: Span) -> Option<Place> {
        let (file, line) = self.side.sources.line(span)?;
        Some(Place { file: file.to_owned(), line, in_base: self.is_base })
    }

    /// Where something of the Project stands.
    pub fn project_place(&self, path: &[&str]) -> Option<Place> {
        self.place(crate::resolve::place(&self.project()?.tree, path))
    }

    /// Where something of an environment stands.
    pub fn environment_place(&self, environment: &str, path: &[&str]) -> Option<Place> {
        self.project_place(&[&["spec", "environments", self.called(environment)], path].concat())
    }

    /// Where the document of a pipeline has its name; of what no document declares, where it comes from.
    pub fn place_of_document(&self, pipeline: &Pipeline) -> Option<Place> {
        let document = self.any_document(pipeline).map(|document| document.span(&["metadata", "name"]));
        document.map_or_else(|| self.place_of(pipeline), |span| self.place(span))
    }

    /// Where a pipeline is declared.
    pub fn place_of(&self, pipeline: &Pipeline) -> Option<Place> {
        self.place(pipeline.places.name)
    }
}

/// What pipelines hold.
pub(super) fn holdings<'a>(pipelines: impl IntoIterator<Item = &'a Pipeline>) -> Holdings {
    let mut holdings = Holdings::default();
    for pipeline in pipelines {
        holdings.specs += usize::from(pipeline.dashboard_uid.is_some());
        for promise in &pipeline.promises {
            holdings.objectives += usize::from(is_declared(pipeline, promise));
            let pages = promise.policies.iter().filter(|policy| policy.urgency == Urgency::Page).count();
            holdings.pages += pages;
            holdings.tickets += promise.policies.len() - pages;
        }
    }
    holdings
}

/// Whether somebody declared a promise; others only come with what is declared.
pub(super) fn is_declared(pipeline: &Pipeline, promise: &crate::monitoring::Promise) -> bool {
    pipeline.dashboard_uid.is_some() && promise.id != "missed_run"
}
