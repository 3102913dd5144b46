//! Traces of other people's agents: spans of OpenTelemetry become traces of this platform.
//!
//! `protobuf` and `json` read what exporters send; `span` is a span of either; `conventions` knows the
//! names that instrumentations give to what they tell; `task` makes the body of a trace from its spans.

mod conventions;
mod json;
mod protobuf;
mod span;
mod task;

pub(crate) use json::read_json;
pub(crate) use protobuf::read_protobuf;
pub(crate) use span::Span;
pub(crate) use task::{Assembled, assemble};
