//! Text in such a form that HCL reads back the same text.
//!
//! Terraform normalises every string to NFC, so text is normalised here first: a plan would never settle otherwise.
//!
//! Every text comes back, NUL and other controls too, with one exception that no spelling avoids: terraform (Go's
//! `x/text`) composes a combining mark with a character beyond U+FFFF by the last 16 bits of that, so that U+E0041 U+0301
//! becomes `Á`. No text that people write has such a pair.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Ends every heredoc that we write.
pub(super) const MARKER: &str = "EOT";

/// The inside of a quoted string.
pub(super) fn quoted(text: &str) -> String {
    escaped(text, false)
}

/// The inside of a quoted string up to an interpolation, which begins with `${`.
pub(super) fn quoted_before_interpolation(text: &str) -> String {
    escaped(text, true)
}

/// The body of a heredoc as the inside of a quoted string, for the places where a heredoc cannot stand.
pub(super) fn quoted_heredoc(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    template.chars().for_each(|c| push(&mut out, c));
    out
}

/// The body of an indented heredoc (`<<-`) that holds the text, or `None` where only a quoted string is safe.
///
/// A heredoc has no escape but `$${` and `%%{`, always ends in a newline, and loses the indentation that all of its lines
/// share.
pub(super) fn heredoc(text: &str) -> Option<String> {
    let text = composed(text);
    let reads_back = text.lines().all(|line| {
        let begin = line.trim_start();
        (line.is_empty() || !begin.is_empty())
            // Terraform wants the marker alone on its line; hcl-rs is content with a line that begins with it.
            && !begin.starts_with(MARKER)
            // Terraform takes a mark away with the indentation that it stands on.
            && !begin.starts_with(extends)
    }) && text.lines().any(|line| line.starts_with(|c: char| !c.is_whitespace()))
        && !hides(&text);
    reads_back.then(|| text.replace("${", "$${").replace("%{", "%%{"))
}

/// Whether a text holds something hidden that has no place in a heredoc.
fn hides(text: &str) -> bool {
    let kept = |c| matches!(c, '\n' | '\t');
    // Of ASCII, which most text is, only the controls are hidden.
    match text.is_ascii() {
        true => text.bytes().any(|byte| byte.is_ascii_control() && !kept(char::from(byte))),
        false => text.chars().any(|c| is_hidden(c) && !kept(c)),
    }
}

/// The lines of a comment, each without what could end it, hide in it or reorder it.
pub(super) fn comment_lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n')
        .map(|line| {
            let mut out = String::with_capacity(line.len());
            for c in line.trim_end().chars() {
                if is_hidden(c) { push(&mut out, c) } else { out.push(c) }
            }
            out
        })
        .collect()
}

/// The text in NFC, which ASCII is anyway.
fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { text.nfc().collect::<String>().into() }
}

fn escaped(text: &str, before_interpolation: bool) -> String {
    let text = composed(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let after = rest.as_str();
        match c {
            '$' | '%' if after.starts_with('{') => out.extend([c, c]),
            // `$${` would be a marker that is doubled and so dead; only the code point keeps both sides as they are.
            '$' if before_interpolation && after.is_empty() => push_code_point(&mut out, c),
            _ => push(&mut out, c),
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_hidden(c) => push_code_point(out, c),
        c => out.push(c),
    }
}

fn push_code_point(out: &mut String, c: char) {
    let code = u32::from(c);
    out.push_str(&if code <= 0xffff { format!("\\u{code:04x}") } else { format!("\\U{code:08x}") });
}

/// Whether the character joins the one before it, even a space, into one grapheme cluster.
fn extends(c: char) -> bool {
    !c.is_ascii() && is_combining_mark(c)
        || matches!(c, '\u{200c}' | '\u{200d}' | '\u{ff9e}' | '\u{ff9f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Whether a reviewer would not see the character, or would see others in the wrong order because of it.
///
/// The joiners U+200C and U+200D are not among them: many scripts and emoji are misspelt without.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marker_is_doubled_whatever_stands_before_it() {
        assert_eq!(quoted("${a} 100%${b}"), "$${a} 100%$${b}");
        assert_eq!(quoted("$$${a}"), "$$$${a}");
        assert_eq!(quoted("$ % $$ %% {}"), "$ % $$ %% {}");
        assert_eq!(quoted("cost: $"), "cost: $");
        assert_eq!(quoted_before_interpolation("cost: $$"), r"cost: $\u0024");
        assert_eq!(quoted_before_interpolation("100%"), "100%");
    }

    #[test]
    fn what_cannot_be_seen_is_spelt_out() {
        assert_eq!(quoted("\"\\\n\u{0}\u{202e}\u{e0041}"), r#"\"\\\n\u0000\u202e\U000e0041"#);
    }

    #[test]
    fn text_is_composed() {
        assert_eq!(quoted("e\u{301}"), "\u{e9}");
    }

    #[test]
    fn a_heredoc_is_refused_where_it_would_change_the_text() {
        assert_eq!(heredoc("one\n  ${two}\n").as_deref(), Some("one\n  $${two}\n"));
        for text in [
            "one\n \n",
            "one\nEOT\n",
            "one\n EOT, or so\n",
            " one\n two\n",
            "one\r\ntwo\n",
            "one\n \u{301}\n",
        ] {
            assert_eq!(heredoc(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_comment_cannot_be_left() {
        assert_eq!(comment_lines("a\rb\r\nc \n\nd\u{2028}e\u{7}"), ["a", "b", "c", "", r"d\u2028e\u0007"]);
    }
}
