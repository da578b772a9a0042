//! What the compiler made, before anything is written.

use super::paths;
use std::collections::{BTreeMap, btree_map};
use std::sync::Arc;

/// One file of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Relative to `generated/`, with `/`; the first part is the environment, the second `terraform` or `grafana`.
    pub path: String,
    /// All of its text, which the steps that write it share.
    pub contents: Arc<str>,
    /// The spec that it came from, such as `slo-specs/sales.yaml`; the Project's file for what belongs to no single spec.
    pub source: String,
}

/// The files of the output, ordered by path. No two of them are one file on any file system.
#[derive(Clone, Debug, Default)]
pub struct Artifacts {
    by_path: BTreeMap<String, Artifact>,
    /// Every path and every folder above one, as a case-insensitive file system sees it.
    taken: BTreeMap<String, Taken>,
}

#[derive(Clone, Debug)]
struct Taken {
    path: String,
    folder: bool,
}

/// Why an artifact cannot be part of the output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// The path is not below an environment's `terraform/` or `grafana/`, or has a name that not every system can hold.
    #[error("`{path}` is not a path that Genkai may write")]
    BadPath {
        /// The path.
        path: String,
    },
    /// Another artifact has the same path.
    #[error("`{path}` is produced twice, by `{first}` and by `{second}`")]
    Twice {
        /// The path.
        path: String,
        /// The source of the artifact that came first.
        first: String,
        /// The source of the artifact that was refused.
        second: String,
    },
    /// Some file systems cannot hold both: they differ only in case, or one is a file and the other a folder.
    #[error("`{path}` and `{other}` cannot both exist on every file system")]
    Collides {
        /// The path that was refused.
        path: String,
        /// The path, or the folder of a path, that came first.
        other: String,
    },
}

impl Artifacts {
    /// Adds a file.
    ///
    /// # Errors
    /// When the path is not one that Genkai may write, or is taken; the collection is then unchanged.
    pub fn insert(&mut self, artifact: Artifact) -> Result<(), ArtifactError> {
        let path = artifact.path.clone();
        if !paths::is_artifact(&path) {
            return Err(ArtifactError::BadPath { path });
        }
        if let Some(first) = self.by_path.get(&path) {
            return Err(ArtifactError::Twice { path, first: first.source.clone(), second: artifact.source });
        }
        let wanted: Vec<Taken> = paths::folders(&path)
            .map(|folder| Taken { path: folder.to_owned(), folder: true })
            .chain([Taken { path: path.clone(), folder: false }])
            .collect();
        for part in &wanted {
            if let Some(taken) = self.taken.get(&paths::fold(&part.path))
                && (taken.path != part.path || taken.folder != part.folder)
            {
                return Err(ArtifactError::Collides { path, other: taken.path.clone() });
            }
        }
        self.taken.extend(wanted.into_iter().map(|part| (paths::fold(&part.path), part)));
        self.by_path.insert(path, artifact);
        Ok(())
    }

    /// The same files, where the folders of some environments have another name; what each is called now is the key.
    #[must_use]
    pub fn renamed(&self, environments: &BTreeMap<String, String>) -> Artifacts {
        let mut renamed = self.clone();
        for (is, was) in environments {
            for (within, artifact) in self.of(was) {
                renamed.by_path.remove(&artifact.path);
                let artifact = Artifact { path: format!("{is}/{within}"), ..artifact.clone() };
                // No environment has the new name, so nothing is at the path.
                let _ = renamed.insert(artifact);
            }
        }
        renamed
    }

    /// Gives a file that there is other contents.
    pub(super) fn replace(&mut self, path: &str, contents: Arc<str>) {
        if let Some(artifact) = self.by_path.get_mut(path) {
            artifact.contents = contents;
        }
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&Artifact> {
        self.by_path.get(path)
    }

    /// The files, by path.
    pub fn iter(&self) -> btree_map::Values<'_, String, Artifact> {
        self.by_path.values()
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.by_path.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// The environments that have files, by name.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        self.taken
            .values()
            .filter(|taken| taken.folder && !taken.path.contains('/'))
            .map(|taken| taken.path.as_str())
    }

    /// The files of one environment, each with its path relative to the environment's folder.
    pub fn of<'a>(&'a self, environment: &'a str) -> impl Iterator<Item = (&'a str, &'a Artifact)> {
        self.iter().filter_map(move |artifact| {
            let (of, within) = artifact.path.split_once('/')?;
            (of == environment).then_some((within, artifact))
        })
    }
}

impl<'a> IntoIterator for &'a Artifacts {
    type Item = &'a Artifact;
    type IntoIter = btree_map::Values<'a, String, Artifact>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
