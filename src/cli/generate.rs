//! `genkai generate`, with and without `--check`.

use super::Outcome;
use super::project::{Loaded, counted, extent, load, show};
use crate::diagnostics::has_errors;
use crate::output::{self, RealDisk, Written};
use crate::terraform;
use std::path::Path;

/// The folder of the output, below the project's.
const FOLDER: &str = "generated";

pub(super) fn generate(directory: &Path) -> Outcome {
    let Some(loaded) = load(directory) else { return Outcome::Errors };
    let mut disk = RealDisk::new(directory.join(FOLDER));
    if !addresses_are_ours(&loaded, &disk) {
        return Outcome::Errors;
    }
    match output::write(&mut disk, &loaded.compilation.artifacts) {
        Ok(Written { written, removed, unchanged }) => {
            written.iter().for_each(|path| anstream::println!("wrote    {FOLDER}/{path}"));
            removed.iter().for_each(|path| anstream::println!("removed  {FOLDER}/{path}"));
            let (specs, environments) = extent(&loaded.compilation);
            anstream::eprintln!(
                "{specs} in {environments}: {} written, {} removed, {unchanged} unchanged",
                counted(written.len(), "file"),
                removed.len()
            );
            Outcome::Done
        }
        Err(findings) => {
            show(&loaded.sources, &findings);
            Outcome::Errors
        }
    }
}

pub(super) fn check(directory: &Path) -> Outcome {
    let Some(loaded) = load(directory) else { return Outcome::Errors };
    let disk = RealDisk::new(directory.join(FOLDER));
    if !addresses_are_ours(&loaded, &disk) {
        return Outcome::Errors;
    }
    match output::check(&disk, &loaded.compilation.artifacts) {
        Ok(comparison) if comparison.is_current() => {
            anstream::eprintln!("{FOLDER}/ is current");
            Outcome::Done
        }
        Ok(comparison) => {
            anstream::print!("{comparison}");
            show(&loaded.sources, &comparison.diagnostics());
            anstream::eprintln!("{FOLDER}/ is out of date: run `genkai generate` and commit what it writes");
            Outcome::OutOfDate
        }
        Err(findings) => {
            show(&loaded.sources, &findings);
            Outcome::Errors
        }
    }
}

/// Looks for addresses that a team's own file beside ours declares too, which Terraform would refuse.
fn addresses_are_ours(loaded: &Loaded, disk: &RealDisk) -> bool {
    let extract = |text: &str| {
        let addresses = terraform::addresses(text).map_err(|error| error.to_string())?;
        Ok(addresses.into_iter().map(|address| (address.name, address.line)).collect())
    };
    let findings = output::shared_addresses(disk, &loaded.compilation.artifacts, extract);
    show(&loaded.sources, &findings);
    !has_errors(&findings)
}
