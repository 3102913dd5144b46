//! How a platform limits what all clients together send.

use std::time::Duration;

use tokio::time::Instant;

/// Requests per second.
pub(super) const LIMIT: f64 = 50.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A token bucket that holds five.
    Bucket,
    /// Five in each window of 100 ms.
    Windows,
    /// Fifty in each second.
    Seconds,
    /// Fifty in any second.
    Sliding,
}

/// The limit of a platform.
#[derive(Debug)]
pub(super) struct PlatformLimit {
    /// How much more than [`LIMIT`] it accepts.
    factor: f64,
    state: State,
}

#[derive(Debug)]
enum State {
    Bucket {
        tokens: f64,
        refilled_at: Instant,
    },
    Windows {
        length: Duration,
        began: Instant,
        used: u32,
    },
    /// When the last requests were accepted.
    Sliding(std::collections::VecDeque<Instant>),
}

impl PlatformLimit {
    pub(super) fn new(kind: Kind) -> Self {
        let now = Instant::now();
        let windows = |milliseconds| State::Windows {
            length: Duration::from_millis(milliseconds),
            began: now,
            used: 0,
        };
        let state = match kind {
            Kind::Bucket => State::Bucket {
                tokens: 5.0,
                refilled_at: now,
            },
            Kind::Windows => windows(100),
            Kind::Seconds => windows(1_000),
            Kind::Sliding => State::Sliding(Default::default()),
        };
        Self { factor: 1.0, state }
    }

    /// Requests per second.
    pub(super) fn per_second(&self) -> f64 {
        LIMIT * self.factor
    }

    pub(super) fn set_factor(&mut self, factor: f64) {
        self.factor = factor;
    }

    pub(super) fn admits(&mut self) -> bool {
        let now = Instant::now();
        let per_second = self.per_second();
        match &mut self.state {
            State::Bucket {
                tokens,
                refilled_at,
            } => {
                let refill = (now - *refilled_at).as_secs_f64() * per_second;
                *tokens = (*tokens + refill).min(5.0);
                *refilled_at = now;
                let admitted = *tokens >= 1.0;
                *tokens -= f64::from(u8::from(admitted));
                admitted
            }
            State::Windows {
                length,
                began,
                used,
            } => {
                if now - *began >= *length {
                    let passed = (now - *began).as_nanos() / length.as_nanos();
                    *began += length.saturating_mul(passed as u32);
                    *used = 0;
                }
                *used += 1;
                f64::from(*used) <= per_second * length.as_secs_f64() + 1e-9
            }
            State::Sliding(accepted) => {
                while let Some(first) = accepted.front()
                    && now - *first >= Duration::from_secs(1)
                {
                    accepted.pop_front();
                }
                let admitted = (accepted.len() as f64) < per_second;
                if admitted {
                    accepted.push_back(now);
                }
                admitted
            }
        }
    }
}
