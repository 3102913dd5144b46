//! Exposes each hot function separately, for counting its instructions. Not part of the public API.

use crate::pipeline;
use infinium_core::{
    Answer, ApiResponse, Log, Result, RetryOnRateLimit,
    redact::{Kinds, Redactor, hide_secrets},
    wire,
};

/// Encodes a task; returns the size of its body in bytes.
///
/// # Errors
/// `Validation` or `PayloadTooLarge`.
pub fn encode(task: &str) -> Result<usize> {
    wire::encode(task, None).map(|payload| payload.body.len())
}

/// A redactor with all presets and one key.
#[must_use]
pub fn redactor() -> Redactor {
    let presets = Kinds::PRESETS.iter();
    let kinds = presets.fold(Kinds::NONE, |all, (_, kind)| all.with(*kind));
    Redactor::new(kinds, &[""; 0], "[redacted]")
}

/// Encodes and redacts a task; returns the size of its body in bytes.
///
/// # Errors
/// `Validation` or `PayloadTooLarge`.
pub fn encode_redacted(task: &str, redactor: &Redactor) -> Result<usize> {
    wire::encode_redacted(task, None, Some(redactor)).map(|payload| payload.body.len())
}

/// Hides secrets in a text; returns its size in bytes.
#[must_use]
pub fn hide(text: &str) -> usize {
    hide_secrets(text).len()
}

/// Reads a successful answer with this body. Returns `None` if the body is not JSON.
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

/// The limiter of a client.
#[derive(Debug)]
pub struct Limiter(pipeline::Limiter);

impl Limiter {
    /// Allows at most 16 requests in flight and, if given, `per_second` starts per second.
    #[must_use]
    pub fn new(per_second: Option<f64>) -> Self {
        let rate = pipeline::RateOptions {
            per_second,
            is_adaptive: true,
            retry_on_rate_limit: RetryOnRateLimit::default(),
        };
        Self(pipeline::Limiter::new(16, rate, Log::default()))
    }

    /// Passes one request through the limiter, from arrival to end.
    pub async fn pass(&self) {
        drop(self.0.admit(pipeline::RequestClass::Background).await);
    }
}
