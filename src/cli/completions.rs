//! `genkai completions`: what a shell loads to complete this command line.

use super::streams::{self, Shape};
use super::{Arguments, Outcome};
use clap::CommandFactory;
use clap_complete::Shell;

pub(super) fn completions(shell: Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "genkai", &mut script);
    streams::out(Shape::Text, &String::from_utf8_lossy(&script));
    Outcome::Done
}
