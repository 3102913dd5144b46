use std::{cell::RefCell, time::Duration};

use tokio::time::Instant;

use super::*;
use crate::pipeline::rate::RateOptions;
use infinium_core::{Backoff, RetryOnRateLimit, Secret};

const SECOND: Duration = Duration::from_secs(1);

fn retrier(policy: RetryPolicy) -> Retrier {
    let rate = RateOptions {
        per_second: None,
        is_adaptive: false,
        retry_on_rate_limit: RetryOnRateLimit::Batches,
    };
    let limiter = Arc::new(Limiter::new(1, rate, Log(None)));
    Retrier::new(policy, limiter, Arc::default(), Log(None))
}

/// Returns the result of a call whose attempts end with these statuses, and the start time of each attempt.
/// Status 0 means no answer. The last status is repeated.
async fn run_against(
    statuses: &[(u16, Option<u64>)],
    retry_rate_limit: bool,
    stop_after: Option<Duration>,
) -> (Result<u16>, Vec<Duration>) {
    let backoff = Backoff {
        min_delay: SECOND,
        max_delay: 10 * SECOND,
    };
    let max_retries = 3;
    let policy = RetryPolicy {
        backoff,
        is_adaptive: true,
        max_retry_after: 60 * SECOND,
    };
    let secret = Secret::new("secret-0123");
    let context = RequestContext {
        max_retries,
        retry_rate_limit,
        delivers_task: true,
        resource: "agent a",
        credentials: "the agent id and the agent secret",
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
    let retrier = retrier(policy);
    let call = retrier.run(run(&context, &stop), attempt);
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

fn run<'a>(context: &'a RequestContext<'a>, stop: &'a CancellationToken) -> Run<'a> {
    Run {
        context,
        class: RequestClass::Batch,
        stop,
        admission: None,
    }
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
async fn waits_as_long_as_the_platform_asks() {
    let (_, begun) = run_against(&[(503, Some(30)), (200, None)], false, None).await;
    assert_eq!(begun[1], 30 * SECOND);
    // The wait is never shorter than the backoff.
    let (_, begun) = run_against(&[(503, Some(0)), (200, None)], false, None).await;
    assert!(near(begun[1], 1.0));
    // Only a 503 or a 429 may ask for a wait.
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
async fn stops_waiting_when_stopped() {
    let (result, begun) = run_against(&[(500, None)], false, Some(2 * SECOND)).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Server);
    assert_eq!(begun.len(), 2);
    let (result, begun) = run_against(&[(200, None)], false, Some(Duration::ZERO)).await;
    // If the attempt ends first, the call succeeds.
    assert_eq!(result.is_ok(), begun.len() == 1);
}

#[tokio::test(start_paused = true)]
async fn retries_once_immediately_after_an_idle_connection_closed() {
    let start = Instant::now();
    let begun = RefCell::new(Vec::new());
    let policy = RetryPolicy {
        backoff: Backoff {
            min_delay: SECOND,
            max_delay: 10 * SECOND,
        },
        is_adaptive: true,
        max_retry_after: SECOND,
    };
    let secret = Secret::new("secret-0123");
    let context = RequestContext {
        max_retries: 2,
        retry_rate_limit: false,
        delivers_task: true,
        resource: "agent a",
        credentials: "the agent id and the agent secret",
        timeout: SECOND,
        secret: &secret,
    };
    let attempt = |_| {
        begun.borrow_mut().push(start.elapsed());
        async {
            Err(Failure::Network {
                problem: "gone".to_owned(),
                code: None,
                stale: true,
                source: "why".into(),
            })
        }
    };
    let stop = CancellationToken::new();
    let retrier = retrier(policy);
    let result = retrier.run(run(&context, &stop), attempt).await;
    assert!(result.is_err());
    let begun = begun.into_inner();
    assert_eq!((begun.len(), begun[1]), (3, begun[0]));
    assert!(begun[2] - begun[1] >= SECOND.mul_f64(0.75), "{begun:?}");
    assert_eq!(retrier.retries(), 2);
    // Only the retry with a wait was taken from the budget.
    let left = (0..).take_while(|_| retrier.affordable_after(SECOND).is_zero());
    assert_eq!(left.count(), 499);
}

#[tokio::test(start_paused = true)]
async fn refills_the_retry_budget_with_successes() {
    let policy = RetryPolicy {
        backoff: Backoff {
            min_delay: SECOND,
            max_delay: SECOND,
        },
        is_adaptive: true,
        max_retry_after: SECOND,
    };
    let secret = Secret::new("secret-0123");
    let context = RequestContext {
        max_retries: 0,
        retry_rate_limit: false,
        delivers_task: true,
        resource: "agent a",
        credentials: "the agent id and the agent secret",
        timeout: SECOND,
        secret: &secret,
    };
    let stop = CancellationToken::new();
    let retrier = retrier(policy);
    while retrier.affordable_after(SECOND).is_zero() {}
    for _ in 0..20 {
        let attempt = |_| async {
            Ok(Answer {
                status: 204,
                retry_after: None,
                body: Some(String::new()),
            })
        };
        let done = retrier.run(run(&context, &stop), attempt).await;
        assert!(done.is_ok());
    }
    assert!(retrier.affordable_after(SECOND).is_zero());
}

/// The number of attempts of a request that is always answered with 429, while the client delivers a task each second.
async fn attempts_while_tasks_are_delivered(class: RequestClass) -> Option<u32> {
    let rate = RateOptions {
        per_second: None,
        is_adaptive: true,
        retry_on_rate_limit: RetryOnRateLimit::Always,
    };
    let policy = RetryPolicy {
        backoff: Backoff {
            min_delay: SECOND,
            max_delay: 10 * SECOND,
        },
        is_adaptive: true,
        max_retry_after: 60 * SECOND,
    };
    let deliveries = Arc::<Deliveries>::default();
    let limiter = Arc::new(Limiter::new(8, rate, Log(None)));
    let retrier = Retrier::new(policy, limiter, deliveries.clone(), Log(None));
    let secret = Secret::new("secret-0123");
    let context = RequestContext {
        max_retries: 3,
        retry_rate_limit: true,
        delivers_task: class.is_task(),
        resource: "agent a",
        credentials: "the agent id and the agent secret",
        timeout: SECOND,
        secret: &secret,
    };
    let stop = CancellationToken::new();
    let mut attempts = 0;
    let attempt = |number| {
        attempts = number;
        async {
            Ok(Answer {
                status: 429,
                retry_after: None,
                body: Some("{}".to_owned()),
            })
        }
    };
    let call = retrier.run(
        Run {
            class,
            ..run(&context, &stop)
        },
        attempt,
    );
    let others = async {
        for _ in 0..600 {
            deliveries.record();
            tokio::time::sleep(SECOND).await;
        }
    };
    let ended = tokio::select! {
        result = call => result.is_err(),
        () = others => false,
    };
    ended.then_some(attempts)
}

#[tokio::test(start_paused = true)]
async fn only_batches_and_the_background_wait_as_long_as_other_tasks_are_accepted() {
    use RequestClass::{Awaited, Background, Batch, Read};
    for class in [Awaited, Read] {
        assert_eq!(
            attempts_while_tasks_are_delivered(class).await,
            Some(4),
            "{class:?}"
        );
    }
    for class in [Batch, Background] {
        assert_eq!(
            attempts_while_tasks_are_delivered(class).await,
            None,
            "{class:?}"
        );
    }
}
