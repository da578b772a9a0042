//! A local sample of a table, judged as BigQuery would judge the table: rows of CSV and Parquet files, the part of SQL that a
//! check's condition may use here, measurements, and the replay of all data days.
//!
//! Rows are read one by one, so that a sample may be larger than the memory.

mod columns;
pub mod csv;
mod filter;
mod json_path;
mod like;
mod measure;
pub mod parquet;
mod replay;
pub mod text;
mod value;

pub use columns::Columns;
pub use measure::{Counted, Measure};
pub use replay::{
    JudgedColumn, JudgedDay, NotJudged, Outcome, Replay, is_judged_in_time, json, replay, schema,
};
pub use value::Value;

/// Why a sample cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SampleError {
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl From<std::io::Error> for SampleError {
    fn from(error: std::io::Error) -> SampleError {
        SampleError::new(error.to_string())
    }
}

impl SampleError {
    fn new(message: impl Into<String>) -> SampleError {
        SampleError { message: message.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> SampleError {
        SampleError { help: Some(help.into()), ..self }
    }
}

/// What is done with each row: the values of the asked columns, in their order. What it cannot judge it says in a sentence.
pub type Visit<'a> = dyn FnMut(&[Value]) -> Result<(), String> + 'a;
