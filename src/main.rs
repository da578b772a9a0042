//! The program `genkai`; everything it does is in the library.

use std::process::ExitCode;

/// Trees of many small values are made on all cores, which the system's allocator is slow at: with this one a run takes a
/// fifth to a third less time, for a quarter more memory (`benches/whole_runs.rs`, 1,000 specs).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    genkai::cli::run()
}
