//! The levels of log lines, as JavaScript sees them.

use infinium_client::Level;
use napi_derive::napi;

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
