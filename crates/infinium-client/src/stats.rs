//! Counts the outcome of every submitted task.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::runtime::Instant;
use serde_json::value::RawValue;

use crate::{
    observer::{Observer, Outcome, Settled},
    sync::LockExt,
    wait_group::{WaitGroup, WaitGuard},
};
use infinium_core::{ApiResponse, Error, ErrorKind, Result, wire};

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
    /// The trace is not part of the sample.
    Sampled,
    /// The user's `beforeSend` has dropped it.
    BeforeSend,
    /// The client is disabled.
    Disabled,
}

impl DropReason {
    /// The name in `droppedByReason`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queueFull",
            Self::Closed => "closed",
            Self::LeftInSpool => "leftInSpool",
            Self::Abandoned => "abandoned",
            Self::Sampled => "sampled",
            Self::BeforeSend => "beforeSend",
            Self::Disabled => "disabled",
        }
    }
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
    /// The number of attempts after the first, of tasks and reads, with or without a wait. A connection that is known to be
    /// closed before anything is sent is replaced, which is no attempt.
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
    pub(crate) observer: Observer,
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
            attempts: AtomicU32::new(0),
            bytes: AtomicUsize::new(0),
            on_settled: Mutex::default(),
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

/// What has become of one task.
#[derive(Clone, Copy, Debug)]
pub enum Fate<'a> {
    /// The platform has confirmed it, with this status and JSON.
    Delivered(u16, Option<&'a str>),
    /// It was refused, or has used up its attempts.
    Failed(&'a Error),
    /// It was given up without a refusal.
    Dropped(DropReason),
}

type OnSettled = Box<dyn FnOnce(Fate<'_>) + Send>;

/// A pending task. It is always settled exactly once, on drop at the latest.
pub(crate) struct Entry {
    ledger: Arc<Ledger>,
    number: u64,
    /// How often the task was sent.
    pub(crate) attempts: AtomicU32,
    /// The size of its body.
    bytes: AtomicUsize,
    on_settled: Mutex<Option<OnSettled>>,
    /// Released after the entry is settled.
    _flight: WaitGuard,
}

impl Entry {
    /// Notes the size of the task's body.
    pub(crate) fn encoded(&self, bytes: usize) {
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    /// Calls `done` when the task is settled, on the thread that settles it.
    pub(crate) fn on_settled(&self, done: OnSettled) {
        *self.on_settled.lock_unpoisoned() = Some(done);
    }

    pub(crate) fn dropped(self, reason: DropReason) {
        self.drop_for(reason);
    }

    /// Settles as delivered or failed, by the result of a call.
    pub(crate) fn settled(self, result: &Result<ApiResponse>) {
        match result {
            Ok(response) => self.delivered(response.status, json_of(response)),
            Err(error) => self.failed(error),
        }
    }

    /// Settles as delivered, by an answer with this status and JSON.
    pub(crate) fn delivered(&self, status: u16, json: Option<&str>) {
        self.settle(
            Fate::Delivered(status, json),
            |counts| counts.delivered += 1,
            |settled| Settled {
                outcome: Outcome::Delivered,
                status: Some(status),
                trace_id: json.and_then(trace_id),
                ..settled
            },
        );
    }

    pub(crate) fn failed(&self, error: &Error) {
        self.settle(
            Fate::Failed(error),
            |counts| *counts.failed.entry(error.kind()).or_default() += 1,
            |settled| Settled {
                outcome: Outcome::Failed,
                status: error.status(),
                error: Some(error.message().to_owned()),
                ..settled
            },
        );
    }

    fn drop_for(&self, reason: DropReason) {
        self.settle(
            Fate::Dropped(reason),
            |counts| *counts.dropped.entry(reason).or_default() += 1,
            |settled| Settled {
                error: Some(reason.name().to_owned()),
                ..settled
            },
        );
    }

    fn settle(
        &self,
        fate: Fate<'_>,
        count: impl FnOnce(&mut Counts),
        describe: impl FnOnce(Settled) -> Settled,
    ) {
        let mut counts = self.ledger.counts.lock_unpoisoned();
        let Some(submitted) = counts.pending.remove(&self.number) else {
            return;
        };
        count(&mut counts);
        drop(counts);
        if let Some(done) = self.on_settled.lock_unpoisoned().take() {
            done(fate);
        }
        self.ledger.observer.tell(|| {
            describe(Settled {
                outcome: Outcome::Dropped,
                status: None,
                attempts: self.attempts.load(Ordering::Relaxed),
                duration: submitted.elapsed(),
                bytes: self.bytes.load(Ordering::Relaxed),
                trace_id: None,
                error: None,
            })
        });
    }
}

pub(crate) fn json_of(response: &ApiResponse) -> Option<&str> {
    response.data.as_deref().map(RawValue::get)
}

/// The id that the platform gave a task.
fn trace_id(json: &str) -> Option<String> {
    let id = wire::member(json, "traceId").or_else(|| wire::member(json, "trace_id"))?;
    wire::text(id).map(Cow::into_owned)
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, .. } = self;
        f.debug_struct("Entry")
            .field("number", number)
            .finish_non_exhaustive()
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.drop_for(DropReason::Abandoned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use infinium_core::Answer;

    fn response() -> ApiResponse {
        ApiResponse::from_answer(Answer {
            status: 200,
            retry_after: None,
            body: Some(r#"{"traceId":"t-1"}"#.to_owned()),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn tells_an_observer_of_every_task() {
        let ledger = Arc::new(Ledger::default());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = seen.clone();
        ledger
            .observer
            .start(move |settled| told.lock().unwrap().push(settled));
        let [first, second, third] = [(); 3].map(|()| ledger.submit());
        tokio::time::advance(Duration::from_secs(2)).await;
        first.encoded(77);
        first.attempts.store(3, Ordering::Relaxed);
        first.settled(&Ok(response()));
        second.failed(&Error::new(ErrorKind::Server, "down").with_status(503));
        third.dropped(DropReason::QueueFull);
        ledger.observer.stop();
        ledger.submit().dropped(DropReason::Closed);
        let seen = seen.lock().unwrap();
        let [delivered, failed, dropped] = &seen[..] else {
            panic!("{seen:?}");
        };
        assert_eq!(
            (delivered.outcome, delivered.attempts, delivered.bytes),
            (Outcome::Delivered, 3, 77)
        );
        assert_eq!(delivered.trace_id.as_deref(), Some("t-1"));
        assert_eq!(delivered.duration, Duration::from_secs(2));
        assert_eq!(
            (failed.outcome, failed.status),
            (Outcome::Failed, Some(503))
        );
        assert_eq!(failed.error.as_deref(), Some("down"));
        assert_eq!(
            (dropped.outcome, dropped.error.as_deref()),
            (Outcome::Dropped, Some("queueFull"))
        );
    }

    #[test]
    fn tells_once_what_has_become_of_a_task() {
        let ledger = Arc::new(Ledger::default());
        let seen = Arc::new(Mutex::new(Vec::new()));
        for number in 0..3 {
            let entry = ledger.submit();
            let told = seen.clone();
            entry.on_settled(Box::new(move |fate| {
                told.lock().unwrap().push(format!("{fate:?}"));
            }));
            match number {
                0 => entry.delivered(201, Some("{}")),
                1 => entry.dropped(DropReason::Sampled),
                _ => drop(entry),
            }
        }
        assert_eq!(
            *seen.lock().unwrap(),
            [
                "Delivered(201, Some(\"{}\"))",
                "Dropped(Sampled)",
                "Dropped(Abandoned)"
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn settles_every_task_once() {
        let ledger = Arc::new(Ledger::default());
        let first = ledger.submit();
        tokio::time::advance(Duration::from_secs(2)).await;
        let [second, third, fourth] = [(); 3].map(|()| ledger.submit());
        assert_eq!(ledger.stats().oldest, Some(Duration::from_secs(2)));
        first.settled(&Ok(response()));
        assert_eq!(ledger.stats().oldest, Some(Duration::ZERO));
        second.failed(&Error::new(ErrorKind::Validation, "wrong"));
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
