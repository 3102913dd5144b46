//! The one loop that sends a request until it is answered or out of attempts.

mod after;
mod backoff;
mod budget;
mod classify;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::{
    cancel::unless_cancelled,
    error::{Error, ErrorKind, Result},
    limit::{Gate, Slot},
    log::{Level, Log},
    transport::{Answer, Failure},
};
pub(crate) use after::parse as retry_after;
pub(crate) use backoff::Backoff;
use budget::Budget;
pub(crate) use classify::{Context, is_answered};
use classify::{Verdict, judge};

/// When and how often to try again.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) max_retries: u32,
    pub(crate) backoff: Backoff,
    pub(crate) max_retry_after: Duration,
}

/// What all requests of a client share on their way to an answer.
#[derive(Debug)]
pub(crate) struct Retrier {
    pub(crate) policy: Policy,
    budget: Budget,
    retries: AtomicU64,
    log: Log,
}

impl Retrier {
    pub(crate) fn new(policy: Policy, log: Log) -> Self {
        Self {
            policy,
            budget: Budget::new(),
            retries: AtomicU64::new(0),
            log,
        }
    }

    /// How many attempts were not the first so far.
    pub(crate) fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Sends until there is an answer to give, admitted by `gate` each time.
    ///
    /// `slot`, if there is one, serves the first attempt.
    /// `attempt` is called with 1, 2, 3 … and sends the request once. `stop` ends every wait, but no
    /// attempt.
    ///
    /// # Errors
    /// The last failure, when it is final or the attempts are used up.
    pub(crate) async fn run<F>(
        &self,
        gate: &Gate,
        context: &Context<'_>,
        stop: &CancellationToken,
        mut slot: Option<Slot>,
        mut attempt: impl FnMut(u32) -> F,
    ) -> Result<Answer>
    where
        F: Future<Output = Result<Answer, Failure>>,
    {
        let policy = &self.policy;
        let mut number = 1;
        let mut failed: Option<Error> = None;
        let mut hurried = false;
        loop {
            let waiting = async {
                match slot.take() {
                    Some(slot) => {
                        gate.turn().await;
                        slot
                    }
                    None => gate.admit().await,
                }
            };
            let Some(held) = unless_cancelled(stop, waiting).await else {
                return Err(failed.unwrap_or_else(not_sent));
            };
            if number > 1 {
                self.retries.fetch_add(1, Ordering::Relaxed);
            }
            let outcome = attempt(number).await;
            // Whoever waits for a retry is not in flight.
            drop(held);
            let stale = matches!(outcome, Err(Failure::Network { stale: true, .. }));
            let (error, wait, pause) = match judge(outcome, context) {
                Verdict::Done(answer) => {
                    self.budget.earn();
                    return Ok(answer);
                }
                Verdict::Final(error) => return Err(error),
                Verdict::Again { error, wait, pause } => (error, wait, pause),
            };
            let asks_too_much = wait.is_some_and(|wait| wait > policy.max_retry_after);
            if number > context.max_retries || asks_too_much {
                return Err(error);
            }
            // The connection had gone while nothing was sent: that says nothing about the platform.
            let hurry = stale && !std::mem::replace(&mut hurried, true);
            let delay = if hurry {
                Duration::ZERO
            } else {
                let backoff = policy.backoff.delay(number);
                // A platform that says how long to pause is taken at its word; else ours is the least.
                let delay =
                    wait.map_or(backoff, |wait| if pause { wait } else { wait.max(backoff) });
                delay.max(self.budget.spend(policy.backoff.most))
            };
            self.log.line(Level::Warn, || {
                let next = number + 1;
                format!("{error}; attempt {next} in {} ms", delay.as_millis())
            });
            if pause {
                gate.pause(delay);
            } else {
                unless_cancelled(stop, tokio::time::sleep(delay)).await;
            }
            failed = Some(error);
            number += 1;
        }
    }
}

/// For what was stopped before it began.
fn not_sent() -> Error {
    Error::new(
        ErrorKind::NotSent,
        "not sent, because the batch was stopped",
    )
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, time::Duration};

    use tokio::time::Instant;

    use super::*;
    use crate::secret::Secret;

    const SECOND: Duration = Duration::from_secs(1);

    /// What became of a call whose attempts end in these statuses (0 for no answer), the last again
    /// and again; and when each attempt began.
    async fn run_against(
        statuses: &[(u16, Option<u64>)],
        retry_rate_limit: bool,
        stop_after: Option<Duration>,
    ) -> (Result<u16>, Vec<Duration>) {
        let backoff = Backoff {
            first: SECOND,
            most: 10 * SECOND,
        };
        let max_retries = 3;
        let policy = Policy {
            max_retries,
            backoff,
            max_retry_after: 60 * SECOND,
        };
        let gate = Gate::new(1, None, Log(None));
        let secret = Secret::new("secret-0123");
        let context = Context {
            max_retries,
            retry_rate_limit,
            resource: "agent a",
            credentials: "agentId and agentSecret",
            timeout: SECOND,
            secret: &secret,
        };
        let stop = CancellationToken::new();
        let start = Instant::now();
        let begun = RefCell::new(Vec::new());
        let attempt = |number: u32| {
            begun.borrow_mut().push(start.elapsed());
            let index = (number as usize - 1).min(statuses.len() - 1);
            let (status, after) = statuses[index];
            async move {
                let retry_after = after.map(Duration::from_secs);
                match status {
                    0 => Err(Failure::Timeout),
                    _ => Ok(Answer {
                        status,
                        retry_after,
                        body: Some("{}".to_owned()),
                    }),
                }
            }
        };
        let retrier = Retrier::new(policy, Log(None));
        let call = retrier.run(&gate, &context, &stop, None, attempt);
        let stopping = async {
            match stop_after {
                Some(after) => tokio::time::sleep(after).await,
                None => std::future::pending().await,
            }
            stop.cancel();
            std::future::pending::<()>().await;
        };
        let result = tokio::select! {
            result = call => result.map(|answer| answer.status),
            () = stopping => unreachable!("it never ends"),
        };
        (result, begun.into_inner())
    }

    fn near(actual: Duration, seconds: f64) -> bool {
        let ratio = actual.as_secs_f64() / seconds;
        (0.74..=1.26).contains(&ratio)
    }

    #[tokio::test(start_paused = true)]
    async fn tries_as_often_as_allowed_with_growing_waits() {
        for status in [0, 408, 425, 500, 503, 599] {
            let (result, begun) = run_against(&[(status, None)], false, None).await;
            assert!(result.is_err());
            assert_eq!(begun.len(), 4, "{status}");
            for (index, seconds) in [1.0, 2.0, 4.0].into_iter().enumerate() {
                assert!(near(begun[index + 1] - begun[index], seconds), "{begun:?}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn is_done_at_the_first_success_or_refusal() {
        for (status, ok) in [
            (200, true),
            (204, true),
            (302, false),
            (400, false),
            (404, false),
            (429, false),
        ] {
            let (result, begun) = run_against(&[(500, None), (status, None)], false, None).await;
            assert_eq!((result.is_ok(), begun.len()), (ok, 2), "{status}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_as_long_as_it_is_asked_to() {
        let (_, begun) = run_against(&[(503, Some(30)), (200, None)], false, None).await;
        assert_eq!(begun[1], 30 * SECOND);
        // Ours is the least.
        let (_, begun) = run_against(&[(503, Some(0)), (200, None)], false, None).await;
        assert!(near(begun[1], 1.0));
        // Only a 503 and a 429 may ask.
        let (_, begun) = run_against(&[(500, Some(30)), (200, None)], false, None).await;
        assert!(near(begun[1], 1.0));
        let (_, begun) = run_against(&[(429, Some(5)), (200, None)], true, None).await;
        assert_eq!(begun[1].as_secs(), 5);
        let (_, begun) = run_against(&[(429, None), (200, None)], true, None).await;
        assert!(near(begun[1], 1.0));
        for status in [429, 503] {
            let (result, begun) = run_against(&[(status, Some(61))], true, None).await;
            assert_eq!(
                (result.unwrap_err().status(), begun.len()),
                (Some(status), 1)
            );
        }
        let (result, begun) = run_against(&[(429, Some(1))], true, None).await;
        assert_eq!(
            (result.unwrap_err().kind(), begun.len()),
            (ErrorKind::RateLimit, 4)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn stops_waiting_when_it_is_told_to() {
        let (result, begun) = run_against(&[(500, None)], false, Some(2 * SECOND)).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Server);
        assert_eq!(begun.len(), 2);
        let (result, begun) = run_against(&[(200, None)], false, Some(Duration::ZERO)).await;
        // It may have been first: then it is done.
        assert_eq!(result.is_ok(), begun.len() == 1);
    }

    #[tokio::test(start_paused = true)]
    async fn hurries_once_when_an_idle_connection_has_gone() {
        let start = Instant::now();
        let begun = RefCell::new(Vec::new());
        let policy = Policy {
            max_retries: 2,
            backoff: Backoff {
                first: SECOND,
                most: 10 * SECOND,
            },
            max_retry_after: SECOND,
        };
        let secret = Secret::new("secret-0123");
        let context = Context {
            max_retries: 2,
            retry_rate_limit: false,
            resource: "agent a",
            credentials: "agentId and agentSecret",
            timeout: SECOND,
            secret: &secret,
        };
        let attempt = |_| {
            begun.borrow_mut().push(start.elapsed());
            async {
                Err(Failure::Network {
                    problem: "gone",
                    stale: true,
                    source: "why".into(),
                })
            }
        };
        let (gate, stop) = (Gate::new(1, None, Log(None)), CancellationToken::new());
        let retrier = Retrier::new(policy, Log(None));
        let result = retrier.run(&gate, &context, &stop, None, attempt).await;
        assert!(result.is_err());
        let begun = begun.into_inner();
        assert_eq!((begun.len(), begun[1]), (3, begun[0]));
        assert!(begun[2] - begun[1] >= SECOND.mul_f64(0.75), "{begun:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn earns_retries_by_successes() {
        let policy = Policy {
            max_retries: 0,
            backoff: Backoff {
                first: SECOND,
                most: SECOND,
            },
            max_retry_after: SECOND,
        };
        let secret = Secret::new("secret-0123");
        let context = Context {
            max_retries: 0,
            retry_rate_limit: false,
            resource: "agent a",
            credentials: "agentId and agentSecret",
            timeout: SECOND,
            secret: &secret,
        };
        let (gate, stop) = (Gate::new(1, None, Log(None)), CancellationToken::new());
        let retrier = Retrier::new(policy, Log(None));
        while retrier.budget.spend(SECOND).is_zero() {}
        for _ in 0..20 {
            let attempt = |_| async {
                Ok(Answer {
                    status: 204,
                    retry_after: None,
                    body: Some(String::new()),
                })
            };
            let done = retrier.run(&gate, &context, &stop, None, attempt).await;
            assert!(done.is_ok());
        }
        assert!(retrier.budget.spend(SECOND).is_zero());
    }
}
