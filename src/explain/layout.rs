//! Lines for people: indented, aligned, and as wide as the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of the first part of a labelled line.
const LABEL: usize = 9;

/// A text that grows by lines.
pub(super) struct Page {
    text: String,
    width: usize,
    color: bool,
}

impl Page {
    pub fn new(width: usize, color: bool) -> Page {
        Page { text: String::new(), width, color }
    }

    pub fn text(self) -> String {
        self.text
    }

    /// An empty line, unless the last one is, or nothing stands before it.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line that begins a part.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        for line in wrapped(text, self.width) {
            let line = self.styled("1", &line);
            self.line(0, &line);
        }
    }

    /// A line as it is.
    pub fn line(&mut self, indent: usize, text: &str) {
        self.text.push_str(&" ".repeat(if text.is_empty() { 0 } else { indent }));
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    pub fn paragraph(&mut self, indent: usize, text: &str) {
        for line in wrapped(text, self.width.saturating_sub(indent)) {
            self.line(indent, &line);
        }
    }

    /// A label, and beside it a text that keeps to its own column.
    pub fn labelled(&mut self, indent: usize, label: &str, text: &str) {
        self.beside(indent, label, LABEL, text);
    }

    /// The same with a label of a width.
    pub fn beside(&mut self, indent: usize, label: &str, width: usize, text: &str) {
        let column = indent + width.max(label.width()) + 2;
        for (index, line) in wrapped(text, self.width.saturating_sub(column)).iter().enumerate() {
            let before =
                if index == 0 { padded(label, column - indent) } else { " ".repeat(column - indent) };
            self.line(indent, &format!("{before}{line}"));
        }
    }

    /// Less important.
    pub fn faint(&self, text: &str) -> String {
        self.styled("2", text)
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub fn width(&self) -> usize {
        self.width
    }
}

/// A text with spaces behind it.
pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// A text in lines that are not wider than they may be, broken at spaces; letters of double width, as of Japanese, are broken
/// anywhere. A word that is wider stands alone.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    let mut space = false;
    for part in parts(text) {
        if part == " " {
            space = true;
            continue;
        }
        let needed = part.width() + usize::from(space && used > 0);
        if used > 0 && used + needed > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            if space && used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(part);
            used += part.width();
        }
        space = false;
    }
    lines
}

/// Words, spaces, and letters of double width each for itself with what may not begin a line.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, letter) in text.char_indices() {
        let wide = |letter: char| letter.width() == Some(2);
        let closes = "、。」』）・ー％".contains(letter);
        let breaks = match before {
            None => false,
            Some(last) if last.is_whitespace() || letter.is_whitespace() => true,
            Some(last) => (wide(last) || wide(letter)) && !closes && !"「『（".contains(last),
        };
        if breaks {
            parts.extend(text.get(start..at));
            start = at;
        }
        before = Some(letter);
    }
    parts.extend(text.get(start..));
    parts.into_iter().map(|part| if part.trim().is_empty() { " " } else { part }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_between_wide_letters() {
        assert_eq!(wrapped("one two  three", 8), ["one two", "three"]);
        assert_eq!(wrapped("a-very-long-word x", 5), ["a-very-long-word", "x"]);
        assert_eq!(wrapped("売上の集計、毎朝", 10), ["売上の集", "計、毎朝"]);
        assert_eq!(wrapped("", 10), [""]);
    }
}
