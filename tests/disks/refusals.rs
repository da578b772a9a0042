//! What may not be read or written, links, modes, and what is not touched.

use crate::disks::project::{Project, Run};
use crate::support::say_once;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// `genkai generate` by a user whom modes bind, which they do not bind root.
fn bound_by_modes(project: &Project) -> Option<Run> {
    let probe = project.path().join("probe");
    fs::write(&probe, "").unwrap();
    set_mode(&probe, 0);
    let without = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
    for runner in [&[][..], &without] {
        let found = project.script(&[&["env"], runner].concat(), "cat probe && exit 7; exit 8");
        if found.code == Some(8) {
            return Some(project.script(&[&["env"], runner].concat(), "exec \"$0\" generate"));
        }
    }
    say_once("skipped: modes do not bind this user, and `setpriv` cannot make them");
    None
}

#[test]
fn a_folder_that_may_not_be_written_is_named() {
    let project = Project::changed();
    let folder = project.generated("production/grafana");
    set_mode(&folder, 0o555);
    let Some(run) = bound_by_modes(&project) else { return };
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("error[GK603]: `generated/production/grafana/"), "{}", run.stderr);
    assert!(run.stderr.contains("cannot be changed: Permission denied"), "{}", run.stderr);
    set_mode(&folder, 0o755);
    project.generate();
}

#[test]
fn what_may_not_be_read_is_named_and_nothing_is_written() {
    for path in ["", "/production", "/production/manifest.json", "/production/terraform/dag-slo_sales.tf"] {
        let project = Project::changed();
        let before = project.files();
        let closed = project.path().join(format!("generated{path}"));
        let open = mode(&closed);
        set_mode(&closed, 0);
        let Some(run) = bound_by_modes(&project) else { return };
        let said = format!("error[GK603]: `generated{path}` cannot be read: Permission denied");
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains(&said), "{}", run.stderr);
        set_mode(&closed, open);
        assert!(project.files() == before, "{path}");
        project.generate();
    }
}

#[test]
fn a_file_that_may_not_be_written_is_replaced_and_writable_again() {
    let project = Project::changed();
    let path = project.generated("production/terraform/dag-slo_sales.tf");
    set_mode(&path, 0o444);
    let Some(run) = bound_by_modes(&project) else { return };
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(mode(&path), 0o644);
}

#[test]
fn files_have_mode_0644_whatever_the_mask_and_other_modes_are_left_alone() {
    for mask in ["000", "022", "077"] {
        let project = Project::new();
        let run = project.script(&[], &format!("umask {mask}; exec \"$0\" generate"));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        for path in project.files().into_keys() {
            assert_eq!(mode(&project.path().join(&path)), 0o644, "{} with {mask}", path.display());
        }
        // Version control does not keep this, so it is nobody's to change back.
        set_mode(&project.generated("production/manifest.json"), 0o600);
        let times = project.times();
        project.generate();
        assert_eq!(project.times(), times);
    }
}

#[test]
fn generated_may_be_a_link_to_a_folder_and_nothing_else() {
    let project = Project::new();
    std::fs::create_dir(project.path().join("elsewhere")).unwrap();
    symlink("elsewhere", project.path().join("generated")).unwrap();
    project.generate();
    assert!(project.path().join("elsewhere/production/manifest.json").is_file());

    // Nothing is written outside of the project.
    let outside = tempfile::tempdir().unwrap();
    for target in ["generated", "nowhere", "slo-specs/project.yaml", outside.path().to_str().unwrap()] {
        let project = Project::new();
        symlink(target, project.path().join("generated")).unwrap();
        let run = project.genkai(&["generate"]);
        assert_eq!(run.code, Some(1), "{target}");
        assert!(
            run.stderr.contains("error[GK603]: `generated` cannot be read: "),
            "{target}: {}",
            run.stderr
        );
        assert!(!project.path().join("nowhere").exists());
        assert_eq!(outside.path().read_dir().unwrap().count(), 0);
    }
}

#[test]
fn nothing_is_touched_while_any_spec_is_broken_or_when_nothing_changed() {
    let project = Project::changed();
    project.spec("broken", "kind: DagSlo\nmetadata: {name: broken}\n");
    let times = project.times();
    assert_eq!(project.genkai(&["generate"]).code, Some(1));
    assert_eq!(project.times(), times);

    fs::remove_file(project.path().join("slo-specs/broken.yaml")).unwrap();
    project.generate();
    let times = project.times();
    project.generate();
    assert_eq!(project.times(), times);
}
