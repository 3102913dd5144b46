//! What a client keeps on disk.

use std::{
    io,
    sync::{Arc, Mutex},
};

use super::{
    client_directory::ClientDirectory,
    disk::{Disk, Durability},
    files::{Files, SpoolOptions, name_of},
    orphans::{Orphan, Orphans, adopt},
    record,
    stored::Stored,
};
use crate::{stats::SpoolStats, sync::LockExt};
use infinium_core::Log;

/// Orphans that are read in one go. After each portion, the thread serves others: it also looks up names.
const PORTION: usize = 256;

/// What a client keeps on disk.
#[derive(Debug)]
pub(crate) struct Spool {
    files: Arc<Files>,
    max_bytes: u64,
    /// The directory of this client. Locked while it is made.
    directory: Mutex<Option<Arc<ClientDirectory>>>,
    /// Locked while they are searched.
    orphans: Mutex<Orphans>,
}

impl Spool {
    /// Nothing is written yet.
    pub(crate) fn new(disk: Arc<dyn Disk>, options: &SpoolOptions<'_>, log: Log) -> Self {
        Self {
            files: Arc::new(Files::new(disk, options, log)),
            max_bytes: options.max_bytes,
            directory: Mutex::default(),
            orphans: Mutex::default(),
        }
    }

    /// Writes a task; `None`, which is counted, if there is no room for it or the disk fails.
    pub(crate) fn store(&self, key: &str, body: &[u8]) -> Option<Stored> {
        self.orphans.lock_unpoisoned().count(&self.files);
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
            // What was written of it is not a task.
            let _ = disk.remove(&path);
            if error.kind() == io::ErrorKind::NotFound {
                // The directory was deleted: the next task makes a new one.
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

    /// The directory of this client, which is made for its first task.
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

    /// Adopts the tasks of processes that are gone, the oldest first. Reads them on another thread.
    pub(crate) async fn adopt(self: Arc<Self>) -> Vec<Stored> {
        let spool = self.clone();
        let orphans = tokio::task::spawn_blocking(move || spool.take_orphans()).await;
        let mut orphans = orphans.unwrap_or_default().into_iter();
        let mut adopted = Vec::new();
        loop {
            let portion: Vec<_> = orphans.by_ref().take(PORTION).collect();
            if portion.is_empty() {
                return adopted;
            }
            let files = self.files.clone();
            let read = tokio::task::spawn_blocking(move || adopt(&files, portion)).await;
            // If it panics nothing is adopted, and everything is still on disk.
            adopted.extend(read.unwrap_or_default());
        }
    }

    pub(super) fn take_orphans(&self) -> Vec<Orphan> {
        self.orphans.lock_unpoisoned().take(&self.files)
    }

    /// The same as [`adopt`](Self::adopt), on this thread.
    #[cfg(test)]
    pub(super) fn adopt_here(&self) -> Vec<Stored> {
        adopt(&self.files, self.take_orphans())
    }

    /// Unlocks what this client has on disk as soon as none of it is in use, so that others can adopt it.
    pub(crate) fn leave(&self) {
        drop(self.directory.lock_unpoisoned().take());
        *self.orphans.lock_unpoisoned() = Orphans::Adopted;
    }

    pub(crate) fn stats(&self) -> SpoolStats {
        self.files.counts().stats
    }
}
