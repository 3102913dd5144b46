//! One task on disk.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{EXTENSION, Record, Spool, home::Home};
use crate::{
    error::{Error, ErrorKind},
    log::Level,
};

/// A task on disk. It stays there until it is removed, whatever becomes of the process. There may be very many.
#[derive(Debug)]
pub(crate) struct Stored {
    spool: Arc<Spool>,
    number: u64,
    pub(super) size: u64,
    /// Whether there is no file of ours any more: it is gone, or was set aside.
    lost: AtomicBool,
    /// The directory, which stays locked.
    home: Arc<Home>,
}

/// Why a task was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// There is no such file any more.
    Gone,
    /// It is not what was written.
    Damaged,
    /// The disk or the process is in trouble, which says nothing about the file.
    Trouble(io::Error),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Gone,
            _ => Self::Trouble(error),
        }
    }
}

impl From<Unread> for Error {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Gone => {
                let message = "the task's file in the spool is gone";
                Self::new(ErrorKind::Unexpected, message)
            }
            Unread::Damaged => {
                let message = "the task's file in the spool is damaged, and was set aside";
                Self::new(ErrorKind::Unexpected, message)
            }
            // It is tried again, as if the platform had not answered.
            Unread::Trouble(error) => {
                let message = format!("the task's file in the spool cannot be read now: {error}");
                Self::new(ErrorKind::NotSent, message)
            }
        }
    }
}

impl Stored {
    pub(super) fn new(spool: Arc<Spool>, number: u64, size: u64, home: Arc<Home>) -> Self {
        Self {
            spool,
            number,
            size,
            lost: AtomicBool::new(false),
            home,
        }
    }

    /// The task. A file that is not what was written is set aside.
    pub(crate) fn read(&self) -> Result<Record, Unread> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(Unread::Gone);
        }
        let path = self.path();
        let read = self.spool.read(&path);
        match &read {
            Ok(_) => self.spool.lock().troubled = false,
            Err(Unread::Gone) => self.lost.store(true, Ordering::Relaxed),
            Err(Unread::Damaged) => {
                self.lost.store(true, Ordering::Relaxed);
                self.spool.set_aside(&path);
            }
            Err(Unread::Trouble(error)) => {
                let told = std::mem::replace(&mut self.spool.lock().troubled, true);
                if !told {
                    self.spool.log.line(Level::Warn, || {
                        let path = path.display();
                        format!("{path} cannot be read now, and is tried again later: {error}")
                    });
                }
            }
        }
        read
    }

    pub(super) fn path(&self) -> PathBuf {
        self.home.path(&name_of(self.number))
    }

    /// It is delivered, or will never be.
    pub(crate) fn remove(self) {
        let removed = match self.lost.load(Ordering::Relaxed) {
            true => Ok(()),
            false => self.spool.disk.remove(&self.path()),
        };
        self.spool.lock().release(self.size);
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
pub(super) fn name_of(number: u64) -> String {
    format!("{number:016x}{EXTENSION}")
}

/// The number of the file with this name, if it is one of ours.
pub(super) fn number_of(name: &str) -> Option<u64> {
    let number = u64::from_str_radix(name.strip_suffix(EXTENSION)?, 16).ok()?;
    (name_of(number) == name).then_some(number)
}
