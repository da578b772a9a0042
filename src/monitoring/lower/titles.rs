//! What documents are called where people read it: by their display names, and by more where others have the same.

use crate::monitoring::stack::in_environment;
use crate::resolve::{Effective, Resolved, ResolvedProject};
use crate::spec::{Environment, Kind, Metadata, Name};
use std::collections::{BTreeMap, BTreeSet};

/// The titles of one environment.
pub(super) struct Titles {
    /// Display names that documents of several kinds have.
    ambiguous: BTreeSet<String>,
    /// The environment, where another one is in the same Google Cloud project.
    environment: Option<String>,
}

impl Titles {
    pub fn new(
        resolved: &Resolved,
        project: &ResolvedProject,
        name: &Name,
        environment: &Environment,
    ) -> Titles {
        let mut kinds: BTreeMap<&str, BTreeSet<Kind>> = BTreeMap::new();
        for document in resolved.documents.iter().filter(|document| document.environments.contains(name)) {
            if let Some(title) = display_name(document) {
                kinds.entry(title).or_default().insert(document.kind);
            }
        }
        let ambiguous = kinds.into_iter().filter(|(_, kinds)| kinds.len() > 1);
        let here = |other: &&Environment| other.project_id == environment.project_id;
        let shared = project.project.spec.environments.values().filter(here).count() > 1;
        Titles {
            ambiguous: ambiguous.map(|(title, _)| title.to_owned()).collect(),
            environment: shared.then(|| name.to_string()),
        }
    }

    /// The title of a document: `orders`, and `DagSlo/orders` where a document of another kind is called the same.
    pub fn of_document(&self, kind: Kind, metadata: &Metadata) -> String {
        let title = metadata.display_name.as_ref().map_or(metadata.name.as_str(), |title| title.as_str());
        match self.ambiguous.contains(title) {
            true => self.alone(&format!("{}/{title}", kind.name())),
            false => self.alone(title),
        }
    }

    /// A title that no document has: with the environment where another one is in the same Google Cloud project.
    pub fn alone(&self, title: &str) -> String {
        match &self.environment {
            Some(environment) => in_environment(title, environment),
            None => title.to_owned(),
        }
    }
}

fn display_name(document: &Effective) -> Option<&str> {
    document.text(&["metadata", "displayName"]).or_else(|| document.text(&["metadata", "name"]))
}
