//! Admission: how many requests may be in flight, and when the next one may start.

use std::{
    sync::{Arc, Mutex as StdMutex},
    time::Duration,
};

use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

use crate::log::{Level, Log};

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
        // Rounded up, so that the rate is never exceeded. A century stands for "never".
        let century = Duration::from_secs(100 * 365 * 24 * 3600);
        let seconds = (1e9 / per_second).ceil() / 1e9;
        let interval = Duration::try_from_secs_f64(seconds)
            .unwrap_or(century)
            .min(century);
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
    log: Log,
}

impl Gate {
    pub(crate) fn new(max_concurrency: usize, per_second: Option<f64>, log: Log) -> Self {
        let bucket = per_second.map(|rate| Bucket::new(rate, Instant::now()));
        Self {
            slots: Arc::new(Semaphore::new(max_concurrency.min(Semaphore::MAX_PERMITS))),
            line: Mutex::new(bucket),
            paused_until: StdMutex::new(None),
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
            self.log.line(Level::Debug, || {
                format!(
                    "waiting {} ms for the rate limit",
                    (ready - now).as_millis()
                )
            });
            sleep_until(ready).await;
        }
    }

    /// Lets nothing start for `wait` from now.
    pub(crate) fn pause(&self, wait: Duration) {
        let Some(until) = Instant::now().checked_add(wait) else {
            return;
        };
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
