//! `--watch`: a command runs again whenever the specs or the templates change, until Ctrl-C.

use super::Outcome;
use super::streams;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvError, channel};
use std::time::Duration;

/// What a command reads, below the project's folder. What it writes is not among them, so that it never starts itself.
const FOLDERS: [&str; 2] = ["slo-specs", "templates"];

/// Editors and version control change several files, or one several times; it is over when nothing happens for so long.
const QUIET: Duration = Duration::from_millis(100);

/// However long it goes on, the command runs after so many changes.
const MOST_CHANGES: usize = 10_000;

/// Runs a command now, and again after each change. Ends only when nothing can be watched.
pub(super) fn watch(directory: &Path, mut command: impl FnMut()) -> Outcome {
    let mut watch = match Watch::new(directory) {
        Ok(watch) => watch,
        Err(error) => {
            streams::say(&format!("error: `{}` cannot be watched: {error}", directory.display()));
            return Outcome::Errors;
        }
    };
    loop {
        // First, so that a change while the command runs is not missed.
        watch.look_at_folders();
        command();
        streams::say(&format!("\nwatching {}/; Ctrl-C ends", FOLDERS.join("/ and ")));
        let Ok(changed) = watch.wait() else {
            streams::say("error: watching ended");
            return Outcome::Errors;
        };
        separate(&changed);
    }
}

struct Watch {
    root: PathBuf,
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
}

impl Watch {
    fn new(directory: &Path) -> notify::Result<Watch> {
        // Some systems report real paths only.
        let root = directory.canonicalize()?;
        let (sender, events) = channel();
        let mut watcher = notify::recommended_watcher(sender)?;
        // A folder that appears, comes back or gets another name shows in the one around it.
        watcher.watch(&root, RecursiveMode::NonRecursive)?;
        Ok(Watch { root, watcher, events })
    }

    /// Watches the folders that are there now; one that was replaced needs it again.
    fn look_at_folders(&mut self) {
        for folder in FOLDERS.map(|folder| self.root.join(folder)).iter().filter(|folder| folder.is_dir()) {
            if let Err(error) = self.watcher.watch(folder, RecursiveMode::Recursive)
                // It may be gone again; that shows as a change.
                && folder.is_dir()
            {
                streams::say(&format!("warning: `{}` cannot be watched: {error}", folder.display()));
            }
        }
    }

    /// Waits for a change and until it is over: what changed, relative to the project.
    fn wait(&self) -> Result<BTreeSet<String>, RecvError> {
        loop {
            let first = self.events.recv()?;
            let more = std::iter::from_fn(|| self.events.recv_timeout(QUIET).ok());
            let changed: BTreeSet<String> = std::iter::once(first)
                .chain(more)
                .take(MOST_CHANGES)
                .flat_map(|event| self.changed(event))
                .collect();
            if !changed.is_empty() {
                return Ok(changed);
            }
        }
    }

    /// What of interest changed in one event.
    fn changed(&self, event: notify::Result<Event>) -> Vec<String> {
        match event {
            // Reading is no change; that is what the command itself does.
            Ok(event) if event.kind.is_access() => Vec::new(),
            Ok(event) if !event.need_rescan() => event
                .paths
                .iter()
                .filter_map(|path| of_interest(path.strip_prefix(&self.root).ok()?))
                .collect(),
            // Some changes were lost, so anything may have changed.
            Ok(_) | Err(_) => FOLDERS.map(str::to_owned).to_vec(),
        }
    }
}

/// A path of the project as people write it, if commands read it: they skip what is hidden, and nobody wants to hear of
/// what editors leave behind.
fn of_interest(path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path
        .components()
        .map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    let names =
        names.filter(|names| !names.iter().any(|name| name.starts_with('.') || name.ends_with('~')))?;
    let folder = names.first()?;
    FOLDERS.contains(folder).then(|| names.join("/"))
}

/// Sets a run apart from the one before: an empty terminal, else a line; and what changed.
fn separate(changed: &BTreeSet<String>) {
    const SHOWN: usize = 3;
    if io::stderr().is_terminal() {
        streams::clear();
    } else {
        streams::say("────────");
    }
    let names: Vec<&str> = changed.iter().take(SHOWN).map(String::as_str).collect();
    let more = match changed.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    streams::say(&format!("changed: {}{more}\n", names.join(", ")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_commands_read_is_of_interest() {
        for path in ["slo-specs", "slo-specs/dags/sales.yaml", "templates/en/alert.md"] {
            assert_eq!(of_interest(Path::new(path)).as_deref(), Some(path));
        }
        for path in [
            "",
            "generated/production/manifest.json",
            "slo-specs/.sales.yaml.swp",
            "slo-specs/a.yaml~",
            "../slo-specs",
        ] {
            assert_eq!(of_interest(Path::new(path)), None, "{path}");
        }
    }
}
