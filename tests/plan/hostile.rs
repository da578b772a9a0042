//! Hostile texts in specs: nothing of them becomes markup, a mention, a link or the number of an issue. A CommonMark
//! library reads the comment as GitHub would.

use crate::plan::edit::{base, files, sound, texts};
use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use genkai::plan::report::markdown::MARKER;
use genkai::plan::{Agreement, plan, report};
use std::collections::BTreeMap;

const HOSTILE: [&str; 12] = [
    "@octocat and @org/team",
    "fixes #123, GH-7 and octo/repo#9",
    "https://evil.example.com and www.evil.example.com",
    "<img src=x onerror=alert(1)> <!-- x --> </details>",
    "[click](javascript:alert(1)) ![x](https://evil.example.com/x.png)",
    "`code` ``` and **bold** _it_ ~~no~~",
    "# heading",
    "- item",
    "| a | b |",
    "line one\\n\\n## line two\\n@octocat",
    "\u{202e}dnuora \u{200b}hidden",
    ":tada: 0123456789abcdef0123456789abcdef01234567",
];

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options
}

/// The kinds of the nodes, without the texts in code; and all text that is not code.
fn shape(markdown: &str) -> (Vec<String>, String) {
    fn walk<'a>(node: &'a AstNode<'a>, kinds: &mut Vec<String>, text: &mut String) {
        let kind = match &node.data.borrow().value {
            NodeValue::Text(words) => {
                text.push_str(words);
                text.push('\n');
                "text".to_owned()
            }
            NodeValue::Code(_) => "code".to_owned(),
            NodeValue::CodeBlock(_) => "code block".to_owned(),
            NodeValue::HtmlInline(html) => format!("html {html}"),
            NodeValue::HtmlBlock(html) => format!("html {}", html.literal.trim()),
            NodeValue::Link(link) => format!("link {}", link.url),
            NodeValue::Image(image) => format!("image {}", image.url),
            other => format!("{other:?}").split(['(', ' ', '{']).next().unwrap_or_default().to_owned(),
        };
        kinds.push(kind);
        for child in node.children() {
            walk(child, kinds, text);
        }
    }
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let (mut kinds, mut text) = (Vec::new(), String::new());
    walk(root, &mut kinds, &mut text);
    (kinds, text)
}

/// The example with a text wherever a spec may say what it likes.
fn with(text: &str) -> BTreeMap<String, String> {
    let quoted = format!("\"{}\"", text.replace('"', "\\\""));
    let mut files = files().clone();
    let mut edit = |path: &str, from: &str, to: &str| {
        let file = files.get_mut(path).unwrap();
        assert!(file.contains(from), "{from}");
        *file = file.replacen(from, to, 1);
    };
    edit(
        "slo-specs/sales/daily.yaml",
        "displayName: Daily sales\n",
        &format!("displayName: {}\n", quoted.replace("\\n", " ")),
    );
    edit(
        "slo-specs/sales/finance.yaml",
        "description: Closes the books of the month before.",
        &format!("description: {quoted}"),
    );
    edit("slo-specs/project.yaml", "\"#data-alerts\"", &quoted.replace("\\n", " "));
    edit(
        "slo-specs/sales/settlement.yaml",
        "reason: new file format of the payment providers",
        &format!("reason: {}", quoted.replace("\\n", " ")),
    );
    edit("slo-specs/sales/settlement.yaml", "to: 2026-10-13", "to: 2026-10-16");
    files
}

fn comment(text: &str) -> String {
    let head = sound(&with(text));
    let plan = plan(base(), &head, &Agreement::default());
    report::markdown::render(&plan, texts(&head)).unwrap()
}

#[test]
fn no_markup_or_mention_gets_through() {
    let benign = comment("plain words");
    assert!(benign.starts_with(MARKER));
    let (shape_of_benign, _) = shape(&benign);
    assert!(shape_of_benign.iter().filter(|kind| *kind == "code").count() > 5, "{shape_of_benign:?}");
    for hostile in HOSTILE {
        let told = comment(hostile);
        let (shape, text) = shape(&told);
        assert_eq!(shape, shape_of_benign, "{hostile}\n{told}");
        for part in ["@", "evil", "#1", "octocat", "tada", "\u{202e}", "\u{200b}"] {
            assert!(!text.contains(part), "{hostile}: {part} is in\n{text}");
        }
        assert!(!told.contains('\u{202e}') && !told.contains('\u{200b}'), "{told}");
    }
}

/// The paths of files are no names of the language: they hold what a file system takes.
#[test]
fn a_path_is_code_too() {
    let mut files = files().clone();
    let text = files.remove("slo-specs/sales/daily.yaml").unwrap();
    files.insert("slo-specs/`@octocat` <b> #1.yaml".to_owned(), text.replace("95%", "94%"));
    let head = sound(&files);
    let told = report::markdown::render(&plan(base(), &head, &Agreement::default()), texts(&head)).unwrap();
    let (kinds, text) = shape(&told);
    assert!(!text.contains('@') && !kinds.iter().any(|kind| kind.starts_with("html <b>")), "{told}");
}

/// Nothing but the marker and the folds is HTML, and whoever sees no HTML can read the rest.
#[test]
fn html_is_only_for_folding() {
    let (kinds, _) = shape(&comment("plain words"));
    let html = kinds.iter().filter_map(|kind| kind.strip_prefix("html "));
    for html in html.flat_map(str::lines) {
        let known = html == MARKER
            || ["<details>", "</details>"].contains(&html.trim())
            || html.trim().starts_with("<summary>");
        assert!(known, "{html}");
    }
}
