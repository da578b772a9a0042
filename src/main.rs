//! The program `genkai`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    genkai::cli::run()
}
