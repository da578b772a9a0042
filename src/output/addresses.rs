//! Terraform addresses that a team's own file beside Genkai's declares too.

use super::snapshot::Snapshot;
use super::{Artifacts, HEADER_PREFIX, finding, paths};
use crate::diagnostics::{Code, Diagnostic};
use std::collections::BTreeMap;

/// An error for each address that both Genkai and a team's own file beside it declare, which Terraform would refuse. In an
/// override file it is none: there an address is declared again to change it.
///
/// `extract` takes the path and the text of a `.tf` or `.tf.json` file and gives each address that it declares with its
/// line, from 1, or says why it cannot; a file beside ours that it cannot read makes a warning, as Terraform will have more
/// to say about it. Links are followed, since Terraform follows them.
pub fn shared_addresses(
    on_disk: &Snapshot,
    artifacts: &Artifacts,
    extract: impl Fn(&str, &str) -> Result<Vec<(String, usize)>, String>,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for environment in artifacts.environments() {
        let beside: Vec<(&str, &[u8])> = on_disk
            .neighbours()
            .filter(|(path, _)| path.split_once('/').is_some_and(|(of, _)| of == environment))
            // Foreign files are reported as such; of two findings about one file the second is noise.
            .filter(|(path, text)| {
                !paths::is_override(path)
                    && artifacts.get(path).is_none()
                    && !text.starts_with(HEADER_PREFIX.as_bytes())
            })
            .collect();
        if !beside.is_empty() {
            let ours = declared(artifacts, environment, &extract, &mut findings);
            for (path, text) in beside {
                compare(path, text, &ours, &extract, &mut findings);
            }
        }
    }
    findings
}

/// What Genkai declares in an environment: each address with its file.
fn declared<'a>(
    artifacts: &'a Artifacts,
    environment: &'a str,
    extract: impl Fn(&str, &str) -> Result<Vec<(String, usize)>, String>,
    findings: &mut Vec<Diagnostic>,
) -> BTreeMap<String, &'a str> {
    let mut ours = BTreeMap::new();
    for (_, artifact) in artifacts.of(environment).filter(|(_, artifact)| paths::is_terraform(&artifact.path))
    {
        match extract(&artifact.path, &artifact.contents) {
            Ok(addresses) => {
                ours.extend(addresses.into_iter().map(|(address, _)| (address, artifact.path.as_str())))
            }
            Err(reason) => findings.push(unknown(&artifact.path, &reason)),
        }
    }
    ours
}

fn compare(
    path: &str,
    text: &[u8],
    ours: &BTreeMap<String, &str>,
    extract: impl Fn(&str, &str) -> Result<Vec<(String, usize)>, String>,
    findings: &mut Vec<Diagnostic>,
) {
    let addresses = match str::from_utf8(text) {
        Ok(text) => extract(path, text),
        Err(error) => Err(error.to_string()),
    };
    match addresses {
        Ok(addresses) => {
            for (address, line) in addresses {
                if let Some(our_path) = ours.get(&address) {
                    let help = format!("rename or remove `{address}` in `{}/{path}`", paths::FOLDER);
                    let found = finding(Code::SharedAddress, path, |shown| {
                        let our_path = format!("{}/{our_path}", paths::FOLDER);
                        format!(
                            "`{address}` is declared in `{shown}` on line {line}, and by Genkai in `{our_path}`"
                        )
                    });
                    findings.push(found.help(help));
                }
            }
        }
        Err(reason) => findings.push(unknown(path, &reason)),
    }
}

fn unknown(path: &str, reason: &str) -> Diagnostic {
    let found = finding(Code::SharedAddress, path, |shown| {
        format!("Genkai cannot tell which addresses `{shown}` declares: {reason}")
    });
    Diagnostic { severity: crate::diagnostics::Severity::Warning, ..found }
}
