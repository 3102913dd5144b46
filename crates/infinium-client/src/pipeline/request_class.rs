//! What a request is for.

use infinium_core::RetryOnRateLimit;

/// What a request is for. What differs between the classes is decided in the pipeline, not by its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestClass {
    /// A single task whose caller waits for the result.
    Awaited,
    /// A task of a batch.
    Batch,
    /// A task that is delivered in the background.
    Background,
    /// A read: a prompt or an interpretation.
    Read,
}

impl RequestClass {
    /// Whether the request delivers a task. The circuit breaker hears only of these: the platform may answer
    /// reads while it takes no task, and the other way round.
    pub(crate) fn is_task(self) -> bool {
        self != Self::Read
    }

    /// Whether a request of this class waits and tries again on 429.
    pub(crate) fn retries_rate_limit(self, setting: RetryOnRateLimit) -> bool {
        match setting {
            RetryOnRateLimit::Always => true,
            RetryOnRateLimit::Batches => matches!(self, Self::Batch | Self::Background),
            RetryOnRateLimit::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_on_429_where_the_setting_says_so() {
        use RequestClass::{Awaited, Background, Batch, Read};
        let retrying = |setting| {
            [Awaited, Batch, Background, Read].map(|class| class.retries_rate_limit(setting))
        };
        assert_eq!(retrying(RetryOnRateLimit::Always), [true; 4]);
        assert_eq!(
            retrying(RetryOnRateLimit::Batches),
            [false, true, true, false]
        );
        assert_eq!(retrying(RetryOnRateLimit::Never), [false; 4]);
    }
}
