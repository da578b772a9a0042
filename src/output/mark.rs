//! How Genkai's files say that they are its own, whatever a manifest claims.

use crate::terraform::HEADER_PREFIX;
use serde_json::Value;

/// Whether a file bears the mark that Genkai gives to all of its kind: the first line of what takes comments, the tag of a
/// dashboard.
pub(super) fn bears(path: &str, contents: &[u8]) -> bool {
    let words = HEADER_PREFIX.trim_start_matches(['#', ' ']).as_bytes();
    let begins = |sign: &[u8]| contents.strip_prefix(sign).is_some_and(|rest| rest.starts_with(words));
    match path.rsplit('.').next() {
        Some("tf") => begins(b"# "),
        Some("sql") => begins(b"-- "),
        Some("json") => {
            let dashboard = serde_json::from_slice::<Value>(contents).unwrap_or_default();
            let tags = dashboard.get("tags").and_then(Value::as_array);
            tags.is_some_and(|tags| tags.iter().any(|tag| tag == TAG))
        }
        _ => false,
    }
}

/// The tag of every dashboard.
const TAG: &str = "genkai";
