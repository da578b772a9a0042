//! A plan as people and programs read it.

pub mod findings;
pub mod json;
mod lines;
pub mod markdown;
mod parts;
mod shown;
pub mod text;

pub use shown::Style;
