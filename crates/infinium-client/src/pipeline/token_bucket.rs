//! The arithmetic of the rate limit.

use std::time::Duration;

use tokio::time::Instant;

use crate::clock::CENTURY;

/// The bucket holds as many tokens as the rate brings in this time.
const BURST_WINDOW: Duration = Duration::from_secs(2);

/// A token bucket, kept as the time at which it will be full again (GCRA): each request moves that time by one
/// interval, and may start unless the bucket would then hold less than nothing.
#[derive(Debug)]
pub(super) struct TokenBucket {
    interval: Duration,
    depth: Duration,
    full_at: Instant,
}

impl TokenBucket {
    pub(super) fn new(per_second: f64, now: Instant) -> Self {
        // Rounded up, so that the rate is never exceeded.
        let seconds = (1e9 / per_second).ceil() / 1e9;
        let interval = Duration::try_from_secs_f64(seconds)
            .unwrap_or(CENTURY)
            .min(CENTURY);
        Self {
            interval,
            depth: BURST_WINDOW.max(interval),
            full_at: now,
        }
    }

    /// When the next request may start.
    pub(super) fn ready_at(&self, now: Instant) -> Instant {
        // `depth` is at least `interval`, so this never reaches before `now` minus the depth.
        let full_at = self.full_at.max(now) + self.interval;
        full_at.checked_sub(self.depth).unwrap_or(now).max(now)
    }

    pub(super) fn take(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn says_exactly_when_the_next_may_start() {
        let mut bucket = TokenBucket::new(10.0, Instant::now());
        for _ in 0..50 {
            let ready = bucket.ready_at(Instant::now());
            if ready > Instant::now() {
                advance(ready - Instant::now() - Duration::from_nanos(1)).await;
                assert!(bucket.ready_at(Instant::now()) > Instant::now());
                advance(Duration::from_nanos(1)).await;
            }
            assert_eq!(bucket.ready_at(Instant::now()), Instant::now());
            bucket.take(Instant::now());
        }
    }
}
