//! Texts from specs as they stand in a report: as code, so that no markup, mention, link or number of an issue gets
//! through.

use crate::diagnostics::is_hidden;

/// Where a text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// On a terminal.
    Plain,
    /// In Markdown as GitHub and GitLab read it.
    Markdown,
}

/// A longer text is cut.
const LONGEST: usize = 160;

impl Style {
    /// A text as code. GitHub looks for neither mentions nor links there.
    pub fn code(self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        for (at, letter) in text.trim().chars().enumerate() {
            match letter {
                _ if at == LONGEST => {
                    clean.push('…');
                    break;
                }
                '\n' | '\r' | '\t' => clean.push(' '),
                letter if is_hidden(letter) => clean.extend(letter.escape_unicode()),
                letter => clean.push(letter),
            }
        }
        let fence = match self {
            Style::Plain => "`".to_owned(),
            Style::Markdown => "`".repeat(longest_run(&clean) + 1),
        };
        // Markdown takes one space away at each end, and needs it beside a backtick.
        let space = if clean.starts_with('`') || clean.ends_with('`') || clean.is_empty() { " " } else { "" };
        let space = if self == Style::Plain { "" } else { space };
        format!("{fence}{space}{clean}{space}{fence}")
    }
}

/// How many backticks follow each other at most.
fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Style;

    #[test]
    fn a_text_cannot_leave_its_code_span() {
        let code = |text| Style::Markdown.code(text);
        assert_eq!(code("95%"), "`95%`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`@team`"), "`` `@team` ``");
        assert_eq!(code("one\ntwo\u{202e}"), "`one two\\u{202e}`");
        assert_eq!(code(""), "`  `");
    }
}
