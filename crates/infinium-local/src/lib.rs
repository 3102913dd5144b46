//! A local Infinium platform: it accepts traces at the paths of the real platform, validates and
//! stores them, and injects faults on demand.
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
//! Dropping the platform stops it. The README of this crate describes its endpoints and fault scripts.
//!
//! Files depend only on files further down in this list:
//!
//! - `command_line` is the program;
//! - `platform` starts the server;
//! - `routes` are the endpoints, with one file for each group and the middleware that injects faults;
//! - `state` is what all requests share;
//! - `server` serves connections;
//! - `view` writes traces as text, for people and coding agents;
//! - `mcp` answers coding agents;
//! - `otlp` reads spans of OpenTelemetry and makes traces of them;
//! - `options`, `access`, `fault_script`, `store`, `validation`, `rate_limiter`, `connection` are independent of
//!   each other and of HTTP handlers;
//! - `fault`, `schema`, `summary`, `time`.

mod access;
mod command_line;
mod connection;
mod fault;
mod fault_script;
mod mcp;
mod options;
mod otlp;
mod platform;
mod rate_limiter;
mod routes;
mod schema;
mod server;
mod state;
mod store;
mod summary;
mod time;
mod validation;
mod view;

pub use command_line::run_command_line;
pub use fault::{Action, Fault, Forever, Times};
pub use options::Options;
pub use platform::Platform;
