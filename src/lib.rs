//! The binding between the client and Node.js: strings in, strings out.
//!
//! Every call has a number that JavaScript chose. It starts work on the runtime and returns at once;
//! what becomes of it arrives later through the client's [`mailbox`]. So no promise, error or object
//! that native code made ever reaches a user, and everything reaches JavaScript in the order in
//! which it happened.

mod batch;
mod client;
mod config;
mod mailbox;
mod outcome;
mod runtime;
mod text;

/// The version of the package, without a file to read.
#[napi_derive::napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
