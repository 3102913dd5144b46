//! The binding of the client for places where no native addon loads. It is compiled to WebAssembly only.
//!
//! `lib/fallback` calls its functions and provides those in `imports`. Numbers are passed as they are. Texts are bytes
//! in the memory of the module: see `memory`. As with the native binding, JavaScript chooses the ids of calls, and
//! their outcomes are events.
//!
//! One instance of the module is one client. So the memory of a client is free once JavaScript forgets it.
#![cfg(target_family = "wasm")]

mod batch;
mod calls;
mod client;
mod exchanges;
mod imports;
mod memory;
mod secrets;
