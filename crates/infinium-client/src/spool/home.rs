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
    /// A new directory under `root`, which must belong to the user of this process.
    pub(super) fn create(
        disk: &Arc<dyn Disk>,
        root: &Path,
        durably: bool,
    ) -> io::Result<Arc<Self>> {
        make_directory(disk, root, durably)?;
        owner(disk, root)?;
        // It is locked before it is there, so nobody takes it for one that was left. Nobody else
        // knows the name.
        let home = Self::take_over(disk, new_name(root))?
            .ok_or_else(|| io::Error::other("somebody else has locked it"))?;
        make_directory(disk, &home.directory, durably)?;
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

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// The names of the files in it.
    pub(super) fn names(&self) -> Vec<String> {
        self.disk.list(&self.directory).unwrap_or_default()
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

/// The user whom new files under `root` belong to, which is told by making one.
///
/// # Errors
/// If `root` belongs to another: what is in there may be of anybody's making.
pub(super) fn owner(disk: &Arc<dyn Disk>, root: &Path) -> io::Result<u32> {
    let path = lock_of(&new_name(root));
    drop(disk.lock(&path)?);
    let own = disk.look(&path);
    let _ = disk.remove(&path);
    let own = own?.owner;
    if disk.look(root)?.owner != own {
        let message = "it belongs to another user";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
    }
    Ok(own)
}

/// Creates a directory and those above it. `durably` means that it is found after a loss of power.
pub(super) fn make_directory(disk: &Arc<dyn Disk>, path: &Path, durably: bool) -> io::Result<()> {
    let is_missing = |path: &&Path| disk.look(path).is_err();
    let missing = path.ancestors().take_while(is_missing).count();
    disk.create_directory(path)?;
    if durably {
        for (index, above) in path.ancestors().skip(1).enumerate() {
            let synced = disk.sync_directory(above);
            // A process may have ended between making one of the others and this, so they are synced too;
            // but not all of them need to be ours to open.
            if index < missing {
                synced?;
            }
        }
    }
    Ok(())
}

fn new_name(root: &Path) -> PathBuf {
    root.join(Uuid::new_v4().simple().to_string())
}

fn lock_of(directory: &Path) -> PathBuf {
    let mut path = directory.to_path_buf().into_os_string();
    path.push(LOCK);
    path.into()
}
