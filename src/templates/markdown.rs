//! Texts from specs as they stand in Markdown.

/// A text from a spec as it stands in Markdown: no markup, and no variable of Cloud Monitoring (`${…}`).
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_word = false;
    let mut letters = text.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        // Within a word an underscore is no markup, and names are full of them.
        let joins = letter == '_' && in_word && letters.peek().is_some_and(|next| next.is_alphanumeric());
        match letter {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' if !joins => {
                escaped.extend(['\\', letter]);
            }
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
        in_word = letter.is_alphanumeric();
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn text_stays_text() {
        assert_eq!(markdown("daily_report _is_ *late*"), "daily_report \\_is\\_ \\*late\\*");
        assert_eq!(markdown("${policy.name} <b> [x](y)\n# z"), "$\\{policy.name\\} \\<b\\> \\[x\\](y) \\# z");
    }
}
