//! `manifest.json`: the files that Genkai owns in one environment, and which spec each came from.
//!
//! One line a file, sorted, so that a diff shows what came and went, and a merge of two branches mostly needs no help:
//!
//! ```json
//! {
//!   "version": 1,
//!   "files": [
//!     {"path": "grafana/sales-daily.json", "source": "slo-specs/sales.yaml"},
//!     {"path": "terraform/dag-slo_sales-daily.tf", "source": "slo-specs/sales.yaml"}
//!   ]
//! }
//! ```
//!
//! While files are being written, a line may also say `"only"`: a fingerprint of the contents with which the file is
//! Genkai's. See [`mod@super::steps`] for the reason. A finished run leaves no such line.

use super::{Artifacts, paths};
use serde::Deserialize;
use std::collections::BTreeMap;

const VERSION: u64 = 1;

/// The files that Genkai owns in one environment; paths are relative to its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) files: BTreeMap<String, Owned>,
}

/// How Genkai owns one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owned {
    /// The spec that it came from.
    pub(super) source: String,
    /// If set, the file is Genkai's only while its contents have this fingerprint.
    pub(super) only: Option<String>,
}

impl Owned {
    /// Whether a file with these contents is Genkai's.
    pub(super) fn holds(&self, contents: &[u8]) -> bool {
        self.only.as_ref().is_none_or(|only| *only == fingerprint(contents))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(rename = "version")]
    _version: u64,
    files: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    path: String,
    source: String,
    only: Option<String>,
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ManifestError {
    #[error("it holds the markers of a merge conflict")]
    Conflict,
    #[error("{0}")]
    Form(#[from] serde_json::Error),
    #[error("its format version is not {VERSION}")]
    Version,
    #[error("it lists `{0}`, which is not a file below `terraform/` or `grafana/`")]
    Path(String),
}

impl ManifestError {
    /// What to do about it.
    pub(super) fn help(&self) -> &'static str {
        match self {
            ManifestError::Conflict => {
                "keep the lines of both sides and run `genkai generate`: a line too many does no harm"
            }
            ManifestError::Version => "use the version of Genkai that wrote it, or a newer one",
            ManifestError::Form(_) | ManifestError::Path(_) => {
                "restore it from version control, then run `genkai generate`"
            }
        }
    }
}

impl Manifest {
    /// The manifest of a finished run; `None` when the environment has no files.
    pub(super) fn finished(artifacts: &Artifacts, environment: &str) -> Option<Manifest> {
        let files: BTreeMap<String, Owned> = artifacts
            .of(environment)
            .map(|(path, artifact)| (path.to_owned(), Owned { source: artifact.source.clone(), only: None }))
            .collect();
        (!files.is_empty()).then_some(Manifest { files })
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// When it is not one, or lists a path that Genkai may not touch.
    pub(super) fn parse(bytes: &[u8]) -> Result<Manifest, ManifestError> {
        let conflict = |line: &[u8]| line.starts_with(b"<<<<<<< ") || line.starts_with(b">>>>>>> ");
        if bytes.split(|&byte| byte == b'\n').any(conflict) {
            return Err(ManifestError::Conflict);
        }
        // The version comes first: another version may have another form.
        let json: serde_json::Value = serde_json::from_slice(bytes)?;
        if json.get("version").is_some_and(|version| version.as_u64() != Some(VERSION)) {
            return Err(ManifestError::Version);
        }
        let form = Form::deserialize(json)?;
        let mut files = BTreeMap::new();
        for Line { path, source, only } in form.files {
            if !paths::is_within_environment(&path) {
                return Err(ManifestError::Path(path));
            }
            // A merge by hand may leave a file on two lines, with two sources; that is no reason to stop.
            files.insert(path, Owned { source, only });
        }
        Ok(Manifest { files })
    }

    /// The text of the file.
    pub(super) fn print(&self) -> String {
        // A text has no way to fail.
        let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
        let lines: Vec<String> = self
            .files
            .iter()
            .map(|(path, Owned { source, only })| {
                let only =
                    only.as_ref().map(|only| format!(", \"only\": {}", text(only))).unwrap_or_default();
                format!("    {{\"path\": {}, \"source\": {}{only}}}", text(path), text(source))
            })
            .collect();
        format!("{{\n  \"version\": {VERSION},\n  \"files\": [\n{}\n  ]\n}}\n", lines.join(",\n"))
    }
}

/// Tells contents apart: their length and a hash in the manner of FNV-1a, by words of eight bytes.
///
/// It only has to notice that a file is not the one that a stopped run was about to write, and stands in no finished
/// manifest; who could forge it could also edit the manifest. So a hash of eight lines is enough.
pub(super) fn fingerprint(contents: &[u8]) -> String {
    let hash = contents.chunks(8).fold(0xcbf2_9ce4_8422_2325_u64, |hash, bytes| {
        let word = bytes.iter().rfold(0, |word, byte| word << 8 | u64::from(*byte));
        // A product moves what differs upwards only, so the upper half comes down again.
        let product = (hash ^ word).wrapping_mul(0x0100_0000_01b3);
        product ^ product >> 32
    });
    format!("{}-{hash:016x}", contents.len())
}
