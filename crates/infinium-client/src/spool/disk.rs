//! What a spool wants from a file system.

use std::{
    fmt::Debug,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::Path,
};

/// Holds a lock until it is dropped, or the process is gone.
pub(crate) type Held = Box<dyn Debug + Send + Sync>;

/// The operations on files that a spool is made of: as few as possible, so that each can be made to fail
/// in a test, at any moment.
pub(crate) trait Disk: Debug + Send + Sync {
    /// Creates a directory, for this user only, and those above it. It may be there already.
    fn create_directory(&self, path: &Path) -> io::Result<()>;
    /// Removes a directory, if it is empty.
    fn remove_directory(&self, path: &Path) -> io::Result<()>;
    /// The names of what is in a directory.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
    /// Writes a new file, for this user only. `durably` means that it is there after a loss of power.
    fn write(&self, path: &Path, content: &[u8], durably: bool) -> io::Result<()>;
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Locks a file, which is created if need be; `None` if somebody else has locked it.
    fn lock(&self, path: &Path) -> io::Result<Option<Held>>;
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

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            // A name that is no text is none of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn write(&self, path: &Path, content: &[u8], durably: bool) -> io::Result<()> {
        let mut file = private(OpenOptions::new().write(true).create_new(true)).open(path)?;
        file.write_all(content)?;
        if durably {
            file.sync_data()?;
            sync_directories(path)?;
        }
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Held>> {
        let options = &mut OpenOptions::new();
        let file = private(options.write(true).create(true).truncate(false)).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Traces may hold anything: nobody else reads them.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// A new file is found after a loss of power only if the directories above it were written too, which may
/// be as new: those of the client, of its destination, and of the spool.
fn sync_directories(path: &Path) -> io::Result<()> {
    // Windows cannot open a directory, and needs no such thing.
    if cfg!(unix) {
        for directory in path.ancestors().skip(1).take(3) {
            File::open(directory)?.sync_all()?;
        }
    }
    Ok(())
}
