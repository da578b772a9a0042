//! Files of strangers: nothing that is read hangs the program, leads out of the project, or says what is no text.

use super::project::{GENKAI, Project, run};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

const TEMPLATE: &str = "templates/en/plan/comment.md";

/// Runs `genkai validate` and expects that it ends with an error that says this.
fn refused(project: &Project, what: &str) {
    let run = run(Command::new("timeout").args(["20", GENKAI, "validate"]).current_dir(project.path()));
    assert_eq!(run.code, Some(1), "{what}: {}", run.stderr);
    assert!(run.stderr.contains(what), "{what}: {}", run.stderr);
}

#[test]
fn specs_and_templates_are_regular_files_of_the_project() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.yaml");
    fs::write(&secret, "token: hunter2\n").unwrap();
    for path in [TEMPLATE, "slo-specs/stranger.yaml"] {
        let project = Project::new();
        let place = project.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(&place).status().unwrap().success());
        refused(&project, "is not a regular file");
        for target in ["/dev/zero", secret.to_str().unwrap()] {
            fs::remove_file(&place).unwrap();
            symlink(target, &place).unwrap();
            refused(&project, "is a link that leads out of the project");
        }
        // Credentials of a checkout are in the project, too.
        fs::create_dir(project.path().join(".git")).unwrap();
        fs::write(project.path().join(".git/config"), "token: hunter2\n").unwrap();
        fs::remove_file(&place).unwrap();
        let up = "../".repeat(path.split('/').count() - 1);
        symlink(format!("{up}.git/config"), &place).unwrap();
        refused(&project, "is a link that leads out of the project");
        fs::remove_file(&place).unwrap();
        fs::File::create(&place).unwrap().set_len(9 * 1024 * 1024).unwrap();
        refused(&project, "is larger than 8 MiB");
    }
}

#[test]
fn large_files_among_the_output_are_refused() {
    for path in ["production/manifest.json", "production/terraform/theirs.tf"] {
        let project = Project::new();
        project.generate();
        let large = fs::File::create(project.generated(path)).unwrap();
        large.set_len(3 * 1024 * 1024 * 1024).unwrap();
        let run = project.genkai(&["generate"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains("is larger than 32 MiB"), "{}", run.stderr);
    }
}

#[test]
fn a_folder_that_becomes_a_link_meanwhile_leads_nowhere() {
    let project = Project::new();
    project.generate();
    let outside = tempfile::tempdir().unwrap();
    let (folder, aside) = (project.generated("production/terraform"), project.generated("production/aside"));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let _ = fs::rename(&folder, &aside);
                let _ = symlink(outside.path(), &folder);
                let _ = fs::remove_file(&folder);
                let _ = fs::rename(&aside, &folder);
            }
        });
        for turn in 0..40 {
            project.spec("sales", &sales(90 + turn % 9, "a text"));
            let run = project.genkai(&["generate"]);
            assert!(matches!(run.code, Some(0 | 1)), "{:?} {}", run.code, run.stderr);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert_eq!(outside.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_check_beside_a_run_that_writes_says_current_or_not() {
    let project = Project::new();
    project.generate();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let _ = fs::remove_dir_all(project.generated("production"));
                project.genkai(&["generate"]);
            }
        });
        for _ in 0..40 {
            let run = project.genkai(&["generate", "--check"]);
            assert!(matches!(run.code, Some(0 | 2)), "{:?} {}", run.code, run.stderr);
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

/// A sound spec.
fn sales(target: u32, description: &str) -> String {
    let description = serde_json::to_string(description).unwrap();
    let description = description.replace('\u{9b}', "\\u009b").replace('\u{202e}', "\\u202e");
    format!(
        "kind: DagSlo\nmetadata: {{name: sales, description: {description}}}\nspec:\n  dag: sales\n  schedule: {{cron: \"0 4 * * *\"}}\n  \
         objectives: {{success: {{target: {target}%}}}}\n"
    )
}

/// Texts that a runner of CI or a terminal obeys.
const COMMANDS: [&str; 4] = [
    "::error::owned",
    "##[stop-commands]owned",
    "##vso[task.complete]owned",
    "\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}",
];

#[test]
fn no_line_of_any_output_is_a_command() {
    for text in COMMANDS {
        let project = Project::new();
        let quoted = serde_json::to_string(text).unwrap();
        project.spec("sales", &sales(90, text));
        let explained = project.genkai(&["explain", "DagSlo/sales", "--env", "production"]);
        assert!(explained.code == Some(0) && explained.stdout.contains("owned"), "{}", explained.stderr);
        project.spec("x", &format!("owned: {quoted}"));
        fs::write(
            project.path().join(format!("slo-specs/a\n{}\n.yaml", text.replace('/', ""))),
            format!("# {text}\n{quoted}: {quoted}\n"),
        )
        .unwrap();
        let texts = [
            vec!["validate"],
            vec!["generate"],
            vec!["validate", "--format", "json"],
            vec!["validate", "--format", "sarif"],
            vec!["explain", text],
            vec!["explain", "DagSlo/sales", "--env", "production"],
            vec!["queries", text],
            vec!["nulls", text, "--data", text],
            vec!["plan", "--base", text],
        ];
        for arguments in texts {
            let run = project.genkai(&arguments);
            for line in run.stdout.lines().chain(run.stderr.lines()) {
                let is_command = line.trim_start().starts_with("::");
                assert!(
                    !is_command && !line.contains("##[") && !line.contains("##vso["),
                    "{arguments:?}: {line}"
                );
                let hostile = |letter: char| letter == '\u{202e}' || (letter.is_control() && letter != '\t');
                assert!(!line.contains(hostile), "{arguments:?}: {line:?}");
            }
        }
        // Here every line is a command, of Genkai's own making.
        let run = project.genkai(&["validate", "--format", "github"]);
        for line in run.stdout.lines() {
            assert!(line.starts_with("::error file=") || line.starts_with("::warning file="), "{line}");
            assert!(!line.contains("##["), "{line}");
        }
    }
}

#[test]
fn a_stream_that_cannot_be_written_is_an_error_and_a_closed_one_is_not() {
    let project = Project::new();
    for (script, code) in [
        ("$GENKAI schema > /dev/full", 1),
        ("$GENKAI validate 2> /dev/full", 1),
        ("$GENKAI schema >&-", 0),
        ("set -o pipefail; $GENKAI schema | true", 0),
    ] {
        let run =
            run(Command::new("bash").args(["-c", script]).env("GENKAI", GENKAI).current_dir(project.path()));
        assert_eq!(run.code, Some(code), "{script}: {}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    }
}
