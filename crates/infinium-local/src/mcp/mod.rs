//! A server of the Model Context Protocol: coding agents list, search, read and compare traces.
//!
//! `protocol` answers messages, whichever way they come; `tools` are what agents can call.

mod protocol;
mod tools;

pub(crate) use protocol::answer;
