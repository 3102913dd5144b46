//! A rate limit for all agents together.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use crate::time;

/// A token bucket that refuses requests instead of delaying them.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    per_second: f64,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    refilled_at: Instant,
}

impl RateLimiter {
    /// `per_second` must be above 0. Bursts may be twice as large.
    pub(crate) fn new(per_second: f64) -> Self {
        Self {
            per_second,
            bucket: Mutex::new(Bucket {
                tokens: 2.0 * per_second,
                refilled_at: time::instant(),
            }),
        }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// The whole seconds until there is one, at least 1.
    pub(crate) fn try_acquire(&self) -> Result<(), u64> {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = time::instant();
        let refill = now.duration_since(bucket.refilled_at).as_secs_f64() * self.per_second;
        bucket.tokens = (bucket.tokens + refill).min(2.0 * self.per_second);
        bucket.refilled_at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small, positive"
        )]
        let seconds = ((1.0 - bucket.tokens) / self.per_second).ceil() as u64;
        Err(seconds.max(1))
    }
}
