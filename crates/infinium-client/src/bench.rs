//! The hot functions one at a time, for counting their instructions. Not part of the API.

use crate::pipeline;
use infinium_core::{Answer, ApiResponse, Log, Result, wire};

/// Encodes a task; returns the size of its body in bytes.
///
/// # Errors
/// `Validation` or `PayloadTooLarge`.
pub fn encode(task: &str) -> Result<usize> {
    wire::encode(task, None).map(|payload| payload.body.len())
}

/// Reads a success with this body; `None` if it is not JSON.
#[must_use]
pub fn read_answer(body: &str) -> Option<ApiResponse> {
    wire::is_json(body).then(|| {
        ApiResponse::from_answer(Answer {
            status: 200,
            retry_after: None,
            body: Some(body.to_owned()),
        })
    })
}

/// The limits of a client.
#[derive(Debug)]
pub struct Limiter(pipeline::Limiter);

impl Limiter {
    /// At most 16 requests in flight, and at most `per_second` started in a second, if given.
    #[must_use]
    pub fn new(per_second: Option<f64>) -> Self {
        Self(pipeline::Limiter::new(16, per_second, Log::default()))
    }

    /// Lets one request through, from its arrival to its end.
    pub async fn pass(&self) {
        drop(self.0.admit().await);
    }
}
