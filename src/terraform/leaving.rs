//! What Terraform needs to let go of what no spec declares any longer, read from the files that Genkai wrote before.

use super::hcl::{self, InvalidName};
use super::stack::header;
use super::{Block, File, addresses, print};
use crate::monitoring::Backend;
use std::collections::BTreeSet;

/// What bears `deletion_protection`, or holds what does: Terraform lets go of it, and it stays in BigQuery.
pub const PROTECTED: [&str; 2] = ["google_bigquery_dataset.", "google_bigquery_table."];

/// The line that begins the provider of what a project may leave altogether.
const LEAVING_PROVIDER: &str = "provider \"grafana\" {";

/// Whether a `providers.tf` configures Grafana.
pub fn has_grafana(providers: &str) -> bool {
    providers.lines().any(|line| line == LEAVING_PROVIDER)
}

/// A `providers.tf` with the provider of Grafana from another one.
pub fn with_grafana(providers: &str, other: &str) -> String {
    let own = other.split("\n\n").filter(|block| has_grafana(block));
    let blocks = std::iter::once(providers).chain(own).map(str::trim_end);
    blocks.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// The state that a `backend.tf` names, in one spelling; `None` for one in the module's own folder.
pub fn state(backend: &str, environment: &str) -> Option<String> {
    let backend = match value(backend, "bucket") {
        Some(bucket) => Backend::Gcs { bucket, prefix: value(backend, "prefix") },
        None => Backend::Local { path: value(backend, "path") },
    };
    backend.state(environment)
}

/// The first value of an argument.
fn value(text: &str, name: &str) -> Option<String> {
    let lines =
        text.lines().filter_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='));
    lines.map(|value| value.trim().trim_matches('"').to_owned()).next()
}

/// The command that takes over what is protected, and is there already, as a file declares it.
pub fn import(declares: &str, address: &str) -> Option<String> {
    // Of a dataset that is made here, too, the first mention is its name; the table refers to it.
    let dataset = value(declares, "dataset_id")?;
    let id = match address.starts_with("google_bigquery_table.") {
        true => format!("{dataset}/{}", value(declares, "table_id")?),
        false => dataset,
    };
    Some(format!("terraform import {address} {id}"))
}

/// The addresses of a file that are protected: what it declares, and what it lets go of.
pub fn protected(text: &str) -> BTreeSet<String> {
    let declared = addresses(text).unwrap_or_default().into_iter().map(|address| address.name);
    let let_go = text.lines().filter_map(|line| {
        Some(line.trim().strip_prefix("from")?.trim_start().strip_prefix('=')?.trim().to_owned())
    });
    declared.chain(let_go).filter(|address| PROTECTED.iter().any(|kind| address.starts_with(kind))).collect()
}

/// A file that makes Terraform let go of resources, and leaves them as they are.
///
/// # Errors
/// An address that is none.
pub fn forgotten(addresses: &BTreeSet<String>, source: &str) -> Result<String, InvalidName> {
    let mut file = File::new().comment(header(source));
    for address in addresses {
        let path: Vec<&str> = address.split('.').collect();
        let lifecycle = Block::bare("lifecycle").attribute("destroy", hcl::boolean(false));
        file = file.block(Block::bare("removed").attribute("from", hcl::reference(&path)?).block(lifecycle));
    }
    Ok(print(&file))
}

#[cfg(test)]
mod tests {
    use super::{has_grafana, protected, state, with_grafana};

    #[test]
    fn a_provider_is_taken_over_with_its_comment() {
        let google = "# Generated.\n\nprovider \"google\" {\n  project = \"p\"\n}\n";
        let grafana = "# Credentials.\nprovider \"grafana\" {\n  url = \"u\"\n}\n";
        let both = format!("{google}\n{grafana}");
        assert!(has_grafana(&both) && !has_grafana(google));
        assert_eq!(with_grafana(google, &both), both);
    }

    #[test]
    fn a_state_is_read_from_its_backend() {
        let gcs = "terraform {\n  backend \"gcs\" {\n    bucket = \"b\"\n    prefix = \"genkai/\"\n  }\n}\n";
        assert_eq!(state(gcs, "staging").as_deref(), Some("gs://b/genkai"));
        let local =
            |path: &str| format!("terraform {{\n  backend \"local\" {{\n    path = \"{path}\"\n  }}\n}}\n");
        assert_eq!(state(&local("../../s"), "staging").as_deref(), Some("generated/s"));
        assert_eq!(state(&local("s"), "staging"), None);
    }

    #[test]
    fn what_was_let_go_stays_so() {
        let declares = "resource \"google_bigquery_table\" \"t\" {\n}\n\nresource \"google_monitoring_slo\" \"s\" {\n}\n";
        let lets_go = "removed {\n  from = google_bigquery_dataset.d\n}\n";
        let names = |text: &str| protected(text).into_iter().collect::<Vec<_>>();
        assert_eq!(names(declares), ["google_bigquery_table.t"]);
        assert_eq!(names(lets_go), ["google_bigquery_dataset.d"]);
    }
}
