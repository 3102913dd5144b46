//! The counts of a spool.

use std::io;

use crate::stats::SpoolStats;

#[derive(Debug, Default)]
pub(super) struct Counts {
    /// The number of the next file.
    next: u64,
    pub(super) stats: SpoolStats,
    /// Bytes of orphans that are not adopted yet.
    pub(super) orphan_bytes: u64,
    /// The bytes on disk when a task was refused, until there are less than half as many: a burst is reported once,
    /// although some tasks of it fit.
    refused_at: Option<u64>,
}

impl Counts {
    pub(super) fn new(first: u64) -> Self {
        Self {
            next: first,
            ..Self::default()
        }
    }

    /// Bytes that count towards the maximum: own tasks and orphans.
    fn used(&self) -> u64 {
        self.stats.bytes.saturating_add(self.orphan_bytes)
    }

    /// Takes room for a task, and a number for its file.
    pub(super) fn reserve(&mut self, size: u64, max_bytes: u64) -> io::Result<u64> {
        let used = self.used();
        if used.saturating_add(size) > max_bytes {
            let message = format!("it holds {used} of at most {max_bytes} bytes");
            return Err(io::Error::new(io::ErrorKind::StorageFull, message));
        }
        self.stats.tasks += 1;
        self.stats.bytes += size;
        self.next += 1;
        Ok(self.next - 1)
    }

    /// Returns the room of a task that is no longer on disk.
    pub(super) fn release(&mut self, size: u64) {
        self.stats.tasks -= 1;
        self.stats.bytes -= size;
    }

    /// A task was refused; returns whether it is the first one of a burst.
    pub(super) fn refuse(&mut self) -> bool {
        let first = self.refused_at.is_none();
        self.refused_at = self.refused_at.max(Some(self.used()));
        first
    }

    /// A task was written. This ends a burst of refusals if there was much room.
    pub(super) fn fitted(&mut self, size: u64) {
        let before = self.used().saturating_sub(size);
        if self.refused_at.is_some_and(|then| before <= then / 2) {
            self.refused_at = None;
        }
    }
}
