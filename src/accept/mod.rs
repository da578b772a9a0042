//! Findings that people accept in place, with a reason and an end date.
//!
//! `# genkai: allow GK402 until 2027-03-31: waiting for the new schedule` takes a warning off the list. A comment on a line
//! of its own covers the next key or list item with all that is below it, or the whole document when it stands before its
//! first key; a comment behind something covers what starts on its line. `docs/allow.md` tells users.

mod comment;
mod cover;

use crate::diagnostics::{Accepted, Code, Diagnostic, Severity, has_errors};
use crate::source::reader::{Comment, Document};
use crate::source::{Sources, Span};
use comment::Allow;
use cover::{Parts, holds};
use jiff::civil::Date;
use std::collections::BTreeSet;

pub use comment::date;

/// More comments than this are not complained about in one run: what shows them all would take minutes.
const MOST: usize = 1000;

/// Takes the findings that comments accept off the list, and adds what is wrong with the comments.
///
/// Whether an accepted finding still occurs is known only when nothing kept the specs from being compiled.
pub fn accept(
    findings: Vec<Diagnostic>,
    sources: &Sources,
    documents: &[Document],
    comments: &[Comment],
    today: Date,
) -> (Vec<Diagnostic>, Vec<Accepted>) {
    let all_is_compiled = !has_errors(&findings);
    let mut remarks = Vec::new();
    let mut allows = Vec::new();
    for asked in comments.iter().filter_map(comment::read) {
        match asked {
            Ok(allow) => allows.push(allow),
            Err(finding) => remarks.push(finding),
        }
    }
    let parts = Parts::of(if allows.is_empty() { &[] } else { documents });
    let mut allows: Vec<Placed> = allows
        .into_iter()
        .map(|allow| Placed { cover: parts.covered_by(allow.span, sources), allow, met: BTreeSet::new() })
        .collect();

    let (mut left, mut accepted) = (Vec::new(), Vec::new());
    for finding in findings {
        let mut accepting = None;
        for placed in allows.iter_mut().filter(|placed| placed.concerns(&finding)) {
            placed.met.insert((finding.code, finding.severity));
            if finding.severity == Severity::Warning && today <= placed.allow.until {
                accepting = Some(&placed.allow);
            }
        }
        match accepting {
            Some(&Allow { ref reason, until, span, .. }) => {
                accepted.push(Accepted { finding, reason: reason.clone(), until, comment: span });
            }
            None => left.push(finding),
        }
    }
    remarks.extend(allows.iter().flat_map(|placed| placed.remarks(all_is_compiled, today)));
    remarks.truncate(MOST);
    left.extend(remarks);
    (left, accepted)
}

/// A comment, what it covers, and which of its codes were found there.
struct Placed {
    allow: Allow,
    cover: Option<Span>,
    met: BTreeSet<(Code, Severity)>,
}

impl Placed {
    fn concerns(&self, finding: &Diagnostic) -> bool {
        let place = finding.primary.as_ref().map(|label| label.span);
        let covered = self.cover.zip(place).is_some_and(|(cover, place)| holds(cover, place));
        covered && self.allow.codes.iter().any(|(code, _)| *code == finding.code)
    }

    fn remarks(&self, all_is_compiled: bool, today: Date) -> Vec<Diagnostic> {
        let met = |code, severity| self.met.contains(&(code, severity));
        let mut remarks = Vec::new();
        for &(code, span) in &self.allow.codes {
            if met(code, Severity::Error) {
                remarks.push(
                    Diagnostic::warning(
                        Code::ErrorAllowed,
                        format!("`{code}` is an error here, which cannot be accepted"),
                    )
                    .at(span, "has no effect")
                    .help("correct the error, and remove the code from the comment"),
                );
            } else if all_is_compiled && !met(code, Severity::Warning) {
                remarks.push(self.unused(code, span));
            }
        }
        let accepts = self.met.iter().any(|(_, severity)| *severity == Severity::Warning);
        if accepts && today > self.allow.until {
            let message = format!("the date until which this is accepted has passed: {}", self.allow.until);
            remarks.push(
                Diagnostic::warning(Code::ExpiredAllow, message)
                    .at(self.allow.until_span, "has no effect any longer")
                    .help("correct what was accepted, or give a later date and say why"),
            );
        }
        remarks
    }

    fn unused(&self, code: Code, span: Span) -> Diagnostic {
        let finding = Diagnostic::warning(Code::UnusedAllow, format!("there is no `{code}` here to accept"))
            .at(span, "has no effect");
        let Some(cover) = self.cover else {
            return finding
                .help("the comment covers nothing: put it above the key that it is for, indented like it");
        };
        let what = match cover.end == self.allow.span.start {
            true => "the comment covers what starts on this line, not what is below it",
            false => "the comment covers this, with what is below it",
        };
        finding
            .also(cover, what)
            .help("remove the code from the comment, or move the comment above the key that it is for")
    }
}
