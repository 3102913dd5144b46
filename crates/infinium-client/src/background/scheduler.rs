//! Decides what the worker does next, based on the task queue and the circuit breaker.

use std::sync::{Arc, Mutex};

use crate::runtime::Instant;

use super::{
    foreign_refusals::ForeignRefusals,
    task::Task,
    task_queue::{Pushed, TaskQueue},
};
use crate::pipeline::{Admission, CircuitBreaker, Deliveries, Trial};
use crate::sync::LockExt;
use infinium_core::Error;

/// The next action of the worker.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The worker ends. The next push starts a new worker.
    End,
    /// The worker waits for a change.
    Wait,
    /// The worker waits for a change, but no longer than until this time.
    WaitUntil(Instant),
    /// The worker sends this task.
    Send,
}

/// What the worker needs to hear of a task that was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wake {
    /// No worker is running.
    Start,
    /// The worker may wait for a task.
    Notify,
    /// The worker has tasks. What it waits for, if it waits, is no task.
    Nothing,
}

/// Why an attempt to deliver a task failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Postponed {
    /// The task has used up its attempts.
    AttemptsUsedUp,
    /// The task was the trial, and the outage continues.
    TrialFailed(Trial),
    /// The circuit breaker opened while the task waited.
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
    refusals: ForeignRefusals,
    /// Whether a worker is running.
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
                refusals: ForeignRefusals::default(),
                running: false,
                closed: false,
            }),
        }
    }

    /// Queues a task. Also returns what the worker needs to hear of it.
    ///
    /// # Errors
    /// Returns the task if the scheduler is closed.
    pub(super) fn push(&self, task: Task) -> Result<(Pushed, Wake), Box<Task>> {
        let mut state = self.state.lock_unpoisoned();
        if state.closed {
            return Err(Box::new(task));
        }
        let had_tasks = !state.queue.is_empty();
        let pushed = state.queue.push(task);
        let wake = if state.queue.is_empty() {
            Wake::Nothing
        } else if !std::mem::replace(&mut state.running, true) {
            Wake::Start
        } else if had_tasks {
            Wake::Nothing
        } else {
            Wake::Notify
        };
        Ok((pushed, wake))
    }

    /// Returns the next action of the worker.
    pub(super) fn next(&self) -> Next {
        let mut state = self.state.lock_unpoisoned();
        let next = state.next(&self.breaker);
        if next == Next::End {
            state.running = false;
        }
        next
    }

    /// Returns the next task, if one may be sent. During an outage, also returns the trial that the task carries.
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
        state.refusals.interrupt();
        state.queue.release(task);
        if let Some(trial) = trial {
            self.breaker.on_trial_abandoned(trial);
        }
    }

    /// Requeues an undelivered task at the end of the queue, so that a task that the platform cannot process does not
    /// keep other tasks from being the next trial. Returns the task if it is a poison message or if the scheduler is
    /// closed.
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
        if !error.is_foreign_refusal() {
            state.refusals.interrupt();
        }
        let is_final = error.is_foreign_refusal()
            && why != Postponed::BreakerOpened
            && state.refusals.is_steady(error, self.deliveries.last());
        if is_poison || is_final || state.closed {
            state.queue.release(&task);
            return Some(task);
        }
        state.queue.requeue(task);
        None
    }

    /// Removes all queued tasks. No task is accepted afterwards.
    pub(super) fn close(&self) -> impl Iterator<Item = Task> + use<> {
        let mut state = self.state.lock_unpoisoned();
        state.closed = true;
        state.queue.take_all()
    }

    /// Whether the worker may send a task now.
    #[cfg(test)]
    pub(super) fn may_send(&self) -> bool {
        self.state.lock_unpoisoned().next(&self.breaker) == Next::Send
    }

    /// Whether the tasks use more than half of the memory that they may use.
    pub(super) fn is_half_full(&self) -> bool {
        self.state.lock_unpoisoned().queue.is_half_full()
    }

    /// Memory used by tasks, in bytes.
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
