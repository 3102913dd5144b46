//! The purpose of a request.

use infinium_core::RetryOnRateLimit;

/// The purpose of a request. The pipeline, not the caller, handles the differences between the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestClass {
    /// A single task. The caller waits for the result.
    Awaited,
    /// A task of a batch.
    Batch,
    /// A background task.
    Background,
    /// A read of a prompt or an interpretation.
    Read,
}

impl RequestClass {
    /// Whether the request delivers a task. Only these requests affect the circuit breaker: the platform may answer
    /// reads while it accepts no tasks, and vice versa.
    pub(crate) fn is_task(self) -> bool {
        self != Self::Read
    }

    /// Whether a request of this class is retried after a 429.
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
