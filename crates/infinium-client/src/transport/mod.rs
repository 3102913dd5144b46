//! One request, one answer: connections, TLS, and nothing of what the answer means.
//!
//! Requests go out through hyper's client, which is the least that does it all: this is the hot path.
//! Only where a proxy stands in between they go through reqwest, which knows about proxies.

mod direct;
mod http;
mod idle;
mod proxied;
pub(crate) mod tls;

use std::{error::Error as StdError, time::Duration};

use ::http::{HeaderMap, Method, Uri};
use bytes::Bytes;

pub(crate) use http::Http;

/// Answers are read up to this size, in bytes.
const MAX_ANSWER_SIZE: usize = 10 * 1024 * 1024;

/// A request that can be sent again and again.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// How long it asks to wait, counted from now.
    pub(crate) retry_after: Option<Duration>,
    /// `None` if it is no UTF-8 or was too large to read.
    pub(crate) body: Option<String>,
}

/// Why there is no complete answer.
#[derive(Debug)]
pub(crate) enum Failure {
    Timeout,
    Network {
        problem: &'static str,
        /// Whether it was sent over a connection that had been idle, and may have been gone for long.
        stale: bool,
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Failure {
    fn network(connecting: bool, source: impl StdError + Send + Sync + 'static) -> Self {
        let problem = if connecting {
            "could not connect"
        } else {
            "the connection broke before the answer was complete"
        };
        Self::Network {
            problem,
            stale: false,
            source: source.into(),
        }
    }

    /// The same, over a connection that was idle before or not.
    fn stale(self, was_idle: bool) -> Self {
        match self {
            Self::Network {
                problem, source, ..
            } => Self::Network {
                problem,
                stale: was_idle,
                source,
            },
            Self::Timeout => self,
        }
    }
}
