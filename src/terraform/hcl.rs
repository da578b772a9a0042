//! HCL expressions, and the only module that names the crate hcl-rs.
//!
//! An [`Expression`] is one of hcl-rs, but nothing outside can make it from a bare string: hcl-rs writes
//! `${a} 100%${b}` with its second part live, so the constructors here escape text themselves.

use super::escape;
use hcl_rs::edit::{Span as _, parser, structure};
use hcl_rs::expr::{FuncCall, Heredoc, HeredocStripMode, ObjectKey, TemplateExpr, Traversal, Variable};
use hcl_rs::{Identifier, Number};

pub(super) use hcl_rs::Expression as Raw;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression(Raw);

/// A reference to something declared elsewhere, such as `google_monitoring_slo.x.name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(Traversal);

/// The name of an attribute, a block or a function: ASCII letters, digits, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// One part of a [`template`].
#[derive(Clone, Debug)]
pub enum Part<'a> {
    /// Text that stands for itself, whatever it holds.
    Text(&'a str),
    /// The value of a reference.
    Reference(Reference),
}

/// A text that is used as a name but is no identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` cannot be a name in Terraform", .0.escape_debug())]
pub struct InvalidName(pub String);

impl Name {
    /// A name that comes from outside.
    ///
    /// # Errors
    ///
    /// When the text is not an identifier of ASCII characters.
    pub fn new(text: &str) -> Result<Name, InvalidName> {
        let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let rest = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        if first && rest { Ok(Name(text.to_owned())) } else { Err(InvalidName(text.to_owned())) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// For names that our own source spells out. A misspelt one becomes `invalid_name`, which Terraform then reports.
impl From<&'static str> for Name {
    fn from(text: &'static str) -> Name {
        Name::new(text).unwrap_or_else(|_| Name("invalid_name".to_owned()))
    }
}

impl From<Reference> for Expression {
    fn from(reference: Reference) -> Expression {
        // A path of one name is a variable to hcl-rs, which reads it back as such.
        if reference.0.operators.is_empty() {
            Expression(reference.0.expr)
        } else {
            Expression(reference.0.into())
        }
    }
}

/// A quoted string with exactly this text, up to NFC; nothing in it is evaluated.
pub fn string(text: &str) -> Expression {
    quoted(escape::quoted(text))
}

/// A number. One that is not finite has no form in HCL and becomes `null`.
pub fn number(value: f64) -> Expression {
    Expression(Number::from_f64(value).map_or(Raw::Null, Raw::Number))
}

/// A whole number.
pub fn integer(value: i64) -> Expression {
    Expression(Raw::Number(value.into()))
}

/// `true` or `false`.
pub fn boolean(value: bool) -> Expression {
    Expression(Raw::Bool(value))
}

/// A list.
pub fn list(items: impl IntoIterator<Item: Into<Expression>>) -> Expression {
    Expression(Raw::Array(raw(items)))
}

/// An object with these entries, in this order. Of two entries with the same key the later holds.
pub fn object<K: AsRef<str>, V: Into<Expression>>(entries: impl IntoIterator<Item = (K, V)>) -> Expression {
    let entries = entries.into_iter().map(|(key, value)| (object_key(key.as_ref()), value.into().0));
    Expression(Raw::Object(entries.collect()))
}

/// A reference by its path, such as `["google_monitoring_slo", "x", "name"]`.
///
/// # Errors
///
/// When the path is empty, a step is no identifier, or the first is a word of the language (`true`, `null`, …).
pub fn reference(path: &[&str]) -> Result<Reference, InvalidName> {
    let names = path.iter().map(|step| Name::new(step)).collect::<Result<Vec<_>, _>>()?;
    let mut names = names.iter().map(identifier);
    let root = names.next().filter(|root| !is_keyword(root)).map(Variable::from);
    let root = root.ok_or_else(|| InvalidName(path.join(".")))?;
    Ok(Reference(Traversal::new(root, names)))
}

/// A call of one of Terraform's functions.
pub fn call(function: impl Into<Name>, arguments: impl IntoIterator<Item: Into<Expression>>) -> Expression {
    let mut call = FuncCall::new(identifier(&function.into()));
    call.args = raw(arguments);
    Expression(call.into())
}

/// Text with references in it, such as `"select_slo_burn_rate(\"${google_monitoring_slo.x.name}\", \"3600s\")"`.
///
/// A template that is nothing but one reference is the reference: `terraform fmt` would make it so.
pub fn template<'a>(parts: impl IntoIterator<Item = Part<'a>>) -> Expression {
    let mut written = String::new();
    // Neighbouring texts are joined first: a `$` may end one and a `{` begin the next.
    let mut text = String::new();
    let mut references = Vec::new();
    for part in parts {
        match part {
            Part::Text(more) => text.push_str(more),
            Part::Reference(reference) => {
                written.push_str(&escape::quoted_before_interpolation(&text));
                text.clear();
                let reference = Expression::from(reference);
                written.push_str(&format!("${{{}}}", reference.0));
                references.push((reference, written.len()));
            }
        }
    }
    written.push_str(&escape::quoted(&text));
    match references.pop() {
        Some((only, end))
            if references.is_empty() && written == format!("${{{}}}", only.0) && end == written.len() =>
        {
            only
        }
        _ => quoted(written),
    }
}

/// Prose of several lines: a heredoc where that keeps the text as it is, a quoted string elsewhere.
pub fn text(prose: &str) -> Expression {
    let ends_in_newline = prose.ends_with('\n');
    let several_lines = prose.trim_end_matches('\n').contains('\n');
    let body = if ends_in_newline { prose.to_owned() } else { format!("{prose}\n") };
    match escape::heredoc(&body).filter(|_| several_lines) {
        None => string(prose),
        Some(body) => {
            let heredoc = Heredoc::new(Identifier::sanitized(escape::MARKER), body);
            let heredoc = Expression(heredoc.with_strip_mode(HeredocStripMode::Indent).into());
            // A heredoc always ends in a newline, which `chomp` takes away.
            if ends_in_newline { heredoc } else { call("chomp", [heredoc]) }
        }
    }
}

/// A text in which an expression stands in the place of a word of our own, which must be letters and `_` alone: escaping
/// leaves those as they are.
pub fn with_live(text: Expression, word: &str, live: &Expression) -> Expression {
    let with = |escaped: &str| escaped.replace(word, &format!("${{{}}}", live.0));
    Expression(match text.0 {
        Raw::TemplateExpr(template) => Raw::from(match *template {
            TemplateExpr::QuotedString(escaped) => TemplateExpr::QuotedString(with(&escaped)),
            TemplateExpr::Heredoc(mut heredoc) => {
                heredoc.template = with(&heredoc.template);
                TemplateExpr::Heredoc(heredoc)
            }
        }),
        Raw::FuncCall(mut call) => {
            let arguments = std::mem::take(&mut call.args);
            call.args = arguments.into_iter().map(|of| with_live(Expression(of), word, live).0).collect();
            Raw::FuncCall(call)
        }
        other => other,
    })
}

fn quoted(escaped: String) -> Expression {
    Expression(TemplateExpr::QuotedString(escaped).into())
}

fn raw(items: impl IntoIterator<Item: Into<Expression>>) -> Vec<Raw> {
    items.into_iter().map(|item| item.into().0).collect()
}

fn identifier(name: &Name) -> Identifier {
    Identifier::sanitized(name.as_str())
}

fn is_keyword(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "for" | "in" | "if" | "else" | "endif" | "endfor")
}

/// A key stands bare where that is plain, and goes through our own escaping where it is not.
fn object_key(key: &str) -> ObjectKey {
    match Name::new(key) {
        Ok(name) if !key.contains('-') && !is_keyword(key) => ObjectKey::Identifier(identifier(&name)),
        _ => ObjectKey::Expression(string(key).0),
    }
}

/// An expression as the printer needs to see it.
pub(super) enum Shape<'a> {
    /// Stands on one line as it is, see [`word`].
    Word,
    List(&'a [Raw]),
    Object(Vec<(String, &'a Raw)>),
    Call(String, &'a [Raw]),
    /// The body of an indented heredoc, not indented yet.
    Heredoc(&'a str),
}

impl Expression {
    pub(super) fn raw(&self) -> &Raw {
        &self.0
    }
}

pub(super) fn shape(expression: &Raw) -> Shape<'_> {
    match expression {
        Raw::Array(items) => Shape::List(items),
        Raw::Object(entries) => {
            Shape::Object(entries.iter().map(|(key, value)| (printed_key(key), value)).collect())
        }
        Raw::FuncCall(call) => Shape::Call(call.name.to_string(), &call.args),
        Raw::TemplateExpr(template) => match &**template {
            TemplateExpr::QuotedString(_) => Shape::Word,
            TemplateExpr::Heredoc(heredoc) => Shape::Heredoc(&heredoc.template),
        },
        _ => Shape::Word,
    }
}

/// The text of an expression that stands on one line as it is.
pub(super) fn word(expression: &Raw) -> String {
    match expression {
        Raw::TemplateExpr(template) => match &**template {
            TemplateExpr::QuotedString(escaped) => format!("\"{escaped}\""),
            TemplateExpr::Heredoc(_) => expression.to_string(),
        },
        other => other.to_string(),
    }
}

fn printed_key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Expression(Raw::TemplateExpr(template)) => format!("\"{template}\""),
        other => other.to_string(),
    }
}

/// A block of somebody else's file, as far as addresses need it.
pub(super) struct Foreign {
    pub(super) kind: String,
    pub(super) labels: Vec<String>,
    /// First byte.
    pub(super) start: usize,
    /// Attributes with the first byte of each and its value where that is a plain string.
    pub(super) attributes: Vec<(String, usize, Option<String>)>,
    /// Blocks inside, with the first byte of each.
    pub(super) blocks: Vec<(String, usize)>,
}

/// The top-level blocks of a file, or the line and the reason for which it cannot be read.
pub(super) fn parse(text: &str) -> Result<Vec<Foreign>, (usize, String)> {
    let body =
        parser::parse_body(text).map_err(|error| (error.location().line(), error.message().to_owned()))?;
    Ok(body.blocks().map(foreign).collect())
}

fn foreign(block: &structure::Block) -> Foreign {
    let start = |span: Option<std::ops::Range<usize>>| span.map_or(0, |span| span.start);
    Foreign {
        kind: block.ident.to_string(),
        labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
        start: start(block.span()),
        attributes: block
            .body
            .attributes()
            .map(|a| (a.key.to_string(), start(a.span()), a.value.as_str().map(str::to_owned)))
            .collect(),
        blocks: block.body.blocks().map(|inner| (inner.ident.to_string(), start(inner.span()))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(expression: Expression) -> String {
        match shape(expression.raw()) {
            Shape::Word => word(expression.raw()),
            _ => panic!("not on one line: {expression:?}"),
        }
    }

    #[test]
    fn a_reference_is_made_of_identifiers() {
        let slo = reference(&["google_monitoring_slo", "x", "name"]).unwrap();
        assert_eq!(printed(slo.into()), "google_monitoring_slo.x.name");
        for path in [&[][..], &[""], &["a", "b c"], &["a.b"], &["x", "${y}"], &["null"], &["x", "1"]] {
            assert!(reference(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn a_template_keeps_its_texts_dead_and_its_references_live() {
        let x = || Part::Reference(reference(&["local", "x"]).unwrap());
        assert_eq!(
            printed(template([Part::Text("$"), Part::Text("{a} $"), x()])),
            r#""$${a} \u0024${local.x}""#
        );
        assert_eq!(printed(template([Part::Text(""), x()])), "local.x");
        assert_eq!(printed(template([x(), x()])), r#""${local.x}${local.x}""#);
        assert_eq!(printed(template([Part::Text("${local.x}")])), r#""$${local.x}""#);
        assert_eq!(printed(template([])), r#""""#);
    }

    #[test]
    fn a_live_part_leaves_the_rest_dead() {
        let live = call("basename", [reference(&["local", "x"]).unwrap()]);
        let text = with_live(string("${a}=\"THE_ID\""), "THE_ID", &live);
        assert_eq!(printed(text), r#""$${a}=\"${basename(local.x)}\"""#);
    }

    #[test]
    fn numbers_are_plain() {
        assert_eq!([0.999, 5.0, -0.0, 1e300].map(|n| printed(number(n))), ["0.999", "5", "0", "1e300"]);
        assert_eq!(printed(number(f64::NAN)), "null");
        assert_eq!(printed(integer(-1)), "-1");
    }

    #[test]
    fn the_later_of_two_equal_keys_holds() {
        let twice = object([("e\u{301}", integer(1)), ("a", integer(2)), ("\u{e9}", integer(3))]);
        let Shape::Object(entries) = shape(twice.raw()) else { panic!("{twice:?}") };
        let entries: Vec<_> = entries.into_iter().map(|(key, value)| format!("{key} = {value}")).collect();
        assert_eq!(entries, ["\"é\" = 3", "a = 2"]);
    }

    #[test]
    fn keys_that_could_mean_something_else_are_quoted() {
        let keys = ["a_b", "a-b", "for", "true", "1", "", "é"].map(object_key).map(|key| printed_key(&key));
        assert_eq!(keys, ["a_b", "\"a-b\"", "\"for\"", "\"true\"", "\"1\"", "\"\"", "\"é\""]);
    }
}
