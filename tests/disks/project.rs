//! A project on the real disk, before and after a change of its specs.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The program under test.
pub const GENKAI: &str = env!("CARGO_BIN_EXE_genkai");

/// The contents of every file below `generated/`, whoever made it.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// How a command ended.
pub struct Run {
    /// `None` when it was killed.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A project in a folder of its own.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// One that was not compiled yet.
    pub fn new() -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(project.path().join("slo-specs")).unwrap();
        project.specs(&["production", "staging"], &[("old", 90), ("sales", 90)]);
        project
    }

    /// One whose specs changed since they were compiled: the environment `test` came and `staging` went, the spec `new`
    /// came and `old` went, and `sales` says something else.
    pub fn changed() -> Project {
        let project = Project::new();
        project.generate();
        project.change();
        project
    }

    pub fn change(&self) {
        fs::remove_file(self.path().join("slo-specs/old.yaml")).unwrap();
        self.specs(&["production", "test"], &[("new", 90), ("sales", 80)]);
    }

    fn specs(&self, environments: &[&str], specs: &[(&str, u32)]) {
        let environments: String = environments
            .iter()
            .map(|name| format!("    {name}: {{projectId: example-{name}, composerEnvironments: [composer], channels: {{team: {{email: team@example.com}}}}}}\n"))
            .collect();
        self.spec(
            "project",
            &format!(
                "kind: Project\nmetadata: {{name: example}}\nspec:\n  environments:\n{environments}  owners:\n    team: {{page: \
                 [team], ticket: [team], runbook: https://example.com}}\n  defaults: {{owner: team, window: 28d, timezone: UTC}}\n"
            ),
        );
        for (name, target) in specs {
            self.spec(
                name,
                &format!(
                    "kind: DagSlo\nmetadata: {{name: {name}, displayName: {name}}}\nspec:\n  dag: {name}\n  schedule: {{cron: \
                     \"0 4 * * *\"}}\n  objectives: {{success: {{target: {target}%}}}}\n"
                ),
            );
        }
    }

    /// Writes a spec.
    pub fn spec(&self, name: &str, text: &str) {
        let path = self.path().join(format!("slo-specs/{name}.yaml"));
        fs::write(path, format!("apiVersion: genkai.dev/v1\n{text}")).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A path of the output.
    pub fn generated(&self, path: &str) -> PathBuf {
        self.path().join("generated").join(path)
    }

    /// `genkai` with some arguments, in the project's folder.
    pub fn genkai(&self, arguments: &[&str]) -> Run {
        run(Command::new(GENKAI).args(arguments).current_dir(self.path()))
    }

    /// A shell script in the project's folder, in which `"$0"` is the program; `sh` may be run by another program.
    pub fn script(&self, runner: &[&str], script: &str) -> Run {
        let words: Vec<&str> = runner.iter().copied().chain(["sh", "-c", script, GENKAI]).collect();
        run(Command::new(words[0]).args(&words[1..]).current_dir(self.path()))
    }

    /// A run that nothing disturbs; afterwards everything is current.
    pub fn generate(&self) -> Run {
        let done = self.genkai(&["generate"]);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        let check = self.genkai(&["generate", "--check"]);
        assert_eq!(check.code, Some(0), "{}", check.stdout);
        done
    }

    pub fn files(&self) -> Files {
        let mut files = Files::new();
        let mut folders = vec![self.path().join("generated")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path.strip_prefix(self.path()).unwrap().into(), fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// When each file was last changed, and whether it is still the same one.
    pub fn times(&self) -> BTreeMap<PathBuf, (u64, i64, i64)> {
        let time = |path: &PathBuf| {
            let found = fs::metadata(self.path().join(path)).unwrap();
            (found.ino(), found.mtime(), found.mtime_nsec())
        };
        self.files().into_keys().map(|path| (path.clone(), time(&path))).collect()
    }

    /// Makes the output hold these files and nothing else.
    pub fn reset(&self, files: &Files) {
        let _ = fs::remove_dir_all(self.path().join("generated"));
        for (path, contents) in files {
            let path = self.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, contents).unwrap();
        }
    }
}
