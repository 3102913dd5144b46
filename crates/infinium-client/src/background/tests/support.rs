//! A queue of tasks, and what happens to them.

use std::{ops::Deref, sync::Arc, time::Duration};

use bytes::Bytes;

use crate::background::{
    scheduler::Scheduler,
    task::{Body, OVERHEAD, Task},
    task_queue::{Pushed, TaskQueue},
};
use crate::{
    pipeline::{CircuitBreaker, Deliveries, RetryPolicy},
    stats::Ledger,
    wait_group::WaitGroup,
};
use infinium_core::{Backoff, Error, ErrorKind, QueuePolicy, status::Platform};

pub(super) const BODY: usize = 1_000;

pub(super) struct Queue {
    pub(super) breaker: Arc<CircuitBreaker>,
    pub(super) deliveries: Arc<Deliveries>,
    pub(super) scheduler: Scheduler,
}

impl Deref for Queue {
    type Target = Scheduler;

    fn deref(&self) -> &Scheduler {
        &self.scheduler
    }
}

pub(super) fn queue(tasks: usize, policy: QueuePolicy) -> Queue {
    patient_queue(tasks, policy, Duration::from_secs(60))
}

pub(super) fn patient_queue(tasks: usize, policy: QueuePolicy, max_retry_after: Duration) -> Queue {
    let backoff = Backoff {
        min_delay: Duration::from_secs(1),
        max_delay: Duration::from_secs(30),
    };
    let breaker = Arc::new(CircuitBreaker::new(&RetryPolicy {
        backoff,
        is_adaptive: true,
        max_retry_after,
    }));
    let deliveries = Arc::<Deliveries>::default();
    let tasks = TaskQueue::new(tasks * (BODY + OVERHEAD), policy);
    Queue {
        scheduler: Scheduler::new(tasks, breaker.clone(), deliveries.clone()),
        breaker,
        deliveries,
    }
}

pub(super) fn task(name: usize) -> Task {
    task_of(name, BODY)
}

pub(super) fn task_of(name: usize, bytes: usize) -> Task {
    let entry = Arc::new(Ledger::default()).submit();
    let body = Body::Memory(name.to_string(), Bytes::from(vec![b' '; bytes]));
    Task::new(entry, WaitGroup::default().add(), body)
}

pub(super) fn name(task: &Task) -> usize {
    let Body::Memory(name, _) = &task.body else {
        unreachable!("none of these is on disk");
    };
    name.parse().unwrap()
}

pub(super) fn push(queue: &Queue, task: Task) -> Pushed {
    queue.push(task).unwrap().0
}

pub(super) fn failure(status: u16) -> Error {
    Error::new(ErrorKind::Server, "a failure").with_status(status)
}

pub(super) fn take(queue: &Queue) -> Task {
    queue.take().unwrap().0
}

pub(super) fn deliver(queue: &Queue, task: &Task) {
    queue.breaker.on_outcome(Platform::Answers);
    queue.deliveries.record();
    queue.release(task, None);
}
