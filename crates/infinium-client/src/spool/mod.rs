//! Tasks on disk, from before their first attempt until the platform has confirmed them.
//!
//! Each task is a file of its own ([`record`]) in a directory that belongs to one client and is locked by it, under one
//! for the platform and agent it goes to. A directory whose lock is free was left by a process that is gone: the next
//! client takes it over. Nothing is ever changed in place, so there is nothing that can be half changed: a file
//! is whole, which its digest tells, or it is set aside.

mod disk;
mod home;
mod left;
mod record;
mod stored;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use disk::{Disk, LocalDisk};
use home::Home;
use left::Left;
pub(crate) use record::Record;
pub(crate) use stored::Stored;
use stored::{Unread, name_of};

use crate::{
    log::{Level, Log},
    stats::SpoolStats,
};

/// Where files go that are no tasks.
const CORRUPT: &str = "corrupt";
const EXTENSION: &str = ".task";

/// What a client keeps on disk.
#[derive(Debug)]
pub(crate) struct Spool {
    disk: Arc<dyn Disk>,
    /// Holds the directories of all clients with this destination.
    root: PathBuf,
    max_bytes: u64,
    durably: bool,
    /// The directory of this client. Locked while it is made.
    home: Mutex<Option<Arc<Home>>>,
    /// Locked while it is looked for.
    left: Mutex<Left>,
    /// Never locked while the disk does anything.
    state: Mutex<State>,
    log: Log,
}

#[derive(Debug, Default)]
struct State {
    /// The name of the next file.
    next: u64,
    stats: SpoolStats,
    /// Bytes of what other processes have left, and which is not taken over yet.
    left_bytes: u64,
    /// How many bytes there were when a task was refused, until there are less than half as many: a burst
    /// is told of once, although some tasks of it fit.
    refused_at: Option<u64>,
    /// Whether the last reading failed: that is told of once, too.
    troubled: bool,
}

impl Spool {
    /// A spool in `directory` for what goes to `destination`. Nothing is written yet.
    ///
    /// Files are named by numbers from `first` on, so that they sort by age across processes.
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        directory: &Path,
        destination: &str,
        max_bytes: u64,
        durably: bool,
        first: u64,
        log: Log,
    ) -> Self {
        let name = &record::hex(destination.as_bytes())[..16];
        Self {
            disk,
            root: directory.join(name),
            max_bytes,
            durably,
            home: Mutex::new(None),
            left: Mutex::new(Left::Unknown),
            state: Mutex::new(State {
                next: first,
                ..State::default()
            }),
            log,
        }
    }

    /// Writes a task; `None` if there is no room for it, or the disk fails: it is counted then.
    pub(crate) fn store(self: &Arc<Self>, key: &str, body: &[u8]) -> Option<Stored> {
        self.count_left();
        let content = record::encode(key, body);
        let size = content.len() as u64;
        let number = self.lock().reserve(size, self.max_bytes);
        let written = number.and_then(|number| {
            let written = self.write(number, &content);
            written.inspect_err(|_| self.lock().release(size))
        });
        match written {
            Ok(stored) => {
                self.lock().fitted(size);
                Some(stored)
            }
            Err(problem) => {
                self.lock().stats.refused += 1;
                self.tell(&problem);
                None
            }
        }
    }

    fn write(self: &Arc<Self>, number: u64, content: &[u8]) -> io::Result<Stored> {
        let home = self.home()?;
        let path = home.path(&name_of(number));
        let mut written = self.disk.write(&path, content, self.durably);
        if self.durably && written.is_ok() {
            written = self.disk.sync_directory(home.directory());
        }
        if let Err(error) = written {
            // What there is of it is no task.
            let _ = self.disk.remove(&path);
            if error.kind() == io::ErrorKind::NotFound {
                // Somebody has cleared the directory away: the next task makes a new one.
                let mut current = self.lock_home();
                if current.as_ref().is_some_and(|it| Arc::ptr_eq(it, &home)) {
                    *current = None;
                }
            }
            return Err(error);
        }
        let size = content.len() as u64;
        Ok(Stored::new(self.clone(), number, size, home))
    }

    /// The directory of this client, which is made for its first task.
    fn home(&self) -> io::Result<Arc<Home>> {
        let mut home = self.lock_home();
        if let Some(home) = &*home {
            return Ok(home.clone());
        }
        let made = Home::create(&self.disk, &self.root, self.durably)?;
        Ok(home.insert(made).clone())
    }

    /// The task in a file, which may be anything.
    fn read(&self, path: &Path) -> Result<Record, Unread> {
        // Whatever is no regular file might never let go of whoever opens it, and one that is larger
        // than any task might not fit into memory.
        if !record::may_be(&self.disk.look(path)?) {
            return Err(Unread::Damaged);
        }
        let content = self.disk.read(path, record::LARGEST)?;
        record::decode(&content).ok_or(Unread::Damaged)
    }

    /// Says that tasks are in memory only, once.
    fn tell(&self, problem: &io::Error) {
        if self.lock().refuse() {
            let root = self.root.display();
            self.log.line(Level::Warn, || {
                format!(
                    "tasks are kept in memory only, as they cannot be written to {root}: {problem}"
                )
            });
        }
    }

    /// Lets others have what is left, as soon as nothing of it is in use.
    pub(crate) fn leave(&self) {
        drop(self.lock_home().take());
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = Left::TakenOver;
    }

    pub(crate) fn stats(&self) -> SpoolStats {
        self.lock().stats
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Counts may be off by one task that a panic got in the way of, and nothing else.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_home(&self) -> MutexGuard<'_, Option<Arc<Home>>> {
        self.home.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Bytes on disk, as far as they count.
    fn used(&self) -> u64 {
        self.stats.bytes.saturating_add(self.left_bytes)
    }

    /// Takes room for a task, and a number for its file.
    fn reserve(&mut self, size: u64, max_bytes: u64) -> io::Result<u64> {
        let used = self.used();
        if used.saturating_add(size) > max_bytes {
            let message = format!("it holds {used} of maxSpoolBytes");
            return Err(io::Error::new(io::ErrorKind::StorageFull, message));
        }
        self.stats.tasks += 1;
        self.stats.bytes += size;
        self.next += 1;
        Ok(self.next - 1)
    }

    /// Gives back the room of a task that is not on disk any more.
    fn release(&mut self, size: u64) {
        self.stats.tasks -= 1;
        self.stats.bytes -= size;
    }

    /// A task was refused; returns whether that is the first one of a burst.
    fn refuse(&mut self) -> bool {
        let first = self.refused_at.is_none();
        self.refused_at = self.refused_at.max(Some(self.used()));
        first
    }

    /// A task is on disk; that ends a burst if there was much room.
    fn fitted(&mut self, size: u64) {
        let before = self.used().saturating_sub(size);
        if self.refused_at.is_some_and(|then| before <= then / 2) {
            self.refused_at = None;
        }
    }
}

#[cfg(test)]
mod tests;
