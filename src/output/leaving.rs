//! What stays in `generated/` although no spec makes it: what Terraform needs to let go of what left the Project.
//!
//! Files that go take their resources with them at the next apply, as long as there is a module to apply. So of an
//! environment that left, the settings stay, of Grafana the provider, and what is protected from deletion is let go of. How
//! far the applies are no file says: what is kept stays until somebody says that it was applied.

use super::{Artifact, Artifacts, Snapshot, paths};
use crate::diagnostics::{Code, Diagnostic};
use crate::terraform::leaving;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The files that make an empty root module.
const SETTINGS: [&str; 3] = ["backend.tf", "providers.tf", "versions.tf"];

/// The file that declares what is protected, and the one that lets go of it.
const HISTORY: &str = "null-ratios.tf";
const FORGOTTEN: &str = "forgotten.tf";

/// Something that left an environment, and for which files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The environment.
    pub environment: String,
    /// What left.
    pub what: What,
}

/// What left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The environment itself: its module is empty, and destroys everything.
    Environment,
    /// Grafana: its provider stays, and destroys dashboards and folder.
    Grafana,
    /// The history of NULL-ratio checks, with the addresses that Terraform lets go of.
    History(BTreeSet<String>),
    /// The environment, and this other one goes on with its state; nothing is kept.
    Successor(String),
}

impl Left {
    /// A stable name of what left.
    pub const fn key(&self) -> &'static str {
        match self.what {
            What::Environment => "environment",
            What::Grafana => "grafana",
            What::History(_) => "history",
            What::Successor(_) => "successor",
        }
    }

    /// The folder of the module to apply.
    pub fn module(&self) -> String {
        format!("{}/{}/terraform", paths::FOLDER, self.environment)
    }

    /// The command that says that it was applied.
    pub fn command(&self) -> String {
        format!("genkai generate --applied {}", self.environment)
    }

    /// The addresses that Terraform lets go of.
    pub fn forgotten(&self) -> Option<&BTreeSet<String>> {
        match &self.what {
            What::History(addresses) => Some(addresses),
            _ => None,
        }
    }

    /// The environment that goes on with the state.
    pub fn successor(&self) -> Option<&str> {
        match &self.what {
            What::Successor(environment) => Some(environment),
            _ => None,
        }
    }

    /// What somebody must do; nothing where another environment goes on.
    pub fn finding(&self) -> Option<Diagnostic> {
        let Left { environment, what } = self;
        let message = match what {
            What::Environment => format!(
                "the environment `{environment}` left the Project, and its alerts go on until its module is applied"
            ),
            What::Grafana => {
                format!("Grafana left `{environment}`, and its dashboards stay until the module is applied")
            }
            What::History(addresses) => {
                let addresses: Vec<String> = addresses.iter().map(|address| format!("`{address}`")).collect();
                format!(
                    "in `{environment}` Terraform lets go of {}, which stays in BigQuery",
                    addresses.join(", ")
                )
            }
            What::Successor(_) => return None,
        };
        let help = format!("apply `{}`, then run `{}`", self.module(), self.command());
        let finding = Diagnostic::warning(Code::Leaving, message);
        Some(finding.in_path(format!("{}/{environment}", paths::FOLDER)).help(help))
    }
}

/// Keeps what is still needed of the files from before, but for environments of which it is known that it was applied.
/// `states` are those of the environments that there are, with their names: what one goes on with needs no module of its
/// own.
pub fn keep(
    before: &Artifacts,
    artifacts: &mut Artifacts,
    states: &BTreeMap<String, String>,
    applied: &[String],
) -> Vec<Left> {
    let mut left = Vec::new();
    let environments: Vec<&str> = before.environments().collect();
    for environment in environments.into_iter().filter(|name| !applied.iter().any(|other| other == name)) {
        let module = Module { environment, before };
        let mut add = |what| left.push(Left { environment: environment.to_owned(), what });
        if !artifacts.environments().any(|name| name == environment) {
            if let Some((_, successor)) = module.passes_on(states) {
                add(What::Successor(successor.to_owned()));
                continue;
            }
            if !module.keep_settings(artifacts) {
                continue;
            }
            add(What::Environment);
        } else if module.keep_grafana(artifacts) {
            add(What::Grafana);
        }
        let forgotten = module.forget(artifacts);
        if !forgotten.is_empty() {
            add(What::History(forgotten));
        }
    }
    left
}

/// Environments that would take the Terraform state of another: both were there, so both have resources, and a state holds
/// those of one. An environment that is new goes on with the state of one that left.
pub fn taken_states(
    before: &Artifacts,
    artifacts: &Artifacts,
    states: &BTreeMap<String, String>,
) -> Vec<Diagnostic> {
    let was_there = |name: &str| before.environments().any(|other| other == name);
    let is_there = |name: &str| artifacts.environments().any(|other| other == name);
    let taken = before.environments().filter_map(|environment| {
        let (state, by) = Module { environment, before }.passes_on(states)?;
        if !was_there(by) && !is_there(environment) {
            return None;
        }
        let message = format!("`{by}` would take the Terraform state of `{environment}`: `{state}`");
        let help = match is_there(environment) {
            true => format!(
                "give `{by}` a place of its own; states change hands by `terraform init -migrate-state` to a third \
                 place"
            ),
            false => format!(
                "leave `{by}` its own state until `{environment}` is applied away: `genkai explain GK607` says how"
            ),
        };
        Some(Diagnostic::error(Code::OwnedTwice, message).help(help))
    });
    taken.collect()
}

/// What Terraform was told to let go of, and what is declared again: where it did, an apply would make what is still there.
/// Whether it did no file says.
pub fn returned(before: &Artifacts, artifacts: &Artifacts) -> Vec<Diagnostic> {
    let returned = before.environments().filter_map(|environment| {
        let module = Module { environment, before };
        let let_go = leaving::protected(&module.was(FORGOTTEN)?.contents);
        let declares = &artifacts.get(&module.path(HISTORY))?.contents;
        let again: Vec<String> = leaving::protected(declares).intersection(&let_go).cloned().collect();
        let imports = again.iter().filter_map(|address| leaving::import(declares, address));
        let commands: Vec<String> = imports.map(|command| format!("`{command}`")).collect();
        let addresses: Vec<String> = again.iter().map(|address| format!("`{address}`")).collect();
        let message = format!(
            "in `{environment}` Terraform let go of {}, and the specs have it again: BigQuery makes nothing twice",
            addresses.join(", ")
        );
        let help = format!(
            "if the module was applied since, run {} in `{}/{}` before the next apply",
            commands.join(" and "),
            paths::FOLDER,
            module.path("").trim_end_matches('/')
        );
        let finding = Diagnostic::warning(Code::Leaving, message);
        (!commands.is_empty())
            .then(|| finding.in_path(format!("{}/{environment}", paths::FOLDER)).help(help))
    });
    returned.collect()
}

/// Names of environments of which nothing is kept, though they are said to be applied.
pub fn not_kept(before: &Artifacts, artifacts: &Artifacts, applied: &[String]) -> Vec<Diagnostic> {
    if applied.is_empty() {
        return Vec::new();
    }
    let all = keep(before, &mut artifacts.clone(), &BTreeMap::new(), &[]);
    let kept: BTreeSet<&str> = all.iter().map(|left| left.environment.as_str()).collect();
    let names: Vec<String> = kept.iter().map(|name| format!("`{name}`")).collect();
    let unknown = applied.iter().filter(|name| !kept.contains(name.as_str()));
    let finding = |name: &String| {
        let message = format!("of `{name}` nothing is kept that an apply would let go");
        let help = match names.as_slice() {
            [] => "nothing is kept of any environment: leave `--applied` out".to_owned(),
            names => format!("something is kept of {}", names.join(", ")),
        };
        Diagnostic::error(Code::Leaving, message).help(help)
    };
    unknown.map(finding).collect()
}

/// The root module of an environment.
struct Module<'a> {
    environment: &'a str,
    before: &'a Artifacts,
}

impl<'a> Module<'a> {
    fn path(&self, name: &str) -> String {
        format!("{}/terraform/{name}", self.environment)
    }

    fn was(&self, name: &str) -> Option<&'a Artifact> {
        self.before.get(&self.path(name))
    }

    /// The state that it had, and the other environment that has it now.
    fn passes_on<'s>(&self, states: &'s BTreeMap<String, String>) -> Option<(String, &'s str)> {
        let state = leaving::state(&self.was("backend.tf")?.contents, self.environment)?;
        let by = states.get(&state).filter(|by| *by != self.environment)?;
        Some((state, by))
    }

    /// Keeps an empty module, if there was one.
    fn keep_settings(&self, artifacts: &mut Artifacts) -> bool {
        if self.was("providers.tf").is_none() {
            return false;
        }
        let files = SETTINGS.iter().filter_map(|name| self.was(name));
        // None of them is there yet, or the environment would be.
        files.cloned().all(|file| artifacts.insert(file).is_ok())
    }

    fn keep_grafana(&self, artifacts: &mut Artifacts) -> bool {
        let path = self.path("providers.tf");
        let (Some(was), Some(now)) = (self.was("providers.tf"), artifacts.get(&path)) else { return false };
        if !leaving::has_grafana(&was.contents) || leaving::has_grafana(&now.contents) {
            return false;
        }
        let providers = leaving::with_grafana(&now.contents, &was.contents);
        artifacts.replace(&path, providers.into());
        if let Some(versions) = self.was("versions.tf") {
            artifacts.replace(&versions.path, versions.contents.clone());
        }
        true
    }

    /// Lets go of what is protected and not declared any longer.
    fn forget(&self, artifacts: &mut Artifacts) -> BTreeSet<String> {
        let protected =
            |contents: Option<&Arc<str>>| contents.map(|text| leaving::protected(text)).unwrap_or_default();
        let mut forgotten: BTreeSet<String> = [HISTORY, FORGOTTEN]
            .iter()
            .flat_map(|name| protected(self.was(name).map(|file| &file.contents)))
            .collect();
        for address in protected(artifacts.get(&self.path(HISTORY)).map(|file| &file.contents)) {
            forgotten.remove(&address);
        }
        let source = self.was("providers.tf").map(|file| file.source.clone());
        let file = source.filter(|_| !forgotten.is_empty()).and_then(|source| {
            let contents = leaving::forgotten(&forgotten, &source).ok()?;
            Some(Artifact { path: self.path(FORGOTTEN), contents: contents.into(), source })
        });
        match file.is_some_and(|file| artifacts.insert(file).is_ok()) {
            true => forgotten,
            false => BTreeSet::new(),
        }
    }
}

impl Snapshot {
    /// The files of Genkai's on disk that [`keep`] asks for, as the artifacts that they were.
    pub fn modules(&self) -> Artifacts {
        let mut artifacts = Artifacts::default();
        for (environment, manifest) in &self.manifests {
            for (within, owned) in &manifest.files {
                let path = format!("{environment}/{within}");
                let asked = |name: &str| SETTINGS.contains(&name) || [HISTORY, FORGOTTEN].contains(&name);
                let contents =
                    self.owned(&path).filter(|_| within.strip_prefix("terraform/").is_some_and(asked));
                if let Some(Ok(text)) = contents.map(std::str::from_utf8) {
                    // A path that Genkai may not write is none of its files.
                    let _ = artifacts.insert(Artifact {
                        path,
                        contents: text.into(),
                        source: owned.source.clone(),
                    });
                }
            }
        }
        artifacts
    }
}
