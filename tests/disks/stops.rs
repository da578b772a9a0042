//! Runs that end in the middle: killed between any two system calls, or at a limit in the middle of a file.

use crate::disks::project::{Files, GENKAI, Project, Run, run};
use crate::support::oracle;
use std::path::Path;
use std::process::Command;

/// Whether a file is one that was being written, which the next run removes.
fn temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    name.starts_with(".genkai-") && name.ends_with(".tmp")
}

/// Expects every file to be wholly old, wholly new, or temporary; and a rerun to give the undisturbed bytes.
fn is_whole_and_a_rerun_repairs(project: &Project, old: &Files, new: &Files, when: &str) {
    for (path, contents) in project.files() {
        let whole = if path.ends_with("manifest.json") {
            serde_json::from_slice::<serde_json::Value>(&contents).is_ok()
        } else {
            old.get(&path) == Some(&contents) || new.get(&path) == Some(&contents) || temporary(&path)
        };
        assert!(whole, "{when}: {} is neither old nor new", path.display());
    }
    project.generate();
    assert!(project.files() == *new, "{when}: the rerun gives something else");
}

/// The output before and after a run that nothing disturbs, which is then undone.
fn before_and_after(project: &Project) -> (Files, Files) {
    let old = project.files();
    project.generate();
    let new = project.files();
    assert!(!new.keys().any(|path| temporary(path)));
    project.reset(&old);
    (old, new)
}

/// The system calls that change a disk, on any architecture.
const CHANGES: [&str; 11] = [
    "mkdir",
    "mkdirat",
    "write",
    "fchmod",
    "rename",
    "renameat",
    "renameat2",
    "linkat",
    "unlink",
    "unlinkat",
    "rmdir",
];

/// Kills the program as one of its threads, of which so many write files, enters a system call for the n-th time.
fn killed_at(strace: &Path, project: &Project, threads: usize, call: &str, n: usize) -> Run {
    let inject = format!("inject=?{call}:signal=KILL:when={n}");
    run(Command::new(strace)
        .args(["-f", "-o", "/dev/null", "-e", &inject, GENKAI, "generate"])
        .env("RAYON_NUM_THREADS", threads.to_string())
        .current_dir(project.path()))
}

#[test]
fn a_run_may_be_killed_between_any_two_changes_of_the_disk() {
    let Some(strace) = oracle("strace") else { return };
    // One thread is killed at every call; with several, the others are anywhere.
    for (threads, calls) in [(1, 3), (4, 1)] {
        for project in [Project::new(), Project::changed()] {
            let (old, new) = before_and_after(&project);
            let written = new.iter().filter(|(path, content)| old.get(*path) != Some(content)).count();
            let mut kills = 0;
            for call in CHANGES {
                for n in 1.. {
                    if killed_at(&strace, &project, threads, call, n).code.is_some() {
                        assert!(project.files() == new, "{call} {n}: a run that was not killed is complete");
                        project.reset(&old);
                        break;
                    }
                    kills += 1;
                    let when = format!("killed at {call} {n} of {threads} threads");
                    is_whole_and_a_rerun_repairs(&project, &old, &new, &when);
                    project.reset(&old);
                }
            }
            assert!(
                kills > calls * written,
                "{threads} threads: a file takes more calls than {kills} in all"
            );
        }
    }
}

#[test]
fn a_run_may_be_killed_in_the_middle_of_a_file() {
    let project = Project::changed();
    let (old, new) = before_and_after(&project);
    let killed = project.script(&[], "ulimit -f 1; exec \"$0\" generate");
    assert_eq!(killed.code, None, "the kernel kills what writes beyond its limit");
    let half = project.files().into_keys().find(|path| temporary(path)).expect("half a file is left");
    let check = project.genkai(&["generate", "--check"]);
    assert_eq!(check.code, Some(2));
    let line = format!("obsolete {}  (left by a run that was stopped)", half.display());
    assert!(check.stdout.lines().any(|listed| listed == line), "{}", check.stdout);
    is_whole_and_a_rerun_repairs(&project, &old, &new, "in the middle of a file");
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error() {
    let project = Project::changed();
    let (old, new) = before_and_after(&project);
    let stopped = project.script(&[], "ulimit -f 1; trap '' XFSZ; exec \"$0\" generate");
    says_what_stopped_it(&stopped, "File too large");
    assert!(!project.files().keys().any(|path| temporary(path)), "a run that ends by itself clears up");
    is_whole_and_a_rerun_repairs(&project, &old, &new, "at the limit");
}

fn says_what_stopped_it(run: &Run, reason: &str) {
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("error[GK603]: `generated/"), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("cannot be changed: {reason} (os error")), "{}", run.stderr);
    assert!(run.stderr.contains("remove the cause and run `genkai generate` again"), "{}", run.stderr);
}

/// A disk of its own for `generated/`, which is full after this many KiB and is given more later.
#[test]
fn a_full_disk_is_an_error_and_a_rerun_with_more_room_repairs() {
    let alone = ["unshare", "--map-root-user", "--mount"];
    let project = Project::new();
    std::fs::create_dir(project.generated("")).unwrap();
    let mount = "mount -t tmpfs -o size=4k none generated";
    if project.script(&alone, mount).code != Some(0) {
        crate::support::say_once("skipped: `unshare` and `mount` cannot make a small disk here");
        return;
    }
    project.generate();
    let undisturbed = project.files();
    for size in (4..=28).step_by(4) {
        let script = format!(
            "mount -t tmpfs -o size={size}k none generated && \"$0\" generate; first=$?
             mount -o remount,size=1m none generated && \"$0\" generate && \"$0\" generate --check || exit 9
             mkdir copy && cp -R generated/. copy && exit $first"
        );
        let run = project.script(&alone, &script);
        says_what_stopped_it(&Run { stderr: run.stderr, ..run }, "No space left on device");
        let copied = project.path().join("copy");
        project.reset(&Files::new());
        std::fs::rename(copied, project.generated("")).unwrap();
        assert!(project.files() == undisturbed, "{size} KiB");
        std::fs::remove_dir_all(project.generated("")).unwrap();
        std::fs::create_dir(project.generated("")).unwrap();
    }
}
