//! The one raw text in our SQL: an author's condition.

/// A condition that stays in its place: between parentheses of ours, on lines of its own.
///
/// It is not known to be valid SQL; that is for BigQuery to say, and for the checks of specs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(String);

/// Why a text is no condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCondition {
    /// There is nothing but spaces.
    #[error("there is no condition")]
    Empty,
    /// A `;`.
    #[error("a semicolon ends the statement that the condition is in")]
    Semicolon,
    /// `--`, `#` or `/*`.
    #[error("a comment may hide what follows the condition")]
    Comment,
    /// A string or a quoted name has no end on its line.
    #[error("a quotation has no end on its line")]
    Quotation,
    /// A bracket that is not closed, or not open.
    #[error("the brackets do not match")]
    Brackets,
    /// A character that nobody sees.
    #[error("it holds a control character")]
    Control,
}

impl Condition {
    /// A condition of an author, without the spaces around it.
    ///
    /// # Errors
    /// When anything in it could reach beyond the parentheses that it is put in.
    pub fn new(text: &str) -> Result<Condition, InvalidCondition> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidCondition::Empty);
        }
        if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
            return Err(InvalidCondition::Control);
        }
        let mut open = Vec::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let after = rest.get(letter.len_utf8()..).unwrap_or_default();
            rest = match letter {
                ';' => return Err(InvalidCondition::Semicolon),
                '#' => return Err(InvalidCondition::Comment),
                '-' if after.starts_with('-') => return Err(InvalidCondition::Comment),
                '/' if after.starts_with('*') => return Err(InvalidCondition::Comment),
                '\'' | '"' | '`' => after_quotation(rest, letter).ok_or(InvalidCondition::Quotation)?,
                '(' => opened(&mut open, ')', after),
                '[' => opened(&mut open, ']', after),
                '{' => opened(&mut open, '}', after),
                ')' | ']' | '}' if open.pop() != Some(letter) => return Err(InvalidCondition::Brackets),
                _ => after,
            };
        }
        if open.is_empty() { Ok(Condition(text.to_owned())) } else { Err(InvalidCondition::Brackets) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn opened<'a>(open: &mut Vec<char>, closes: char, after: &'a str) -> &'a str {
    open.push(closes);
    after
}

/// What follows a string or a quoted name that `text` begins with. A backslash takes the next character with it, in raw
/// strings, too.
fn after_quotation(text: &str, quote: char) -> Option<&str> {
    let triple: String = [quote; 3].iter().collect();
    let end = if quote != '`' && text.starts_with(&triple) { triple } else { quote.to_string() };
    let mut rest = text.get(end.len()..)?;
    loop {
        if let Some(after) = rest.strip_prefix(end.as_str()) {
            return Some(after);
        }
        let mut letters = rest.chars();
        match letters.next()? {
            '\n' => return None,
            '\\' => letters.next().filter(|letter| *letter != '\n').map(|_| ())?,
            _ => {}
        }
        rest = letters.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_in_its_place_is_taken() {
        for text in [
            "status != 'draft'",
            "a = 'it\\'s -- no comment; /* none */ #' AND (b[OFFSET(0)] > 1 OR c IN ('x', \"y)\"))",
            "x = '''it's'''",
            "r'\\' = a' = b",
            "`a--b` IS NULL\n  AND a - -1 > 0",
            "a = ''",
            "a = '''' ''' ",
        ] {
            assert!(Condition::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_reaches_beyond_is_refused() {
        use InvalidCondition::{Brackets, Comment, Control, Empty, Quotation, Semicolon};
        for (text, reason) in [
            (" \n", Empty),
            ("a = 1; DROP TABLE t", Semicolon),
            ("a = 1 -- b", Comment),
            ("a = 1 # b", Comment),
            ("a = 1 /* b", Comment),
            ("TRUE) OR (TRUE", Brackets),
            ("(a = 1", Brackets),
            ("(a = 1]", Brackets),
            ("a = 'b", Quotation),
            ("a = 'b\\'", Quotation),
            ("a = 'b\n'", Quotation),
            ("a = '''b'", Quotation),
            ("a = '''b\nc'''", Quotation),
            ("a = 'b\\\n'", Quotation),
            ("a = `b", Quotation),
            ("r'\\' = a", Quotation),
            ("a = 1\u{0}", Control),
            ("a = 1\r-1", Control),
        ] {
            assert_eq!(Condition::new(text), Err(reason), "{text}");
        }
    }
}
