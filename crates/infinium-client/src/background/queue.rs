//! The order of tasks in the background, and what is known of the platform.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

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
/// The shortest, even if retries are told not to wait: an outage may take hours.
const REST: Duration = Duration::from_millis(50);
/// Attempts that fail in a row, of whatever task, until that is an outage.
const ALARM: u32 = 5;
/// Times that a task may use up its attempts on errors of a platform that takes others meanwhile.
const MAX_STRIKES: u32 = 3;

/// A task in the background.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) entry: Entry,
    pub(super) body: Body,
    /// Its place in the line: the lowest goes first.
    place: u64,
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
            place: 0,
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
    /// Tasks whose bodies are in memory, and on disk: the former may have to be dropped.
    in_memory: VecDeque<Task>,
    on_disk: VecDeque<Task>,
    /// How many places of the line have been given away.
    places: u64,
    /// Of all tasks, those under way included.
    bytes: usize,
    under_way: usize,
    /// Whether somebody is at work.
    running: bool,
    /// Whether tasks were dropped since the queue was less than half full.
    dropping: bool,
    closed: bool,
    delivered: u64,
    last_success: Option<Instant>,
    /// Attempts that have failed since the platform did what it was asked.
    failed_in_row: u32,
    /// Cancelled when an outage begins: what waits to be tried again waits for its end instead.
    calm: CancellationToken,
    outage: Option<Outage>,
}

/// Why a task was not delivered this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Postponed {
    /// It has used up its attempts.
    Itself,
    /// It found out that the outage goes on.
    Probe,
    /// An outage began while it waited.
    ByOutage,
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
                first: retries.backoff.first.max(REST),
                most: retries.backoff.most.clamp(REST, PROBE_EVERY),
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
                QueuePolicy::DropOldest => state.in_memory.pop_front(),
                QueuePolicy::DropNewest => None,
            };
            match oldest {
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
            state.line_up(task);
        } else {
            dropped.push(task);
        }
        let drops = !dropped.is_empty();
        let still = state.dropping && state.bytes > self.max_bytes / 2;
        let tell = drops && !still;
        state.dropping = drops || still;
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
        let task = state.pop()?;
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
    }

    /// The task will not be sent any more. If it was a probe, the next one is.
    pub(super) fn forget(&self, task: &Task, probed: bool) {
        let mut state = self.lock();
        state.under_way -= 1;
        state.bytes -= task.size();
        if let Some(outage) = &mut state.outage
            && probed
        {
            outage.probing = false;
        }
    }

    /// The platform has answered somebody, or failed to; returns whether an outage is over.
    pub(super) fn heard(&self, answered: bool) -> bool {
        let mut state = self.lock();
        if answered {
            state.failed_in_row = 0;
            let over = state.outage.take().is_some();
            if over {
                state.calm = CancellationToken::new();
            }
            return over;
        }
        state.failed_in_row = state.failed_in_row.saturating_add(1);
        if state.failed_in_row >= ALARM && state.outage.is_none() {
            state.begin_outage(Instant::now() + self.backoff.delay(1));
        }
        false
    }

    /// Ends waiting when an outage begins; if there is one, at once.
    pub(super) fn calm(&self) -> CancellationToken {
        self.lock().calm.clone()
    }

    /// The task has used up its attempts, or an outage begins or goes on. It goes to the end of the
    /// line; so one that the platform cannot stomach does not keep others from being the next probe. It is
    /// returned if it is that one, or if the queue is closed.
    pub(super) fn postpone(&self, mut task: Task, why: Postponed, error: &Error) -> Option<Task> {
        let mut state = self.lock();
        state.under_way -= 1;
        let refused = error.status().is_some() && error.kind() != ErrorKind::RateLimit;
        if why != Postponed::ByOutage {
            let others = task
                .failed_at
                .is_some_and(|before| state.delivered > before);
            task.strikes += u32::from(refused && others);
            task.failed_at = Some(state.delivered);
        }
        let now = Instant::now();
        let asked = error.retry_after().unwrap_or_default();
        let wait = |failures| {
            let backoff = self.backoff.delay(failures);
            now + backoff.max(asked.min(self.max_retry_after))
        };
        match &mut state.outage {
            Some(outage) if why == Postponed::Probe => {
                outage.failures = outage.failures.saturating_add(1);
                outage.next_probe = wait(outage.failures);
                outage.probing = false;
            }
            Some(outage) => {
                outage.next_probe = outage.next_probe.max(now + asked.min(self.max_retry_after))
            }
            None if why == Postponed::Itself => state.begin_outage(wait(1)),
            None => {}
        }
        if task.strikes >= MAX_STRIKES || state.closed {
            state.bytes -= task.size();
            return Some(task);
        }
        state.line_up(task);
        None
    }

    /// Everything that waits; nothing is accepted any more.
    pub(super) fn take_all(&self) -> impl Iterator<Item = Task> {
        let mut state = self.lock();
        state.closed = true;
        let in_memory = std::mem::take(&mut state.in_memory);
        state.bytes -= in_memory.iter().map(Task::size).sum::<usize>();
        in_memory
            .into_iter()
            .chain(std::mem::take(&mut state.on_disk))
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
    fn is_empty(&self) -> bool {
        self.in_memory.is_empty() && self.on_disk.is_empty()
    }

    /// Puts a task at the end of the line.
    fn line_up(&mut self, mut task: Task) {
        task.place = self.places;
        self.places += 1;
        match task.body {
            Body::Memory(..) => self.in_memory.push_back(task),
            Body::Stored(_) => self.on_disk.push_back(task),
        }
    }

    /// Takes the task at the head of the line.
    fn pop(&mut self) -> Option<Task> {
        match (self.in_memory.front(), self.on_disk.front()) {
            (Some(one), Some(other)) if one.place > other.place => self.on_disk.pop_front(),
            (None, _) => self.on_disk.pop_front(),
            _ => self.in_memory.pop_front(),
        }
    }

    fn next(&self) -> Next {
        if self.is_empty() {
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

    fn begin_outage(&mut self, next_probe: Instant) {
        self.calm.cancel();
        self.outage = Some(Outage {
            since: Instant::now(),
            failures: 1,
            next_probe,
            probing: false,
        });
    }

    fn start(&mut self) -> bool {
        !self.is_empty() && !std::mem::replace(&mut self.running, true)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{in_flight::InFlight, stats::Ledger};

    const BODY: usize = 1_000;

    fn queue(tasks: usize, policy: QueuePolicy) -> Queue {
        let backoff = Backoff {
            first: Duration::from_secs(1),
            most: Duration::from_secs(30),
        };
        let retries = Policy {
            max_retries: 3,
            backoff,
            max_retry_after: Duration::from_secs(60),
        };
        Queue::new(tasks * (BODY + OVERHEAD), policy, &retries)
    }

    fn task(name: usize) -> Task {
        let entry = Arc::new(Ledger::default()).submit();
        let body = Body::Memory(name.to_string(), Bytes::from(vec![b' '; BODY]));
        Task::new(entry, InFlight::default().begin(), body)
    }

    fn name(task: &Task) -> usize {
        let Body::Memory(name, _) = &task.body else {
            unreachable!("none of these is on disk");
        };
        name.parse().unwrap()
    }

    fn take(queue: &Queue) -> Task {
        queue.take().unwrap().0
    }

    fn deliver(queue: &Queue, task: &Task) {
        queue.heard(true);
        queue.delivered(task);
    }

    #[test]
    fn drops_the_oldest_that_waits() {
        let queue = queue(3, QueuePolicy::DropOldest);
        for number in 0..3 {
            assert!(queue.push(task(number)).accepted);
        }
        let under_way = take(&queue);
        let dropped = |pushed: Pushed| pushed.dropped.iter().map(name).collect::<Vec<_>>();
        assert_eq!(dropped(queue.push(task(3))), [1]);
        assert_eq!(dropped(queue.push(task(4))), [2]);
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
            queue.push(task(0));
            queue.push(task(1));
        }
        let _under_way = [take(&oldest), take(&oldest)];
        for queue in [&newest, &oldest] {
            let pushed = queue.push(task(2));
            assert!(!pushed.accepted);
            assert_eq!(name(&pushed.dropped[0]), 2);
        }
    }

    #[test]
    fn tells_of_a_burst_of_drops_once() {
        let queue = queue(4, QueuePolicy::DropNewest);
        let mut told = 0;
        for round in 0..100 {
            told += usize::from(queue.push(task(round)).tell);
            // One at a time leaves: there is room now and then, and the burst is the same.
            if round % 2 == 0 {
                queue.delivered(&take(&queue));
            }
        }
        assert_eq!(told, 1);
        while let Some((task, _)) = queue.take() {
            queue.delivered(&task);
        }
        let told = (0..6).filter(|&round| queue.push(task(round)).tell).count();
        assert_eq!(told, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn sends_one_probe_at_a_time_until_something_is_delivered() {
        let queue = queue(9, QueuePolicy::DropOldest);
        for number in 0..9 {
            queue.push(task(number));
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
            let (probe, probes) = queue.take().unwrap();
            assert!(probes);
            assert!(queue.take().is_none());
            assert_eq!(queue.next(), Next::Changed);
            queue.postpone(probe, Postponed::Probe, &error);
        }
        tokio::time::sleep(PROBE_EVERY).await;
        deliver(&queue, &take(&queue));
        assert_eq!(queue.next(), Next::Send);
        assert!(queue.take().is_some_and(|(_, probes)| !probes));
    }

    #[tokio::test(start_paused = true)]
    async fn takes_failures_in_a_row_for_an_outage() {
        let queue = queue(9, QueuePolicy::DropOldest);
        for number in 0..9 {
            queue.push(task(number));
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
        let error = Error::new(ErrorKind::Server, "a failure").with_status(503);
        assert!(queue.postpone(waits, Postponed::ByOutage, &error).is_none());
        assert!(queue.heard(true));
        assert!(!queue.calm().is_cancelled());
        assert_eq!(queue.next(), Next::Send);
    }

    #[tokio::test(start_paused = true)]
    async fn gives_nothing_up_because_of_outages() {
        let queue = queue(9, QueuePolicy::DropOldest);
        queue.push(task(0));
        let error = Error::new(ErrorKind::Server, "a failure").with_status(503);
        for _ in 0..9 {
            let stopped = take(&queue);
            assert!(
                queue
                    .postpone(stopped, Postponed::ByOutage, &error)
                    .is_none()
            );
            queue.push(task(1));
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
        let error = Error::new(ErrorKind::Server, "a failure").with_status(500);
        queue.push(task(0));
        for round in 0..=MAX_STRIKES {
            let bad = take(&queue);
            let given_up = queue.postpone(bad, Postponed::Itself, &error).is_some();
            assert_eq!(given_up, round == MAX_STRIKES);
            queue.push(task(1));
            tokio::time::sleep(PROBE_EVERY).await;
            // Nothing else gets through: the next failures tell nothing of the task.
            for _ in 0..10 {
                let Some((bad, probes)) = queue.take() else {
                    break;
                };
                if name(&bad) == 1 {
                    deliver(&queue, &bad);
                    break;
                }
                let why = if probes {
                    Postponed::Probe
                } else {
                    Postponed::Itself
                };
                assert!(queue.postpone(bad, why, &error).is_none());
                tokio::time::sleep(PROBE_EVERY).await;
            }
        }
        assert_eq!(queue.next(), Next::Nothing);
        assert_eq!(queue.bytes(), 0);
    }
}
