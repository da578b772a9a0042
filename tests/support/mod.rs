//! What the tests here share: finding the oracles, real programs that nobody here wrote.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test may fail loudly, touch files and run programs"
)]

pub mod bare_terraform;
pub mod terraform;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// The path of an oracle, or `None` after saying that its test is skipped.
///
/// With `GENKAI_REQUIRE_ORACLES=1`, as in CI, a missing oracle is a failure.
pub fn oracle(program: &str) -> Option<PathBuf> {
    found_or_skipped(on_the_path(program), &format!("`{program}` is not on the PATH"))
}

fn on_the_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The path of Python with a module; as with [`oracle`], it may be missing.
pub fn python_oracle(module: &str) -> Option<PathBuf> {
    let has_module = |python: &PathBuf| {
        let import =
            Command::new(python).arg("-c").arg(format!("import {module}")).stderr(Stdio::null()).status();
        import.is_ok_and(|status| status.success())
    };
    let missing = format!("Python's module `{module}` is not installed");
    found_or_skipped(on_the_path("python3").filter(has_module), &missing)
}

/// The path of Python in the virtual environment of a folder below `tests/`; as with [`oracle`], it may be missing.
pub fn venv_oracle(folder: &str) -> Option<PathBuf> {
    let path = tests().join(folder).join(".venv/bin/python");
    let missing = format!(
        "`tests/{folder}/.venv` is not there; `python3 -m venv tests/{folder}/.venv` makes it, and \
         `tests/{folder}/.venv/bin/pip install -r tests/{folder}/requirements.txt` fills it"
    );
    found_or_skipped(Some(path).filter(|path| path.is_file()), &missing)
}

/// The path of an oracle that npm installs into a folder below `tests/`; as with [`oracle`], it may be missing.
pub fn npm_oracle(folder: &str, program: &str) -> Option<PathBuf> {
    let path = tests().join(folder).join("node_modules/.bin").join(program);
    let missing = format!("`{program}` is not installed; Node.js and `npm ci --prefix tests/{folder}` do it");
    found_or_skipped(Some(path).filter(|path| path.is_file() && on_the_path("node").is_some()), &missing)
}

/// The folder of the tests.
pub fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn found_or_skipped(found: Option<PathBuf>, missing: &str) -> Option<PathBuf> {
    if found.is_none() {
        let required = std::env::var_os("GENKAI_REQUIRE_ORACLES").is_some_and(|value| value == "1");
        assert!(!required, "{missing}, and GENKAI_REQUIRE_ORACLES=1 demands it");
        say_once(&format!("skipped: {missing}"));
    }
    found
}

/// Says something on stderr, once for each test program, and past the test harness, which hides what passing tests print.
pub fn say_once(message: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let first = SAID.lock().is_ok_and(|mut said| said.insert(message.to_owned()));
    if first {
        let _ = writeln!(std::io::stderr(), "{message}");
    }
}
