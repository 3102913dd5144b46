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

/// What is logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogLine {
    /// One line. It contains no secrets.
    pub text: String,
    /// The numbers in the text, for loggers that search by them: their names in camelCase, with the unit.
    pub numbers: Vec<(&'static str, u64)>,
}

impl LogLine {
    /// Adds a number of the text.
    #[must_use]
    pub fn with(mut self, name: &'static str, number: impl TryInto<u64>) -> Self {
        if let Ok(number) = number.try_into() {
            self.numbers.push((name, number));
        }
        self
    }
}

impl From<String> for LogLine {
    fn from(text: String) -> Self {
        Self {
            text,
            numbers: Vec::new(),
        }
    }
}

type Sink = dyn Fn(Level, LogLine) + Send + Sync;

/// Receives the log lines of a client, from a minimum level. Lines contain no secrets and no line breaks.
#[derive(Clone)]
pub struct Logger {
    level: Level,
    sink: Arc<Sink>,
}

impl Logger {
    /// Calls `sink` with every line of `level` or above, on the thread that logs it.
    pub fn new(level: Level, sink: impl Fn(Level, LogLine) + Send + Sync + 'static) -> Self {
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
    pub fn line<L: Into<LogLine>>(&self, level: Level, line: impl FnOnce() -> L) {
        if let Some(logger) = &self.0
            && level >= logger.level
        {
            let mut line = line().into();
            line.text = line.text.replace(['\n', '\r'], " ");
            (logger.sink)(level, line);
        }
    }
}
