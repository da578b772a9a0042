//! What needs nothing but Rust: one test program, so that one is linked.

mod accept;
mod architecture;
mod boundaries;
mod cases;
mod cli;
mod croniter;
mod example;
mod explain;
mod formats;
mod kinds;
mod limits;
mod met;
mod mutations;
mod nulls;
mod output;
mod rejections;
mod robust;
mod schema;
mod stated;
mod templates;
mod unconfirmed;
mod watch;
