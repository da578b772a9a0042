//! A state of the project that git keeps, read without touching the work tree: the program `git`, and only what it stores.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::Sources;
use crate::source::reader::{Limits, decode};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a hook or a parent git tells its children about its own repository; ours is the one around the project.
const FOREIGN: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_LITERAL_PATHSPECS",
];

/// The folders of a project that decide what it compiles to.
const FOLDERS: [&str; 2] = ["slo-specs", "templates"];

/// Why the base cannot be read, and what to do.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub message: String,
    pub help: Option<String>,
}

/// A project as git keeps it.
pub(super) struct Stored {
    pub sources: Sources,
    pub findings: Vec<Diagnostic>,
    /// The files of `templates/`, by their path below it.
    pub templates: Vec<(String, String)>,
    /// What people should know about where it was found.
    pub note: Option<String>,
}

/// Reads the project in a folder as it was at a commit, tag or branch.
pub(super) fn read(directory: &Path, reference: &str) -> Result<Stored, Unreadable> {
    let git = Git { directory };
    let prefix = git.prefix()?;
    let tree = git.tree(reference)?;
    let listed = git.entries(&tree, &prefix, reference)?;
    git.load(&tree, listed)
}

/// A file of a tree.
struct Entry {
    mode: String,
    object: String,
    path: Vec<u8>,
}

/// The files of a tree, and where the project is in it.
struct Listed {
    entries: Vec<Entry>,
    /// The way to the project, with a slash at its end.
    prefix: Vec<u8>,
    note: Option<String>,
}

struct Git<'a> {
    directory: &'a Path,
}

impl Git<'_> {
    #[expect(clippy::disallowed_methods, reason = "the command line asks git for the base")]
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
        command.arg("-C").arg(self.directory).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, Unreadable> {
        self.command(arguments).output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refused("the program `git` is not installed")
                .help("install it, or give a folder with the base: `--base FOLDER`"),
            _ => refused(format!("the program `git` cannot be started: {error}")),
        })
    }

    /// The answer of a command that should not fail.
    fn answer(&self, arguments: &[&str]) -> Result<Vec<u8>, Unreadable> {
        let output = self.run(arguments)?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(refused(format!("git cannot read the base: {}", said(&output.stderr)))),
        }
    }

    /// The way from the top of the repository to the project, with a slash at its end.
    fn prefix(&self) -> Result<Vec<u8>, Unreadable> {
        let output = self.run(&["rev-parse", "--is-inside-work-tree"])?;
        let message = said(&output.stderr);
        if message.contains("dubious ownership") {
            return Err(refused("git does not trust the repository: it belongs to somebody else")
                .help("run `git config --global --add safe.directory` with the repository's folder"));
        }
        if !output.status.success() {
            return Err(refused("the project is in no git repository")
                .help("give a folder with the base instead: `--base FOLDER`"));
        }
        if output.stdout.trim_ascii() != b"true" {
            return Err(refused("the repository is bare, so it has no work tree to compare with the base")
                .help("check the change out first"));
        }
        let prefix = self.answer(&["rev-parse", "--show-prefix"])?;
        Ok(prefix.strip_suffix(b"\n").unwrap_or(&prefix).to_vec())
    }

    fn resolves(&self, reference: &str) -> Result<Option<String>, Unreadable> {
        let name = format!("{reference}^{{tree}}");
        let output = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name])?;
        let tree = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Some(tree).filter(|tree| output.status.success() && !tree.is_empty()))
    }

    fn tree(&self, reference: &str) -> Result<String, Unreadable> {
        if let Some(tree) = self.resolves(reference)? {
            return Ok(tree);
        }
        let unknown = refused(format!("git knows no `{}` here", reference.escape_debug()));
        let remote = format!("origin/{reference}");
        if self.resolves(&remote)?.is_some() {
            return Err(unknown.help(format!("did you mean `{remote}`?")));
        }
        let shallow = self.answer(&["rev-parse", "--is-shallow-repository"])?;
        Err(match shallow.trim_ascii() == b"true" {
            true => unknown.help(
                "the clone is shallow: fetch the base, in GitHub Actions with `fetch-depth: 0` for actions/checkout, in \
                 GitLab with `GIT_DEPTH: 0`",
            ),
            false => unknown.help("fetch it first: `git fetch origin`, then `--base origin/main`"),
        })
    }

    /// The files of the project's folders in a tree. Where the project was elsewhere then, it is found.
    fn entries(&self, tree: &str, prefix: &[u8], reference: &str) -> Result<Listed, Unreadable> {
        let all = self.answer(&["ls-tree", "-rz", "--full-tree", tree])?;
        let entries: Vec<Entry> = all.split(|byte| *byte == 0).filter_map(entry).collect();
        let here = |prefix: &[u8]| [prefix, b"slo-specs"].concat();
        let is_in = |path: &[u8], folder: &[u8]| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        if entries.iter().any(|entry| is_in(&entry.path, &here(prefix))) {
            return Ok(Listed { entries, prefix: prefix.to_vec(), note: None });
        }
        let mut others: Vec<Vec<u8>> = entries.iter().filter_map(|entry| project_of(&entry.path)).collect();
        others.dedup();
        others.sort();
        others.dedup();
        let shown = |other: &Vec<u8>| format!("`{}slo-specs`", String::from_utf8_lossy(other));
        let name = reference.escape_debug();
        match others.as_slice() {
            [] => {
                let note = format!("`{name}` has no specs, so everything is new");
                Ok(Listed { entries, prefix: prefix.to_vec(), note: Some(note) })
            }
            [only] => {
                let note = format!("at `{name}` the specs are in {}", shown(only));
                Ok(Listed { entries, prefix: only.clone(), note: Some(note) })
            }
            several => {
                let all = several.iter().map(shown).collect::<Vec<_>>().join(", ");
                Err(refused(format!("at `{name}` the project is not in this folder")).help(format!(
                    "there are {all}: check the right one out, and give it with `--base FOLDER`"
                )))
            }
        }
    }

    fn load(&self, tree: &str, listed: Listed) -> Result<Stored, Unreadable> {
        let Listed { entries, prefix, note } = listed;
        let mut wanted: Vec<(String, Entry)> = Vec::new();
        let mut stored =
            Stored { sources: Sources::default(), findings: Vec::new(), templates: Vec::new(), note };
        for entry in entries {
            let Some(path) = entry.path.strip_prefix(prefix.as_slice()) else { continue };
            let path = String::from_utf8_lossy(path).into_owned();
            let folder = path.split('/').next().unwrap_or_default().to_owned();
            let hidden = path.split('/').any(|step| step.starts_with('.'));
            if !FOLDERS.contains(&folder.as_str()) || hidden {
                continue;
            }
            let is_spec = path.ends_with(".yaml") || path.ends_with(".yml");
            match entry.mode.as_str() {
                "160000" => stored
                    .findings
                    .push(unreadable(&path, "is a submodule, whose files git keeps elsewhere").help(
                        "check the base out with its submodules, and give its folder: `--base FOLDER`",
                    )),
                _ if is_spec || (folder == "templates" && !path.ends_with('~')) => wanted.push((path, entry)),
                _ => {}
            }
        }
        wanted.sort_by(|(one, _), (other, _)| one.cmp(other));
        let contents = self.contents(tree, wanted.iter().map(|(_, entry)| entry))?;
        for ((path, _), contents) in wanted.into_iter().zip(contents) {
            let text = contents.map_err(|why| unreadable(&path, &why)).and_then(|bytes| text(&path, &bytes));
            match (text, path.strip_prefix("templates/")) {
                (Ok(text), Some(name)) => stored.templates.push((name.to_owned(), text)),
                (Ok(text), None) => drop(stored.sources.add(path, text)),
                (Err(finding), _) => stored.findings.push(finding),
            }
        }
        Ok(stored)
    }

    /// The bytes of files, in their order; links are followed as far as git keeps what they lead to.
    fn contents<'e>(
        &self,
        tree: &str,
        entries: impl Iterator<Item = &'e Entry>,
    ) -> Result<Vec<Result<Vec<u8>, String>>, Unreadable> {
        let mut asked = Vec::new();
        let mut refused_ones = BTreeMap::new();
        for (index, entry) in entries.enumerate() {
            match (entry.mode.as_str(), entry.path.contains(&b'\n')) {
                // A path with a line break cannot be asked for.
                ("120000", true) => {
                    refused_ones.insert(index, "is a link with a line break in its path".to_owned());
                    asked.extend_from_slice(tree.as_bytes());
                }
                ("120000", false) => {
                    asked.extend_from_slice(tree.as_bytes());
                    asked.push(b':');
                    asked.extend_from_slice(&entry.path);
                }
                _ => asked.extend_from_slice(entry.object.as_bytes()),
            }
            asked.push(b'\n');
        }
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let answers = answers(&self.ask(&["cat-file", "--batch", "--follow-symlinks"], asked)?);
        let of = |(index, answer)| refused_ones.get(&index).map_or(answer, |why: &String| Err(why.clone()));
        Ok(answers.into_iter().enumerate().map(of).collect())
    }

    /// The answer to what is written to a command.
    fn ask(&self, arguments: &[&str], asked: Vec<u8>) -> Result<Vec<u8>, Unreadable> {
        let failed = |error: io::Error| refused(format!("git cannot read the base: {error}"));
        let mut command = self.command(arguments);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let stdin = child.stdin.take();
        // Git answers while it is asked: who did not read meanwhile would wait for it for ever.
        let writer = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&asked)));
        let output = child.wait_with_output().map_err(failed)?;
        let written = writer.join();
        if !output.status.success() || written.is_err() {
            return Err(refused(format!("git cannot read the base: {}", said(&output.stderr))));
        }
        Ok(output.stdout)
    }
}

/// `MODE TYPE OBJECT<tab>PATH`
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = line.split_at_checked(tab)?;
    let head = std::str::from_utf8(head).ok()?;
    let mut words = head.split(' ');
    let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
    Some(Entry { mode: mode.to_owned(), object: object.to_owned(), path: path.get(1..)?.to_vec() })
}

/// The way to a project, if a path is one of its specs.
fn project_of(path: &[u8]) -> Option<Vec<u8>> {
    const SPECS: &[u8] = b"slo-specs/";
    let is_spec = path.ends_with(b".yaml") || path.ends_with(b".yml");
    let at = path.windows(SPECS.len()).position(|part| part == SPECS)?;
    let before = path.get(..at)?;
    (is_spec && (before.is_empty() || before.ends_with(b"/"))).then(|| before.to_vec())
}

/// The answers of `git cat-file --batch`: `OBJECT TYPE SIZE`, the bytes and a line break, or a word and what it is about.
fn answers(mut output: &[u8]) -> Vec<Result<Vec<u8>, String>> {
    let mut answers = Vec::new();
    while let Some(end) = output.iter().position(|byte| *byte == b'\n') {
        let (head, rest) = output.split_at_checked(end).unwrap_or((output, &[]));
        let head = String::from_utf8_lossy(head).into_owned();
        let rest = rest.get(1..).unwrap_or_default();
        let words: Vec<&str> = head.split(' ').collect();
        let size = |text: &str| text.parse::<usize>().ok();
        let (answer, taken) = match words.as_slice() {
            [_, "blob", length] => {
                let length = size(length).unwrap_or_default();
                (Ok(rest.get(..length).unwrap_or_default().to_vec()), length + 1)
            }
            // A link that leads out of the tree or nowhere: the word, a size, and so many bytes.
            ["dangling" | "loop" | "notdir" | "symlink", length] => {
                let length = size(length).unwrap_or_default();
                (Err("is a link that leads to no file of the base".to_owned()), length + 1)
            }
            [_, _, length] => {
                let length = size(length).unwrap_or_default();
                (Err("is not a regular file".to_owned()), length + 1)
            }
            _ => (Err("is not stored here".to_owned()), 0),
        };
        answers.push(answer);
        output = rest.get(taken..).unwrap_or_default();
    }
    answers
}

fn text(path: &str, bytes: &[u8]) -> Result<String, Diagnostic> {
    let limits = Limits::default();
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.bytes {
        return Err(limits.too_large().in_path(path));
    }
    decode(path, bytes)
}

fn unreadable(path: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Code::Unreadable, format!("`{path}` {why}")).in_path(path)
}

/// What git said, on one line and without what it begins with.
fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it does not say why");
    line.trim_start_matches("fatal: ").escape_debug().to_string()
}

fn refused(message: impl Into<String>) -> Unreadable {
    Unreadable { message: message.into(), help: None }
}

impl Unreadable {
    /// Says it to people.
    pub(super) fn say(&self) {
        let help = self.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        anstream::eprintln!("error: {}{help}", self.message);
    }

    fn help(self, help: impl Into<String>) -> Unreadable {
        Unreadable { help: Some(help.into()), ..self }
    }
}
