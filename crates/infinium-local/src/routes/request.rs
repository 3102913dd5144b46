//! Reading requests.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::HeaderMap,
};

/// Bodies are read up to this size in bytes, far beyond the limit of the platform, so that the answer
/// can say how much is too much.
const READ_LIMIT: usize = 64 * 1024 * 1024;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// It was cut off, or is larger than 64 MiB.
    Incomplete,
    /// It took longer than the limit.
    Slow,
}

/// Reads the whole body within this time.
pub(super) async fn read_body(body: Body, limit: Duration) -> Result<Bytes, BodyError> {
    match tokio::time::timeout(limit, axum::body::to_bytes(body, READ_LIMIT)).await {
        Ok(read) => read.map_err(|_| BodyError::Incomplete),
        Err(_) => Err(BodyError::Slow),
    }
}

/// The value of a header, if it is there and is ASCII.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
