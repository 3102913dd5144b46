//! The file operations that a spool needs.

use std::{
    fmt::Debug,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    ops::ControlFlow,
    path::Path,
    sync::Arc,
};

use super::descriptors::Descriptors;

/// What a write survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The end of the process.
    Written,
    /// A loss of power, too: the call waits for the disk.
    Synced,
}

/// Holds a lock until it is dropped, or the process is gone.
pub(crate) type FileLock = Box<dyn Lock>;

/// A lock file that this process has locked.
pub(crate) trait Lock: Debug + Send + Sync {
    /// Makes the file this long, with any content.
    fn set_length(&self, length: u64, durability: Durability) -> io::Result<()>;
}

/// What a name refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Directory,
    /// A symbolic link, or a file that may block when it is opened.
    Other,
}

/// The properties of a file, read without opening it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    /// The owner. Always the same value on Windows.
    pub(crate) owner: u32,
}

/// The file operations of a spool: as few as possible, so that a test can make each of them fail at any moment.
pub(crate) trait Disk: Debug + Send + Sync {
    /// Creates a directory and its parents, accessible only to this user. Existing directories are not an error.
    fn create_directory(&self, path: &Path) -> io::Result<()>;
    /// Removes a directory if it is empty.
    fn remove_directory(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a directory survive a power failure.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;
    /// Visits the names in a directory, until `visit` breaks. There may be millions.
    fn list(&self, path: &Path, visit: &mut dyn FnMut(String) -> ControlFlow<()>)
    -> io::Result<()>;
    /// Reads the properties of a file without following links.
    fn look(&self, path: &Path) -> io::Result<Entry>;
    /// Writes a new file, for this user only. `Synced` means that its content survives a loss of power, if
    /// its name does.
    fn write(&self, path: &Path, content: &[u8], durability: Durability) -> io::Result<()>;
    /// Reads a regular file, at most `max` bytes of it.
    fn read(&self, path: &Path, max: u64) -> io::Result<Vec<u8>>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Locks a file, and creates it if it is missing. Returns `None` if another process has locked it.
    fn lock(&self, path: &Path) -> io::Result<Option<FileLock>>;
    /// The descriptors of this process.
    fn descriptors(&self) -> Arc<Descriptors>;
}

/// Visits at most `max` names in a directory. Returns whether these are all.
pub(super) fn list_up_to(
    disk: &dyn Disk,
    path: &Path,
    max: usize,
    mut visit: impl FnMut(String),
) -> io::Result<bool> {
    let mut room = max;
    let mut all = true;
    disk.list(path, &mut |name| {
        if room == 0 {
            all = false;
            return ControlFlow::Break(());
        }
        room -= 1;
        visit(name);
        ControlFlow::Continue(())
    })?;
    Ok(all)
}

/// The file system of this machine.
#[derive(Debug)]
pub(crate) struct LocalDisk;

impl Disk for LocalDisk {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        // Windows cannot open a directory, and does not need this.
        if cfg!(unix) {
            File::open(path)?.sync_all()?;
        }
        Ok(())
    }

    fn list(
        &self,
        path: &Path,
        visit: &mut dyn FnMut(String) -> ControlFlow<()>,
    ) -> io::Result<()> {
        for entry in fs::read_dir(path)? {
            // Our names are UTF-8, so other names are not ours.
            if let Ok(name) = entry?.file_name().into_string()
                && visit(name).is_break()
            {
                break;
            }
        }
        Ok(())
    }

    fn look(&self, path: &Path) -> io::Result<Entry> {
        let metadata = fs::symlink_metadata(path)?;
        let kind = match metadata.file_type() {
            kind if kind.is_file() => Kind::File,
            kind if kind.is_dir() => Kind::Directory,
            _ => Kind::Other,
        };
        #[cfg(unix)]
        let owner = std::os::unix::fs::MetadataExt::uid(&metadata);
        #[cfg(not(unix))]
        let owner = 0;
        Ok(Entry {
            kind,
            size: metadata.len(),
            owner,
        })
    }

    fn write(&self, path: &Path, content: &[u8], durability: Durability) -> io::Result<()> {
        let mut file = private(OpenOptions::new().write(true).create_new(true)).open(path)?;
        file.write_all(content)?;
        if durability == Durability::Synced {
            file.sync_data()?;
        }
        Ok(())
    }

    fn read(&self, path: &Path, max: u64) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        let file = File::open(path)?;
        content.reserve_exact(file.metadata()?.len().min(max) as usize);
        file.take(max).read_to_end(&mut content)?;
        Ok(content)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<FileLock>> {
        // Opening anything else may block forever.
        if self.look(path).is_ok_and(|entry| entry.kind != Kind::File) {
            return Err(io::Error::other("it is not a regular file"));
        }
        let options = &mut OpenOptions::new();
        let file = private(options.write(true).create(true).truncate(false)).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn descriptors(&self) -> Arc<Descriptors> {
        Descriptors::of_process()
    }
}

impl Lock for File {
    fn set_length(&self, length: u64, durability: Durability) -> io::Result<()> {
        self.set_len(length)?;
        match durability {
            Durability::Written => Ok(()),
            Durability::Synced => self.sync_data(),
        }
    }
}

/// Only this user may read the file, because traces may contain anything.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
