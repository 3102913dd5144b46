//! Decides what the worker does next: from the tasks that wait, and from the circuit breaker.

use std::sync::{Arc, Mutex};

use tokio::time::Instant;

use super::{
    task::Task,
    task_queue::{Pushed, TaskQueue},
};
use crate::pipeline::{Admission, CircuitBreaker, Deliveries, Trial};
use crate::sync::LockExt;
use infinium_core::Error;

/// What the worker does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It ends. The next push starts a new one.
    End,
    /// It waits for a change.
    Wait,
    /// It waits for a change, until this time at the latest.
    WaitUntil(Instant),
    /// It sends a task.
    Send,
}

/// Why a task was not delivered this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Postponed {
    /// It has used up its attempts.
    AttemptsUsedUp,
    /// It was the trial, and the outage goes on.
    TrialFailed(Trial),
    /// The circuit breaker opened while it waited.
    BreakerOpened,
}

#[derive(Debug)]
pub(super) struct Scheduler {
    breaker: Arc<CircuitBreaker>,
    deliveries: Arc<Deliveries>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    queue: TaskQueue,
    under_way: usize,
    /// Whether there is a worker.
    running: bool,
    closed: bool,
}

impl Scheduler {
    pub(super) fn new(
        queue: TaskQueue,
        breaker: Arc<CircuitBreaker>,
        deliveries: Arc<Deliveries>,
    ) -> Self {
        Self {
            breaker,
            deliveries,
            state: Mutex::new(State {
                queue,
                under_way: 0,
                running: false,
                closed: false,
            }),
        }
    }

    /// Queues a task. Returns also whether a worker must be started.
    ///
    /// # Errors
    /// The task, if the scheduler is closed.
    pub(super) fn push(&self, task: Task) -> Result<(Pushed, bool), Box<Task>> {
        let mut state = self.state.lock_unpoisoned();
        if state.closed {
            return Err(Box::new(task));
        }
        let pushed = state.queue.push(task);
        let start = !state.queue.is_empty() && !std::mem::replace(&mut state.running, true);
        Ok((pushed, start))
    }

    /// What the worker does next.
    pub(super) fn next(&self) -> Next {
        let mut state = self.state.lock_unpoisoned();
        let next = state.next(&self.breaker);
        if next == Next::End {
            state.running = false;
        }
        next
    }

    /// The next task, if one may be sent. With a trial if the task is the trial of an outage.
    pub(super) fn take(&self) -> Option<(Task, Option<Trial>)> {
        let mut state = self.state.lock_unpoisoned();
        if state.queue.is_empty() {
            return None;
        }
        let trial = self.breaker.admit().ok()?;
        let task = state.queue.pop()?;
        state.under_way += 1;
        Some((task, trial))
    }

    /// The task will not be sent any more. If it was the trial and the outage continues, the next task becomes the trial.
    pub(super) fn release(&self, task: &Task, trial: Option<Trial>) {
        let mut state = self.state.lock_unpoisoned();
        state.under_way -= 1;
        state.queue.release(task);
        if let Some(trial) = trial {
            self.breaker.on_trial_abandoned(trial);
        }
    }

    /// Puts a task that was not delivered at the end of the queue, so that a task that the platform cannot take does
    /// not keep others from being the next trial. Returns the task instead if it is a poison message, or if the
    /// scheduler is closed.
    pub(super) fn postpone(&self, mut task: Task, why: Postponed, error: &Error) -> Option<Task> {
        let mut state = self.state.lock_unpoisoned();
        state.under_way -= 1;
        let retry_after = error.retry_after().unwrap_or_default();
        match why {
            Postponed::AttemptsUsedUp => self.breaker.on_task_failed(retry_after),
            Postponed::TrialFailed(trial) => self.breaker.on_trial_failed(trial, retry_after),
            Postponed::BreakerOpened => self.breaker.on_retry_after(retry_after),
        }
        let is_poison =
            why != Postponed::BreakerOpened && task.is_poison_after(error, self.deliveries.count());
        if is_poison || state.closed {
            state.queue.release(&task);
            return Some(task);
        }
        state.queue.requeue(task);
        None
    }

    /// Removes all tasks that wait. From now on none is accepted.
    pub(super) fn close(&self) -> impl Iterator<Item = Task> + use<> {
        let mut state = self.state.lock_unpoisoned();
        state.closed = true;
        state.queue.take_all()
    }

    /// Bytes of tasks in memory.
    pub(super) fn bytes(&self) -> usize {
        self.state.lock_unpoisoned().queue.bytes()
    }
}

impl State {
    fn next(&self, breaker: &CircuitBreaker) -> Next {
        if self.queue.is_empty() {
            return if self.under_way == 0 {
                Next::End
            } else {
                Next::Wait
            };
        }
        match breaker.admission() {
            Admission::Now => Next::Send,
            Admission::At(time) => Next::WaitUntil(time),
            Admission::AfterTrial => Next::Wait,
        }
    }
}
