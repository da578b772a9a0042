//! Disks for tests: one in memory that is as strict as the real one, and one that stops after a number of changes.

use genkai::output::{Artifact, Artifacts, Disk, DiskError, Kind};
use std::collections::BTreeMap;
use std::io;

/// The text of every file.
pub type Files = BTreeMap<String, String>;

/// Artifacts from paths and contents; the source follows from the name: `…/dag-slo_sales.tf` comes from `slo-specs/sales.yaml`.
pub fn artifacts(files: &[(&str, &str)]) -> Artifacts {
    let mut artifacts = Artifacts::default();
    for (path, contents) in files {
        let stem = path.rsplit('/').next().unwrap().split('.').next().unwrap();
        let source = format!("slo-specs/{}.yaml", stem.rsplit('_').next().unwrap());
        artifacts.insert(Artifact { path: (*path).into(), contents: (*contents).into(), source }).unwrap();
    }
    artifacts
}

/// Everything that a disk holds, read through the disk itself.
pub fn files(disk: &impl Disk) -> Files {
    let listed = disk.list().unwrap().into_iter().filter(|(_, kind)| *kind == Kind::File);
    listed.map(|(path, _)| (path.clone(), String::from_utf8(disk.read(&path).unwrap()).unwrap())).collect()
}

#[derive(Clone, Debug, PartialEq)]
enum Thing {
    File(String),
    /// A link to a file with this text, outside of the folder.
    Link(String),
    Folder,
}

/// A disk in memory that records what was done to it.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk {
    things: BTreeMap<String, Thing>,
    /// `create`, `replace` or `remove` and the path, in order.
    pub log: Vec<String>,
}

impl MemoryDisk {
    pub fn holding(files: &[(&str, &str)]) -> MemoryDisk {
        files.iter().fold(MemoryDisk::default(), |disk, (path, text)| disk.with(path, text))
    }

    pub fn with(mut self, path: &str, text: &str) -> MemoryDisk {
        self.things.insert(path.into(), Thing::File(text.into()));
        self
    }

    pub fn with_link(mut self, path: &str, text: &str) -> MemoryDisk {
        self.things.insert(path.into(), Thing::Link(text.into()));
        self
    }

    pub fn with_folder(mut self, path: &str) -> MemoryDisk {
        self.things.insert(path.into(), Thing::Folder);
        self
    }

    /// What a person does, without Genkai: no record.
    pub fn without(mut self, path: &str) -> MemoryDisk {
        self.things.remove(path);
        self
    }

    fn change(&mut self, verb: &str, path: &str, allowed: bool) -> Result<(), DiskError> {
        let blocked =
            folders(path).any(|folder| !matches!(self.things.get(folder), None | Some(Thing::Folder)));
        if !allowed || blocked {
            return Err(DiskError { path: path.into(), error: io::Error::other(format!("cannot {verb}")) });
        }
        self.log.push(format!("{verb} {path}"));
        Ok(())
    }

    fn is_file(&self, path: &str) -> bool {
        matches!(self.things.get(path), Some(Thing::File(_)))
    }

    fn put(&mut self, path: &str, contents: &[u8]) {
        self.things.insert(path.into(), Thing::File(String::from_utf8(contents.to_vec()).unwrap()));
    }
}

fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

impl Disk for MemoryDisk {
    fn list(&self) -> Result<BTreeMap<String, Kind>, DiskError> {
        let mut listed = BTreeMap::new();
        for (path, thing) in &self.things {
            listed.extend(folders(path).map(|folder| (folder.to_owned(), Kind::Folder)));
            let kind = match thing {
                Thing::File(_) => Kind::File,
                Thing::Link(_) => Kind::Link,
                Thing::Folder => Kind::Folder,
            };
            listed.insert(path.clone(), kind);
        }
        Ok(listed)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, DiskError> {
        match self.things.get(path) {
            Some(Thing::File(text) | Thing::Link(text)) => Ok(text.clone().into_bytes()),
            _ => Err(DiskError { path: path.into(), error: io::ErrorKind::NotFound.into() }),
        }
    }

    fn create(&mut self, path: &str, contents: &[u8]) -> Result<(), DiskError> {
        self.change("create", path, !self.list()?.contains_key(path))?;
        self.put(path, contents);
        Ok(())
    }

    fn replace(&mut self, path: &str, contents: &[u8]) -> Result<(), DiskError> {
        self.change("replace", path, self.is_file(path))?;
        self.put(path, contents);
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<(), DiskError> {
        self.change("remove", path, self.is_file(path))?;
        self.things.remove(path);
        Ok(())
    }
}

/// A disk whose program is killed after a number of changes. The one that it is killed in leaves a temporary file.
pub struct Stopping<D> {
    pub disk: D,
    pub changes_left: usize,
}

impl<D: Disk> Stopping<D> {
    pub fn after(changes: usize, disk: D) -> Stopping<D> {
        Stopping { disk, changes_left: changes }
    }

    pub fn never(disk: D) -> Stopping<D> {
        Stopping::after(usize::MAX, disk)
    }

    fn one_less(&mut self, path: &str, torn: &[u8]) -> Result<(), DiskError> {
        match self.changes_left.checked_sub(1) {
            Some(left) => self.changes_left = left,
            None => {
                let (folder, _) = path.rsplit_once('/').unwrap();
                let half = &torn[..torn.len() / 2];
                // It may be there from an earlier stop.
                let _ = self.disk.create(&format!("{folder}/.genkai-a1b2c3.tmp"), half);
                return Err(DiskError { path: path.into(), error: io::Error::other("stopped") });
            }
        }
        Ok(())
    }
}

impl<D: Disk> Disk for Stopping<D> {
    fn list(&self) -> Result<BTreeMap<String, Kind>, DiskError> {
        self.disk.list()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, DiskError> {
        self.disk.read(path)
    }

    fn create(&mut self, path: &str, contents: &[u8]) -> Result<(), DiskError> {
        self.one_less(path, contents)?;
        self.disk.create(path, contents)
    }

    fn replace(&mut self, path: &str, contents: &[u8]) -> Result<(), DiskError> {
        self.one_less(path, contents)?;
        self.disk.replace(path, contents)
    }

    fn remove(&mut self, path: &str) -> Result<(), DiskError> {
        // A removal has no temporary file.
        if self.changes_left == 0 {
            return Err(DiskError { path: path.into(), error: io::Error::other("stopped") });
        }
        self.one_less(path, &[])?;
        self.disk.remove(path)
    }
}
