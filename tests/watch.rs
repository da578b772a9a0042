//! `--watch` as its users meet it: what they save shows, whatever way their tools save it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and runs the program"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

/// Far more than a run takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A watching program in a new project; it is stopped at the end.
struct Watching {
    folder: TempDir,
    program: Child,
    lines: Receiver<String>,
}

impl Watching {
    /// Starts a command with `--watch` and waits until it watches.
    fn start(command: &str) -> Watching {
        let folder = tempfile::tempdir().unwrap();
        let genkai = || Command::new(env!("CARGO_BIN_EXE_genkai"));
        assert!(genkai().args(["init"]).current_dir(folder.path()).output().unwrap().status.success());
        let mut program = genkai()
            .args([command, "--watch"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(program.stderr.take().unwrap());
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)).ok();
        });
        let watching = Watching { folder, program, lines };
        watching.run();
        watching
    }

    /// The output of one run, up to where it waits for changes.
    fn run(&self) -> String {
        let mut seen = String::new();
        while !seen.contains("Ctrl-C ends") {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => seen = format!("{seen}{line}\n"),
                Err(error) => panic!("{error} after:\n{seen}"),
            }
        }
        seen
    }

    /// The output of runs until one says something. A change may show in two runs, the first in the middle of it.
    fn until(&self, text: &str) -> String {
        loop {
            let run = self.run();
            if run.contains(text) {
                return run;
            }
        }
    }

    fn spec(&self, name: &str) -> PathBuf {
        self.folder.path().join("slo-specs").join(name)
    }

    fn replace(&self, from: &str, to: &str) {
        let path = self.spec("daily-report.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "`{from}` is not in {text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.program.kill().ok();
        self.program.wait().ok();
    }
}

#[test]
fn a_mistake_and_its_repair_show() {
    let watching = Watching::start("validate");
    watching.replace("target: 95%", "targt: 95%");
    let broken = watching.until("did you mean `target`?");
    assert!(broken.contains("changed: slo-specs/daily-report.yaml"), "{broken}");
    watching.replace("targt: 95%", "target: 95%");
    watching.until("no errors");
}

#[test]
fn an_atomic_save_shows() {
    let watching = Watching::start("validate");
    let path = watching.spec("daily-report.yaml");
    let text = fs::read_to_string(&path).unwrap().replace("95%", "95");
    let beside = watching.spec(".daily-report.yaml.swp");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
    watching.until("`95` is not a ratio");
}

#[test]
fn a_folder_that_goes_and_comes_back_is_watched_again() {
    let watching = Watching::start("validate");
    let (specs, away) = (watching.folder.path().join("slo-specs"), watching.folder.path().join("away"));
    fs::rename(&specs, &away).unwrap();
    watching.until("`slo-specs` does not exist");
    fs::rename(&away, &specs).unwrap();
    watching.until("no errors");
    watching.replace("target: 95%", "targt: 95%");
    watching.until("did you mean `target`?");
    fs::remove_dir_all(&specs).unwrap();
    watching.until("`slo-specs` does not exist");
}

#[test]
fn many_files_in_new_folders_show() {
    let watching = Watching::start("validate");
    let text = fs::read_to_string(watching.spec("daily-report.yaml")).unwrap();
    for number in 0..50 {
        let folder = watching.spec(&format!("team-{}", number % 5));
        fs::create_dir_all(&folder).unwrap();
        let copy = text.replace("daily-report", &format!("report-{number}"));
        fs::write(folder.join(format!("{number}.yaml")), copy).unwrap();
    }
    watching.until("51 specs in 1 environment: no errors");
    fs::write(watching.spec("team-4/4.yaml"), text).unwrap();
    watching.until("there are two documents `DagSlo/daily-report`");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_found_and_watching_goes_on() {
    let watching = Watching::start("validate");
    let broken = watching.spec("broken.yaml");
    std::os::unix::fs::symlink("nowhere", &broken).unwrap();
    watching.until("is a link that leads nowhere");
    fs::remove_file(broken).unwrap();
    watching.until("no errors");
}

#[test]
fn generate_writes_again_and_does_not_start_itself() {
    let watching = Watching::start("generate");
    let written = |path: &Path| {
        let file = path.join("generated/production/terraform/dag-slo_daily-report.tf");
        fs::read_to_string(file).unwrap()
    };
    let before = written(watching.folder.path());
    watching.replace("target: 95%", "target: 90%");
    watching.until("files written");
    assert_ne!(written(watching.folder.path()), before);
    let more = std::iter::from_fn(|| watching.lines.recv_timeout(Duration::from_secs(1)).ok());
    assert!(more.take(100).count() < 100, "it runs without a change");
}

#[test]
fn other_formats_are_not_for_watching() {
    for arguments in [&["validate", "--watch", "--format", "json"][..], &["generate", "--watch", "--check"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_genkai")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
    }
}
