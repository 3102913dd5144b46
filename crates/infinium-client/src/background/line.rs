//! Tasks that wait, in their order, and what they take of memory.

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use tokio::time::Instant;

use crate::{config::QueuePolicy, spool::Stored, stats::Entry, wait_group::WaitGuard};

/// What a task takes beside its body, about: its share of lists, its key, its counts.
pub(super) const OVERHEAD: usize = 640;
/// Drops with less than this between them are one burst: it is told of once.
pub(super) const BURST: Duration = Duration::from_secs(60);
/// Times that a task may use up its attempts on errors of a platform that takes others meanwhile.
pub(super) const MAX_STRIKES: u32 = 3;

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
    _flight: WaitGuard,
}

/// Where the body of a task is.
#[derive(Debug)]
pub(super) enum Body {
    /// Here, with its idempotency key.
    Memory(String, Bytes),
    Stored(Stored),
}

impl Task {
    pub(super) fn new(entry: Entry, flight: WaitGuard, body: Body) -> Self {
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

    /// Notes that it failed once more, when that many tasks of the client had been delivered; `blamed` is
    /// whether the platform's answer speaks of this task. Returns whether it has failed often enough.
    pub(super) fn fail(&mut self, delivered: u64, blamed: bool) -> bool {
        let others = self.failed_at.is_some_and(|before| delivered > before);
        self.strikes += u32::from(blamed && others);
        self.failed_at = Some(delivered);
        self.strikes >= MAX_STRIKES
    }
}

/// The tasks that wait, and the bytes of all.
#[derive(Debug)]
pub(super) struct Line {
    /// Tasks whose bodies are in memory, and on disk: the former may have to be dropped.
    in_memory: VecDeque<Task>,
    on_disk: VecDeque<Task>,
    /// How many places of the line have been given away.
    places: u64,
    waiting_bytes: usize,
    under_way_bytes: usize,
    max_bytes: usize,
    policy: QueuePolicy,
    dropped_at: Option<Instant>,
}

/// What became of a push.
#[derive(Debug)]
pub(super) struct Pushed {
    pub(super) accepted: bool,
    pub(super) dropped: Vec<Task>,
    /// Whether this is the first drop of a burst.
    pub(super) tell: bool,
}

impl Line {
    pub(super) fn new(max_bytes: usize, policy: QueuePolicy) -> Self {
        Self {
            in_memory: VecDeque::new(),
            on_disk: VecDeque::new(),
            places: 0,
            waiting_bytes: 0,
            under_way_bytes: 0,
            max_bytes,
            policy,
            dropped_at: None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.in_memory.is_empty() && self.on_disk.is_empty()
    }

    /// Of all tasks, those under way included.
    pub(super) fn bytes(&self) -> usize {
        self.waiting_bytes + self.under_way_bytes
    }

    /// Puts a new task at the end of the line, if there is or can be made room for it.
    pub(super) fn push(&mut self, task: Task) -> Pushed {
        let size = task.size();
        // What is under way cannot be taken back: nobody makes room for what would not fit all the same.
        let can_fit = match self.policy {
            QueuePolicy::DropOldest => self.under_way_bytes.saturating_add(size) <= self.max_bytes,
            QueuePolicy::DropNewest => self.fits(size),
        };
        let mut dropped = Vec::new();
        if can_fit {
            while !self.fits(size)
                && let Some(oldest) = self.in_memory.pop_front()
            {
                self.waiting_bytes -= oldest.size();
                dropped.push(oldest);
            }
            self.line_up(task);
        } else {
            dropped.push(task);
        }
        Pushed {
            accepted: can_fit,
            tell: !dropped.is_empty() && self.begins_burst(),
            dropped,
        }
    }

    /// The task at the head of the line. It is under way until it is [`back`](Self::back) or
    /// [`gone`](Self::gone).
    pub(super) fn pop(&mut self) -> Option<Task> {
        let task = match (self.in_memory.front(), self.on_disk.front()) {
            (Some(one), Some(other)) if one.place > other.place => self.on_disk.pop_front(),
            (None, _) => self.on_disk.pop_front(),
            _ => self.in_memory.pop_front(),
        }?;
        self.waiting_bytes -= task.size();
        self.under_way_bytes += task.size();
        Some(task)
    }

    /// A task that was under way waits again, at the end of the line.
    pub(super) fn back(&mut self, task: Task) {
        self.gone(&task);
        self.line_up(task);
    }

    /// A task that was under way will not come back.
    pub(super) fn gone(&mut self, task: &Task) {
        self.under_way_bytes -= task.size();
    }

    /// Everything that waits.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Task> + use<> {
        self.waiting_bytes = 0;
        let in_memory = std::mem::take(&mut self.in_memory);
        in_memory
            .into_iter()
            .chain(std::mem::take(&mut self.on_disk))
    }

    fn line_up(&mut self, mut task: Task) {
        task.place = self.places;
        self.places += 1;
        self.waiting_bytes += task.size();
        match task.body {
            Body::Memory(..) => self.in_memory.push_back(task),
            Body::Stored(_) => self.on_disk.push_back(task),
        }
    }

    /// Tasks on disk always do.
    fn fits(&self, size: usize) -> bool {
        size == 0 || self.bytes().saturating_add(size) <= self.max_bytes
    }

    fn begins_burst(&mut self) -> bool {
        let now = Instant::now();
        let before = self.dropped_at.replace(now);
        before.is_none_or(|before| now - before >= BURST)
    }
}
