//! Loading a project's files.

use genkai::diagnostics::text;
use genkai::source::disk::load;
use std::fs;
use std::path::Path;

fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let place = root.join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, content).unwrap();
}

fn loaded(root: &Path) -> (Vec<(String, String)>, String) {
    let (sources, findings) = load(root);
    let files = sources.iter().map(|(_, file)| (file.path.clone(), file.text.to_string())).collect();
    (files, text::render(&sources, &findings, false))
}

#[test]
fn files_are_sorted_and_decoded() {
    let project = tempfile::tempdir().unwrap();
    for path in ["b.yaml", "a/z.yml", "a.yaml", "a-b.yaml", "notes.md", ".hidden.yaml", ".git/x.yaml"] {
        write(project.path(), &format!("slo-specs/{path}"), "\u{feff}kind: X\n");
    }
    let (files, findings) = loaded(project.path());
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["slo-specs/a-b.yaml", "slo-specs/a.yaml", "slo-specs/a/z.yml", "slo-specs/b.yaml"]);
    assert!(files.iter().all(|(_, text)| text == "kind: X\n"));
    assert_eq!(findings, "");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read() {
    use std::os::unix::fs::symlink;
    let project = tempfile::tempdir().unwrap();
    let root = project.path();
    write(root, "slo-specs/good.yaml", "kind: X\n");
    write(root, "slo-specs/folder.yaml/inside.yaml", "kind: X\n");
    write(root, "slo-specs/latin.yaml", b"name: caf\xe9\n");
    write(root, "slo-specs/large.yaml", vec![b' '; 8 * 1024 * 1024 + 1]);
    write(root, "elsewhere/shared.yaml", "kind: Y\n");
    symlink("../elsewhere/shared.yaml", root.join("slo-specs/linked.yaml")).unwrap();
    symlink("../elsewhere", root.join("slo-specs/folder-link")).unwrap();
    symlink("../slo-specs", root.join("slo-specs/loop")).unwrap();
    symlink("nowhere", root.join("slo-specs/broken.yaml")).unwrap();
    let (sources, findings) = load(root);
    let paths: Vec<&str> = sources.iter().map(|(_, file)| file.path.as_str()).collect();
    assert_eq!(paths, ["slo-specs/good.yaml", "slo-specs/linked.yaml"]);
    insta::assert_snapshot!(text::render(&sources, &genkai::diagnostics::tidy(findings), false));
}

#[test]
fn no_project_here() {
    let project = tempfile::tempdir().unwrap();
    let missing = loaded(project.path()).1;
    write(project.path(), "slo-specs", "");
    insta::assert_snapshot!(format!("{missing}\n{}", loaded(project.path()).1));
}
