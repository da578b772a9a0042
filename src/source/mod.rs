//! From files to span trees: every key and value knows where it stands.

pub mod disk;
mod node;
pub mod reader;

use std::sync::Arc;

pub use node::{Entry, Layer, Mapping, Node, Origin, Value};

/// Identifies one file of a [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in one file: `start` is included, `end` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte, from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// One file as read: its path relative to the project, with `/` on every platform, and its text without a byte-order mark.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// For example `slo-specs/sales.yaml`.
    pub path: String,
    /// The decoded text.
    pub text: Arc<str>,
}

/// All files of one run. A [`FileId`] is an index into it.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file and returns its identity.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { path: path.into(), text: text.into() });
        id
    }

    /// The file, if this `Sources` made the identity.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The files in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// The same files as seen from above: every path with a prefix.
    #[must_use]
    pub fn below(&self, prefix: &str) -> Sources {
        let moved = |file: &SourceFile| SourceFile { path: format!("{prefix}{}", file.path), ..file.clone() };
        Sources { files: self.files.iter().map(moved).collect() }
    }

    /// The file of a span and the line on which it begins, from 1. `None` for a span from elsewhere.
    pub fn line(&self, span: Span) -> Option<(&str, usize)> {
        let file = self.get(span.file)?;
        let before = file.text.bytes().take(span.start as usize);
        Some((&file.path, before.filter(|byte| *byte == b'\n').count() + 1))
    }

    /// The path of a file, or an empty text for an identity from elsewhere.
    pub fn path(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| &file.path)
    }
}
