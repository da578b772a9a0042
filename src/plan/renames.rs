//! Renames: those that are declared, those that look like one, and environments that keep their Terraform state.

use super::ground::{Renames, find};
use super::model::LikelyRename;
use super::side::View;
use crate::explain::in_effect;
use crate::monitoring::{Pipeline, Stack, Subject, states};
use crate::spec::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Two documents look alike when they share so many of their settings, in percent.
const ALIKE: usize = 75;

/// The pipelines of one environment that the head calls by another name, by the reference that they have now.
pub(super) fn declared<'a>(base: Option<&'a Stack>, head: Option<&'a Stack>) -> Renames<'a> {
    let (Some(base), Some(head)) = (base, head) else { return Renames::new() };
    let renamed = head.pipelines.iter().filter_map(|pipeline| {
        if find(base, pipeline).is_some() {
            return None;
        }
        let named = |name: &String| {
            base.pipelines.iter().find(|was| was.subject == pipeline.subject && was.name == *name)
        };
        let was = pipeline.earlier_names.iter().rev().find_map(named)?;
        Some((pipeline.reference(), (was, pipeline)))
    });
    renamed.collect()
}

/// Environments that have another name and the state that they had, as [`keep`](crate::output::keep) finds them: what they
/// were called, by the name that they have now.
pub(super) fn environments(base: &[Stack], head: &[Stack]) -> BTreeMap<String, String> {
    let is_in = |stacks: &[Stack], name: &str| stacks.iter().any(|stack| stack.environment.name == name);
    let states = states(head);
    let renamed = base.iter().filter_map(|stack| {
        let was = &stack.environment.name;
        let is = states.get(&stack.environment.state()?)?;
        (!is_in(head, was) && !is_in(base, is)).then(|| (is.clone(), was.clone()))
    });
    renamed.collect()
}

/// Documents that went and others that came, each at most once, where most of what they say is the same.
pub(super) fn likely(
    base: &View<'_>,
    head: &View<'_>,
    removed: &[(&Pipeline, &str)],
    added: &[(&Pipeline, &str)],
) -> Vec<LikelyRename> {
    let mut taken = BTreeSet::new();
    let mut likely = BTreeMap::new();
    for (is, environment) in added {
        let Subject::Document(kind) = is.subject else { continue };
        let says = settings(head, is, environment);
        let candidates = removed.iter().filter(|(was, of)| was.subject == is.subject && of == environment);
        let alike = candidates.map(|(was, _)| (alike(&settings(base, was, environment), &says), *was));
        let best = alike
            .filter(|(share, was)| *share >= ALIKE && !taken.contains(&was.name))
            .max_by_key(|(share, _)| *share);
        let Some((_, was)) = best else { continue };
        if likely.contains_key(&(kind, is.name.clone())) {
            continue;
        }
        taken.insert(was.name.clone());
        likely.insert((kind, is.name.clone()), rename(head, kind, was, is));
    }
    likely.into_values().collect()
}

fn rename(head: &View<'_>, kind: Kind, was: &Pipeline, is: &Pipeline) -> LikelyRename {
    let names: Vec<&str> = was.earlier_names.iter().chain([&was.name]).map(String::as_str).collect();
    LikelyRename {
        kind: kind.name().to_owned(),
        from: was.name.clone(),
        to: is.name.clone(),
        place: head.place_of(is),
        line: format!("renamedFrom: [{}]", names.join(", ")),
    }
}

/// What a document says below `spec`.
fn settings(view: &View<'_>, pipeline: &Pipeline, environment: &str) -> BTreeSet<String> {
    let Some(document) = view.document(pipeline, environment) else { return BTreeSet::new() };
    let rows = in_effect(&view.side.sources, view.project(), document, view.called(environment));
    rows.iter()
        .filter(|row| row.path.starts_with("spec."))
        .map(|row| format!("{} {}", row.path, row.value))
        .collect()
}

/// How much two sets share, in percent.
fn alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> usize {
    let all = one.union(other).count();
    (100 * one.intersection(other).count()).checked_div(all).unwrap_or_default()
}
