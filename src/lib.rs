//! The Node.js binding of the client. It takes and returns strings.
//!
//! JavaScript chooses the id of every call. A native method starts the work on the runtime and returns immediately;
//! the outcome arrives later through the client's [`event_queue`]. So users never see a promise, error or object that
//! native code created, and JavaScript receives events in the order in which they happened.

mod batch;
mod buffer_pool;
mod calls;
mod client;
mod drain;
mod error;
mod event_queue;
mod log_level;
mod runtime;
// Only JavaScript calls it.
#[cfg(not(test))]
mod secrets;
mod settled;
mod text;

/// The version of the package, so that JavaScript need not read package.json.
#[napi_derive::napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
