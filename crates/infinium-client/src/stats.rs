//! Counts the outcome of every submitted task.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

use crate::sync::LockExt;
use crate::wait_group::{WaitGroup, WaitGuard};
use infinium_core::{ErrorKind, Result};

/// Why a task was dropped without a refusal from the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// The queue was full.
    QueueFull,
    /// The client was closed before the task was delivered.
    Closed,
    /// The client was closed, but the task is in the spool for the next process.
    LeftInSpool,
    /// The call was dropped before its outcome was known.
    Abandoned,
}

/// The counts of a client at one instant: `submitted` is always the sum of `delivered`, `failed`, `dropped` and
/// `pending`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Tasks that were sent, enqueued, or adopted from a spool.
    pub submitted: u64,
    /// Tasks that the platform has confirmed.
    pub delivered: u64,
    /// Tasks that failed for good, by the kind of error.
    pub failed: BTreeMap<ErrorKind, u64>,
    /// Tasks that were dropped, by reason.
    pub dropped: BTreeMap<DropReason, u64>,
    /// Tasks without an outcome yet.
    pub pending: u64,
    /// The waiting time of the oldest pending task.
    pub oldest: Option<Duration>,
    /// Memory in bytes of the tasks in the background.
    pub bytes: u64,
    /// The number of retries of tasks and reads.
    pub retries: u64,
    /// The number of times that a request had to wait for the rate limit or for a pause.
    pub limiter_waits: u64,
    /// Requests in flight.
    pub in_flight: u64,
    /// The counts of the spool.
    pub spool: SpoolStats,
}

/// The counts of a spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpoolStats {
    /// Tasks on disk.
    pub tasks: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Tasks adopted from earlier processes.
    pub adopted: u64,
    /// Files that could not be read and were set aside.
    pub corrupted: u64,
    /// Tasks in memory only, because the disk or the spool was full or failed.
    pub refused: u64,
}

/// Keeps the counts of a client.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    counts: Mutex<Counts>,
    /// The pending tasks, to wait for.
    pub(crate) pending: WaitGroup,
}

#[derive(Debug, Default)]
struct Counts {
    delivered: u64,
    failed: BTreeMap<ErrorKind, u64>,
    dropped: BTreeMap<DropReason, u64>,
    /// The submission time of each pending task. The numbers increase, so the first is the oldest.
    pending: BTreeMap<u64, Instant>,
    submitted: u64,
}

impl Ledger {
    /// Counts a task. It is pending until its entry is settled or dropped.
    pub(crate) fn submit(self: &Arc<Self>) -> Entry {
        let mut counts = self.counts.lock_unpoisoned();
        let number = counts.submitted;
        counts.submitted += 1;
        counts.pending.insert(number, Instant::now());
        Entry {
            ledger: self.clone(),
            number,
            _flight: self.pending.add(),
        }
    }

    /// Returns the counts that are kept here.
    pub(crate) fn stats(&self) -> Stats {
        let counts = self.counts.lock_unpoisoned();
        Stats {
            submitted: counts.submitted,
            delivered: counts.delivered,
            failed: counts.failed.clone(),
            dropped: counts.dropped.clone(),
            pending: counts.pending.len() as u64,
            oldest: counts.pending.first_key_value().map(|(_, at)| at.elapsed()),
            ..Stats::default()
        }
    }
}

/// A pending task. It is always settled exactly once, on drop at the latest.
#[derive(Debug)]
pub(crate) struct Entry {
    ledger: Arc<Ledger>,
    number: u64,
    /// Released after the entry is settled.
    _flight: WaitGuard,
}

impl Entry {
    pub(crate) fn delivered(self) {
        self.settle(|counts| counts.delivered += 1);
    }

    pub(crate) fn failed(self, kind: ErrorKind) {
        self.settle(|counts| *counts.failed.entry(kind).or_default() += 1);
    }

    pub(crate) fn dropped(self, reason: DropReason) {
        self.settle(|counts| *counts.dropped.entry(reason).or_default() += 1);
    }

    /// Settles as delivered or failed, by the result of a call.
    pub(crate) fn settled<T>(self, result: &Result<T>) {
        match result {
            Ok(_) => self.delivered(),
            Err(error) => self.failed(error.kind()),
        }
    }

    fn settle(&self, count: impl FnOnce(&mut Counts)) {
        let mut counts = self.ledger.counts.lock_unpoisoned();
        if counts.pending.remove(&self.number).is_some() {
            count(&mut counts);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.settle(|counts| *counts.dropped.entry(DropReason::Abandoned).or_default() += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn settles_every_task_once() {
        let ledger = Arc::new(Ledger::default());
        let first = ledger.submit();
        tokio::time::advance(Duration::from_secs(2)).await;
        let [second, third, fourth] = [(); 3].map(|()| ledger.submit());
        assert_eq!(ledger.stats().oldest, Some(Duration::from_secs(2)));
        first.delivered();
        assert_eq!(ledger.stats().oldest, Some(Duration::ZERO));
        second.failed(ErrorKind::Validation);
        third.dropped(DropReason::QueueFull);
        assert_eq!(ledger.stats().pending, 1);
        drop(fourth);
        let stats = ledger.stats();
        assert_eq!((stats.submitted, stats.delivered, stats.pending), (4, 1, 0));
        assert_eq!(stats.failed, BTreeMap::from([(ErrorKind::Validation, 1)]));
        let dropped = [(DropReason::QueueFull, 1), (DropReason::Abandoned, 1)];
        assert_eq!(stats.dropped, BTreeMap::from(dropped));
        assert_eq!(stats.oldest, None);
    }
}
