//! The manifest: its form, and what happens when it is broken or hostile.

use super::{MANIFEST, refused, sales, written};
use crate::output::disk::{MemoryDisk, files};
use genkai::diagnostics::Code;
use genkai::output::{Artifacts, write};
use proptest::prelude::*;

#[test]
fn the_manifest_lists_each_file_on_one_line_with_its_spec() {
    assert_eq!(
        files(&written(&sales()))[MANIFEST],
        r#"{
  "version": 1,
  "files": [
    {"path": "grafana/dag-slo_sales.json", "source": "slo-specs/sales.yaml"},
    {"path": "terraform/dag-slo_sales.tf", "source": "slo-specs/sales.yaml"}
  ]
}
"#
    );
}

#[test]
fn a_manifest_that_reaches_out_of_its_environment_is_refused() {
    for path in [
        "/etc/passwd",
        "../staging/terraform/x.tf",
        "terraform/../../x.tf",
        "terraform/./x.tf",
        "terraform//x.tf",
        "terraform/..\\\\x.tf",
        "terraform\\\\x.tf",
        "terraform/c:x.tf",
        "terraform/.terraform/terraform.tfstate",
        "terraform/",
        "terraform",
        "manifest.json",
        "slo-specs/sales.yaml",
        "",
    ] {
        let manifest =
            format!(r#"{{"version": 1, "files": [{{"path": "{path}", "source": "slo-specs/sales.yaml"}}]}}"#);
        let finding = refused(MemoryDisk::holding(&[(MANIFEST, &manifest)]), &sales());
        assert_eq!(finding.code, Code::BadManifest, "{path}");
        assert!(finding.message.contains("it lists `"), "{}", finding.message);
    }
}

#[test]
fn a_manifest_in_a_merge_conflict_says_how_to_solve_it() {
    let ours =
        files(&written(&sales()))[MANIFEST].replace("  \"files\": [\n", "  \"files\": [\n<<<<<<< HEAD\n");
    let finding = refused(written(&sales()).with(MANIFEST, &ours), &sales());
    assert_eq!(finding.code, Code::BadManifest);
    assert_eq!(finding.path.as_deref(), Some("generated/production/manifest.json"));
    assert!(finding.message.ends_with("it holds the markers of a merge conflict"));
    assert!(finding.help.unwrap().starts_with("keep the lines of both sides"));
}

#[test]
fn keeping_the_lines_of_both_sides_of_a_merge_does_no_harm() {
    let merged = files(&written(&sales()))[MANIFEST].replace(
        "  \"files\": [\n",
        r#"  "files": [
    {"path": "terraform/dag-slo_theirs.tf", "source": "slo-specs/theirs.yaml"},
    {"path": "terraform/dag-slo_sales.tf", "source": "slo-specs/moved.yaml"},
"#,
    );
    let mut disk = written(&sales()).with(MANIFEST, &merged);
    write(&mut disk, &sales()).unwrap();
    assert_eq!(files(&disk), files(&written(&sales())));
}

#[test]
fn any_other_text_is_not_a_manifest() {
    let deep = "[".repeat(100_000);
    for text in
        ["", "{}", "[]", "null", "{\"version\": 1}", "{\"version\": 2, \"files\": []}", "\u{0}", &deep]
    {
        let finding = refused(written(&sales()).with(MANIFEST, text), &sales());
        assert_eq!(finding.code, Code::BadManifest);
        assert!(finding.help.is_some());
    }
}

/// A manifest with one line for each path.
fn listing(paths: &[String]) -> String {
    let line =
        |path: &String| format!(r#"{{"path": {}, "source": ""}}"#, serde_json::Value::from(path.as_str()));
    format!(r#"{{"version": 1, "files": [{}]}}"#, paths.iter().map(line).collect::<Vec<_>>().join(", "))
}

fn any_path() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "terraform",
        "grafana",
        "x.tf",
        "..",
        ".",
        "",
        "\\",
        "production",
        "C:",
        "é",
    ]);
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.join("/"))
}

proptest! {
    /// Whatever paths a manifest lists: nothing goes that is not below the two folders of its environment.
    #[test]
    fn no_manifest_removes_anything_elsewhere(paths in prop::collection::vec(any_path(), 0..4)) {
        let theirs = [
            ("production/x.tf", ""),
            ("staging/terraform/x.tf", ""),
            ("terraform/x.tf", ""),
            ("x.tf", ""),
        ];
        let mut disk = MemoryDisk::holding(&theirs)
            .with("production/terraform/x.tf", "")
            .with("production/grafana/x.tf", "")
            .with(MANIFEST, &listing(&paths));
        let _ = write(&mut disk, &Artifacts::default());
        let kept = files(&disk);
        for (path, _) in theirs {
            prop_assert!(kept.contains_key(path), "{}", path);
        }
    }

    /// Damage anywhere in a manifest is an error or harmless, and never a panic.
    #[test]
    fn a_damaged_manifest_never_panics(at in 0..400usize, damage in prop::collection::vec(any::<char>(), 0..3)) {
        let disk = written(&sales());
        let mut text: Vec<char> = files(&disk)[MANIFEST].chars().collect();
        let at = at.min(text.len() - 1);
        text.splice(at..=at, damage);
        let _ = write(&mut disk.with(MANIFEST, &text.into_iter().collect::<String>()), &sales());
    }
}
