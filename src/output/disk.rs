//! The disk half of the output: all that it asks of a disk, and the real one.

use super::{Step, paths};
use crate::files::{self, FollowSymlinks, LARGEST_OUTPUT, Refusal};
use cap_fs_ext::DirExt;
use cap_std::fs::{Dir, File, OpenOptions};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The folder `generated/`, as the writer sees it. Every path is relative to it and uses `/`.
pub trait Disk: Sync {
    /// Everything in the folder, at any depth; nothing if it does not exist. Links are not followed, and nothing below a
    /// folder is listed if the folder's name begins with a dot.
    ///
    /// # Errors
    /// When a folder cannot be read.
    fn list(&self) -> Result<BTreeMap<String, Kind>, DiskError>;

    /// The contents of a file, or of the file that a link leads to.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, DiskError>;

    /// Makes a file that is whole from the moment it can be seen, and the folders above it.
    ///
    /// # Errors
    /// When something is there already, whatever it is, or the file cannot be written.
    fn create(&mut self, path: &str, contents: &[u8]) -> Result<(), DiskError>;

    /// Replaces a file; at every moment it is wholly old or wholly new.
    ///
    /// # Errors
    /// When something other than a file is there, or it cannot be written.
    fn replace(&mut self, path: &str, contents: &[u8]) -> Result<(), DiskError>;

    /// Removes a file, and each folder above it that this leaves empty.
    ///
    /// # Errors
    /// When something other than a file is there, or it cannot be removed.
    fn remove(&mut self, path: &str) -> Result<(), DiskError>;

    /// Makes changes of which none needs another; a disk may make them at the same time.
    ///
    /// # Errors
    /// One that the disk refuses. Any of the others may have been made.
    fn change(&mut self, steps: &[Step]) -> Result<(), DiskError>
    where
        Self: Sized,
    {
        steps.iter().try_for_each(|step| step.apply(self))
    }
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link to a regular file of the project.
    Link,
    /// Anything else, such as a link to a folder, to nothing or out of the project.
    Other,
}

/// What the operating system refused.
#[derive(Debug, thiserror::Error)]
#[error("`{}/{path}`: {error}", paths::FOLDER)]
pub struct DiskError {
    /// The path, relative to `generated/`.
    pub path: String,
    /// The reason.
    pub error: io::Error,
}

/// A folder of the real file system.
///
/// It stops no other program from changing files at the same time, but makes sure of two things at the moment of each
/// change: nothing is written or removed through a symbolic link, and `create` replaces nothing. Each folder is opened in the
/// one above it, so that a link that takes its place meanwhile leads nowhere. A program that is stopped leaves whole files; a
/// machine that loses its power may not, as there is no `fsync`: the files are in version control.
#[derive(Clone, Debug)]
pub struct RealDisk {
    /// The folder that holds the root, which nothing leaves.
    project: PathBuf,
    /// The name of the root in it.
    name: String,
    /// Tells the temporary files of this run apart.
    temporary: Arc<AtomicU64>,
}

impl RealDisk {
    /// The disk whose root is this folder, `generated/` in a project; it need not exist. The root itself may be a link to a
    /// folder beside it.
    pub fn new(root: impl Into<PathBuf>) -> RealDisk {
        let root = root.into();
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let project = root.parent().map(PathBuf::from).unwrap_or_default();
        RealDisk { project, name, temporary: Arc::default() }
    }

    fn project(&self) -> io::Result<Dir> {
        files::folder(&self.project)
    }

    fn root(&self) -> io::Result<Dir> {
        self.project()?.open_dir(&self.name)
    }

    fn list_folder(
        &self,
        project: &Dir,
        folder: &Dir,
        above: &str,
        listed: &mut BTreeMap<String, Kind>,
    ) -> Result<(), DiskError> {
        let at = |path: &str| {
            let path = path.to_owned();
            move |error| DiskError { path, error }
        };
        for entry in folder.entries().map_err(at(above))? {
            let entry = entry.map_err(at(above))?;
            // A name that is not UTF-8 is none of ours and collides with none of ours.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if above.is_empty() { name.clone() } else { format!("{above}/{name}") };
            let found = match entry.file_type() {
                // Another run has just removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                found => found.map_err(at(&path))?,
            };
            let leads_to_file = || project.metadata(self.below_project(&path)).is_ok_and(|to| to.is_file());
            let kind = if found.is_file() {
                Kind::File
            } else if found.is_dir() {
                Kind::Folder
            } else if found.is_symlink() && leads_to_file() {
                Kind::Link
            } else {
                Kind::Other
            };
            listed.insert(path.clone(), kind);
            if kind == Kind::Folder && !name.starts_with('.') {
                match folder.open_dir_nofollow(&name) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => drop(listed.remove(&path)),
                    inner => self.list_folder(project, &inner.map_err(at(&path))?, &path, listed)?,
                }
            }
        }
        Ok(())
    }

    fn below_project(&self, path: &str) -> String {
        format!("{}/{path}", self.name)
    }

    /// The folder of a path, without a link on the way to it; made if asked for.
    fn folder_of(&self, path: &str, make: bool) -> io::Result<Dir> {
        let mut folder = match self.root() {
            Err(error) if make && error.kind() == io::ErrorKind::NotFound => {
                make_folder(&self.project()?, &self.name)?;
                self.root()?
            }
            root => root?,
        };
        for name in paths::folders(path).filter_map(|folder| folder.rsplit('/').next()) {
            let mut inner = folder.open_dir_nofollow(name);
            if make && is_missing(&inner) {
                make_folder(&folder, name)?;
                inner = folder.open_dir_nofollow(name);
            }
            folder = inner.map_err(|error| {
                let is_folder = folder.symlink_metadata(name).is_ok_and(|found| found.is_dir());
                match is_folder || error.kind() == io::ErrorKind::NotFound {
                    true => error,
                    false => io::Error::other(format!("above it, `{name}` is a link or a file")),
                }
            })?;
        }
        Ok(folder)
    }

    fn write(&self, path: &str, contents: &[u8], over: bool) -> io::Result<()> {
        let folder = self.folder_of(path, true)?;
        let name = file_name(path);
        let (temporary, mut file) = self.temporary(&folder)?;
        let written = (|| {
            file.write_all(contents)?;
            set_mode(file)?;
            if over {
                only_a_file(&folder, name)?;
                return folder.rename(&temporary, &folder, name);
            }
            match folder.hard_link(&temporary, &folder, name) {
                // Some file systems have no hard links (exFAT). There, look and then move.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    nothing(&folder, name)?;
                    folder.rename(&temporary, &folder, name)
                }
                done => done.and_then(|()| folder.remove_file(&temporary)),
            }
        })();
        if written.is_err() {
            // What stays is removed by the next run.
            let _ = folder.remove_file(&temporary);
        }
        written
    }

    /// A new file, with a name that nobody else has.
    fn temporary(&self, folder: &Dir) -> io::Result<(String, File)> {
        loop {
            let number = self.temporary.fetch_add(1, Ordering::Relaxed);
            let (before, after) = (paths::TEMPORARY_PREFIX, paths::TEMPORARY_SUFFIX);
            let name = format!("{before}{}-{number}{after}", process::id());
            match folder.open_with(&name, OpenOptions::new().write(true).create_new(true)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                file => return Ok((name, file?)),
            }
        }
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        let folder = self.folder_of(path, false)?;
        only_a_file(&folder, file_name(path))?;
        folder.remove_file(file_name(path))?;
        drop(folder);
        // A folder that is not empty refuses, and so ends this. One that stays for another reason does no harm.
        let mut empty: Vec<&str> = paths::folders(path).collect();
        while let Some(folder) = empty.pop() {
            let removed = self.folder_of(folder, false).and_then(|above| above.remove_dir(file_name(folder)));
            if removed.is_err() {
                break;
            }
        }
        Ok(())
    }
}

impl Disk for RealDisk {
    fn list(&self) -> Result<BTreeMap<String, Kind>, DiskError> {
        let at_root = |error| DiskError { path: String::new(), error: files::outside(error).into_io() };
        let project = self.project().map_err(at_root)?;
        let mut listed = BTreeMap::new();
        match project.open_dir(&self.name) {
            // A link to nothing is not found either, and nothing can be made there.
            Err(error)
                if error.kind() == io::ErrorKind::NotFound && nothing(&project, &self.name).is_ok() => {}
            root => self.list_folder(&project, &root.map_err(at_root)?, "", &mut listed)?,
        }
        Ok(listed)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, DiskError> {
        let read = self.project().map_err(Refusal::from).and_then(|project| {
            files::read(&project, self.below_project(path), LARGEST_OUTPUT, FollowSymlinks::Yes)
        });
        read.map_err(|refusal| DiskError { path: path.to_owned(), error: refusal.into_io() })
    }

    fn create(&mut self, path: &str, contents: &[u8]) -> Result<(), DiskError> {
        self.write(path, contents, false).map_err(|error| DiskError { path: path.to_owned(), error })
    }

    fn replace(&mut self, path: &str, contents: &[u8]) -> Result<(), DiskError> {
        self.write(path, contents, true).map_err(|error| DiskError { path: path.to_owned(), error })
    }

    fn remove(&mut self, path: &str) -> Result<(), DiskError> {
        self.remove_file(path).map_err(|error| DiskError { path: path.to_owned(), error })
    }

    fn change(&mut self, steps: &[Step]) -> Result<(), DiskError> {
        steps.par_iter().try_for_each(|step| step.apply(&mut self.clone()))
    }
}

/// Makes a folder. Another thread may be quicker; what it made is looked at like anything else.
fn make_folder(above: &Dir, name: &str) -> io::Result<()> {
    match above.create_dir(name) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn only_a_file(folder: &Dir, name: &str) -> io::Result<()> {
    match folder.symlink_metadata(name)?.is_file() {
        true => Ok(()),
        false => Err(io::Error::other("it is not a regular file")),
    }
}

fn nothing(folder: &Dir, name: &str) -> io::Result<()> {
    let found = folder.symlink_metadata(name);
    if is_missing(&found) { Ok(()) } else { found.and(Err(io::ErrorKind::AlreadyExists.into())) }
}

fn is_missing<T>(found: &io::Result<T>) -> bool {
    found.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Whatever the mask says, the files of a project are for everyone to read.
#[cfg(unix)]
fn set_mode(file: File) -> io::Result<()> {
    file.into_std().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_mode(_: File) -> io::Result<()> {
    Ok(())
}
