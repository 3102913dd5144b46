//! A token bucket, implemented with the generic cell rate algorithm (GCRA).

use std::{
    ops::{Add, Sub},
    time::Duration,
};

/// The bucket's capacity: the tokens of this time.
const BURST_WINDOW: Duration = Duration::from_secs(2);
/// A longer interval cannot be added to every kind of time.
const MAX_INTERVAL: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A token bucket, stored as the time at which it will be full again. Each request moves that time forward by one
/// interval, and may start if that does not overdraw the bucket.
///
/// `T` is a time: an instant of some clock, or a `Duration` since a fixed moment.
#[derive(Debug)]
pub struct TokenBucket<T> {
    interval: Duration,
    depth: Duration,
    full_at: T,
}

impl<T: Copy + Ord + Add<Duration, Output = T> + Sub<Output = Duration>> TokenBucket<T> {
    /// A full bucket that refills at this rate, which is greater than 0. It holds twice as many tokens, at least
    /// one.
    #[must_use]
    pub fn new(per_second: f64, now: T) -> Self {
        // Rounded up, so that the rate is never exceeded.
        let seconds = (1e9 / per_second).ceil() / 1e9;
        let interval = Duration::try_from_secs_f64(seconds)
            .unwrap_or(MAX_INTERVAL)
            .min(MAX_INTERVAL);
        Self {
            interval,
            depth: BURST_WINDOW.max(interval),
            full_at: now,
        }
    }

    /// When the next request may start: `now` or later.
    #[inline]
    #[must_use]
    pub fn ready_at(&self, now: T) -> T {
        let full_at = self.full_at.max(now) + self.interval;
        let empty_at = now + self.depth;
        if full_at <= empty_at {
            now
        } else {
            now + (full_at - empty_at)
        }
    }

    /// Takes a token for a request that starts now.
    #[inline]
    pub fn take(&mut self, now: T) {
        self.full_at = self.full_at.max(now) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn never_lets_more_start_than_burst_and_rate_allow(
            per_second in 0.1..1_000.0_f64,
            pauses in prop::collection::vec(0..3_000_u64, 1..200),
        ) {
            let mut bucket = TokenBucket::new(per_second, Duration::ZERO);
            let mut now = Duration::ZERO;
            let mut starts = Vec::new();
            for pause in pauses {
                now += Duration::from_millis(pause);
                now = bucket.ready_at(now);
                bucket.take(now);
                starts.push(now.as_secs_f64());
            }
            // A window from start `i` to start `j` contains `j - i + 1` requests. So `rate * time - number` never
            // falls by more than burst - 1.
            let burst = (2.0 * per_second).max(1.0);
            let mut highest = f64::NEG_INFINITY;
            for (number, at) in starts.iter().enumerate() {
                let level = per_second * at - number as f64;
                highest = highest.max(level);
                prop_assert!(highest - level <= burst - 1.0 + 1e-6 * (1.0 + per_second));
            }
        }
    }

    #[test]
    fn starts_with_a_burst_of_twice_the_rate() {
        let mut bucket = TokenBucket::new(10.0, Duration::ZERO);
        for _ in 0..20 {
            assert_eq!(bucket.ready_at(Duration::ZERO), Duration::ZERO);
            bucket.take(Duration::ZERO);
        }
        assert_eq!(bucket.ready_at(Duration::ZERO), Duration::from_millis(100));
    }

    #[test]
    fn lets_the_first_request_start_however_low_the_rate() {
        let mut bucket = TokenBucket::new(1e-12, Duration::ZERO);
        assert_eq!(bucket.ready_at(Duration::ZERO), Duration::ZERO);
        bucket.take(Duration::ZERO);
        assert!(bucket.ready_at(Duration::ZERO) > Duration::from_secs(1_000_000));
    }
}
