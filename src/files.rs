//! Files as anybody may have written them: read below one folder, regular, and of a bounded size.
//!
//! Specs, templates and what stands in `generated/` are read here. No path leaves the folder, whatever links say and however
//! they change meanwhile: each is opened relative to it.

use cap_fs_ext::{OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use std::io::{self, Read};
use std::path::{Component, Path};

pub use cap_fs_ext::FollowSymlinks;

/// Bytes of a spec or a template.
pub const LARGEST_TEXT: u64 = 8 * 1024 * 1024;

/// Bytes of a file beside or among the output: a manifest, a dashboard, a team's own Terraform.
pub const LARGEST_OUTPUT: u64 = 32 * 1024 * 1024;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The operating system says so.
    #[error("{}", .0.kind())]
    System(#[from] io::Error),
    /// It is a folder, a pipe or a device.
    #[error("is not a regular file")]
    NoFile,
    /// A link on the way leads out of the folder, or to what is hidden in it.
    #[error("is a link that leads out of the project")]
    Outside,
    /// It is larger than this.
    #[error("is larger than {} MiB", .0 / (1024 * 1024))]
    TooLarge(u64),
}

impl Refusal {
    /// Whether there is nothing.
    pub fn is_missing(&self) -> bool {
        matches!(self, Refusal::System(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// As an error of the operating system.
    pub fn into_io(self) -> io::Error {
        match self {
            Refusal::System(error) => error,
            other => io::Error::other(other.to_string()),
        }
    }
}

/// Opens a folder that the command line names.
///
/// # Errors
/// When it cannot be opened.
pub fn folder(path: &Path) -> io::Result<Dir> {
    // The empty path is the current folder to whoever joins paths.
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    Dir::open_ambient_dir(path, ambient_authority())
}

/// Reads a file.
///
/// # Errors
/// When it is no regular file of this folder, is larger than `most`, or cannot be read.
pub fn read(
    folder: &Dir,
    path: impl AsRef<Path>,
    most: u64,
    links: FollowSymlinks,
) -> Result<Vec<u8>, Refusal> {
    let path = path.as_ref();
    if links == FollowSymlinks::Yes && folder.symlink_metadata(path).map_err(outside)?.is_symlink() {
        stays_visible(folder, path)?;
    }
    let mut options = OpenOptions::new();
    // To open a pipe would be to wait for its writer.
    let file = folder.open_with(path, options.read(true).nonblock(true).follow(links)).map_err(outside)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Refusal::NoFile);
    }
    if metadata.len() > most {
        return Err(Refusal::TooLarge(most));
    }
    // A file can grow while it is read.
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    match u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        true => Ok(bytes),
        false => Err(Refusal::TooLarge(most)),
    }
}

/// What stands in `.git` and its like is nobody's spec: there are credentials in it.
fn stays_visible(folder: &Dir, path: &Path) -> Result<(), Refusal> {
    let target = folder.canonicalize(path).map_err(outside)?;
    let is_hidden = |step: Component<'_>| step.as_os_str().to_string_lossy().starts_with('.');
    if target.components().any(is_hidden) { Err(Refusal::Outside) } else { Ok(()) }
}

/// Who leaves the folder is told by an error that no operating system makes.
pub fn outside(error: io::Error) -> Refusal {
    match error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
        true => Refusal::Outside,
        false => Refusal::System(error),
    }
}
