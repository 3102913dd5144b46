//! Limits how many retries a client makes.

use std::time::Duration;

/// The size of the quota: the retries that are free at first, and the maximum that successes can refill. The AWS SDKs
/// use the same number.
const MAX: f64 = 500.0;
/// Retries per second that are allowed when nothing succeeds.
const TRICKLE: f64 = 10.0;

/// A quota of retries, spent by retries and refilled by successes. When it is empty, as in an outage, retries happen
/// slowly instead of all at once.
///
/// Times are measured from any fixed moment.
#[derive(Debug)]
pub struct RetryBudget {
    /// Negative if retries are waiting: minus their number.
    left: f64,
    refilled: Duration,
}

impl RetryBudget {
    /// Creates a full quota.
    #[must_use]
    pub fn new() -> Self {
        Self {
            left: MAX,
            refilled: Duration::ZERO,
        }
    }

    /// Takes one retry from the quota. Returns how long the retry must wait, at most `max`.
    pub fn spend(&mut self, now: Duration, max: Duration) -> Duration {
        self.refill(now);
        let wait = Duration::try_from_secs_f64((1.0 - self.left).max(0.0) / TRICKLE)
            .unwrap_or(max)
            .min(max);
        // Limits the debt to what can be refilled within `max`.
        self.left = (self.left - 1.0).max(-TRICKLE * max.as_secs_f64());
        wait
    }

    /// Returns one retry to the quota after a successful request.
    pub fn earn(&mut self) {
        self.left = (self.left + 1.0).min(MAX);
    }

    fn refill(&mut self, now: Duration) {
        let gained = now.saturating_sub(self.refilled).as_secs_f64() * TRICKLE;
        // The slow refill only serves waiting retries. Only successes build a reserve.
        self.left = (self.left + gained).min(self.left.max(1.0));
        self.refilled = now;
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn slows_down_once_it_is_used_up() {
        let mut budget = RetryBudget::new();
        for _ in 0..500 {
            assert_eq!(budget.spend(NOW, MINUTE), Duration::ZERO);
        }
        // From now on, ten retries per second are allowed.
        for number in 1..=20_u64 {
            let tenths = budget.spend(NOW, MINUTE).as_secs_f64() * 10.0;
            assert!((tenths - number as f64).abs() < 1e-6, "{tenths} {number}");
        }
        let second = Duration::from_secs(1);
        assert_eq!(budget.spend(NOW, second), second);
    }

    #[test]
    fn is_filled_by_successes_and_not_by_time() {
        let mut budget = RetryBudget::new();
        for _ in 0..500 {
            budget.spend(NOW, MINUTE);
        }
        let later = 100 * MINUTE;
        assert_eq!(budget.spend(later, MINUTE), Duration::ZERO);
        assert!(budget.spend(later, MINUTE) > Duration::ZERO);
        for _ in 0..12 {
            budget.earn();
        }
        for _ in 0..10 {
            assert_eq!(budget.spend(later, MINUTE), Duration::ZERO);
        }
        for _ in 0..1_000 {
            budget.earn();
        }
        let free = (0..600)
            .filter(|_| budget.spend(later, MINUTE).is_zero())
            .count();
        assert_eq!(free, 500);
    }
}
