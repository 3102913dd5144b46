//! Orphans: tasks of processes that have ended.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Weak},
};

use super::{
    census::Census,
    client_directory::{ClientDirectory, owner},
    disk::Kind,
    files::{CORRUPT, Files, Unread, name_of, number_of},
    record,
    stored::Stored,
};
use infinium_core::Level;

/// The maximum number of directories of ended processes whose locks are held at a time: each is a file descriptor.
const MAX_HELD: usize = 16;

/// The search for orphans, which goes through the directories in portions.
#[derive(Debug, Default)]
pub(super) struct Orphans {
    /// `None` between two searches.
    search: Option<Search>,
    /// The directories whose tasks are not settled yet.
    held: Vec<Weak<ClientDirectory>>,
    census: Census,
}

#[derive(Debug)]
struct Search {
    /// The user of this process.
    own: u32,
    /// The directories that have not been looked at.
    names: VecDeque<String>,
}

/// What a step of the search has found.
#[derive(Debug)]
pub(super) struct Portion {
    /// The oldest first.
    pub(super) orphans: Vec<Orphan>,
    /// Whether there may be more, now or when the tasks of some directories are settled.
    pub(super) more: bool,
}

/// A file that may contain a task.
#[derive(Debug)]
pub(super) struct Orphan {
    number: u64,
    /// Size in bytes of the task; 0 if the file cannot be a task.
    size: u64,
    directory: Arc<ClientDirectory>,
}

impl Orphans {
    /// Counts for a short time what has not been adopted.
    pub(super) fn count(&mut self, files: &Files) {
        let found = self.census.step(files);
        files.counts().orphan_bytes += found;
    }

    /// Locks the directories of some processes that have ended, and lists their files. Begins a new search if the last
    /// one has ended.
    pub(super) fn next(&mut self, files: &Files) -> Portion {
        self.held.retain(|directory| directory.strong_count() > 0);
        let mut orphans = Vec::new();
        if self.search.is_none() {
            self.search = Search::begin(files);
        }
        let Some(Search { own, names }) = &mut self.search else {
            let more = false;
            return Portion { orphans, more };
        };
        while self.held.len() < MAX_HELD {
            let Some(name) = names.pop_front() else {
                self.search = None;
                break;
            };
            let path = files.root.join(&name);
            match files.disk.look(&path) {
                Ok(entry) if entry.kind == Kind::Directory && entry.owner == *own => {
                    let counted = self.census.adopted(&name);
                    files.counts().orphan_bytes -= counted;
                    if let Some(directory) = list(files, &path, &mut orphans) {
                        self.held.push(Arc::downgrade(&directory));
                    }
                }
                Ok(entry) if entry.kind == Kind::Directory => files.log.line(Level::Warn, || {
                    let path = path.display();
                    format!("{path} belongs to another user: its tasks are not sent")
                }),
                // Not a directory, so not a client's directory.
                _ => {}
            }
        }
        orphans.sort_by_key(|orphan| orphan.number);
        files.counts().orphan_bytes += orphans.iter().map(|orphan| orphan.size).sum::<u64>();
        let more = self.search.is_some();
        Portion { orphans, more }
    }
}

impl Search {
    /// Lists the directories. Returns `None` if there is nothing to look at.
    fn begin(files: &Files) -> Option<Self> {
        // A missing directory has no orphans. A disk that fails now may work later.
        let mut names = files.disk.list(&files.root).unwrap_or_default();
        names.retain(|name| name != CORRUPT && !ClientDirectory::is_lock(name));
        if names.is_empty() {
            return None;
        }
        match owner(&files.disk, &files.root) {
            Ok(own) => Some(Self {
                own,
                names: names.into(),
            }),
            Err(problem) => {
                files.report_refusal(&problem);
                None
            }
        }
    }
}

/// Lists the files of one client, unless its process is still running. Returns the directory if there are any.
fn list(files: &Files, path: &Path, orphans: &mut Vec<Orphan>) -> Option<Arc<ClientDirectory>> {
    let adopted = ClientDirectory::adopt(&files.disk, path.to_path_buf());
    let directory = adopted.ok().flatten()?;
    let before = orphans.len();
    for number in directory.names().iter().filter_map(|name| number_of(name)) {
        // A file that is gone or is not a task needs no room. Reading it later shows which.
        let path = directory.path(&name_of(number));
        let entry = files.disk.look(&path);
        // The process ended while it wrote, so the task was never accepted.
        if entry
            .as_ref()
            .is_ok_and(|entry| entry.kind == Kind::File && entry.size == 0)
        {
            let _ = files.disk.remove(&path);
            continue;
        }
        let size = match entry {
            Ok(entry) if record::may_be(&entry) => entry.size,
            _ => 0,
        };
        orphans.push(Orphan {
            number,
            size,
            directory: directory.clone(),
        });
    }
    (orphans.len() > before).then_some(directory)
}

/// Adopts the files that are tasks, and sets the other files aside.
pub(super) fn adopt(files: &Arc<Files>, orphans: Vec<Orphan>) -> Vec<Stored> {
    let orphan_bytes: u64 = orphans.iter().map(|orphan| orphan.size).sum();
    let mut adopted = Vec::new();
    for Orphan {
        number,
        size,
        directory,
    } in orphans
    {
        let path = directory.path(&name_of(number));
        match files.read(&path) {
            Ok(_) => adopted.push(Stored::new(files.clone(), number, size, directory)),
            Err(Unread::Damaged) => files.set_aside(&path),
            // Left on disk: the next process may be able to read it.
            Err(Unread::Missing | Unread::Failed(_)) => {}
        }
    }
    let mut counts = files.counts();
    counts.orphan_bytes -= orphan_bytes;
    counts.stats.adopted += adopted.len() as u64;
    counts.stats.tasks += adopted.len() as u64;
    counts.stats.bytes += adopted.iter().map(|stored| stored.size).sum::<u64>();
    drop(counts);
    adopted
}
