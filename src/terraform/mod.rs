//! Terraform as typed values, and their one printed form.
//!
//! [`File`] is the model, [`hcl`] makes the expressions in it, and [`print()`] writes what `terraform fmt` would.
//! [`addresses()`] and [`json_addresses()`] read the files of others, only to find what both sides declare.

mod addresses;
mod bigquery;
mod escape;
mod file;
pub mod hcl;
mod json_addresses;
pub mod leaving;
mod moved;
mod policies;
mod print;
mod stack;

pub use addresses::{Address, Unreadable, addresses};
pub use bigquery::history_address;
pub use file::{Attribute, Block, Body, File, Item};
pub use json_addresses::json_addresses;
pub use print::print;
pub use stack::{
    HEADER_PREFIX, ModuleFile, dashboard_address, file_name, module_file, pipeline_file, policy_address,
    query_address, renamed_address, root_module, script_file, service_address, slo_address,
};
