//! The real terraform without any provider, away from the network and from the settings of whoever runs the tests.

use super::oracle;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A command that nothing of the caller's own terraform reaches: no variables, credentials, settings or caches.
///
/// What it keeps stands in `home`.
pub fn isolated(terraform: &Path, home: &Path) -> Command {
    let settings = home.join(".terraformrc");
    if !settings.exists() {
        std::fs::write(&settings, "").unwrap();
    }
    let mut command = Command::new(terraform);
    command.env_clear().env("HOME", home).env("TF_CLI_CONFIG_FILE", settings);
    command.env("TF_IN_AUTOMATION", "1").env("CHECKPOINT_DISABLE", "1").stdin(Stdio::null());
    command
}

/// Runs terraform in a folder. `None` when there is no terraform; see [`oracle`].
pub fn terraform(folder: &Path, arguments: &[&str]) -> Option<Output> {
    Some(isolated(&oracle("terraform")?, folder).current_dir(folder).args(arguments).output().unwrap())
}

/// What terraform makes of the outputs of a configuration without providers, or its complaint.
pub fn outputs(main: &str) -> Option<Result<serde_json::Value, String>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), main).unwrap();
    let applied = terraform(
        folder.path(),
        &["apply", "-auto-approve", "-input=false", "-no-color", "-compact-warnings"],
    )?;
    if !applied.status.success() {
        return Some(Err(String::from_utf8_lossy(&applied.stderr).into_owned()));
    }
    let shown = terraform(folder.path(), &["output", "-json"])?;
    Some(serde_json::from_slice(&shown.stdout).map_err(|error| error.to_string()))
}
