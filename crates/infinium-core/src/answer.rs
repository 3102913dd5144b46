//! The outcome of one attempt.

use std::{error::Error as StdError, time::Duration};

/// A complete answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the platform asks to wait, from now on.
    pub retry_after: Option<Duration>,
    /// `None` if the body is not UTF-8 or was too large to read.
    pub body: Option<String>,
}

/// Why there is no complete answer.
#[derive(Debug)]
pub enum Failure {
    /// The attempt exceeded its time limit.
    Timeout,
    /// The connection failed.
    Network {
        /// What failed, and what to do about it. It becomes the message.
        problem: String,
        /// The code that Node.js uses for the same failure, as in `ECONNREFUSED`.
        code: Option<&'static str>,
        /// Whether the request used a connection that had been idle, and that the server may have closed long before.
        stale: bool,
        /// The error of the operating system or the protocol.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Failure {
    /// Creates the failure of a connection.
    pub fn network(
        problem: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::Network {
            problem: problem.into(),
            code: None,
            stale: false,
            source: source.into(),
        }
    }

    /// The same failure, with the code that Node.js uses for it.
    #[must_use]
    pub fn with_code(mut self, known: Option<&'static str>) -> Self {
        if let Self::Network { code, .. } = &mut self {
            *code = known;
        }
        self
    }

    /// The same failure, of a connection that had been idle if `stale`.
    #[must_use]
    pub fn with_stale(mut self, is_stale: bool) -> Self {
        if let Self::Network { stale, .. } = &mut self {
            *stale = is_stale;
        }
        self
    }
}
