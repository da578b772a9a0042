//! Finds and reads the specs of a project.
#![expect(clippy::disallowed_methods, reason = "this is the half of the reader that reads files")]

use super::Sources;
use super::reader::{Limits, decode};
use crate::diagnostics::{Code, Diagnostic};
use rayon::prelude::*;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder of a project that holds its specs.
const FOLDER: &str = "slo-specs";

/// Reads every `*.yaml` and `*.yml` below `slo-specs/`, sorted by path.
///
/// Hidden files and folders are skipped. A link to a file is followed; one to a folder is not, so that nothing can loop, and
/// a warning says so. What cannot be read, is no file, is too large or is not UTF-8 becomes a finding; the other files are read.
pub fn load(root: &Path) -> (Sources, Vec<Diagnostic>) {
    let mut found = Found::default();
    match fs::metadata(root.join(FOLDER)) {
        Ok(metadata) if metadata.is_dir() => found.descend(root),
        Ok(_) => found.refuse(
            FOLDER,
            "is a file, not a folder",
            "move the file; specs belong in a folder of this name",
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => found.refuse(
            FOLDER,
            "does not exist",
            "run `genkai init` to start a project here, or go to the folder of your project",
        ),
        Err(error) => found.unreadable(FOLDER, &error),
    }
    found.files.sort();
    let mut sources = Sources::default();
    let texts: Vec<_> = found.files.par_iter().map(|(path, place)| read(path, place)).collect();
    for ((path, _), text) in std::mem::take(&mut found.files).into_iter().zip(texts) {
        match text {
            Ok(text) => {
                sources.add(path, text);
            }
            Err(finding) => found.findings.push(finding),
        }
    }
    (sources, found.findings)
}

/// What a walk through the folders finds.
#[derive(Default)]
struct Found {
    /// Paths relative to the project, and where the files are.
    files: Vec<(String, PathBuf)>,
    findings: Vec<Diagnostic>,
}

impl Found {
    fn descend(&mut self, root: &Path) {
        let mut folders = vec![(FOLDER.to_owned(), root.join(FOLDER))];
        while let Some((folder, place)) = folders.pop() {
            let entries = match fs::read_dir(place).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable(&folder, &error);
                    continue;
                }
            };
            for entry in entries {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if name.starts_with('.') {
                    continue;
                }
                let path = format!("{folder}/{name}");
                if self.is_folder_to_enter(&path, &entry) {
                    folders.push((path, entry.path()));
                }
            }
        }
    }

    /// Records a file, or says that a folder is to be entered.
    fn is_folder_to_enter(&mut self, path: &str, entry: &fs::DirEntry) -> bool {
        let is_spec = path.ends_with(".yaml") || path.ends_with(".yml");
        let place = entry.path();
        let found = entry.file_type();
        let linked = found.as_ref().is_ok_and(fs::FileType::is_symlink);
        let followed = if linked { fs::metadata(&place).map(|metadata| metadata.file_type()) } else { found };
        let kind = match followed {
            Ok(kind) => kind,
            Err(error) => {
                // A broken link that is no spec is none of our business.
                if is_spec {
                    self.unreadable(path, &error);
                }
                return false;
            }
        };
        match (kind.is_dir(), is_spec) {
            (true, true) => self.refuse(path, "is a folder, not a file", "rename the folder"),
            (true, false) if linked => {
                let message = format!("`{path}` is a link to a folder, which is not followed");
                let help = "link the files, or move the folder here";
                self.findings.push(Diagnostic::warning(Code::Unreadable, message).in_path(path).help(help));
            }
            (true, false) => return true,
            (false, true) if kind.is_file() => self.files.push((path.to_owned(), place)),
            (false, true) => self.refuse(path, "is not a regular file", "replace it by a file"),
            (false, false) if kind.is_file() && looks_like_a_spec(path, &place) => {
                let message = format!("`{path}` looks like a spec, and is not read");
                let help = "specs are files that end with `.yaml` or `.yml`: rename it, move it out of the folder, or let its \
                            name begin with `.`";
                self.findings.push(Diagnostic::warning(Code::NotRead, message).in_path(path).help(help));
            }
            (false, false) => {}
        }
        false
    }

    fn refuse(&mut self, path: &str, why: &str, help: &str) {
        let finding = Diagnostic::error(Code::Unreadable, format!("`{path}` {why}"));
        self.findings.push(finding.in_path(path).help(help));
    }

    fn unreadable(&mut self, path: &str, error: &std::io::Error) {
        self.findings.push(unreadable(path, error));
    }
}

/// Whether a file of another name was meant to be read: by an ending that is close to ours or stands before another one, or
/// by how it begins where its name says little.
fn looks_like_a_spec(path: &str, place: &Path) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let Some((_, ending)) = name.split_once('.') else { return begins_like_a_spec(place) };
    let mut endings = ending.split(['.', '~', '_', '-', ' ']);
    let last = name.rsplit('.').next().unwrap_or_default();
    let misspelt =
        |ending: &str| ["yaml", "yml"].iter().any(|ours| strsim::damerau_levenshtein(ours, ending) == 1);
    endings.any(|ending| ["yaml", "yml"].contains(&ending))
        || misspelt(last)
        || last == "json" && begins_like_a_spec(place)
}

fn begins_like_a_spec(place: &Path) -> bool {
    let mut begin = Vec::new();
    let read = File::open(place).and_then(|file| file.take(4_096).read_to_end(&mut begin));
    let mut text = String::from_utf8_lossy(&begin).into_owned();
    // As JSON writes it, too.
    text.retain(|letter| !letter.is_whitespace() && letter != '"');
    read.is_ok() && text.contains("apiVersion:genkai.dev/")
}

fn unreadable(path: &str, error: &std::io::Error) -> Diagnostic {
    let (why, help) = match error.kind() {
        std::io::ErrorKind::NotFound => {
            ("is a link that leads nowhere".to_owned(), "correct or remove the link")
        }
        kind => (format!("cannot be read: {kind}"), "check that it is there and that you may read it"),
    };
    Diagnostic::error(Code::Unreadable, format!("`{path}` {why}")).in_path(path).help(help)
}

fn read(path: &str, place: &Path) -> Result<String, Diagnostic> {
    let limits = Limits::default();
    let failed = |error: std::io::Error| unreadable(path, &error);
    let too_large = || limits.too_large().in_path(path);
    let file = File::open(place).map_err(failed)?;
    if file.metadata().map_err(failed)?.len() > limits.bytes {
        return Err(too_large());
    }
    // A file can grow while it is read.
    let mut bytes = Vec::new();
    file.take(limits.bytes + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.bytes {
        return Err(too_large());
    }
    decode(path, &bytes)
}
