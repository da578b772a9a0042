//! GK311: an environment's name becomes a folder, which every system must be able to hold.

use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::Resolved;
use crate::source::Node;

/// Names of devices on Windows, as the
/// [documentation](https://learn.microsoft.com/windows/win32/fileio/naming-a-file#naming-conventions) lists them. Of the
/// names that the language allows, these are all that make trouble: none ends in a dot, and none has capitals.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

pub(super) fn check(resolved: &Resolved) -> Vec<Diagnostic> {
    let Some(project) = &resolved.project else { return Vec::new() };
    let environments = project.tree.at(["spec", "environments"]).and_then(Node::as_mapping);
    let entries = environments.into_iter().flat_map(|environments| &environments.entries);
    let reserved = entries.filter(|entry| is_reserved(&entry.key));
    reserved
        .map(|entry| {
            let message = format!("an environment cannot be named `{}`", entry.key);
            Diagnostic::error(Code::ReservedName, message)
                .at(entry.key_span, "Windows keeps this name for a device")
                .help(format!(
                    "give it another name: `generated/{}/` could not be checked out on Windows",
                    entry.key
                ))
        })
        .collect()
}

fn is_reserved(name: &str) -> bool {
    let numbered = |device: &&str| {
        name.strip_prefix(*device).is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
    };
    DEVICES.contains(&name) || NUMBERED_DEVICES.iter().any(numbered)
}

#[cfg(test)]
mod tests {
    use super::is_reserved;

    #[test]
    fn devices_are_reserved_and_nothing_else() {
        for name in ["con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt9"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["console", "com", "com0", "com10", "lpt", "compute1", "production", "nul-1", "coma"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
