//! The limiter: controls how many requests are in flight and when the next request starts.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use super::{
    hanging::Displacement,
    places::{Place, Places},
    rate::{Rate, RateOptions},
    request_class::RequestClass,
};
use crate::runtime::Instant;
use infinium_core::Log;

/// Admits requests within the concurrency limit and the rate limit.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// The head of the queue of each class holds the lock. The locks are fair. So each class holds at most one place
    /// that is not in use yet.
    queues: [Mutex<()>; RequestClass::COUNT],
    places: Arc<Places>,
    rate: Rate,
}

impl Limiter {
    pub(crate) fn new(max_concurrency: usize, rate: RateOptions, log: Log) -> Self {
        Self::with(max_concurrency, rate, log, Displacement::CHOSEN)
    }

    pub(super) fn with(
        max_concurrency: usize,
        rate: RateOptions,
        log: Log,
        displacement: Displacement,
    ) -> Self {
        Self {
            queues: Default::default(),
            places: Arc::new(Places::new(max_concurrency, displacement)),
            rate: Rate::new(rate, log),
        }
    }

    /// Waits until a request may start. It is in flight until the place is dropped.
    pub(crate) async fn admit(&self, class: RequestClass) -> Place {
        let _first = self.queues[class.index()].lock().await;
        let place = self.places.take(class).await;
        self.rate.wait(class).await;
        place
    }

    /// The number of requests that had to wait for the rate limit or a pause so far.
    pub(crate) fn waits(&self) -> u64 {
        self.rate.waits()
    }

    /// Lets no request of the same kind start for `wait` that is retried after a 429.
    pub(crate) fn pause(&self, class: RequestClass, wait: Duration) {
        self.rate.pause(class, wait);
    }

    /// Learns from an attempt that began at `began`.
    pub(crate) fn on_outcome(&self, class: RequestClass, began: Instant, outcome: Outcome) {
        if !class.is_task() {
            return;
        }
        match outcome {
            Outcome::Delivered => self.rate.on_delivered(),
            Outcome::Refused => self.rate.on_refused(began),
            _ => self.rate.on_failed(),
        }
        match outcome {
            Outcome::Delivered | Outcome::Refused | Outcome::Answered => {
                self.places.on_answer(class, began);
            }
            Outcome::Broken => self.places.on_broken_connection(began),
            Outcome::Failed | Outcome::Silent => {}
        }
    }

    /// Learns that an outage is over.
    pub(crate) fn on_recovery(&self) {
        self.places.on_recovery();
    }

    /// The classes whose head waits although it may go.
    #[cfg(test)]
    pub(crate) fn overlooked(&self) -> Vec<RequestClass> {
        [self.places.overlooked(), self.rate.overlooked()].concat()
    }

    #[cfg(test)]
    pub(crate) fn has_head(&self, class: RequestClass) -> bool {
        self.places.has_head(class) || self.rate.has_head(class)
    }

    /// Whether nothing is in flight and nobody waits.
    #[cfg(test)]
    pub(super) fn is_unused(&self) -> bool {
        self.places.is_unused()
    }
}

/// What the limiter learns from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Delivered,
    /// The platform answered 429.
    Refused,
    /// The platform has refused the task.
    Answered,
    /// An answer says that the platform fails.
    Failed,
    /// The connection was refused or broke.
    Broken,
    /// There was no answer in time, or the connection was merely old.
    Silent,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::time::timeout;

    use super::*;
    use RequestClass::{Awaited, Background, Batch, Read};
    use infinium_core::RetryOnRateLimit;

    fn limiter(max: usize, per_second: Option<f64>) -> Limiter {
        let options = RateOptions {
            per_second,
            is_adaptive: false,
            retry_on_rate_limit: RetryOnRateLimit::Batches,
        };
        Limiter::new(max, options, Log(None))
    }

    /// Returns when each caller is admitted, and its number, in this order. They arrive with the given gaps between them.
    fn admissions(rate: f64, gaps: &[Duration]) -> Vec<(Duration, usize)> {
        let gaps: Vec<_> = gaps.iter().map(|gap| (*gap, Background)).collect();
        admissions_of(rate, &gaps)
    }

    fn admissions_of(rate: f64, gaps: &[(Duration, RequestClass)]) -> Vec<(Duration, usize)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let limiter = Arc::new(limiter(usize::MAX, Some(rate)));
            let start = Instant::now();
            let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
            for (number, (gap, class)) in gaps.iter().copied().enumerate() {
                if !gap.is_zero() {
                    tokio::time::sleep(gap).await;
                }
                let (limiter, sender) = (limiter.clone(), sender.clone());
                tokio::spawn(async move {
                    let _place = limiter.admit(class).await;
                    let _ = sender.send((start.elapsed(), number));
                });
                // This caller must be in the queue before the next one arrives.
                tokio::task::yield_now().await;
            }
            drop(sender);
            let mut admitted = Vec::new();
            while let Some(one) = receiver.recv().await {
                admitted.push(one);
            }
            admitted
        })
    }

    /// Checks that in any window of `t` seconds at most burst + rate × t requests start.
    ///
    /// A window from request `i` to request `j` contains `j - i + 1` requests. Compute `rate * at - number` for each
    /// request: the bound means that this value never falls by more than burst - 1 below an earlier value. So one
    /// pass that remembers the maximum is enough.
    fn keeps_the_bound(rate: f64, admitted: &[(Duration, usize)]) -> bool {
        let burst = (2.0 * rate).max(1.0);
        let mut highest = f64::NEG_INFINITY;
        let mut number = 0.0;
        admitted.iter().all(|(at, _)| {
            let level = rate * at.as_secs_f64() - number;
            highest = highest.max(level);
            number += 1.0;
            // Times are whole nanoseconds.
            highest - level <= burst - 1.0 + 1e-6 * (1.0 + rate)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn keeps_the_bound_and_the_order(
            rate in prop_oneof![0.01..1.0, 1.0..100.0, 100.0..1e6],
            arrivals in prop::collection::vec(
                (prop_oneof![Just(0), 0..50_000_000_u64, 0..5_000_000_000_u64], 0..RequestClass::COUNT),
                1..300,
            ),
        ) {
            let arrivals: Vec<_> = arrivals
                .into_iter()
                .map(|(gap, class)| (Duration::from_nanos(gap), RequestClass::ALL[class]))
                .collect();
            let admitted = admissions_of(rate, &arrivals);
            prop_assert_eq!(admitted.len(), arrivals.len());
            for class in RequestClass::ALL {
                let numbers = admitted.iter().map(|(_, number)| *number);
                let own: Vec<_> = numbers.filter(|number| arrivals[*number].1 == class).collect();
                prop_assert!(own.is_sorted(), "{:?} is served in order", class);
            }
            prop_assert!(keeps_the_bound(rate, &admitted));
        }
    }

    #[test]
    fn lets_ten_thousand_through_at_the_rate() {
        let admitted = admissions(100.0, &[Duration::ZERO; 10_000]);
        assert!(keeps_the_bound(100.0, &admitted));
        // The burst starts at once. The other requests start at exactly the rate.
        assert_eq!(admitted[199].0, Duration::ZERO);
        assert!(admitted[200].0 > Duration::ZERO);
        let last = admitted[9_999].0.as_secs_f64();
        assert!((98.0..98.1).contains(&last), "{last}");
    }

    #[test]
    fn takes_any_rate() {
        assert_eq!(admissions(1e308, &[Duration::ZERO; 100]).len(), 100);
        let slow = admissions(0.01, &[Duration::ZERO; 3]);
        assert_eq!(slow[0].0, Duration::ZERO);
        assert!(slow[1].0 >= Duration::from_secs(100) && slow[2].0 >= Duration::from_secs(200));
        assert_eq!(admissions(f64::MIN_POSITIVE, &[Duration::ZERO]).len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_that_gives_up_takes_no_token() {
        let limiter = limiter(100, Some(1.0));
        let start = Instant::now();
        let _first = (
            limiter.admit(Background).await,
            limiter.admit(Background).await,
        );
        for _ in 0..10 {
            let waiting = timeout(Duration::from_millis(50), limiter.admit(Background)).await;
            assert!(waiting.is_err());
        }
        let _third = limiter.admit(Background).await;
        let waited = start.elapsed().as_secs_f64();
        assert!((1.0..1.01).contains(&waited), "{waited}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_stops_everything_and_allows_no_larger_burst() {
        let limiter = Arc::new(limiter(1_000, Some(10.0)));
        let start = Instant::now();
        for _ in 0..20 {
            limiter.admit(Background).await;
        }
        limiter.pause(Background, Duration::from_secs(60));
        limiter.pause(Background, Duration::from_secs(1));
        limiter.admit(Background).await;
        assert_eq!(start.elapsed().as_secs(), 60);
        let mut admitted = vec![(start.elapsed(), 0)];
        for number in 1..60 {
            limiter.admit(Background).await;
            admitted.push((start.elapsed(), number));
        }
        assert!(keeps_the_bound(10.0, &admitted));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_only_those_that_were_told_so() {
        let admitted = async |limiter: &Limiter, class| {
            timeout(Duration::from_secs(1), limiter.admit(class))
                .await
                .is_ok()
        };
        let tasks = limiter(100, Some(1_000.0));
        tasks.pause(Background, Duration::from_secs(60));
        for (class, free) in [
            (Awaited, true),
            (Read, true),
            (Batch, false),
            (Background, false),
        ] {
            assert_eq!(admitted(&tasks, class).await, free, "{class:?}");
        }
        let options = RateOptions {
            per_second: None,
            is_adaptive: true,
            retry_on_rate_limit: RetryOnRateLimit::Always,
        };
        let reads = Limiter::new(100, options, Log(None));
        reads.pause(Read, Duration::from_secs(60));
        for (class, free) in [
            (Awaited, true),
            (Read, false),
            (Batch, true),
            (Background, true),
        ] {
            assert_eq!(admitted(&reads, class).await, free, "{class:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_awaited_call_overtakes_the_background_at_the_rate_limit() {
        let limiter = Arc::new(limiter(32, Some(10.0)));
        for _ in 0..1_000 {
            let limiter = limiter.clone();
            tokio::spawn(async move { limiter.admit(Background).await });
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
        for class in [Awaited, Read, Batch] {
            let began = Instant::now();
            limiter.admit(class).await;
            let waited = began.elapsed();
            // Its own share of the rate, and the turn of the background.
            assert!(waited <= Duration::from_millis(205), "{class:?} {waited:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn begins_with_two_tasks_until_the_first_answer_or_for_a_moment() {
        let options = RateOptions {
            per_second: None,
            is_adaptive: true,
            retry_on_rate_limit: RetryOnRateLimit::Batches,
        };
        let began = Instant::now();
        let fresh = Limiter::new(100, options, Log(None));
        let _first = (fresh.admit(Batch).await, fresh.admit(Batch).await);
        assert_eq!(began.elapsed(), Duration::ZERO);
        fresh.admit(Batch).await;
        assert_eq!(began.elapsed(), Duration::from_millis(50));
        fresh.admit(Batch).await;
        assert_eq!(began.elapsed(), Duration::from_millis(50));
        let answered = Limiter::new(100, options, Log(None));
        let _first = (answered.admit(Batch).await, answered.admit(Batch).await);
        answered.on_outcome(Batch, began, Outcome::Delivered);
        answered.admit(Batch).await;
        assert_eq!(began.elapsed(), Duration::from_millis(50));
    }

    #[tokio::test(start_paused = true)]
    async fn takes_a_pause_of_any_length() {
        let limiter = limiter(1, None);
        limiter.pause(Background, Duration::MAX);
        let waiting = timeout(Duration::from_secs(3600), limiter.admit(Background)).await;
        assert!(waiting.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_the_maximum_of_requests_in_flight() {
        let limiter = limiter(2, None);
        let (first, _second) = (
            limiter.admit(Background).await,
            limiter.admit(Background).await,
        );
        let third = timeout(Duration::from_secs(1), limiter.admit(Background)).await;
        assert!(third.is_err());
        drop(first);
        let third = timeout(Duration::from_secs(1), limiter.admit(Background)).await;
        assert!(third.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn serves_awaited_calls_first_and_a_queue_in_order() {
        let limiter = Arc::new(limiter(1, None));
        let mut held = limiter.admit(Awaited).await;
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        let arrivals = [Background, Batch, Batch, Awaited, Awaited, Read];
        for (number, class) in arrivals.into_iter().enumerate() {
            let (limiter, sender) = (limiter.clone(), sender.clone());
            tokio::spawn(async move {
                let place = limiter.admit(class).await;
                let _ = sender.send((number, place));
            });
            tokio::task::yield_now().await;
        }
        // Reads and sends have the same rank; a read also gets a place of its own.
        let (read, _) = timeout(Duration::from_secs(1), order.recv())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(read, 5);
        let mut seen = Vec::new();
        for _ in 0..5 {
            drop(held);
            let (number, place) = order.recv().await.unwrap();
            seen.push(number);
            held = place;
        }
        // After four turns of others, the background has one.
        assert_eq!(seen, [3, 4, 1, 0, 2]);
    }
}
