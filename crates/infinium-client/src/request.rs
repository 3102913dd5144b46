//! A request.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri};

/// A request that can be sent any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    /// Shared by many requests.
    pub(crate) headers: Arc<HeaderMap>,
    /// The idempotency key.
    pub(crate) key: Option<HeaderValue>,
    pub(crate) body: Bytes,
    /// How many times the usual time limit it may take: 1, or more for a large body that was too slow before.
    pub(crate) time_factor: u32,
}

impl Request {
    pub(crate) fn all_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::clone(&self.headers);
        if let Some(key) = &self.key {
            headers.insert("idempotency-key", key.clone());
        }
        headers
    }
}
