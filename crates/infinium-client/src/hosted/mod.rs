//! What replaces Tokio, sockets and files in WebAssembly.
//!
//! The host of the module, JavaScript, has a clock, random bytes and `fetch`: see [`Host`]. It calls [`run`] after
//! everything that it has told the module, and again when the time has come that `run` has returned.

pub(crate) mod executor;
pub(crate) mod host;
pub(crate) mod instant;
mod known_codes;
pub(crate) mod spool;
pub(crate) mod timers;
pub(crate) mod transport;

use std::time::Duration;

pub use host::{Host, Outgoing, install};
pub use transport::{Broken, on_body, on_broken, on_head};

/// Runs everything that can go on. Returns how long nothing more happens by itself, or `None` for ever.
pub fn run() -> Option<Duration> {
    timers::wake_due();
    executor::run_until_stalled();
    timers::next_after_now()
}
