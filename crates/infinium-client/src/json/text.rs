//! Writes JSON.

use serde::Serialize;

/// Serializes `value` as JSON.
pub(super) fn to_json(value: &impl Serialize) -> String {
    // Serializing fails only for types with a failing `Serialize` and for maps whose keys are not strings.
    // This crate has neither.
    serde_json::to_string(value).unwrap_or_default()
}
