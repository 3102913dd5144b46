//! From a task in the JSON of its caller to the body that the platform reads.
//!
//! The text is walked once. Known fields are checked and renamed as they pass, their values are
//! copied byte for byte (so numbers stay exactly what they were), and only the order of the top
//! level is put right at the end. No tree is built: this is what makes the client cheap.

mod answer;
mod cursor;
mod encode;
mod key;
mod record;
mod schema;
pub(crate) mod string;

pub(crate) use answer::{member, text};
pub(crate) use cursor::Cursor;
pub(crate) use encode::{encode, task_name};
pub(crate) use key::{camel_case, camel_length};
pub(crate) use schema::{Field, Kind, Schema};
