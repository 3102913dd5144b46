//! The queue of waiting tasks, and the memory that they use.

use std::{collections::VecDeque, time::Duration};

use crate::runtime::Instant;

use super::task::{Body, Task};
use infinium_core::QueuePolicy;

/// Drops less than this time apart belong to the same burst. Each burst is reported once.
pub(super) const BURST: Duration = Duration::from_secs(60);

/// The waiting tasks, and the memory of all tasks.
#[derive(Debug)]
pub(super) struct TaskQueue {
    /// Tasks with their bodies in memory. These may be dropped to make room.
    in_memory: VecDeque<Queued>,
    /// Tasks with their bodies in the spool.
    on_disk: VecDeque<Queued>,
    next_sequence: u64,
    waiting_bytes: usize,
    under_way_bytes: usize,
    max_bytes: usize,
    policy: QueuePolicy,
    dropped_at: Option<Instant>,
}

#[derive(Debug)]
struct Queued {
    /// The task with the lowest number is sent first.
    sequence: u64,
    task: Task,
}

/// The result of a push.
#[derive(Debug)]
pub(super) struct Pushed {
    pub(super) accepted: bool,
    pub(super) dropped: Vec<Task>,
    /// Whether this is the first drop of a burst.
    pub(super) begins_burst: bool,
}

impl TaskQueue {
    pub(super) fn new(max_bytes: usize, policy: QueuePolicy) -> Self {
        Self {
            in_memory: VecDeque::new(),
            on_disk: VecDeque::new(),
            next_sequence: 0,
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

    /// Memory in bytes of all tasks, including tasks being sent.
    pub(super) fn bytes(&self) -> usize {
        self.waiting_bytes + self.under_way_bytes
    }

    /// Whether more than half of the memory is used.
    pub(super) fn is_half_full(&self) -> bool {
        self.bytes() > self.max_bytes / 2
    }

    /// Adds a new task at the end of the queue, if there is room or if dropping other tasks makes room.
    pub(super) fn push(&mut self, task: Task) -> Pushed {
        let size = task.size();
        // Tasks being sent cannot be dropped. Nothing is dropped if the new task would still not fit.
        let can_fit = match self.policy {
            QueuePolicy::DropOldest => self.under_way_bytes.saturating_add(size) <= self.max_bytes,
            QueuePolicy::DropNewest => self.fits(size),
        };
        let mut dropped = Vec::new();
        if can_fit {
            while !self.fits(size)
                && let Some(oldest) = self.in_memory.pop_front()
            {
                self.waiting_bytes -= oldest.task.size();
                dropped.push(oldest.task);
            }
            self.enqueue(task);
        } else {
            dropped.push(task);
        }
        Pushed {
            accepted: can_fit,
            begins_burst: !dropped.is_empty() && self.begins_burst(),
            dropped,
        }
    }

    /// Takes the first task. It counts as being sent until [`requeue`](Self::requeue) or [`release`](Self::release).
    pub(super) fn pop(&mut self) -> Option<Task> {
        let Queued { task, .. } = match (self.in_memory.front(), self.on_disk.front()) {
            (Some(one), Some(other)) if one.sequence > other.sequence => self.on_disk.pop_front(),
            (None, _) => self.on_disk.pop_front(),
            _ => self.in_memory.pop_front(),
        }?;
        self.waiting_bytes -= task.size();
        self.under_way_bytes += task.size();
        Some(task)
    }

    /// Puts a task that was being sent back at the end of the queue.
    pub(super) fn requeue(&mut self, task: Task) {
        self.release(&task);
        self.enqueue(task);
    }

    /// Frees the memory of a task that was being sent and is now settled.
    pub(super) fn release(&mut self, task: &Task) {
        self.under_way_bytes -= task.size();
    }

    /// Removes all waiting tasks.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Task> + use<> {
        self.waiting_bytes = 0;
        let in_memory = std::mem::take(&mut self.in_memory);
        in_memory
            .into_iter()
            .chain(std::mem::take(&mut self.on_disk))
            .map(|queued| queued.task)
    }

    fn enqueue(&mut self, task: Task) {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.waiting_bytes += task.size();
        let queue = match task.body {
            Body::Memory(..) => &mut self.in_memory,
            Body::Stored(_) => &mut self.on_disk,
        };
        queue.push_back(Queued { sequence, task });
    }

    /// Tasks on disk always fit.
    fn fits(&self, size: usize) -> bool {
        size == 0 || self.bytes().saturating_add(size) <= self.max_bytes
    }

    fn begins_burst(&mut self) -> bool {
        let now = Instant::now();
        let before = self.dropped_at.replace(now);
        before.is_none_or(|before| now - before >= BURST)
    }
}
