//! Orphans: tasks of processes that have ended.

use std::{mem, path::Path, sync::Arc};

use super::{
    client_directory::{ClientDirectory, owner},
    disk::Kind,
    files::{CORRUPT, Files, Unread, name_of, number_of},
    record,
    stored::Stored,
};
use infinium_core::Level;

/// The state of the search for orphans.
#[derive(Debug, Default)]
pub(super) enum Orphans {
    #[default]
    Unknown,
    /// Counted and locked, but not adopted yet.
    Counted(Vec<Orphan>),
    Adopted,
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
    /// Finds and counts the orphans before any task is added. Reads no file content.
    pub(super) fn count(&mut self, files: &Files) {
        if matches!(self, Self::Unknown) {
            *self = Self::Counted(find(files));
        }
    }

    /// Takes the orphans. The next call finds those that have appeared since.
    pub(super) fn take(&mut self, files: &Files) -> Vec<Orphan> {
        match mem::replace(self, Self::Adopted) {
            Self::Counted(orphans) => orphans,
            Self::Unknown | Self::Adopted => find(files),
        }
    }
}

/// Locks the directories of processes that have ended, and lists their files, the oldest first.
fn find(files: &Files) -> Vec<Orphan> {
    // A missing directory has no orphans. A disk that fails now may work later.
    let mut names = files.disk.list(&files.root).unwrap_or_default();
    names.retain(|name| name != CORRUPT && !ClientDirectory::is_lock(name));
    if names.is_empty() {
        return Vec::new();
    }
    let own = match owner(&files.disk, &files.root) {
        Ok(own) => own,
        Err(problem) => {
            files.report_refusal(&problem);
            return Vec::new();
        }
    };
    let mut orphans = Vec::new();
    for name in names {
        let path = files.root.join(name);
        match files.disk.look(&path) {
            Ok(entry) if entry.kind == Kind::Directory && entry.owner == own => {
                list(files, &path, &mut orphans);
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
    orphans
}

/// Lists the files of one client, unless its process is still running.
fn list(files: &Files, path: &Path, orphans: &mut Vec<Orphan>) {
    let Ok(Some(directory)) = ClientDirectory::adopt(&files.disk, path.to_path_buf()) else {
        return;
    };
    for number in directory.names().iter().filter_map(|name| number_of(name)) {
        // A file that is gone or is not a task needs no room. Reading it later shows which.
        let entry = files.disk.look(&directory.path(&name_of(number)));
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
