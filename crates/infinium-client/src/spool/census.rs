//! Counts the tasks of processes that have ended before they are adopted, so that the spool stays within its size even
//! if processes are killed again and again.

use std::{collections::VecDeque, mem};

use tokio::time::Instant;

use super::{
    client_directory::{ClientDirectory, owner},
    disk::{Kind, list_up_to},
    files::Files,
    names::{CORRUPT, name_of},
    record,
};
use infinium_core::Level;

/// How much a step may do, because others wait for its thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// The maximum number of names in a directory. A larger directory is left for a step that may list it.
    pub(super) names: usize,
    /// The maximum number of files.
    pub(super) files: usize,
    /// The time at which the step ends, if there is one.
    pub(super) until: Option<Instant>,
}

/// Locking and listing a directory takes about as long as looking at this many files.
const DIRECTORY: usize = 16;

/// The directory of a process that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) name: String,
    /// The size of its tasks.
    pub(super) bytes: u64,
}

/// The count so far.
#[derive(Debug)]
pub(super) struct Census {
    /// The user of this process.
    own: u32,
    uncounted: Vec<String>,
    /// The directory that is being counted, and its files that have not been.
    current: Option<(Ended, Vec<u64>)>,
    counted: VecDeque<Ended>,
}

/// Why no count has begun.
#[derive(Debug)]
pub(super) enum NotBegun {
    /// There are no orphans, or they cannot be found.
    Nothing,
    /// There are more names than may be listed now.
    TooMany,
}

impl Census {
    /// Lists the directories that may be orphans. `own` is the user of this process, once it is known.
    pub(super) fn begin(
        files: &Files,
        own: &mut Option<u32>,
        max_names: usize,
    ) -> Result<Self, NotBegun> {
        let mut uncounted = Vec::new();
        let listed = list_up_to(&*files.disk, &files.root, max_names, |name| {
            if name != CORRUPT && !ClientDirectory::is_lock(&name) {
                uncounted.push(name);
            }
        });
        // A missing directory has no orphans. A disk that fails now may work later.
        if !listed.map_err(|_| NotBegun::Nothing)? {
            return Err(NotBegun::TooMany);
        }
        files.skip_kept(&mut uncounted);
        if uncounted.is_empty() {
            return Err(NotBegun::Nothing);
        }
        Ok(Self {
            own: user(files, own).ok_or(NotBegun::Nothing)?,
            uncounted,
            current: None,
            counted: VecDeque::new(),
        })
    }

    /// Counts within the budget. Returns the directories once all are counted.
    pub(super) fn step(&mut self, files: &Files, budget: Budget) -> Option<VecDeque<Ended>> {
        let mut rest = budget.files;
        while rest > 0 && budget.until.is_none_or(|until| Instant::now() < until) {
            let Some((ended, numbers)) = &mut self.current else {
                let Some(name) = self.uncounted.pop() else {
                    return Some(mem::take(&mut self.counted));
                };
                rest = rest.saturating_sub(DIRECTORY);
                if !self.open(files, &name, budget.names) {
                    self.uncounted.push(name);
                    return None;
                }
                continue;
            };
            let Some(number) = numbers.pop() else {
                let current = self.current.take();
                self.counted.extend(current.map(|(ended, _)| ended));
                continue;
            };
            rest -= 1;
            let path = files.root.join(&ended.name).join(name_of(number));
            // A file that is missing or is not a task needs no room. Reading it later shows which.
            if let Ok(entry) = files.disk.look(&path)
                && record::may_be(&entry)
            {
                ended.bytes += entry.size;
                files.counts().orphan_bytes += entry.size;
            }
        }
        None
    }

    /// Lists the files of one process if it has ended. Returns false if there are more than `max_names`.
    fn open(&mut self, files: &Files, name: &str, max_names: usize) -> bool {
        let path = files.root.join(name);
        match files.disk.look(&path) {
            Ok(entry) if entry.kind == Kind::Directory && entry.owner == self.own => {}
            Ok(entry) if entry.kind == Kind::Directory => {
                files.keep(&path);
                files.log.line(Level::Warn, || {
                    let path = path.display();
                    format!("{path} belongs to another user: its tasks are not sent")
                });
                return true;
            }
            // Not a directory, so not a client's directory.
            _ => return true,
        }
        // The lock is held only while the directory is listed: it is a file descriptor, and there may be very many.
        if let Ok(Some(directory)) = ClientDirectory::adopt(&files.disk, path, None) {
            let Some(numbers) = directory.numbers(max_names) else {
                return false;
            };
            let name = name.to_owned();
            self.current = Some((Ended { name, bytes: 0 }, numbers));
        }
        true
    }
}

/// Returns the user of this process if the directories may belong to it. Only the first search creates a file to find
/// out.
fn user(files: &Files, own: &mut Option<u32>) -> Option<u32> {
    let found = match *own {
        Some(own) => {
            let root = files.disk.look(&files.root).ok()?;
            return (root.owner == own).then_some(own);
        }
        None => owner(&files.disk, &files.root),
    };
    found
        .inspect_err(|problem| files.report_refusal(problem))
        .ok()
        .inspect(|found| *own = Some(*found))
}
