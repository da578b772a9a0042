//! The one printed form: what `terraform fmt` leaves as it is.
//!
//! * One blank line stands before and after every block, none between attributes.
//! * A list stands on one line if that line is short and it holds no objects; otherwise an item has a line.
//! * An object stands on one line if it has no more than one entry, and that a plain one; otherwise an entry has a line, so
//!   that a diff shows the entry.
//! * Signs of equality align over neighbouring lines, as `terraform fmt` has it.

use super::escape;
use super::file::{Block, Body, File, Item};
use super::hcl::{Raw, Shape, shape, word};

/// A line longer than this is broken where a list, an object or a call allows it.
const WIDTH: usize = 80;

/// The text of a file, in the form of `terraform fmt`.
pub fn print(file: &File) -> String {
    let mut out = String::new();
    if let Some(text) = &file.comment {
        comment(&mut out, 0, text);
        if !file.body.items.is_empty() {
            out.push('\n');
        }
    }
    body(&mut out, 0, &file.body);
    out
}

fn body(out: &mut String, indent: usize, body: &Body) {
    let both_attributes = |a: &Item, b: &Item| matches!((a, b), (Item::Attribute(_), Item::Attribute(_)));
    for (index, group) in body.items.chunk_by(both_attributes).enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let attributes = group.iter().filter_map(|item| match item {
            Item::Attribute(a) => {
                Some(Row::new(indent, a.comment.as_deref(), a.name.as_str().to_owned(), a.value.raw()))
            }
            Item::Block(_) => None,
        });
        rows(out, indent, &attributes.collect::<Vec<_>>());
        for item in group {
            if let Item::Block(item) = item {
                block(out, indent, item);
            }
        }
    }
}

fn block(out: &mut String, indent: usize, block: &Block) {
    if let Some(text) = &block.comment {
        comment(out, indent, text);
    }
    start_line(out, indent);
    out.push_str(block.kind.as_str());
    for label in &block.labels {
        out.push_str(&format!(" \"{}\"", label.as_str()));
    }
    out.push_str(" {");
    if !block.body.items.is_empty() {
        out.push('\n');
        body(out, indent + 1, &block.body);
        start_line(out, indent);
    }
    out.push_str("}\n");
}

fn comment(out: &mut String, indent: usize, text: &str) {
    for line in escape::comment_lines(text) {
        start_line(out, indent);
        out.push_str(if line.is_empty() { "#" } else { "# " });
        out.push_str(&line);
        out.push('\n');
    }
}

fn start_line(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n("  ", indent));
}

/// `key = value` in a body or in an object.
struct Row<'a> {
    comment: Option<&'a str>,
    key: String,
    value: String,
    /// Whether `terraform fmt` aligns the row: its value ends on the line where it begins, or is a heredoc.
    aligned: bool,
}

impl<'a> Row<'a> {
    fn new(indent: usize, comment: Option<&'a str>, key: String, expression: &Raw) -> Row<'a> {
        let used = 2 * indent + key.chars().count() + " = ".len();
        let value = value(expression, indent, used);
        let aligned = !value.contains('\n') || matches!(shape(expression), Shape::Heredoc(_));
        Row { comment, key, value, aligned }
    }

    /// Whether `terraform fmt` aligns two rows if one stands directly below the other.
    fn aligns_with(&self, below: &Row) -> bool {
        self.aligned && below.aligned && below.comment.is_none()
    }
}

fn rows(out: &mut String, indent: usize, rows: &[Row]) {
    let one_run =
        |a: &Row, b: &Row| a.aligns_with(b) && clusters(&a.key).is_some() && clusters(&b.key).is_some();
    let mut above: Option<&Row> = None;
    for run in rows.chunk_by(one_run) {
        let width = run.iter().filter_map(|row| clusters(&row.key)).max().unwrap_or(0);
        for row in run {
            // Only a blank line keeps `terraform fmt` from aligning a row whose width is not certain.
            if above.is_some_and(|above| above.aligns_with(row) && !one_run(above, row)) {
                out.push('\n');
            }
            if let Some(text) = row.comment {
                comment(out, indent, text);
            }
            start_line(out, indent);
            out.push_str(&row.key);
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(clusters(&row.key).unwrap_or(width))));
            out.push_str(" = ");
            out.push_str(&row.value);
            out.push('\n');
            above = Some(row);
        }
    }
}

/// How many grapheme clusters `terraform fmt` counts in a key, where that is certain in every version of Unicode: each
/// character of ASCII, the Latin letters, kana and the common ideographs is one.
fn clusters(key: &str) -> Option<usize> {
    let certain = |c: char| matches!(c, ' '..='~' | '\u{c0}'..='\u{24f}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fc}' | '\u{4e00}'..='\u{9fa5}');
    key.chars().all(certain).then(|| key.chars().count())
}

/// A value that begins on a line with this indentation, after this many columns.
fn value(expression: &Raw, indent: usize, used: usize) -> String {
    let shape = shape(expression);
    if matches!(shape, Shape::Word) {
        return word(expression);
    }
    if is_plain(expression) {
        let line = inline(expression);
        if used + line.chars().count() <= WIDTH {
            return line;
        }
    }
    match shape {
        Shape::List(items) if !items.is_empty() => list(items, indent),
        Shape::Object(entries) if !entries.is_empty() => {
            let mut out = String::from("{\n");
            let entries = entries.into_iter().map(|(key, value)| Row::new(indent + 1, None, key, value));
            rows(&mut out, indent + 1, &entries.collect::<Vec<_>>());
            start_line(&mut out, indent);
            out + "}"
        }
        Shape::Heredoc(body) => heredoc(body, indent),
        Shape::Call(name, arguments) => call(&name, arguments, indent).unwrap_or_else(|| inline(expression)),
        _ => inline(expression),
    }
}

fn list(items: &[Raw], indent: usize) -> String {
    let mut out = String::from("[\n");
    for item in items {
        start_line(&mut out, indent + 1);
        // A comma cannot follow the end of a heredoc, so text is quoted here.
        let ends_in_heredoc = match shape(item) {
            Shape::Heredoc(_) => true,
            Shape::Call(_, arguments) => {
                arguments.last().is_some_and(|last| matches!(shape(last), Shape::Heredoc(_)))
            }
            _ => false,
        };
        out.push_str(&if ends_in_heredoc {
            inline(item)
        } else {
            value(item, indent + 1, 2 * (indent + 1) + 1)
        });
        out.push_str(",\n");
    }
    start_line(&mut out, indent);
    out + "]"
}

/// A call over several lines, if its last argument can take them.
fn call(name: &str, arguments: &[Raw], indent: usize) -> Option<String> {
    let (last, others) = arguments.split_last()?;
    let others: String = others.iter().map(|argument| inline(argument) + ", ").collect();
    let mut out = format!("{name}({others}");
    match shape(last) {
        Shape::Heredoc(body) => {
            out.push_str(&heredoc(body, indent));
            out.push('\n');
            start_line(&mut out, indent);
        }
        Shape::List(items) if !items.is_empty() => out.push_str(&list(items, indent)),
        // Whoever breaks a call breaks its argument, so there is no room left for a short form.
        Shape::Object(entries) if !entries.is_empty() => out.push_str(&value(last, indent, WIDTH)),
        _ => return None,
    }
    Some(out + ")")
}

/// An indented heredoc without a line break at its end.
fn heredoc(body: &str, indent: usize) -> String {
    let mut out = format!("<<-{}\n", escape::MARKER);
    for line in body.lines() {
        if !line.is_empty() {
            start_line(&mut out, indent + 1);
        }
        out.push_str(line);
        out.push('\n');
    }
    start_line(&mut out, indent);
    out + escape::MARKER
}

/// Whether an expression reads well on one line, if it is short.
fn is_plain(expression: &Raw) -> bool {
    let no_object =
        |expression: &Raw| !matches!(shape(expression), Shape::Object(entries) if !entries.is_empty());
    match shape(expression) {
        Shape::Word => true,
        Shape::List(items) => items.iter().all(|item| no_object(item) && is_plain(item)),
        Shape::Object(entries) => {
            entries.len() <= 1 && entries.iter().all(|(_, value)| no_object(value) && is_plain(value))
        }
        Shape::Call(_, arguments) => arguments.iter().all(is_plain),
        Shape::Heredoc(_) => false,
    }
}

fn inline(expression: &Raw) -> String {
    let all = |items: &[Raw]| items.iter().map(inline).collect::<Vec<_>>().join(", ");
    match shape(expression) {
        Shape::Word => word(expression),
        Shape::List(items) => format!("[{}]", all(items)),
        Shape::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Shape::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key} = {}", inline(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Shape::Call(name, arguments) => format!("{name}({})", all(arguments)),
        Shape::Heredoc(body) => format!("\"{}\"", escape::quoted_heredoc(body)),
    }
}
