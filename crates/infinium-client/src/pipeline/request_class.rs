//! The purpose of a request.

use infinium_core::RetryOnRateLimit;

/// The purpose of a request. The pipeline, not the caller, handles the differences between the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestClass {
    /// A single task. The caller waits for the result.
    Awaited,
    /// A read of a prompt or an interpretation.
    Read,
    /// A task of a batch.
    Batch,
    /// A background task.
    Background,
}

impl RequestClass {
    /// The number of classes.
    pub(crate) const COUNT: usize = 4;
    pub(super) const ALL: [Self; Self::COUNT] =
        [Self::Awaited, Self::Read, Self::Batch, Self::Background];

    /// The place of this class in tables.
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// Who goes first: the class with the lowest rank.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Awaited | Self::Read => 0,
            Self::Batch => 1,
            Self::Background => 2,
        }
    }

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
