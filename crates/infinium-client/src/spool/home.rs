//! A directory of one client.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use uuid::Uuid;

use super::disk::{Disk, Held};

/// What the name of the lock has more than that of the directory beside it.
const LOCK: &str = ".lock";

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
        disk.create_directory(root)?;
        // It is locked before it is there, so nobody takes it for one that was left. Nobody else
        // knows the name.
        let directory = root.join(Uuid::new_v4().simple().to_string());
        let home = Self::take_over(disk, directory)?
            .ok_or_else(|| io::Error::other("somebody else has locked it"))?;
        disk.create_directory(&home.directory)?;
        Ok(home)
    }

    /// The directory, unless another process has it.
    pub(super) fn take_over(
        disk: &Arc<dyn Disk>,
        directory: PathBuf,
    ) -> io::Result<Option<Arc<Self>>> {
        let lock = disk.lock(&lock_of(&directory))?;
        Ok(lock.map(|lock| {
            Arc::new(Self {
                disk: disk.clone(),
                directory,
                _lock: lock,
            })
        }))
    }

    /// Whether something under the root is a lock, not a directory.
    pub(super) fn is_lock(name: &str) -> bool {
        name.ends_with(LOCK)
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
        // Fails unless it is empty; then it is for the next process. A lock that is left without its
        // directory does no harm.
        if self.disk.remove_directory(&self.directory).is_ok() {
            let _ = self.disk.remove(&lock_of(&self.directory));
        }
    }
}

fn lock_of(directory: &Path) -> PathBuf {
    let mut path = directory.to_path_buf().into_os_string();
    path.push(LOCK);
    path.into()
}
