//! One run at a time: of two that write the same files, each would take the other's for somebody else's.

use super::streams;
use crate::diagnostics::{Code, Diagnostic};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// A run takes well under a second. Waiting has an end, so that a run that hangs stops no other for good.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// Keeps other runs from writing this project's output for as long as the answer lives; when a program ends, however it
/// ends, so does its lock.
///
/// The folder of the specs is what is locked, so no file is left behind. Where a system has no such locks there is no
/// answer, and the run goes on without.
///
/// # Errors
/// When another run has not ended after five seconds.
#[expect(clippy::disallowed_methods, reason = "the command line keeps runs apart")]
pub(super) fn lock(directory: &Path) -> Result<Option<File>, Diagnostic> {
    let specs = directory.join("slo-specs");
    // Whatever is wrong with the folder is told when the specs are read. To open a pipe would be to wait for its writer.
    let Some(folder) = specs.is_dir().then(|| File::open(specs).ok()).flatten() else { return Ok(None) };
    for attempt in 0..TRIES {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(folder)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) => {
                if attempt == 0 {
                    streams::say("waiting for another run of `genkai generate` to end");
                }
                sleep(PAUSE);
            }
        }
    }
    Err(Diagnostic::error(Code::CannotWrite, "another run of `genkai generate` is writing `generated`")
        .in_path("generated")
        .help("nothing was written; run `genkai generate` again when the other run has ended"))
}
