//! The real terraform without any provider, away from the network and from the settings of whoever runs the tests.

use super::oracle;
use std::path::Path;
use std::process::{Command, Output};

/// Runs terraform in a folder. `None` when there is no terraform; see [`oracle`].
pub fn terraform(folder: &Path, arguments: &[&str]) -> Option<Output> {
    let no_settings = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(oracle("terraform")?);
    command.current_dir(folder).args(arguments);
    command.env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
    command
        .env("TF_CLI_CONFIG_FILE", no_settings.path())
        .env_remove("TF_WORKSPACE")
        .env_remove("TF_CLI_ARGS");
    Some(command.output().unwrap())
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
