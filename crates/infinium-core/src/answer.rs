//! The outcome of one attempt.

use std::{error::Error as StdError, time::Duration};

/// A complete answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the platform asks to wait, from now on.
    pub retry_after: Option<Duration>,
    /// `None` if it is not UTF-8, or was too large to read.
    pub body: Option<String>,
}

/// Why there is no complete answer.
#[derive(Debug)]
pub enum Failure {
    /// The time limit of the attempt is over.
    Timeout,
    /// The connection failed.
    Network {
        /// What did not work, for the beginning of a message.
        problem: &'static str,
        /// Whether the request was sent over a connection that had been idle, and may have been closed long before.
        stale: bool,
        /// The error of the operating system or of a protocol.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Failure {
    /// A failure of the connection.
    pub fn network(
        problem: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::Network {
            problem,
            stale: false,
            source: source.into(),
        }
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
