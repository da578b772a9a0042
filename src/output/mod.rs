//! From artifacts to the folder `generated/`: what Genkai owns there, what is out of date, and how it is written.
//!
//! Genkai shares its folders with Terraform (`.terraform/`, lock files) and with its users, who may keep `.tf` files of
//! their own beside the generated ones. So it touches what its manifests list and nothing else, see [`mod@steps`], and stops at
//! what it cannot explain: a *foreign* file, see [`Foreign`]. [`Disk`] is the only part that does I/O.

mod addresses;
mod artifacts;
mod compare;
mod disk;
mod leaving;
mod manifest;
mod mark;
mod paths;
mod snapshot;
pub mod steps;

pub use addresses::shared_addresses;
pub use artifacts::{Artifact, ArtifactError, Artifacts};
pub use compare::{Comparison, Entry, Foreign, ForeignReason, compare};
pub use disk::{Disk, DiskError, Kind, RealDisk};
pub use leaving::{Left, What, keep, not_kept, returned, taken_states};
pub use snapshot::Snapshot;
pub use steps::{Step, steps};

use crate::diagnostics::{Code, Diagnostic};

// An unowned `.tf` that begins so is foreign: most likely its manifest is lost, and Terraform would see its resources twice.
pub use crate::terraform::HEADER_PREFIX;

/// What a run changed.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The files that were made or replaced, manifests included, by path.
    pub written: Vec<Entry>,
    /// The files that were removed, likewise.
    pub removed: Vec<Entry>,
    /// How many files were right already, manifests included.
    pub unchanged: usize,
    /// What is listed no longer, and stays.
    pub stays: Vec<Diagnostic>,
}

/// Compares the disk with the artifacts and changes nothing. Foreign files are part of the answer, not errors.
///
/// # Errors
/// `GK603` for what cannot be read, `GK604` for a manifest that is broken or not Genkai's.
pub fn check(disk: &impl Disk, artifacts: &Artifacts) -> Result<Comparison, Vec<Diagnostic>> {
    Ok(compare(&Snapshot::take(disk, artifacts)?, artifacts))
}

/// Brings the disk in step with the artifacts: writes what differs and removes what Genkai no longer produces. When nothing
/// differs, nothing is touched.
///
/// # Errors
/// As for [`check`] and [`write_over`].
pub fn write(disk: &mut impl Disk, artifacts: &Artifacts) -> Result<Written, Vec<Diagnostic>> {
    let on_disk = Snapshot::take(disk, artifacts)?;
    write_over(disk, &on_disk, artifacts)
}

/// [`write()`] for a disk that was just read, as for [`shared_addresses`]: neither looks into Terraform, so do not write if
/// that finds an error.
///
/// # Errors
/// `GK601` for each foreign file; nothing is written then. `GK603` for what cannot be written or removed; what was done
/// before stays, and a rerun does the rest.
pub fn write_over(
    disk: &mut impl Disk,
    on_disk: &Snapshot,
    artifacts: &Artifacts,
) -> Result<Written, Vec<Diagnostic>> {
    let comparison = compare(on_disk, artifacts);
    if !comparison.foreign.is_empty() {
        return Err(comparison.diagnostics());
    }
    for together in steps(on_disk, artifacts, &comparison).chunk_by(Step::needs_no_order) {
        disk.change(together).map_err(|error| vec![refused(&error)])?;
    }
    let stays = comparison.about_unmarked().collect();
    let mut written = [comparison.stale, comparison.missing].concat();
    written.sort();
    let unchanged = (artifacts.len() + artifacts.environments().count()).saturating_sub(written.len());
    Ok(Written { written, removed: comparison.obsolete, unchanged, stays })
}

fn refused(error: &DiskError) -> Diagnostic {
    finding(Code::CannotWrite, &error.path, |shown| format!("`{shown}` cannot be changed: {}", error.error))
        .help(
            "every file is still wholly old or wholly new; remove the cause and run `genkai generate` again",
        )
}

/// An error about a file of the output as a whole; the message is made from the path as users see it.
fn finding(code: Code, path: &str, message: impl FnOnce(&str) -> String) -> Diagnostic {
    let shown = if path.is_empty() { paths::FOLDER.to_owned() } else { format!("{}/{path}", paths::FOLDER) };
    Diagnostic::error(code, message(&shown)).in_path(shown)
}
