//! The circuit breaker: tracks whether the platform accepts tasks, based on every delivery attempt.
//!
//! It only stops background tasks. An awaited task is always sent.
//!
//! - closed: tasks may be sent.
//! - open: there is an outage. No task may be sent before the next trial.
//! - half-open: one task, the trial, is being sent. Its outcome shows whether the outage is over.

use std::{sync::Mutex, time::Duration};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::retry_policy::RetryPolicy;
use crate::clock::CENTURY;
use crate::runtime::Instant;
use crate::sync::LockExt;
use infinium_core::{Backoff, status::Platform};

/// The maximum delay between trials. Each trial is only one request, and every task waits for its result.
pub(crate) const MAX_TRIAL_DELAY: Duration = Duration::from_secs(5);
/// The minimum delay between trials, even if retries have no delay: an outage may last hours.
const MIN_TRIAL_DELAY: Duration = Duration::from_millis(50);
/// The breaker opens after this number of failed attempts in a row, across all tasks.
pub(crate) const FAILURE_THRESHOLD: u32 = 5;

#[derive(Debug)]
pub(crate) struct CircuitBreaker {
    backoff: Backoff,
    max_retry_after: Duration,
    state: Mutex<State>,
    /// Notified when the breaker closes.
    closed: Notify,
    recovered: Notify,
}

#[derive(Debug)]
struct State {
    circuit: Circuit,
    /// Failed attempts since the last answer.
    failures_in_row: u32,
    /// Cancelled when the breaker opens. Waiting retries then wait for the end of the outage instead.
    opened: CancellationToken,
    /// The number of outages so far.
    outages: u64,
    /// The number of the last outage that was announced.
    announced: u64,
    /// When the last outage ended.
    recovered_at: Option<Instant>,
    /// The start of the current silence: no answer since then, despite at least one attempt.
    silent_since: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
enum Circuit {
    Closed,
    Open(Outage),
    HalfOpen(Outage),
}

/// The platform does not answer, or every attempt fails.
#[derive(Clone, Copy, Debug)]
struct Outage {
    number: u64,
    failures: u32,
    next_trial: Instant,
    began: Instant,
}

/// The permission to send one task during an outage. It holds the number of that outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trial(u64);

/// When the next task may be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Now,
    At(Instant),
    /// After the outcome of the current trial is known.
    AfterTrial,
}

impl CircuitBreaker {
    pub(crate) fn new(policy: &RetryPolicy) -> Self {
        let Backoff {
            min_delay,
            max_delay,
        } = policy.backoff;
        Self {
            backoff: Backoff {
                min_delay: min_delay.max(MIN_TRIAL_DELAY),
                max_delay: max_delay.clamp(MIN_TRIAL_DELAY, MAX_TRIAL_DELAY),
            },
            // A longer wait cannot be added to an instant.
            max_retry_after: policy.max_retry_after.min(CENTURY),
            state: Mutex::new(State {
                circuit: Circuit::Closed,
                failures_in_row: 0,
                opened: CancellationToken::new(),
                outages: 0,
                announced: 0,
                recovered_at: None,
                silent_since: None,
            }),
            closed: Notify::new(),
            recovered: Notify::new(),
        }
    }

    /// Returns the delay before the next trial after this number of failures.
    fn delay(&self, failures: u32) -> Duration {
        self.backoff.delay(failures, fastrand::f64())
    }

    /// Records the start of a delivery attempt. `in_flight` is the number of other requests in flight.
    pub(crate) fn on_attempt(&self, in_flight: usize) {
        let mut state = self.state.lock_unpoisoned();
        if in_flight == 0 && !state.is_failing() {
            state.silent_since = Some(Instant::now());
        }
    }

    /// Records the outcome of a delivery attempt. Returns how long the outage took that is over with it.
    pub(crate) fn on_outcome(&self, platform: Platform) -> Option<Duration> {
        let mut state = self.state.lock_unpoisoned();
        match platform {
            Platform::Answers => {
                state.failures_in_row = 0;
                state.silent_since = Some(Instant::now());
                if let Some(outage) = state.outage() {
                    state.circuit = Circuit::Closed;
                    state.opened = CancellationToken::new();
                    state.recovered_at = Some(Instant::now());
                    self.closed.notify_one();
                    self.recovered.notify_waiters();
                    return Some(outage.began.elapsed());
                }
            }
            Platform::Fails => {
                state.failures_in_row = state.failures_in_row.saturating_add(1);
                if state.failures_in_row >= FAILURE_THRESHOLD && state.outage().is_none() {
                    state.open(self.delay(1));
                }
            }
        }
        None
    }

    /// Returns the start of the current silence, or `None` if the platform answers or nothing was sent. `in_flight`
    /// is the number of requests in flight.
    pub(crate) fn silent_since(&self, in_flight: usize) -> Option<Instant> {
        let state = self.state.lock_unpoisoned();
        state
            .silent_since
            .filter(|_| in_flight > 0 || state.is_failing())
    }

    /// Returns a token that is cancelled when the breaker opens. It is already cancelled unless the breaker is
    /// closed.
    pub(crate) fn opened(&self) -> CancellationToken {
        self.state.lock_unpoisoned().opened.clone()
    }

    /// Whether there is an outage.
    pub(crate) fn is_open(&self) -> bool {
        self.state.lock_unpoisoned().outage().is_some()
    }

    /// Whether there is an outage that was not announced yet. It then counts as announced.
    pub(crate) fn announce(&self) -> bool {
        let mut state = self.state.lock_unpoisoned();
        let Some(Outage { number, .. }) = state.outage() else {
            return false;
        };
        std::mem::replace(&mut state.announced, number) != number
    }

    /// How long there has been no outage; `None` if there was never one, or if there is one now.
    pub(crate) fn since_recovery(&self) -> Option<Duration> {
        let state = self.state.lock_unpoisoned();
        let recovered_at = state.recovered_at.filter(|_| state.outage().is_none())?;
        Some(recovered_at.elapsed())
    }

    /// Waits until the breaker closes. Only one task may wait. Returns at once if the breaker has closed since the
    /// last wait.
    pub(crate) async fn closed(&self) {
        self.closed.notified().await;
    }

    /// Waits for the end of the next outage that ends.
    pub(crate) async fn recovered(&self) {
        self.recovered.notified().await;
    }

    /// Returns when the next task may be sent.
    pub(crate) fn admission(&self) -> Admission {
        self.state.lock_unpoisoned().admission()
    }

    /// Admits one task. Unless the breaker is closed, that task is the trial.
    ///
    /// # Errors
    /// If no task may be sent now: when to ask again.
    pub(crate) fn admit(&self) -> Result<Option<Trial>, Admission> {
        let mut state = self.state.lock_unpoisoned();
        match state.admission() {
            Admission::Now => {}
            later => return Err(later),
        }
        Ok(state.outage().map(|outage| {
            state.circuit = Circuit::HalfOpen(outage);
            Trial(outage.number)
        }))
    }

    /// Records a failed trial: the outage continues. `retry_after` is the wait that the platform asked for.
    pub(crate) fn on_trial_failed(&self, trial: Trial, retry_after: Duration) {
        let retry_after = retry_after.min(self.max_retry_after);
        let mut state = self.state.lock_unpoisoned();
        match state.outage_of(trial) {
            Some(outage) => {
                let failures = outage.failures.saturating_add(1);
                let delay = self.delay(failures).max(retry_after);
                state.circuit = Circuit::Open(Outage {
                    failures,
                    next_trial: Instant::now() + delay,
                    ..outage
                });
            }
            None => state.postpone_trial(retry_after),
        }
    }

    /// Releases a trial that ended without an outcome. The next task becomes the trial.
    pub(crate) fn on_trial_abandoned(&self, trial: Trial) {
        let mut state = self.state.lock_unpoisoned();
        if let Some(outage) = state.outage_of(trial) {
            state.circuit = Circuit::Open(outage);
        }
    }

    /// Opens a closed breaker because a task has used up its attempts. `retry_after` is the wait that the platform
    /// asked for.
    pub(crate) fn on_task_failed(&self, retry_after: Duration) {
        let retry_after = retry_after.min(self.max_retry_after);
        let mut state = self.state.lock_unpoisoned();
        if state.outage().is_none() {
            state.open(self.delay(1).max(retry_after));
        } else {
            state.postpone_trial(retry_after);
        }
    }

    /// Delays the next trial of the current outage by at least `retry_after`, the wait that the platform asked for.
    pub(crate) fn on_retry_after(&self, retry_after: Duration) {
        let retry_after = retry_after.min(self.max_retry_after);
        self.state.lock_unpoisoned().postpone_trial(retry_after);
    }
}

impl State {
    fn is_failing(&self) -> bool {
        self.failures_in_row > 0 || self.outage().is_some()
    }

    fn outage(&self) -> Option<Outage> {
        match self.circuit {
            Circuit::Closed => None,
            Circuit::Open(outage) | Circuit::HalfOpen(outage) => Some(outage),
        }
    }

    /// Returns the outage of the trial, unless that outage is over: a trial may take longer than its outage.
    fn outage_of(&self, trial: Trial) -> Option<Outage> {
        self.outage().filter(|outage| outage.number == trial.0)
    }

    fn admission(&self) -> Admission {
        match self.circuit {
            Circuit::Closed => Admission::Now,
            Circuit::HalfOpen(_) => Admission::AfterTrial,
            Circuit::Open(outage) if outage.next_trial > Instant::now() => {
                Admission::At(outage.next_trial)
            }
            Circuit::Open(_) => Admission::Now,
        }
    }

    fn open(&mut self, delay: Duration) {
        // There may have been no attempt: a task may also fail because of the disk.
        self.silent_since.get_or_insert_with(Instant::now);
        self.opened.cancel();
        self.outages += 1;
        self.circuit = Circuit::Open(Outage {
            number: self.outages,
            failures: 1,
            next_trial: Instant::now() + delay,
            began: Instant::now(),
        });
    }

    fn postpone_trial(&mut self, delay: Duration) {
        if let Circuit::Open(outage) | Circuit::HalfOpen(outage) = &mut self.circuit {
            outage.next_trial = outage.next_trial.max(Instant::now() + delay);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::time::advance;

    use super::*;

    fn breaker() -> CircuitBreaker {
        let backoff = Backoff {
            min_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(30),
        };
        CircuitBreaker::new(&RetryPolicy {
            backoff,
            is_adaptive: true,
            max_retry_after: Duration::from_secs(60),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn opens_after_failures_in_a_row_and_closes_at_the_first_answer() {
        let breaker = breaker();
        let opened = breaker.opened();
        for _ in 0..3 {
            for _ in 1..FAILURE_THRESHOLD {
                breaker.on_outcome(Platform::Fails);
            }
            breaker.on_outcome(Platform::Answers);
        }
        assert_eq!(breaker.admission(), Admission::Now);
        assert!(!opened.is_cancelled());
        assert!(breaker.closed().now_or_never().is_none());
        for _ in 0..FAILURE_THRESHOLD {
            breaker.on_outcome(Platform::Fails);
        }
        assert!(opened.is_cancelled() && breaker.opened().is_cancelled());
        assert!(matches!(breaker.admission(), Admission::At(_)));
        assert!(breaker.closed().now_or_never().is_none());
        breaker.on_outcome(Platform::Answers);
        assert!(breaker.closed().now_or_never().is_some());
        assert!(!breaker.opened().is_cancelled());
        assert_eq!(breaker.admission(), Admission::Now);
        assert_eq!(breaker.admit(), Ok(None));
    }

    #[tokio::test(start_paused = true)]
    async fn is_half_open_while_a_trial_is_under_way() {
        let breaker = breaker();
        breaker.on_task_failed(Duration::ZERO);
        assert!(matches!(breaker.admit(), Err(Admission::At(_))));
        advance(MAX_TRIAL_DELAY).await;
        let trial = breaker.admit().unwrap().unwrap();
        assert_eq!(breaker.admit(), Err(Admission::AfterTrial));
        breaker.on_trial_abandoned(trial);
        assert_eq!(breaker.admission(), Admission::Now);
        let trial = breaker.admit().unwrap().unwrap();
        let start = Instant::now();
        breaker.on_trial_failed(trial, Duration::from_secs(40));
        let next_trial = start + Duration::from_secs(40);
        assert_eq!(breaker.admission(), Admission::At(next_trial));
    }

    #[tokio::test(start_paused = true)]
    async fn knows_the_start_of_the_silence() {
        let breaker = breaker();
        let start = Instant::now();
        let silence = |in_flight| breaker.silent_since(in_flight).map(|since| since - start);
        let second = Duration::from_secs(1);
        assert_eq!((silence(1), silence(0)), (None, None));
        breaker.on_attempt(0);
        advance(second).await;
        breaker.on_attempt(1);
        // Without a request in flight no answer is missing: a queued task has made no attempt.
        assert_eq!((silence(1), silence(0)), (Some(Duration::ZERO), None));
        breaker.on_outcome(Platform::Answers);
        advance(second).await;
        assert_eq!((silence(1), silence(0)), (Some(second), None));
        // After a pause, the silence starts with the next attempt and lasts through failures until an answer.
        breaker.on_attempt(0);
        breaker.on_outcome(Platform::Fails);
        advance(second).await;
        breaker.on_attempt(0);
        assert_eq!(silence(0), Some(2 * second));
        breaker.on_outcome(Platform::Answers);
        assert_eq!(silence(0), None);
    }
}
