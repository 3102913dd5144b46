//! The binding between the client and Node.js: strings in, strings out.
//!
//! Every call has an id that JavaScript chose. A native method starts the work on the runtime and returns at
//! once; the outcome arrives later through the client's [`event_queue`]. So no promise, error or object that
//! native code made reaches a user, and events reach JavaScript in the order in which they happened.

mod batch;
mod batch_report;
mod buffer_pool;
mod calls;
mod client;
mod error;
mod event_queue;
mod json;
mod log_level;
mod runtime;
mod stats;
mod sync;
mod text;

/// The version of the package, so that JavaScript need not read package.json.
#[napi_derive::napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
