//! The rate: when requests may start.
//!
//! Tokens of one bucket go to awaited calls first, then to batches, then to the background, and to each class in
//! order. A pause that the platform asks for holds only the requests that were told so: tasks, or reads.

use std::{
    sync::{
        Mutex as StdMutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::{adaptive_rate::AdaptiveRate, priority::Heads, request_class::RequestClass};
use crate::{
    clock::CENTURY,
    runtime::{Instant, sleep_until},
    sync::LockExt,
};
use infinium_core::{Level, Log, LogLine, RetryOnRateLimit, TokenBucket};

/// Before the first answer, a client sends this many tasks of batches and of the background...
const FIRST_TASKS: u32 = 2;
/// ...for this long. A fleet that starts at once would overwhelm the platform otherwise.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// How a client limits its rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateOptions {
    /// The upper bound, in requests per second.
    pub(crate) per_second: Option<f64>,
    /// Whether answers of 429 lower the rate.
    pub(crate) is_adaptive: bool,
    /// Which requests wait after a 429.
    pub(crate) retry_on_rate_limit: RetryOnRateLimit,
}

/// Admits requests at the client's rate.
#[derive(Debug)]
pub(super) struct Rate {
    state: StdMutex<State>,
    /// Notified when a head may have to look again.
    changed: Notify,
    waits: AtomicU64,
    log: Log,
}

#[derive(Debug)]
struct State {
    bucket: Option<TokenBucket<Instant>>,
    adaptive: Option<AdaptiveRate>,
    retry_on_rate_limit: RetryOnRateLimit,
    tasks_paused_until: Option<Instant>,
    reads_paused_until: Option<Instant>,
    start: Start,
    heads: Heads,
}

/// The first moments of a client.
#[derive(Debug)]
enum Start {
    /// The number of tasks that have started, and when the first one did.
    Unanswered(u32, Option<Instant>),
    Over,
}

impl Rate {
    pub(super) fn new(options: RateOptions, log: Log) -> Self {
        let now = Instant::now();
        let RateOptions {
            per_second,
            is_adaptive,
            retry_on_rate_limit,
        } = options;
        Self {
            state: StdMutex::new(State {
                bucket: per_second.map(|rate| TokenBucket::new(rate, now)),
                adaptive: is_adaptive.then(|| AdaptiveRate::new(per_second, now)),
                retry_on_rate_limit,
                tasks_paused_until: None,
                reads_paused_until: None,
                start: match is_adaptive {
                    true => Start::Unanswered(0, None),
                    false => Start::Over,
                },
                heads: Heads::default(),
            }),
            changed: Notify::new(),
            waits: AtomicU64::new(0),
            log,
        }
    }

    /// Waits until a request may start. At most one request of each class may wait: the head of its queue. One that
    /// stops waiting takes no token from the others.
    pub(super) async fn wait(&self, class: RequestClass) {
        let mut head = Head {
            rate: self,
            class,
            is_waiting: false,
        };
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let Err(ready) = head.try_start() else {
                return;
            };
            match ready {
                Some(ready) => {
                    tokio::select! {
                        biased;
                        () = changed => {}
                        () = sleep_until(ready) => {}
                    }
                }
                None => changed.await,
            }
        }
    }

    /// The number of requests that had to wait for the rate or a pause so far.
    pub(super) fn waits(&self) -> u64 {
        self.waits.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    pub(super) fn has_head(&self, class: RequestClass) -> bool {
        self.state.lock_unpoisoned().heads.since(class).is_some()
    }

    /// The heads that wait although they may go. At rest there are none: each of them missed a wake-up.
    #[cfg(test)]
    pub(super) fn overlooked(&self) -> Vec<RequestClass> {
        let state = self.state.lock_unpoisoned();
        // Timers of the runtime end on whole milliseconds.
        let then = Instant::now() - Duration::from_millis(2);
        let bucket = state.bucket.as_ref();
        let has_token = bucket.is_none_or(|bucket| bucket.ready_at(then) <= then);
        let is_free = |class| state.free_at(class, then) <= then;
        let waits = |class: &RequestClass| state.heads.since(*class).is_some();
        let may_go = |class: &RequestClass| is_free(*class) && state.heads.is_turn(*class, is_free);
        let all = RequestClass::ALL.into_iter();
        all.filter(|class| has_token && waits(class) && may_go(class))
            .collect()
    }

    /// Lets no request start for `wait` that is retried after a 429 and is of the same kind as `class`: a task or a
    /// read.
    pub(super) fn pause(&self, class: RequestClass, wait: Duration) {
        let until = Instant::now() + wait.min(CENTURY);
        let mut state = self.state.lock_unpoisoned();
        let paused_until = match class.is_task() {
            true => &mut state.tasks_paused_until,
            false => &mut state.reads_paused_until,
        };
        *paused_until = Some(paused_until.map_or(until, |earlier| earlier.max(until)));
        drop(state);
        // Those who let a request go first that may go no more look again.
        self.changed.notify_waiters();
    }

    /// A task was delivered.
    pub(super) fn on_delivered(&self) {
        self.on_outcome(|adaptive, now| adaptive.on_delivered(now));
    }

    /// A task that started at `began` was answered with 429.
    pub(super) fn on_refused(&self, began: Instant) {
        self.on_outcome(|adaptive, now| adaptive.on_refused(began, now));
    }

    /// A task got any other outcome.
    pub(super) fn on_failed(&self) {
        self.on_outcome(|_, _| {});
    }

    fn on_outcome(&self, tell: impl FnOnce(&mut AdaptiveRate, Instant)) {
        let mut state = self.state.lock_unpoisoned();
        let mut is_changed = !matches!(state.start, Start::Over);
        state.start = Start::Over;
        if let Some(adaptive) = &mut state.adaptive {
            let now = Instant::now();
            let before = adaptive.ready_at(now);
            tell(adaptive, now);
            is_changed |= adaptive.ready_at(now) != before;
        }
        // A head that may go now sleeps, and one that may go no more holds up those whose turn comes after its own.
        if is_changed {
            drop(state);
            self.changed.notify_waiters();
        }
    }
}

impl State {
    /// When nothing but the bucket holds back a request of this class: `now` or later.
    fn free_at(&self, class: RequestClass, now: Instant) -> Instant {
        let mut at = now;
        if class.retries_rate_limit(self.retry_on_rate_limit) {
            let paused_until = match class.is_task() {
                true => self.tasks_paused_until,
                false => self.reads_paused_until,
            };
            at = paused_until.map_or(at, |until| at.max(until));
        }
        if is_paced(class) {
            if let Some(adaptive) = &self.adaptive {
                at = at.max(adaptive.ready_at(now));
            }
            if let Start::Unanswered(FIRST_TASKS.., Some(began)) = self.start {
                at = at.max(began + FIRST_WAIT);
            }
        }
        at
    }

    fn start(&mut self, class: RequestClass, now: Instant) {
        if let Some(bucket) = &mut self.bucket {
            bucket.take(now);
        }
        if class.is_task() {
            // A send that is awaited waits for no pace, so it must not use up that of the classes that do.
            if is_paced(class)
                && let Some(adaptive) = &mut self.adaptive
            {
                adaptive.on_start(now);
            }
            match &mut self.start {
                Start::Unanswered(_, Some(began)) if now >= *began + FIRST_WAIT => {
                    self.start = Start::Over;
                }
                Start::Unanswered(count, began) => {
                    *count += 1;
                    began.get_or_insert(now);
                }
                Start::Over => {}
            }
        }
        self.heads.leave(class);
        self.heads.went(class);
    }
}

/// Whether requests of this class keep the pace of the adaptive rate.
fn is_paced(class: RequestClass) -> bool {
    matches!(class, RequestClass::Batch | RequestClass::Background)
}

/// The first request in the queue of its class.
struct Head<'a> {
    rate: &'a Rate,
    class: RequestClass,
    is_waiting: bool,
}

impl Head<'_> {
    /// # Errors
    /// If the request may not start yet: when to look again, or `None` for after the next change.
    fn try_start(&mut self) -> Result<(), Option<Instant>> {
        let Self { rate, class, .. } = *self;
        let now = Instant::now();
        let mut state = rate.state.lock_unpoisoned();
        let bucket = state.bucket.as_ref();
        let token_at = bucket.map_or(now, |bucket| bucket.ready_at(now));
        let ready = state.free_at(class, now).max(token_at);
        let is_turn = ready <= now
            && state
                .heads
                .is_turn(class, |other| state.free_at(other, now) <= now);
        if is_turn {
            state.start(class, now);
            self.is_waiting = false;
            let others_wait = state.heads.any_waits();
            drop(state);
            if others_wait {
                rate.changed.notify_waiters();
            }
            return Ok(());
        }
        state.heads.arrive(class, now);
        // The first answer is not a limit.
        let is_limited = !matches!(state.start, Start::Unanswered(FIRST_TASKS.., _));
        drop(state);
        if !std::mem::replace(&mut self.is_waiting, true) && is_limited {
            rate.waits.fetch_add(1, Ordering::Relaxed);
            rate.log.line(Level::Debug, || {
                let wait = (ready - now).as_millis();
                let text = format!("waiting {wait} ms for the rate limit");
                LogLine::from(text).with("delayMs", wait)
            });
        }
        Err((ready > now).then_some(ready))
    }
}

impl Drop for Head<'_> {
    fn drop(&mut self) {
        if self.is_waiting {
            self.rate.state.lock_unpoisoned().heads.leave(self.class);
            self.rate.changed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests;
