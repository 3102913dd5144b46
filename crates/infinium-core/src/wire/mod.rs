//! From a task in the JSON of its caller to the body that the platform reads.
//!
//! The text is walked once. Known fields are checked and renamed as they pass, their values are
//! copied byte for byte (so numbers stay exactly what they were), and only the order of the top
//! level is put right at the end. No tree is built: this is what makes the client cheap.

mod answer;
mod cursor;
mod encode;
mod record;
pub(crate) mod string;

pub use answer::{member, text};
pub(crate) use cursor::Cursor;
pub use encode::{Payload, encode, task_name};
pub use string::push_repaired;

/// Whether a text is JSON, as JavaScript would read it.
#[must_use]
pub fn is_json(text: &str) -> bool {
    Cursor::is_json(text)
}
