//! What asks programs that nobody here wrote, see [`support`]: one test program, so that one is linked.

mod delivery;
mod disks;
mod docs;
mod editor;
mod explanation;
mod generated;
mod grafana;
mod plan;
mod promtool;
mod replay;
mod source;
mod sql;
mod support;
mod terraform_addresses;
mod terraform_printer;
mod terraform_strings;
