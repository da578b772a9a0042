//! Which columns of a sample are asked for.

use crate::nulls::Path;

/// The columns that are asked for, each once; BigQuery's names are the same in capitals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(Vec<Path>);

impl Columns {
    /// The place of a column among those that are asked for, which it is from now on.
    pub fn ask(&mut self, path: &Path) -> usize {
        let known = self.0.iter().position(|known| is_same(&known.0, &path.0));
        known.unwrap_or_else(|| {
            self.0.push(path.clone());
            self.0.len() - 1
        })
    }

    /// The columns in the order in which rows give their values.
    pub fn paths(&self) -> &[Path] {
        &self.0
    }
}

fn is_same(one: &[String], other: &[String]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| one.to_lowercase() == other.to_lowercase())
}
