//! The log of a client.

use std::{fmt, sync::Arc};

/// The severity of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Every request and answer, and every wait for the rate limit.
    Debug,
    /// Deliveries.
    Info,
    /// Retries and pauses.
    Warn,
    /// Failures.
    Error,
}

impl Level {
    /// Returns the name in capitals, as in `INFO`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

type Sink = dyn Fn(Level, String) + Send + Sync;

/// Receives the log lines of a client, from a minimum level. Lines contain no secrets and no line breaks.
#[derive(Clone)]
pub struct Logger {
    level: Level,
    sink: Arc<Sink>,
}

impl Logger {
    /// Calls `sink` with every line of `level` or above, on the thread that logs it.
    pub fn new(level: Level, sink: impl Fn(Level, String) + Send + Sync + 'static) -> Self {
        Self {
            level,
            sink: Arc::new(sink),
        }
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logger")
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// The logger of a client, or none. A line that is not logged is not formatted.
#[derive(Clone, Debug, Default)]
pub struct Log(pub Option<Logger>);

impl Log {
    /// Logs a line if its level is enabled.
    pub fn line(&self, level: Level, line: impl FnOnce() -> String) {
        if let Some(logger) = &self.0
            && level >= logger.level
        {
            (logger.sink)(level, line().replace(['\n', '\r'], " "));
        }
    }
}
