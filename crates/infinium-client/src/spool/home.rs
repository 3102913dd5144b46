//! A directory of one client.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use uuid::Uuid;

use super::disk::{Disk, Held};

const LOCK: &str = "lock";

/// A directory that this process has locked. It goes away when it is empty and nobody needs it.
#[derive(Debug)]
pub(super) struct Home {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    /// Dropped after everything else: nobody else is in here until then.
    _lock: Held,
}

impl Home {
    /// A new directory under `root`.
    pub(super) fn create(disk: &Arc<dyn Disk>, root: &Path) -> io::Result<Arc<Self>> {
        // Whoever looks for what others have left may find it before it is locked, and take it or
        // remove it: then the next one is ours.
        let mut attempts = 0;
        loop {
            attempts += 1;
            let directory = root.join(Uuid::new_v4().simple().to_string());
            let home = disk
                .create_directory(&directory)
                .and_then(|()| Self::take_over(disk, directory));
            match home {
                Ok(Some(home)) => return Ok(home),
                Err(error) if attempts == 3 => return Err(error),
                Ok(None) if attempts == 3 => {
                    return Err(io::Error::other("somebody else locks every directory"));
                }
                _ => {}
            }
        }
    }

    /// The directory, unless another process has it.
    pub(super) fn take_over(
        disk: &Arc<dyn Disk>,
        directory: PathBuf,
    ) -> io::Result<Option<Arc<Self>>> {
        let lock = disk.lock(&directory.join(LOCK))?;
        Ok(lock.map(|lock| {
            Arc::new(Self {
                disk: disk.clone(),
                directory,
                _lock: lock,
            })
        }))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The names of the files in it, the oldest first.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = self.disk.list(&self.directory).unwrap_or_default();
        names.sort();
        names
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // If anything fails here, the next process finds an empty directory and removes it.
        if self.names() == [LOCK] {
            let _ = self.disk.remove(&self.path(LOCK));
            let _ = self.disk.remove_directory(&self.directory);
        }
    }
}
