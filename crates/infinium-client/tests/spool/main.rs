//! Spools that real processes share: what they leave to each other, and how few descriptors this takes.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod processes;
mod server;
