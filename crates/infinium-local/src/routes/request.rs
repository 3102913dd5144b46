//! Reading requests.

use axum::{
    body::{Body, Bytes},
    http::HeaderMap,
};

/// Bodies are read up to this size in bytes, far beyond the limit of the platform, so that the answer
/// can say how much is too much.
const READ_LIMIT: usize = 64 * 1024 * 1024;

/// Reads the whole body; an error if it is cut off or larger than 64 MiB.
pub(super) async fn read_body(body: Body) -> Result<Bytes, axum::Error> {
    axum::body::to_bytes(body, READ_LIMIT).await
}

/// The value of a header, if it is there and is ASCII.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
