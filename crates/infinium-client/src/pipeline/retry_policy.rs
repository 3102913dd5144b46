//! The settings of retries.

use std::time::Duration;

use crate::{config::Config, retry::Backoff};

/// When to try again. How often depends on the request.
#[derive(Clone, Debug)]
pub(crate) struct RetryPolicy {
    pub(crate) backoff: Backoff,
    /// The longest wait that the platform may ask for.
    pub(crate) max_retry_after: Duration,
}

impl RetryPolicy {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            backoff: Backoff {
                first: config.retry_delay,
                most: config.max_retry_delay,
            },
            max_retry_after: config.max_retry_after,
        }
    }
}
