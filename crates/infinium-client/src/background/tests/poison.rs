//! Tests which tasks are given up although the platform may be able to take them.

use tokio::time::advance;

use crate::background::{
    scheduler::{Next, Postponed},
    task::MAX_POISON_COUNT,
};
use crate::pipeline::MAX_TRIAL_DELAY;
use infinium_core::{Error, ErrorKind, QueuePolicy, status::Platform};

use super::support::{deliver, failure, name, push, queue, take, task, task_of};

#[tokio::test(start_paused = true)]
async fn drops_a_task_that_keeps_failing_while_others_are_delivered() {
    let queue = queue(9, QueuePolicy::DropOldest);
    let error = failure(500);
    push(&queue, task(0));
    for round in 0..=MAX_POISON_COUNT {
        let bad = take(&queue);
        let dropped = queue
            .postpone(bad, Postponed::AttemptsUsedUp, &error)
            .is_some();
        assert_eq!(dropped, round == MAX_POISON_COUNT);
        push(&queue, task(1));
        tokio::time::sleep(MAX_TRIAL_DELAY).await;
        // No other task is delivered, so the next failures do not raise the poison count.
        for _ in 0..10 {
            let Some((bad, trial)) = queue.take() else {
                break;
            };
            if name(&bad) == 1 {
                deliver(&queue, &bad);
                break;
            }
            let why = trial.map_or(Postponed::AttemptsUsedUp, Postponed::TrialFailed);
            assert!(queue.postpone(bad, why, &error).is_none());
            tokio::time::sleep(MAX_TRIAL_DELAY).await;
        }
    }
    assert_eq!(queue.next(), Next::End);
    assert_eq!(queue.bytes(), 0);
}

fn is_dropped(error: &Error) -> bool {
    let queue = queue(9, QueuePolicy::DropOldest);
    push(&queue, task(0));
    (0..100).any(|_| {
        let bad = take(&queue);
        let dropped = queue
            .postpone(bad, Postponed::AttemptsUsedUp, error)
            .is_some();
        // Awaited tasks count like background tasks.
        queue.breaker.on_outcome(Platform::Answers);
        queue.deliveries.record();
        dropped
    })
}

#[tokio::test(start_paused = true)]
async fn drops_only_for_statuses_that_blame_the_task() {
    for status in [500, 501, 505, 507, 519] {
        assert!(is_dropped(&failure(status)), "{status}");
    }
    for status in [200, 302, 408, 425, 502, 503, 504, 511, 520, 530] {
        assert!(!is_dropped(&failure(status)), "{status}");
    }
    let limited = Error::new(ErrorKind::RateLimit, "a failure").with_status(429);
    assert!(!is_dropped(&limited));
    assert!(!is_dropped(&Error::new(ErrorKind::Network, "a failure")));
}

#[tokio::test(start_paused = true)]
async fn keeps_tasks_that_a_proxy_refuses_until_nothing_else_has_come_for_long() {
    let refusal = |status: u16| Error::new(ErrorKind::Authentication, "a page").with_status(status);
    let queue = queue(9, QueuePolicy::DropOldest);
    push(&queue, task(0));
    let fail = async |status| {
        let Some((task, trial)) = queue.take() else {
            unreachable!("the trial is due");
        };
        let why = trial.map_or(Postponed::AttemptsUsedUp, Postponed::TrialFailed);
        let failed = queue.postpone(task, why, &refusal(status));
        advance(MAX_TRIAL_DELAY * 2).await;
        failed.is_some()
    };
    for _ in 0..5 {
        assert!(!fail(403).await);
    }
    // Another status begins a new series.
    for _ in 0..6 {
        assert!(!fail(407).await);
    }
    assert!(fail(407).await);
}

#[tokio::test(start_paused = true)]
async fn counts_a_page_against_a_task_while_others_are_delivered() {
    let page = Error::new(ErrorKind::PayloadTooLarge, "a page").with_status(413);
    assert!(is_dropped(&page));
}

#[tokio::test(start_paused = true)]
async fn gives_a_large_task_more_time_and_gives_it_up_while_others_are_delivered() {
    let error = Error::new(ErrorKind::Timeout, "too slow");
    let mut small = task_of(0, 1_000);
    let mut large = task_of(1, 200_000);
    for delivered in 0..u64::from(MAX_POISON_COUNT) {
        assert!(!small.is_poison_after(&error, delivered));
        assert!(!large.is_poison_after(&error, delivered));
    }
    assert_eq!((small.time_factor(), large.time_factor()), (1, 8));
    assert!(!small.is_poison_after(&error, 100));
    assert!(large.is_poison_after(&error, 100));
    // In an outage, it is kept for ever.
    let mut alone = task_of(2, 200_000);
    assert!(!(0..100).any(|_| alone.is_poison_after(&error, 7)));
    assert_eq!(alone.time_factor(), 8);
}
