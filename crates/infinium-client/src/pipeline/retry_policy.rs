//! The settings of retries.

use std::time::Duration;

use infinium_core::{Backoff, Config};

/// When to retry. The number of retries depends on the request.
#[derive(Clone, Debug)]
pub(crate) struct RetryPolicy {
    pub(crate) backoff: Backoff,
    /// Whether a 429 only lowers the rate while other tasks are accepted.
    pub(crate) is_adaptive: bool,
    /// The maximum wait that the platform may ask for.
    pub(crate) max_retry_after: Duration,
}

impl RetryPolicy {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            backoff: Backoff {
                min_delay: config.retry_delay,
                max_delay: config.max_retry_delay,
            },
            is_adaptive: config.adaptive_rate_limit,
            max_retry_after: config.max_retry_after,
        }
    }
}
