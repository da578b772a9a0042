//! Which line is to blame: the parser stops where a line no longer fits, which is often below the one that is wrong.

use super::place::Place;
use crate::diagnostics::{Code, Diagnostic};

/// A line that holds more than a comment.
#[derive(Clone, Copy)]
struct Line<'t> {
    /// Where its content starts.
    offset: usize,
    indentation: usize,
    /// Without indentation, comment and line break.
    content: &'t str,
}

impl<'t> Line<'t> {
    /// The line that starts at an offset, if there is anything on it.
    fn new(start: usize, line: &'t str) -> Option<Line<'t>> {
        let content = line.trim_start_matches(' ');
        let indentation = line.len() - content.len();
        let content = content.split(" #").next().unwrap_or_default().trim_end_matches([' ', '\r']);
        let says_nothing = content.is_empty() || content.starts_with('#');
        (!says_nothing).then_some(Line { offset: start + indentation, indentation, content })
    }

    fn starts_document(self) -> bool {
        self.indentation == 0 && self.content.starts_with("---")
    }

    /// A word where a key should be: neither `key: value` nor the start of anything else.
    fn is_no_entry(self) -> bool {
        let plain = self.content.starts_with(|first: char| first.is_alphanumeric() || first == '_');
        plain && !self.content.contains(": ") && !self.content.ends_with(':')
    }

    /// A key with nothing behind it: what it holds stands below.
    fn opens(self) -> bool {
        self.content.ends_with(':')
    }
}

impl<'t> Place<'t> {
    /// What is wrong with this line, or with one above that makes this one not fit.
    pub fn blame(&self) -> Option<Diagnostic> {
        let this = Line::new(self.line_start(), self.line())?;
        let above = self.lines_above();
        let nearest = above.first().copied();
        above
            .iter()
            .chain([&this])
            .find_map(|line| self.no_space(*line))
            .or_else(|| [nearest, Some(this)].into_iter().flatten().find_map(|line| self.no_real_colon(line)))
            .or_else(|| self.lone_dash(this, &above))
            .or_else(|| self.lone_word(this, &above))
            .or_else(|| self.misaligned(this, &above))
    }

    /// What is wrong with the colon of this line, if only that is.
    pub fn no_real_colon_here(&self) -> Option<Diagnostic> {
        self.no_real_colon(Line::new(self.line_start(), self.line())?)
    }

    fn at_line(&self, line: Line<'_>) -> Place<'t> {
        Place { offset: line.offset, ..*self }
    }

    /// The lines above in this document, nearest first.
    fn lines_above(&self) -> Vec<Line<'t>> {
        let from = self.recently();
        let above = self.text.get(from..self.line_start()).unwrap_or_default();
        let mut offset = from;
        let mut lines = Vec::new();
        for line in above.split_inclusive('\n') {
            lines.extend(Line::new(offset, line.trim_end_matches('\n')));
            offset += line.len();
        }
        lines.into_iter().rev().take_while(|line| !line.starts_document()).collect()
    }

    /// An indentation with a space of another width or kind, which to YAML is a letter.
    fn no_space(&self, line: Line<'_>) -> Option<Diagnostic> {
        let first = line.content.chars().next().filter(|first| like_space(*first))?;
        let entry = line.content.trim_start_matches(like_space);
        // Paragraphs of Japanese text start so.
        key_and_rest(entry).filter(|(_, rest)| rest.starts_with(':'))?;
        let spaces = line.content.len() - entry.len();
        let message = "a character in the indentation is no space, although it looks like one";
        Some(
            Diagnostic::error(Code::Syntax, message)
                .at(self.bytes(line.offset..line.offset + spaces), format!("U+{:04X}", u32::from(first)))
                .help("replace it by spaces"),
        )
    }

    /// A key with something like a colon behind it, or with a colon that nothing like a space follows.
    fn no_real_colon(&self, line: Line<'_>) -> Option<Diagnostic> {
        let (_, rest) = key_and_rest(line.content)?;
        let stuck = rest.strip_prefix(':').is_some_and(|rest| rest.starts_with(like_space));
        (stuck || rest.starts_with('：') || rest.starts_with(" = ")).then(|| self.at_line(line).no_colon())
    }

    /// A word where a key should be: to the parser it is a text, which this line goes on with.
    fn lone_word(&self, this: Line<'_>, above: &[Line<'_>]) -> Option<Diagnostic> {
        let (word, rest) = above.split_first()?;
        let holder = rest.iter().find(|line| line.indentation < word.indentation);
        // Below a value, it is meant to be text.
        let is_key = word.is_no_entry() && holder.is_none_or(|holder| holder.opens());
        (is_key && word.indentation <= this.indentation).then(|| self.at_line(*word).no_colon())
    }

    /// `- key: value` alone among keys.
    fn lone_dash(&self, this: Line<'_>, above: &[Line<'_>]) -> Option<Diagnostic> {
        let is_item = |line: &Line<'_>| line.content.starts_with("- ");
        let mut block = above.iter().take_while(|line| line.indentation >= this.indentation);
        let item = block.find(|line| line.indentation == this.indentation)?;
        let among_keys = is_item(item) && !is_item(&this);
        let others = block.any(|line| line.indentation == this.indentation && is_item(line));
        (among_keys && !others).then(|| {
            Diagnostic::error(Code::Syntax, "a list item among keys")
                .at(self.at_line(*item).length(1), "expected a key")
                .also(self.at_line(this).word(), "a key beside it")
                .help("remove the `-`, or give the list a key of its own")
        })
    }

    /// A line above that is further out or in than those around it, so that this one seems not to fit.
    fn misaligned(&self, this: Line<'_>, above: &[Line<'_>]) -> Option<Diagnostic> {
        let step = self.step();
        let inside = |holder: Option<&Line<'_>>| holder.map_or(0, |holder| holder.indentation + step);
        // The line that would hold this one, what is above that, and the first line below it.
        let at = above.iter().position(|line| line.indentation < this.indentation);
        let holder = at.and_then(|at| above.get(at));
        let before = at.and_then(|at| above.get(at + 1..)).unwrap_or_default();
        let child = at.unwrap_or(above.len()).checked_sub(1).and_then(|at| above.get(at));
        // A holder that should stand in the line above it, as this one does.
        let belongs_deeper = |holder: &&Line<'_>| {
            let above = before.first().filter(|line| line.opens() && line.indentation == holder.indentation);
            above.is_some_and(|line| this.indentation == inside(Some(line)))
        };
        if let Some(holder) = holder.filter(belongs_deeper) {
            return Some(self.not_aligned(*holder, this));
        }
        // A holder of several entries, between lines that are indented as this one is.
        let beside = before.iter().find(|line| line.indentation <= this.indentation);
        let sticks_out = beside.is_some_and(|line| line.indentation == this.indentation);
        let inner = above.iter().take(at.unwrap_or_default());
        let entries =
            inner.filter(|line| child.is_some_and(|child| child.indentation == line.indentation)).count();
        if let Some(holder) = holder.filter(|_| sticks_out && entries != 1) {
            return Some(self.not_aligned(*holder, this));
        }
        let fits = this.indentation == inside(holder);
        if let Some(child) = child.filter(|child| fits && child.indentation > this.indentation) {
            return Some(self.not_aligned(*child, this));
        }
        // A holder that is indented by a step that no other line has.
        let holder = holder?;
        let around = before.iter().find(|line| line.indentation < holder.indentation);
        let out_of_step = around.is_some() && inside(around) == this.indentation;
        (sticks_out || out_of_step).then(|| self.not_aligned(*holder, this))
    }

    /// By how much the lines around are indented on each level: 4 where that is common, else 2.
    fn step(&self) -> usize {
        let until = self.text.ceil_char_boundary(self.offset + 64 * 1024);
        let around = self.text.get(self.recently()..until).unwrap_or_default().lines();
        let indented =
            || around.clone().filter_map(|line| Line::new(0, line)).filter(|line| line.indentation > 0);
        let by_four = indented().filter(|line| line.indentation % 4 == 0).count();
        if by_four * 2 > indented().count() { 4 } else { 2 }
    }

    fn not_aligned(&self, line: Line<'_>, other: Line<'_>) -> Diagnostic {
        let words = |line: Line<'_>| self.at_line(line).word();
        Diagnostic::error(Code::Syntax, "this line is not aligned with its neighbours")
            .at(words(line), format!("indented by {}", line.indentation))
            .also(words(other), format!("indented by {}", other.indentation))
            .help(match other.indentation {
                0 => "do not indent it, or correct the indentation around it".to_owned(),
                spaces => format!("indent it by {spaces}, or correct the indentation around it"),
            })
    }
}

/// A text after a word that can be a key, if it starts with one.
fn key_and_rest(text: &str) -> Option<(&str, &str)> {
    let in_key = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let rest = text.trim_start_matches(in_key);
    text.strip_suffix(rest).filter(|key| !key.is_empty()).map(|key| (key, rest))
}

/// Whether a letter looks like a space and is none to YAML.
pub fn like_space(letter: char) -> bool {
    letter.is_whitespace() && !letter.is_ascii()
}
