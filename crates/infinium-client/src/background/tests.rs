//! The queue of tasks in the background, without anything that sends them.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::{Instant, advance};

use super::{
    line::{BURST, Body, MAX_STRIKES, OVERHEAD, Pushed, Task},
    outage::{ALARM, PROBE_EVERY},
    queue::{Next, Postponed, Queue},
};
use crate::{
    config::QueuePolicy,
    error::{Error, ErrorKind},
    retry::{Backoff, Policy},
    stats::Ledger,
    wait_group::WaitGroup,
};

const BODY: usize = 1_000;

fn queue(tasks: usize, policy: QueuePolicy) -> Queue {
    patient_queue(tasks, policy, Duration::from_secs(60))
}

fn patient_queue(tasks: usize, policy: QueuePolicy, max_retry_after: Duration) -> Queue {
    let backoff = Backoff {
        first: Duration::from_secs(1),
        most: Duration::from_secs(30),
    };
    let retries = Policy {
        max_retries: 3,
        backoff,
        max_retry_after,
    };
    Queue::new(tasks * (BODY + OVERHEAD), policy, &retries)
}

fn task(name: usize) -> Task {
    task_of(name, BODY)
}

fn task_of(name: usize, bytes: usize) -> Task {
    let entry = Arc::new(Ledger::default()).submit();
    let body = Body::Memory(name.to_string(), Bytes::from(vec![b' '; bytes]));
    Task::new(entry, WaitGroup::default().add(), body)
}

fn name(task: &Task) -> usize {
    let Body::Memory(name, _) = &task.body else {
        unreachable!("none of these is on disk");
    };
    name.parse().unwrap()
}

fn push(queue: &Queue, task: Task) -> Pushed {
    queue.push(task).unwrap().0
}

fn failure(status: u16) -> Error {
    Error::new(ErrorKind::Server, "a failure").with_status(status)
}

fn take(queue: &Queue) -> Task {
    queue.take().unwrap().0
}

fn deliver(queue: &Queue, task: &Task) {
    queue.heard(true);
    queue.delivered();
    queue.forget(task, None);
}

#[test]
fn drops_the_oldest_that_waits() {
    let queue = queue(3, QueuePolicy::DropOldest);
    for number in 0..3 {
        assert!(push(&queue, task(number)).accepted);
    }
    let under_way = take(&queue);
    let dropped = |pushed: Pushed| pushed.dropped.iter().map(name).collect::<Vec<_>>();
    assert_eq!(dropped(push(&queue, task(3))), [1]);
    assert_eq!(dropped(push(&queue, task(4))), [2]);
    // What waits, waits behind what has failed meanwhile only if it came later.
    let error = Error::new(ErrorKind::Network, "a failure");
    assert!(
        queue
            .postpone(under_way, Postponed::Itself, &error)
            .is_none()
    );
    assert_eq!(
        queue.take_all().map(|task| name(&task)).collect::<Vec<_>>(),
        [3, 4, 0]
    );
    assert_eq!(queue.bytes(), 0);
}

#[test]
fn drops_the_newest_if_told_to_or_if_nothing_waits() {
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
fn drops_nothing_for_a_task_that_would_not_fit_all_the_same() {
    let queue = queue(3, QueuePolicy::DropOldest);
    push(&queue, task(0));
    let under_way = take(&queue);
    push(&queue, task(1));
    let pushed = push(&queue, task_of(2, 3 * BODY));
    assert!(!pushed.accepted);
    assert_eq!(pushed.dropped.iter().map(name).collect::<Vec<_>>(), [2]);
    // As soon as it would fit, room is made for it.
    deliver(&queue, &under_way);
    let pushed = push(&queue, task_of(2, 3 * BODY));
    assert!(pushed.accepted);
    assert_eq!(pushed.dropped.iter().map(name).collect::<Vec<_>>(), [1]);
    deliver(&queue, &take(&queue));
    assert_eq!(queue.bytes(), 0);
}

#[test]
fn takes_nothing_once_closed_and_drops_nothing_for_it() {
    let queue = queue(3, QueuePolicy::DropOldest);
    push(&queue, task(0));
    assert_eq!(queue.take_all().count(), 1);
    let late = queue.push(task(1)).unwrap_err();
    assert_eq!(name(&late), 1);
    assert_eq!(queue.bytes(), 0);
}

#[tokio::test(start_paused = true)]
async fn tells_of_a_burst_of_drops_once() {
    let queue = queue(4, QueuePolicy::DropNewest);
    let mut told = 0;
    for round in 0..100 {
        told += usize::from(push(&queue, task(round)).tell);
        // One at a time leaves: there is room now and then, and the burst is the same.
        if round % 2 == 0 {
            deliver(&queue, &take(&queue));
        }
        // So it is with tasks that never fit, whatever room there is.
        told += usize::from(push(&queue, task_of(round, 9 * BODY)).tell);
        advance(BURST / 2).await;
    }
    assert_eq!(told, 1);
    advance(BURST).await;
    let told = (0..6).filter(|&round| push(&queue, task_of(round, 9 * BODY)).tell);
    assert_eq!(told.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn sends_one_probe_at_a_time_until_something_is_delivered() {
    let queue = queue(9, QueuePolicy::DropOldest);
    for number in 0..9 {
        push(&queue, task(number));
    }
    let error = Error::new(ErrorKind::Network, "a failure");
    let (first, second) = (take(&queue), take(&queue));
    queue.postpone(first, Postponed::Itself, &error);
    queue.postpone(second, Postponed::Itself, &error);
    for _ in 0..20 {
        let before = Instant::now();
        let Next::At(time) = queue.next() else {
            unreachable!("the next probe has its time");
        };
        assert!(time <= before + PROBE_EVERY);
        tokio::time::sleep_until(time).await;
        let (probing, probe) = queue.take().unwrap();
        assert!(queue.take().is_none());
        assert_eq!(queue.next(), Next::Changed);
        queue.postpone(probing, Postponed::Probe(probe.unwrap()), &error);
    }
    tokio::time::sleep(PROBE_EVERY).await;
    deliver(&queue, &take(&queue));
    assert_eq!(queue.next(), Next::Send);
    assert!(queue.take().is_some_and(|(_, probe)| probe.is_none()));
}

#[tokio::test(start_paused = true)]
async fn takes_failures_in_a_row_for_an_outage() {
    let queue = queue(9, QueuePolicy::DropOldest);
    for number in 0..9 {
        push(&queue, task(number));
    }
    let waits = take(&queue);
    let calm = queue.calm();
    for _ in 0..3 {
        for _ in 1..ALARM {
            assert!(!queue.heard(false));
        }
        assert!(!queue.heard(true));
    }
    assert_eq!(queue.next(), Next::Send);
    assert!(!calm.is_cancelled());
    for _ in 0..ALARM {
        queue.heard(false);
    }
    assert!(calm.is_cancelled() && queue.calm().is_cancelled());
    assert!(matches!(queue.next(), Next::At(_)));
    let error = failure(503);
    assert!(queue.postpone(waits, Postponed::ByOutage, &error).is_none());
    assert!(queue.heard(true));
    assert!(!queue.calm().is_cancelled());
    assert_eq!(queue.next(), Next::Send);
}

#[tokio::test(start_paused = true)]
async fn gives_nothing_up_because_of_outages() {
    let queue = queue(9, QueuePolicy::DropOldest);
    push(&queue, task(0));
    let error = failure(503);
    for _ in 0..9 {
        let stopped = take(&queue);
        assert!(
            queue
                .postpone(stopped, Postponed::ByOutage, &error)
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
                .postpone(stopped, Postponed::ByOutage, &error)
                .is_none()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn gives_up_what_fails_while_others_are_delivered() {
    let queue = queue(9, QueuePolicy::DropOldest);
    let error = failure(500);
    push(&queue, task(0));
    for round in 0..=MAX_STRIKES {
        let bad = take(&queue);
        let given_up = queue.postpone(bad, Postponed::Itself, &error).is_some();
        assert_eq!(given_up, round == MAX_STRIKES);
        push(&queue, task(1));
        tokio::time::sleep(PROBE_EVERY).await;
        // Nothing else gets through: the next failures tell nothing of the task.
        for _ in 0..10 {
            let Some((bad, probe)) = queue.take() else {
                break;
            };
            if name(&bad) == 1 {
                deliver(&queue, &bad);
                break;
            }
            let why = probe.map_or(Postponed::Itself, Postponed::Probe);
            assert!(queue.postpone(bad, why, &error).is_none());
            tokio::time::sleep(PROBE_EVERY).await;
        }
    }
    assert_eq!(queue.next(), Next::Nothing);
    assert_eq!(queue.bytes(), 0);
}

/// Whether a task is given up that fails like this while others are delivered, a hundred times.
fn gives_up(error: &Error) -> bool {
    let queue = queue(9, QueuePolicy::DropOldest);
    push(&queue, task(0));
    (0..100).any(|_| {
        let bad = take(&queue);
        let given_up = queue.postpone(bad, Postponed::Itself, error).is_some();
        // What somebody sends and waits for counts like what is sent in the background.
        queue.heard(true);
        queue.delivered();
        given_up
    })
}

#[tokio::test(start_paused = true)]
async fn gives_up_only_for_what_speaks_of_the_task() {
    for status in [500, 501, 505, 507, 519] {
        assert!(gives_up(&failure(status)), "{status}");
    }
    for status in [200, 302, 408, 425, 502, 503, 504, 511, 520, 530] {
        assert!(!gives_up(&failure(status)), "{status}");
    }
    let limited = Error::new(ErrorKind::RateLimit, "a failure").with_status(429);
    assert!(!gives_up(&limited));
    assert!(!gives_up(&Error::new(ErrorKind::Network, "a failure")));
}

#[tokio::test(start_paused = true)]
async fn waits_for_one_probe_at_a_time_when_outages_follow_each_other() {
    let queue = queue(9, QueuePolicy::DropOldest);
    for number in 0..3 {
        push(&queue, task(number));
    }
    let error = failure(503);
    queue.postpone(take(&queue), Postponed::Itself, &error);
    advance(PROBE_EVERY).await;
    let (slow, first) = queue.take().unwrap();
    // Something else gets through, and at once there is the next outage, with a probe of its own.
    queue.heard(true);
    queue.postpone(take(&queue), Postponed::Itself, &error);
    advance(PROBE_EVERY).await;
    let (probing, second) = queue.take().unwrap();
    assert!(second.is_some() && first != second);
    queue.postpone(slow, Postponed::Probe(first.unwrap()), &error);
    advance(PROBE_EVERY).await;
    assert_eq!(queue.next(), Next::Changed);
    queue.forget(&probing, second);
    assert_eq!(queue.next(), Next::Send);
}

#[tokio::test(start_paused = true)]
async fn waits_as_long_as_it_is_asked_to_however_long() {
    let queue = patient_queue(9, QueuePolicy::DropOldest, Duration::MAX);
    push(&queue, task(0));
    push(&queue, task(1));
    let error = failure(503).with_retry_after(Some(Duration::MAX));
    let (first, second) = (take(&queue), take(&queue));
    for task in [first, second] {
        assert!(queue.postpone(task, Postponed::Itself, &error).is_none());
    }
    let years = Duration::from_secs(50 * 365 * 24 * 3600);
    assert!(matches!(queue.next(), Next::At(time) if time > Instant::now() + years));
    assert!(queue.heard(true));
    assert_eq!(queue.next(), Next::Send);
}

#[tokio::test(start_paused = true)]
async fn knows_since_when_nothing_was_answered() {
    let queue = queue(9, QueuePolicy::DropOldest);
    let start = Instant::now();
    let silence = |waiting| queue.silent_since(waiting).map(|since| since - start);
    let second = Duration::from_secs(1);
    assert_eq!((silence(true), silence(false)), (None, None));
    queue.asked(true);
    advance(second).await;
    queue.asked(false);
    // Nobody waits, so nothing is missing: what waits for its turn has not been asked.
    assert_eq!(
        (silence(true), silence(false)),
        (Some(Duration::ZERO), None)
    );
    queue.heard(true);
    advance(second).await;
    assert_eq!((silence(true), silence(false)), (Some(second), None));
    // After a pause it is counted from the next attempt on, and then through failures until there is an answer.
    queue.asked(true);
    queue.heard(false);
    advance(second).await;
    queue.asked(true);
    assert_eq!(silence(false), Some(2 * second));
    queue.heard(true);
    assert_eq!(silence(false), None);
}
