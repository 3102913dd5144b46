//! Admission: how many requests may be in flight, and when the next one may start.

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

use crate::{
    clock::CENTURY,
    log::{Level, Log},
};

/// Bursts hold what the rate brings in this time.
const BURST_WINDOW: Duration = Duration::from_secs(2);

/// A token bucket, kept as the time at which it will be full again: each request moves that time on
/// by one interval, and may start if the bucket is then at most empty.
#[derive(Debug)]
struct Bucket {
    interval: Duration,
    depth: Duration,
    full_at: Instant,
}

impl Bucket {
    fn new(per_second: f64, now: Instant) -> Self {
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
    fn ready_at(&self, now: Instant) -> Instant {
        // `depth` is at least `interval`, so this never reaches before `now` minus the depth.
        let full_at = self.full_at.max(now) + self.interval;
        full_at.checked_sub(self.depth).unwrap_or(now).max(now)
    }

    fn take(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + self.interval;
    }
}

/// Room for one request in flight, until it is dropped.
#[derive(Debug)]
pub(crate) struct Slot(#[expect(dead_code, reason = "held, never read")] OwnedSemaphorePermit);

/// Lets requests through: in order, never more at once than allowed, never faster than allowed.
#[derive(Debug)]
pub(crate) struct Gate {
    slots: Arc<Semaphore>,
    /// Whoever holds the lock is first in line. The lock is fair, and letting go of it while
    /// waiting costs nobody else a token.
    line: Mutex<Option<Bucket>>,
    paused_until: StdMutex<Option<Instant>>,
    waits: AtomicU64,
    log: Log,
}

impl Gate {
    pub(crate) fn new(max_concurrency: usize, per_second: Option<f64>, log: Log) -> Self {
        let bucket = per_second.map(|rate| Bucket::new(rate, Instant::now()));
        Self {
            slots: Arc::new(Semaphore::new(max_concurrency.min(Semaphore::MAX_PERMITS))),
            line: Mutex::new(bucket),
            paused_until: StdMutex::new(None),
            waits: AtomicU64::new(0),
            log,
        }
    }

    /// Waits until a request may start. It counts as in flight while the slot is held.
    pub(crate) async fn admit(&self) -> Slot {
        let slot = self.slot().await;
        self.turn().await;
        slot
    }

    /// Waits until there is room for one more request in flight.
    pub(crate) async fn slot(&self) -> Slot {
        match self.slots.clone().acquire_owned().await {
            Ok(permit) => Slot(permit),
            // The semaphore is never closed; were it, waiting would be the right thing as well.
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits until a request that has a slot may start.
    pub(crate) async fn turn(&self) {
        let mut bucket = self.line.lock().await;
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

    /// How many requests had to wait for their turn so far.
    pub(crate) fn waits(&self) -> u64 {
        self.waits.load(Ordering::Relaxed)
    }

    /// Lets nothing start for `wait` from now.
    pub(crate) fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait.min(CENTURY);
        let mut paused_until = self.lock();
        *paused_until = Some(paused_until.map_or(until, |earlier| earlier.max(until)));
    }

    fn paused_until(&self) -> Option<Instant> {
        *self.lock()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        // An `Option<Instant>` is whole whatever happened to the thread that wrote it.
        self.paused_until
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::time::advance;

    use super::*;

    /// When each of the callers was admitted, in order of admission, with their numbers. They come
    /// after the given gaps.
    fn admissions(rate: f64, gaps: &[Duration]) -> Vec<(Duration, usize)> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let gate = Arc::new(Gate::new(usize::MAX, Some(rate), Log(None)));
            let start = Instant::now();
            let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
            for (number, gap) in gaps.iter().enumerate() {
                if !gap.is_zero() {
                    tokio::time::sleep(*gap).await;
                }
                let (gate, sender) = (gate.clone(), sender.clone());
                tokio::spawn(async move {
                    let _slot = gate.admit().await;
                    let _ = sender.send((start.elapsed(), number));
                });
                // It stands in line before the next one comes.
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

    /// In any window of `t` seconds at most burst + rate × t requests start.
    ///
    /// A window from request `i` to request `j` holds `j - i + 1`. Put `rate * at - number` for each
    /// request: the bound says that this never falls by more than burst - 1 from an earlier request
    /// to a later one, so one pass that remembers the highest is enough.
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
        // The burst at once, the rest at the rate: nothing is lost either.
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
    async fn says_exactly_when_the_next_may_start() {
        let mut bucket = Bucket::new(10.0, Instant::now());
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

    #[tokio::test(start_paused = true)]
    async fn a_waiter_that_gives_up_costs_nobody_a_token() {
        let gate = Gate::new(100, Some(1.0), Log(None));
        let start = Instant::now();
        let _first = (gate.admit().await, gate.admit().await);
        for _ in 0..10 {
            let waiting = tokio::time::timeout(Duration::from_millis(50), gate.admit()).await;
            assert!(waiting.is_err());
        }
        let _third = gate.admit().await;
        let waited = start.elapsed().as_secs_f64();
        assert!((1.0..1.01).contains(&waited), "{waited}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_stops_everything_and_is_no_excuse_for_a_burst() {
        let gate = Arc::new(Gate::new(1_000, Some(10.0), Log(None)));
        let start = Instant::now();
        for _ in 0..20 {
            gate.admit().await;
        }
        gate.pause(Duration::from_secs(60));
        gate.pause(Duration::from_secs(1));
        gate.admit().await;
        assert_eq!(start.elapsed().as_secs(), 60);
        let mut admitted = vec![(start.elapsed(), 0)];
        for number in 1..60 {
            gate.admit().await;
            admitted.push((start.elapsed(), number));
        }
        assert!(keeps_the_bound(10.0, &admitted));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_may_be_as_long_as_it_likes() {
        let gate = Gate::new(1, None, Log(None));
        gate.pause(Duration::MAX);
        let waiting = tokio::time::timeout(Duration::from_secs(3600), gate.turn()).await;
        assert!(waiting.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn lets_no_more_fly_than_allowed() {
        let gate = Gate::new(2, None, Log(None));
        let (first, _second) = (gate.admit().await, gate.admit().await);
        let third = tokio::time::timeout(Duration::from_secs(1), gate.admit()).await;
        assert!(third.is_err());
        drop(first);
        let third = tokio::time::timeout(Duration::from_secs(1), gate.admit()).await;
        assert!(third.is_ok());
    }
}
