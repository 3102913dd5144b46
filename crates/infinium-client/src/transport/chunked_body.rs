//! A request body that is sent in chunks.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A connection copies chunks into its buffer until the buffer is full. If a body were one chunk, all of it would be
/// in memory twice.
const CHUNK: usize = 64 * 1024;

/// The unsent part of a body.
#[derive(Debug)]
pub(super) struct ChunkedBody(Bytes);

impl ChunkedBody {
    pub(super) fn new(body: Bytes) -> Self {
        Self(body)
    }
}

impl Body for ChunkedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.0.len().min(CHUNK);
        let chunk = (length > 0).then(|| Ok(Frame::data(self.0.split_to(length))));
        Poll::Ready(chunk)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}
