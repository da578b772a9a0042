//! A plan on a terminal.

use super::lines::Line;
use super::parts;
use super::shown::Style;
use crate::plan::model::Plan;
use crate::templates::{TemplateError, Texts};

/// The plan as plain text.
///
/// # Errors
/// A template of the project's own that cannot be rendered.
pub fn render(plan: &Plan, texts: Texts<'_>) -> Result<String, TemplateError> {
    let words = parts::words(texts, Style::Plain);
    let mut bodies = Vec::new();
    for (seriousness, changes) in parts::by_seriousness(plan) {
        let lines = changes.iter().map(|change| Ok(line(&words.line(change)?)));
        bodies.push((seriousness, lines.collect::<Result<Vec<_>, TemplateError>>()?.join("\n")));
    }
    let resources = parts::resources(plan, usize::MAX).map(|(text, _)| indented(&text, "  "));
    let facts = parts::facts(plan, words, bodies, resources)?;
    Ok(texts.text("plan/terminal.md", &facts)?.trim().to_owned() + "\n")
}

fn line(line: &Line) -> String {
    let where_: Vec<&str> = line.environments.iter().chain(&line.place).map(String::as_str).collect();
    let where_ = if where_.is_empty() { String::new() } else { format!(" ({})", where_.join("; ")) };
    let details: String = line.details.iter().map(|detail| format!("\n    {detail}")).collect();
    format!("  {}: {}{where_}{details}", line.subject, line.what)
}

fn indented(text: &str, by: &str) -> String {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!("{by}{line}") });
    lines.collect::<Vec<_>>().join("\n")
}
