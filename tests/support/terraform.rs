//! The real Terraform, run on a folder of its own against the replaying provider.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking, and this runs programs for it"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use super::bare_terraform::isolated;
use super::oracle;

/// Replaces whatever backend the files under test declare, so that state stays in the folder.
const BACKEND_OVERRIDE: &str = "terraform {\n  backend \"local\" {}\n}\n";

/// A root module in a temporary folder.
pub struct Workspace {
    folder: TempDir,
    /// The root module, within the folder.
    module: PathBuf,
    terraform: PathBuf,
    /// A cloud of its own: what one workspace made, no other refers to.
    replay: OnceLock<Replay>,
}

/// What `terraform plan` comes to.
#[derive(Debug, PartialEq)]
pub enum PlanOutcome {
    /// Nothing to do.
    Empty,
    /// The plan as Terraform prints it.
    Changes(String),
    /// The errors, on one line.
    Failed(String),
}

impl Workspace {
    /// A folder that holds these files; `None`, once it is said, where there is no Terraform.
    pub fn new<N: AsRef<Path>, T: AsRef<str>>(files: impl IntoIterator<Item = (N, T)>) -> Option<Self> {
        let terraform = oracle("terraform")?;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let workspace = Self { folder, module: PathBuf::new(), terraform, replay: OnceLock::new() };
        for (name, text) in files {
            workspace.write(name, text.as_ref());
        }
        Some(workspace)
    }

    /// As [`Workspace::new`], with a copy of every file of a folder and of the folders in it.
    pub fn copy_of(folder: &Path) -> Option<Self> {
        let workspace = Self::new::<&str, &str>([])?;
        let mut folders = vec![folder.to_path_buf()];
        while let Some(inner) = folders.pop() {
            for entry in std::fs::read_dir(&inner).expect("the folder can be listed") {
                let path = entry.expect("the folder can be listed").path();
                let name = path.strip_prefix(folder).expect("an entry is inside its folder");
                match path.is_dir() {
                    true => folders.push(path),
                    false => workspace.write(name, &std::fs::read_to_string(&path).expect("a file is text")),
                }
            }
        }
        Some(workspace)
    }

    /// The same files, with the root module in a folder among them.
    pub fn with_module(self, module: &str) -> Self {
        Self { module: module.into(), ..self }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes, or replaces, one file.
    pub fn write(&self, name: impl AsRef<Path>, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }

    /// The files that `terraform fmt` would change, with how it would.
    pub fn fmt_check(&self) -> Result<(), String> {
        let output = self.run(&["fmt", "-check", "-diff", "-recursive", "-no-color"]);
        if output.status.success() { Ok(()) } else { Err(text(&output.stdout) + &text(&output.stderr)) }
    }

    /// Needed before a plan, and before `validate` if there are modules.
    pub fn init(&self) {
        self.write(self.module.join("backend_override.tf"), BACKEND_OVERRIDE);
        let output = self.run(&["init", "-input=false", "-no-color"]);
        assert!(output.status.success(), "terraform init: {}", one_line(&output.stderr));
    }

    /// The errors of `terraform validate`, each as `summary: detail`; none means that the module is valid.
    pub fn validate(&self) -> Vec<String> {
        let output = self.run(&["validate", "-json", "-no-color"]);
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("terraform validate: {error}: {}", one_line(&output.stderr)));
        let diagnostics = report["diagnostics"].as_array().into_iter().flatten();
        let errors = diagnostics.filter(|diagnostic| diagnostic["severity"] == "error");
        let part = |diagnostic: &Value, name: &str| diagnostic[name].as_str().unwrap_or_default().to_owned();
        errors.map(|error| format!("{}: {}", part(error, "summary"), part(error, "detail"))).collect()
    }

    pub fn plan(&self) -> PlanOutcome {
        let output = self.run(&["plan", "-detailed-exitcode", "-input=false", "-no-color"]);
        match output.status.code() {
            Some(0) => PlanOutcome::Empty,
            Some(2) => PlanOutcome::Changes(text(&output.stdout)),
            _ => PlanOutcome::Failed(one_line(&output.stderr)),
        }
    }

    /// Applies without asking; an error is what Terraform said, on one line.
    pub fn apply(&self) -> Result<(), String> {
        let output = self.run(&["apply", "-auto-approve", "-input=false", "-no-color"]);
        if output.status.success() { Ok(()) } else { Err(one_line(&output.stderr)) }
    }

    /// The state, in the form of `terraform show -json`.
    pub fn show_json(&self) -> Value {
        let output = self.run(&["show", "-json", "-no-color"]);
        assert!(output.status.success(), "terraform show: {}", one_line(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("terraform shows JSON")
    }

    /// Any other command, as it is.
    pub fn run(&self, arguments: &[&str]) -> Output {
        isolated(&self.terraform, self.path())
            .args(arguments)
            .current_dir(self.path().join(&self.module))
            .env("TF_REATTACH_PROVIDERS", &self.replay.get_or_init(Replay::start).reattach)
            .output()
            .expect("terraform can be started")
    }
}

/// A running provider, which ends when the pipe to its standard input closes.
struct Replay {
    reattach: String,
    child: Child,
}

impl Replay {
    fn start() -> Replay {
        static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
        let mut child = Command::new(PROGRAM.get_or_init(build))
            .args(documents())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the provider can be started");
        let mut reattach = String::new();
        let stdout = child.stdout.take().expect("standard output is a pipe");
        BufReader::new(stdout).read_line(&mut reattach).expect("the provider says where it listens");
        assert!(reattach.starts_with('{'), "the provider did not start; its own message stands above");
        Replay { reattach, child }
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Builds the provider, in a folder of its own so that cargo's lock on the running build is not in the way. Of several
/// test programs that do so at once, cargo lets one build and the others wait.
fn build() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replay-provider");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--quiet", "--manifest-path"])
        .arg(package().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "building the provider: {}", text(&output.stderr));
    target.join("debug/replay-provider")
}

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay-provider")
}

/// The committed documents, and over them those of `GENKAI_SCHEMA_DIR`.
fn documents() -> Vec<PathBuf> {
    let other = std::env::var_os("GENKAI_SCHEMA_DIR").map(PathBuf::from);
    let mut arguments = vec!["--normal-form".into(), package().join("normal-form.json")];
    for provider in ["google", "grafana"] {
        for what in ["schema", "rules"] {
            let option = PathBuf::from(format!("--{what}"));
            arguments.extend([option.clone(), package().join(format!("{what}/{provider}.json"))]);
            if let Some(folder) = &other {
                arguments.extend([option, folder.join(format!("{provider}-provider-{what}.json"))]);
            }
        }
    }
    arguments
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Terraform's message without the frame that it draws around it and the line breaks that it puts in.
fn one_line(message: &[u8]) -> String {
    let message = text(message);
    let words = message.split_whitespace().filter(|word| !["╷", "│", "╵"].contains(word));
    words.collect::<Vec<_>>().join(" ")
}
