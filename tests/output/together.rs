//! Two runs at once, where nothing keeps them apart: files stay whole, and nobody else's is lost.

use crate::output::disk::{Files, MemoryDisk, artifacts, files, unmarked};
use genkai::diagnostics::Code;
use genkai::output::{Artifacts, Snapshot, Step, compare, steps, write};

const THEIRS: &str = "production/terraform/team.tf";

fn before() -> MemoryDisk {
    let mut disk = MemoryDisk::holding(&[(THEIRS, "theirs")]);
    write(
        &mut disk,
        &artifacts(&[
            ("production/terraform/dag-slo_old.tf", "old"),
            ("production/terraform/dag-slo_sales.tf", "sales"),
            ("staging/terraform/dag-slo_sales.tf", "sales"),
        ]),
    )
    .unwrap();
    disk
}

/// Two changes of the same specs.
fn changes() -> [Artifacts; 2] {
    [
        artifacts(&[
            ("production/terraform/dag-slo_new.tf", "new, one"),
            ("production/terraform/dag-slo_sales.tf", "sales, one"),
        ]),
        artifacts(&[
            ("production/terraform/dag-slo_new.tf", "new, two"),
            ("production/terraform/dag-slo_old.tf", "old, two"),
            ("test/terraform/dag-slo_sales.tf", "sales, two"),
        ]),
    ]
}

/// A run that has looked at the disk, and makes its changes one by one until one is refused.
struct Run(std::vec::IntoIter<Step>);

impl Run {
    fn begin(disk: &MemoryDisk, artifacts: &Artifacts) -> Run {
        let on_disk = Snapshot::take(disk, artifacts).unwrap();
        Run(steps(&on_disk, artifacts, &compare(&on_disk, artifacts)).into_iter())
    }

    fn go_on(&mut self, disk: &mut MemoryDisk, steps: usize, check: impl Fn(&Files)) {
        for _ in 0..steps {
            let Some(step) = self.0.next() else { return };
            if step.apply(disk).is_err() {
                self.0 = Vec::new().into_iter();
            }
            check(&files(disk));
        }
    }
}

#[test]
fn two_runs_that_nothing_keeps_apart_write_whole_files_and_lose_nobodys() {
    let whole: Vec<(String, String)> = [&Artifacts::default(), &changes()[0], &changes()[1]]
        .into_iter()
        .flatten()
        .map(|file| (file.path.clone(), unmarked(&file.path, &file.contents)))
        .chain(files(&before()))
        .collect();
    let check = |now: &Files| {
        assert_eq!(now.get(THEIRS).map(String::as_str), Some("theirs"));
        for (path, text) in now {
            let manifest = path.ends_with("manifest.json");
            assert!(
                manifest || whole.iter().any(|(at, contents)| at == path && contents == text),
                "{path}: {text}"
            );
        }
    };
    let [one, two] = changes();
    for (first, second) in [(&one, &two), (&two, &one), (&one, &one)] {
        for (before_second, of_second) in (0..12).flat_map(|n| (0..12).map(move |m| (n, m))) {
            let mut disk = before();
            let mut first_run = Run::begin(&disk, first);
            first_run.go_on(&mut disk, before_second, check);
            let mut second_run = Run::begin(&disk, second);
            second_run.go_on(&mut disk, of_second, check);
            first_run.go_on(&mut disk, usize::MAX, check);
            second_run.go_on(&mut disk, usize::MAX, check);
            // A rerun may find files that neither run's manifest lists any more. It says so, and writes nothing.
            match write(&mut disk, second) {
                Ok(_) => check(&files(&disk)),
                Err(findings) => {
                    assert!(findings.iter().all(|found| found.code == Code::ForeignFile), "{findings:?}")
                }
            }
        }
    }
}
