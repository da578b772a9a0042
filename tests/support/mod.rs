//! What several test programs share: finding the oracles, real programs that nobody here wrote.
#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

pub mod bare_terraform;
pub mod terraform;

use std::path::{Path, PathBuf};

/// The path of an oracle, or `None` after saying that its test is skipped.
///
/// With `GENKAI_REQUIRE_ORACLES=1`, as in CI, a missing oracle is a failure.
pub fn oracle(program: &str) -> Option<PathBuf> {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(program))
        .find(|path| path.is_file());
    found_or_skipped(found, &format!("`{program}` is not on the PATH"))
}

/// The path of an oracle that npm installs into a folder below `tests/`; as with [`oracle`], it may be missing.
pub fn npm_oracle(folder: &str, program: &str) -> Option<PathBuf> {
    let path = tests().join(folder).join("node_modules/.bin").join(program);
    let missing = format!("`{program}` is not installed; `npm ci --prefix tests/{folder}` does it");
    found_or_skipped(path.is_file().then_some(path), &missing)
}

/// The folder of the tests.
pub fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn found_or_skipped(found: Option<PathBuf>, missing: &str) -> Option<PathBuf> {
    if found.is_none() {
        let required = std::env::var_os("GENKAI_REQUIRE_ORACLES").is_some_and(|value| value == "1");
        assert!(!required, "{missing}, and GENKAI_REQUIRE_ORACLES=1 demands it");
        eprintln!("skipped: {missing}");
    }
    found
}
