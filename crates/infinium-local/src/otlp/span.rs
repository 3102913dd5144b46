//! A span, whichever way it came.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Attributes by name; values of any kind of JSON.
pub(super) type Attributes = Map<String, Value>;

/// What is kept of a span.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Span {
    /// Hexadecimal, as are `span` and `parent`.
    pub(crate) trace: String,
    pub(crate) span: String,
    /// Empty for a root.
    pub(super) parent: String,
    pub(super) name: String,
    /// Nanoseconds since 1970.
    pub(super) start_ns: u64,
    pub(super) end_ns: u64,
    pub(super) attributes: Attributes,
    pub(super) events: Vec<Event>,
    /// Whether its status is an error.
    pub(super) failed: bool,
    pub(super) status_message: String,
    /// The attributes of the program that it comes from.
    pub(super) resource: Attributes,
}

/// Something that happened during a span.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) attributes: Attributes,
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The code of a status that is an error.
pub(super) const STATUS_ERROR: i64 = 2;
