//! `genkai schema`: the JSON Schema of the language.

use super::Outcome;
use super::streams::{self, Shape};
use crate::spec::schema;
use clap::ValueEnum;

/// A version of JSON Schema.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Draft {
    /// For editors
    #[value(name = "draft-07")]
    Draft07,
    /// For tools that know the newest version
    #[value(name = "2020-12")]
    Draft202012,
}

pub(super) fn schema(draft: Draft) -> Outcome {
    let draft = match draft {
        Draft::Draft07 => schema::Draft::Draft07,
        Draft::Draft202012 => schema::Draft::Draft202012,
    };
    streams::out(Shape::Json, &schema::text(draft));
    Outcome::Done
}
