//! What syntax errors mean: the parser knows the rule that was broken, people want to know what to change.

use super::super::{FileId, Span};
use super::place::Place;
use crate::diagnostics::{Code, Diagnostic};
use granit_parser::ErrorKind;

/// The finding for nesting beyond the limit.
pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(Code::TooDeep, "lists and mappings are nested too deeply")
        .at(span, "one level too many")
        .help("flatten the document; a spec needs no more than ten levels")
}

/// The finding for a tag.
pub(super) fn tagged(span: Span) -> Diagnostic {
    Diagnostic::error(Code::Tagged, "YAML tags are not used here")
        .at(span, "read as a tag")
        .help("remove the tag; quote the value if it is text that starts with `!`")
}

/// What an error at a byte offset means. `open` is the innermost list or mapping in brackets that is open there.
pub(super) fn explain(
    file: FileId,
    text: &str,
    kind: &ErrorKind,
    offset: usize,
    open: Option<Span>,
) -> Diagnostic {
    let place = Place { file, text, offset };
    if let Some(finding) = place.merge_conflict() {
        return finding;
    }
    match kind {
        ErrorKind::RecursionLimitExceeded => too_deep(place.character()),
        ErrorKind::UnexpectedCharacter { character } => place.unexpected(*character),
        ErrorKind::BomInsideDocument => place.unexpected('\u{feff}'),
        ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey
        | ErrorKind::MappingValueNotAllowed
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedDocumentStart
        | ErrorKind::MissingAnchorOrAliasName => place.structure(kind),
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape
        | ErrorKind::InvalidTagUtf8LeadingByte
        | ErrorKind::InvalidTagUtf8TrailingByte
        | ErrorKind::InvalidTagUtf8 => tagged(place.word()),
        _ => place
            .tab(kind)
            .or_else(|| place.quoted(kind))
            .or_else(|| place.bracketed(kind, open))
            .unwrap_or_else(|| place.other(kind)),
    }
}

/// What people write between parts when it is no comma.
pub(super) const SEPARATORS: [char; 4] = ['，', '、', '；', ';'];

pub(super) fn error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::Syntax, message)
}

/// Whether a text starts with so many hexadecimal digits that name a character.
fn names_character(text: &str, digits: usize) -> bool {
    text.get(..digits)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .is_some_and(|code| char::from_u32(code).is_some())
}

impl Place<'_> {
    /// A conflict that a version control system left behind breaks YAML in puzzling ways.
    fn merge_conflict(&self) -> Option<Diagnostic> {
        let until = self.line_start() + self.line().len();
        let start = match self.text.get(self.recently()..until)?.rfind("\n<<<<<<< ") {
            Some(at) => self.recently() + at + 1,
            None if self.recently() == 0 && self.text.starts_with("<<<<<<< ") => 0,
            None => return None,
        };
        Some(
            error("an unresolved merge conflict")
                .at(self.bytes(start..start + 7), "left by version control")
                .help("resolve it and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`"),
        )
    }

    fn unexpected(&self, character: char) -> Diagnostic {
        let offset = self.after().find(character).map_or(self.offset, |at| self.offset + at);
        let place = Place { offset, ..*self }.character();
        let code = u32::from(character);
        match character {
            '\u{feff}' => error("a byte-order mark (U+FEFF) in the middle of the file")
                .at(place, "invisible character")
                .help("remove it; files that are joined often carry it"),
            '@' | '`' | '%' => error(format!("a value cannot start with `{character}` unless it is quoted"))
                .at(place, "")
                .help(self.quote_in_place(self.marked_value(&[character]))),
            _ if character.is_control() => {
                error(format!("the control character U+{code:04X} is not allowed"))
                    .at(place, "invisible character")
                    .help(format!("remove it, or write `\\u{code:04x}` inside double quotes if it is meant"))
            }
            _ => error(format!("the character `{character}` (U+{code:04X}) is not allowed here"))
                .at(place, "")
                .help("remove it, or put the text into double quotes"),
        }
    }

    /// Help that shows a value in quotes.
    fn quote(&self, value: &str) -> String {
        match value.contains(['\'', '"', '\\']) || value.len() > 60 || value.is_empty() {
            true => "put the value into quotes".to_owned(),
            false => format!("put the value into quotes: `\"{value}\"`"),
        }
    }

    /// Keys, dashes and indentation.
    fn structure(&self, kind: &ErrorKind) -> Diagnostic {
        let line = self.line();
        let content = line.trim_start();
        let starts_line = self.before().ends_with(line.get(..line.len() - content.len()).unwrap_or_default())
            && self.line_start() + (line.len() - content.len()) == self.offset;
        let first_key = self.text.get(self.line_start()..self.offset).unwrap_or_default();
        let by_its_line = match kind {
            ErrorKind::MappingValueNotAllowed => !first_key.contains(": "),
            ErrorKind::ExpectedBlockMappingKey => !content.starts_with("- ") && starts_line,
            ErrorKind::MissingAnchorOrAliasName | ErrorKind::BlockSequenceEntryNotAllowed => false,
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => false,
            _ => starts_line,
        };
        let blamed = if by_its_line { self.blame() } else { None };
        if let Some(finding) = blamed.or_else(|| self.no_real_colon_here()) {
            return finding;
        }
        match kind {
            ErrorKind::MissingAnchorOrAliasName => self.star(),
            ErrorKind::MappingValueNotAllowed => self.second_colon(),
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => self.no_colon(),
            ErrorKind::BlockSequenceEntryNotAllowed => error("a list cannot start on the line of its key")
                .at(self.length(1), "this `-` starts a list")
                .help("start the list on the next line, or quote the value if it is text"),
            ErrorKind::ExpectedBlockSequenceEntry => error("expected another list item")
                .at(self.word(), "no `-` before this")
                .help("start the line with `- `, or change its indentation to say where it belongs"),
            ErrorKind::ExpectedBlockMappingKey if content.starts_with("- ") => {
                error("a list item among keys")
                    .at(self.within_line(content.get(..1).unwrap_or_default()), "expected a key")
                    .help("give the list a key of its own, or remove the `-`")
            }
            _ if starts_line => error("the indentation of this line matches nothing above it")
                .at(self.word(), format!("indented by {}", self.offset - self.line_start()))
                .help("align it with the lines that it belongs to"),
            ErrorKind::ExpectedDocumentStart => error("expected the end of the document")
                .at(self.word(), "unexpected")
                .help("a document is one mapping; start another one with `---`"),
            _ if self.value().starts_with('*') => self.star(),
            _ if self.value().starts_with("{{") => {
                error("a value that starts with `{{` is read as a mapping")
                    .at(self.within_line(self.value()), "")
                    .help(self.quote(self.value()))
            }
            _ => error("unexpected text after a value").at(self.word(), "expected the end of the line").help(
                match self.rest_of_line() {
                    mark @ ("," | ";") => {
                        format!("remove the `{mark}`: a line break is enough outside of brackets")
                    }
                    _ if self.before().trim_end().ends_with(['}', ']']) => {
                        "remove it, or start a new line".to_owned()
                    }
                    _ => "put the whole value into quotes, or start a new line".to_owned(),
                },
            ),
        }
    }

    /// The value that starts on the line, without its key, its dash or a comment.
    fn value(&self) -> &str {
        let line = self.line();
        let value =
            line.split_once(": ").map_or(line.trim_start().trim_start_matches("- "), |(_, value)| value);
        value.split(" #").next().unwrap_or_default().trim()
    }

    /// `cron: */5 * * * *`: an alias to YAML, a schedule to people.
    fn star(&self) -> Diagnostic {
        let value = self.marked_value(&['*', '&']);
        let mark = if value.starts_with('&') { "an anchor" } else { "an alias" };
        error(format!("a value that starts with `{}` is read as {mark}", value.get(..1).unwrap_or("*")))
            .at(self.within_line(value), "not a name of an anchor")
            .help(self.quote_in_place(value))
    }

    /// The value that the error is in, which begins with one of these signs; without what closes a bracket around it, the
    /// entries behind it, or a comment.
    fn marked_value(&self, signs: &[char]) -> &str {
        let line = self.line();
        let begins = |at: usize| {
            let before = line.get(..at).unwrap_or_default();
            before.trim().is_empty()
                || before.ends_with([' ', '{', '[', ',']) && {
                    let before = before.trim_end();
                    before.is_empty() || before.ends_with([':', '{', '[', ',']) || before.trim() == "-"
                }
        };
        let column = self.offset - self.line_start();
        let mut starts = line.match_indices(signs).map(|(at, _)| at).filter(|at| begins(*at));
        let start = starts.clone().rfind(|at| *at <= column).or_else(|| starts.next()).unwrap_or(column);
        let value = line.get(start..).unwrap_or_default().split(" #").next().unwrap_or_default().trim_end();
        let mut end = value.len();
        if self.in_brackets(start) {
            end = value.find(['}', ']']).unwrap_or(end);
            // `, key: ` begins the next entry.
            let next = value.match_indices(", ").find(|(at, _)| {
                let word = value.get(at + 2..).unwrap_or_default().split(':').next().unwrap_or_default();
                !word.is_empty()
                    && word.len() < value.len() - at - 2
                    && word.chars().all(char::is_alphanumeric)
            });
            end = next.map_or(end, |(at, _)| at.min(end));
        }
        value.get(..end).unwrap_or_default().trim_end()
    }

    /// Whether a bracket is open at a place in the line.
    fn in_brackets(&self, column: usize) -> bool {
        let before = self.line().get(..column).unwrap_or_default();
        let count = |brackets: [char; 2]| before.matches(brackets).count();
        count(['{', '[']) > count(['}', ']'])
    }

    /// Help that shows a value in quotes, with the brackets around it where it stands in some.
    fn quote_in_place(&self, value: &str) -> String {
        let line = self.line();
        let start = (value.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
        let before = line.get(..start).unwrap_or_default();
        let after =
            line.get(start + value.len()..).unwrap_or_default().split(" #").next().unwrap_or_default();
        let whole =
            before.find(['{', '[']).filter(|_| self.in_brackets(start)).and_then(|open| before.get(open..));
        match whole.map(|before| format!("{before}\"{value}\"{}", after.trim_end())) {
            Some(whole) if whole.len() <= 80 && !value.contains(['\'', '"', '\\']) => {
                format!("put the value into quotes: `{whole}`")
            }
            _ if before.trim() == "schedule:" || before.trim() == "schedule_interval:" => {
                // In quotes alone it would be no schedule yet.
                format!("write `schedule: {{cron: \"{value}\"}}`")
            }
            _ => self.quote(value),
        }
    }

    /// A colon where no key can be: twice on a line, or on a line that is indented too far.
    fn second_colon(&self) -> Diagnostic {
        let line = self.line();
        let key = self.text.get(self.line_start()..self.offset).unwrap_or_default();
        if let Some((_, value)) = key.split_once(": ") {
            let whole = line.get(key.len() - value.len()..).unwrap_or_default();
            let whole = whole.split(" #").next().unwrap_or_default().trim_end();
            let closed = |open, close| whole.matches(close).count() > whole.matches(open).count();
            return error("a second `:` on one line")
                .at(self.length(1), "read as the end of another key")
                .help(match value.starts_with(['"', '\'']) {
                    true => "write one key on each line".to_owned(),
                    false if closed('{', '}') => format!("write `{{` before `{value}`, or start a new line"),
                    false => format!("{}, or start a new line", self.quote(whole)),
                });
        }
        error("this key is indented deeper than its neighbours")
            .at(self.within_line(key.trim()), "the key above already has a value")
            .help("align it with the key above, or remove the value above to nest it")
    }

    /// A line that should be a key but has no colon that counts.
    pub fn no_colon(&self) -> Diagnostic {
        let word = self.rest_of_line();
        if let Some(at) = word.find('：') {
            let colon = Place { offset: self.offset + at, ..*self };
            return error("a full-width colon does not end a key")
                .at(colon.character(), "full-width")
                .help("write the ASCII `:` and a space");
        }
        if let Some((key, value)) = word.split_once(':').filter(|(_, value)| !value.starts_with(' ')) {
            let colon = Place { offset: self.offset + key.len(), ..*self };
            let other = value.chars().next().filter(|next| next.is_whitespace()).map(u32::from);
            let label =
                other.map_or_else(String::new, |code| format!("followed by U+{code:04X}, which is no space"));
            let value = value.trim_start();
            let finding = error("a space is missing after `:`").at(colon.length(1), label);
            return match word.len() > 60 || value.is_empty() {
                true => finding.help("write a space after the colon"),
                false => finding.help(format!("write `{key}: {value}`")),
            };
        }
        if word.len() > 1024 {
            return error("a key longer than 1024 characters").at(self.character(), "").help("shorten it");
        }
        let (key, value) = word.split_once(' ').unwrap_or((word, ""));
        let value = value.trim_start_matches(['=', ' ']);
        let entry = match word.len() > 60 {
            true => "key: value".to_owned(),
            false => format!("{key}: {value}").trim_end().to_owned(),
        };
        error("expected `:` after this key")
            .at(self.length(word.len()), "neither a key nor part of the value above")
            .help(format!("write `{entry}`, or indent the line to continue the value above"))
    }

    fn tab(&self, kind: &ErrorKind) -> Option<Diagnostic> {
        let tabs = [
            ErrorKind::TabInBlockIndentation,
            ErrorKind::TabInPlainScalar,
            ErrorKind::TabNotAllowed,
            ErrorKind::TabInIndentation,
            ErrorKind::TabAtBlockScalarStart,
        ];
        if !tabs.contains(kind) {
            return None;
        }
        // The parser may stand before or behind the tab.
        let at =
            self.text.get(self.line_start()..)?.find('\t').map_or(self.offset, |at| self.line_start() + at);
        let run = self.text.get(at..)?.bytes().take_while(|byte| *byte == b'\t').count();
        let label = if run == 1 { "a tab" } else { "tabs" };
        let finding = error("tabs cannot indent YAML").at(self.bytes(at..at + run), label);
        Some(finding.help("indent with spaces"))
    }

    /// Quoted and block texts.
    fn quoted(&self, kind: &ErrorKind) -> Option<Diagnostic> {
        let quote = self.after().chars().next().filter(|c| matches!(c, '"' | '\'')).unwrap_or('"');
        Some(match kind {
            ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
                error("a quoted text does not end")
                    .at(self.length(1), format!("no other `{quote}` closes this one"))
                    .help(format!("add the closing `{quote}`"))
            }
            ErrorKind::InvalidTrailingSingleQuotedScalar if let Some(finding) = self.runaway('\'') => finding,
            ErrorKind::InvalidTrailingDoubleQuotedScalar if let Some(finding) = self.runaway('"') => finding,
            ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar
                if let Some(finding) = self.bracket_without_colon() =>
            {
                finding
            }
            ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar
                if self.after().starts_with(SEPARATORS) && self.value().starts_with(['{', '[']) =>
            {
                self.no_comma()
            }
            ErrorKind::InvalidTrailingSingleQuotedScalar => error("unexpected text after the closing quote")
                .at(self.word(), "the quoted text ends before this")
                .help("write `''` for an apostrophe inside single quotes, or use double quotes"),
            ErrorKind::InvalidTrailingDoubleQuotedScalar => error("unexpected text after the closing quote")
                .at(self.word(), "the quoted text ends before this")
                .help("put the whole value into one pair of quotes, with `\\\"` for a quote inside"),
            ErrorKind::UnknownQuotedScalarEscape
            | ErrorKind::InvalidQuotedScalarHexEscape
            | ErrorKind::InvalidUnicodeEscape
            | ErrorKind::InvalidLowSurrogateHexEscape
            | ErrorKind::InvalidLowSurrogate
            | ErrorKind::MissingLowSurrogate
            | ErrorKind::UnpairedLowSurrogate => self.escape(),
            ErrorKind::InvalidQuotedScalarIndent => error("a line of a quoted text is not indented enough")
                .at(self.word(), "")
                .help("indent it deeper than its key"),
            ErrorKind::InvalidBlockScalarHeader => error("unexpected text after `|` or `>`")
                .at(self.length(self.rest_of_line().len()), "only `+`, `-` and a digit can follow")
                .help("start the text on the next line, or quote the value"),
            ErrorKind::InvalidBlockScalarIndent => {
                error("a line of a block text is not indented like its first line")
                    .at(self.word(), "")
                    .help("give all its lines the same indentation")
            }
            _ => return None,
        })
    }

    /// `schedule {cron: "0 4 * * *"}`: the line's first word is a key, and what follows it its value.
    fn bracket_without_colon(&self) -> Option<Diagnostic> {
        let content = self.line().trim_start().trim_start_matches("- ");
        let (key, value) = content.split_once(' ')?;
        let value = value.trim_start();
        let is_key =
            !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter));
        (is_key && value.starts_with(['{', '['])).then(|| {
            error("expected `:` after this key").at(self.within_line(key), "").help(
                match content.len() > 80 {
                    true => format!("write `{key}: ` before the bracket"),
                    false => format!("write `{key}: {value}`"),
                },
            )
        })
    }

    /// A text that was closed on a later line, by the quote that was to open the next one.
    fn runaway(&self, quote: char) -> Option<Diagnostic> {
        let seen = self.before().get(self.recently()..)?;
        let close = seen.rfind(quote)?;
        let open = seen.get(..close)?.rfind(quote)?;
        let (open, close) = (self.recently() + open, self.recently() + close);
        (open < self.line_start()).then(|| {
            error("a quoted text does not end on its line")
                .at(self.bytes(open..open + 1), "opened here")
                .also(self.bytes(close..close + 1), "closed here, by the next quote")
                .help(format!("add the closing `{quote}`"))
        })
    }

    /// The first escape in a double-quoted text that does not exist.
    fn escape(&self) -> Diagnostic {
        let mut rest = self.after();
        let bad = std::iter::from_fn(|| {
            let (_, escape) = rest.split_once('\\')?;
            let escaped = escape.chars().next()?;
            rest = escape.get(escaped.len_utf8()..)?;
            Some((self.text.len() - escape.len(), escaped, rest))
        })
        .find(|(_, escaped, digits)| match escaped {
            'x' => !names_character(digits, 2),
            'u' => !names_character(digits, 4),
            'U' => !names_character(digits, 8),
            known => !"0abtnvfre \"/\\N_LP\t\r\n".contains(*known),
        });
        let Some((at, escaped, _)) = bad else {
            return error("an escape in this quoted text does not exist").at(self.length(1), "");
        };
        let place = self.bytes(at - 1..at + escaped.len_utf8());
        match escaped {
            'x' | 'u' | 'U' => error(format!("the escape `\\{escaped}` does not name a character"))
                .at(place, "")
                .help("`\\x` takes two hexadecimal digits, `\\u` four and `\\U` eight"),
            _ => error(format!("the escape `\\{escaped}` does not exist"))
                .at(place, "")
                .help("write `\\\\` for a backslash, or use single quotes, where it means itself"),
        }
    }

    /// Rare errors: the parser's own words, at the right place.
    fn other(&self, kind: &ErrorKind) -> Diagnostic {
        match kind {
            ErrorKind::CommentNotSeparated => error("a comment needs a space before `#`")
                .at(self.length(1), "")
                .help("add the space, or quote the text if `#` belongs to it"),
            ErrorKind::CommentInterceptedScalar => {
                error("a comment in the middle of a text of several lines")
                    .at(self.word(), "")
                    .help("move the comment, or put the text into quotes")
            }
            _ => error(format!("the YAML does not parse: {kind}")).at(self.word(), ""),
        }
    }
}
