//! What JavaScript is told, in JSON: both bindings, the native one and that of WebAssembly, say it in the same way.

mod batch_report;
mod error;
mod outcome;
mod settled;
mod stats;
mod text;

pub use outcome::{Outcome, describe_error, of_batch, of_line, of_response, of_stats, outcome};
pub use settled::{of_fate, of_settled};
