//! From single changes to lines: one for all environments and all documents of which the same can be said.

use super::model::{Change, Reached};
use std::collections::BTreeMap;

/// Joins changes that differ only in what they reach, and sorts them, the most serious first.
pub(super) fn group(changes: Vec<Change>) -> Vec<Change> {
    let mut grouped: Vec<Change> = Vec::new();
    let mut known = BTreeMap::new();
    for change in changes {
        let key = (
            (change.kind, change.aspect.clone()),
            (change.promise.clone(), change.alert.clone()),
            (change.from.clone(), change.to.clone()),
        );
        match known.get(&key).and_then(|&at: &usize| grouped.get_mut(at)) {
            Some(same) => {
                same.implies.extend(change.implies);
                change.reached.into_iter().for_each(|reached| join(&mut same.reached, reached));
            }
            None => {
                known.insert(key, grouped.len());
                grouped.push(change);
            }
        }
    }
    for change in &mut grouped {
        change.reached.sort_by(|a, b| (&a.reference, &a.environments).cmp(&(&b.reference, &b.environments)));
    }
    grouped.sort_by(|a, b| {
        let first = |change: &Change| change.reached.first().map(|reached| reached.reference.clone());
        let key = |change: &Change| {
            (change.kind, first(change), change.promise.clone(), change.alert.clone(), change.aspect.clone())
        };
        key(a).cmp(&key(b))
    });
    grouped
}

/// What one reaches in several environments is said once.
fn join(all: &mut Vec<Reached>, reached: Reached) {
    let same = all.iter_mut().find(|other| {
        other.reference == reached.reference
            && other.place == reached.place
            && other.meaning == reached.meaning
    });
    match same {
        Some(same) => {
            same.environments.extend(reached.environments);
            same.addresses.extend(reached.addresses);
        }
        None => all.push(reached),
    }
}
