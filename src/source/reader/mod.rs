//! From text to span trees: the only reader of YAML that people wrote.
//!
//! A document with any error is left out, its findings are kept, and reading goes on with the next document. Nothing here
//! recurses on the input; what an alias expands to is shared, but counted as if it were written out.

mod brackets;
mod build;
mod events;
mod lines;
mod merge;
mod place;
mod scalars;
mod syntax;
mod versions;

use super::{FileId, Node, Span};
use crate::diagnostics::{Code, Diagnostic};
use build::Builder;
use events::{Event, Events};

/// How much a file may ask for. The defaults are far above any honest spec.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: u64,
    /// Lists and mappings inside each other, aliases written out.
    pub depth: usize,
    /// Values in one document, aliases written out.
    pub nodes: usize,
    /// Bytes of keys and texts in one document, aliases written out.
    pub expanded_bytes: usize,
    /// Findings in one file; after them, the rest of the file is not read.
    pub findings: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes: crate::files::LARGEST_TEXT,
            depth: 128,
            nodes: 200_000,
            expanded_bytes: 16 * 1024 * 1024,
            findings: 1000,
        }
    }
}

impl Limits {
    /// The finding for a file above [`Limits::bytes`], without its place.
    pub fn too_large(&self) -> Diagnostic {
        let mebibytes = self.bytes / (1024 * 1024);
        Diagnostic::error(Code::TooLarge, format!("the file is larger than {mebibytes} MiB"))
            .help("split it into several files")
    }
}

/// What a file says: its sound documents, its comments, and what is wrong with the rest.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The documents without errors, in source order; an empty document is none.
    pub documents: Vec<Document>,
    /// The comments, in source order; those that stand after a syntax error in a document are lost.
    pub comments: Vec<Comment>,
    /// What is wrong, in the order in which it was found.
    pub findings: Vec<Diagnostic>,
}

/// One document of a file.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it says.
    pub root: Node,
    /// All that belongs to it: from the end of the document before, comments above `---` included, to its own end.
    pub span: Span,
}

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From `#` to the end of the line.
    pub span: Span,
    /// What stands after `#`, as written.
    pub text: String,
}

/// Decodes a file; a byte-order mark is dropped, so places count from after it.
///
/// # Errors
/// `GK002` with the place of the first byte that is not UTF-8.
pub fn decode(path: &str, bytes: &[u8]) -> Result<String, Diagnostic> {
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let error = match std::str::from_utf8(content) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    let valid = String::from_utf8_lossy(content.get(..error.valid_up_to()).unwrap_or_default());
    let line = valid.matches('\n').count() + 1;
    let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let offset = bytes.len() - content.len() + error.valid_up_to();
    let help = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it looks like UTF-16; save the file as UTF-8",
        _ => "save the file as UTF-8; it may be Shift_JIS or Latin-1",
    };
    let message = format!(
        "the file is not UTF-8: the byte at line {line}, column {column} (offset {offset}) is invalid"
    );
    Err(Diagnostic::error(Code::NotUtf8, message).in_path(path).help(help))
}

/// Reads all documents of one file.
///
/// Findings are data in the [`Reading`]; no input makes this fail or panic.
pub fn read(file: FileId, text: &str, limits: &Limits) -> Reading {
    let mut reading = Reading::default();
    let limit = limits.bytes.min(u64::from(u32::MAX));
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > limit {
        reading.findings.push(limits.too_large().at(Span { file, start: 0, end: 0 }, ""));
        return reading;
    }
    Reader { file, limits, events: Events::new(file, text, limits), builder: None, boundary: None, reading }
        .run()
}

/// The state of reading one file.
struct Reader<'t> {
    file: FileId,
    limits: &'t Limits,
    events: Events<'t>,
    /// The document that is being read.
    builder: Option<Builder<'t>>,
    /// Where the last document ended; `None` after a broken one, whose end nobody knows.
    boundary: Option<u32>,
    reading: Reading,
}

impl Reader<'_> {
    fn run(mut self) -> Reading {
        self.boundary = Some(0);
        while let Some(next) = self.events.next() {
            let outcome = match next {
                Ok((event, span)) => self.take(event, span),
                Err(error) => {
                    // A document that goes on where it cannot is broken as a whole.
                    let last = self.reading.documents.last().map(|document| document.span.end);
                    if last.is_some_and(|end| self.builder.is_none() && self.events.goes_on(end, &error)) {
                        self.reading.documents.pop();
                    }
                    let open = self.builder.as_ref().and_then(Builder::innermost_flow);
                    Err(self.events.explain(&error, open))
                }
            };
            let goes_on = outcome.is_ok() || self.abandon(outcome);
            if self.too_many_findings() || !goes_on {
                break;
            }
        }
        self.reading
    }

    /// Takes one event; an error ends the document.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::Comment(text) => self.reading.comments.push(Comment { span, text: text.into_owned() }),
            Event::DocumentStart => {
                self.builder = Some(Builder::new(self.limits));
                self.boundary = self.boundary.or(Some(span.start));
            }
            Event::DocumentEnd => {
                let start = self.boundary.replace(span.start).unwrap_or(span.start);
                let Some(builder) = self.builder.take() else { return Ok(()) };
                let (root, findings) = builder.finish();
                self.reading.findings.extend(findings);
                if let Some(root) = root {
                    let span = Span { file: self.file, start, end: span.start.max(start) };
                    self.reading.documents.push(Document { root, span });
                }
            }
            event => {
                if let Some(builder) = &mut self.builder {
                    return builder.take(event, span);
                }
            }
        }
        Ok(())
    }

    /// Gives a document up and says whether there is more to read.
    fn abandon(&mut self, outcome: Result<(), Diagnostic>) -> bool {
        let last = outcome.err();
        if let Some(builder) = self.builder.take() {
            // What stands inside the last error was a symptom of it: `*/5 * * * *` is an unknown alias first.
            let place = last.as_ref().and_then(|finding| finding.primary.as_ref()).map(|label| label.span);
            let symptom = |finding: &Diagnostic| {
                finding.primary.as_ref().zip(place).is_some_and(|(label, place)| {
                    place.start <= label.span.start && label.span.end <= place.end
                })
            };
            self.reading.findings.extend(builder.finish().1.into_iter().filter(|finding| !symptom(finding)));
        }
        self.reading.findings.extend(last);
        self.boundary = None;
        self.events.skip_document()
    }

    fn too_many_findings(&mut self) -> bool {
        let pending = self.builder.as_ref().map_or(0, Builder::finding_count);
        if self.reading.findings.len() + pending <= self.limits.findings {
            return false;
        }
        if let Some(builder) = self.builder.take() {
            self.reading.findings.extend(builder.finish().1);
        }
        self.reading.findings.truncate(self.limits.findings);
        let last = self.reading.findings.last().and_then(|finding| finding.primary.as_ref());
        let span = last.map_or(Span { file: self.file, start: 0, end: 0 }, |label| label.span);
        let message = format!("more than {} findings in one file", self.limits.findings);
        let finding = Diagnostic::error(Code::TooMuch, message).at(span, "the rest is not read");
        self.reading.findings.push(finding.help("correct the findings above and run again"));
        true
    }
}
