//! The logic without I/O: the fields and encoding of a task, the meaning of answers, options and their checks, and
//! the arithmetic of retries and limits.
//!
//! It uses no sockets, files, threads, clocks or randomness: times and random numbers are arguments. Therefore this
//! crate also compiles to WebAssembly.

mod answer;
mod backoff;
mod case;
mod classify;
mod config;
mod config_check;
mod datetime;
mod error;
mod error_kind;
mod limits;
mod log;
mod notice;
mod option_id;
mod options;
mod printable;
pub mod problem;
pub mod redact;
mod response;
mod retry_after;
mod retry_budget;
mod schema;
mod secret;
pub mod status;
mod token_bucket;
pub mod wire;

pub use answer::{Answer, Failure, Headers};
pub use backoff::Backoff;
pub use classify::{Decision, RequestContext, classify, platform_of};
pub use config::{Config, DEFAULT_BASE_URL, QueuePolicy, RetryOnRateLimit};
pub use config_check::{Checked, is_loopback};
pub use error::{Error, Result};
pub use error_kind::ErrorKind;
pub use limits::*;
pub use log::{Level, Log, LogLine, Logger};
pub use notice::{Notice, Notices};
pub use option_id::OptionId;
pub use options::{Options, duration_from_ms};
pub use printable::printable;
pub use response::ApiResponse;
pub use retry_budget::RetryBudget;
pub use secret::Secret;
pub use token_bucket::TokenBucket;
