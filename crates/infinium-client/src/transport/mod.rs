//! One request, one answer: connections, TLS, and nothing of what the answer means.
//!
//! Every promise holds on every route. The route (direct, or through a proxy) is decided once in `route`, and
//! `connect` opens connections over it. Tasks are written over hyper connections that are kept in `pool`, because
//! this is the hot path. Prompts and interpretations are read through reqwest, which keeps connections of its own.

mod chunked_body;
mod connect;
mod connection;
mod http;
mod no_proxy;
mod pool;
mod proxy;
mod reads;
mod route;
#[cfg(test)]
mod tests;
pub(crate) mod tls;
mod writes;

use std::{sync::Arc, time::Duration};

use ::http::{HeaderMap, HeaderValue, Method, Uri};
use bytes::Bytes;

pub(crate) use http::Http;

/// Headers of an answer. The default of hyper is 100; it makes room for all of them each time.
const MAX_HEADERS: usize = 256;

/// The other side has hardly closed a connection that brought an answer within this time.
const FRESH: Duration = Duration::from_millis(100);

const UNCONNECTED: &str = "could not connect";
const INCOMPLETE: &str = "the connection broke before the answer was complete";

/// A request that can be sent again and again.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    /// Shared by many requests.
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
