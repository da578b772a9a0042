//! `genkai init`: a small, valid project to start from.

use super::Outcome;
use super::streams::{self, Shape};
use std::io::Write;
use std::path::Path;

/// What is written, below the project's folder.
const FILES: [(&str, &str); 2] = [
    ("slo-specs/project.yaml", include_str!("example/project.yaml")),
    ("slo-specs/daily-report.yaml", include_str!("example/daily-report.yaml")),
];

pub(super) fn init(directory: &Path) -> Outcome {
    let specs = directory.join("slo-specs");
    if specs.exists() {
        streams::say(&format!("error: `{}` exists already, and nothing was written", specs.display()));
        return Outcome::Errors;
    }
    for (path, contents) in FILES {
        if let Err(error) = write_new(&directory.join(path), contents) {
            streams::say(&format!("error: cannot write `{path}`: {error}"));
            return Outcome::Errors;
        }
        streams::out(Shape::Text, &format!("wrote    {path}\n"));
    }
    streams::say("next: change these files, then run `genkai validate` and `genkai generate`");
    Outcome::Done
}

#[expect(clippy::disallowed_methods, reason = "the command line writes the starting project")]
fn write_new(path: &Path, contents: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::File::create_new(path)?.write_all(contents.as_bytes())
}
