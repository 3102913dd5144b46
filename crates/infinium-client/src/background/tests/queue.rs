//! Tests what is queued, sent, postponed and dropped.

use std::time::Duration;

use tokio::time::{Instant, advance};

use crate::background::{
    scheduler::{Next, Postponed},
    task_queue::{BURST, Pushed},
};
use crate::pipeline::{FAILURE_THRESHOLD, MAX_TRIAL_DELAY};
use infinium_core::{Error, ErrorKind, QueuePolicy, status::Platform};

use super::support::{
    BODY, deliver, failure, name, patient_queue, push, queue, take, task, task_of,
};

#[test]
fn drops_the_oldest_task_that_waits() {
    let queue = queue(3, QueuePolicy::DropOldest);
    for number in 0..3 {
        assert!(push(&queue, task(number)).accepted);
    }
    let under_way = take(&queue);
    let dropped = |pushed: Pushed| pushed.dropped.iter().map(name).collect::<Vec<_>>();
    assert_eq!(dropped(push(&queue, task(3))), [1]);
    assert_eq!(dropped(push(&queue, task(4))), [2]);
    // A failed task goes to the end of the queue.
    let error = Error::new(ErrorKind::Network, "a failure");
    assert!(
        queue
            .postpone(under_way, Postponed::AttemptsUsedUp, &error)
            .is_none()
    );
    assert_eq!(
        queue.close().map(|task| name(&task)).collect::<Vec<_>>(),
        [3, 4, 0]
    );
    assert_eq!(queue.bytes(), 0);
}

#[test]
fn drops_the_newest_if_set_or_if_no_task_waits() {
    let newest = queue(2, QueuePolicy::DropNewest);
    let oldest = queue(2, QueuePolicy::DropOldest);
    for queue in [&newest, &oldest] {
        push(queue, task(0));
        push(queue, task(1));
    }
    let _under_way = [take(&oldest), take(&oldest)];
    for queue in [&newest, &oldest] {
        let pushed = push(queue, task(2));
        assert!(!pushed.accepted);
        assert_eq!(name(&pushed.dropped[0]), 2);
    }
}

#[test]
fn drops_nothing_for_a_task_that_would_still_not_fit() {
    let queue = queue(3, QueuePolicy::DropOldest);
    push(&queue, task(0));
    let under_way = take(&queue);
    push(&queue, task(1));
    let pushed = push(&queue, task_of(2, 3 * BODY));
    assert!(!pushed.accepted);
    assert_eq!(pushed.dropped.iter().map(name).collect::<Vec<_>>(), [2]);
    // Once the task would fit, other tasks are dropped for it.
    deliver(&queue, &under_way);
    let pushed = push(&queue, task_of(2, 3 * BODY));
    assert!(pushed.accepted);
    assert_eq!(pushed.dropped.iter().map(name).collect::<Vec<_>>(), [1]);
    deliver(&queue, &take(&queue));
    assert_eq!(queue.bytes(), 0);
}

#[test]
fn accepts_and_drops_nothing_once_closed() {
    let queue = queue(3, QueuePolicy::DropOldest);
    push(&queue, task(0));
    assert_eq!(queue.close().count(), 1);
    let late = queue.push(task(1)).unwrap_err();
    assert_eq!(name(&late), 1);
    assert_eq!(queue.bytes(), 0);
}

#[tokio::test(start_paused = true)]
async fn reports_a_burst_of_drops_once() {
    let queue = queue(4, QueuePolicy::DropNewest);
    let mut reported = 0;
    for round in 0..100 {
        reported += usize::from(push(&queue, task(round)).begins_burst);
        // One task at a time leaves, so there is sometimes room. It is still the same burst.
        if round % 2 == 0 {
            deliver(&queue, &take(&queue));
        }
        // The same holds for tasks that never fit.
        reported += usize::from(push(&queue, task_of(round, 9 * BODY)).begins_burst);
        advance(BURST / 2).await;
    }
    assert_eq!(reported, 1);
    advance(BURST).await;
    let reported = (0..6).filter(|&round| push(&queue, task_of(round, 9 * BODY)).begins_burst);
    assert_eq!(reported.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn sends_one_trial_at_a_time_until_a_task_is_delivered() {
    let queue = queue(9, QueuePolicy::DropOldest);
    for number in 0..9 {
        push(&queue, task(number));
    }
    let error = Error::new(ErrorKind::Network, "a failure");
    let (first, second) = (take(&queue), take(&queue));
    queue.postpone(first, Postponed::AttemptsUsedUp, &error);
    queue.postpone(second, Postponed::AttemptsUsedUp, &error);
    for _ in 0..20 {
        let before = Instant::now();
        let Next::WaitUntil(time) = queue.next() else {
            unreachable!("the next trial has its time");
        };
        assert!(time <= before + MAX_TRIAL_DELAY);
        tokio::time::sleep_until(time).await;
        let (task, trial) = queue.take().unwrap();
        assert!(queue.take().is_none());
        assert_eq!(queue.next(), Next::Wait);
        queue.postpone(task, Postponed::TrialFailed(trial.unwrap()), &error);
    }
    tokio::time::sleep(MAX_TRIAL_DELAY).await;
    deliver(&queue, &take(&queue));
    assert_eq!(queue.next(), Next::Send);
    assert!(queue.take().is_some_and(|(_, trial)| trial.is_none()));
}

#[tokio::test(start_paused = true)]
async fn waits_while_the_breaker_is_open() {
    let queue = queue(9, QueuePolicy::DropOldest);
    for number in 0..9 {
        push(&queue, task(number));
    }
    let waits = take(&queue);
    for _ in 1..FAILURE_THRESHOLD {
        queue.breaker.on_outcome(Platform::Fails);
    }
    assert_eq!(queue.next(), Next::Send);
    queue.breaker.on_outcome(Platform::Fails);
    assert!(matches!(queue.next(), Next::WaitUntil(_)));
    let error = failure(503);
    let why = Postponed::BreakerOpened;
    assert!(queue.postpone(waits, why, &error).is_none());
    queue.breaker.on_outcome(Platform::Answers);
    assert_eq!(queue.next(), Next::Send);
}

#[tokio::test(start_paused = true)]
async fn drops_nothing_because_of_outages() {
    let queue = queue(9, QueuePolicy::DropOldest);
    push(&queue, task(0));
    let error = failure(503);
    for _ in 0..9 {
        let stopped = take(&queue);
        assert!(
            queue
                .postpone(stopped, Postponed::BreakerOpened, &error)
                .is_none()
        );
        push(&queue, task(1));
        let (one, other) = (take(&queue), take(&queue));
        let (good, stopped) = if name(&one) == 1 {
            (one, other)
        } else {
            (other, one)
        };
        deliver(&queue, &good);
        assert!(
            queue
                .postpone(stopped, Postponed::BreakerOpened, &error)
                .is_none()
        );
    }
}

/// Whether a task is dropped after failing with this error a hundred times while other tasks are delivered.

#[tokio::test(start_paused = true)]
async fn sends_one_trial_at_a_time_when_outages_follow_each_other() {
    let queue = queue(9, QueuePolicy::DropOldest);
    for number in 0..3 {
        push(&queue, task(number));
    }
    let error = failure(503);
    queue.postpone(take(&queue), Postponed::AttemptsUsedUp, &error);
    advance(MAX_TRIAL_DELAY).await;
    let (slow, first) = queue.take().unwrap();
    // Another task is answered. The next outage starts immediately, with its own trial.
    queue.breaker.on_outcome(Platform::Answers);
    queue.postpone(take(&queue), Postponed::AttemptsUsedUp, &error);
    advance(MAX_TRIAL_DELAY).await;
    let (trial_task, second) = queue.take().unwrap();
    assert!(second.is_some() && first != second);
    queue.postpone(slow, Postponed::TrialFailed(first.unwrap()), &error);
    advance(MAX_TRIAL_DELAY).await;
    assert_eq!(queue.next(), Next::Wait);
    queue.release(&trial_task, second);
    assert_eq!(queue.next(), Next::Send);
}

#[tokio::test(start_paused = true)]
async fn honours_a_retry_after_of_any_length() {
    let queue = patient_queue(9, QueuePolicy::DropOldest, Duration::MAX);
    push(&queue, task(0));
    push(&queue, task(1));
    let error = failure(503).with_retry_after(Some(Duration::MAX));
    let (first, second) = (take(&queue), take(&queue));
    for task in [first, second] {
        assert!(
            queue
                .postpone(task, Postponed::AttemptsUsedUp, &error)
                .is_none()
        );
    }
    let years = Duration::from_secs(50 * 365 * 24 * 3600);
    assert!(matches!(queue.next(), Next::WaitUntil(time) if time > Instant::now() + years));
    queue.breaker.on_outcome(Platform::Answers);
    assert_eq!(queue.next(), Next::Send);
}
