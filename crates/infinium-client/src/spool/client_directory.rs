//! The directory of one client.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    descriptors::Held,
    disk::{Disk, Durability, FileLock, list_up_to},
    names::number_of,
    reservation::Reservation,
};

/// The lock file is next to the directory and has the same name plus this suffix.
const LOCK: &str = ".lock";

/// A directory that this process has locked. On drop, it is removed if it is empty.
#[derive(Debug)]
pub(super) struct ClientDirectory {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    reservation: Reservation,
    /// Dropped after the directory is removed: until then, no other process may lock it.
    lock: FileLock,
    /// The descriptor of the lock of an ended process's directory, if it is held for more than a moment.
    _held: Option<Held>,
}

impl ClientDirectory {
    /// A new directory under `root`, which must belong to the user of this process.
    pub(super) fn create(
        disk: &Arc<dyn Disk>,
        root: &Path,
        durability: Durability,
    ) -> io::Result<Arc<Self>> {
        make_directory(disk, root, durability)?;
        owner(disk, root)?;
        // The lock exists before the directory, so no process adopts it as an orphan. No other process knows the
        // name.
        let created = Self::adopt(disk, new_name(root), None)?
            .ok_or_else(|| io::Error::other("another process has locked it"))?;
        // So that an estimate never fails because this process has ended between these operations.
        created.reserve(0, durability)?;
        make_directory(disk, &created.directory, durability)?;
        Ok(created)
    }

    /// Locks an existing directory. Returns `None` if another process has locked it.
    pub(super) fn adopt(
        disk: &Arc<dyn Disk>,
        directory: PathBuf,
        held: Option<Held>,
    ) -> io::Result<Option<Arc<Self>>> {
        let lock = disk.lock(&lock_of(&directory))?;
        Ok(lock.map(|lock| {
            Arc::new(Self {
                disk: disk.clone(),
                directory,
                reservation: Reservation::default(),
                lock,
                _held: held,
            })
        }))
    }

    /// Whether a name under the root is a lock file, not a directory.
    pub(super) fn is_lock(name: &str) -> bool {
        name.ends_with(LOCK)
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Reserves room for a file that is written next.
    pub(super) fn reserve(&self, size: u64, durability: Durability) -> io::Result<()> {
        self.reservation.add(&*self.lock, size, durability)
    }

    /// A file was removed.
    pub(super) fn release(&self, size: u64) {
        self.reservation.remove(size);
    }

    /// The numbers of the files in the directory that may be tasks: none if it cannot be listed, `None` if there are
    /// more than `max` names.
    pub(super) fn numbers(&self, max: usize) -> Option<Vec<u64>> {
        let mut numbers = Vec::new();
        let listed = list_up_to(&*self.disk, &self.directory, max, |name| {
            numbers.extend(number_of(&name));
        });
        listed.unwrap_or(true).then_some(numbers)
    }
}

impl Drop for ClientDirectory {
    fn drop(&mut self) {
        // Fails unless the directory is empty. The next process adopts the remaining files. A lock file without its
        // directory does no harm.
        if self.disk.remove_directory(&self.directory).is_ok() {
            let _ = self.disk.remove(&lock_of(&self.directory));
        }
    }
}

/// Returns the user who owns new files under `root`, found by creating a file.
///
/// # Errors
/// If `root` belongs to another user, who may have put any files there.
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

/// Creates a directory and its parents. `Synced` ones survive a loss of power.
pub(super) fn make_directory(
    disk: &Arc<dyn Disk>,
    path: &Path,
    durability: Durability,
) -> io::Result<()> {
    let is_missing = |path: &&Path| disk.look(path).is_err();
    let missing = path.ancestors().take_while(is_missing).count();
    disk.create_directory(path)?;
    if durability == Durability::Synced {
        for (index, above) in path.ancestors().skip(1).enumerate() {
            let synced = disk.sync_directory(above);
            // Existing parents are synced too, because a process may have ended between creating and syncing them.
            // Errors are ignored, because this process may lack the permission to open some of them.
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

/// The lock file of a directory.
pub(super) fn lock_of(directory: &Path) -> PathBuf {
    let mut path = directory.to_path_buf().into_os_string();
    path.push(LOCK);
    path.into()
}
