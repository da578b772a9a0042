//! A run may be stopped after any change. These tests stop it after each, and prove that they would notice a writer that
//! does it wrong.

use crate::output::disk::{Files, MemoryDisk, Stopping, artifacts, contents, files};
use genkai::output::{Artifacts, Disk, RealDisk, Snapshot, Step, compare, steps, write};
use proptest::prelude::*;

type Writer<D> = fn(&mut Stopping<D>, &Artifacts) -> Result<(), String>;

/// The real writer.
fn genkai<D: Disk>(disk: &mut Stopping<D>, artifacts: &Artifacts) -> Result<(), String> {
    write(disk, artifacts).map(drop).map_err(|findings| format!("{findings:?}"))
}

/// What is on disk before: two specs in production, one of them also in staging, and a team's own files.
fn before() -> MemoryDisk {
    let mut disk = MemoryDisk::holding(&[
        ("production/terraform/team.tf", "theirs"),
        ("production/terraform/.terraform.lock.hcl", "theirs"),
    ]);
    write(
        &mut disk,
        &artifacts(&[
            ("production/grafana/dag-slo_old.json", "old board"),
            ("production/grafana/dag-slo_sales.json", "sales board"),
            ("production/terraform/dag-slo_old.tf", "old"),
            ("production/terraform/dag-slo_sales.tf", "sales"),
            ("staging/terraform/dag-slo_sales.tf", "sales"),
        ]),
    )
    .unwrap();
    disk
}

/// What should be there after: `old` went, `sales` changed, `new` came, and the environment `staging` made way for `test`.
fn after() -> Artifacts {
    artifacts(&[
        ("production/grafana/dag-slo_new.json", "new board"),
        ("production/grafana/dag-slo_sales.json", "sales board"),
        ("production/terraform/dag-slo_new.tf", "new"),
        ("production/terraform/dag-slo_sales.tf", "sales, changed"),
        ("test/terraform/dag-slo_sales.tf", "sales, changed"),
    ])
}

/// Stops the writer after each change in turn, and says what it found wrong, or how many changes there are.
fn survives_every_stop<D: Disk>(
    fresh: impl Fn() -> D,
    artifacts: &Artifacts,
    writer: Writer<D>,
) -> Result<usize, String> {
    let old = files(&fresh());
    let mut undisturbed = Stopping::never(fresh());
    writer(&mut undisturbed, artifacts)?;
    let new = files(&undisturbed);
    let stopped = |changes| {
        let mut disk = Stopping::after(changes, fresh());
        let result = writer(&mut disk, artifacts);
        (Stopping::never(disk.disk), result.is_ok())
    };
    for changes in 0.. {
        let (mut disk, done) = stopped(changes);
        every_file_is_whole(&files(&disk), &old, &new)
            .map_err(|e| format!("stopped after {changes}: {e}"))?;
        for path in old.keys().chain(new.keys()).filter(|path| !path.ends_with("manifest.json")) {
            let (mut disk, _) = stopped(changes);
            if disk.create(path, b"theirs").is_ok() {
                let _ = writer(&mut disk, artifacts);
                if files(&disk).get(path).map(String::as_str) != Some("theirs") {
                    return Err(format!("stopped after {changes}: the foreign file `{path}` was lost"));
                }
            }
        }
        writer(&mut disk, artifacts).map_err(|e| format!("stopped after {changes}: the rerun fails: {e}"))?;
        if files(&disk) != new {
            return Err(format!("stopped after {changes}: the rerun gives other files: {:#?}", files(&disk)));
        }
        if done {
            return Ok(changes);
        }
    }
    unreachable!()
}

fn every_file_is_whole(now: &Files, old: &Files, new: &Files) -> Result<(), String> {
    for (path, text) in now {
        let whole = if path.ends_with("/manifest.json") {
            serde_json::from_str::<serde_json::Value>(text).is_ok()
        } else {
            old.get(path) == Some(text) || new.get(path) == Some(text) || path.ends_with(".tmp")
        };
        if !whole {
            return Err(format!("`{path}` is neither old nor new: {text}"));
        }
    }
    Ok(())
}

#[test]
fn a_rerun_gives_the_undisturbed_bytes_after_every_stop() {
    // Production: union, two new files, one stale, two obsolete, final manifest. Staging: union, file, manifest. Test: union,
    // file, final manifest.
    assert_eq!(survives_every_stop(before, &after(), genkai), Ok(13));
}

#[test]
fn a_first_run_and_the_removal_of_everything_can_be_stopped_too() {
    assert_eq!(survives_every_stop(MemoryDisk::default, &after(), genkai), Ok(5 + 2 * 2));
    assert_eq!(survives_every_stop(before, &Artifacts::default(), genkai), Ok(5 + 2 * 2));
}

#[test]
fn the_real_disk_can_be_stopped_too() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    let fresh = || {
        count.set(count.get() + 1);
        let mut disk = RealDisk::new(folder.path().join(count.get().to_string()));
        for (path, text) in contents(&before()) {
            disk.create(&path, text.as_bytes()).unwrap();
        }
        disk
    };
    assert_eq!(survives_every_stop(fresh, &after(), genkai), Ok(13));
}

/// What the specs say once more: `old` came back with other contents, `sales` is as it was, `new` and `test` are gone again.
fn other() -> Artifacts {
    artifacts(&[
        ("production/grafana/dag-slo_sales.json", "sales board"),
        ("production/terraform/dag-slo_old.tf", "old, back again"),
        ("production/terraform/dag-slo_sales.tf", "sales"),
        ("staging/terraform/dag-slo_sales.tf", "sales"),
        ("staging/terraform/dag-slo_new.tf", "new"),
    ])
}

#[test]
fn specs_may_change_between_a_stop_and_the_rerun_which_is_stopped_too() {
    let theirs = ["production/terraform/team.tf", "production/terraform/.terraform.lock.hcl"];
    let wanted = [after(), other(), Artifacts::default()];
    let undisturbed = wanted.each_ref().map(|wanted| {
        let mut disk = MemoryDisk::holding(&theirs.map(|path| (path, "theirs")));
        write(&mut disk, wanted).unwrap();
        files(&disk)
    });
    for first in 0..=13 {
        for second in 0.. {
            let mut disk = Stopping::after(first, before());
            let _ = write(&mut disk, &after());
            let mut disk = Stopping::after(second, disk.disk);
            let done = write(&mut disk, &other()).is_ok();
            for (wanted, undisturbed) in wanted.iter().zip(&undisturbed) {
                let mut disk = disk.disk.clone();
                write(&mut disk, wanted).unwrap();
                assert_eq!(files(&disk), *undisturbed, "stopped after {first}, then after {second}");
            }
            if done {
                break;
            }
        }
    }
}

/// Makes a wrong writer from the right one by changing its steps.
fn with_other_steps(
    disk: &mut Stopping<MemoryDisk>,
    artifacts: &Artifacts,
    other: impl Fn(Vec<Step>) -> Vec<Step>,
) -> Result<(), String> {
    let on_disk = Snapshot::take(disk, artifacts).map_err(|findings| format!("{findings:?}"))?;
    let comparison = compare(&on_disk, artifacts);
    if !comparison.foreign.is_empty() {
        return Err(comparison.to_string());
    }
    let steps = other(steps(&on_disk, artifacts, &comparison));
    steps.iter().try_for_each(|step| step.apply(disk)).map_err(|error| error.to_string())
}

/// The wrong writers lack the union in their own ways; `first` puts the final manifest before the files.
fn without_union(steps: Vec<Step>, first: bool) -> Vec<Step> {
    let is_manifest = |step: &Step| {
        let (Step::Create { path, .. } | Step::Replace { path, .. } | Step::Remove { path }) = step;
        path == "production/manifest.json"
    };
    let (manifests, mut files): (Vec<_>, Vec<_>) = steps.into_iter().partition(is_manifest);
    files.splice(if first { 0..0 } else { files.len()..files.len() }, manifests.last().cloned());
    files
}

#[test]
fn the_proof_fails_for_a_writer_that_writes_the_final_manifest_first() {
    let wrong: Writer<MemoryDisk> =
        |disk, artifacts| with_other_steps(disk, artifacts, |steps| without_union(steps, true));
    let error = survives_every_stop(before, &after(), wrong).unwrap_err();
    // What nothing lists and bears the mark is foreign.
    assert!(error.starts_with("stopped after 1: the rerun fails"), "{error}");
}

#[test]
fn the_proof_fails_for_a_writer_that_writes_the_manifest_only_at_the_end() {
    let wrong: Writer<MemoryDisk> =
        |disk, artifacts| with_other_steps(disk, artifacts, |steps| without_union(steps, false));
    let error = survives_every_stop(before, &after(), wrong).unwrap_err();
    assert!(error.starts_with("stopped after 1: the rerun fails"), "{error}");
    assert!(error.contains("foreign  generated/production/grafana/dag-slo_new.json"), "{error}");
}

#[test]
fn the_proof_fails_for_a_union_that_owns_files_whatever_they_hold() {
    let wrong: Writer<MemoryDisk> = |disk, artifacts| {
        with_other_steps(disk, artifacts, |mut steps| {
            for step in &mut steps {
                if let Step::Create { path, contents } | Step::Replace { path, contents } = step
                    && path.ends_with("manifest.json")
                {
                    let lines = contents.lines().map(|line| match line.split_once(", \"only\"") {
                        Some((kept, rest)) => {
                            format!("{kept}}}{}\n", if rest.ends_with(',') { "," } else { "" })
                        }
                        None => format!("{line}\n"),
                    });
                    *contents = lines.collect::<String>().into();
                }
            }
            steps
        })
    };
    let error = survives_every_stop(before, &after(), wrong).unwrap_err();
    assert!(error.ends_with("the foreign file `production/grafana/dag-slo_new.json` was lost"), "{error}");
}

#[test]
fn the_proof_fails_for_a_writer_that_writes_a_file_in_two_moves() {
    let wrong: Writer<MemoryDisk> = |disk, artifacts| {
        with_other_steps(disk, artifacts, |steps| {
            let halve = |step| match step {
                Step::Replace { path, contents } if path.ends_with(".tf") => {
                    let half = contents[..contents.len() / 2].to_owned();
                    vec![
                        Step::Replace { path: path.clone(), contents: half.into() },
                        Step::Replace { path, contents },
                    ]
                }
                step => vec![step],
            };
            steps.into_iter().flat_map(halve).collect()
        })
    };
    let error = survives_every_stop(before, &after(), wrong).unwrap_err();
    assert!(error.contains("is neither old nor new"), "{error}");
}

const PATHS: [&str; 5] = [
    "production/grafana/dag-slo_a.json",
    "production/terraform/dag-slo_a.tf",
    "production/terraform/dag-slo_b.tf",
    "staging/grafana/dag-slo_a.json",
    "staging/terraform/dag-slo_a.tf",
];

/// Each path is not produced, or produced with one of two contents.
fn any_artifacts() -> impl Strategy<Value = Artifacts> {
    proptest::collection::vec(proptest::option::of(prop_oneof![Just("one"), Just("two")]), PATHS.len())
        .prop_map(|chosen| {
            let produced = PATHS.into_iter().zip(chosen).filter_map(|(path, text)| Some((path, text?)));
            artifacts(&produced.collect::<Vec<_>>())
        })
}

proptest! {
    /// Any history of stopped runs, with specs that change in between and files that people put where nothing is: theirs
    /// stay as long as they leave them there, and once they took them away one run gives exactly what a first run gives.
    #[test]
    fn no_history_of_stopped_runs_leaves_a_trace(
        history in proptest::collection::vec((any_artifacts(), 0..12usize, proptest::option::of(0..PATHS.len())), 0..6),
        last in any_artifacts(),
    ) {
        let mut disk = MemoryDisk::default();
        let mut theirs = Vec::new();
        for (wanted, changes, theirs_at) in history {
            if let Some(path) = theirs_at.map(|index| PATHS[index])
                && disk.create(path, b"theirs").is_ok()
            {
                theirs.push(path);
            }
            let mut stopping = Stopping::after(changes, disk);
            let _ = write(&mut stopping, &wanted);
            disk = stopping.disk;
            let now = files(&disk);
            for path in &theirs {
                prop_assert_eq!(now.get(*path).map(String::as_str), Some("theirs"));
            }
        }
        let mut disk = theirs.into_iter().fold(disk, MemoryDisk::without);
        let mut first = MemoryDisk::default();
        prop_assert!(write(&mut first, &last).is_ok());
        prop_assert!(write(&mut disk, &last).is_ok());
        prop_assert_eq!(files(&disk), files(&first));
    }
}
