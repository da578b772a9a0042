//! The program on disks that refuse, fill up and are shared, and killed at any moment. What the writer does at each of
//! its own steps is tested in `output.rs`; here is everything between them.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, runs the program and looks at the disk with its own eyes"
)]

mod hostile;
mod project;
mod refusals;
mod stops;
mod together;
