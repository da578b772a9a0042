//! The grammar of filters, of time series and of logs, as far as a stand-in for the API needs it.

/// `left operator right`.
#[derive(Debug)]
pub struct Comparison {
    /// What is compared, such as `resource.type`.
    pub left: String,
    /// With what; empty for a function.
    pub right: String,
}

/// The comparisons in a filter, or where it cannot be read, in the words of the API.
pub fn comparisons(filter: &str) -> Result<Vec<Comparison>, String> {
    let mut reader = Reader { tokens: tokens(filter)?, next: 0, found: Vec::new() };
    reader.expression()?;
    match reader.tokens.get(reader.next) {
        None => Ok(reader.found),
        Some(token) => Err(token.unexpected()),
    }
}

#[derive(Clone, Debug)]
struct Token {
    text: String,
    line: usize,
    column: usize,
}

impl Token {
    fn unexpected(&self) -> String {
        let Token { text, line, column } = self;
        format!("Unparseable filter: syntax error at line {line}, column {column}, token '{text}'")
    }

    fn is(&self, text: &str) -> bool {
        self.text == text
    }

    fn is_word(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphanumeric() || first == '"' || first == '_')
            && !["AND", "OR", "NOT"].contains(&self.text.as_str())
    }

    fn is_operator(&self) -> bool {
        ["=", "!=", "=~", "!~", ":", "<", "<=", ">", ">="].contains(&self.text.as_str())
    }
}

fn tokens(filter: &str) -> Result<Vec<Token>, String> {
    let mut tokens: Vec<Token> = Vec::new();
    for (index, line) in filter.lines().enumerate() {
        let mut letters = line.chars().enumerate().peekable();
        while let Some((column, letter)) = letters.next() {
            let mut token = Token { text: letter.to_string(), line: index + 1, column: column + 1 };
            match letter {
                ' ' | '\t' => continue,
                '"' => loop {
                    let (_, letter) = letters.next().ok_or_else(|| token.unexpected())?;
                    token.text.push(letter);
                    match letter {
                        '\\' => token.text.extend(letters.next().map(|(_, escaped)| escaped)),
                        '"' => break,
                        _ => {}
                    }
                },
                '=' | '!' | '<' | '>' => {
                    token.text.extend(letters.next_if(|(_, next)| "=~".contains(*next)).map(|(_, it)| it));
                }
                '(' | ')' | ',' | ':' => {}
                _ => {
                    let word = |(_, next): &(usize, char)| next.is_alphanumeric() || "_.-/*@".contains(*next);
                    while let Some((_, letter)) = letters.next_if(word) {
                        token.text.push(letter);
                    }
                }
            }
            tokens.push(token);
        }
    }
    Ok(tokens)
}

struct Reader {
    tokens: Vec<Token>,
    next: usize,
    found: Vec<Comparison>,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, wanted: impl Fn(&Token) -> bool) -> Option<Token> {
        let token = self.peek().filter(|token| wanted(token))?.clone();
        self.next += 1;
        Some(token)
    }

    fn demand(&mut self, wanted: impl Fn(&Token) -> bool) -> Result<Token, String> {
        let end = || "Unparseable filter: syntax error at the end".to_owned();
        let unexpected = self.peek().map_or_else(end, Token::unexpected);
        self.take(wanted).ok_or(unexpected)
    }

    /// Terms, joined by `AND`, by `OR`, or by standing side by side.
    fn expression(&mut self) -> Result<(), String> {
        self.term()?;
        while self.peek().is_some_and(|token| !token.is(")")) {
            self.take(|token| token.is("AND") || token.is("OR"));
            self.term()?;
        }
        Ok(())
    }

    fn term(&mut self) -> Result<(), String> {
        self.take(|token| token.is("NOT"));
        if self.take(|token| token.is("(")).is_some() {
            self.expression()?;
            return self.demand(|token| token.is(")")).map(drop);
        }
        let left = self.value()?;
        let right = if self.take(Token::is_operator).is_some() { self.value()? } else { String::new() };
        self.found.push(Comparison { left, right });
        Ok(())
    }

    /// A word, a text, or a function of some.
    fn value(&mut self) -> Result<String, String> {
        let word = self.demand(Token::is_word)?;
        if self.take(|token| token.is("(")).is_some() {
            while self.take(|token| token.is(")")).is_none() {
                self.value()?;
                self.take(|token| token.is(","));
            }
            return Ok(format!("{}()", word.text));
        }
        Ok(word.text.trim_matches('"').to_owned())
    }
}
