//! The rate of a client that shares a limit with others, of which it knows nothing.
//!
//! A platform's limit is shared by processes that cannot talk to each other. So each one finds its share: after an
//! answer of 429 it sends less, and at intervals instead of in bursts. [`Share`] tells how much.

use std::time::Duration;

use super::share::{FIRST_RATE, Share};
use crate::runtime::Instant;

/// A client that has delivered for this long without a refusal knows what it may send.
const STEADY: Duration = Duration::from_secs(5);
/// The rate is free again at its upper bound, when nothing was refused for this long.
const CALM: Duration = Duration::from_secs(30);
/// Without an upper bound, the rate is free again at this multiple of what was delivered before the first refusal.
const RELEASE: f64 = 4.0;
/// Intervals are longer or shorter by up to this share, by chance.
const JITTER: f64 = 0.05;
/// The same while the share is not known: all clients of a fleet have the same rate then, and must not keep step.
const SEARCH_JITTER: f64 = 0.3;
/// After a refusal, the next task starts within this share of an interval: clients that were refused together come back
/// at different moments.
const RETURN: f64 = 0.8;
/// The same after the first refusal, which hits the whole of a fleet that starts at once.
const FIRST_RETURN: f64 = 2.0;

/// The rate of the tasks of a client, in tasks per second.
#[derive(Debug)]
pub(super) struct AdaptiveRate {
    /// The upper bound.
    max: Option<f64>,
    /// `None` while nothing was refused: then only the upper bound holds.
    lowered: Option<Lowered>,
    /// The rate at which it was free again the last time.
    released_at: Option<f64>,
    /// The first delivery.
    delivers_since: Option<Instant>,
    recent: Recent,
}

#[derive(Debug)]
struct Lowered {
    share: Share,
    /// At this rate it is free again.
    release_at: f64,
    /// When the next task may start.
    next: Instant,
}

impl AdaptiveRate {
    pub(super) fn new(max: Option<f64>, now: Instant) -> Self {
        Self {
            max,
            lowered: None,
            released_at: None,
            delivers_since: None,
            recent: Recent::new(now),
        }
    }

    /// When the next task may start: `now` or later.
    pub(super) fn ready_at(&self, now: Instant) -> Instant {
        let next = self.lowered.as_ref().map(|lowered| lowered.next);
        next.map_or(now, |next| next.max(now))
    }

    /// A task starts. While the rate is lowered, the next ones are spread.
    pub(super) fn on_start(&mut self, now: Instant) {
        if let Some(lowered) = &mut self.lowered {
            lowered.next = lowered.next.max(now) + lowered.interval();
        }
    }

    pub(super) fn on_delivered(&mut self, now: Instant) {
        self.delivers_since.get_or_insert(now);
        self.recent.add(now);
        let Some(lowered) = &mut self.lowered else {
            return;
        };
        lowered.share.grow(lowered.release_at, now);
        // Without the pace, a whole burst starts at once. The limit must be far enough away for that.
        if lowered.share.rate() >= lowered.release_at && now - lowered.share.refused_at() >= CALM {
            self.released_at = Some(lowered.share.rate());
            self.lowered = None;
        }
    }

    /// What a client delivers that was refused nothing for long after its first delivery.
    fn steady(&self, recent: f64, now: Instant) -> Option<f64> {
        let since = self.delivers_since?;
        (now - since >= STEADY).then_some(recent.max(FIRST_RATE))
    }

    /// A task that started at `began` was answered with 429.
    pub(super) fn on_refused(&mut self, began: Instant, now: Instant) {
        let (lowered, within) = match &mut self.lowered {
            // All tasks that were under way at the last decrease belong to one burst.
            Some(lowered) if began <= lowered.share.refused_at() => return,
            Some(lowered) => {
                lowered.share.shrink(now);
                (lowered, RETURN)
            }
            None => {
                let recent = self.recent.per_second(now).unwrap_or_default();
                let max = self.max.unwrap_or(recent.max(FIRST_RATE) * RELEASE);
                let known = self.released_at.or(self.steady(recent, now));
                let share = match known {
                    Some(rate) => Share::known(rate.min(max), now),
                    None => Share::unknown(max, now),
                };
                let lowered = Lowered {
                    share,
                    release_at: max,
                    next: now,
                };
                (self.lowered.insert(lowered), FIRST_RETURN)
            }
        };
        lowered.next = now + lowered.interval().mul_f64(within * fastrand::f64());
    }
}

impl Lowered {
    fn interval(&self) -> Duration {
        let jitter = match self.share.is_known() {
            true => JITTER,
            false => SEARCH_JITTER,
        };
        let factor = 1.0 + jitter * (2.0 * fastrand::f64() - 1.0);
        Duration::from_secs_f64(factor / self.share.rate())
    }
}

/// Counts deliveries of the current and the previous second.
#[derive(Debug)]
struct Recent {
    began: Instant,
    current: u32,
    previous: Option<u32>,
}

impl Recent {
    fn new(now: Instant) -> Self {
        Self {
            began: now,
            current: 0,
            previous: None,
        }
    }

    fn roll(&mut self, now: Instant) {
        match (now - self.began).as_secs() {
            0 => {}
            1 => {
                self.previous = Some(self.current);
                self.current = 0;
                self.began += Duration::from_secs(1);
            }
            _ => {
                *self = Self {
                    previous: Some(0),
                    ..Self::new(now)
                }
            }
        }
    }

    fn add(&mut self, now: Instant) {
        self.roll(now);
        self.current += 1;
    }

    /// Deliveries per second, or `None` if there were none.
    fn per_second(&mut self, now: Instant) -> Option<f64> {
        self.roll(now);
        let deliveries = self.current + self.previous.unwrap_or_default();
        let window = match self.previous {
            Some(_) => 1.0 + (now - self.began).as_secs_f64(),
            None => (now - self.began).as_secs_f64().max(0.1),
        };
        (deliveries > 0).then(|| f64::from(deliveries) / window)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate_of(rate: &AdaptiveRate) -> Option<f64> {
        rate.lowered.as_ref().map(|lowered| lowered.share.rate())
    }

    #[tokio::test(start_paused = true)]
    async fn falls_once_for_each_burst_of_refusals() {
        let mut rate = AdaptiveRate::new(Some(100.0), Instant::now());
        let began = Instant::now();
        assert_eq!(rate.ready_at(began), began);
        advance(SECOND / 100).await;
        for _ in 0..20 {
            rate.on_refused(began, Instant::now());
        }
        assert_eq!(rate_of(&rate), Some(FIRST_RATE));
        // A later burst lowers it again.
        let began = Instant::now() + SECOND;
        advance(2 * SECOND).await;
        for _ in 0..20 {
            rate.on_refused(began, Instant::now());
        }
        let lowered = rate_of(&rate).unwrap() / FIRST_RATE;
        assert!((0.8..0.9).contains(&lowered), "{lowered}");
    }

    #[tokio::test(start_paused = true)]
    async fn spreads_tasks_while_it_is_lowered_and_is_free_again_at_the_bound() {
        let mut rate = AdaptiveRate::new(Some(10.0), Instant::now());
        rate.on_refused(Instant::now(), Instant::now());
        let began = Instant::now();
        let mut sent = 0;
        while rate_of(&rate).is_some() {
            let ready = rate.ready_at(Instant::now());
            tokio::time::sleep_until(ready).await;
            rate.on_start(Instant::now());
            rate.on_delivered(Instant::now());
            sent += 1;
            assert!(sent < 10_000);
        }
        let took = began.elapsed();
        assert!((10 * SECOND..90 * SECOND).contains(&took), "{took:?}");
    }

    /// Deliveries without a refusal tell what the platform takes.
    #[tokio::test(start_paused = true)]
    async fn a_single_refusal_takes_little_from_a_client_that_has_long_delivered() {
        let mut rate = AdaptiveRate::new(Some(1_000.0), Instant::now());
        for _ in 0..10_000 {
            advance(SECOND / 1_000).await;
            rate.on_delivered(Instant::now());
        }
        rate.on_refused(Instant::now(), Instant::now());
        let lowered = rate_of(&rate).unwrap();
        assert!((930.0..970.0).contains(&lowered), "{lowered}");
    }

    #[tokio::test(start_paused = true)]
    async fn falls_steeply_while_nothing_is_accepted() {
        let mut rate = AdaptiveRate::new(None, Instant::now());
        for _ in 0..20 {
            advance(SECOND).await;
            let began = Instant::now();
            rate.on_refused(began, Instant::now());
        }
        assert!(rate_of(&rate).unwrap() <= 0.1, "{rate:?}");
    }
}
