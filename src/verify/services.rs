//! GK501, GK502, GK503, GK504 and GK511: services, their SLOs, and the labels of both and of alert policies.

use crate::diagnostics::{Code, Diagnostic};
use crate::gcp::limits;
use crate::monitoring::{NativeSlo, Pipeline, Promise};

pub(super) fn check(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut findings = labels(pipeline);
    findings.extend(ids(pipeline));
    findings.extend(number_of_slos(pipeline));
    findings.extend(pipeline.slos().flat_map(|(promise, slo)| goal(promise, slo)));
    findings.extend(pipeline.slos().flat_map(|(promise, slo)| window(promise, slo)));
    findings
}

// Selection leaves out the SLOs that the API does not take; the next two would catch a gap in it.

fn goal(promise: &Promise, slo: &NativeSlo) -> Option<Diagnostic> {
    let (least, most) = (limits::SLO_GOAL_MIN, limits::SLO_GOAL_MAX);
    let place = promise.objective.as_ref().map_or(promise.span, |objective| objective.target_span);
    (!(least..=most).contains(&slo.goal)).then(|| {
        let message =
            format!("Cloud Monitoring accepts SLO goals above 0% and up to {most}, not {}", slo.goal);
        Diagnostic::error(Code::SloGoal, message).at(place, "").help(format!("promise {most} or less"))
    })
}

fn window(promise: &Promise, slo: &NativeSlo) -> Option<Diagnostic> {
    let (least, most) = (limits::SLO_ROLLING_DAYS_MIN, limits::SLO_ROLLING_DAYS_MAX);
    let days = slo.rolling_period.as_whole_days();
    (!days.is_some_and(|days| (least..=most).contains(&days))).then(|| {
        let message = format!("Cloud Monitoring accepts SLO windows of {least} to {most} whole days");
        let help = format!("give whole days up to `{most}d`");
        Diagnostic::error(Code::SloWindow, message).at(promise.window_span(), "").help(help)
    })
}

fn labels(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut refuse = |message: String, help: &str| {
        findings.push(Diagnostic::error(Code::Labels, message).at(pipeline.places.labels, "").help(help));
    };
    let (number, most) = (pipeline.labels.len(), limits::LABELS_MAX);
    if number > most {
        refuse(
            format!("there are {number} labels, and Cloud Monitoring accepts {most}"),
            "remove some; Genkai adds two of its own",
        );
    }
    let fits =
        |text: &str| text.chars().count() <= limits::LABEL_MAX && text.len() <= limits::LABEL_MAX_BYTES;
    for (key, _) in pipeline.labels.iter().filter(|(key, value)| !(fits(key) && fits(value))) {
        let (characters, bytes) = (limits::LABEL_MAX, limits::LABEL_MAX_BYTES);
        refuse(
            format!("the label `{key}` is longer than {characters} characters or {bytes} bytes"),
            "shorten its key or its value",
        );
    }
    findings
}

fn ids(pipeline: &Pipeline) -> Vec<Diagnostic> {
    let too_long = |what: &str, id: &str, most: usize| {
        (id.len() > most).then(|| {
            let message = format!("the ID of the {what} would be `{id}`, longer than {most} characters");
            let finding = Diagnostic::error(Code::TextTooLong, message).at(pipeline.places.name, "");
            finding.help("give a shorter name")
        })
    };
    // A service is made for the SLOs that it has.
    let made = pipeline.slos().next();
    let service = made.and_then(|_| too_long("service", &pipeline.service_id, limits::SERVICE_ID_MAX));
    let slos = pipeline.slos().filter_map(|(_, slo)| too_long("SLO", slo.id, limits::SLO_ID_MAX));
    slos.chain(service).collect()
}

fn number_of_slos(pipeline: &Pipeline) -> Option<Diagnostic> {
    let (number, most) = (pipeline.slos().count(), limits::SLOS_PER_SERVICE_MAX);
    (number > most).then(|| {
        let message = format!("there are {number} SLOs, and a service in Cloud Monitoring holds {most}");
        let finding = Diagnostic::warning(Code::TooManyOfAKind, message).at(pipeline.places.name, "");
        finding.help("spread the objectives over several documents")
    })
}
