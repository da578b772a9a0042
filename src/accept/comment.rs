//! What a comment asks for: `# genkai: allow GK402, GK508 until 2027-03-31: waiting for the new schedule`.

use crate::diagnostics::{Code, Diagnostic, shown};
use crate::source::Span;
use crate::source::reader::Comment;
use jiff::civil::Date;

/// The form of a comment, for whoever got it wrong.
const FORM: &str = "write `# genkai: allow GK402 until 2027-03-31: the reason`";

/// A comment that accepts findings.
#[derive(Debug)]
pub(super) struct Allow {
    /// What it accepts, and where each code is written.
    pub codes: Vec<(Code, Span)>,
    /// The last day on which it holds.
    pub until: Date,
    /// Where that day is written.
    pub until_span: Span,
    /// Why.
    pub reason: String,
    /// The whole comment.
    pub span: Span,
}

/// What a comment asks for, or why it is not understood. `None` for one that is not for Genkai.
pub(super) fn read(comment: &Comment) -> Option<Result<Allow, Diagnostic>> {
    let asked = comment.text.trim_start().strip_prefix("genkai:")?;
    let words = Words { comment, rest: asked.trim() };
    Some(words.allow())
}

/// A day as the language writes it: `2027-03-31` and nothing else.
pub fn date(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|date| date.to_string() == text)
}

/// What is left to read of a comment.
struct Words<'c> {
    comment: &'c Comment,
    rest: &'c str,
}

impl<'c> Words<'c> {
    fn allow(mut self) -> Result<Allow, Diagnostic> {
        self.keyword("allow")?;
        let mut codes = vec![self.code()?];
        while self.skip(",") {
            codes.push(self.code()?);
        }
        self.keyword("until")?;
        let (until, until_span) = self.date()?;
        let reason = self.reason()?.to_owned();
        Ok(Allow { codes, until, until_span, reason, span: self.comment.span })
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), Diagnostic> {
        let word = self.take(|letter| !letter.is_whitespace());
        match word {
            _ if word == keyword => Ok(()),
            "" => Err(self.refuse(format!("`{keyword}` is missing"), word).help(FORM)),
            _ => Err(self.refuse(format!("expected `{keyword}`, not `{}`", shown(word)), word).suggest(
                word,
                [keyword],
                || FORM.to_owned(),
            )),
        }
    }

    fn code(&mut self) -> Result<(Code, Span), Diagnostic> {
        let name = self.take(char::is_alphanumeric);
        match Code::from_name(name) {
            Some(Code::NotUnderstood | Code::UnusedAllow | Code::ExpiredAllow | Code::ErrorAllowed) => {
                Err(self
                    .refuse(format!("`{name}` is about comments like this one and cannot be accepted"), name)
                    .help("correct the comment that it is about"))
            }
            Some(code) => Ok((code, self.span(name))),
            None if name.is_empty() => Err(self.refuse("the code of a finding is missing", name).help(FORM)),
            None => {
                // The letters of a code say nothing; of a number that is wrong, no other is the closest.
                let is_number = name.strip_prefix("GK").is_some_and(|number| number.parse::<u16>().is_ok());
                let names = Code::ALL.iter().map(|code| code.name()).filter(|_| !is_number);
                Err(self.refuse(format!("there is no code `{}`", shown(name)), name).suggest(
                    name,
                    names,
                    || "write the code that the finding shows, such as `GK402`".to_owned(),
                ))
            }
        }
    }

    fn date(&mut self) -> Result<(Date, Span), Diagnostic> {
        let written = self.take(|letter| !letter.is_whitespace() && !matches!(letter, ':' | '：'));
        match date(written) {
            Some(until) => Ok((until, self.span(written))),
            None if written.is_empty() => Err(self.refuse("the date is missing", written).help(FORM)),
            None => Err(self
                .refuse(format!("`{}` is not a date", shown(written)), written)
                .help("write year, month and day of a day that exists, such as `2027-03-31`")),
        }
    }

    fn reason(&mut self) -> Result<&'c str, Diagnostic> {
        if let Some(colon) = self.rest.get(..'：'.len_utf8()).filter(|colon| *colon == "：") {
            return Err(self
                .refuse("a full-width colon does not end the date", colon)
                .help("write the ASCII `:` and a space"));
        }
        if self.skip(":") && !self.rest.is_empty() {
            return Ok(self.rest);
        }
        Err(self
            .refuse("the reason is missing", self.rest)
            .help("say after the date and `:` why the finding is accepted"))
    }

    /// The letters that come next and belong together.
    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'c str {
        let (word, rest) =
            self.rest.split_at(self.rest.find(|letter| !belongs(letter)).unwrap_or(self.rest.len()));
        self.rest = rest.trim_start();
        word
    }

    /// Passes over a sign, if it comes next.
    fn skip(&mut self, sign: &str) -> bool {
        let rest = self.rest.strip_prefix(sign).map(str::trim_start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A finding at a part of the comment; at all of it where the part is missing.
    fn refuse(&self, message: impl Into<String>, part: &str) -> Diagnostic {
        let span = if part.is_empty() { self.comment.span } else { self.span(part) };
        Diagnostic::warning(Code::NotUnderstood, message).at(span, "nothing is accepted")
    }

    /// Where a part of the comment stands.
    fn span(&self, part: &str) -> Span {
        let text = &self.comment.text;
        let before = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        let start = self.comment.span.start + narrow("#".len() + before);
        Span { start, end: start + narrow(part.len()), ..self.comment.span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn comment(text: &str) -> Comment {
        let end = u32::try_from(text.len() + 1).unwrap();
        Comment { span: Span { file: FileId(0), start: 0, end }, text: text.to_owned() }
    }

    fn allowed(text: &str) -> String {
        match read(&comment(text)) {
            None => "no comment for Genkai".to_owned(),
            Some(Ok(Allow { codes, until, reason, .. })) => {
                let codes: Vec<&str> = codes.iter().map(|(code, _)| code.name()).collect();
                format!("{} until {until}: {reason}", codes.join("+"))
            }
            Some(Err(finding)) => finding.message,
        }
    }

    #[test]
    fn the_form_leaves_room_for_spaces_only() {
        for (text, expected) in [
            (" genkai: allow GK402 until 2027-03-31: why", "GK402 until 2027-03-31: why"),
            ("genkai:allow GK402 until 2027-03-31:why", "GK402 until 2027-03-31: why"),
            (
                "  genkai:  allow\tGK402 ,GK401  until  2027-03-31 :  a: b # c  \r",
                "GK402+GK401 until 2027-03-31: a: b # c",
            ),
            (
                " genkai: allow GK402 until 2028-02-29: 新しい予定を待つ",
                "GK402 until 2028-02-29: 新しい予定を待つ",
            ),
            (" genkai is nice", "no comment for Genkai"),
            (" see genkai: allow", "no comment for Genkai"),
            (" genkai : allow", "no comment for Genkai"),
            (" genkai:", "`allow` is missing"),
            (" genkai: alow GK402 until 2027-03-31: why", "expected `allow`, not `alow`"),
            (" genkai: allow", "the code of a finding is missing"),
            (" genkai: allow until 2027-03-31: why", "there is no code `until`"),
            (" genkai: allow GK402, until 2027-03-31: why", "there is no code `until`"),
            (" genkai: allow gk402 until 2027-03-31: why", "there is no code `gk402`"),
            (" genkai: allow GK499 until 2027-03-31: why", "there is no code `GK499`"),
            (
                " genkai: allow GK802 until 2027-03-31: why",
                "`GK802` is about comments like this one and cannot be accepted",
            ),
            (" genkai: allow GK402: why", "expected `until`, not `:`"),
            (" genkai: allow GK402", "`until` is missing"),
            (" genkai: allow GK402 GK401 until 2027-03-31: why", "expected `until`, not `GK401`"),
            (" genkai: allow GK402 until", "the date is missing"),
            (" genkai: allow GK402 until : why", "the date is missing"),
            (" genkai: allow GK402 until 2027-02-29: why", "`2027-02-29` is not a date"),
            (" genkai: allow GK402 until 20270331: why", "`20270331` is not a date"),
            (" genkai: allow GK402 until 2027-3-31: why", "`2027-3-31` is not a date"),
            (" genkai: allow GK402 until 2027-03-31T00:00: why", "`2027-03-31T00` is not a date"),
            (" genkai: allow GK402 until 2027-03-31", "the reason is missing"),
            (" genkai: allow GK402 until 2027-03-31: ", "the reason is missing"),
            (" genkai: allow GK402 until 2027-03-31 why", "the reason is missing"),
            (" genkai: allow GK402 until 2027-03-31：理由", "a full-width colon does not end the date"),
        ] {
            assert_eq!(allowed(text), expected, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_words() {
        let text = "  genkai: allow GK402, GK401 until 2027-03-31: 理由";
        let allow = read(&comment(text)).unwrap().unwrap();
        let cut = |span: Span| text.get(span.start as usize - 1..span.end as usize - 1).unwrap();
        assert_eq!(allow.codes.iter().map(|(_, span)| cut(*span)).collect::<Vec<_>>(), ["GK402", "GK401"]);
        assert_eq!(cut(allow.until_span), "2027-03-31");
    }
}
