//! How long to wait before the next attempt.

use std::time::Duration;

/// Waits that double, within a cap, and differ by chance so that clients do not come back together.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) most: Duration,
}

impl Backoff {
    /// The wait after attempt `number`, which counts from 1: within a quarter of the nominal one.
    pub(crate) fn delay(&self, number: u32) -> Duration {
        self.with_jitter(number, fastrand::f64())
    }

    /// `chance` is from 0 to 1.
    fn with_jitter(&self, number: u32, chance: f64) -> Duration {
        let doubled = 1_u32.checked_shl(number - 1).unwrap_or(u32::MAX);
        let nominal = self.first.saturating_mul(doubled).min(self.most);
        let factor = 0.75 + chance / 2.0;
        Duration::try_from_secs_f64(nominal.as_secs_f64() * factor)
            .unwrap_or(self.most)
            .min(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_within_the_cap_and_a_quarter() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            most: Duration::from_secs(1),
        };
        for (number, nominal) in [
            (1, 100),
            (2, 200),
            (3, 400),
            (4, 800),
            (5, 1000),
            (100, 1000),
        ] {
            let nominal = Duration::from_millis(nominal);
            assert_eq!(backoff.with_jitter(number, 0.0), nominal.mul_f64(0.75));
            assert_eq!(backoff.with_jitter(number, 0.5), nominal);
            let longest = backoff.with_jitter(number, 1.0);
            assert_eq!(longest, nominal.mul_f64(1.25).min(Duration::from_secs(1)));
        }
    }

    #[test]
    fn differs_from_time_to_time() {
        let backoff = Backoff {
            first: Duration::from_secs(1),
            most: Duration::MAX,
        };
        let delays: std::collections::HashSet<_> = (0..20).map(|_| backoff.delay(1)).collect();
        assert!(delays.len() > 1);
    }

    #[test]
    fn takes_any_setting() {
        let backoff = Backoff {
            first: Duration::MAX,
            most: Duration::MAX,
        };
        assert_eq!(backoff.with_jitter(50, 1.0), Duration::MAX);
        let none = Backoff {
            first: Duration::ZERO,
            most: Duration::ZERO,
        };
        assert_eq!(none.delay(9), Duration::ZERO);
    }
}
