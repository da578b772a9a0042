//! What exists: the API does not delete what something else still refers to.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rmpv::Value;

use crate::normal::Holder;
use crate::value::member;

/// Everything that was made and not deleted since the process began, by type and ID.
#[derive(Default)]
pub struct Cloud(RefCell<BTreeMap<(String, String), Value>>);

impl Cloud {
    /// A resource is made, changed or deleted.
    pub fn changes(&self, kind: &str, before: &Value, after: &Value) {
        let mut all = self.0.borrow_mut();
        for (state, exists) in [(before, false), (after, true)] {
            let Some(id) = member(state, "id").as_str() else { continue };
            let key = (kind.to_owned(), id.to_owned());
            match exists {
                true => drop(all.insert(key, state.clone())),
                false => drop(all.remove(&key)),
            }
        }
    }

    /// Why the API does not delete a resource, if it does not.
    pub fn refuses_to_delete(&self, holders: &[Holder], resource: &Value) -> Option<String> {
        holders.iter().find_map(|holder| self.held(holder, resource))
    }

    fn held(&self, holder: &Holder, resource: &Value) -> Option<String> {
        let held = member(resource, &holder.attribute);
        let refers = |state: &Value| match member(state, &holder.argument) {
            Value::Array(items) => items.contains(held),
            other => other == held,
        };
        let all = self.0.borrow();
        let found = all.iter().find(|((kind, _), state)| *kind == holder.resource && refers(state));
        found.map(|((_, id), _)| format!("googleapi: Error 400: {}: {id}", holder.refusal))
    }
}
