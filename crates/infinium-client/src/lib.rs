//! Client for the Infinium platform. It checks and encodes the traces of LLM agents, and delivers them within a rate
//! limit and with retries.
//!
//! ```no_run
//! use infinium_client::{Client, Config};
//!
//! # async fn example() -> infinium_client::Result<()> {
//! let client = Client::new(Config::new("3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e", "the agent's secret"))?;
//! let task = r#"{"name": "Summarize: Q4 report", "description": "Two sentences", "duration": 2.4}"#;
//! let response = client.begin()?.at("2026-11-23T09:30:00Z").send(task).await?;
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
mod certificates;
mod client;
mod clock;
mod delivery;
#[cfg(target_family = "wasm")]
pub mod hosted;
mod interpretation;
pub mod json;
mod key;
mod lifecycle;
mod observer;
mod ordered;
mod pipeline;
mod prompt;
mod request;
mod runtime;
mod send_queue;
#[cfg(test)]
mod simulation;
#[cfg(not(target_family = "wasm"))]
mod spool;
mod stats;
mod sync;
mod task_text;
#[cfg(not(target_family = "wasm"))]
mod transport;
mod url_path;
mod wait_group;

#[cfg(target_family = "wasm")]
pub use hosted::executor::spawn;
#[cfg(target_family = "wasm")]
use hosted::{spool, transport};

pub use batch::{BatchMode, BatchOptions, BatchReport, PendingBatch, Unreadable};
pub use call::Call;
pub use client::Client;
pub use infinium_core::{
    Answer, ApiResponse, Config, DEFAULT_BASE_URL, Error, ErrorKind, Level, LogLine, Logger,
    MAX_BATCH_SIZE, MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, MAX_PAYLOAD_SIZE, Notice, Notices,
    OptionId, Options, QueuePolicy, Result, RetryOnRateLimit, Secret, duration_from_ms,
    redact::{Kinds, RedactOptions, Redactor, hide_secrets},
};
pub use observer::{Outcome, Settled};
pub use prompt::PromptContent;
pub use stats::{DropReason, Fate, SpoolStats, Stats};
#[doc(hidden)]
pub use sync::LockExt;
pub use task_text::{TaskText, check_length};
pub use tokio_util::sync::CancellationToken;

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
