//! Client of the Infinium platform: checks the traces of LLM agents, encodes them, and delivers
//! them within a rate limit, with retries.
//!
//! ```no_run
//! use infinium_client::{Client, Config, Number, TaskData};
//!
//! # async fn example() -> infinium_client::Result<()> {
//! let client = Client::new(Config::new("3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e", "the agent's secret"))?;
//! let mut task = TaskData::new("Summarize: Q4 report", "Two sentences", "2026-11-23T09:30:00Z", 2.4);
//! task.output_summary = Some("Revenue rose.".to_owned());
//! let response = client.send(&task).await?;
//! println!("{}", response.message);
//! client.close(None).await;
//! # Ok(())
//! # }
//! ```

mod background;
mod batch;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod bench;
mod call;
mod cancel;
mod client;
mod clock;
mod config;
mod datetime;
mod error;
mod interpretation;
mod key;
mod limit;
mod log;
mod model;
mod options;
mod prompt;
mod queue;
mod response;
mod retry;
mod secret;
mod spool;
mod stats;
mod sync;
mod transport;
mod wait_group;
mod wire;

pub use batch::{BatchMode, BatchOptions, BatchReport, PendingBatch, Unreadable};
pub use call::{Call, TaskText};
pub use client::Client;
pub use config::{Config, DEFAULT_BASE_URL, QueuePolicy, RetryOnRateLimit};
pub use error::{Error, ErrorKind, Result};
pub use log::{Level, Logger};
pub use model::*;
pub use options::{OptionId, Options, duration_from_ms};
pub use prompt::PromptContent;
pub use response::ApiResponse;
pub use secret::Secret;
pub use stats::{DropReason, SpoolStats, Stats};
pub use tokio_util::sync::CancellationToken;

/// Tasks in one batch at most.
pub const MAX_BATCH_SIZE: usize = 100;
/// Characters (Unicode code points) in a task's name at most.
pub const MAX_NAME_LENGTH: usize = 500;
/// Characters (Unicode code points) in a task's description at most.
pub const MAX_DESCRIPTION_LENGTH: usize = 10_000;
/// Bytes in an encoded task at most.
pub const MAX_PAYLOAD_SIZE: usize = 1_048_576;
/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
