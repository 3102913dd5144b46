//! Converts a task from the caller's JSON to the body that the platform expects.
//!
//! It reads the text once. Known fields are checked and renamed on the way, and their values are copied byte for
//! byte, so numbers keep their exact form. Only the top level is sorted at the end. No tree is built, which keeps the
//! client fast.

mod answer;
mod cursor;
mod encode;
mod fault;
mod record;
mod redaction;
pub(crate) mod string;
mod undocumented;

pub use answer::{member, text};
pub(crate) use cursor::Cursor;
pub use encode::{Payload, encode, encode_redacted, task_name};
pub use string::push_repaired;

/// Whether a text is JSON by JavaScript's rules.
#[must_use]
pub fn is_json(text: &str) -> bool {
    Cursor::is_json(text)
}
