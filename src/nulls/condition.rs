//! The author's SQL condition: one expression of BigQuery's SQL, and nothing that could leave its place in a query.

mod arguments;
mod functions;
mod googlesql;
mod literals;
mod sense;
mod truth;

pub use sense::{Left, Nonsense};

use sqlparser::ast::{Expr, Spanned};
use sqlparser::dialect::BigQueryDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace};
use std::borrow::Cow;
use std::ops::Range;

/// A condition that is one expression, without sub-queries, comments and statements.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    text: String,
    expression: Expr,
    asks_a_column: bool,
}

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConditionError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// A few words for the place; may be empty.
    pub label: &'static str,
    /// What to do.
    pub help: Cow<'static, str>,
    /// The bytes of the text that are wrong.
    pub at: Range<usize>,
}

/// The most words and signs of a condition: every one of `a AND b AND …` is one level deeper.
const MOST_TOKENS: usize = 1_000;

/// Functions over many rows, which a condition on each row cannot ask, and `ERROR`, which would end the query.
const NOT_OF_A_ROW: [&str; 18] = [
    "ANY_VALUE",
    "APPROX_COUNT_DISTINCT",
    "APPROX_QUANTILES",
    "ARRAY_AGG",
    "AVG",
    "COUNT",
    "COUNTIF",
    "ERROR",
    "LOGICAL_AND",
    "LOGICAL_OR",
    "MAX",
    "MAX_BY",
    "MIN",
    "MIN_BY",
    "STDDEV",
    "STRING_AGG",
    "SUM",
    "VARIANCE",
];

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// The text is not one expression, or one that BigQuery would take and a condition must not hold.
    pub fn parse(text: &str) -> Result<Condition, ConditionError> {
        googlesql::quotations(text)?;
        let dialect = BigQueryDialect {};
        let tokens = Tokenizer::new(&dialect, text).tokenize_with_location().map_err(|error| {
            let at = offset(text, error.location);
            wrong(sentence(&error.message), "", PLAIN, at..at)
        })?;
        refused(text, &tokens)?;
        let mut parser = Parser::new(&dialect).with_tokens_with_locations(tokens);
        let unreadable = |parser: &Parser<'_>, message: String| {
            let next = parser.peek_token();
            wrong(message, "", PLAIN, range(text, &next))
        };
        let expression = parser.parse_expr().map_err(|error| unreadable(&parser, why(error)))?;
        match parser.peek_token().token {
            Token::EOF => {
                let asks_a_column = googlesql::check(text, &expression, &|part| bytes(text, part.span()))?;
                Ok(Condition { text: text.to_owned(), expression, asks_a_column })
            }
            _ => Err(unreadable(&parser, "the condition goes on after its end".to_owned())),
        }
    }

    /// The expression as sqlparser has it.
    pub(crate) fn expression(&self) -> &Expr {
        &self.expression
    }

    /// What the condition cannot do, although it can be asked.
    pub fn nonsense(&self) -> Vec<Nonsense> {
        sense::of(&self.expression, self.asks_a_column, &|part| self.range(part.span()))
    }

    /// What the condition leaves of a column's NULLs, whose fields are joined by points; `None` where it may be all.
    pub fn left_of(&self, column: &str) -> Option<Left> {
        sense::left_of(&self.expression, column)
    }

    /// As the author has written it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the text from one place of sqlparser's to another.
    pub(crate) fn range(&self, span: sqlparser::tokenizer::Span) -> Range<usize> {
        bytes(&self.text, span)
    }
}

const PLAIN: &str = "write one condition on the columns of a row, such as `status != 'draft'`";

fn wrong(
    message: impl Into<String>,
    label: &'static str,
    help: impl Into<Cow<'static, str>>,
    at: Range<usize>,
) -> ConditionError {
    ConditionError { message: message.into(), label, help: help.into(), at }
}

/// What ends a condition, hides a part of it, or asks for more than its row.
fn refused(text: &str, tokens: &[TokenWithSpan]) -> Result<(), ConditionError> {
    let spoken: Vec<&TokenWithSpan> =
        tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    if let Some(token) = spoken.get(MOST_TOKENS) {
        let message = format!("the condition is longer than {MOST_TOKENS} words and signs");
        return Err(wrong(message, "", "let a view hold it, and check the view", range(text, token)));
    }
    for token in tokens {
        let refuse = |message: &str, help| Err(wrong(message, "", help, range(text, token)));
        match &token.token {
            Token::SemiColon => {
                return refuse("a condition holds no `;`", "leave it out: a condition is no statement");
            }
            Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
                return refuse(
                    "a condition holds no comment",
                    "write the comment into the YAML, after a `#`",
                );
            }
            Token::Placeholder(_) | Token::AtSign | Token::AtAt => {
                return refuse("a condition has no parameters", "write the value itself");
            }
            Token::DoubleEq => return refuse("there is no operator `==`", "write `=`"),
            Token::Overlap => return refuse("there is no operator `&&`", "write `AND`"),
            Token::ExclamationMark => return refuse("there is no operator `!`", "write `NOT`"),
            Token::Char(letter) if letter.is_alphabetic() => {
                let at = range(text, token).start;
                let rest = text.get(at..).unwrap_or_default();
                let word: String =
                    rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                let message = format!("`{word}` is no name without backticks");
                return Err(wrong(message, "", format!("write it as `` `{word}` ``"), at..at + word.len()));
            }
            _ => {}
        }
    }
    for (index, token) in spoken.iter().enumerate() {
        let next = spoken.get(index + 1).map(|next| &next.token);
        let refuse = |message: String, help| Err(wrong(message, "", help, range(text, token)));
        match &token.token {
            Token::Word(word) if word.quote_style.is_none() => {
                if word.value.starts_with('@') {
                    return refuse("a condition has no parameters".to_owned(), "write the value itself");
                }
                if let Some((_, help)) = FOREIGN_WORDS.iter().find(|(foreign, _)| {
                    word.value.eq_ignore_ascii_case(foreign)
                        && next != Some(&Token::LParen)
                        && before(&spoken, index).is_some_and(ends_a_value)
                }) {
                    return refuse(format!("there is no operator `{}`", word.value), help);
                }
                if word.keyword == Keyword::IN && !matches!(next, Some(Token::LParen)) && !is_unnest(next) {
                    let help = "write the values in parentheses, such as `status IN ('paid', 'sent')`";
                    return refuse("`IN` needs a list of values".to_owned(), help);
                }
                let from = word.keyword == Keyword::FROM && follows_parenthesis(&spoken, index);
                if word.keyword == Keyword::SELECT || from {
                    return refuse("a condition holds no sub-query".to_owned(), ONE_ROW);
                }
                if word.keyword == Keyword::OVER && next == Some(&Token::LParen) {
                    return refuse("a condition holds no window".to_owned(), ONE_ROW);
                }
                let called = next == Some(&Token::LParen) && !follows_dot(&spoken, index);
                let name = word.value.to_uppercase();
                if called && NOT_OF_A_ROW.contains(&name.as_str()) {
                    return refuse(format!("`{name}` is not a function of one row"), ONE_ROW);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Operators of other dialects that are words, and how GoogleSQL has them.
const FOREIGN_WORDS: [(&str, &str); 8] = [
    ("DIV", "write `DIV(a, b)`"),
    ("GLOB", "write `status LIKE 'dr%'`"),
    ("ISNULL", "write `IS NULL`"),
    ("MATCH", "write `REGEXP_CONTAINS(status, r'^x')`"),
    ("MOD", "write `MOD(a, b)`"),
    ("NOTNULL", "write `IS NOT NULL`"),
    ("OVERLAPS", "compare the ends of both, such as `a < d AND c < b`"),
    ("XOR", "write `(a = 1) != (b = 2)`"),
];

/// Whether a token can be the end of what stands before an operator.
fn ends_a_value(token: &Token) -> bool {
    match token {
        Token::Word(word) => !matches!(
            word.keyword,
            Keyword::AND | Keyword::OR | Keyword::NOT | Keyword::BETWEEN | Keyword::LIKE
        ),
        Token::RParen | Token::RBracket | Token::Number(..) => true,
        Token::SingleQuotedString(_) | Token::DoubleQuotedString(_) => true,
        _ => false,
    }
}

const ONE_ROW: &str = "a condition is about one row; let a view hold what needs more, and check the view";

fn is_unnest(token: Option<&Token>) -> bool {
    matches!(token, Some(Token::Word(word)) if word.keyword == Keyword::UNNEST)
}

fn before<'a>(tokens: &[&'a TokenWithSpan], index: usize) -> Option<&'a Token> {
    index.checked_sub(1).and_then(|before| tokens.get(before)).map(|before| &before.token)
}

/// A query may begin with FROM; inside of `EXTRACT(day FROM x)` it does not.
fn follows_parenthesis(tokens: &[&TokenWithSpan], index: usize) -> bool {
    before(tokens, index) == Some(&Token::LParen)
}

fn follows_dot(tokens: &[&TokenWithSpan], index: usize) -> bool {
    before(tokens, index) == Some(&Token::Period)
}

fn why(error: ParserError) -> String {
    match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => sentence(&message),
        ParserError::RecursionLimitExceeded => "the condition is nested too deeply".to_owned(),
    }
}

/// The parser's words without its place, which is shown otherwise.
fn sentence(message: &str) -> String {
    let plain = message.rsplit_once(" at Line: ").map_or(message, |(plain, _)| plain);
    if plain.starts_with("No infix parser") {
        return "the condition cannot be read: there is no such operator".to_owned();
    }
    let plain = plain.replace("Expected: ", "expected ").replace("found: EOF", "found its end");
    format!("the condition cannot be read: {}", plain.replace("found: ", "found "))
}

fn bytes(text: &str, span: sqlparser::tokenizer::Span) -> Range<usize> {
    match span == sqlparser::tokenizer::Span::empty() {
        true => 0..text.len(),
        false => offset(text, span.start)..offset(text, span.end),
    }
}

fn range(text: &str, token: &TokenWithSpan) -> Range<usize> {
    if token.token == Token::EOF {
        return text.len()..text.len();
    }
    offset(text, token.span.start)..offset(text, token.span.end)
}

/// The byte of a line and a column, which sqlparser counts in characters from 1.
fn offset(text: &str, location: Location) -> usize {
    let number = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).saturating_sub(1);
    let line_start =
        text.match_indices('\n').map(|(at, _)| at + 1).nth(number(location.line).wrapping_sub(1));
    let start = if location.line > 1 { line_start.unwrap_or(text.len()) } else { 0 };
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(number(location.column)).map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(text: &str) -> (String, String) {
        let error = Condition::parse(text).unwrap_err();
        (error.message, text.get(error.at).unwrap().to_owned())
    }

    #[test]
    fn one_expression_is_a_condition() {
        let conditions = [
            "status != 'draft'",
            "status NOT IN ('draft', \"void\") AND (amount > 0 OR amount IS NULL)",
            "`select` = 1 AND r'a;b' LIKE b AND note = '-- no comment /* nor this */ # nor this'",
            "EXTRACT(YEAR FROM created) = 2026",
            "STARTS_WITH(`名前`, 'x') AND JSON_VALUE(payload, '$.a') IS NOT NULL",
            "country = 'JP' AND created BETWEEN DATE '2026-01-01' AND CURRENT_DATE('Asia/Tokyo')",
            "s.count = 1",
        ];
        for text in conditions {
            assert!(Condition::parse(text).is_ok(), "{text}: {:?}", Condition::parse(text));
        }
    }

    #[test]
    fn whatever_could_leave_its_place_is_refused_where_it_stands() {
        let places = [
            ("a = 1; DROP TABLE t", ";"),
            ("a = 1 -- AND b", "-- AND b"),
            ("a = 1 /* x */ AND b", "/* x */"),
            ("a = 1 # x", "# x"),
            ("a IN (SELECT b FROM t)", "SELECT"),
            ("EXISTS(FROM t |> WHERE a)", "FROM"),
            ("a = 1) OR (b = 1", ")"),
            ("(a = 1", ""),
            ("a = @limit", "@limit"),
            ("a = @@error.message", "@@error"),
            ("a IN sales.customers", "IN"),
            ("COUNT(*) > 1", "COUNT"),
            ("ERROR('page') IS NULL", "ERROR"),
            ("ROW_NUMBER() OVER (PARTITION BY a) = 1", "OVER"),
            ("a = 1, b = 2", ","),
            ("a = 1 LIMIT 3", "LIMIT"),
        ];
        for (text, place) in places {
            assert_eq!(refused(text).1, place, "{text}: {}", refused(text).0);
        }
        assert!(Condition::parse("a = 'it''s").is_err());
        assert!(Condition::parse("").is_err());
    }

    #[test]
    fn what_is_too_deep_is_refused() {
        let long = vec!["a"; 600].join(" AND ");
        assert!(refused(&long).0.contains("longer than"));
        assert!(refused(&"(".repeat(900)).0.contains("deep"));
        assert!(Condition::parse(&vec!["a"; 400].join(" AND ")).is_ok());
    }

    proptest! {
        /// Nothing panics, and what is wrong is somewhere in the text.
        #[test]
        fn any_text_is_read_or_refused(text in "[a-b'\"`()\\[\\];,.@#*/<>=!\\-\\\\\n 0-9日]{0,40}|.{0,40}") {
            if let Err(error) = Condition::parse(&text) {
                prop_assert!(text.get(error.at.clone()).is_some(), "{error:?}");
            }
        }
    }
}
