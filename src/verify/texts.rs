//! GK504 and GK506: lengths of texts, links and IDs.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{Documentation, Environment, Link, Pipeline};

pub(super) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
    let documentations: Vec<&Documentation> = policies.map(|policy| &policy.documentation).collect();
    // One finding for all that are too long: what is shortened for one is shortened for all.
    let mut findings = Vec::new();
    findings.extend(documentations.iter().find_map(|text| content(pipeline, text)));
    let subject = documentations.iter().find_map(|text| subject(pipeline, text));
    findings.extend(subject.or_else(|| names(pipeline)));
    findings.extend(documentations.iter().flat_map(|text| links(pipeline, text)));
    findings.extend(pipeline.dashboard_uid.as_ref().filter(|uid| !uid_fits(uid)).map(|uid| {
        let message = format!("the ID of the dashboard would be `{uid}`");
        uid_refused(message).at(pipeline.places.name, "")
    }));
    findings
}

/// The folder of the dashboards.
pub(super) fn folder(environment: &Environment) -> Option<Diagnostic> {
    let uid = &environment.grafana.as_ref()?.folder_uid;
    let message = || format!("the ID of the folder of dashboards would be `{uid}`");
    (!uid_fits(uid)).then(|| uid_refused(message()).at(environment.place, ""))
}

fn uid_fits(uid: &str) -> bool {
    (limits::GRAFANA_UID_MIN..=limits::GRAFANA_UID_MAX).contains(&uid.len())
}

/// IDs are cut to fit; this would catch a gap.
fn uid_refused(message: String) -> Diagnostic {
    let (least, most) = (limits::GRAFANA_UID_MIN, limits::GRAFANA_UID_MAX);
    let message = format!("{message}, and Grafana accepts {least} to {most} bytes");
    Diagnostic::error(Code::TextTooLong, message).help("choose another name")
}

/// The longest of all names that are made from the display name decides.
fn names(pipeline: &Pipeline) -> Option<Diagnostic> {
    let slos = pipeline.slos().map(|(_, slo)| &slo.display_name);
    let policies = pipeline.promises.iter().flat_map(|promise| &promise.policies);
    let titles = policies.flat_map(|policy| {
        policy.conditions.iter().map(|condition| &condition.display_name).chain([&policy.display_name])
    });
    let names = titles.chain(slos).chain([&pipeline.display_name]);
    let longest = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let most = limits::DISPLAY_NAME_MAX;
    (longest > most).then(|| {
        let message = format!(
            "the titles made from it are longer than the {most} characters that Cloud Monitoring accepts"
        );
        Diagnostic::error(Code::TextTooLong, message)
            .at(pipeline.places.display_name, "")
            .help(format!("shorten it by at least {} characters", longest - most))
    })
}

// The messages hold no lengths: these differ between environments, and the mistake is one.

fn content(pipeline: &Pipeline, documentation: &Documentation) -> Option<Diagnostic> {
    let (characters, bytes) = (limits::DOCUMENTATION_MAX_CHARACTERS, limits::DOCUMENTATION_MAX_BYTES);
    let text = &documentation.content;
    (text.chars().count() > characters || text.len() > bytes).then(|| {
        let message = format!(
            "the text of an alert would be longer than the {characters} characters or {bytes} bytes that Cloud \
             Monitoring accepts"
        );
        Diagnostic::error(Code::TextTooLong, message)
            .at(pipeline.places.description, "")
            .help("shorten the description, and put the rest into the runbook")
    })
}

fn subject(pipeline: &Pipeline, documentation: &Documentation) -> Option<Diagnostic> {
    let most = limits::SUBJECT_MAX_BYTES;
    (documentation.subject.len() > most).then(|| {
        let message = format!("the subject of an alert would be longer than {most} bytes, and be cut there");
        Diagnostic::error(Code::TextTooLong, message)
            .at(pipeline.places.display_name, "")
            .help("shorten it; a subject adds the name of the alert and of the environment to it")
    })
}

fn links(pipeline: &Pipeline, documentation: &Documentation) -> Vec<Diagnostic> {
    let refuse = |message: String, help: &str| {
        Diagnostic::error(Code::Link, message).at(pipeline.places.runbook, "").help(help)
    };
    let (number, most) = (documentation.links.len(), limits::LINKS_MAX);
    let mut findings = Vec::new();
    if number > most {
        let message = format!("an alert would have {number} links, and Cloud Monitoring accepts {most}");
        findings.push(refuse(message, "leave out the runbook"));
    }
    let lengths = limits::LINK_NAME_MIN..=limits::LINK_NAME_MAX;
    for Link { name, url } in &documentation.links {
        if url.chars().count() > limits::LINK_URL_MAX {
            let most = limits::LINK_URL_MAX;
            let message = format!(
                "the link `{name}` is longer than the {most} characters that Cloud Monitoring accepts"
            );
            findings.push(refuse(message, "give a shorter address"));
        }
        if !lengths.contains(&name.chars().count()) {
            let (least, most) = (lengths.start(), lengths.end());
            let message = format!(
                "the name of the link `{name}` has not the {least} to {most} characters that Cloud Monitoring accepts"
            );
            findings.push(refuse(message, "change the template of the link's name"));
        }
    }
    findings
}
