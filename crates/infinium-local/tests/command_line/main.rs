//! The program as a shell starts it.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod queries;
mod start;
mod support;
