//! What the docs say is true: sessions, exit codes, the layout of a project.
//!
//! In a session each command of a `console` block runs in a folder of the session's own, and prints what stands below it;
//! a `yaml` or `csv` block that names a file writes that file first. `UPDATE_DOCS=1 cargo test --test oracles docs::` writes what the commands
//! print into the docs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, runs programs, and reads and writes the docs"
)]

mod agents;
mod scale;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Runs before each command. Accepted findings have end dates, so a session is replayed on the day of its recording.
const SHELL: &str = r#"
genkai() {
    case $1 in
    validate | generate | explain | queries | nulls) command genkai "$@" --today 2026-11-23 ;;
    *) command genkai "$@" ;;
    esac
}
exec 2>&1
"#;

/// A folder, and how its last command ended.
struct Session {
    folder: TempDir,
    code: i32,
}

impl Session {
    fn begin() -> Session {
        Session { folder: tempfile::tempdir().unwrap(), code: 0 }
    }

    /// What a command prints.
    fn run(&mut self, command: &str) -> String {
        let programs = Path::new(env!("CARGO_BIN_EXE_genkai")).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", &format!("{SHELL}(exit {})\n{command}", self.code)])
            .current_dir(self.folder.path())
            // Nobody's own settings change what git prints.
            .env_clear()
            .envs([("PATH", path.as_str()), ("GIT_CONFIG_NOSYSTEM", "1"), ("HOME", "/nonexistent")])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        self.code = output.status.code().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// A document in which the commands have printed what they print today.
    fn replayed(&mut self, document: &str) -> String {
        let mut replayed = String::new();
        let mut lines = document.lines().peekable();
        while let Some(line) = lines.next() {
            replayed += &format!("{line}\n");
            let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            match info.split_once(' ') {
                None if info == "console" => replayed += &self.replayed_block(&block),
                file => {
                    if let Some(("yaml" | "csv", path)) = file {
                        fs::write(self.folder.path().join(path), block.join("\n") + "\n").unwrap();
                    }
                    block.iter().for_each(|line| replayed += &format!("{line}\n"));
                }
            }
            replayed += "```\n";
        }
        replayed
    }

    fn replayed_block(&mut self, block: &[&str]) -> String {
        let mut replayed = String::new();
        for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
            assert!(
                self.code == 0 || command == "echo $?",
                "show the exit code {} before `{command}`",
                self.code
            );
            let printed = self.run(command);
            let printed: String = printed.lines().map(|line| format!("{}\n", line.trim_end())).collect();
            replayed += &format!("$ {command}\n{printed}");
        }
        replayed
    }
}

fn replay(document: &str, session: &mut Session) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let written = fs::read_to_string(&path).unwrap();
    assert!(written.contains("\n$ genkai "), "{document} has no session");
    let replayed = session.replayed(&written);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return fs::write(&path, &replayed).unwrap();
    }
    let differs = written.lines().zip(replayed.lines()).find(|(written, replayed)| written != replayed);
    assert!(
        written == replayed,
        "{document} is out of date, first at {differs:#?}\nrun `UPDATE_DOCS=1 cargo test --test oracles docs::`:\n{replayed}"
    );
}

#[test]
fn a_newcomers_session_goes_as_the_docs_tell_it() {
    replay("docs/first-steps.md", &mut Session::begin());
}

#[test]
fn a_check_is_tried_on_a_sample_as_the_docs_tell_it() {
    replay("docs/nulls.md", &mut Session::begin());
}

#[test]
fn the_comparison_is_what_promtool_says() {
    if crate::support::oracle("promtool").is_some() {
        replay("docs/comparison.md", &mut Session::begin());
    }
}

#[test]
fn the_example_is_explained_as_the_docs_tell_it() {
    let mut session = Session::begin();
    let printed = session.run(&format!("cp -r '{}/slo-specs' .", env!("CARGO_MANIFEST_DIR")));
    assert_eq!((session.code, printed.as_str()), (0, ""));
    replay("docs/explain.md", &mut session);
}

/// The worked example, committed, as in a checkout of this repository.
#[test]
fn a_change_to_the_example_goes_as_the_readme_tells_it() {
    if crate::support::oracle("git").is_none() {
        return;
    }
    let mut session = Session::begin();
    let root = env!("CARGO_MANIFEST_DIR");
    let printed = session.run(&format!(
        "cp -r '{root}/slo-specs' '{root}/generated' . && git init -q && git add . \
         && git -c user.name=nobody -c user.email=nobody@example.com commit -q -m 'The worked example'"
    ));
    assert_eq!((session.code, printed.as_str()), (0, ""));
    replay("README.md", &mut session);
}

#[test]
fn the_docs_list_the_exit_codes_that_help_lists() {
    let help = Session::begin().run("genkai --help");
    let (_, listed) = help.split_once("Exit codes:\n").unwrap();
    let documented: String = include_str!("../docs/layout.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
        .filter(|(code, _)| code.parse::<u8>().is_ok())
        .map(|(code, meaning)| format!("  {code}  {meaning}\n"))
        .collect();
    assert_eq!(documented, listed);
}

/// Each file that the docs name is one that `generate` writes, and the other way round.
#[test]
fn the_docs_list_the_files_that_are_generated() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated/production");
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap();
    let generic = |path: &str| match path.rsplit('/').next().unwrap().split_once("_") {
        Some((_, name)) => format!("<kind>_<name>.{}", name.rsplit('.').next().unwrap()),
        None => path.rsplit('/').next().unwrap().to_owned(),
    };
    let paths = manifest["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap());
    let generated: BTreeSet<String> = paths.map(generic).chain(["manifest.json".to_owned()]).collect();
    let (_, tree) = include_str!("../docs/layout.md").split_once("<environment>/\n").unwrap();
    let tree = tree.split("\n\n").next().unwrap();
    let documented: BTreeSet<String> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| name.contains('.'))
        .map(str::to_owned)
        .collect();
    assert_eq!(documented, generated);
}

/// Each resource that the example's Terraform makes has a row that says what applying it needs, and no row is left over.
#[test]
fn the_permissions_of_every_resource_are_documented() {
    let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated");
    let mut made = BTreeSet::new();
    for environment in ["production", "staging"] {
        for entry in fs::read_dir(generated.join(environment).join("terraform")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "tf") {
                let text = fs::read_to_string(path).unwrap();
                let resources = text.lines().filter_map(|line| line.strip_prefix("resource \""));
                made.extend(resources.map(|rest| rest.split('"').next().unwrap().to_owned()));
            }
        }
    }
    let page = include_str!("../docs/permissions.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: BTreeSet<String> = rows
        .map(|row| row.split('`').next().unwrap().to_owned())
        .filter(|name| name.starts_with("google_") || name.starts_with("grafana_"))
        .collect();
    assert_eq!(documented, made);
}

/// The pages that people read from the top.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "skills/genkai/SKILL.md"];
    docs.filter(|path| path.is_file()).chain(top.map(|name| root.join(name))).collect()
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let path = page.parent().unwrap().join(link.split('#').next().unwrap());
            assert!(path.exists(), "{} links to `{link}`", page.display());
        }
    }
}
