//! The retry loop. There is no other.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::runtime::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    deliveries::Deliveries, limiter::Limiter, places::Place, request_class::RequestClass,
    retry_policy::RetryPolicy,
};
use crate::cancel::unless_cancelled;
use crate::clock::CENTURY;
use crate::sync::LockExt;
use infinium_core::{
    Answer, Decision, Error, ErrorKind, Failure, Level, Log, LogLine, RequestContext, Result,
    RetryBudget, classify,
};

/// A wait that the platform asks for is prolonged by up to this share.
const MAX_JITTER: f64 = 0.15;
/// A 429 costs no attempt if a task was delivered within this time.
const SHARED_LIMIT: Duration = Duration::from_secs(30);

/// One request and its settings.
pub(crate) struct Run<'a> {
    pub(crate) context: &'a RequestContext<'a>,
    pub(crate) class: RequestClass,
    /// Ends every wait but does not end an attempt in flight.
    pub(crate) stop: &'a CancellationToken,
    /// The admission of the first attempt, if the caller already has it.
    pub(crate) admission: Option<Place>,
}

/// Sends requests until they are answered or no attempts are left.
#[derive(Debug)]
pub(crate) struct Retrier {
    policy: RetryPolicy,
    budget: Mutex<RetryBudget>,
    /// The retry budget's times are relative to this instant.
    start: Instant,
    limiter: Arc<Limiter>,
    deliveries: Arc<Deliveries>,
    retries: AtomicU64,
    log: Log,
}

impl Retrier {
    pub(crate) fn new(
        policy: RetryPolicy,
        limiter: Arc<Limiter>,
        deliveries: Arc<Deliveries>,
        log: Log,
    ) -> Self {
        Self {
            policy,
            budget: Mutex::default(),
            start: Instant::now(),
            limiter,
            deliveries,
            retries: AtomicU64::new(0),
            log,
        }
    }

    /// The number of retries so far.
    pub(crate) fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Sends until there is an answer. Waits for the limiter before each attempt. `attempt` sends the request once; its
    /// argument is the attempt's number, counted from 1.
    ///
    /// # Errors
    /// The last failure, if it is final or no attempts are left.
    pub(crate) async fn run<F>(
        &self,
        run: Run<'_>,
        mut attempt: impl FnMut(u32) -> F,
    ) -> Result<Answer>
    where
        F: Future<Output = Result<Answer, Failure>>,
    {
        let Self {
            policy, limiter, ..
        } = self;
        let Run {
            context,
            class,
            stop,
            mut admission,
        } = run;
        let mut number = 1;
        // Attempts that count against the maximum.
        let mut used = 0;
        let mut failed: Option<Error> = None;
        let mut hurried = false;
        loop {
            let admitted = async {
                match admission.take() {
                    Some(place) => place,
                    None => limiter.admit(class).await,
                }
            };
            let Some(place) = unless_cancelled(stop, admitted).await else {
                return Err(failed.unwrap_or_else(not_sent));
            };
            if number > 1 {
                self.retries.fetch_add(1, Ordering::Relaxed);
            }
            let outcome = tokio::select! {
                biased;
                outcome = attempt(number) => outcome,
                // The request hangs, and another one needs its place. It is sent again, under the same key.
                () = place.displaced() => {
                    number += 1;
                    continue;
                }
            };
            // A request that waits for a retry is not in flight.
            drop(place);
            let stale = matches!(outcome, Err(Failure::Network { stale: true, .. }));
            let (error, wait, pause) = match classify(outcome, context) {
                Decision::Done(answer) => {
                    self.budget.lock_unpoisoned().earn();
                    return Ok(answer);
                }
                Decision::Fail(error) => return Err(error),
                Decision::Retry {
                    error,
                    wait,
                    pauses_client,
                } => (error, wait, pauses_client),
            };
            let is_shared_limit = pause && self.is_shared_limit(class, wait);
            if !is_shared_limit {
                used += 1;
            }
            let asks_too_much = wait.is_some_and(|wait| wait > policy.max_retry_after);
            if used > context.max_retries || asks_too_much {
                return Err(error);
            }
            // The connection was closed while it was idle. That says nothing about the platform.
            let hurry = stale && !std::mem::replace(&mut hurried, true);
            let delay = if hurry {
                Duration::ZERO
            } else {
                let backoff = policy.backoff.delay(used.max(1), fastrand::f64());
                // A wait that pauses the client is used as it is, with a little more so that the clients of a fleet
                // do not all come back at once. Any other wait is at least the backoff.
                let delay = match wait {
                    None => backoff,
                    Some(wait) if pause => {
                        let jitter = MAX_JITTER * fastrand::f64();
                        wait.saturating_add(wait.min(CENTURY).mul_f64(jitter))
                    }
                    Some(wait) => wait.max(backoff),
                };
                delay.max(self.affordable_after(policy.backoff.max_delay))
            };
            self.log.line(Level::Warn, || {
                let next = number + 1;
                let delay = delay.as_millis();
                LogLine::from(format!("{error}; attempt {next} in {delay} ms"))
                    .with("attempt", next)
                    .with("delayMs", delay)
            });
            if pause {
                limiter.pause(class, delay);
            } else {
                unless_cancelled(stop, sleep(delay)).await;
            }
            failed = Some(error);
            number += 1;
        }
    }

    /// Whether a 429 with this `Retry-After` only means that the client shares a limit with others: the platform has
    /// accepted a task of this client lately, and asks for no long wait.
    ///
    /// What a program awaits must end by itself: a delivery says nothing about the limit of reads, and a single send
    /// may be refused for ever while others get through.
    fn is_shared_limit(&self, class: RequestClass, wait: Option<Duration>) -> bool {
        let last = self.deliveries.last();
        matches!(class, RequestClass::Batch | RequestClass::Background)
            && self.policy.is_adaptive
            && wait.unwrap_or_default() < SHARED_LIMIT
            && last.is_some_and(|at| at.elapsed() < SHARED_LIMIT)
    }

    /// How long the next retry must wait for the retry budget, at most `max`.
    fn affordable_after(&self, max: Duration) -> Duration {
        let mut budget = self.budget.lock_unpoisoned();
        budget.spend(self.start.elapsed(), max)
    }
}

/// The error of a request that was stopped before its first attempt.
fn not_sent() -> Error {
    Error::new(
        ErrorKind::NotSent,
        "not sent, because the batch was stopped",
    )
}

#[cfg(test)]
mod tests;
