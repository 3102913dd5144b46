//! How many retries a client may afford.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Retries that are free at first, and how many successes fill up again: as many as the retry quota of
/// AWS SDKs has tokens.
const MOST: f64 = 500.0;
/// Retries per second that are let through when nothing succeeds.
const TRICKLE: f64 = 10.0;

/// A quota of retries, spent by retries and filled by successes. Once it is used up, as in an outage,
/// retries come slowly instead of all together.
#[derive(Debug)]
struct Quota {
    /// Below zero by as many retries as already wait.
    left: f64,
    at: Instant,
}

impl Quota {
    fn refill(&mut self, now: Instant) {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * TRICKLE;
        // What trickles in is for those who wait: only successes build a reserve.
        self.left = (self.left + gained).min(self.left.max(1.0));
        self.at = now;
    }
}

/// The quota of a client.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<Quota>);

impl Budget {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Quota {
            left: MOST,
            at: Instant::now(),
        }))
    }

    /// Takes a retry from the quota; returns how long it has to wait for being affordable, `most` at most.
    pub(crate) fn spend(&self, most: Duration) -> Duration {
        let mut quota = self.lock();
        quota.refill(Instant::now());
        let wait = Duration::try_from_secs_f64((1.0 - quota.left).max(0.0) / TRICKLE)
            .unwrap_or(most)
            .min(most);
        // No debt that takes longer than that to pay off.
        quota.left = (quota.left - 1.0).max(-TRICKLE * most.as_secs_f64());
        wait
    }

    /// A request succeeded.
    pub(crate) fn earn(&self) {
        let mut quota = self.lock();
        quota.left = (quota.left + 1.0).min(MOST);
    }

    fn lock(&self) -> MutexGuard<'_, Quota> {
        // Two numbers, which any thread leaves whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn slows_down_once_it_is_used_up() {
        let budget = Budget::new();
        for _ in 0..500 {
            assert_eq!(budget.spend(MINUTE), Duration::ZERO);
        }
        // From now on ten a second, in line.
        for number in 1..=20_u64 {
            let tenths = budget.spend(MINUTE).as_secs_f64() * 10.0;
            assert!((tenths - number as f64).abs() < 1e-6, "{tenths} {number}");
        }
        assert_eq!(budget.spend(Duration::from_secs(1)), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn is_filled_by_successes_and_not_by_time() {
        let budget = Budget::new();
        for _ in 0..500 {
            budget.spend(MINUTE);
        }
        tokio::time::advance(100 * MINUTE).await;
        assert_eq!(budget.spend(MINUTE), Duration::ZERO);
        assert!(budget.spend(MINUTE) > Duration::ZERO);
        for _ in 0..12 {
            budget.earn();
        }
        for _ in 0..10 {
            assert_eq!(budget.spend(MINUTE), Duration::ZERO);
        }
        for _ in 0..1_000 {
            budget.earn();
        }
        let free = (0..600).filter(|_| budget.spend(MINUTE).is_zero()).count();
        assert_eq!(free, 500);
    }
}
