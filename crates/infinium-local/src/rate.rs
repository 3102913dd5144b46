//! A limit on the requests of everybody together.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use crate::time;

/// A token bucket that refuses.
#[derive(Debug)]
pub(crate) struct Rate {
    per_second: f64,
    /// Tokens, and when they were counted.
    bucket: Mutex<(f64, Instant)>,
}

impl Rate {
    /// Bursts may be twice `per_second`.
    pub(crate) fn new(per_second: f64) -> Self {
        Self {
            per_second,
            bucket: Mutex::new((2.0 * per_second, time::instant())),
        }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// The whole seconds until there is one.
    pub(crate) fn take(&self) -> Result<(), u64> {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let (tokens, counted) = &mut *bucket;
        let now = time::instant();
        let earned = now.duration_since(*counted).as_secs_f64() * self.per_second;
        *tokens = (*tokens + earned).min(2.0 * self.per_second);
        *counted = now;
        if *tokens >= 1.0 {
            *tokens -= 1.0;
            return Ok(());
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small, positive"
        )]
        let seconds = ((1.0 - *tokens) / self.per_second).ceil() as u64;
        Err(seconds.max(1))
    }
}
