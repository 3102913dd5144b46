//! What the platform's types look like, as data that the encoder walks.
//!
//! The tables are generated beside the Rust types by the `record!` macro of [`crate::model`], so
//! the two cannot differ.

use std::ops::Range;

/// A documented object type.
#[derive(Debug)]
pub(crate) struct Schema {
    /// At most 64: the encoder remembers those it has seen in one word.
    pub(crate) fields: &'static [Field],
    /// The fields that go into an object `sections` of their own: some of a task's, else none.
    pub(crate) sections: Range<usize>,
}

/// A documented field.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its key on the wire, in snake_case, with quotes and colon.
    pub(crate) key: &'static str,
    /// The caller's key for it: the same in camelCase.
    pub(crate) caller_key: &'static str,
    pub(crate) required: bool,
    pub(crate) kind: Kind,
}

impl Field {
    /// Its name on the wire.
    pub(crate) fn name(&self) -> &'static str {
        bare(self.key)
    }

    /// The caller's name for it.
    pub(crate) fn caller_name(&self) -> &'static str {
        bare(self.caller_key)
    }
}

fn bare(key: &str) -> &str {
    key.trim_matches(['"', ':'])
}

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    /// Text that says something, of at most this many code points.
    Title(usize),
    /// An ISO 8601 date and time.
    DateTime,
    Number,
    /// A number of seconds within a day.
    Seconds,
    Flag,
    Texts,
    /// Like `Texts`, but null means something: it stands for what is missing.
    TextsOrNull,
    TextOrTexts,
    TextOrNumber,
    /// An object whose keys are the user's own.
    Map,
    TextOrMap,
    Record(&'static Schema),
    Records(&'static Schema),
}

impl Kind {
    /// How a message names it.
    pub(crate) fn expectation(self) -> &'static str {
        match self {
            Kind::Text | Kind::Title(_) => "a string",
            Kind::DateTime => "an ISO 8601 date-time such as 2026-01-31T09:30:00.000Z",
            Kind::Number => "a number",
            Kind::Seconds => "a finite number of seconds from 0 to 86400",
            Kind::Flag => "a boolean",
            Kind::Texts => "an array of strings",
            Kind::TextsOrNull => "an array of strings or null",
            Kind::TextOrTexts => "a string or an array of strings",
            Kind::TextOrNumber => "a string or a number",
            Kind::Map | Kind::Record(_) => "an object",
            Kind::TextOrMap => "a string or an object",
            Kind::Records(_) => "an array of objects",
        }
    }
}
