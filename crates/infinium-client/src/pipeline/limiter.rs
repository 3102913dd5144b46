//! The limiter: controls how many requests are in flight and when the next request starts.

use std::{
    sync::{
        Arc, Mutex as StdMutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

use crate::{clock::CENTURY, sync::LockExt};
use infinium_core::{Level, Log, TokenBucket};

/// Permission for one request to be in flight. Dropping it releases the permission.
#[derive(Debug)]
pub(crate) struct ConcurrencyPermit(
    #[expect(dead_code, reason = "held, never read")] OwnedSemaphorePermit,
);

/// Admits requests in order, within the concurrency limit and the rate limit.
#[derive(Debug)]
pub(crate) struct Limiter {
    permits: Arc<Semaphore>,
    /// The request that holds the lock is first in the queue. The lock is fair, and a request that stops waiting
    /// takes no token from the others.
    queue: Mutex<Option<TokenBucket<Instant>>>,
    paused_until: StdMutex<Option<Instant>>,
    waits: AtomicU64,
    log: Log,
}

impl Limiter {
    pub(crate) fn new(max_concurrency: usize, per_second: Option<f64>, log: Log) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(max_concurrency.min(Semaphore::MAX_PERMITS))),
            queue: Mutex::new(per_second.map(|rate| TokenBucket::new(rate, Instant::now()))),
            paused_until: StdMutex::new(None),
            waits: AtomicU64::new(0),
            log,
        }
    }

    /// Waits until a request may start. The request counts as in flight until the permit is dropped.
    pub(crate) async fn admit(&self) -> ConcurrencyPermit {
        let permit = self.permit().await;
        self.wait_for_token().await;
        permit
    }

    /// Waits until one more request may be in flight.
    pub(crate) async fn permit(&self) -> ConcurrencyPermit {
        match self.permits.clone().acquire_owned().await {
            Ok(permit) => ConcurrencyPermit(permit),
            // The semaphore is never closed. If it were, no request could ever start.
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits until a request with a permit may start.
    pub(crate) async fn wait_for_token(&self) {
        let mut bucket = self.queue.lock().await;
        let mut waited = false;
        loop {
            let now = Instant::now();
            let ready = bucket.as_ref().map_or(now, |bucket| bucket.ready_at(now));
            let ready = self.paused_until().map_or(ready, |until| ready.max(until));
            if ready <= now {
                if let Some(bucket) = bucket.as_mut() {
                    bucket.take(now);
                }
                return;
            }
            if !std::mem::replace(&mut waited, true) {
                self.waits.fetch_add(1, Ordering::Relaxed);
            }
            self.log.line(Level::Debug, || {
                format!(
                    "waiting {} ms for the rate limit",
                    (ready - now).as_millis()
                )
            });
            sleep_until(ready).await;
        }
    }

    /// The number of requests that had to wait for the rate limit or a pause so far.
    pub(crate) fn waits(&self) -> u64 {
        self.waits.load(Ordering::Relaxed)
    }

    /// Lets no request start for `wait` from now on.
    pub(crate) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait.min(CENTURY);
        let mut paused_until = self.paused_until.lock_unpoisoned();
        *paused_until = Some(paused_until.map_or(until, |earlier| earlier.max(until)));
    }

    fn paused_until(&self) -> Option<Instant> {
        *self.paused_until.lock_unpoisoned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns the admission time and number of each caller, in order of admission. The callers arrive with the given
    /// gaps between them.
    fn admissions(rate: f64, gaps: &[Duration]) -> Vec<(Duration, usize)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let limiter = Arc::new(Limiter::new(usize::MAX, Some(rate), Log(None)));
            let start = Instant::now();
            let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
            for (number, gap) in gaps.iter().enumerate() {
                if !gap.is_zero() {
                    tokio::time::sleep(*gap).await;
                }
                let (limiter, sender) = (limiter.clone(), sender.clone());
                tokio::spawn(async move {
                    let _permit = limiter.admit().await;
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
            gaps in prop::collection::vec(prop_oneof![Just(0), 0..50_000_000_u64, 0..5_000_000_000_u64], 1..300),
        ) {
            let gaps: Vec<_> = gaps.into_iter().map(Duration::from_nanos).collect();
            let admitted = admissions(rate, &gaps);
            prop_assert_eq!(admitted.len(), gaps.len());
            prop_assert!(admitted.iter().enumerate().all(|(index, (_, number))| index == *number));
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
        let limiter = Limiter::new(100, Some(1.0), Log(None));
        let start = Instant::now();
        let _first = (limiter.admit().await, limiter.admit().await);
        for _ in 0..10 {
            let waiting = tokio::time::timeout(Duration::from_millis(50), limiter.admit()).await;
            assert!(waiting.is_err());
        }
        let _third = limiter.admit().await;
        let waited = start.elapsed().as_secs_f64();
        assert!((1.0..1.01).contains(&waited), "{waited}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_stops_everything_and_allows_no_larger_burst() {
        let limiter = Arc::new(Limiter::new(1_000, Some(10.0), Log(None)));
        let start = Instant::now();
        for _ in 0..20 {
            limiter.admit().await;
        }
        limiter.pause(Duration::from_secs(60));
        limiter.pause(Duration::from_secs(1));
        limiter.admit().await;
        assert_eq!(start.elapsed().as_secs(), 60);
        let mut admitted = vec![(start.elapsed(), 0)];
        for number in 1..60 {
            limiter.admit().await;
            admitted.push((start.elapsed(), number));
        }
        assert!(keeps_the_bound(10.0, &admitted));
    }

    #[tokio::test(start_paused = true)]
    async fn takes_a_pause_of_any_length() {
        let limiter = Limiter::new(1, None, Log(None));
        limiter.pause(Duration::MAX);
        let waiting =
            tokio::time::timeout(Duration::from_secs(3600), limiter.wait_for_token()).await;
        assert!(waiting.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_the_maximum_of_requests_in_flight() {
        let limiter = Limiter::new(2, None, Log(None));
        let (first, _second) = (limiter.admit().await, limiter.admit().await);
        let third = tokio::time::timeout(Duration::from_secs(1), limiter.admit()).await;
        assert!(third.is_err());
        drop(first);
        let third = tokio::time::timeout(Duration::from_secs(1), limiter.admit()).await;
        assert!(third.is_ok());
    }
}
