//! The rate of a client that shares a limit with others, of which it knows nothing.
//!
//! A platform's limit is shared by processes that cannot talk to each other. So each one finds its share: it sends
//! less after an answer of 429 and slowly more while its tasks are accepted. Growing in proportion to the own rate,
//! and shrinking by a constant factor, makes the rates of all clients alike. The constants were found by simulation:
//! see `docs/fleets.md`.

use std::time::Duration;

use crate::runtime::Instant;

/// What is left of the rate after a refusal. Small steps make the shares of a fleet alike.
const DECREASE: f64 = 0.9;
/// The same, until the rate has been found.
const SEARCH_DECREASE: f64 = 0.8;
/// What is left after several refusals in a row, before the first delivery of the client.
const STEEP_DECREASE: f64 = 0.5;
/// From this number of refusals in a row on.
const STEEP_FROM: u32 = 3;
/// The growth per second, as a share of the rate.
const GROWTH: f64 = 0.02;
/// The same, until the rate has been found.
const SEARCH_GROWTH: f64 = 0.25;
/// The largest growth for one delivery, as a share of the rate: a client of a large fleet has few deliveries, and learns
/// from refusals alone whether it sends too much.
const MAX_GROWTH: f64 = 0.03;
/// The same, until the rate has been found.
const MAX_SEARCH_GROWTH: f64 = 0.15;
/// The growth is twice as fast when there was no refusal for this long, and then increases with the square.
const CALM: f64 = 30.0;
/// Tasks per second: a client that is always refused keeps trying at this rate.
const MIN_RATE: f64 = 0.1;
/// The rate to begin with after the first refusal.
const FIRST_RATE: f64 = 1.0;
/// A client that has delivered for this long without a refusal knows what it may send.
const STEADY: Duration = Duration::from_secs(5);
/// Without an upper bound, the rate is free again at this multiple of what was delivered before the first refusal.
const RELEASE: f64 = 4.0;

/// The rate of the tasks of a client, in tasks per second.
#[derive(Debug)]
pub(super) struct AdaptiveRate {
    /// The upper bound.
    max: Option<f64>,
    /// `None` while nothing was refused: then only the upper bound holds.
    lowered: Option<Lowered>,
    /// The rate at which it was free again the last time.
    released_at: Option<f64>,
    refused_in_row: u32,
    has_delivered: bool,
    /// The first delivery.
    delivers_since: Option<Instant>,
    recent: Recent,
}

#[derive(Debug)]
struct Lowered {
    rate: f64,
    /// At this rate it is free again.
    release_at: f64,
    /// When the next task may start.
    next: Instant,
    lowered_at: Instant,
    grown_at: Instant,
    /// Whether there was no second burst of refusals yet: then the share is not known, and the rate grows fast.
    is_searching: bool,
}

impl AdaptiveRate {
    pub(super) fn new(max: Option<f64>, now: Instant) -> Self {
        Self {
            max,
            lowered: None,
            released_at: None,
            refused_in_row: 0,
            has_delivered: false,
            delivers_since: None,
            recent: Recent::new(now),
        }
    }

    /// When the next task may start: `now` or later.
    pub(super) fn ready_at(&self, now: Instant) -> Instant {
        let next = self.lowered.as_ref().map(|lowered| lowered.next);
        next.map_or(now, |next| next.max(now))
    }

    /// A task starts. While the rate is lowered, the next ones are spread, each with a jitter of half an interval.
    pub(super) fn on_start(&mut self, now: Instant) {
        if let Some(lowered) = &mut self.lowered {
            lowered.next = lowered.next.max(now) + lowered.interval();
        }
    }

    pub(super) fn on_delivered(&mut self, now: Instant) {
        self.refused_in_row = 0;
        self.has_delivered = true;
        self.delivers_since.get_or_insert(now);
        self.recent.add(now);
        let Some(lowered) = &mut self.lowered else {
            return;
        };
        let unused = Duration::from_secs_f64(2.0 / lowered.rate);
        // A rate that is not used does not grow.
        let seconds = (now - lowered.grown_at).min(unused).as_secs_f64();
        let calm = (now - lowered.lowered_at).as_secs_f64() / CALM;
        let (growth, max) = if lowered.is_searching {
            (SEARCH_GROWTH, MAX_SEARCH_GROWTH)
        } else {
            let faster = 1.0 + calm * calm;
            (GROWTH * faster, MAX_GROWTH * faster)
        };
        let grown = lowered.rate * (growth * seconds).min(max).exp();
        lowered.rate = grown.min(lowered.release_at);
        lowered.grown_at = now;
        // Without the pace, a whole burst starts at once. The limit must be far enough away for that.
        if lowered.rate >= lowered.release_at && calm >= 1.0 {
            self.released_at = Some(lowered.rate);
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
        self.refused_in_row = self.refused_in_row.saturating_add(1);
        let is_steep = self.refused_in_row >= STEEP_FROM && !self.has_delivered;
        let decrease = |is_searching: bool| match is_searching {
            true if is_steep => STEEP_DECREASE,
            true => SEARCH_DECREASE,
            false => DECREASE,
        };
        let Some(lowered) = &mut self.lowered else {
            let recent = self.recent.per_second(now).unwrap_or_default();
            let max = self.max.unwrap_or(recent.max(FIRST_RATE) * RELEASE);
            // All clients of a fleet that starts at once begin with the same rate, so that none is ahead. One that was
            // free again knows its share.
            let known = self
                .released_at
                .map(|released| released.min(max))
                .or(self.steady(recent, now));
            let is_searching = known.is_none();
            let rate = (known.unwrap_or(FIRST_RATE) * decrease(is_searching)).min(max);
            let lowered = Lowered {
                rate,
                release_at: max,
                next: now,
                lowered_at: now,
                grown_at: now,
                is_searching,
            };
            let next = now + lowered.interval();
            self.lowered = Some(Lowered { next, ..lowered });
            return;
        };
        // All tasks that were under way at the last decrease belong to one burst.
        if began <= lowered.lowered_at {
            return;
        }
        let factor = decrease(lowered.is_searching);
        lowered.rate = (lowered.rate * factor).max(MIN_RATE.min(lowered.rate));
        lowered.lowered_at = now;
        // Only a refusal after a delivery tells that the share has been reached.
        if self.refused_in_row == 1 {
            lowered.is_searching = false;
        }
        lowered.next = lowered.next.max(now + lowered.interval());
    }
}

impl Lowered {
    fn interval(&self) -> Duration {
        Duration::from_secs_f64((0.5 + fastrand::f64()) / self.rate)
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
        rate.lowered.as_ref().map(|lowered| lowered.rate)
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
        assert_eq!(rate_of(&rate), Some(FIRST_RATE * SEARCH_DECREASE));
        // A later burst lowers it again.
        let began = Instant::now() + SECOND;
        advance(2 * SECOND).await;
        rate.on_delivered(Instant::now());
        let before = rate_of(&rate).unwrap();
        rate.on_refused(began, Instant::now());
        assert!((rate_of(&rate).unwrap() / before - SEARCH_DECREASE).abs() < 1e-9);
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
        assert!((850.0..950.0).contains(&lowered), "{lowered}");
    }

    #[tokio::test(start_paused = true)]
    async fn falls_steeply_while_nothing_is_accepted() {
        let mut rate = AdaptiveRate::new(None, Instant::now());
        for _ in 0..14 {
            let began = Instant::now();
            advance(SECOND).await;
            rate.on_refused(began, Instant::now());
        }
        assert!(rate_of(&rate).unwrap() <= MIN_RATE, "{rate:?}");
    }
}
