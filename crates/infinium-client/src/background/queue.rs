//! The order of tasks in the background, and what is known of the platform.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::Instant;

use crate::{
    config::QueuePolicy,
    error::{Error, ErrorKind},
    in_flight::Flight,
    retry::{Backoff, Policy},
    spool::Stored,
    stats::Entry,
};

/// What a task takes beside its body, about: its share of lists, its key, its counts.
const OVERHEAD: usize = 640;
/// The longest wait between probes: each is one request, and every task waits for what it finds.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// Times that a task may use up its attempts on errors of a platform that takes others meanwhile.
const MAX_STRIKES: u32 = 3;

/// A task in the background.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) entry: Entry,
    pub(super) body: Body,
    /// How many tasks had been delivered when this one failed last.
    failed_at: Option<u64>,
    strikes: u32,
    /// Dropped after the entry is settled: whoever waits for the last task sees it counted.
    _flight: Flight,
}

/// Where the body of a task is.
#[derive(Debug)]
pub(super) enum Body {
    /// Here, with its idempotency key.
    Memory(String, Bytes),
    Stored(Stored),
}

impl Task {
    pub(super) fn new(entry: Entry, flight: Flight, body: Body) -> Self {
        Self {
            entry,
            body,
            failed_at: None,
            strikes: 0,
            _flight: flight,
        }
    }

    /// Bytes of memory, as far as they depend on what users hand over.
    fn size(&self) -> usize {
        match &self.body {
            Body::Memory(_, body) => body.len() + OVERHEAD,
            Body::Stored(_) => 0,
        }
    }
}

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

/// What became of a push.
#[derive(Debug)]
pub(super) struct Pushed {
    pub(super) accepted: bool,
    pub(super) dropped: Vec<Task>,
    /// Whether this is the first drop of a burst.
    pub(super) tell: bool,
    /// Whether nobody is at work.
    pub(super) start: bool,
}

#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    max_bytes: usize,
    policy: QueuePolicy,
    backoff: Backoff,
    max_retry_after: Duration,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Task>,
    /// Of all tasks, those under way included.
    bytes: usize,
    under_way: usize,
    /// Whether somebody is at work.
    running: bool,
    dropping: bool,
    closed: bool,
    delivered: u64,
    last_success: Option<Instant>,
    outage: Option<Outage>,
}

/// The platform does not answer, or fails whatever it is asked.
#[derive(Debug)]
struct Outage {
    since: Instant,
    failures: u32,
    next_probe: Instant,
    probing: bool,
}

impl Queue {
    pub(super) fn new(max_bytes: usize, policy: QueuePolicy, retries: &Policy) -> Self {
        Self {
            state: Mutex::default(),
            max_bytes,
            policy,
            backoff: Backoff {
                first: retries.backoff.first,
                most: retries.backoff.most.min(PROBE_EVERY),
            },
            max_retry_after: retries.max_retry_after,
        }
    }

    pub(super) fn push(&self, task: Task) -> Pushed {
        let mut state = self.lock();
        let mut dropped = Vec::new();
        let size = task.size();
        let mut accepted = size <= self.max_bytes && !state.closed;
        while accepted && size > 0 && state.bytes + size > self.max_bytes {
            let oldest = match self.policy {
                QueuePolicy::DropOldest => state.waiting.iter().position(|task| task.size() > 0),
                QueuePolicy::DropNewest => None,
            };
            match oldest.and_then(|at| state.waiting.remove(at)) {
                Some(oldest) => {
                    state.bytes -= oldest.size();
                    dropped.push(oldest);
                }
                // What is under way cannot be taken back.
                None => accepted = false,
            }
        }
        if accepted {
            state.bytes += size;
            state.waiting.push_back(task);
        } else {
            dropped.push(task);
        }
        let drops = !dropped.is_empty();
        let tell = drops && !state.dropping;
        state.dropping = drops;
        Pushed {
            accepted,
            dropped,
            tell,
            start: state.start(),
        }
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
    pub(super) fn take(&self) -> Option<(Task, bool)> {
        let mut state = self.lock();
        if state.next() != Next::Send {
            return None;
        }
        let task = state.waiting.pop_front()?;
        state.under_way += 1;
        if let Some(outage) = &mut state.outage {
            outage.probing = true;
        }
        Some((task, state.outage.is_some()))
    }

    /// The task has arrived.
    pub(super) fn delivered(&self, task: &Task) {
        let mut state = self.lock();
        state.under_way -= 1;
        state.bytes -= task.size();
        state.delivered += 1;
        state.last_success = Some(Instant::now());
        state.outage = None;
    }

    /// The task will not be sent any more. The platform has answered, if it was a probe: it is back.
    pub(super) fn forget(&self, task: &Task, probed: bool) {
        let mut state = self.lock();
        state.under_way -= 1;
        state.bytes -= task.size();
        if probed {
            state.outage = None;
        }
    }

    /// The task has used up its attempts, and goes to the end of the line; so one that the platform cannot
    /// stomach does not keep others from being the next probe. It is returned if it is that one, or if the
    /// queue is closed.
    pub(super) fn postpone(&self, mut task: Task, probed: bool, error: &Error) -> Option<Task> {
        let mut state = self.lock();
        state.under_way -= 1;
        let refused = error.status().is_some() && error.kind() != ErrorKind::RateLimit;
        if refused
            && task
                .failed_at
                .is_some_and(|before| state.delivered > before)
        {
            task.strikes += 1;
        }
        task.failed_at = Some(state.delivered);
        let now = Instant::now();
        let asked = error.retry_after().unwrap_or_default();
        let wait = |failures| {
            let backoff = self.backoff.delay(failures);
            now + backoff.max(asked.min(self.max_retry_after))
        };
        match &mut state.outage {
            Some(outage) if probed => {
                outage.failures = outage.failures.saturating_add(1);
                outage.next_probe = wait(outage.failures);
                outage.probing = false;
            }
            Some(_) => {}
            none => {
                *none = Some(Outage {
                    since: now,
                    failures: 1,
                    next_probe: wait(1),
                    probing: false,
                });
            }
        }
        if task.strikes >= MAX_STRIKES || state.closed {
            state.bytes -= task.size();
            return Some(task);
        }
        state.waiting.push_back(task);
        None
    }

    /// The platform has answered somebody; returns whether that is news.
    pub(super) fn recover(&self) -> bool {
        self.lock().outage.take().is_some()
    }

    /// Everything that waits; nothing is accepted any more.
    pub(super) fn take_all(&self) -> VecDeque<Task> {
        let mut state = self.lock();
        state.closed = true;
        let tasks = std::mem::take(&mut state.waiting);
        state.bytes -= tasks.iter().map(Task::size).sum::<usize>();
        tasks
    }

    pub(super) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    pub(super) fn last_success(&self) -> Option<Instant> {
        self.lock().last_success
    }

    pub(super) fn outage_since(&self) -> Option<Instant> {
        self.lock().outage.as_ref().map(|outage| outage.since)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&self) -> Next {
        if self.waiting.is_empty() {
            return if self.under_way == 0 {
                Next::Nothing
            } else {
                Next::Changed
            };
        }
        match &self.outage {
            None => Next::Send,
            Some(outage) if outage.probing => Next::Changed,
            Some(outage) if outage.next_probe > Instant::now() => Next::At(outage.next_probe),
            Some(_) => Next::Send,
        }
    }

    fn start(&mut self) -> bool {
        !self.waiting.is_empty() && !std::mem::replace(&mut self.running, true)
    }
}
