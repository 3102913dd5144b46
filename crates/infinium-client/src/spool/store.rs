//! Stores the tasks of a client on disk.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::{JoinHandle, spawn_blocking},
    time::Instant,
};

use super::{
    census::Budget,
    client_directory::ClientDirectory,
    counting::Counting,
    counts::Orphans,
    disk::{Disk, Durability},
    estimate::{MOMENT, estimate},
    files::{Files, SpoolOptions},
    names::name_of,
    orphans::{Found, Search},
    record,
    stored::Stored,
};
use crate::{stats::SpoolStats, sync::LockExt};
use infinium_core::Log;

/// The maximum time for which tasks wait until orphans are counted.
const MAX_COUNTING: Duration = Duration::from_millis(3);

/// What a client keeps on disk.
#[derive(Debug)]
pub(crate) struct Spool {
    files: Arc<Files>,
    max_bytes: u64,
    /// The directory of this client. Locked while it is created.
    directory: Mutex<Option<Arc<ClientDirectory>>>,
    /// Locked during each step.
    search: Mutex<Search>,
    counting: Arc<Counting>,
    /// Whether the client is closed.
    left: AtomicBool,
}

impl Spool {
    /// Creates a spool. Writes nothing to disk yet.
    pub(crate) fn new(disk: Arc<dyn Disk>, options: &SpoolOptions<'_>, log: Log) -> Self {
        Self {
            files: Arc::new(Files::new(disk, options, log)),
            max_bytes: options.max_bytes,
            directory: Mutex::default(),
            search: Mutex::default(),
            counting: Arc::default(),
            left: AtomicBool::new(false),
        }
    }

    /// Writes a task. Returns `None` and counts the refusal if there is no room or the disk fails.
    pub(crate) fn store(&self, key: &str, body: &[u8]) -> Option<Stored> {
        let content = record::encode(key, body);
        let size = content.len() as u64;
        let number = self.reserve(size);
        let written = number.and_then(|number| {
            let written = self.write(number, &content);
            written.inspect_err(|_| self.files.counts().release(size))
        });
        match written {
            Ok(stored) => {
                self.files.counts().fitted(size);
                Some(stored)
            }
            Err(problem) => {
                self.files.counts().stats.refused += 1;
                self.files.report_refusal(&problem);
                None
            }
        }
    }

    /// Reserves room for a task, and a number for its file. Only if it may not fit, this waits until orphans are counted,
    /// and no longer than a moment.
    fn reserve(&self, size: u64) -> io::Result<u64> {
        let orphans = self.files.counts().orphans;
        if orphans == Orphans::Unknown {
            let most = estimate(&self.files, MOMENT);
            self.files.counts().estimated(most);
        }
        let reserved = self.files.counts().reserve(size, self.max_bytes);
        if reserved.is_ok() || orphans == Orphans::Counted {
            return reserved;
        }
        self.counting.wait();
        self.files.counts().reserve(size, self.max_bytes)
    }

    fn write(&self, number: u64, content: &[u8]) -> io::Result<Stored> {
        let Files {
            disk, durability, ..
        } = &*self.files;
        let directory = self.directory()?;
        let path = directory.path(&name_of(number));
        let size = content.len() as u64;
        let mut written = directory
            .reserve(size, *durability)
            .and_then(|()| disk.write(&path, content, *durability));
        if *durability == Durability::Synced && written.is_ok() {
            written = disk.sync_directory(directory.directory());
        }
        if let Err(error) = written {
            // The partial file is not a task.
            if disk.remove(&path).is_ok() {
                directory.release(size);
            }
            if error.kind() == io::ErrorKind::NotFound {
                // The directory was deleted. The next task creates a new one.
                let mut current = self.directory.lock_unpoisoned();
                if current
                    .as_ref()
                    .is_some_and(|it| Arc::ptr_eq(it, &directory))
                {
                    *current = None;
                }
            }
            return Err(error);
        }
        Ok(Stored::new(self.files.clone(), number, size, directory))
    }

    /// Returns the directory of this client, and creates it for the first task.
    fn directory(&self) -> io::Result<Arc<ClientDirectory>> {
        let mut directory = self.directory.lock_unpoisoned();
        if let Some(directory) = &*directory {
            return Ok(directory.clone());
        }
        let Files {
            disk,
            root,
            durability,
            ..
        } = &*self.files;
        let created = ClientDirectory::create(disk, root, *durability)?;
        Ok(directory.insert(created).clone())
    }

    /// Begins to count the tasks of processes that have ended, on another thread. The first task waits a moment for it.
    ///
    /// # Panics
    /// If called outside of a Tokio runtime.
    pub(crate) fn begin_counting(self: &Arc<Self>) {
        let until = Instant::now() + MAX_COUNTING;
        let running = self.counting.begin(until);
        let spool = self.clone();
        spawn(move || {
            spool.count(until);
            drop(running);
        });
    }

    /// Counts orphans, but only for a moment. The search counts the rest, for which there is an estimate until then.
    pub(super) fn count(&self, until: Instant) {
        let budget = Budget {
            names: 2_000,
            files: 1_000,
            until: Some(until),
        };
        let _turn = self.files.descriptors.turn();
        let mut search = self.search.lock_unpoisoned();
        if !search.count_first(&self.files, budget) {
            let most = estimate(&self.files, usize::MAX);
            self.files.counts().estimated(most);
        }
    }

    /// Takes one step of the search for tasks of processes that have ended, on another thread.
    pub(crate) async fn search(self: Arc<Self>) -> Found {
        // If the thread cannot be started or the step panics, nothing is adopted and everything stays on disk.
        match spawn(move || self.step()) {
            Some(step) => step.await.unwrap_or(Found::End),
            None => Found::End,
        }
    }

    fn step(&self) -> Found {
        if self.left.load(Ordering::Acquire) {
            return Found::End;
        }
        let _turn = self.files.descriptors.turn();
        let found = self.search.lock_unpoisoned().step(&self.files);
        if self.left.load(Ordering::Acquire) {
            self.release_orphans();
        }
        found
    }

    /// Waits until the search can go on that has found more than it may hold.
    pub(crate) async fn room(&self) {
        if self.files.open.count() > 0 {
            self.files.open.half_settled().await;
        } else {
            self.files.descriptors.room().await;
        }
    }

    /// Whether an adopted task is not settled yet.
    pub(crate) fn has_open_tasks(&self) -> bool {
        self.files.open.count() > 0
    }

    /// Adopts as much as may be held at a time, on this thread.
    #[cfg(test)]
    pub(super) fn adopt_here(&self) -> Vec<Stored> {
        let mut adopted = Vec::new();
        loop {
            match self.step() {
                Found::Tasks(tasks) => adopted.extend(tasks),
                Found::Continue => {}
                Found::Full | Found::End => return adopted,
            }
        }
    }

    /// Releases the client's directory as soon as none of its tasks is in use, so that other processes can adopt
    /// them.
    pub(crate) fn leave(&self) {
        drop(self.directory.lock_unpoisoned().take());
        self.left.store(true, Ordering::Release);
        self.release_orphans();
    }

    /// Unlocks the directories whose tasks are not adopted. A step that is busy with the disk does this at its end.
    fn release_orphans(&self) {
        if let Ok(mut search) = self.search.try_lock() {
            *search = Search::default();
        }
    }

    pub(crate) fn stats(&self) -> SpoolStats {
        self.files.counts().stats
    }
}

/// Runs this on a thread that may wait for the disk. Returns `None` if there is none: Tokio panics if it cannot be
/// started.
fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<JoinHandle<T>> {
    #[cfg(test)]
    if crate::simulation::is_played() {
        // When a thread ends is not up to the seed.
        let done = work();
        return Some(tokio::spawn(std::future::ready(done)));
    }
    catch_unwind(AssertUnwindSafe(|| spawn_blocking(work))).ok()
}
