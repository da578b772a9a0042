//! What was on disk before anything was written.

use super::disk::{Disk, DiskError, Kind};
use super::manifest::Manifest;
use super::{Artifacts, finding, paths};
use crate::diagnostics::{Code, Diagnostic};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// All that was found in `generated/`, and the contents of what matters: manifests, files that Genkai owns or would write,
/// and every file that Terraform would read beside them.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub(super) found: BTreeMap<String, Found>,
    pub(super) manifests: BTreeMap<String, Manifest>,
}

#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    /// Shared with the artifact that is the same, so that what is current is held once.
    pub(super) contents: Option<Arc<[u8]>>,
}

impl Snapshot {
    /// Reads the disk.
    ///
    /// # Errors
    /// Everything that cannot be read, and every manifest that is not one.
    pub fn take(disk: &impl Disk, artifacts: &Artifacts) -> Result<Snapshot, Vec<Diagnostic>> {
        let listed = disk.list().map_err(|error| vec![unreadable(&error)])?;
        let mut snapshot = Snapshot::default();
        let mut findings = Vec::new();
        for (path, kind) in listed {
            snapshot.found.insert(path, Found { kind, contents: None });
        }
        snapshot.read_manifests(disk, &mut findings);
        snapshot.read_files(disk, artifacts, &mut findings);
        if findings.is_empty() { Ok(snapshot) } else { Err(findings) }
    }

    fn read_manifests(&mut self, disk: &impl Disk, findings: &mut Vec<Diagnostic>) {
        let mut gone = Vec::new();
        for (path, found) in self.found.iter_mut().filter(|(_, found)| found.kind == Kind::File) {
            let Some(environment) = paths::environment_of_manifest(path) else { continue };
            let contents = match disk.read(path) {
                Ok(contents) => contents,
                Err(error) if vanished(&error) => {
                    gone.push(path.clone());
                    continue;
                }
                Err(error) => {
                    findings.push(unreadable(&error));
                    continue;
                }
            };
            match Manifest::parse(&contents) {
                Ok(manifest) => {
                    self.manifests.insert(environment.to_owned(), manifest);
                    found.contents = Some(contents.into());
                }
                Err(error) => findings.push(
                    finding(Code::BadManifest, path, |shown| {
                        format!("`{shown}` does not say which files Genkai owns: {error}")
                    })
                    .help(error.help()),
                ),
            }
        }
        gone.iter().for_each(|path| drop(self.found.remove(path)));
    }

    fn read_files(&mut self, disk: &impl Disk, artifacts: &Artifacts, findings: &mut Vec<Diagnostic>) {
        let manifests = &self.manifests;
        let listed = |path: &str| {
            path.split_once('/').is_some_and(|(environment, within)| {
                manifests.get(environment).is_some_and(|manifest| manifest.files.contains_key(within))
            })
        };
        let read = |path: &str| {
            let contents = disk.read(path)?;
            let artifact = artifacts.get(path).map(|artifact| artifact.contents.clone());
            let same = artifact.filter(|artifact| artifact.as_bytes() == contents);
            Ok(same.map_or_else(|| contents.into(), Arc::from))
        };
        let reads = self.found.par_iter_mut().filter(|(_, found)| found.contents.is_none());
        let refused = reads.filter_map(|(path, found)| {
            let terraform = paths::is_terraform(path);
            match found.kind {
                Kind::File if terraform || artifacts.get(path).is_some() || listed(path) => {
                    match read(path) {
                        Ok(contents) => found.contents = Some(contents),
                        Err(error) => return Some((path.clone(), error)),
                    }
                }
                // Terraform follows links, so what they lead to matters; but they are not ours, so a failure is not either.
                Kind::Link if terraform => found.contents = read(path).ok(),
                _ => {}
            }
            None
        });
        let (gone, refused): (Vec<_>, Vec<_>) =
            refused.collect::<Vec<_>>().into_iter().partition(|(_, error)| vanished(error));
        findings.extend(refused.iter().map(|(_, error)| unreadable(error)));
        for (path, _) in gone {
            self.found.remove(&path);
        }
    }

    /// The contents of a file, if Genkai owns it: a manifest lists it, it is a regular file, and where the manifest asks
    /// for certain contents it has them.
    pub(super) fn owned(&self, path: &str) -> Option<&[u8]> {
        let (environment, within) = path.split_once('/')?;
        let owned = self.manifests.get(environment)?.files.get(within)?;
        self.regular(path).filter(|contents| owned.holds(contents))
    }

    /// The contents of a regular file, if they were read.
    pub(super) fn regular(&self, path: &str) -> Option<&[u8]> {
        self.found.get(path).filter(|found| found.kind == Kind::File)?.contents.as_deref()
    }

    /// The `.tf` and `.tf.json` files that Genkai does not own but Terraform reads, with their contents.
    pub(super) fn neighbours(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.found
            .iter()
            .filter(|(path, _)| paths::is_terraform(path) && self.owned(path).is_none())
            .filter_map(|(path, found)| Some((path.as_str(), found.contents.as_deref()?)))
    }
}

/// Whether another run removed it meanwhile.
fn vanished(error: &DiskError) -> bool {
    error.error.kind() == io::ErrorKind::NotFound
}

fn unreadable(error: &DiskError) -> Diagnostic {
    finding(Code::CannotWrite, &error.path, |shown| format!("`{shown}` cannot be read: {}", error.error))
        .help("Genkai reads what is there before it writes; nothing was written")
}
