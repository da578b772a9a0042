//! Which document is meant.

use crate::compile::Insight;
use crate::diagnostics::{closest, shown};
use crate::resolve::Effective;
use crate::spec::{Kind, Name};
use std::collections::BTreeSet;

/// More names than this are not listed.
const LISTED: usize = 8;

/// What was asked for is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotFound {
    /// What is not there, in one sentence.
    pub message: String,
    /// What there is.
    pub help: Option<String>,
}

/// The documents with a kind and a name, or with a name alone: one for each different effective tree.
pub(super) fn find<'a>(insight: &'a Insight, asked: &str) -> Result<Vec<&'a Effective>, NotFound> {
    let (kind, name) = asked.split_once('/').map_or((None, asked), |(kind, name)| (Some(kind), name));
    let is_meant = |document: &&Effective| {
        let kind_fits = kind.is_none_or(|kind| document.kind.name().eq_ignore_ascii_case(kind));
        kind_fits && document.text(&["metadata", "name"]) == Some(name)
    };
    let documents: Vec<&Effective> = insight.resolved.documents.iter().filter(is_meant).collect();
    let Some(first) = documents.first() else { return Err(not_found(insight, asked)) };
    let kinds: BTreeSet<Kind> = documents.iter().map(|document| document.kind).collect();
    if kinds.len() > 1 {
        let references = kinds.iter().map(|kind| format!("`{}/{name}`", kind.name()));
        return Err(NotFound {
            message: format!("more than one document is called `{}`", shown(name)),
            help: Some(format!("say which: {}", references.collect::<Vec<_>>().join(", "))),
        });
    }
    // Of several documents with one name, which is an error, the first counts.
    let place = first.tree.span();
    Ok(documents.iter().copied().filter(|document| document.tree.span() == place).collect())
}

/// The kind and name of a document.
pub(super) fn reference(document: &Effective) -> String {
    format!("{}/{}", document.kind.name(), document.text(&["metadata", "name"]).unwrap_or_default())
}

fn not_found(insight: &Insight, asked: &str) -> NotFound {
    let project = insight.resolved.project.as_ref();
    let is_project = project.is_some_and(|project| {
        let name = project.project.metadata.name.as_str();
        asked == name || asked.split_once('/').is_some_and(|(kind, of)| kind == "Project" && of == name)
    });
    if is_project {
        return NotFound {
            message: "the Project promises nothing, so there is nothing to explain".to_owned(),
            help: Some("explain a document that takes its settings from it, or a Calendar".to_owned()),
        };
    }
    let claims = insight.resolved.names.iter().filter(|claim| claim.kind != Kind::Project);
    let names: BTreeSet<(&str, &str)> =
        claims.map(|claim| (claim.kind.name(), claim.name.as_str())).collect();
    let references: Vec<String> = names.iter().map(|(kind, name)| format!("{kind}/{name}")).collect();
    let close = match asked.split_once('/') {
        Some(_) => closest(asked, references.iter().map(String::as_str)).map(str::to_owned),
        None => closest(asked, names.iter().map(|(_, name)| *name)).map(str::to_owned),
    };
    let help = match (close, references.as_slice()) {
        (Some(close), _) => format!("did you mean `{close}`?"),
        (None, []) => "the project has no documents to explain".to_owned(),
        (None, _) => {
            let some = references.iter().take(LISTED).map(|reference| format!("`{reference}`"));
            let more = references.len().saturating_sub(LISTED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("there are {}{more}", some.collect::<Vec<_>>().join(", "))
        }
    };
    NotFound { message: format!("there is no document `{}`", shown(asked)), help: Some(help) }
}

/// The environments to explain: all of the document's, or the one that was asked for.
pub(super) fn environments(
    insight: &Insight,
    documents: &[&Effective],
    asked: Option<&str>,
) -> Result<Vec<String>, NotFound> {
    let mut all: Vec<&str> =
        documents.iter().flat_map(|document| &document.environments).map(|name| name.as_str()).collect();
    // A Calendar is the same everywhere, and watched where it is used.
    let references: Vec<String> = documents
        .iter()
        .filter(|document| !document.kind.has_environments())
        .map(|document| reference(document))
        .collect();
    let watching = insight
        .stacks
        .iter()
        .filter(|stack| stack.pipelines.iter().any(|pipeline| references.contains(&pipeline.reference())));
    all.extend(watching.map(|stack| stack.environment.name.as_str()));
    all.sort_unstable();
    let Some(asked) = asked else { return Ok(all.into_iter().map(str::to_owned).collect()) };
    known_environment(insight, asked)?;
    let calendar = documents.iter().any(|document| !document.kind.has_environments());
    if calendar || all.contains(&asked) {
        return Ok(vec![asked.to_owned()]);
    }
    Err(NotFound {
        message: format!("the document is not compiled for `{asked}`"),
        help: Some(format!("it is compiled for `{}`", all.join("`, `"))),
    })
}

/// The only document with a name as [`find`] takes it, in the environment that is asked for or the only one of its own.
///
/// # Errors
/// There is no such document or environment, or there are several environments.
pub fn document<'a>(
    insight: &'a Insight,
    asked: &str,
    environment: Option<&str>,
) -> Result<(&'a Effective, Name), NotFound> {
    let documents = find(insight, asked)?;
    let names = environments(insight, &documents, environment)?;
    let several = |message: &str, help| Err(NotFound { message: message.to_owned(), help });
    let name = match names.as_slice() {
        [name] => Name(name.clone()),
        [] => return several("the document is compiled for no environment", None),
        names => {
            let help = format!("say which with `--env`: `{}`", names.join("`, `"));
            return several("the document is compiled for several environments", Some(help));
        }
    };
    let held = documents.iter().find(|document| document.environments.contains(&name));
    match held.or_else(|| documents.first()) {
        Some(document) => Ok((document, name)),
        None => Err(NotFound::default()),
    }
}

/// Whether the Project has an environment.
pub(super) fn known_environment(insight: &Insight, asked: &str) -> Result<(), NotFound> {
    let Some(project) = &insight.resolved.project else {
        return Err(NotFound { message: "there is no Project that can be read".to_owned(), help: None });
    };
    let known: Vec<&str> = project.project.spec.environments.keys().map(|name| name.as_str()).collect();
    if known.contains(&asked) {
        return Ok(());
    }
    let help = match closest(asked, known.iter().copied()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("its environments are `{}`", known.join("`, `")),
    };
    Err(NotFound { message: format!("the Project has no environment `{}`", shown(asked)), help: Some(help) })
}
