//! The order of the changes, and why a stop after any of them does no harm.
//!
//! For each environment that changes:
//! 1. the manifest becomes the **union**: what Genkai owns plus what it is about to own;
//! 2. files are written, each in one move;
//! 3. files that are no longer produced are removed;
//! 4. the manifest becomes the **final** one, or is removed with the last file of its environment.
//!
//! So at any moment every file of Genkai's on disk is listed, and a rerun knows all of them. A step that would change
//! nothing is left out: where no file comes or goes, only stale files are written.
//!
//! The files of the second step are independent of each other, so a disk may write them at the same time, see
//! [`Disk::change`].
//!
//! # Foreign files that appear between a stop and the rerun
//! The union also lists files that are not there: not yet written, or removed already. Suppose the run stops, and someone
//! makes a file of their own at such a path. A plain line would make it Genkai's, and the rerun would overwrite or remove
//! it. Therefore a line of the union says with which contents the file is Genkai's (`only`), unless the file stays from
//! before the run to after it:
//!
//! | file | line of the union |
//! |---|---|
//! | there and still produced | plain: it is Genkai's throughout |
//! | about to be created | only with the contents that this run writes |
//! | about to be removed | only with the contents that it has now |
//! | listed but not there, and not produced | none |
//!
//! A rerun, with the same specs or others, then finds at such a path nothing, or the bytes that Genkai itself wrote, or a
//! foreign file, and can tell which. A file that appears *during* a run is safe because files are created by a move that
//! fails when something is there.

use super::compare::{Comparison, Entry};
use super::disk::{Disk, DiskError};
use super::manifest::{Manifest, Owned, fingerprint};
use super::snapshot::Snapshot;
use super::{Artifacts, paths};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One change to the disk. After each, every file is wholly old or wholly new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make a file where there is none.
    Create {
        /// Relative to `generated/`.
        path: String,
        /// All of its text.
        contents: Arc<str>,
    },
    /// Give a file that Genkai owns new contents.
    Replace {
        /// Relative to `generated/`.
        path: String,
        /// All of its text.
        contents: Arc<str>,
    },
    /// Remove a file that Genkai owns, and the folders above it that become empty.
    Remove {
        /// Relative to `generated/`.
        path: String,
    },
}

impl Step {
    /// Makes the change.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn apply(&self, disk: &mut impl Disk) -> Result<(), DiskError> {
        match self {
            Step::Create { path, contents } => disk.create(path, contents.as_bytes()),
            Step::Replace { path, contents } => disk.replace(path, contents.as_bytes()),
            Step::Remove { path } => disk.remove(path),
        }
    }

    /// Whether neither of two steps, one directly after the other, needs the other: both write a file that is no manifest.
    /// What is removed may take a folder with it, so that has an order.
    pub(super) fn needs_no_order(&self, next: &Step) -> bool {
        [self, next].into_iter().all(|step| match step {
            Step::Create { path, .. } | Step::Replace { path, .. } => {
                paths::environment_of_manifest(path).is_none()
            }
            Step::Remove { .. } => false,
        })
    }
}

/// The changes that bring the disk from what it is to what it should be; none as long as there are foreign files.
pub fn steps(on_disk: &Snapshot, artifacts: &Artifacts, comparison: &Comparison) -> Vec<Step> {
    if !comparison.foreign.is_empty() {
        return Vec::new();
    }
    let Comparison { stale, missing, obsolete, .. } = comparison;
    let changed: BTreeSet<&str> = [stale, missing, obsolete]
        .into_iter()
        .flatten()
        .filter_map(|entry| environment_of(&entry.path))
        .collect();
    changed
        .into_iter()
        .flat_map(|environment| Environment { name: environment, on_disk, artifacts, comparison }.steps())
        .collect()
}

fn environment_of(path: &str) -> Option<&str> {
    path.split_once('/').map(|(environment, _)| environment)
}

/// One environment whose files change.
struct Environment<'a> {
    name: &'a str,
    on_disk: &'a Snapshot,
    artifacts: &'a Artifacts,
    comparison: &'a Comparison,
}

impl Environment<'_> {
    fn steps(&self) -> Vec<Step> {
        let Comparison { stale, missing, obsolete, .. } = self.comparison;
        let mut changes = Vec::new();
        for path in self.files(missing) {
            changes
                .extend(self.artifact(path).map(|contents| Step::Create { path: path.to_owned(), contents }));
        }
        for path in self.files(stale) {
            changes.extend(
                self.artifact(path).map(|contents| Step::Replace { path: path.to_owned(), contents }),
            );
        }
        changes.extend(self.files(obsolete).map(|path| Step::Remove { path: path.to_owned() }));

        let path = paths::manifest_of(self.name);
        let before = self.on_disk.regular(&path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let union = self.union();
        let during =
            if changes.is_empty() || union.files.is_empty() { before.clone() } else { Some(union.print()) };
        let after = Manifest::finished(self.artifacts, self.name).map(|manifest| manifest.print());
        let mut steps = Vec::new();
        steps.extend(change(&path, before.as_deref(), during.as_deref()));
        steps.extend(changes);
        steps.extend(change(&path, during.as_deref(), after.as_deref()));
        steps
    }

    /// The paths of this environment in a list, without that of its manifest.
    fn files<'b>(&self, entries: &'b [Entry]) -> impl Iterator<Item = &'b str> {
        let name = self.name;
        let mine = move |path: &&str| environment_of(path) == Some(name);
        entries
            .iter()
            .map(|entry| entry.path.as_str())
            .filter(mine)
            .filter(|path| paths::environment_of_manifest(path).is_none())
    }

    fn artifact(&self, path: &str) -> Option<Arc<str>> {
        self.artifacts.get(path).map(|artifact| artifact.contents.clone())
    }

    /// The manifest that is true throughout the change; see the documentation of this module.
    fn union(&self) -> Manifest {
        let mut union = Manifest::default();
        for (within, artifact) in self.artifacts.of(self.name) {
            let there = self.on_disk.owned(&artifact.path).is_some();
            let only = (!there).then(|| fingerprint(artifact.contents.as_bytes()));
            union.files.insert(within.to_owned(), Owned { source: artifact.source.clone(), only });
        }
        for (within, owned) in self.on_disk.manifests.get(self.name).into_iter().flat_map(|old| &old.files) {
            if let Some(contents) = self.on_disk.owned(&format!("{}/{within}", self.name)) {
                let only = Some(fingerprint(contents));
                union.files.entry(within.clone()).or_insert(Owned { source: owned.source.clone(), only });
            }
        }
        union
    }
}

/// The step that turns one state of a file into another, if they differ.
fn change(path: &str, from: Option<&str>, to: Option<&str>) -> Option<Step> {
    let path = path.to_owned();
    match (from, to) {
        (from, to) if from == to => None,
        (None, Some(to)) => Some(Step::Create { path, contents: to.into() }),
        (Some(_), Some(to)) => Some(Step::Replace { path, contents: to.into() }),
        (_, None) => Some(Step::Remove { path }),
    }
}
