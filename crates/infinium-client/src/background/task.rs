//! A task in the background.

use crate::runtime::Instant;
use bytes::Bytes;

use crate::{
    spool::{Record, Stored},
    stats::{DropReason, Entry},
    wait_group::WaitGuard,
};
use infinium_core::{Error, ErrorKind, Result, wire};

/// Approximate memory in bytes that a task uses in addition to its body: queue entry, key and counters.
pub(super) const OVERHEAD: usize = 640;
/// A task is dropped when its poison count reaches this value.
pub(super) const MAX_POISON_COUNT: u32 = 3;

/// A body of this many bytes may be too large for the uplink within the time limit.
const LARGE: usize = 64 * 1024;
/// The time limit is doubled this often at most: to eight times the usual one.
const MAX_SLOW_ROUNDS: u32 = 3;

#[derive(Debug)]
pub(super) struct Task {
    pub(super) entry: Entry,
    pub(super) body: Body,
    /// When the task came into the queue.
    pub(super) queued: Instant,
    /// The number of tasks that had been delivered when this task last failed.
    failed_at: Option<u64>,
    /// How many times this task failed while other tasks succeeded.
    poison_count: u32,
    /// How many rounds of attempts ended without an answer in time although the body is large.
    slow_rounds: u32,
    /// Declared after `entry`, so it is dropped later: the task is counted before a flush ends.
    _pending: WaitGuard,
}

/// Where the body of a task is stored.
#[derive(Debug)]
pub(super) enum Body {
    /// In memory, with its idempotency key.
    Memory(String, Bytes),
    Stored(Stored),
}

impl Task {
    pub(super) fn new(entry: Entry, pending: WaitGuard, body: Body) -> Self {
        Self {
            entry,
            body,
            queued: Instant::now(),
            failed_at: None,
            poison_count: 0,
            slow_rounds: 0,
            _pending: pending,
        }
    }

    /// Memory in bytes. Includes only what grows with the user's data.
    pub(super) fn size(&self) -> usize {
        match &self.body {
            Body::Memory(_, body) => body.len() + OVERHEAD,
            Body::Stored(_) => 0,
        }
    }

    /// Records another failure. `delivered` is the number of tasks that the client has delivered so far. Returns
    /// whether the task is a poison message.
    pub(super) fn is_poison_after(&mut self, error: &Error, delivered: u64) -> bool {
        let others = self.failed_at.is_some_and(|before| delivered > before);
        let is_slow = error.kind() == ErrorKind::Timeout && self.body.len() >= LARGE;
        self.slow_rounds += u32::from(is_slow);
        self.poison_count += u32::from((error.blames_task() || is_slow) && others);
        self.failed_at = Some(delivered);
        self.poison_count >= MAX_POISON_COUNT
    }

    /// How many times the usual time limit the next attempts may take: an uplink may be too slow for a large body.
    pub(super) fn time_factor(&self) -> u32 {
        1 << self.slow_rounds.min(MAX_SLOW_ROUNDS)
    }

    /// Settles a task that was not delivered before the client was closed.
    pub(super) fn drop_at_close(self) {
        let reason = match self.body {
            Body::Memory(..) => DropReason::Closed,
            Body::Stored(_) => DropReason::LeftInSpool,
        };
        self.entry.dropped(reason);
    }
}

impl Body {
    /// The size in bytes, in memory or on disk.
    fn len(&self) -> usize {
        match self {
            Self::Memory(_, body) => body.len(),
            Self::Stored(stored) => stored.size(),
        }
    }

    /// Returns the idempotency key and the JSON of the task.
    ///
    /// # Errors
    /// If the spool file cannot be read.
    pub(super) fn read(&self) -> Result<(String, Bytes)> {
        match self {
            Self::Memory(key, body) => Ok((key.clone(), body.clone())),
            Self::Stored(stored) => {
                let Record { key, body } = stored.read()?;
                Ok((key, Bytes::from(body)))
            }
        }
    }

    /// The name of the task, if it can be read.
    pub(super) fn task_name(&self) -> Option<String> {
        let (_, body) = self.read().ok()?;
        wire::task_name(std::str::from_utf8(&body).ok()?)
    }
}
