//! Repositories that make git run a command. Each trap is shown to work with plain git, and not to with Genkai.
#![cfg(unix)]

use super::git::{commit, edit, genkai, git, repository};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A repository with a change, and a program that leaves a mark when it is run.
struct Trap {
    folder: TempDir,
    outside: TempDir,
}

impl Trap {
    fn new() -> Trap {
        let folder = repository();
        edit(folder.path(), "slo-specs/daily-report.yaml", "target: 95%", "target: 80%");
        commit(folder.path());
        let trap = Trap { folder, outside: tempfile::tempdir().unwrap() };
        trap.executable(&trap.command());
        trap
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn mark(&self) -> PathBuf {
        self.outside.path().join("mark")
    }

    /// The program, as a command in a setting.
    fn command(&self) -> PathBuf {
        self.outside.path().join("run-me")
    }

    fn executable(&self, at: &Path) {
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        let script = format!("#!/bin/sh\ntouch {}\nexit 1\n", self.mark().display());
        fs::write(at, script).unwrap();
        fs::set_permissions(at, PermissionsExt::from_mode(0o755)).unwrap();
    }

    fn config(&self, key: &str, value: &str) {
        git(self.path(), &["config", key, value]);
    }

    /// Whether the mark was left, which is then gone.
    fn went_off(&self) -> bool {
        fs::remove_file(self.mark()).is_ok()
    }

    /// Plain git falls into the trap.
    fn works(&self, folder: &Path, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(folder).args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_TERMINAL_PROMPT", "0").env_remove("GIT_DIR");
        let output = command.output().unwrap();
        assert!(self.went_off(), "the trap does not work: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Genkai does not.
    fn is_harmless(&self) {
        self.is_harmless_in(self.path(), &[]);
    }

    fn is_harmless_in(&self, folder: &Path, environment: &[(&str, &str)]) {
        for arguments in [["plan", "--base", "HEAD~1"], ["validate", "--base", "HEAD~1"]] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_genkai"));
            command.current_dir(folder).args(arguments).envs(environment.iter().copied());
            let output = command.output().unwrap();
            assert!(!self.went_off(), "{arguments:?} ran a command");
            assert_ne!(output.status.code(), Some(101));
        }
    }

    /// Removes the objects of the base's specs.
    fn lose_blobs(&self) {
        for file in ["daily-report.yaml", "project.yaml"] {
            let object = git(self.path(), &["rev-parse", &format!("HEAD~1:slo-specs/{file}")]);
            let (folder, name) = object.trim().split_at(2);
            fs::remove_file(self.path().join(".git/objects").join(folder).join(name)).unwrap();
        }
    }

    /// Makes the repository a clone that fetches what it lacks.
    fn promise(&self, url: &str) {
        self.config("extensions.partialClone", "origin");
        self.config("remote.origin.promisor", "true");
        self.config("remote.origin.url", url);
        self.lose_blobs();
    }

    const LOST: [&str; 3] = ["cat-file", "blob", "HEAD~1:slo-specs/daily-report.yaml"];
}

#[test]
fn a_promisor_remote_runs_no_upload_pack() {
    let trap = Trap::new();
    trap.promise(".");
    trap.config("remote.origin.uploadpack", trap.command().to_str().unwrap());
    trap.works(trap.path(), &Trap::LOST);
    trap.is_harmless();
}

#[test]
fn an_ext_remote_runs_nothing() {
    let trap = Trap::new();
    trap.promise(&format!("ext::{}", trap.command().display()));
    trap.config("protocol.ext.allow", "always");
    trap.works(trap.path(), &Trap::LOST);
    trap.is_harmless();
}

#[test]
fn ssh_and_proxy_commands_do_not_run() {
    let trap = Trap::new();
    trap.promise("ssh://localhost/x");
    trap.config("core.sshCommand", trap.command().to_str().unwrap());
    trap.works(trap.path(), &Trap::LOST);
    trap.is_harmless();

    trap.config("remote.origin.url", "git://localhost/x");
    trap.config("core.gitProxy", trap.command().to_str().unwrap());
    trap.works(trap.path(), &Trap::LOST);
    trap.is_harmless();
}

#[test]
fn credential_helpers_do_not_run() {
    let trap = Trap::new();
    trap.config("credential.helper", trap.command().to_str().unwrap());
    let fill = format!(
        "printf 'protocol=https\\nhost=example.com\\n\\n' | git -C {} credential fill",
        trap.path().display()
    );
    let _ = Command::new("sh").args(["-c", &fill]).env("GIT_TERMINAL_PROMPT", "0").output().unwrap();
    assert!(trap.went_off(), "the trap does not work");
    trap.promise("https://localhost:1/x");
    trap.is_harmless();
}

#[test]
fn an_embedded_bare_repository_is_files() {
    let trap = Trap::new();
    let embedded = trap.path().join("vendor");
    git(trap.path(), &["clone", "-q", "--bare", ".", "vendor"]);
    assert_eq!(genkai(&embedded, &["init"]).code, 0);
    let command = trap.command();
    for (key, value) in [
        ("core.bare", "false"),
        ("core.worktree", embedded.to_str().unwrap()),
        ("core.fsmonitor", command.to_str().unwrap()),
    ] {
        git(trap.path(), &["config", "--file", "vendor/config", key, value]);
    }
    trap.works(&embedded, &["status"]);
    trap.is_harmless_in(&embedded, &[]);
    // With what it lacks promised by a remote that is a command.
    let object = git(&embedded, &["rev-parse", "HEAD~1:slo-specs/daily-report.yaml"]);
    for (key, value) in [
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", "."),
        ("remote.origin.uploadpack", command.to_str().unwrap()),
    ] {
        git(trap.path(), &["config", "--file", "vendor/config", key, value]);
    }
    let (folder, name) = object.trim().split_at(2);
    let stored = embedded.join("objects").join(folder).join(name);
    if stored.exists() {
        fs::remove_file(stored).unwrap();
    } else {
        for pack in fs::read_dir(embedded.join("objects/pack")).unwrap() {
            fs::remove_file(pack.unwrap().path()).unwrap();
        }
    }
    trap.works(&embedded, &Trap::LOST);
    trap.is_harmless_in(&embedded, &[]);
    let planned = genkai(&embedded, &["plan", "--base", "HEAD"]);
    assert!(planned.stderr.contains("the repository is bare"), "{}", planned.stderr);
}

#[test]
fn monitors_hooks_and_filters_do_not_run() {
    let trap = Trap::new();
    let command = trap.command();
    trap.config("core.fsmonitor", command.to_str().unwrap());
    trap.works(trap.path(), &["status"]);
    trap.is_harmless();

    trap.config("core.fsmonitor", "false");
    let hooks = trap.outside.path().join("hooks");
    for hook in
        ["post-index-change", "post-checkout", "pre-commit", "reference-transaction", "fsmonitor-watchman"]
    {
        trap.executable(&hooks.join(hook));
    }
    trap.config("core.hooksPath", hooks.to_str().unwrap());
    trap.works(trap.path(), &["checkout", "-q", "-b", "other"]);
    trap.is_harmless();

    trap.config("core.hooksPath", "/dev/null");
    fs::write(trap.path().join(".gitattributes"), "*.yaml filter=trap diff=trap\n").unwrap();
    trap.config("filter.trap.clean", command.to_str().unwrap());
    trap.config("filter.trap.smudge", command.to_str().unwrap());
    trap.config("filter.trap.process", command.to_str().unwrap());
    trap.works(trap.path(), &["cat-file", "--filters", "HEAD:slo-specs/daily-report.yaml"]);
    trap.is_harmless();

    trap.config("diff.trap.textconv", command.to_str().unwrap());
    trap.works(trap.path(), &["cat-file", "--textconv", "HEAD:slo-specs/daily-report.yaml"]);
    trap.config("diff.trap.command", command.to_str().unwrap());
    trap.config("diff.external", command.to_str().unwrap());
    trap.works(trap.path(), &["diff", "HEAD~1", "HEAD"]);
    trap.is_harmless();
}

#[test]
fn pagers_aliases_editors_and_signatures_do_not_run() {
    let trap = Trap::new();
    let command = trap.command();
    let run = format!("!{}", command.display());
    for name in ["rev-parse", "ls-tree", "cat-file", "merge-base"] {
        trap.config(&format!("pager.{name}"), command.to_str().unwrap());
        trap.config(&format!("alias.{name}"), &run);
    }
    trap.config("alias.trap", &run);
    trap.works(trap.path(), &["trap"]);
    // Pagers need a terminal, which no test has.
    for key in ["core.pager", "core.editor", "sequence.editor", "gpg.program", "core.askPass"] {
        trap.config(key, command.to_str().unwrap());
    }
    trap.works(trap.path(), &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--amend"]);
    trap.config("log.showSignature", "true");
    trap.is_harmless();
}

#[test]
fn what_other_files_of_settings_say_does_not_run_either() {
    let trap = Trap::new();
    let other = trap.outside.path().join("more");
    fs::write(&other, format!("[core]\n\tfsmonitor = {}\n", trap.command().display())).unwrap();
    trap.config(&format!("includeIf.gitdir:{}/.path", trap.path().display()), other.to_str().unwrap());
    trap.works(trap.path(), &["status"]);
    trap.is_harmless();
    let trap_of_users = [("GIT_CONFIG_GLOBAL", other.to_str().unwrap())];
    trap.is_harmless_in(trap.path(), &trap_of_users);
}

#[test]
fn alternates_and_submodules_run_nothing() {
    let trap = Trap::new();
    let command = trap.command();
    let other = repository();
    fs::write(
        trap.path().join(".git/objects/info/alternates"),
        format!("{}\n", other.path().join(".git/objects").display()),
    )
    .unwrap();
    trap.config("core.alternateRefsCommand", command.to_str().unwrap());
    git(trap.path(), &["submodule", "-q", "add", other.path().to_str().unwrap(), "slo-specs/shared"]);
    commit(trap.path());
    trap.config("submodule.recurse", "true");
    trap.config("submodule.slo-specs/shared.update", &format!("!{}", command.display()));
    git(&trap.path().join("slo-specs/shared"), &["commit", "-q", "--allow-empty", "-m", "another"]);
    trap.works(trap.path(), &["submodule", "update"]);
    trap.is_harmless();
}

#[test]
fn what_the_environment_tells_git_is_not_handed_on() {
    let trap = Trap::new();
    let command = trap.command();
    let command = command.to_str().unwrap();
    trap.promise("ssh://localhost/x");
    let trace = trap.outside.path().join("mark");
    let trace = trace.to_str().unwrap();
    let other = trap.outside.path().to_str().unwrap();
    let environment = [
        ("GIT_SSH_COMMAND", command),
        ("GIT_SSH", command),
        ("GIT_PROXY_COMMAND", command),
        ("GIT_ASKPASS", command),
        ("GIT_PAGER", command),
        ("GIT_EDITOR", command),
        ("GIT_EXTERNAL_DIFF", command),
        ("GIT_ALLOW_PROTOCOL", "ssh:ext:file"),
        ("GIT_NO_LAZY_FETCH", "0"),
        ("GIT_TRACE", trace),
        ("GIT_TRACE2", trace),
        ("GIT_TRACE_SETUP", trace),
        ("GIT_OBJECT_DIRECTORY", other),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", other),
        ("GIT_EXEC_PATH", other),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
        ("GIT_CONFIG_VALUE_0", command),
        ("GIT_REPLACE_REF_BASE", "refs/heads/"),
    ];
    trap.is_harmless_in(trap.path(), &environment);
    let mut plain = Command::new("git");
    plain.current_dir(trap.path()).args(Trap::LOST).env("GIT_SSH_COMMAND", command).output().unwrap();
    assert!(trap.went_off(), "the trap does not work");
}

#[test]
fn a_git_of_the_repository_does_not_run() {
    let trap = Trap::new();
    trap.executable(&trap.path().join("git"));
    trap.executable(&trap.path().join("bin/git"));
    let path = format!(".::bin:{}", std::env::var("PATH").unwrap());
    let mut plain = Command::new("sh");
    plain.current_dir(trap.path()).args(["-c", "git --version"]).env("PATH", &path).output().unwrap();
    assert!(trap.went_off(), "the trap does not work");
    trap.is_harmless_in(trap.path(), &[("PATH", &path)]);
}

#[test]
fn a_replaced_commit_is_what_its_name_says() {
    let trap = Trap::new();
    git(trap.path(), &["replace", "HEAD~1", "HEAD"]);
    let planned = genkai(trap.path(), &["plan", "--base", "HEAD~1"]);
    assert_eq!(planned.code, 2, "{}{}", planned.stdout, planned.stderr);
}
