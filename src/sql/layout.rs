//! Lines of text that are put beside and into each other.

/// Lines without their indentation.
pub(super) type Lines = Vec<String>;

/// One line.
pub(super) fn line(text: impl Into<String>) -> Lines {
    vec![text.into()]
}

/// Two spaces more before each line.
pub(super) fn indented(lines: Lines) -> Lines {
    lines.into_iter().map(|line| if line.is_empty() { line } else { format!("  {line}") }).collect()
}

/// What comes after goes on in the last line.
pub(super) fn glued(mut before: Lines, after: Lines) -> Lines {
    let mut after = after.into_iter();
    match (before.last_mut(), after.next()) {
        (Some(last), Some(first)) => last.push_str(&first),
        (None, Some(first)) => before.push(first),
        (_, None) => {}
    }
    before.extend(after);
    before
}

/// Something before the first line and after the last.
pub(super) fn around(before: &str, lines: Lines, after: &str) -> Lines {
    glued(glued(line(before), lines), line(after))
}

/// Something in brackets that stand on lines of their own.
pub(super) fn block(open: String, inside: Lines, close: &str) -> Lines {
    [line(open), indented(inside), line(close)].concat()
}

/// A comma after each but the last.
pub(super) fn listed(items: impl IntoIterator<Item = Lines>) -> Lines {
    let mut all = Lines::new();
    for item in items {
        if let Some(last) = all.last_mut() {
            last.push(',');
        }
        all.extend(item);
    }
    all
}

/// As many short words in each line as fit, a comma after each but the last.
pub(super) fn filled(words: &[String], width: usize) -> Lines {
    let mut lines = Lines::new();
    for word in words {
        match lines.last_mut() {
            Some(last) if last.chars().count() + word.chars().count() + 3 <= width => {
                last.push_str(", ");
                last.push_str(word);
            }
            Some(last) => {
                last.push(',');
                lines.push(word.clone());
            }
            None => lines.push(word.clone()),
        }
    }
    lines
}
