//! An explanation for programs.

use super::model::Explanation;
pub use super::model::schema;

/// The text of the document.
pub fn render(explanation: &Explanation) -> String {
    // Texts, numbers and lists of them: there is nothing that JSON could not hold.
    let mut text = serde_json::to_string_pretty(explanation).unwrap_or_default();
    text.push('\n');
    text
}
