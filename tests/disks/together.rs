//! Several runs at once.

use crate::disks::project::{GENKAI, Project};
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn begin(project: &Project) -> Child {
    let mut command = Command::new(GENKAI);
    command.arg("generate").current_dir(project.path()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn runs_at_once_do_not_disturb_each_other() {
    for project in [Project::new(), Project::changed()] {
        let runs: Vec<_> = (0..6).map(|_| begin(&project)).collect();
        for mut run in runs {
            assert!(run.wait().unwrap().success());
        }
        assert_eq!(project.genkai(&["generate", "--check"]).code, Some(0));
    }
}

/// The specs change while a run goes on. The run that began last has read them last and writes last.
#[test]
fn runs_at_once_with_different_specs_leave_what_the_last_one_read() {
    for milliseconds in 0..10 {
        let project = Project::new();
        let mut first = begin(&project);
        std::thread::sleep(Duration::from_millis(3 * milliseconds));
        // A change of several files is not one change: the first run may have read half of it, and refused.
        project.change();
        let second = project.genkai(&["generate"]);
        assert_eq!(second.code, Some(0), "{}", second.stderr);
        first.wait().unwrap();
        assert_eq!(project.genkai(&["generate", "--check"]).code, Some(0), "after {milliseconds}");
    }
}

#[test]
fn a_run_waits_for_another_and_says_so() {
    let project = Project::new();
    let folder = File::open(project.path().join("slo-specs")).unwrap();
    folder.lock().unwrap();
    let ends = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        drop(folder);
    });
    let done = project.generate();
    assert!(
        done.stderr.starts_with("waiting for another run of `genkai generate` to end\n"),
        "{}",
        done.stderr
    );
    ends.join().unwrap();
}

#[test]
fn a_run_that_does_not_end_is_reported_and_only_stops_writing() {
    let project = Project::new();
    project.generate();
    let folder = File::open(project.path().join("slo-specs")).unwrap();
    folder.lock().unwrap();
    let refused = project.genkai(&["generate"]);
    assert_eq!(refused.code, Some(1));
    let said = "error[GK603]: another run of `genkai generate` is writing `generated`";
    assert!(refused.stderr.contains(said), "{}", refused.stderr);
    for arguments in [&["validate"][..], &["generate", "--check"]] {
        assert_eq!(project.genkai(arguments).code, Some(0), "what writes nothing waits for nobody");
    }
}
