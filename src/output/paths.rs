//! Which paths Genkai may own. Everything is relative to `generated/` and uses `/`.

/// The folder of the project that holds the output; for messages only, the disk half is told where it is.
pub(super) const FOLDER: &str = "generated";

/// The file of each environment that lists what Genkai owns there.
const MANIFEST: &str = "manifest.json";

// A file that is being written has such a name until it is whole. It begins with a dot, so that no artifact can have it,
// and does not end in `.tf`, so that Terraform never reads it.
pub(super) const TEMPORARY_PREFIX: &str = ".genkai-";
pub(super) const TEMPORARY_SUFFIX: &str = ".tmp";

/// The path of an environment's manifest.
pub(super) fn manifest_of(environment: &str) -> String {
    format!("{environment}/{MANIFEST}")
}

/// The environment, if the path is that of a manifest.
pub(super) fn environment_of_manifest(path: &str) -> Option<&str> {
    path.split_once('/')
        .filter(|(environment, rest)| is_name(environment) && *rest == MANIFEST)
        .map(|(e, _)| e)
}

/// Whether an artifact may have this path: `<environment>/terraform/…` or `<environment>/grafana/…`.
pub(super) fn is_artifact(path: &str) -> bool {
    path.split_once('/')
        .is_some_and(|(environment, within)| is_name(environment) && is_within_environment(within))
}

/// Whether a manifest may list this path, which is relative to the folder of its environment.
pub(super) fn is_within_environment(path: &str) -> bool {
    path.split_once('/').is_some_and(|(folder, rest)| {
        matches!(folder, "terraform" | "grafana") && rest.split('/').all(is_name)
    })
}

/// Whether Terraform reads this file when it works in an environment's folder: it looks neither into folders below nor at
/// names that begin with a dot.
pub(super) fn is_terraform(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    parts.next() == Some("terraform")
        && parts.next().is_some_and(|name| terraform_stem(name).is_some() && !name.starts_with('.'))
        && parts.next().is_none()
}

/// Whether Terraform takes what this file declares for changes to what other files declare.
pub(super) fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().and_then(terraform_stem);
    name.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

fn terraform_stem(name: &str) -> Option<&str> {
    name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json"))
}

/// Whether a stopped run left this file half written.
pub(super) fn is_temporary(path: &str) -> bool {
    path.rsplit_once('/')
        .is_some_and(|(_, name)| name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX))
}

/// The folders that hold a path, from the outermost.
pub(super) fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(end, _)| path.get(..end))
}

/// The path as a case-insensitive file system compares it.
pub(super) fn fold(path: &str) -> String {
    path.to_lowercase()
}

// ASCII only, so that no file system sees two names as one because of how they are encoded. No dot at the start: that
// excludes `.` and `..`, and keeps Genkai out of `.terraform/`. No dot at the end: Windows drops it.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
