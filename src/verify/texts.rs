//! GK504 and GK506: lengths of texts and links.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{Documentation, Pipeline};

pub(super) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
    let documentations: Vec<&Documentation> = policies.map(|policy| &policy.documentation).collect();
    // The longest of each decides: what is shortened for it is short enough for all.
    let longest = |length: fn(&Documentation) -> usize| documentations.iter().max_by_key(|text| length(text));
    let content = longest(|text| text.content.len()).and_then(|text| content(pipeline, text));
    let subject = longest(|text| text.subject.len()).and_then(|text| subject(pipeline, text));
    let mut findings: Vec<Diagnostic> = content.into_iter().collect();
    findings.extend(subject.or_else(|| names(pipeline)));
    findings.extend(documentations.iter().flat_map(|text| links(pipeline, text)));
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

// The messages hold no lengths: these differ between environments, and the mistake is one.

fn content(pipeline: &Pipeline, documentation: &Documentation) -> Option<Diagnostic> {
    let (characters, bytes) = (documentation.content.chars().count(), documentation.content.len());
    let fits = characters <= limits::DOCUMENTATION_MAX_CHARACTERS && bytes <= limits::DOCUMENTATION_MAX_BYTES;
    (!fits).then(|| {
        let message = format!(
            "the text of an alert would be longer than the {} characters or {} bytes that Cloud Monitoring accepts",
            limits::DOCUMENTATION_MAX_CHARACTERS,
            limits::DOCUMENTATION_MAX_BYTES
        );
        Diagnostic::error(Code::TextTooLong, message)
            .at(pipeline.places.description, "")
            .help("shorten the description, and put the rest into the runbook")
    })
}

fn subject(pipeline: &Pipeline, documentation: &Documentation) -> Option<Diagnostic> {
    (documentation.subject.len() > limits::SUBJECT_MAX_BYTES).then(|| {
        let message = format!(
            "the subject of an alert would be longer than {} bytes, and be cut there",
            limits::SUBJECT_MAX_BYTES
        );
        Diagnostic::error(Code::TextTooLong, message)
            .at(pipeline.places.display_name, "")
            .help("shorten it; a subject adds the name of the alert and of the environment to it")
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
