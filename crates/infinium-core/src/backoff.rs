//! How long to wait before the next attempt.

use std::time::Duration;

/// Delays that double up to a maximum, with jitter so that clients do not retry in step.
#[derive(Clone, Debug)]
pub struct Backoff {
    /// The delay after the first attempt.
    pub min_delay: Duration,
    /// The maximum delay.
    pub max_delay: Duration,
}

impl Backoff {
    /// Returns the delay after attempt `number`, counted from 1: within 25 % of the nominal delay. `chance` is a
    /// random number from 0 to 1.
    #[must_use]
    pub fn delay(&self, number: u32, chance: f64) -> Duration {
        let doubled = 1_u32
            .checked_shl(number.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let nominal = self.min_delay.saturating_mul(doubled).min(self.max_delay);
        let factor = 0.75 + chance / 2.0;
        Duration::try_from_secs_f64(nominal.as_secs_f64() * factor)
            .unwrap_or(self.max_delay)
            .min(self.max_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_within_the_cap_and_a_quarter() {
        let backoff = Backoff {
            min_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(1),
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
            assert_eq!(backoff.delay(number, 0.0), nominal.mul_f64(0.75));
            assert_eq!(backoff.delay(number, 0.5), nominal);
            let longest = backoff.delay(number, 1.0);
            assert_eq!(longest, nominal.mul_f64(1.25).min(Duration::from_secs(1)));
        }
    }

    #[test]
    fn takes_any_setting() {
        let backoff = Backoff {
            min_delay: Duration::MAX,
            max_delay: Duration::MAX,
        };
        assert_eq!(backoff.delay(50, 1.0), Duration::MAX);
        let none = Backoff {
            min_delay: Duration::ZERO,
            max_delay: Duration::ZERO,
        };
        assert_eq!(none.delay(9, 0.5), Duration::ZERO);
    }
}
