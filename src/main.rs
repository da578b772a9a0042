//! The program `genkai`; everything it does is in the library.

use std::process::ExitCode;

/// Trees of many small values are made on all cores, which the system's allocator is slow at: with this one `validate`
/// takes about half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    genkai::cli::run()
}
