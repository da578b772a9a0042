//! The output on disk: what Genkai writes, removes, leaves alone and refuses. Stops are in `output/stops.rs`, broken
//! and hostile manifests in `output/manifest.rs`, what only a real disk can show in `output/real.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unreachable,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and looks at the disk with its own eyes"
)]

#[path = "output/disk.rs"]
mod disk;
#[path = "output/manifest.rs"]
mod manifest;
#[path = "output/real.rs"]
mod real;
#[path = "output/stops.rs"]
mod stops;
#[path = "output/together.rs"]
mod together;

use disk::{MemoryDisk, artifacts, files};
use genkai::diagnostics::{Code, Diagnostic, Severity};
use genkai::output::{Artifact, ArtifactError, Artifacts, Entry, Snapshot, check, write};

const SALES_TF: &str = "production/terraform/dag-slo_sales.tf";
const SALES_JSON: &str = "production/grafana/dag-slo_sales.json";
const MANIFEST: &str = "production/manifest.json";

fn sales() -> Artifacts {
    artifacts(&[(SALES_TF, "resource"), (SALES_JSON, "{}")])
}

/// A disk after a finished run.
fn written(artifacts: &Artifacts) -> MemoryDisk {
    let mut disk = MemoryDisk::default();
    write(&mut disk, artifacts).unwrap();
    disk.log.clear();
    disk
}

fn paths(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.path.as_str()).collect()
}

/// Expects that nothing was written, and gives the only finding.
fn refused(mut disk: MemoryDisk, artifacts: &Artifacts) -> Diagnostic {
    let findings = write(&mut disk, artifacts).unwrap_err();
    assert_eq!(disk.log, [""; 0], "nothing may be written");
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.into_iter().next().unwrap()
}

/// A foreign file, as `check` lists it and as `write` refuses it.
fn foreign(disk: MemoryDisk, artifacts: &Artifacts) -> (String, Diagnostic) {
    let listing = check(&disk, artifacts).unwrap().to_string();
    let line = listing.lines().find(|line| line.starts_with("foreign")).expect(&listing).to_owned();
    let finding = refused(disk, artifacts);
    assert_eq!((finding.code, finding.severity), (Code::ForeignFile, Severity::Error));
    assert!(finding.help.is_some());
    (line, finding)
}

#[test]
fn a_second_run_touches_nothing() {
    let mut disk = written(&sales());
    assert!(check(&disk, &sales()).unwrap().is_current());
    let done = write(&mut disk, &sales()).unwrap();
    assert_eq!((done.written.len(), done.removed.len(), done.unchanged), (0, 0, 3));
    assert_eq!(disk.log, [""; 0]);
}

#[test]
fn a_changed_spec_writes_its_file_alone() {
    let mut disk = written(&sales());
    let changed = artifacts(&[(SALES_TF, "resource, changed"), (SALES_JSON, "{}")]);
    let done = write(&mut disk, &changed).unwrap();
    assert_eq!(disk.log, [format!("replace {SALES_TF}")]);
    assert_eq!((paths(&done.written), done.unchanged), (vec![SALES_TF], 2));
}

#[test]
fn check_lists_what_write_would_do() {
    let before = artifacts(&[(SALES_TF, "before"), ("production/terraform/dag-slo_old.tf", "")]);
    let disk = written(&before).with("production/terraform/team.tf", "theirs");
    let comparison = check(&disk, &artifacts(&[(SALES_TF, "after"), (SALES_JSON, "{}")])).unwrap();
    assert!(!comparison.is_current());
    assert_eq!(
        comparison.to_string(),
        "\
stale    generated/production/manifest.json  (the list of these files)
stale    generated/production/terraform/dag-slo_sales.tf  (slo-specs/sales.yaml)
missing  generated/production/grafana/dag-slo_sales.json  (slo-specs/sales.yaml)
obsolete generated/production/terraform/dag-slo_old.tf  (slo-specs/old.yaml)
"
    );
    assert_eq!(disk.log, [""; 0], "check writes nothing");
}

#[test]
fn a_disappearing_spec_takes_its_files_with_it() {
    let two =
        artifacts(&[(SALES_TF, "resource"), (SALES_JSON, "{}"), ("production/terraform/dag-slo_old.tf", "")]);
    let mut disk = written(&two);
    let done = write(&mut disk, &sales()).unwrap();
    assert_eq!(paths(&done.removed), ["production/terraform/dag-slo_old.tf"]);
    assert_eq!(files(&disk), files(&written(&sales())));
}

#[test]
fn a_disappearing_environment_goes_but_for_what_is_not_genkais() {
    let staging = artifacts(&[("staging/terraform/dag-slo_sales.tf", "resource")]);
    let mut disk = written(&staging).with("staging/terraform/terraform.tfstate", "theirs");
    let done = write(&mut disk, &Artifacts::default()).unwrap();
    assert_eq!(paths(&done.removed), ["staging/manifest.json", "staging/terraform/dag-slo_sales.tf"]);
    assert_eq!(disk.log.last().unwrap(), "remove staging/manifest.json", "the manifest goes last");
    assert_eq!(files(&disk).into_keys().collect::<Vec<_>>(), ["staging/terraform/terraform.tfstate"]);
}

#[test]
fn what_a_stopped_run_left_half_written_is_removed() {
    let mut disk = written(&sales()).with("production/terraform/.genkai-x1Y2z3.tmp", "res");
    let listing = check(&disk, &sales()).unwrap().to_string();
    assert_eq!(
        listing,
        "obsolete generated/production/terraform/.genkai-x1Y2z3.tmp  (left by a run that was stopped)\n"
    );
    write(&mut disk, &sales()).unwrap();
    assert_eq!(disk.log, ["remove production/terraform/.genkai-x1Y2z3.tmp"]);
}

#[test]
fn files_of_the_team_and_of_terraform_are_left_alone() {
    let theirs = [
        ("production/grafana/theirs.json", "{}"),
        ("production/readme.md", ""),
        ("production/terraform/.terraform.lock.hcl", ""),
        ("production/terraform/modules/theirs/main.tf", "# Generated by Genkai, and moved here by hand"),
        ("production/terraform/team.tf", "resource \"a\" \"b\" {}"),
        ("production/terraform/terraform.tfstate", "{}"),
    ];
    let mut disk = MemoryDisk::holding(&theirs);
    write(&mut disk, &sales()).unwrap();
    write(&mut disk, &Artifacts::default()).unwrap();
    assert_eq!(files(&disk), files(&MemoryDisk::holding(&theirs)));
}

#[test]
fn an_unowned_file_where_genkai_would_write_is_foreign() {
    let (line, finding) = foreign(MemoryDisk::holding(&[(SALES_TF, "theirs")]), &sales());
    assert_eq!(line, format!("foreign  generated/{SALES_TF}  (slo-specs/sales.yaml)"));
    assert_eq!(finding.path.unwrap(), format!("generated/{SALES_TF}"));
    assert_eq!(
        finding.message,
        format!(
            "`generated/{SALES_TF}` is not Genkai's, and stands where Genkai would write the output of \
             `slo-specs/sales.yaml`"
        )
    );
}

#[test]
fn unowned_terraform_with_genkais_header_is_foreign() {
    let lost = "production/terraform/dag-slo_lost.tf";
    let disk = written(&sales()).with(lost, "# Generated by Genkai from slo-specs/lost.yaml\n");
    let (line, _) = foreign(disk, &sales());
    assert_eq!(line, format!("foreign  generated/{lost}"));
}

#[test]
fn links_and_folders_are_never_replaced() {
    for disk in [
        written(&sales()).with_link(SALES_TF, "resource"),
        MemoryDisk::default().with_link(MANIFEST, "{}"),
        MemoryDisk::default().with_folder(SALES_TF),
        MemoryDisk::default().with_link("production", "a link in place of a folder"),
        MemoryDisk::default().with("production/terraform", "a file in place of a folder"),
    ] {
        let (_, finding) = foreign(disk, &sales());
        assert!(finding.message.contains("is in the way"), "{}", finding.message);
    }
}

#[test]
fn a_link_in_place_of_an_obsolete_file_stays() {
    let mut disk = written(&sales()).with_link(SALES_JSON, "{}");
    write(&mut disk, &artifacts(&[(SALES_TF, "resource")])).unwrap();
    assert_eq!(disk.log, [format!("replace {MANIFEST}")]);
}

#[test]
fn a_foreign_file_may_differ_in_case() {
    let (line, finding) =
        foreign(MemoryDisk::holding(&[("production/terraform/DAG-SLO_Sales.tf", "")]), &sales());
    assert_eq!(line, "foreign  generated/production/terraform/DAG-SLO_Sales.tf  (slo-specs/sales.yaml)");
    assert!(
        finding.message.ends_with(&format!("the same as `generated/{SALES_TF}`, which Genkai would write"))
    );
}

/// On such a system the files would come into that folder, and the next run would not find them by their names.
#[test]
fn so_may_a_foreign_folder() {
    for (theirs, ours) in
        [("Production/notes.md", "production"), ("production/Terraform/notes.md", "production/terraform")]
    {
        let (line, finding) = foreign(MemoryDisk::holding(&[(theirs, "")]), &sales());
        let (folder, _) = theirs.rsplit_once('/').unwrap();
        assert!(line.starts_with(&format!("foreign  generated/{folder}  (")), "{line}");
        assert!(
            finding.message.ends_with(&format!("the same as `generated/{ours}`, which Genkai would write"))
        );
    }
}

#[test]
fn two_artifacts_never_share_a_path_on_any_file_system() {
    let mut artifacts = sales();
    let mut insert = |path: &str| {
        artifacts.insert(Artifact {
            path: path.into(),
            contents: "".into(),
            source: "slo-specs/other.yaml".into(),
        })
    };
    assert_eq!(
        insert(SALES_TF).unwrap_err().to_string(),
        format!("`{SALES_TF}` is produced twice, by `slo-specs/sales.yaml` and by `slo-specs/other.yaml`")
    );
    for path in
        ["production/terraform/DAG-slo_sales.tf", "Production/terraform/x.tf", &format!("{SALES_TF}/x.tf")]
    {
        assert!(matches!(insert(path), Err(ArtifactError::Collides { .. })), "{path}");
    }
    for path in
        ["", "x.tf", "production/x.tf", "production/manifest.json", "production/terraform/../x.tf", "/a/b"]
    {
        assert!(matches!(insert(path), Err(ArtifactError::BadPath { .. })), "{path}");
    }
    assert_eq!(artifacts.len(), 2);
}

/// A stand-in for the reader of Terraform: one address a line.
fn addresses(_: &str, text: &str) -> Result<Vec<(String, usize)>, String> {
    if text.contains('{') {
        return Err("line 1: unexpected `{`".into());
    }
    Ok(text.lines().zip(1..).map(|(address, line)| (address.to_owned(), line)).collect())
}

fn shared_addresses(disk: &MemoryDisk, artifacts: &Artifacts) -> Vec<Diagnostic> {
    genkai::output::shared_addresses(&Snapshot::take(disk, artifacts).unwrap(), artifacts, addresses)
}

#[test]
fn an_address_that_a_file_beside_ours_declares_too_is_an_error() {
    let disk = written(&artifacts(&[(SALES_TF, "a.x\na.y"), ("staging/terraform/dag-slo_sales.tf", "a.z")]))
        .with("production/terraform/team.tf", "b.x\na.y\na.z")
        .with("staging/terraform/team.tf", "a.x")
        .with("production/terraform/modules/m/main.tf", "a.x");
    let findings = shared_addresses(&disk, &artifacts(&[(SALES_TF, "a.x\na.y")]));
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!((findings[0].code, findings[0].severity), (Code::SharedAddress, Severity::Error));
    assert_eq!(findings[0].path.as_deref(), Some("generated/production/terraform/team.tf"));
    assert_eq!(
        findings[0].message,
        "`a.y` is declared in `generated/production/terraform/team.tf` on line 2, and by Genkai in \
         `generated/production/terraform/dag-slo_sales.tf`"
    );
}

#[test]
fn a_file_beside_ours_that_cannot_be_read_as_terraform_is_a_warning() {
    let disk = MemoryDisk::holding(&[("production/terraform/team.tf", "{")]);
    let findings = shared_addresses(&disk, &sales());
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].code, findings[0].severity), (Code::SharedAddress, Severity::Warning));
}

#[test]
fn terraform_follows_links_and_so_does_the_search_for_addresses() {
    let disk = MemoryDisk::default().with_link("production/terraform/common.tf", "resource");
    assert_eq!(shared_addresses(&disk, &sales()).len(), 1);
}

#[test]
fn an_override_file_may_declare_an_address_again() {
    let ours = artifacts(&[(SALES_TF, "a.x")]);
    for name in ["override.tf", "team_override.tf", "override.tf.json", "team_override.tf.json"] {
        let disk = written(&ours).with(&format!("production/terraform/{name}"), "a.x");
        assert_eq!(shared_addresses(&disk, &ours), [], "{name}");
    }
    for name in ["overrides.tf", "teamoverride.tf", "team.override.tf", "team.tf.json"] {
        let disk = written(&ours).with(&format!("production/terraform/{name}"), "a.x");
        assert_eq!(shared_addresses(&disk, &ours).len(), 1, "{name}");
    }
}

#[test]
fn a_file_that_terraform_does_not_read_declares_nothing() {
    let ours = artifacts(&[(SALES_TF, "a.x")]);
    for name in [".hidden.tf", "team.tf~", "team.json", "team.tf.bak"] {
        let disk = written(&ours).with(&format!("production/terraform/{name}"), "a.x");
        assert_eq!(shared_addresses(&disk, &ours), [], "{name}");
    }
}
