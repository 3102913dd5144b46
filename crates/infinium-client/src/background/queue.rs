//! What is to be done next: the tasks that wait, and whether the platform is there to take them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    line::{Line, Pushed, Task},
    outage::{Opening, Outages, Probe},
};
use crate::{config::QueuePolicy, error::Error, retry::Policy};

/// What there is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing, until a task is pushed: whoever asked may end.
    Nothing,
    /// Nothing until something changes.
    Changed,
    /// Nothing until then.
    At(Instant),
    Send,
}

/// Why a task was not delivered this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Postponed {
    /// It has used up its attempts.
    Itself,
    /// It found out that the outage goes on.
    Probe(Probe),
    /// An outage began while it waited.
    ByOutage,
}

#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    line: Line,
    outages: Outages,
    under_way: usize,
    /// Whether somebody is at work.
    running: bool,
    closed: bool,
    /// Tasks of the client that the platform has taken, in whatever way they were sent.
    delivered: u64,
    last_success: Option<Instant>,
}

impl Queue {
    pub(super) fn new(max_bytes: usize, policy: QueuePolicy, retries: &Policy) -> Self {
        Self {
            state: Mutex::new(State {
                line: Line::new(max_bytes, policy),
                outages: Outages::new(retries),
                under_way: 0,
                running: false,
                closed: false,
                delivered: 0,
                last_success: None,
            }),
        }
    }

    /// Puts a task in line, and tells whether nobody is at work.
    ///
    /// # Errors
    /// The task, if the queue is closed.
    pub(super) fn push(&self, task: Task) -> Result<(Pushed, bool), Box<Task>> {
        let mut state = self.lock();
        if state.closed {
            return Err(Box::new(task));
        }
        let pushed = state.line.push(task);
        let start = !state.line.is_empty() && !std::mem::replace(&mut state.running, true);
        Ok((pushed, start))
    }

    /// What the one who is at work has to do.
    pub(super) fn next(&self) -> Next {
        let mut state = self.lock();
        let next = state.next();
        if next == Next::Nothing {
            state.running = false;
        }
        next
    }

    /// The next task, if it may be sent, and whether it is a probe.
    pub(super) fn take(&self) -> Option<(Task, Option<Probe>)> {
        let mut state = self.lock();
        if state.next() != Next::Send {
            return None;
        }
        let task = state.line.pop()?;
        state.under_way += 1;
        Some((task, state.outages.begin_task()))
    }

    /// The platform has taken a task, in whatever way it was sent.
    pub(super) fn delivered(&self) {
        let mut state = self.lock();
        state.delivered += 1;
        state.last_success = Some(Instant::now());
    }

    /// The task will not be sent any more. If it was a probe, the next one is.
    pub(super) fn forget(&self, task: &Task, probe: Option<Probe>) {
        let mut state = self.lock();
        state.under_way -= 1;
        state.line.gone(task);
        if let Some(probe) = probe {
            state.outages.probe_ended(probe);
        }
    }

    /// An attempt to deliver a task begins; `alone` if nothing is under way beside it.
    pub(super) fn asked(&self, alone: bool) {
        self.lock().outages.asked(alone);
    }

    /// The platform has answered somebody, or failed to; returns whether an outage is over.
    pub(super) fn heard(&self, answered: bool) -> bool {
        self.lock().outages.heard(answered)
    }

    /// Ends waiting when an outage begins; if there is one, at once.
    pub(super) fn calm(&self) -> CancellationToken {
        self.lock().outages.calm()
    }

    /// The task has used up its attempts, or an outage begins or goes on. It goes to the end of the
    /// line; so one that the platform cannot stomach does not keep others from being the next probe. It is
    /// returned if it is that one, or if the queue is closed.
    pub(super) fn postpone(&self, mut task: Task, why: Postponed, error: &Error) -> Option<Task> {
        let mut state = self.lock();
        state.under_way -= 1;
        let asked = error.retry_after().unwrap_or_default();
        match why {
            Postponed::Itself => state.outages.task_failed(asked),
            Postponed::Probe(probe) => state.outages.probe_failed(probe, asked),
            Postponed::ByOutage => state.outages.asked_to_wait(asked),
        }
        let given_up =
            why != Postponed::ByOutage && task.fail(state.delivered, speaks_of_the_task(error));
        if given_up || state.closed {
            state.line.gone(&task);
            return Some(task);
        }
        state.line.back(task);
        None
    }

    /// Everything that waits; nothing is accepted any more.
    pub(super) fn take_all(&self) -> impl Iterator<Item = Task> + use<> {
        let mut state = self.lock();
        state.closed = true;
        state.line.take_all()
    }

    pub(super) fn bytes(&self) -> usize {
        self.lock().line.bytes()
    }

    pub(super) fn last_success(&self) -> Option<Instant> {
        self.lock().last_success
    }

    /// Since when the platform has answered nothing that it was asked, if that is so; `waiting` tells
    /// whether anything is under way.
    pub(super) fn silent_since(&self, waiting: bool) -> Option<Instant> {
        self.lock().outages.silent_since(waiting)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&self) -> Next {
        if self.line.is_empty() {
            return if self.under_way == 0 {
                Next::Nothing
            } else {
                Next::Changed
            };
        }
        match self.outages.opening() {
            Opening::Now => Next::Send,
            Opening::At(time) => Next::At(time),
            Opening::Unknown => Next::Changed,
        }
    }
}

/// Whether the platform failed at this task. Other statuses speak of the platform or of the way to it, whatever
/// the task: overload, gateways that reach nobody (those from 520 on are theirs), login pages.
fn speaks_of_the_task(error: &Error) -> bool {
    error
        .status()
        .is_some_and(|status| matches!(status, 500..=519) && !matches!(status, 502..=504 | 511))
}
