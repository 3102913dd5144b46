//! The platform over real connections.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod faults;
mod guard;
mod lists;
mod otlp;
mod prompts;
mod refusals;
mod support;
mod traces;
mod workbench;
