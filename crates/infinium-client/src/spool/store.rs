//! Stores the tasks of a client on disk.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::{
    census::Budget,
    client_directory::ClientDirectory,
    disk::{Disk, Durability},
    files::{Files, SpoolOptions},
    names::name_of,
    open_tasks::OpenTasks,
    orphans::{Found, Search},
    record,
    stored::Stored,
};
use crate::{stats::SpoolStats, sync::LockExt};
use infinium_core::Log;

/// The maximum time for which the first task waits until orphans are counted.
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
    /// Whether the first task was added.
    counted: AtomicBool,
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
            counted: AtomicBool::new(false),
            left: AtomicBool::new(false),
        }
    }

    /// Writes a task. Returns `None` and counts the refusal if there is no room or the disk fails.
    pub(crate) fn store(&self, key: &str, body: &[u8]) -> Option<Stored> {
        self.count_orphans();
        let content = record::encode(key, body);
        let size = content.len() as u64;
        let number = self.files.counts().reserve(size, self.max_bytes);
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

    fn write(&self, number: u64, content: &[u8]) -> io::Result<Stored> {
        let Files {
            disk, durability, ..
        } = &*self.files;
        let directory = self.directory()?;
        let path = directory.path(&name_of(number));
        let mut written = disk.write(&path, content, *durability);
        if *durability == Durability::Synced && written.is_ok() {
            written = disk.sync_directory(directory.directory());
        }
        if let Err(error) = written {
            // The partial file is not a task.
            let _ = disk.remove(&path);
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
        let size = content.len() as u64;
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

    /// Takes one step of the search for tasks of processes that have ended, on another thread.
    pub(crate) async fn search(self: Arc<Self>) -> Found {
        let step = tokio::task::spawn_blocking(move || self.step());
        // If the step panics, nothing is adopted and everything stays on disk.
        step.await.unwrap_or(Found::End)
    }

    fn step(&self) -> Found {
        if self.left.load(Ordering::Acquire) {
            return Found::End;
        }
        let found = self.search.lock_unpoisoned().step(&self.files);
        if self.left.load(Ordering::Acquire) {
            self.release_orphans();
        }
        found
    }

    /// The adopted tasks that are not settled.
    pub(crate) fn open_tasks(&self) -> Arc<OpenTasks> {
        self.files.open.clone()
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

    /// Counts the orphans before the first task is added, but only for a moment. The search counts the rest in the
    /// background.
    fn count_orphans(&self) {
        if self.counted.swap(true, Ordering::Relaxed) {
            return;
        }
        let until = Instant::now() + MAX_COUNTING;
        let budget = Budget {
            names: 2_000,
            files: 1_000,
            until: Some(until),
        };
        while Instant::now() < until {
            // The search may be busy with the disk.
            if let Ok(mut search) = self.search.try_lock() {
                return search.count_first(&self.files, budget);
            }
            std::thread::yield_now();
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
