//! The state that a spool and its tasks share: the disk, the counts, and how files are read and set aside.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, atomic::AtomicBool, atomic::Ordering},
};

use super::{
    client_directory::make_directory,
    counts::Counts,
    descriptors::Descriptors,
    disk::{Disk, Durability},
    names::CORRUPT,
    open_tasks::OpenTasks,
    record::{self, Record},
};
use crate::sync::LockExt;
use infinium_core::{Level, Log, Notice, Notices};

/// How a spool is set up.
#[derive(Debug)]
pub(crate) struct SpoolOptions<'a> {
    /// The user's directory.
    pub(crate) directory: &'a Path,
    /// What distinguishes the platform and agent that tasks go to.
    pub(crate) destination: &'a str,
    /// The maximum size of all tasks on disk, orphans included.
    pub(crate) max_bytes: u64,
    /// Whether a task survives a loss of power.
    pub(crate) sync: bool,
    /// The number of the first file: a time, so that files sort by age across processes.
    pub(crate) first_number: u64,
    /// Hears of it when tasks cannot be written.
    pub(crate) notices: Notices,
}

#[derive(Debug)]
pub(super) struct Files {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) descriptors: Arc<Descriptors>,
    /// The parent directory of all clients with this destination.
    pub(super) root: PathBuf,
    pub(super) durability: Durability,
    pub(super) log: Log,
    notices: Notices,
    /// Never locked during a disk operation.
    counts: Mutex<Counts>,
    /// Whether the last read failed. A failure is reported once.
    reading_fails: AtomicBool,
    /// Whether a file that is not a task was reported. There may be thousands.
    corrupt_reported: AtomicBool,
    /// The names of directories that this process does not search again, although they are not empty.
    kept: Mutex<HashSet<String>>,
    pub(super) open: Arc<OpenTasks>,
}

/// Why a task could not be read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The file is gone.
    Missing,
    /// The content differs from what was written.
    Damaged,
    /// The disk or the process has a problem. The file may be intact.
    Failed(io::Error),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Failed(error),
        }
    }
}

impl Files {
    pub(super) fn new(disk: Arc<dyn Disk>, options: &SpoolOptions<'_>, log: Log) -> Self {
        let name = &record::hex(options.destination.as_bytes())[..16];
        Self {
            descriptors: disk.descriptors(),
            disk,
            root: options.directory.join(name),
            durability: match options.sync {
                true => Durability::Synced,
                false => Durability::Written,
            },
            log,
            notices: options.notices.clone(),
            counts: Mutex::new(Counts::new(options.first_number)),
            reading_fails: AtomicBool::new(false),
            corrupt_reported: AtomicBool::new(false),
            kept: Mutex::default(),
            open: Arc::default(),
        }
    }

    /// A panic may leave the counts wrong by one task.
    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock_unpoisoned()
    }

    /// Reads the task in a file. The file may contain anything.
    pub(super) fn read(&self, path: &Path) -> Result<Record, Unread> {
        // Opening anything except a regular file may block forever. A file larger than any task may not fit into
        // memory.
        if !record::may_be(&self.disk.look(path)?) {
            return Err(Unread::Damaged);
        }
        let content = self.disk.read(path, record::MAX_SIZE)?;
        record::decode(&content).ok_or(Unread::Damaged)
    }

    /// Reports that files cannot be read: once, until a read succeeds again.
    pub(super) fn report_reading(&self, path: &Path, error: Option<&io::Error>) {
        let reported = self.reading_fails.swap(error.is_some(), Ordering::Relaxed);
        if let Some(error) = error
            && !reported
        {
            self.log.line(Level::Warn, || {
                let path = path.display();
                format!("{path} cannot be read now, and is tried again later: {error}")
            });
        }
    }

    /// Reports that tasks are in memory only: once per burst.
    pub(super) fn report_refusal(&self, problem: &io::Error) {
        if self.counts().refuse() {
            let root = self.root.display();
            let text = || {
                format!(
                    "tasks are kept in memory only, because they cannot be written to {root}: {problem}"
                )
            };
            self.log.line(Level::Warn, text);
            self.notices.give(Notice::Spool, text);
        }
    }

    /// Keeps a directory for a process with other credentials or permissions. This process does not search it again:
    /// otherwise each search would send the same tasks and fail again.
    pub(super) fn keep(&self, directory: &Path) {
        self.kept.lock_unpoisoned().insert(last(Some(directory)));
    }

    /// Removes the names of directories that are kept.
    pub(super) fn skip_kept(&self, names: &mut Vec<String>) {
        let mut kept = self.kept.lock_unpoisoned();
        let mut present = HashSet::new();
        names.retain(|name| match kept.take(name) {
            Some(name) => !present.insert(name),
            None => true,
        });
        // Directories that were removed since are forgotten.
        *kept = present;
    }

    /// Moves a file that is not a task to a place where it does no harm and can be examined. Reports the first one.
    pub(super) fn set_aside(&self, path: &Path) {
        let corrupt = self.root.join(CORRUPT);
        let (owner, name) = (last(path.parent()), last(Some(path)));
        let moved = make_directory(&self.disk, &corrupt, self.durability).and_then(|()| {
            self.disk
                .rename(path, &corrupt.join(format!("{owner}-{name}")))
        });
        self.counts().stats.corrupted += 1;
        if let (Err(_), Some(directory)) = (&moved, path.parent()) {
            self.keep(directory);
        }
        if self.corrupt_reported.swap(true, Ordering::Relaxed) {
            return;
        }
        self.log.line(Level::Warn, || match moved {
            Ok(()) => format!(
                "{name} is not a complete task; it is now in {}. Further ones are only counted, see stats()",
                corrupt.display()
            ),
            Err(error) => format!(
                "{name} is not a complete task, and cannot be moved: {error}. Further ones are only counted, see stats()"
            ),
        });
    }
}

fn last(path: Option<&Path>) -> String {
    let name = path.and_then(Path::file_name).unwrap_or_default();
    name.to_string_lossy().into_owned()
}
