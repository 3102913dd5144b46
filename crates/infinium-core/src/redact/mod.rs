//! Finds secrets and personal data in texts, and replaces them.
//!
//! Texts are searched as they are, also if they are JSON or within JSON: nothing is decoded, what is replaced never
//! crosses a quote or half an escape, and so JSON stays JSON. Most texts contain nothing: they are read once, and not
//! copied. The time depends only on the length of a text, whatever is in it.

mod anchors;
mod api_key;
mod assignments;
mod authorization;
mod blocks;
mod bytes;
mod card;
mod connection;
mod email;
mod encoded;
mod flags;
mod headers;
mod iban;
mod ip;
mod jwt;
mod kinds;
mod members;
mod named;
mod names;
mod numbers;
mod options;
mod parameters;
mod phone;
mod private_key;
mod redactor;
mod rules;
mod scan;
mod search;
mod secret_names;
mod tokens;
mod url;

pub use kinds::Kinds;
pub use options::RedactOptions;
pub use redactor::{Redactor, hide_secrets};
pub use rules::HIDDEN;
pub(crate) use search::Search;

#[cfg(test)]
mod tests;
