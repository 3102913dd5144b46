//! Log lines and their levels, as JavaScript sees them.

use std::collections::BTreeMap;

use infinium_client::{Level, LogLine};
use napi_derive::napi;

use crate::json::to_json;

/// The severity of a log line, from the lowest to the highest.
#[napi]
#[derive(PartialEq, Eq)]
pub enum LogLevel {
    /// Each request and its answer.
    Debug,
    /// Normal events.
    Info,
    /// Problems that the client has recovered from.
    Warn,
    /// Failures.
    Error,
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Debug => Self::Debug,
            LogLevel::Info => Self::Info,
            LogLevel::Warn => Self::Warn,
            LogLevel::Error => Self::Error,
        }
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error => Self::Error,
        }
    }
}

/// Returns the text of the event for a line: the line, and on a second line its numbers as JSON, if it has any.
pub(crate) fn to_event(LogLine { mut text, numbers }: LogLine) -> String {
    if !numbers.is_empty() {
        text.push('\n');
        text.push_str(&to_json(&numbers.into_iter().collect::<BTreeMap<_, _>>()));
    }
    text
}
