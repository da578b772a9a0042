//! The program `git` with its dangers off.
//!
//! A repository says in many ways which programs git shall run: hooks, filters, monitors, pagers, transports. Only commands
//! are used that need none of them, and what could still start one is off for every call, whatever the repository, the
//! user's settings and the environment say. A call ends in time, and its answer is bounded.
#![expect(clippy::disallowed_methods, reason = "the command line asks git for the base")]

use super::{Unreadable, refused};
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{env, thread};

/// Where settings stand that are the user's own. Every other `GIT_…` is about another repository, or makes git run or write
/// something.
const KEPT: [&str; 3] = ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"];

/// What holds for every call.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("LC_ALL", "C"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    // Nothing is fetched: neither what a partial clone lacks, nor, for a git that does not know the first, by any protocol.
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", ""),
    // A commit is what its name says.
    ("GIT_NO_REPLACE_OBJECTS", "1"),
];

/// Settings that win over those of the repository.
const SETTINGS: [&str; 4] = [
    // Files that happen to be a bare repository are files.
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.warnAmbiguousRefs=true",
];

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many bytes of an answer are read, unless more are expected.
pub(super) const LONGEST_ANSWER: u64 = 256 * 1024 * 1024;

/// What is read of a complaint.
const LONGEST_COMPLAINT: u64 = 64 * 1024;

/// The program, at work in a folder.
pub(super) struct Program {
    program: PathBuf,
    directory: PathBuf,
    patience: Duration,
}

/// What a call came to.
pub(super) struct Answer {
    pub success: bool,
    pub stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Answer {
    /// What git said on stderr.
    pub(super) fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// The first line of it, without what it begins with.
    pub(super) fn said(&self) -> String {
        let text = self.complaint();
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
        line.trim_start_matches("fatal: ").escape_debug().to_string()
    }
}

impl Program {
    /// Finds git in the folders of `PATH`; relative ones may be anybody's.
    pub(super) fn find(directory: &Path) -> Result<Program, Unreadable> {
        let name = format!("git{}", env::consts::EXE_SUFFIX);
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = env::split_paths(&path).filter(|folder| folder.is_absolute());
        match folders.map(|folder| folder.join(&name)).find(|program| program.is_file()) {
            Some(program) => Ok(Program { program, directory: directory.to_owned(), patience: PATIENCE }),
            None => Err(refused("the program `git` is not installed")
                .help("install it, or give a folder with the base: `--base ./FOLDER`")),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        let told = |name: &OsStr| name.to_string_lossy().to_uppercase().starts_with("GIT_");
        for (name, _) in env::vars_os().filter(|(name, _)| told(name)) {
            if !KEPT.iter().any(|kept| name == *kept) {
                command.env_remove(name);
            }
        }
        command.envs(ENVIRONMENT).arg("--no-pager").arg("-C").arg(&self.directory);
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting])).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command, whether it succeeds or not.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Answer, Unreadable> {
        self.ask(arguments, Vec::new(), LONGEST_ANSWER)
    }

    /// The answer of a command that should not fail.
    pub(super) fn answer(&self, arguments: &[&str]) -> Result<Vec<u8>, Unreadable> {
        succeeded(self.run(arguments)?)
    }

    /// The answer to what is written to a command that should not fail.
    pub(super) fn answer_to(
        &self,
        arguments: &[&str],
        asked: Vec<u8>,
        longest: u64,
    ) -> Result<Vec<u8>, Unreadable> {
        succeeded(self.ask(arguments, asked, longest)?)
    }

    fn ask(&self, arguments: &[&str], asked: Vec<u8>, longest: u64) -> Result<Answer, Unreadable> {
        let failed = |error: io::Error| refused(format!("git cannot read the base: {error}"));
        let mut child = self
            .command(arguments)
            .spawn()
            .map_err(|error| refused(format!("the program `git` cannot be started: {error}")))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // Git answers while it is asked: who did not read meanwhile would wait for it for ever. What it does not read is
        // no failure of ours, since it says why.
        thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&asked)));
        let (stdout, stderr) = (read(stdout, longest), read(stderr, LONGEST_COMPLAINT));
        let ended = stdout.recv_timeout(self.patience).ok().zip(stderr.recv_timeout(self.patience).ok());
        let too_long = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or(u64::MAX) > longest;
        let Some((stdout, stderr)) = ended else {
            stop(&mut child);
            let seconds = self.patience.as_secs();
            return Err(refused(format!("git does not answer within {seconds} seconds"))
                .help("see what it waits for, or give a folder with the base: `--base ./FOLDER`"));
        };
        let stdout = stdout.map_err(failed)?;
        if too_long(&stdout) {
            stop(&mut child);
            return Err(refused("git answers with more than is read of a base")
                .help("give a folder with the base: `--base ./FOLDER`"));
        }
        let success = end(&mut child).map_err(failed)?.success();
        Ok(Answer { success, stdout, stderr: stderr.unwrap_or_default() })
    }
}

fn succeeded(answer: Answer) -> Result<Vec<u8>, Unreadable> {
    match answer.success {
        true => Ok(answer.stdout),
        false => Err(refused(format!("git cannot read the base: {}", answer.said()))),
    }
}

/// Reads a stream beside everything else, up to one byte more than is wanted.
fn read(stream: Option<impl Read + Send + 'static>, longest: u64) -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stream.map(|stream| stream.take(longest + 1).read_to_end(&mut bytes)).transpose();
        let _ = sender.send(read.map(|_| bytes));
    });
    receiver
}

/// The end of a program that has closed its streams: now, or it never ends.
fn end(child: &mut Child) -> io::Result<ExitStatus> {
    for _ in 0..1_000 {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(1));
    }
    stop(child);
    Err(io::Error::other("it does not end"))
}

fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    fn script(text: &str) -> (tempfile::TempDir, Program) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("git");
        fs::write(&program, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        let directory = folder.path().to_owned();
        (folder, Program { program, directory, patience: Duration::from_millis(300) })
    }

    fn refusal(text: &str) -> String {
        let (_folder, program) = script(text);
        program.ask(&["rev-parse"], vec![b'x'; 1 << 20], 1_000).err().unwrap().message
    }

    #[test]
    fn a_git_that_hangs_is_stopped() {
        assert!(refusal("sleep 60").contains("does not answer within"));
        assert!(refusal("exec >&- 2>&-; sleep 60").contains("does not end"));
    }

    #[test]
    fn an_endless_answer_is_not_read() {
        assert!(refusal("cat /dev/zero").contains("more than is read"));
    }

    #[test]
    fn what_git_does_not_read_is_no_failure() {
        let (_folder, program) = script("echo yes");
        let answer = program.ask(&["rev-parse"], vec![b'x'; 1 << 20], 1_000).unwrap();
        assert_eq!((answer.success, answer.stdout.as_slice()), (true, b"yes\n".as_slice()));
    }
}
