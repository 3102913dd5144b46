//! The counts of a spool.

use std::io;

use crate::stats::SpoolStats;

/// What is known of the orphans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Orphans {
    #[default]
    Unknown,
    /// Their size is at most this.
    AtMost(u64),
    Counted,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    /// The number of the next file.
    next: u64,
    pub(super) stats: SpoolStats,
    pub(super) orphans: Orphans,
    /// Size in bytes of orphans that are counted and not adopted yet.
    pub(super) orphan_bytes: u64,
    /// The largest size in bytes at which a task was refused. Reset once a task fits into half of it, so that a burst
    /// is reported once even if some of its tasks fit.
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
        let orphans = match self.orphans {
            Orphans::Unknown => u64::MAX,
            Orphans::AtMost(bytes) => bytes.max(self.orphan_bytes),
            Orphans::Counted => self.orphan_bytes,
        };
        self.stats.bytes.saturating_add(orphans)
    }

    /// Reserves room for a task, and a number for its file.
    pub(super) fn reserve(&mut self, size: u64, max_bytes: u64) -> io::Result<u64> {
        let used = self.used();
        if used.saturating_add(size) > max_bytes {
            let message = match self.orphans {
                Orphans::Counted => format!("it holds {used} of at most {max_bytes} bytes"),
                _ => "what earlier processes have left is not counted yet".to_owned(),
            };
            return Err(io::Error::new(io::ErrorKind::StorageFull, message));
        }
        self.stats.tasks += 1;
        self.stats.bytes += size;
        self.next += 1;
        Ok(self.next - 1)
    }

    /// An upper bound of the size of orphans was found, if there is one.
    pub(super) fn estimated(&mut self, bytes: Option<u64>) {
        let bytes = bytes.unwrap_or(u64::MAX);
        self.orphans = match self.orphans {
            Orphans::Unknown => Orphans::AtMost(bytes),
            Orphans::AtMost(before) => Orphans::AtMost(bytes.min(before)),
            Orphans::Counted => Orphans::Counted,
        };
    }

    /// Releases the room of a task that is no longer on disk.
    pub(super) fn release(&mut self, size: u64) {
        self.stats.tasks -= 1;
        self.stats.bytes -= size;
    }

    /// Records a refused task. Returns whether it is the first of a burst.
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
