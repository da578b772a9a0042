//! From documents to Stacks: one file per kind.

mod alerting;
mod companions;
mod dag_slo;
mod dataflow_slo;
mod due;
mod missed;
pub mod null_ratio_check;
mod pipeline;
mod retention;
mod titles;

use super::stack::{Backend, Channel, Environment, Grafana, Pipeline, Stack, Subject, in_environment};
use crate::diagnostics::Diagnostic;
use crate::gcp::{Scope, limits};
use crate::resolve::{Effective, Resolved, ResolvedProject, Spec, place};
use crate::slo::Schedules;
use crate::source::Sources;
use crate::spec::{self, ComposerEnvironment, Name};
use crate::templates::{self, TemplateError, Templates, Texts};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use titles::Titles;

/// What documents are lowered with.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    project: &'a ResolvedProject,
    sources: &'a Sources,
    texts: Texts<'a>,
    schedules: &'a Schedules,
    titles: &'a Titles,
}

/// Lowers every document for each of its environments. Without a Project there are no Stacks.
///
/// # Errors
/// A template that cannot be rendered.
pub fn lower(
    resolved: &Resolved,
    sources: &Sources,
    templates: &Templates,
) -> Result<(Vec<Stack>, Vec<Diagnostic>), TemplateError> {
    let Some(project) = &resolved.project else { return Ok((Vec::new(), Vec::new())) };
    let schedules = Schedules::with_calendars(due::calendars(resolved));
    let texts = templates.texts(language(project.project.spec.language));
    let mut findings = Vec::new();
    let mut stacks = Vec::new();
    for (name, environment) in &project.project.spec.environments {
        let titles = Titles::new(resolved, project, name, environment);
        let context = Context { project, sources, texts, schedules: &schedules, titles: &titles };
        let documents = resolved.documents.par_iter();
        let documents = documents.filter(|document| document.environments.contains(name));
        let lowered = documents.map(|document| {
            let mut lowered = lower_document(context, document, name, environment)?;
            lowered.findings = lowered.findings.into_iter().map(|finding| document.tag(finding)).collect();
            Ok(lowered)
        });
        let mut pipelines = Vec::new();
        for lowered in lowered.collect::<Result<Vec<_>, TemplateError>>()? {
            findings.extend(lowered.findings);
            pipelines.extend(lowered.pipeline);
        }
        pipelines.extend(companions::lower(context, resolved, name, environment)?);
        pipelines.sort_by(|a, b| (a.subject, &a.name).cmp(&(b.subject, &b.name)));
        let keeps_history = pipelines.iter().any(|pipeline| pipeline.scheduled_query.is_some());
        let bigquery = environment.bigquery.as_ref().filter(|_| keeps_history);
        stacks.push(Stack {
            environment: lower_environment(context, name, environment),
            channels: channels_in_use(environment, &pipelines, &titles),
            pipelines,
            history: bigquery.map(|bigquery| null_ratio_check::history(environment, bigquery)),
        });
    }
    Ok((stacks, findings))
}

/// Whose series the alerts of an environment read.
fn scope(environment: &spec::Environment) -> Scope {
    Scope::new(environment.project_id.as_str(), environment.location.as_ref().map(spec::Region::as_str))
}

/// The address of the Airflow of a Composer environment, without a slash at its end.
fn airflow(environment: &spec::Environment, composer: &ComposerEnvironment) -> Option<String> {
    environment.airflow.get(composer).map(|url| url.as_str().trim_end_matches('/').to_owned())
}

/// The language of the texts.
fn language(language: spec::Language) -> templates::Language {
    match language {
        spec::Language::En => templates::Language::En,
        spec::Language::Ja => templates::Language::Ja,
    }
}

/// A pipeline, unless something that is reported elsewhere keeps it from being made.
struct Lowered {
    pipeline: Option<Pipeline>,
    findings: Vec<Diagnostic>,
}

fn lower_document(
    context: Context<'_>,
    document: &Effective,
    name: &Name,
    environment: &spec::Environment,
) -> Result<Lowered, TemplateError> {
    match &document.spec {
        Some(Spec::DagSlo(dag)) => dag_slo::lower(context, document, dag, name, environment),
        Some(Spec::DataflowSlo(job)) => dataflow_slo::lower(context, document, job, name, environment),
        Some(Spec::NullRatioCheck(check)) => {
            null_ratio_check::lower(context, document, check, name, environment)
        }
        None | Some(Spec::Calendar(_)) => Ok(Lowered { pipeline: None, findings: Vec::new() }),
    }
}

fn lower_environment(context: Context<'_>, name: &Name, environment: &spec::Environment) -> Environment {
    let project = &context.project.project;
    let at = |path: &[&str]| {
        place(&context.project.tree, &[&["spec", "environments", name.as_str()], path].concat())
    };
    let backend = environment.terraform.backend.clone().map(|backend| match backend {
        spec::Backend::Gcs { bucket, prefix } => Backend::Gcs { bucket, prefix },
        spec::Backend::Local { path } => Backend::Local { path },
    });
    Environment {
        name: name.to_string(),
        project_id: environment.project_id.to_string(),
        location: environment.location.as_ref().map(ToString::to_string),
        backend,
        grafana: project.spec.grafana.as_ref().map(|grafana| Grafana {
            folder: match project.spec.environments.len() {
                1 => grafana.folder.to_string(),
                _ => in_environment(grafana.folder.as_str(), name.as_str()),
            },
            folder_uid: uid(&["genkai", project.metadata.name.as_str(), name.as_str()]),
            url: grafana.url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
        }),
        language: language(project.spec.language),
        source: context.sources.path(context.project.tree.span().file).to_owned(),
        place: at(&["projectId"]),
        backend_place: at(&["terraform", "backend"]),
        dataset_place: at(&["bigquery", "dataset"]),
    }
}

fn channels_in_use(
    environment: &spec::Environment,
    pipelines: &[Pipeline],
    titles: &Titles,
) -> BTreeMap<String, Channel> {
    let policies =
        pipelines.iter().flat_map(|pipeline| &pipeline.promises).flat_map(|promise| &promise.policies);
    let names = policies.flat_map(|policy| &policy.channels);
    let channel = |name: &String| environment.channels.get(&Name(name.clone()));
    let declared = names.filter_map(|name| Some((name.clone(), channel(name)?)));
    declared
        .map(|(name, channel)| {
            let channel = match channel {
                spec::Channel::Id(id) => Channel::Id(id.to_string()),
                spec::Channel::Lookup { channel_type, display_name } => Channel::Lookup {
                    channel_type: channel_type.as_str().to_owned(),
                    display_name: display_name.clone(),
                },
                spec::Channel::Email(address) => {
                    Channel::Email { address: address.to_string(), display_name: titles.alone(&name) }
                }
            };
            (name, channel)
        })
        .collect()
}

/// A unique ID for Grafana.
pub(super) fn uid(parts: &[&str]) -> String {
    unique_id(parts, limits::GRAFANA_UID_MAX)
}

/// The parts joined by `-`, the end replaced by a hash where they are too long.
fn unique_id(parts: &[&str], most: usize) -> String {
    let whole = parts.join("-");
    if whole.len() <= most {
        return whole;
    }
    let hash = short_hash(&whole);
    let kept: String = whole.chars().take(most - hash.len() - 1).collect();
    format!("{}-{hash}", kept.trim_end_matches('-'))
}

/// A name in the characters of Terraform's, without the `__` that joins them; where that changes it, with a hash that keeps
/// two of them apart.
fn identifier(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let words = name.chars().map(plain).collect::<String>().to_ascii_lowercase();
    let words = words.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
    if words == name {
        return words;
    }
    format!("{words}_{}", short_hash(name))
}

/// Who else is in the Google Cloud project of an environment must not have the same ID: other environments, other Projects.
fn service_id(project: &str, environment: &Name, subject: Subject, first_name: &str) -> String {
    unique_id(&[project, environment.as_str(), &subject.slug('-'), first_name], limits::SERVICE_ID_MAX)
}

/// Eight digits that keep names apart which would become alike.
fn short_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{identifier, uid};

    #[test]
    fn names_stay_where_terraform_takes_them() {
        assert_eq!(identifier("load_orders"), "load_orders");
        let others =
            ["load.orders", "load-orders", "load__orders", "Load_orders", "_load_orders"].map(identifier);
        for (index, one) in others.iter().enumerate() {
            assert!(one.starts_with("load_orders_") && !one.contains("__"), "{one}");
            assert!(!others.iter().skip(index + 1).any(|other| other == one), "{one}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        assert_eq!(uid(&["genkai", "dag-slo", "sales"]), "genkai-dag-slo-sales");
        let long = |end: &str| uid(&["genkai-production-dag-slo-a-very-long-name-indeed", end]);
        assert!(long("one").len() <= 40 && long("one") != long("two"), "{} {}", long("one"), long("two"));
    }
}
