//! What processes have left that are gone.

use std::{
    path::Path,
    sync::{Arc, PoisonError},
};

use super::{
    CORRUPT, Spool,
    disk::Kind,
    home::{self, Home},
    record,
    stored::{Stored, Unread, name_of, number_of},
};
use crate::log::Level;

/// Files that are read at a time. Then whatever else waits for the thread has its turn: it looks up names
/// as well.
const PORTION: usize = 256;

/// What is known of what was left.
#[derive(Debug)]
pub(super) enum Left {
    Unknown,
    /// It counts, and waits to be taken over; nobody else can have it.
    Counted(Vec<LeftFile>),
    TakenOver,
}

/// A file that may be a task.
#[derive(Debug)]
pub(super) struct LeftFile {
    number: u64,
    /// Bytes that a task takes; none if it cannot be one.
    size: u64,
    home: Arc<Home>,
}

impl Spool {
    /// Takes over what processes have left that are gone, the oldest first. Reads it on another thread.
    pub(crate) async fn adopt(self: Arc<Self>) -> Vec<Stored> {
        let spool = self.clone();
        let left = tokio::task::spawn_blocking(move || spool.take_left()).await;
        let mut left = left.unwrap_or_default().into_iter();
        let mut found = Vec::new();
        loop {
            let portion: Vec<_> = left.by_ref().take(PORTION).collect();
            if portion.is_empty() {
                return found;
            }
            let spool = self.clone();
            let read = tokio::task::spawn_blocking(move || spool.adopt_files(portion)).await;
            // If it panics there is nothing to take over, and everything is still on disk.
            found.extend(read.unwrap_or_default());
        }
    }

    /// Finds out how much was left, before anything is added to it. Nothing is read yet.
    pub(super) fn count_left(&self) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*left, Left::Unknown) {
            *left = Left::Counted(self.find_left());
        }
    }

    /// What was left, for whoever asks first.
    pub(super) fn take_left(&self) -> Vec<LeftFile> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *left, Left::TakenOver) {
            Left::Counted(files) => files,
            Left::Unknown | Left::TakenOver => self.find_left(),
        }
    }

    /// Locks the directories that were left, and lists what is in them, the oldest first.
    fn find_left(&self) -> Vec<LeftFile> {
        // Nothing there is nothing to take over; and a disk that fails now may not fail later.
        let mut names = self.disk.list(&self.root).unwrap_or_default();
        names.retain(|name| name != CORRUPT && !Home::is_lock(name));
        if names.is_empty() {
            return Vec::new();
        }
        let own = match home::owner(&self.disk, &self.root) {
            Ok(own) => own,
            Err(problem) => {
                self.tell(&problem);
                return Vec::new();
            }
        };
        let mut files = Vec::new();
        for name in names {
            let path = self.root.join(name);
            match self.disk.look(&path) {
                Ok(entry) if entry.kind == Kind::Directory && entry.owner == own => {
                    self.find_in(&path, &mut files);
                }
                Ok(entry) if entry.kind == Kind::Directory => self.log.line(Level::Warn, || {
                    let path = path.display();
                    format!("{path} belongs to another user: nothing in it is sent")
                }),
                // Somebody else's file, which needs no lock.
                _ => {}
            }
        }
        files.sort_by_key(|file| file.number);
        self.lock().left_bytes += files.iter().map(|file| file.size).sum::<u64>();
        files
    }

    /// Lists the files of one client, unless it is still there.
    fn find_in(&self, directory: &Path, files: &mut Vec<LeftFile>) {
        let Ok(Some(home)) = Home::take_over(&self.disk, directory.to_path_buf()) else {
            return;
        };
        for number in home.names().iter().filter_map(|name| number_of(name)) {
            // One that is gone or no task takes no room; which it is, reading tells.
            let entry = self.disk.look(&home.path(&name_of(number)));
            let size = match entry {
                Ok(entry) if record::may_be(&entry) => entry.size,
                _ => 0,
            };
            files.push(LeftFile {
                number,
                size,
                home: home.clone(),
            });
        }
    }

    /// Takes over the files that are tasks, and sets aside the others.
    pub(super) fn adopt_files(self: &Arc<Self>, files: Vec<LeftFile>) -> Vec<Stored> {
        let left_bytes: u64 = files.iter().map(|file| file.size).sum();
        let mut found = Vec::new();
        for LeftFile { number, size, home } in files {
            let path = home.path(&name_of(number));
            match self.read(&path) {
                Ok(_) => found.push(Stored::new(self.clone(), number, size, home)),
                Err(Unread::Damaged) => self.set_aside(&path),
                // Perhaps it can be read by the next process.
                Err(Unread::Gone | Unread::Trouble(_)) => {}
            }
        }
        let mut state = self.lock();
        state.left_bytes -= left_bytes;
        state.stats.adopted += found.len() as u64;
        state.stats.tasks += found.len() as u64;
        state.stats.bytes += found.iter().map(|stored| stored.size).sum::<u64>();
        drop(state);
        found
    }

    /// Puts a file that is no task where it does no harm, for somebody to look at.
    pub(super) fn set_aside(&self, path: &Path) {
        let corrupt = self.root.join(CORRUPT);
        let last = |path: Option<&Path>| {
            let name = path.and_then(Path::file_name).unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let (owner, name) = (last(path.parent()), last(Some(path)));
        let moved = home::make_directory(&self.disk, &corrupt, self.durably).and_then(|()| {
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
}
