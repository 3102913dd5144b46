//! One task on disk.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    client_directory::ClientDirectory,
    files::{Files, Unread},
    names::name_of,
    open_tasks::OpenTask,
    record::Record,
};
use infinium_core::{Error, ErrorKind, Level};

/// A task on disk. It stays there until it is removed, even if the process ends. There may be very many.
#[derive(Debug)]
pub(crate) struct Stored {
    files: Arc<Files>,
    number: u64,
    pub(super) size: u64,
    /// Whether the file was removed, is gone or was set aside.
    lost: AtomicBool,
    /// Keeps the directory locked.
    directory: Arc<ClientDirectory>,
    /// For adopted tasks. Dropped after the directory, so that its lock is free when the search goes on.
    open: Option<OpenTask>,
}

impl From<Unread> for Error {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Missing => {
                let message = "the task's file in the spool is gone";
                Self::new(ErrorKind::Unexpected, message)
            }
            Unread::Damaged => {
                let message = "the task's file in the spool is damaged, and was set aside";
                Self::new(ErrorKind::Unexpected, message)
            }
            // The task is retried, as if the platform had not answered.
            Unread::Failed(error) => {
                let message = format!("the task's file in the spool cannot be read now: {error}");
                Self::new(ErrorKind::NotSent, message)
            }
        }
    }
}

impl Stored {
    pub(super) fn new(
        files: Arc<Files>,
        number: u64,
        size: u64,
        directory: Arc<ClientDirectory>,
    ) -> Self {
        Self {
            files,
            number,
            size,
            lost: AtomicBool::new(false),
            directory,
            open: None,
        }
    }

    /// Counts the task as open until it is settled.
    pub(super) fn adopted(mut self) -> Self {
        self.open = Some(self.files.open.add());
        self
    }

    /// Reads the task. Sets the file aside if its content differs from what was written.
    pub(crate) fn read(&self) -> Result<Record, Unread> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(Unread::Missing);
        }
        let path = self.path();
        let read = self.files.read(&path);
        match &read {
            Ok(_) => self.files.report_reading(&path, None),
            Err(Unread::Missing) => self.lost.store(true, Ordering::Relaxed),
            Err(Unread::Damaged) => {
                self.lost.store(true, Ordering::Relaxed);
                self.files.set_aside(&path);
            }
            Err(Unread::Failed(error)) => self.files.report_reading(&path, Some(error)),
        }
        read
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.path(&name_of(self.number))
    }

    /// The size of its file in bytes.
    pub(crate) fn size(&self) -> usize {
        usize::try_from(self.size).unwrap_or(usize::MAX)
    }

    /// Removes a task that is settled.
    pub(crate) fn remove(self) {
        let removed = match self.lost.load(Ordering::Relaxed) {
            true => Ok(()),
            false => self.files.disk.remove(&self.path()),
        };
        if removed.is_ok() {
            self.directory.release(self.size);
        }
        self.files.counts().release(self.size);
        self.lost.store(removed.is_ok(), Ordering::Relaxed);
        if let Err(error) = removed {
            self.files.log.line(Level::Warn, || {
                let path = self.path();
                format!(
                    "{} cannot be removed, so it may be sent again: {error}",
                    path.display()
                )
            });
        }
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        // It stays on disk for another process. Found again by this one, it would be sent again and again.
        if !*self.lost.get_mut() {
            self.files.keep(self.directory.directory());
        }
    }
}
