//! A plan as a comment on a pull request.

use super::lines::{Line, Words};
use super::parts;
use super::shown::Style;
use crate::plan::model::{Change, Plan};
use crate::templates::{Facts, TemplateError, Texts};
use std::collections::BTreeSet;

/// Begins the comment and does not show, so that the next run finds it and replaces it.
pub const MARKER: &str = "<!-- genkai-plan -->";

/// GitHub takes a comment of 65,536 characters at most; some are left for whoever adds a line.
pub const LONGEST: usize = 65_000;

/// A drawing of more boxes is a wall.
const BOXES: usize = 12;

/// How much is shown of a long list.
#[derive(Clone, Copy)]
struct Limits {
    /// Changes of each seriousness.
    changes: usize,
    /// Documents of each change.
    details: usize,
    /// Terraform addresses.
    resources: usize,
}

/// From all to almost nothing.
const LIMITS: [Limits; 6] = [
    Limits { changes: 500, details: 500, resources: 1_000 },
    Limits { changes: 200, details: 50, resources: 200 },
    Limits { changes: 100, details: 20, resources: 50 },
    Limits { changes: 50, details: 10, resources: 0 },
    Limits { changes: 20, details: 5, resources: 0 },
    Limits { changes: 5, details: 0, resources: 0 },
];

/// The plan as Markdown that GitHub and GitLab show, short enough for a comment: the most serious changes are kept.
///
/// # Errors
/// A template of the project's own that cannot be rendered.
pub fn render(plan: &Plan, texts: Texts<'_>) -> Result<String, TemplateError> {
    let words = parts::words(texts, Style::Markdown);
    let mut rendered = String::new();
    for limits in LIMITS {
        rendered = within(plan, words, limits)?;
        if rendered.chars().count() <= LONGEST {
            return Ok(rendered);
        }
    }
    // Only a project's own template can still be longer.
    Ok(rendered.chars().take(LONGEST).collect())
}

fn within(plan: &Plan, words: Words<'_>, limits: Limits) -> Result<String, TemplateError> {
    let mut bodies = Vec::new();
    for (seriousness, changes) in parts::by_seriousness(plan) {
        let lines = changes.iter().take(limits.changes).map(|change| line(change, words, limits));
        let mut lines = lines.collect::<Result<Vec<_>, TemplateError>>()?;
        if let Some(more) = changes.len().checked_sub(limits.changes).filter(|more| *more > 0) {
            lines.push(format!("- {}", self::more(words, more)?));
        }
        bodies.push((seriousness, lines.join("\n")));
    }
    let resources = match parts::resources(plan, limits.resources) {
        Some((text, 0)) => Some(format!("```text\n{text}\n```")),
        Some((text, left)) => Some(format!("```text\n{text}\n```\n\n{}", more(words, left)?)),
        None => None,
    };
    let facts = parts::facts(plan, words, bodies, resources)?;
    let comment = words.texts.text("plan/comment.md", &facts)?;
    Ok(format!("{MARKER}\n{}\n", squeezed(comment.trim())))
}

fn more(words: Words<'_>, count: usize) -> Result<String, TemplateError> {
    words.texts.line("plan/more.md", &Facts::default().with("count", count as u64))
}

/// At most one empty line in a row.
fn squeezed(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            squeezed.push_str(line);
            squeezed.push('\n');
        }
    }
    squeezed.trim_end().to_owned()
}

fn line(change: &Change, words: Words<'_>, limits: Limits) -> Result<String, TemplateError> {
    let line = words.line(change)?;
    let mut place: Vec<String> = line.environments.iter().map(|names| format!("*{names}*")).collect();
    place.extend(line.place.clone());
    let place = if place.is_empty() { String::new() } else { format!("  \n  {}", place.join(" · ")) };
    let mut text = format!("- **{}**: {}{place}", line.subject, line.what);
    if !line.details.is_empty() {
        text.push_str(&details(change, &line, words, limits)?);
    }
    Ok(text)
}

/// The documents that a change reaches, folded.
fn details(change: &Change, line: &Line, words: Words<'_>, limits: Limits) -> Result<String, TemplateError> {
    let mut items: Vec<String> =
        line.details.iter().take(limits.details).map(|detail| format!("  - {detail}")).collect();
    if let Some(left) = line.details.len().checked_sub(limits.details).filter(|left| *left > 0) {
        items.push(format!("  - {}", more(words, left)?));
    }
    let drawing = drawing(change).filter(|_| limits.details > 0);
    let drawing = drawing.map(|drawing| format!("\n{drawing}\n")).unwrap_or_default();
    // Within HTML nothing is Markdown; the names of documents need no code around them.
    let summary = line.subject.replace('`', "");
    Ok(format!(
        "\n\n  <details>\n  <summary>{summary}</summary>\n\n{}\n{drawing}\n  </details>\n",
        items.join("\n")
    ))
}

/// What a line of a shared document reaches, as a Mermaid flowchart. A reader without Mermaid sees the list above it.
fn drawing(change: &Change) -> Option<String> {
    let references: BTreeSet<&str> =
        change.reached.iter().map(|reached| reached.reference.as_str()).collect();
    let places: BTreeSet<_> = change.reached.iter().map(|reached| &reached.place).collect();
    let place = places.first().copied().filter(|_| places.len() == 1)?.as_ref()?;
    if !(2..=BOXES).contains(&references.len()) {
        return None;
    }
    let mut lines = vec!["  ```mermaid".to_owned(), "  flowchart LR".to_owned()];
    lines.push(format!("    cause[\"{}:{}\"]", plain(&place.file), place.line));
    for (index, reference) in references.iter().enumerate() {
        lines.push(format!("    cause --> d{index}[\"{}\"]", plain(reference)));
    }
    lines.push("  ```".to_owned());
    Some(lines.join("\n"))
}

/// A text that is nothing but letters, digits and a few signs, as a box of a drawing takes it.
fn plain(text: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._- :".contains(letter);
    text.chars().map(|letter| if is_plain(letter) { letter } else { '?' }).collect()
}
