//! GK504 and GK506: lengths of texts and links.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{AlertPolicy, Documentation, Pipeline};

pub(super) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = names(pipeline).into_iter().collect();
    let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
    for AlertPolicy { documentation, .. } in policies {
        findings.extend(content(pipeline, documentation));
        findings.extend(subject(pipeline, documentation));
        findings.extend(links(pipeline, documentation));
    }
    findings
}

/// The longest of all names that are made from the display name decides.
fn names(pipeline: &Pipeline) -> Option<Diagnostic> {
    let slos = pipeline.slos().map(|(_, slo)| &slo.display_name);
    let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
    let names = policies.map(|policy| &policy.display_name).chain(slos);
    let longest = names.map(|name| name.chars().count()).max().unwrap_or(0);
    (longest > limits::DISPLAY_NAME_MAX).then(|| {
        let excess = longest - limits::DISPLAY_NAME_MAX;
        Diagnostic::error(
            Code::TextTooLong,
            format!(
                "the titles made from it are longer than the {} characters that Cloud Monitoring accepts",
                limits::DISPLAY_NAME_MAX
            ),
        )
        .at(pipeline.places.display_name, "")
        .help(format!("shorten it by at least {excess} characters"))
    })
}

fn content(pipeline: &Pipeline, documentation: &Documentation) -> Option<Diagnostic> {
    let (characters, bytes) = (documentation.content.chars().count(), documentation.content.len());
    let fits = characters <= limits::DOCUMENTATION_MAX_CHARACTERS && bytes <= limits::DOCUMENTATION_MAX_BYTES;
    (!fits).then(|| {
        Diagnostic::error(
            Code::TextTooLong,
            format!(
                "the text of an alert would have {characters} characters and {bytes} bytes, and Cloud Monitoring accepts {} and {}",
                limits::DOCUMENTATION_MAX_CHARACTERS,
                limits::DOCUMENTATION_MAX_BYTES
            ),
        )
        .at(pipeline.places.description, "")
        .help("shorten the description, and put the rest into the runbook")
    })
}

fn subject(pipeline: &Pipeline, documentation: &Documentation) -> Option<Diagnostic> {
    let bytes = documentation.subject.len();
    (bytes > limits::SUBJECT_MAX_BYTES).then(|| {
        Diagnostic::error(
            Code::TextTooLong,
            format!(
                "the subject of an alert would have {bytes} bytes and be cut at {}",
                limits::SUBJECT_MAX_BYTES
            ),
        )
        .at(pipeline.places.display_name, "")
        .help(format!("shorten it by at least {} bytes", bytes - limits::SUBJECT_MAX_BYTES))
    })
}

fn links(pipeline: &Pipeline, documentation: &Documentation) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if documentation.links.len() > limits::LINKS_MAX {
        let message = format!("an alert holds at most {} links", limits::LINKS_MAX);
        findings.push(Diagnostic::error(Code::Link, message).at(pipeline.places.runbook, ""));
    }
    for link in &documentation.links {
        if link.url.chars().count() > limits::LINK_URL_MAX
            || !(1..=limits::LINK_NAME_MAX).contains(&link.name.chars().count())
        {
            let message = format!(
                "the link `{}` is longer than the {} characters that Cloud Monitoring accepts",
                link.name,
                limits::LINK_URL_MAX
            );
            findings.push(
                Diagnostic::error(Code::Link, message)
                    .at(pipeline.places.runbook, "")
                    .help("give a shorter address"),
            );
        }
    }
    findings
}
