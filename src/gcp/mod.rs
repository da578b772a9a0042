//! Facts about Google Cloud, each once and with its source: metrics, names, limits of the APIs.

mod filter;
pub mod limits;
pub mod metrics;

pub use filter::Filter;
