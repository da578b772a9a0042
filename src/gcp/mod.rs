//! Facts about Google Cloud, each once and with its source: metrics, names, limits of the APIs.

mod filter;
pub mod limits;
mod log_filter;
pub mod metrics;
mod scope;

pub use filter::{Filter, Value};
pub use log_filter::{LogExtractor, LogFilter, LogSeverity};
pub use scope::Scope;
