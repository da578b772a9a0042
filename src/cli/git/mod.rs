//! States of the project that git keeps, read without touching the work tree.

mod program;

use super::streams;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Sources;
use crate::source::reader::{Limits, decode};
use program::{LONGEST_ANSWER, Program};
use std::path::Path;

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

/// What a reference comes to as a base.
pub(super) struct Point {
    /// The commit that the reference names.
    pub tip: String,
    /// The commit to compare with: where the work tree's `HEAD` and the reference went apart, or else the reference's own.
    pub commit: String,
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

/// The repository around a project.
pub(super) struct Repository {
    git: Program,
    /// The way from its top to the project, with a slash at its end.
    prefix: Vec<u8>,
}

impl Repository {
    /// Finds the repository around a folder.
    pub(super) fn around(directory: &Path) -> Result<Repository, Unreadable> {
        let git = Program::find(directory)?;
        let answer = git.run(&["rev-parse", "--is-inside-work-tree"])?;
        let complaint = answer.complaint();
        let is_bare = || {
            refused("the repository is bare, so it has no work tree to compare with the base")
                .help("check the change out first")
        };
        if complaint.contains("dubious ownership") {
            return Err(refused("git does not trust the repository: it belongs to somebody else")
                .help("run `git config --global --add safe.directory` with the repository's folder"));
        }
        if complaint.contains("cannot use bare repository") {
            return Err(is_bare());
        }
        if !answer.success {
            return Err(refused("the project is in no git repository")
                .help("give a folder with the base instead: `--base ./FOLDER`"));
        }
        if answer.stdout.trim_ascii() != b"true" {
            return Err(is_bare());
        }
        let prefix = git.answer(&["rev-parse", "--show-prefix"])?;
        Ok(Repository { git, prefix: prefix.strip_suffix(b"\n").unwrap_or(&prefix).to_vec() })
    }

    /// Where to compare with a reference: at the merge base, so that what others did since is no part of the change.
    pub(super) fn base(&self, reference: &str) -> Result<Point, Unreadable> {
        let tip = self.tip(reference)?;
        let Some(head) = self.resolves("HEAD")? else {
            // Nothing is committed yet.
            return Ok(Point { commit: tip.clone(), tip });
        };
        let answer = self.git.run(&["merge-base", &head, &tip])?;
        let commit = first_line(&answer.stdout);
        if answer.success && !commit.is_empty() {
            return Ok(Point { tip, commit });
        }
        if !answer.complaint().trim().is_empty() {
            return Err(refused(format!("git cannot find the merge base: {}", answer.said())));
        }
        if self.is_shallow()? {
            let name = reference.escape_debug();
            return Err(refused(format!(
                "the clone is shallow, and does not reach back to where `HEAD` and `{name}` went apart"
            ))
            .help(MORE_HISTORY));
        }
        // Histories that have nothing in common: then all of the reference is the base.
        Ok(Point { commit: tip.clone(), tip })
    }

    /// Reads the project as it was at a commit; messages call it by another name.
    pub(super) fn project_at(&self, commit: &str, name: &str) -> Result<Stored, Unreadable> {
        let listed = self.entries(commit, name)?;
        self.load(commit, listed)
    }

    fn resolves(&self, reference: &str) -> Result<Option<String>, Unreadable> {
        let name = format!("{reference}^{{commit}}");
        let answer = self.git.run(&["rev-parse", "--verify", "--end-of-options", &name])?;
        if answer.complaint().contains("is ambiguous") {
            let shown = reference.escape_debug();
            return Err(refused(format!("`{shown}` is the name of several things here")).help(format!(
                "write in full which one: `refs/heads/{shown}`, `refs/remotes/{shown}` or `refs/tags/{shown}`"
            )));
        }
        Ok(Some(first_line(&answer.stdout)).filter(|commit| answer.success && !commit.is_empty()))
    }

    fn is_shallow(&self) -> Result<bool, Unreadable> {
        Ok(self.git.answer(&["rev-parse", "--is-shallow-repository"])?.trim_ascii() == b"true")
    }

    fn tip(&self, reference: &str) -> Result<String, Unreadable> {
        if let Some(commit) = self.resolves(reference)? {
            return Ok(commit);
        }
        let unknown = refused(format!("git knows no `{}` here", reference.escape_debug()));
        let remote = format!("origin/{reference}");
        if self.resolves(&remote)?.is_some() {
            return Err(unknown.help(format!("did you mean `{remote}`?")));
        }
        if Path::new(reference).exists() {
            let shown = Path::new(".").join(reference);
            return Err(unknown.help(format!("did you mean the folder? `--base {}`", shown.display())));
        }
        Err(match self.is_shallow()? {
            true => unknown.help(MORE_HISTORY),
            false => unknown.help("fetch it first: `git fetch origin`, then `--base origin/main`"),
        })
    }

    /// The files of the project's folders in a tree. Where the project was elsewhere then, it is found.
    fn entries(&self, tree: &str, name: &str) -> Result<Listed, Unreadable> {
        let all = self.git.answer(&["ls-tree", "-rz", "--full-tree", tree])?;
        let entries: Vec<Entry> = all.split(|byte| *byte == 0).filter_map(entry).collect();
        let here = |prefix: &[u8]| [prefix, b"slo-specs"].concat();
        let is_in = |path: &[u8], folder: &[u8]| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        if entries.iter().any(|entry| is_in(&entry.path, &here(&self.prefix))) {
            return Ok(Listed { entries, prefix: self.prefix.clone(), note: None });
        }
        let mut others: Vec<Vec<u8>> = entries.iter().filter_map(|entry| project_of(&entry.path)).collect();
        others.dedup();
        others.sort();
        others.dedup();
        let shown = |other: &Vec<u8>| format!("`{}slo-specs`", String::from_utf8_lossy(other));
        let name = name.escape_debug();
        match others.as_slice() {
            [] => {
                let note = format!("`{name}` has no specs, so everything is new");
                Ok(Listed { entries, prefix: self.prefix.clone(), note: Some(note) })
            }
            [only] => {
                let note = format!("at `{name}` the specs are in {}", shown(only));
                Ok(Listed { entries, prefix: only.clone(), note: Some(note) })
            }
            several => {
                let all = several.iter().map(shown).collect::<Vec<_>>().join(", ");
                Err(refused(format!("at `{name}` the project is not in this folder")).help(format!(
                    "there are {all}: check the right one out, and give it with `--base ./FOLDER`"
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
                "160000" => stored.findings.push(
                    unreadable(&path, "is a submodule, whose files git keeps elsewhere").help(
                        "check the base out with its submodules, and give its folder: `--base ./FOLDER`",
                    ),
                ),
                _ if is_spec || (folder == "templates" && !path.ends_with('~')) => wanted.push((path, entry)),
                _ => {}
            }
        }
        wanted.sort_by(|(one, _), (other, _)| one.cmp(other));
        let contents = self.contents(tree, wanted.iter().map(|(_, entry)| entry))?;
        for ((path, _), contents) in wanted.into_iter().zip(contents) {
            let text = match contents {
                Ok(bytes) => decode(&path, &bytes),
                Err(Refusal::TooLarge) => Err(Limits::default().too_large().in_path(&path)),
                Err(Refusal::Other(why)) => Err(unreadable(&path, why)),
            };
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
    ) -> Result<Vec<Result<Vec<u8>, Refusal>>, Unreadable> {
        let mut asked = Vec::new();
        let mut answers: Vec<Result<Object, Refusal>> = Vec::new();
        for entry in entries {
            // A path with a line break cannot be asked for.
            let is_link = entry.mode == "120000";
            let (question, refusal) = match is_link && entry.path.contains(&b'\n') {
                true => (tree.as_bytes().to_vec(), Some("is a link with a line break in its path")),
                false if is_link => ([tree.as_bytes(), b":", &entry.path].concat(), None),
                false => (entry.object.as_bytes().to_vec(), None),
            };
            asked.extend_from_slice(&question);
            asked.push(b'\n');
            answers.push(refusal.map_or(Ok(Object::default()), |why| Err(Refusal::Other(why))));
        }
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        // Their sizes first: git would take as much memory as the largest, and hand it on.
        let found =
            self.git.answer_to(&["cat-file", "--batch-check", "--follow-symlinks"], asked, LONGEST_ANSWER)?;
        let most = Limits::default().bytes;
        let (mut wanted, mut expected) = (Vec::new(), 0);
        for (answer, object) in answers.iter_mut().zip(objects(&found)) {
            if answer.is_ok() {
                *answer = object.and_then(|object| match object.size > most {
                    true => Err(Refusal::TooLarge),
                    false => Ok(object),
                });
            }
            if let Ok(object) = answer {
                wanted.extend_from_slice(object.name.as_bytes());
                wanted.push(b'\n');
                // Its own line, and the line break after it.
                expected += object.size + 200;
            }
        }
        let bytes = match wanted.is_empty() {
            true => Vec::new(),
            false => self.git.answer_to(&["cat-file", "--batch"], wanted, expected)?,
        };
        let mut blobs = blobs(&bytes).into_iter();
        let mut contents = |object: Object| {
            let blob = blobs.next().filter(|blob| u64::try_from(blob.len()) == Ok(object.size));
            blob.ok_or(Refusal::Other(MISSING))
        };
        Ok(answers.into_iter().map(|answer| answer.and_then(&mut contents)).collect())
    }
}

/// Why a file of the base cannot be read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refusal {
    TooLarge,
    Other(&'static str),
}

const MISSING: &str = "is not stored here, as in a clone with a filter; fetch without one";

const MORE_HISTORY: &str = "fetch all of it: `git fetch --unshallow`, in GitHub Actions `fetch-depth: 0` for \
                            actions/checkout, in GitLab `GIT_DEPTH: 0`";

/// A file that git keeps.
#[derive(Debug, Default, PartialEq)]
struct Object {
    name: String,
    size: u64,
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

/// The answers of `git cat-file --batch-check`: `OBJECT TYPE SIZE`, or a word and what it is about.
fn objects(mut output: &[u8]) -> Vec<Result<Object, Refusal>> {
    let mut objects = Vec::new();
    while let Some((head, rest)) = line(output) {
        output = rest;
        let words: Vec<&str> = head.split(' ').collect();
        objects.push(match words.as_slice() {
            [name, "blob", size] => {
                Ok(Object { name: (*name).to_owned(), size: size.parse().unwrap_or(u64::MAX) })
            }
            // A link that leads out of the tree or nowhere: the word, a size, and so many bytes.
            ["dangling" | "loop" | "notdir" | "symlink", length] => {
                let length = length.parse::<usize>().unwrap_or_default();
                output = output.get(length.saturating_add(1)..).unwrap_or_default();
                Err(Refusal::Other("is a link that leads to no file of the base"))
            }
            [_, "tree" | "commit" | "tag", _] => Err(Refusal::Other("is not a regular file")),
            _ => Err(Refusal::Other(MISSING)),
        });
    }
    objects
}

/// The answers of `git cat-file --batch`: `OBJECT blob SIZE`, so many bytes, and a line break.
fn blobs(mut output: &[u8]) -> Vec<Vec<u8>> {
    let mut blobs = Vec::new();
    while let Some((head, rest)) = line(output) {
        let length = head.rsplit_once(' ').and_then(|(_, length)| length.parse::<usize>().ok());
        let length = length.unwrap_or_default();
        blobs.push(rest.get(..length).unwrap_or_default().to_vec());
        output = rest.get(length.saturating_add(1)..).unwrap_or_default();
    }
    blobs
}

/// The first line, and what follows it.
fn line(output: &[u8]) -> Option<(String, &[u8])> {
    let end = output.iter().position(|byte| *byte == b'\n')?;
    let (head, rest) = output.split_at_checked(end)?;
    Some((String::from_utf8_lossy(head).into_owned(), rest.get(1..)?))
}

fn first_line(output: &[u8]) -> String {
    line(output).map(|(line, _)| line).unwrap_or_default()
}

fn unreadable(path: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Code::Unreadable, format!("`{path}` {why}")).in_path(path)
}

fn refused(message: impl Into<String>) -> Unreadable {
    Unreadable { message: message.into(), help: None }
}

impl Unreadable {
    /// Says it to people.
    pub(super) fn say(&self) {
        let help = self.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        streams::say(&format!("error: {}{help}", self.message));
    }

    fn help(self, help: impl Into<String>) -> Unreadable {
        Unreadable { help: Some(help.into()), ..self }
    }
}
