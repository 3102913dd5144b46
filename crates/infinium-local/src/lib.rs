//! A local Infinium platform: takes traces at the real paths, checks them, keeps them, and misbehaves
//! on request.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use infinium_local::{Options, Platform};
//!
//! let platform = Platform::start(Options::default()).await?;
//! println!("send traces to {}", platform.url());
//! # Ok(())
//! # }
//! ```
//!
//! It stops when it is dropped. The README of this crate tells of its endpoints and fault scripts.

mod check;
mod faults;
mod listener;
mod platform;
mod rate;
#[expect(
    clippy::result_large_err,
    reason = "a refusal is an answer, and answers are large"
)]
mod routes;
mod schema;
mod store;
mod time;

pub use faults::{Action, Fault, Times};
pub use platform::{Options, Platform};
