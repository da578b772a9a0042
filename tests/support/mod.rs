//! What several test programs share: finding the oracles, real programs that nobody here wrote.
#![allow(dead_code, reason = "each test program uses its own part")]

pub mod bare_terraform;
pub mod terraform;

use std::path::PathBuf;

/// The path of an oracle, or `None` after saying that its test is skipped.
///
/// With `GENKAI_REQUIRE_ORACLES=1`, as in CI, a missing oracle is a failure.
pub fn oracle(program: &str) -> Option<PathBuf> {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        let required = std::env::var_os("GENKAI_REQUIRE_ORACLES").is_some_and(|value| value == "1");
        assert!(!required, "`{program}` is not on the PATH, and GENKAI_REQUIRE_ORACLES=1 demands it");
        eprintln!("skipped: `{program}` is not on the PATH");
    }
    found
}
