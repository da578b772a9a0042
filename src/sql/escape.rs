//! What stands between quotes, and what stands in comments.

use std::fmt::Write;

/// A string literal.
pub(super) fn string(text: &str) -> String {
    quoted(text, '\'')
}

/// A string literal without `$` and `[`, with which variables begin in Grafana's queries: their numbers stand for them.
pub(super) fn inert_string(text: &str) -> String {
    string(text).replace('$', "\\u0024").replace('[', "\\u005b")
}

/// A name in backquotes, which has the escapes of strings.
pub(super) fn name(text: &str) -> String {
    quoted(text, '`')
}

/// <https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical>: quoted names and strings have the same escapes.
fn quoted(text: &str, quote: char) -> String {
    let mut out = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\\' => out.push_str("\\\\"),
            _ if letter == quote => out.extend(['\\', letter]),
            // All of them have four digits; writing to a String does not fail.
            _ if is_unseen(letter) => drop(write!(out, "\\u{:04x}", u32::from(letter))),
            _ => out.push(letter),
        }
    }
    out.push(quote);
    out
}

/// Control characters, line breaks of Unicode, and marks that change the direction in which text is shown.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Lines that begin with `--`; nothing in the text ends them before their end.
pub(super) fn comment(text: &str) -> impl Iterator<Item = String> {
    text.trim_end().split('\n').map(|line| {
        let line: String = line.chars().map(|letter| if is_unseen(letter) { ' ' } else { letter }).collect();
        format!("-- {line}").trim_end().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_end_where_they_should() {
        assert_eq!(string("it's \\ \"a\"\n\u{0}"), r#"'it\'s \\ "a"\n\u0000'"#);
        assert_eq!(name("a`b'c"), r"`a\`b'c`");
        assert_eq!(inert_string("a:$.b[0]'"), r"'a:\u0024.b\u005b0]\''");
    }

    #[test]
    fn comments_stay_comments() {
        let lines: Vec<String> = comment("one\ntwo\r; DROP TABLE t\u{2028}three\n").collect();
        assert_eq!(lines, ["-- one", "-- two ; DROP TABLE t three"]);
    }
}
