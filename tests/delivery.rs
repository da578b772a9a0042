//! What users install and run in their pipelines: the action, the job for GitLab, the hooks, the release. Their scripts run
//! here against stand-ins, and their files pass the linters of their field. The tests are in Python, as pre-commit is and as
//! the scripts are, in `tests/delivery/`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and runs Python"
)]

use std::process::Command;

fn passes(module: &str) {
    let Some(python) = crate::support::venv_oracle("delivery") else { return };
    let output = Command::new(python)
        .args(["-m", "unittest", "-q", module])
        .current_dir(crate::support::tests().join("delivery"))
        .env("GENKAI", env!("CARGO_BIN_EXE_genkai"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("Ran 0 tests"), "{said}");
}

#[test]
fn the_action_reviews_a_pull_request() {
    passes("test_github");
}

#[test]
fn the_job_reviews_a_merge_request() {
    passes("test_gitlab");
}

#[test]
fn the_hooks_run_under_pre_commit() {
    passes("test_pre_commit");
}

#[test]
fn the_release_is_made_of_its_parts() {
    passes("test_release");
}

#[test]
fn the_linters_have_no_finding() {
    passes("test_lint");
}

#[test]
fn the_site_of_the_docs_is_built() {
    passes("test_site");
}
