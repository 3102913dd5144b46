//! One request, one answer: connections, TLS, and nothing of what the answer means.
//!
//! This is the hot path, so requests go out over connections of hyper that are kept here, which is all that
//! one server takes. Only where a proxy stands in between they go through reqwest, which knows about proxies.

mod connection;
mod direct;
mod http;
mod pieces;
mod pool;
mod proxied;
pub(crate) mod tls;

use std::{error::Error as StdError, sync::Arc, time::Duration};

use ::http::{HeaderMap, HeaderValue, Method, Uri};
use bytes::Bytes;

pub(crate) use http::Http;

/// Answers are read up to this size, in bytes.
const MAX_ANSWER_SIZE: usize = 10 * 1024 * 1024;

const UNCONNECTED: &str = "could not connect";
const INCOMPLETE: &str = "the connection broke before the answer was complete";

/// A request that can be sent again and again.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    /// Those that many requests have in common.
    pub(crate) headers: Arc<HeaderMap>,
    /// The idempotency key.
    pub(crate) key: Option<HeaderValue>,
    pub(crate) body: Bytes,
}

impl Request {
    fn all_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::clone(&self.headers);
        if let Some(key) = &self.key {
            headers.insert("idempotency-key", key.clone());
        }
        headers
    }
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
    fn network(
        problem: &'static str,
        stale: bool,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::Network {
            problem,
            stale,
            source: source.into(),
        }
    }
}
