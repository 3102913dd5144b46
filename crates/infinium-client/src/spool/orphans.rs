//! The search for orphans: tasks of processes that have ended. It first counts them, then adopts them in portions.

use std::{
    collections::VecDeque,
    sync::{Arc, Weak},
};

use super::{
    census::{Budget, Census, Ended, NotBegun},
    client_directory::ClientDirectory,
    counts::Orphans,
    disk::Kind,
    files::{Files, Unread},
    names::name_of,
    record,
    stored::Stored,
};

/// The maximum number of adopted tasks that are not settled: each uses memory.
const MAX_OPEN: usize = 1_024;
/// The number of files or directories that a step looks at. After each step the thread serves other work: it also
/// resolves host names.
const PORTION: usize = 256;

/// What a step of the search has found.
#[derive(Debug)]
pub(crate) enum Found {
    /// These tasks. There may be more.
    Tasks(Vec<Stored>),
    /// Nothing yet: the search goes on.
    Continue,
    /// Nothing until some adopted tasks are settled, of this client or of others.
    Full,
    /// Nothing more. The next step begins another search.
    End,
}

/// The state of the search.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// The user of this process, once it is known.
    own: Option<u32>,
    running: bool,
    /// Whether a search has counted everything.
    counted: bool,
    /// Until everything is counted.
    census: Option<Census>,
    /// The directories that are counted and not opened.
    ended: VecDeque<Ended>,
    open: Vec<Open>,
    /// The directories all of whose tasks are adopted, while some are not settled.
    settling: Vec<Weak<ClientDirectory>>,
}

/// A locked directory whose tasks are being adopted.
#[derive(Debug)]
struct Open {
    directory: Arc<ClientDirectory>,
    /// The files that have not been read, the oldest last.
    files: Vec<u64>,
    /// The counted bytes of these files.
    bytes: u64,
}

impl Search {
    /// Counts within the budget, unless everything was counted before. Returns whether everything is counted.
    pub(super) fn count_first(&mut self, files: &Files, budget: Budget) -> bool {
        if !self.counted {
            self.count(files, budget);
        }
        self.counted
    }

    /// Counts within the budget. Begins a search if none is running.
    fn count(&mut self, files: &Files, budget: Budget) {
        if !self.running {
            match Census::begin(files, &mut self.own, budget.names) {
                Ok(census) => self.census = Some(census),
                Err(NotBegun::Nothing) => {
                    self.counted(files);
                    return;
                }
                Err(NotBegun::TooMany) => return,
            }
            self.running = true;
        }
        if let Some(census) = &mut self.census
            && let Some(ended) = census.step(files, budget)
        {
            self.census = None;
            self.ended = ended;
            self.counted(files);
        }
    }

    fn counted(&mut self, files: &Files) {
        self.counted = true;
        files.counts().orphans = Orphans::Counted;
    }

    /// Takes one step.
    pub(super) fn step(&mut self, files: &Arc<Files>) -> Found {
        if !self.running || self.census.is_some() {
            let everything = Budget {
                names: usize::MAX,
                files: PORTION,
                until: None,
            };
            self.count(files, everything);
            return match self.running {
                true => Found::Continue,
                false => Found::End,
            };
        }
        self.open_some(files);
        let tasks = self.adopt_some(files);
        if !tasks.is_empty() {
            return Found::Tasks(tasks);
        }
        match (self.open.is_empty(), self.ended.is_empty()) {
            (true, true) => {
                self.running = false;
                Found::End
            }
            (true, false) if !files.descriptors.has_room(self.held()) => Found::Full,
            (false, _) if files.open.count() >= MAX_OPEN => Found::Full,
            _ => Found::Continue,
        }
    }

    fn held(&self) -> usize {
        self.open.len() + self.settling.len()
    }

    /// Locks directories, as many as may be.
    fn open_some(&mut self, files: &Files) {
        self.settling
            .retain(|directory| directory.strong_count() > 0);
        for _ in 0..PORTION {
            if self.ended.is_empty() {
                break;
            }
            let Some(held) = files.descriptors.take(self.held()) else {
                break;
            };
            let Some(Ended { name, bytes }) = self.ended.pop_front() else {
                break;
            };
            let path = files.root.join(name);
            let locked = ClientDirectory::adopt(&files.disk, path, Some(held));
            let directory = locked.ok().flatten();
            let listed = directory.and_then(|it| Some((it.numbers(usize::MAX)?, it)));
            match listed {
                Some((mut numbers, directory)) if !numbers.is_empty() => {
                    numbers.sort_unstable_by(|a, b| b.cmp(a));
                    self.open.push(Open {
                        directory,
                        files: numbers,
                        bytes,
                    });
                }
                // Another process adopts them, or nothing is left.
                _ => files.counts().orphan_bytes -= bytes,
            }
        }
    }

    /// Adopts the files that are tasks, the oldest first, and sets the other files aside.
    fn adopt_some(&mut self, files: &Arc<Files>) -> Vec<Stored> {
        let mut adopted = Vec::new();
        for _ in 0..PORTION {
            if files.open.count() >= MAX_OPEN {
                break;
            }
            let oldest = |index: &usize| self.open[*index].files.last().copied();
            let Some(index) = (0..self.open.len()).min_by_key(oldest) else {
                break;
            };
            let open = &mut self.open[index];
            if let Some(number) = open.files.pop() {
                let (stored, size) = adopt(files, &open.directory, number);
                // The file may have changed since it was counted.
                let counted = size.min(open.bytes);
                open.bytes -= counted;
                let mut counts = files.counts();
                counts.orphan_bytes -= counted;
                if stored.is_some() {
                    counts.stats.adopted += 1;
                    counts.stats.tasks += 1;
                    counts.stats.bytes += size;
                }
                drop(counts);
                adopted.extend(stored);
            }
            if open.files.is_empty() {
                let Open {
                    directory, bytes, ..
                } = self.open.swap_remove(index);
                files.counts().orphan_bytes -= bytes;
                self.settling.push(Arc::downgrade(&directory));
            }
        }
        adopted
    }
}

/// Adopts a file if it is a task. Also returns the size of a file that may be one.
fn adopt(
    files: &Arc<Files>,
    directory: &Arc<ClientDirectory>,
    number: u64,
) -> (Option<Stored>, u64) {
    let path = directory.path(&name_of(number));
    let Ok(entry) = files.disk.look(&path) else {
        return (None, 0);
    };
    if entry.kind == Kind::File && entry.size == 0 {
        // Its process ended, or power failed, before anything of it was written. There is nothing to examine.
        let _ = files.disk.remove(&path);
        return (None, 0);
    }
    if !record::may_be(&entry) {
        files.set_aside(&path);
        return (None, 0);
    }
    let stored = match files.read(&path) {
        Ok(_) => {
            let stored = Stored::new(files.clone(), number, entry.size, directory.clone());
            Some(stored.adopted())
        }
        Err(Unread::Damaged) => {
            files.set_aside(&path);
            None
        }
        // Left on disk: a later search may be able to read it.
        Err(Unread::Missing | Unread::Failed(_)) => None,
    };
    (stored, entry.size)
}
