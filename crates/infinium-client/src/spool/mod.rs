//! Tasks on disk, from before their first attempt until the platform has confirmed them.
//!
//! Each task is a file of its own ([`record`]) in a directory that belongs to one client and is locked by it, under one
//! for the platform and agent it goes to. A directory whose lock is free was left by a process that is gone: the next
//! client takes it over. Nothing is ever changed in place, so there is nothing that can be half changed: a file
//! is whole, which its digest tells, or it is set aside.

mod disk;
mod home;
mod record;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use disk::{Disk, LocalDisk};
use home::Home;
pub(crate) use record::Record;

use crate::{
    log::{Level, Log},
    stats::SpoolStats,
};

/// Where files go that cannot be read.
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
    state: Mutex<State>,
    log: Log,
}

#[derive(Debug)]
struct State {
    home: Option<Arc<Home>>,
    /// The name of the next file.
    next: u64,
    stats: SpoolStats,
    /// Whether the last task was refused: a burst is told of once.
    refusing: bool,
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
            state: Mutex::new(State {
                home: None,
                next: first,
                stats: SpoolStats::default(),
                refusing: false,
            }),
            log,
        }
    }

    /// Writes a task; `None` if there is no room for it, or the disk fails: it is counted then.
    pub(crate) fn store(self: &Arc<Self>, key: &str, body: &[u8]) -> Option<Stored> {
        let content = record::encode(key, body);
        let mut state = self.lock();
        let written = self.write(&mut state, &content);
        match written {
            Ok(stored) => {
                state.refusing = false;
                Some(stored)
            }
            Err(problem) => {
                state.stats.refused += 1;
                let told = std::mem::replace(&mut state.refusing, true);
                drop(state);
                if !told {
                    let root = self.root.display();
                    self.log.line(Level::Warn, || {
                        format!("tasks are kept in memory only, as they cannot be written to {root}: {problem}")
                    });
                }
                None
            }
        }
    }

    fn write(self: &Arc<Self>, state: &mut State, content: &[u8]) -> io::Result<Stored> {
        let size = content.len() as u64;
        if state.stats.bytes.saturating_add(size) > self.max_bytes {
            let message = format!("it holds {} of maxSpoolBytes", state.stats.bytes);
            return Err(io::Error::new(io::ErrorKind::StorageFull, message));
        }
        let home = match &state.home {
            Some(home) => home.clone(),
            None => state
                .home
                .insert(Home::create(&self.disk, &self.root)?)
                .clone(),
        };
        let stored = Stored {
            spool: self.clone(),
            number: state.next,
            size,
            home,
        };
        state.next += 1;
        let path = stored.path();
        if let Err(error) = self.disk.write(&path, content, self.durably) {
            // What there is of it is no task.
            let _ = self.disk.remove(&path);
            if error.kind() == io::ErrorKind::NotFound {
                // Somebody has cleared the directory away: the next task makes a new one.
                state.home = None;
            }
            return Err(error);
        }
        state.stats.tasks += 1;
        state.stats.bytes += size;
        Ok(stored)
    }

    /// Takes over what processes have left that are gone, the oldest first.
    pub(crate) fn adopt(self: &Arc<Self>) -> Vec<Stored> {
        let mut found = Vec::new();
        // Nothing there is nothing to take over; and a disk that fails now may not fail later.
        for directory in self.disk.list(&self.root).unwrap_or_default() {
            let path = self.root.join(&directory);
            if directory == CORRUPT || Home::is_lock(&directory) {
                continue;
            }
            let Ok(Some(home)) = Home::take_over(&self.disk, path) else {
                continue;
            };
            for number in home.names().iter().filter_map(|name| number_of(name)) {
                let path = home.path(&name_of(number));
                match self.disk.read(&path) {
                    Ok(content) if record::decode(&content).is_some() => found.push(Stored {
                        spool: self.clone(),
                        number,
                        size: content.len() as u64,
                        home: home.clone(),
                    }),
                    Ok(_) => self.set_aside(&directory, &path),
                    // Perhaps it can be read by the next process.
                    Err(_) => {}
                }
            }
        }
        found.sort_by_key(|stored| stored.number);
        let stats = &mut self.lock().stats;
        stats.adopted += found.len() as u64;
        stats.tasks += found.len() as u64;
        stats.bytes += found.iter().map(|stored| stored.size).sum::<u64>();
        found
    }

    /// Puts a file that is no task where it does no harm, for somebody to look at.
    fn set_aside(&self, owner: &str, path: &Path) {
        let corrupt = self.root.join(CORRUPT);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let moved = self.disk.create_directory(&corrupt).and_then(|()| {
            self.disk
                .rename(path, &corrupt.join(format!("{owner}-{name}")))
        });
        self.lock().stats.corrupted += 1;
        self.log.line(Level::Warn, || match moved {
            Ok(()) => format!(
                "{name} is no whole task; it is now in {}",
                corrupt.display()
            ),
            Err(error) => format!("{name} is no whole task, and cannot be moved: {error}"),
        });
    }

    /// Lets others have what is left, as soon as nothing of it is in use.
    pub(crate) fn leave(&self) {
        drop(self.lock().home.take());
    }

    pub(crate) fn stats(&self) -> SpoolStats {
        self.lock().stats
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Counts may be off by one task that a panic got in the way of, and nothing else.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task on disk. It stays there until it is removed, whatever becomes of the process. There may be very many.
#[derive(Debug)]
pub(crate) struct Stored {
    spool: Arc<Spool>,
    number: u64,
    size: u64,
    /// The directory, which stays locked.
    home: Arc<Home>,
}

impl Stored {
    /// The task; `None` if it cannot be read any more.
    pub(crate) fn read(&self) -> Option<Record> {
        record::decode(&self.spool.disk.read(&self.path()).ok()?)
    }

    fn path(&self) -> PathBuf {
        self.home.path(&name_of(self.number))
    }

    /// It is delivered, or will never be.
    pub(crate) fn remove(self) {
        let removed = self.spool.disk.remove(&self.path());
        let mut state = self.spool.lock();
        state.stats.tasks -= 1;
        state.stats.bytes -= self.size;
        drop(state);
        if let Err(error) = removed {
            self.spool.log.line(Level::Warn, || {
                format!(
                    "{} cannot be removed, so it may be sent again: {error}",
                    self.path().display()
                )
            });
        }
    }
}

/// The name of a file. Names sort as their numbers do.
fn name_of(number: u64) -> String {
    format!("{number:016x}{EXTENSION}")
}

/// The number of the file with this name, if it is one of ours.
fn number_of(name: &str) -> Option<u64> {
    let number = u64::from_str_radix(name.strip_suffix(EXTENSION)?, 16).ok()?;
    (name_of(number) == name).then_some(number)
}

#[cfg(test)]
mod tests;
