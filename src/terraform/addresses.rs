//! What somebody else's `.tf` file declares, to find what ours declares too.

use super::hcl::{self, Foreign};

/// Something declared, as Terraform names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// For example `google_monitoring_slo.x`, `data.google_project.this`, `module.m`, `var.project`, `output.url`, `local.name`,
    /// `provider.google`, or `terraform.required_providers`, which a folder may hold only once.
    pub name: String,
    /// The line where it is declared, from 1.
    pub line: usize,
}

/// A file that is not HCL, or nests deeper than any file that people write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

/// What a file declares, in its order.
///
/// # Errors
///
/// When the text is not HCL. Hostile nesting is refused as well: hcl-rs stops at 64 levels and 128 chained operators.
pub fn addresses(text: &str) -> Result<Vec<Address>, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let blocks = hcl::parse(text).map_err(|(line, reason)| Unreadable { line, reason })?;
    let mut lines = Lines::of_text(text);
    let declared = blocks.iter().flat_map(declared);
    Ok(declared.map(|(name, start)| Address { name, line: lines.of(start) }).collect())
}

/// What a block declares, and where.
fn declared(block: &Foreign) -> Vec<(String, usize)> {
    let labels: Vec<&str> = block.labels.iter().map(String::as_str).collect();
    let at_block = |name: String| vec![(name, block.start)];
    match (block.kind.as_str(), labels.as_slice()) {
        ("resource", [kind, name]) => at_block(format!("{kind}.{name}")),
        (kind @ ("data" | "ephemeral"), [of, name]) => at_block(format!("{kind}.{of}.{name}")),
        (kind @ ("module" | "output" | "check"), [name]) => at_block(format!("{kind}.{name}")),
        ("variable", [name]) => at_block(format!("var.{name}")),
        ("provider", [name]) => at_block(match alias(block) {
            Some(alias) => format!("provider.{name}.{alias}"),
            None => format!("provider.{name}"),
        }),
        ("locals", []) => {
            block.attributes.iter().map(|(name, at, _)| (format!("local.{name}"), *at)).collect()
        }
        ("terraform", []) => {
            let once = block.blocks.iter().filter(|(kind, _)| kind == "required_providers");
            once.map(|(kind, at)| (format!("terraform.{kind}"), *at)).collect()
        }
        _ => Vec::new(),
    }
}

fn alias(block: &Foreign) -> Option<&str> {
    block.attributes.iter().find(|(name, ..)| name == "alias").and_then(|(_, _, value)| value.as_deref())
}

/// Turns offsets that only grow into lines, in one pass.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn of_text(text: &'a str) -> Lines<'a> {
        Lines { text: text.as_bytes(), at: 0, line: 1 }
    }

    pub(super) fn of(&mut self, offset: usize) -> usize {
        let passed = self.text.get(self.at..offset).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = self.at.max(offset);
        self.line
    }
}
