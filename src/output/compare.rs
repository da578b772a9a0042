//! What is on disk against what should be.

use super::manifest::Manifest;
use super::snapshot::Snapshot;
use super::{Artifacts, HEADER_PREFIX, Kind, finding, mark, paths};
use crate::diagnostics::{Code, Diagnostic, Severity, counted};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A file of the output, and why it is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Relative to `generated/`.
    pub path: String,
    /// The spec that the file comes from, or came from; for other files, a few words.
    pub source: String,
}

/// A file that Genkai would write or that looks like its own, but is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Relative to `generated/`.
    pub path: String,
    /// The spec whose output would stand there; empty if there is none.
    pub source: String,
    /// What is wrong with it.
    pub reason: ForeignReason,
}

/// Why a file is foreign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignReason {
    /// It stands where Genkai would write, and no manifest says that Genkai wrote it.
    Unowned,
    /// It stands where Genkai would write, or in place of a folder there, and is a link or otherwise not what Genkai makes.
    NotOurKind,
    /// Its path and the path that Genkai would write, given here, are the same to a case-insensitive file system.
    Case(String),
    /// It is Terraform that bears Genkai's header, but no manifest says that Genkai wrote it.
    Header,
}

/// What is on disk against what should be; each list is ordered by path.
///
/// Its text has one line a file: what is wrong, the path, and the spec in parentheses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Genkai's, with other contents than it would write.
    pub stale: Vec<Entry>,
    /// Not there.
    pub missing: Vec<Entry>,
    /// Genkai's, and no longer produced.
    pub obsolete: Vec<Entry>,
    /// No longer produced, and listed by a manifest, but without Genkai's mark; they stay.
    pub unmarked: Vec<Entry>,
    /// Not Genkai's, and in its way. As long as there is one, nothing is written.
    pub foreign: Vec<Foreign>,
    /// How many of the stale ones only have other line endings.
    pub line_endings: usize,
}

const MANIFEST_SOURCE: &str = "the list of these files";
const TEMPORARY_SOURCE: &str = "left by a run that was stopped";

/// Compares what is on disk with what should be.
pub fn compare(on_disk: &Snapshot, artifacts: &Artifacts) -> Comparison {
    let wanted: Vec<_> = wanted(artifacts).collect();
    let mut comparison = Comparison { foreign: foreign(on_disk, &wanted), ..Comparison::default() };
    let blocked = |path: &str| comparison.foreign.iter().any(|foreign| foreign.path == path);
    for (path, contents, source) in wanted {
        let found = if paths::environment_of_manifest(&path).is_some() {
            on_disk.regular(&path)
        } else {
            on_disk.owned(&path)
        };
        let entry = Entry { path, source };
        match found {
            Some(found) if found == contents.as_bytes() => {}
            Some(found) => {
                let other_lines = String::from_utf8_lossy(found).replace("\r\n", "\n") == *contents;
                comparison.line_endings += usize::from(other_lines);
                comparison.stale.push(entry);
            }
            None if blocked(&entry.path) => {}
            None => comparison.missing.push(entry),
        }
    }
    (comparison.obsolete, comparison.unmarked) = obsolete(on_disk, artifacts);
    comparison.stale.sort();
    comparison.missing.sort();
    comparison
}

/// A file that should be there, as path, contents and source.
type Wanted = (String, Arc<str>, String);

/// Everything that should be there.
fn wanted(artifacts: &Artifacts) -> impl Iterator<Item = Wanted> {
    let files = artifacts.iter().map(|file| (file.path.clone(), file.contents.clone(), file.source.clone()));
    files.chain(artifacts.environments().filter_map(|environment| {
        let manifest = Manifest::finished(artifacts, environment)?.print();
        Some((paths::manifest_of(environment), manifest.into(), MANIFEST_SOURCE.to_owned()))
    }))
}

/// What is no longer produced: what is removed, and what stays. A manifest is a file like any other, which anybody may have
/// written, so that its word alone removes nothing.
fn obsolete(on_disk: &Snapshot, artifacts: &Artifacts) -> (Vec<Entry>, Vec<Entry>) {
    let (mut obsolete, mut unmarked) = (Vec::new(), Vec::new());
    for (environment, manifest) in &on_disk.manifests {
        for (within, owned) in &manifest.files {
            let path = format!("{environment}/{within}");
            if let (None, Some(contents)) = (artifacts.get(&path), on_disk.owned(&path)) {
                let of = if mark::bears(&path, contents) { &mut obsolete } else { &mut unmarked };
                of.push(Entry { path, source: owned.source.clone() });
            }
        }
        if artifacts.environments().all(|wanted| wanted != environment) {
            let path = paths::manifest_of(environment);
            obsolete.push(Entry { path, source: MANIFEST_SOURCE.to_owned() });
        }
    }
    for (path, found) in &on_disk.found {
        if found.kind == Kind::File && paths::is_temporary(path) {
            obsolete.push(Entry { path: path.clone(), source: TEMPORARY_SOURCE.to_owned() });
        }
    }
    obsolete.sort();
    unmarked.sort();
    (obsolete, unmarked)
}

fn foreign(on_disk: &Snapshot, wanted: &[Wanted]) -> Vec<Foreign> {
    let mut foreign = BTreeMap::new();
    let mut add = |path: &str, source: &str, reason| {
        let (path, source) = (path.to_owned(), source.to_owned());
        foreign.entry(path.clone()).or_insert(Foreign { path, source, reason });
    };
    let unowned_by_case: BTreeMap<String, &str> = on_disk
        .found
        .keys()
        .filter(|path| on_disk.owned(path).is_none())
        .map(|path| (paths::fold(path), path.as_str()))
        .collect();
    let in_the_way = |part: &str, is_folder: bool| {
        let manifest = paths::environment_of_manifest(part).is_some();
        match on_disk.found.get(part).map(|found| found.kind) {
            Some(Kind::Folder) if is_folder => None,
            Some(Kind::File) if !is_folder && (manifest || on_disk.owned(part).is_some()) => None,
            Some(Kind::File) if !is_folder => Some((part.to_owned(), ForeignReason::Unowned)),
            Some(_) => Some((part.to_owned(), ForeignReason::NotOurKind)),
            None => {
                let other = unowned_by_case.get(&paths::fold(part))?;
                Some(((*other).to_owned(), ForeignReason::Case(part.to_owned())))
            }
        }
    };
    for (path, _, source) in wanted {
        let mut parts = paths::folders(path).map(|folder| (folder, true)).chain([(path.as_str(), false)]);
        if let Some((at, reason)) = parts.find_map(|(part, is_folder)| in_the_way(part, is_folder)) {
            add(&at, source, reason);
        }
    }
    for (path, contents) in on_disk.neighbours() {
        if contents.starts_with(HEADER_PREFIX.as_bytes()) {
            add(path, "", ForeignReason::Header);
        }
    }
    foreign.into_values().collect()
}

impl Comparison {
    /// Whether the disk is exactly as it should be: `write` would do nothing.
    pub fn is_current(&self) -> bool {
        let Comparison { stale, missing, obsolete, unmarked, foreign, line_endings: _ } = self;
        stale.is_empty()
            && missing.is_empty()
            && obsolete.is_empty()
            && unmarked.is_empty()
            && foreign.is_empty()
    }

    /// One error for each foreign file, and warnings about line endings and what stays.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let foreign = self.foreign.iter().map(Foreign::diagnostic);
        foreign.chain(self.about_line_endings()).chain(self.about_unmarked()).collect()
    }

    /// A warning for each file that stays although a manifest lists it.
    pub fn about_unmarked(&self) -> impl Iterator<Item = Diagnostic> {
        self.unmarked.iter().map(|entry| {
            let found = finding(Code::Unmarked, &entry.path, |shown| {
                format!("`{shown}` is no longer produced, and stays: nothing in it says that Genkai wrote it")
            });
            let found = found.help("remove it, if it is not yours");
            Diagnostic { severity: Severity::Warning, ..found }
        })
    }

    fn about_line_endings(&self) -> Option<Diagnostic> {
        let files = counted(self.line_endings, "file");
        let found = finding(Code::LineEndings, "", |shown| {
            format!("`{shown}` holds {files} in which nothing but the line endings is out of date")
        });
        let found = found.help(
            "git changes them where `core.autocrlf` is on: add the line `generated/** -text` to `.gitattributes`",
        );
        (self.line_endings > 0).then_some(Diagnostic { severity: Severity::Warning, ..found })
    }
}

impl Foreign {
    fn diagnostic(&self) -> Diagnostic {
        let (what, help) = match &self.reason {
            ForeignReason::Unowned => (
                format!(
                    "is not Genkai's, and stands where Genkai would write the output of `{}`",
                    self.source
                ),
                "move or remove it; if Genkai wrote it and the manifest is lost, restore the manifest from version control",
            ),
            ForeignReason::NotOurKind => (
                "is in the way: Genkai replaces regular files and nothing else, and follows no links"
                    .to_owned(),
                "move or remove it",
            ),
            ForeignReason::Case(wanted) => (
                format!(
                    "is not Genkai's, and on some systems is the same as `{}/{wanted}`, which Genkai would write",
                    paths::FOLDER
                ),
                "rename or remove it",
            ),
            ForeignReason::Header => (
                "bears Genkai's header, but the manifest does not list it".to_owned(),
                "remove it, or restore the manifest that lists it from version control; to keep it as your own, take away \
                 its first line",
            ),
        };
        finding(Code::ForeignFile, &self.path, |shown| format!("`{shown}` {what}"))
            .help(format!("{help}; until then nothing is written"))
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |word, path: &str, source: &str| {
            write!(f, "{word:<8} {}/{path}", paths::FOLDER)?;
            if source.is_empty() { writeln!(f) } else { writeln!(f, "  ({source})") }
        };
        for (word, entries) in
            [("stale", &self.stale), ("missing", &self.missing), ("obsolete", &self.obsolete)]
        {
            entries.iter().try_for_each(|entry| line(word, &entry.path, &entry.source))?;
        }
        self.foreign.iter().try_for_each(|foreign| line("foreign", &foreign.path, &foreign.source))
    }
}
