//! Stores the tasks of a client on disk.

use std::{
    io,
    sync::{Arc, Mutex},
};

use super::{
    client_directory::ClientDirectory,
    disk::{Disk, Durability},
    files::{Files, SpoolOptions, name_of},
    orphans::{Orphans, Portion, adopt},
    record,
    stored::Stored,
};
use crate::{stats::SpoolStats, sync::LockExt};
use infinium_core::Log;

/// The number of orphans that are read at a time. After each portion the thread serves other work: it also resolves
/// host names.
const PORTION: usize = 256;

/// What a client keeps on disk.
#[derive(Debug)]
pub(crate) struct Spool {
    files: Arc<Files>,
    max_bytes: u64,
    /// The directory of this client. Locked while it is created.
    directory: Mutex<Option<Arc<ClientDirectory>>>,
    /// Locked during a search.
    orphans: Mutex<Orphans>,
}

impl Spool {
    /// Creates a spool. Writes nothing to disk yet.
    pub(crate) fn new(disk: Arc<dyn Disk>, options: &SpoolOptions<'_>, log: Log) -> Self {
        Self {
            files: Arc::new(Files::new(disk, options, log)),
            max_bytes: options.max_bytes,
            directory: Mutex::default(),
            orphans: Mutex::default(),
        }
    }

    /// Writes a task. Returns `None` and counts the refusal if there is no room or the disk fails.
    pub(crate) fn store(&self, key: &str, body: &[u8]) -> Option<Stored> {
        // The search may be busy with the disk.
        if let Ok(mut orphans) = self.orphans.try_lock() {
            orphans.count(&self.files);
        }
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

    /// Adopts some tasks of processes that have ended, the oldest first. Reads them on another thread. Also returns
    /// whether there may be more, now or once the adopted tasks are settled.
    pub(crate) async fn adopt_some(self: Arc<Self>) -> (Vec<Stored>, bool) {
        let spool = self.clone();
        let portion = tokio::task::spawn_blocking(move || spool.next_orphans()).await;
        // If the search panics, nothing is adopted and everything stays on disk.
        let Ok(Portion { orphans, more }) = portion else {
            return (Vec::new(), false);
        };
        let mut orphans = orphans.into_iter();
        let mut adopted = Vec::new();
        loop {
            let portion: Vec<_> = orphans.by_ref().take(PORTION).collect();
            if portion.is_empty() {
                return (adopted, more);
            }
            let files = self.files.clone();
            let read = tokio::task::spawn_blocking(move || adopt(&files, portion)).await;
            adopted.extend(read.unwrap_or_default());
        }
    }

    fn next_orphans(&self) -> Portion {
        self.orphans.lock_unpoisoned().next(&self.files)
    }

    /// Like [`adopt_some`](Self::adopt_some), but on this thread.
    #[cfg(test)]
    pub(super) fn adopt_here(&self) -> Vec<Stored> {
        adopt(&self.files, self.next_orphans().orphans)
    }

    /// Releases the client's directory as soon as none of its tasks is in use, so that other processes can adopt
    /// them.
    pub(crate) fn leave(&self) {
        drop(self.directory.lock_unpoisoned().take());
    }

    pub(crate) fn stats(&self) -> SpoolStats {
        self.files.counts().stats
    }
}
