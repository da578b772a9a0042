//! `genkai generate`, with and without `--check`.

use super::Outcome;
use super::lock::lock;
use super::project::{extent, load};
use super::report::Reporter;
use super::streams;
use crate::compile::Compilation;
use crate::diagnostics::json::{File, Status};
use crate::diagnostics::{Diagnostic, counted, has_errors};
use crate::monitoring::states;
use crate::output::{self, Artifacts, Comparison, Entry, Left, RealDisk, Snapshot, Written};
use crate::terraform;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::Path;

/// The folder of the output, below the project's.
const FOLDER: &str = "generated";

pub(super) fn generate(
    directory: &Path,
    applied: &[String],
    today: Date,
    reporter: &mut Reporter,
) -> Outcome {
    // Before the specs are read: of two runs at once, the last to write is the last to have read them.
    let _lock = match lock(directory) {
        Ok(lock) => lock,
        Err(finding) => {
            reporter.show(vec![finding]);
            return Outcome::Errors;
        }
    };
    let Some(compilation) = load(directory, today, reporter) else { return Outcome::Errors };
    let (specs, environments) = extent(&compilation);
    let Compilation { mut artifacts, stacks, .. } = compilation;
    let states = states(&stacks);
    // They are as large as the files, and nobody needs them any more.
    drop(stacks);
    let mut disk = RealDisk::new(directory.join(FOLDER));
    let written = on_disk(&mut artifacts, (&states, applied), &disk, reporter)
        .and_then(|on_disk| output::write_over(&mut disk, &on_disk, &artifacts));
    match written {
        Ok(written) => {
            let summary = format!(
                "{specs} in {environments}: {} written, {} removed, {} unchanged",
                counted(written.written.len(), "file"),
                written.removed.len(),
                written.unchanged
            );
            list_changes(&written, reporter);
            reporter.show(written.stays);
            streams::say(&summary);
            Outcome::Done
        }
        Err(findings) => {
            reporter.show(findings);
            Outcome::Errors
        }
    }
}

pub(super) fn check(directory: &Path, today: Date, reporter: &mut Reporter) -> Outcome {
    let Some(Compilation { mut artifacts, stacks, .. }) = load(directory, today, reporter) else {
        return Outcome::Errors;
    };
    let disk = RealDisk::new(directory.join(FOLDER));
    match on_disk(&mut artifacts, (&states(&stacks), &[]), &disk, reporter) {
        Ok(on_disk) => {
            let comparison = output::compare(&on_disk, &artifacts);
            reporter.list(out_of_date(&comparison), &comparison.to_string());
            reporter.show(comparison.diagnostics());
            if comparison.is_current() {
                streams::say(&format!("{FOLDER}/ is current"));
                return Outcome::Done;
            }
            streams::say(&format!(
                "{FOLDER}/ is out of date: run `genkai generate` and commit what it writes"
            ));
            Outcome::Negative
        }
        Err(findings) => {
            reporter.show(findings);
            Outcome::Errors
        }
    }
}

/// Reads the output's folder once, for all that follows, and keeps of it what must still be applied. An address that a
/// team's own file beside ours declares too is an error, since Terraform would refuse it; warnings are shown here.
fn on_disk(
    artifacts: &mut Artifacts,
    (states, applied): (&BTreeMap<String, String>, &[String]),
    disk: &RealDisk,
    reporter: &mut Reporter,
) -> Result<Snapshot, Vec<Diagnostic>> {
    let extract = |path: &str, text: &str| {
        let read = if path.ends_with(".json") { terraform::json_addresses } else { terraform::addresses };
        let addresses = read(text).map_err(|error| error.to_string())?;
        Ok(addresses.into_iter().map(|address| (address.name, address.line)).collect())
    };
    let on_disk = Snapshot::take(disk, artifacts)?;
    let before = on_disk.modules();
    let mut refused = output::not_kept(&before, artifacts, applied);
    refused.extend(output::taken_states(&before, artifacts, states));
    if !refused.is_empty() {
        return Err(refused);
    }
    let left = output::keep(&before, artifacts, states, applied);
    let mut findings = output::shared_addresses(&on_disk, artifacts, extract);
    findings.extend(left.iter().filter_map(Left::finding));
    findings.extend(output::returned(&before, artifacts));
    if has_errors(&findings) {
        return Err(findings);
    }
    reporter.show(findings);
    Ok(on_disk)
}

fn list_changes(changes: &Written, reporter: &mut Reporter) {
    let mut lines = String::new();
    let mut files = Vec::new();
    for (word, status, entries) in
        [("wrote", Status::Written, &changes.written), ("removed", Status::Removed, &changes.removed)]
    {
        for Entry { path, source } in entries {
            lines.push_str(&format!("{word:<8} {FOLDER}/{path}\n"));
            files.push(file(status, path, source));
        }
    }
    reporter.list(files, &lines);
}

/// The files of a comparison, as a document lists them.
fn out_of_date(comparison: &Comparison) -> Vec<File> {
    let entry = |status| move |entry: &Entry| file(status, &entry.path, &entry.source);
    let Comparison { stale, missing, obsolete, foreign, unmarked: _, line_endings: _ } = comparison;
    let ours = stale.iter().map(entry(Status::Stale));
    let ours = ours.chain(missing.iter().map(entry(Status::Missing)));
    let ours = ours.chain(obsolete.iter().map(entry(Status::Obsolete)));
    ours.chain(foreign.iter().map(|foreign| file(Status::Foreign, &foreign.path, &foreign.source))).collect()
}

fn file(status: Status, path: &str, source: &str) -> File {
    let source = (!source.is_empty()).then(|| source.to_owned());
    File { path: format!("{FOLDER}/{path}"), status, source }
}
