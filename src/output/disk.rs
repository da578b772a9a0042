//! The disk half of the output: all that it asks of a disk, and the real one.
#![expect(
    clippy::disallowed_methods,
    reason = "this module is the only part of the output that touches files"
)]

use super::{Step, paths};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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
    /// A symbolic link to a regular file, wherever that is.
    Link,
    /// Anything else, such as a link to a folder or to nothing.
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
/// change: nothing is written or removed through a symbolic link, and `create` replaces nothing. A program that is stopped
/// leaves whole files; a machine that loses its power may not, as there is no `fsync`: the files are in version control.
#[derive(Clone, Debug)]
pub struct RealDisk {
    root: PathBuf,
}

impl RealDisk {
    /// The disk whose root is this folder, `generated/` in a project; it need not exist. The root itself may be a link.
    pub fn new(root: impl Into<PathBuf>) -> RealDisk {
        RealDisk { root: root.into() }
    }

    fn list_folder(&self, folder: &str, listed: &mut BTreeMap<String, Kind>) -> Result<(), DiskError> {
        let at = |path: &str| {
            let path = path.to_owned();
            move |error| DiskError { path, error }
        };
        for entry in fs::read_dir(self.root.join(folder)).map_err(at(folder))? {
            let entry = entry.map_err(at(folder))?;
            // A name that is not UTF-8 is none of ours and collides with none of ours.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let kind = kind(&entry).map_err(at(&path))?;
            listed.insert(path.clone(), kind);
            if kind == Kind::Folder && !name.starts_with('.') {
                self.list_folder(&path, listed)?;
            }
        }
        Ok(())
    }

    /// The real folder of a path, without a link on the way to it; made if asked for.
    fn folder_of(&self, path: &str, make: bool) -> io::Result<PathBuf> {
        let mut folder = self.root.clone();
        for name in paths::folders(path).filter_map(|folder| folder.rsplit('/').next()) {
            folder.push(name);
            let mut found = fs::symlink_metadata(&folder);
            if make && is_missing(&found) {
                // Another thread may be quicker; what it made is looked at like anything else.
                fs::create_dir_all(&self.root)?;
                found = match fs::create_dir(&folder) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                    _ => fs::symlink_metadata(&folder),
                };
            }
            if !found?.is_dir() {
                return Err(io::Error::other(format!("above it, `{name}` is a link or a file")));
            }
        }
        Ok(folder)
    }

    fn write(&self, path: &str, contents: &[u8], over: bool) -> io::Result<()> {
        let target = self.root.join(path);
        let mut file = tempfile::Builder::new()
            .prefix(paths::TEMPORARY_PREFIX)
            .suffix(paths::TEMPORARY_SUFFIX)
            .tempfile_in(self.folder_of(path, true)?)?;
        io::Write::write_all(&mut file, contents)?;
        set_mode(file.as_file())?;
        if over {
            only_a_file(&target)?;
            file.persist(&target)?;
        } else {
            match file.persist_noclobber(&target) {
                // Some file systems have no such move (exFAT has neither it nor hard links). There, look and then move.
                Err(refused) if refused.error.kind() != io::ErrorKind::AlreadyExists => {
                    nothing(&target)?;
                    refused.file.persist(&target)?;
                }
                done => drop(done?),
            }
        }
        Ok(())
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        self.folder_of(path, false)?;
        let target = self.root.join(path);
        only_a_file(&target)?;
        fs::remove_file(&target)?;
        // A folder that is not empty refuses, and so ends this. One that stays for another reason does no harm.
        let mut folder = target.parent();
        while let Some(empty) = folder.filter(|folder| *folder != self.root && fs::remove_dir(folder).is_ok())
        {
            folder = empty.parent();
        }
        Ok(())
    }
}

impl Disk for RealDisk {
    fn list(&self) -> Result<BTreeMap<String, Kind>, DiskError> {
        let mut listed = BTreeMap::new();
        match self.list_folder("", &mut listed) {
            // A link to nothing is not found either, and nothing can be made there.
            Err(DiskError { path, error })
                if path.is_empty()
                    && error.kind() == io::ErrorKind::NotFound
                    && nothing(&self.root).is_ok() =>
            {
                Ok(BTreeMap::new())
            }
            done => done.map(|()| listed),
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, DiskError> {
        fs::read(self.root.join(path)).map_err(|error| DiskError { path: path.to_owned(), error })
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

fn kind(entry: &fs::DirEntry) -> io::Result<Kind> {
    let found = entry.file_type()?;
    Ok(if found.is_file() {
        Kind::File
    } else if found.is_dir() {
        Kind::Folder
    } else if found.is_symlink() && fs::metadata(entry.path()).is_ok_and(|target| target.is_file()) {
        Kind::Link
    } else {
        Kind::Other
    })
}

fn only_a_file(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_file() {
        Ok(())
    } else {
        Err(io::Error::other("it is not a regular file"))
    }
}

fn nothing(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path);
    if is_missing(&found) { Ok(()) } else { found.and(Err(io::ErrorKind::AlreadyExists.into())) }
}

fn is_missing(found: &io::Result<fs::Metadata>) -> bool {
    found.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Temporary files are private to their maker; the files of a project are for everyone to read.
#[cfg(unix)]
fn set_mode(file: &fs::File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_mode(_: &fs::File) -> io::Result<()> {
    Ok(())
}
