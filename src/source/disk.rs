//! Finds and reads the specs of a project.
use super::Sources;
use super::reader::{Limits, decode};
use crate::diagnostics::{Code, Diagnostic};
use crate::files::{self, FollowSymlinks, Refusal};
use cap_std::fs::{Dir, DirEntry, FileType};
use rayon::prelude::*;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The folder of a project that holds its specs.
const FOLDER: &str = "slo-specs";

/// Reads every `*.yaml` and `*.yml` below `slo-specs/`, sorted by path.
///
/// Hidden files and folders are skipped. A link to a file of the project is followed; one to a folder is not, so that nothing
/// can loop, and a warning says so. A link to what is hidden or elsewhere is refused: findings show what files hold. What cannot be read, is no file, is too large or is not UTF-8 becomes a finding; the other files are read.
pub fn load(root: &Path) -> (Sources, Vec<Diagnostic>) {
    let mut found = Found::default();
    let project = match files::folder(root) {
        Ok(project) => project,
        Err(error) => {
            found.unreadable(".", &error.into());
            return (Sources::default(), found.findings);
        }
    };
    match project.metadata(FOLDER).map_err(files::outside) {
        Ok(metadata) if metadata.is_dir() => found.descend(&project),
        Ok(_) => found.refuse(
            FOLDER,
            "is a file, not a folder",
            "move the file; specs belong in a folder of this name",
        ),
        Err(error) if error.is_missing() => found.refuse(
            FOLDER,
            "does not exist",
            "run `genkai init` to start a project here, or go to the folder of your project",
        ),
        Err(error) => found.unreadable(FOLDER, &error),
    }
    found.files.sort();
    let mut sources = Sources::default();
    let texts: Vec<_> = found.files.par_iter().map(|(path, place)| read(&project, path, place)).collect();
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
    /// Paths relative to the project, as shown and as they are: a name need not be UTF-8.
    files: Vec<(String, PathBuf)>,
    findings: Vec<Diagnostic>,
}

impl Found {
    fn descend(&mut self, project: &Dir) {
        let mut folders = vec![(FOLDER.to_owned(), PathBuf::from(FOLDER))];
        while let Some((folder, place)) = folders.pop() {
            let entries = project.read_dir(&place).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let entries = match entries.map_err(files::outside) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable(&folder, &error);
                    continue;
                }
            };
            for entry in entries {
                let name = entry.file_name();
                let place = place.join(&name);
                let name = name.to_string_lossy();
                if name.starts_with('.') {
                    continue;
                }
                let path = format!("{folder}/{name}");
                if self.is_folder_to_enter(project, &path, &place, &entry) {
                    folders.push((path, place));
                }
            }
        }
    }

    /// Records a file, or says that a folder is to be entered.
    fn is_folder_to_enter(&mut self, project: &Dir, path: &str, place: &Path, entry: &DirEntry) -> bool {
        let is_spec = path.ends_with(".yaml") || path.ends_with(".yml");
        let found = entry.file_type();
        let linked = found.as_ref().is_ok_and(FileType::is_symlink);
        let followed =
            if linked { project.metadata(place).map(|metadata| metadata.file_type()) } else { found };
        let kind = match followed.map_err(files::outside) {
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
            (false, true) if kind.is_file() => self.files.push((path.to_owned(), place.to_owned())),
            (false, true) => self.refuse(path, "is not a regular file", "replace it by a file"),
            (false, false) if kind.is_file() && looks_like_a_spec(project, path, place) => {
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

    fn unreadable(&mut self, path: &str, refusal: &Refusal) {
        self.findings.push(unreadable(path, refusal));
    }
}

/// Whether a file of another name was meant to be read: by an ending that is close to ours or stands before another one, or
/// by how it begins where its name says little.
fn looks_like_a_spec(project: &Dir, path: &str, place: &Path) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let Some((_, ending)) = name.split_once('.') else { return begins_like_a_spec(project, place) };
    let mut endings = ending.split(['.', '~', '_', '-', ' ']);
    let last = name.rsplit('.').next().unwrap_or_default();
    let misspelt =
        |ending: &str| ["yaml", "yml"].iter().any(|ours| strsim::damerau_levenshtein(ours, ending) == 1);
    endings.any(|ending| ["yaml", "yml"].contains(&ending))
        || misspelt(last)
        || last == "json" && begins_like_a_spec(project, place)
}

fn begins_like_a_spec(project: &Dir, place: &Path) -> bool {
    let mut begin = Vec::new();
    let read = project.open(place).and_then(|file| file.take(4_096).read_to_end(&mut begin));
    let mut text = String::from_utf8_lossy(&begin).into_owned();
    // As JSON writes it, too.
    text.retain(|letter| !letter.is_whitespace() && letter != '"');
    read.is_ok() && text.contains("apiVersion:genkai.dev/")
}

fn unreadable(path: &str, refusal: &Refusal) -> Diagnostic {
    let (why, help) = match refusal {
        Refusal::System(error) if error.kind() == io::ErrorKind::NotFound => {
            ("is a link that leads nowhere".to_owned(), "correct or remove the link")
        }
        Refusal::System(error) => {
            (format!("cannot be read: {}", error.kind()), "check that it is there and that you may read it")
        }
        Refusal::Outside => (refusal.to_string(), "copy the file into the project"),
        Refusal::NoFile => (refusal.to_string(), "replace it by a file"),
        Refusal::TooLarge(_) => return Limits::default().too_large().in_path(path),
    };
    Diagnostic::error(Code::Unreadable, format!("`{path}` {why}")).in_path(path).help(help)
}

fn read(project: &Dir, path: &str, place: &Path) -> Result<String, Diagnostic> {
    let bytes = files::read(project, place, Limits::default().bytes, FollowSymlinks::Yes);
    bytes.map_err(|refusal| unreadable(path, &refusal)).and_then(|bytes| decode(path, &bytes))
}
