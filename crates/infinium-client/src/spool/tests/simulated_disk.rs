//! A file system in memory, where a process ends or power fails at any operation.

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use crate::spool::{
    descriptors::Descriptors,
    disk::{Disk, Durability, Entry, FileLock, Kind, Lock},
};

#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) content: Vec<u8>,
    /// Whether the content survives a power failure, and whether the name does.
    durable: bool,
    listed: bool,
}

impl File {
    /// What a power failure does to it depends on the draw and on its task. Names and keys are new in each run.
    fn chance(&self, draw: u64) -> fastrand::Rng {
        let task = self.content.splitn(4, |byte| *byte == b'\n').nth(3);
        let mut hasher = DefaultHasher::new();
        (draw, task).hash(&mut hasher);
        fastrand::Rng::with_seed(hasher.finish())
    }
}

/// A step of an operation.
pub(crate) struct Hook(pub(crate) Box<dyn FnOnce() + Send>);

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hook")
    }
}

/// Files in memory. At the given operation, the process ends or power fails.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimulatedDisk(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) files: BTreeMap<PathBuf, File>,
    /// Removed files, which a power failure may bring back.
    removed: BTreeMap<PathBuf, File>,
    /// The directories, and whether their names survive a power failure.
    directories: BTreeMap<PathBuf, bool>,
    /// The owners of directories that do not belong to this user.
    pub(super) owners: BTreeMap<PathBuf, u32>,
    /// The locks, and their holders.
    pub(super) locked: BTreeMap<PathBuf, usize>,
    pub(super) operations: usize,
    /// The number of the last operation.
    pub(super) ends_at: Option<usize>,
    /// The fraction of the last operation that is performed: from 0 to 1.
    pub(super) part: f64,
    pub(super) ended: bool,
    /// The capacity in bytes.
    pub(super) room: Option<usize>,
    /// The error that all reads return, if set.
    pub(super) read_error: Option<io::ErrorKind>,
    pub(super) reads: usize,
    /// The number of names that were listed, and of files that were looked at.
    pub(super) listed: usize,
    pub(super) looks: usize,
    /// Whether tasks cannot be removed.
    pub(super) keeps: bool,
    /// A directory that cannot be synced.
    pub(super) unsynced: Option<PathBuf>,
    pub(super) during_write: Option<Hook>,
    /// In this listing from now on.
    during_list: Option<(usize, Hook)>,
    descriptors: Arc<Descriptors>,
}

impl SimulatedDisk {
    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Calls this in one of the next listings.
    pub(crate) fn during_list(&self, number: usize, hook: Hook) {
        self.inner().during_list = Some((number, hook));
    }

    /// The process is killed: none of its operations works any more.
    pub(crate) fn end(&self) {
        self.inner().ended = true;
    }

    /// Returns the disk as the next process finds it.
    pub(crate) fn after_the_end(&self, power_failed: bool, rng: &mut fastrand::Rng) -> Self {
        let inner = self.inner();
        let mut files = inner.files.clone();
        let mut directories = inner.directories.clone();
        if power_failed {
            let draw = rng.u64(..);
            for (path, file) in &inner.removed {
                if file.chance(draw).bool() {
                    files.insert(path.clone(), file.clone());
                }
            }
            let mut chances: BTreeMap<PathBuf, u64> = BTreeMap::new();
            for (path, file) in files.clone() {
                let mut rng = file.chance(draw);
                for above in path.ancestors() {
                    *chances.entry(above.to_path_buf()).or_default() ^= rng.get_seed();
                }
                if file.durable {
                    if !file.listed && rng.bool() {
                        files.remove(&path);
                    }
                    continue;
                }
                match rng.u8(0..4) {
                    0 => drop(files.remove(&path)),
                    1 => files.get_mut(&path).unwrap().content.clear(),
                    2 => {
                        let cut = rng.usize(0..=file.content.len());
                        // Bytes that were not written read as zeros.
                        files.get_mut(&path).unwrap().content[cut..].fill(0);
                    }
                    _ => {}
                }
            }
            for (path, durable) in &inner.directories {
                let chance = chances.get(path).copied().unwrap_or(draw);
                if !durable && fastrand::Rng::with_seed(chance).bool() {
                    directories.retain(|other, _| !other.starts_with(path));
                }
            }
            files.retain(|path, _| directories.contains_key(path.parent().unwrap()));
            // The current content is on the disk.
            directories.values_mut().for_each(|durable| *durable = true);
        }
        Self(Arc::new(Mutex::new(Inner {
            files,
            directories,
            ..Inner::default()
        })))
    }
}

impl Inner {
    /// Returns the fraction of the next operation to perform, or an error if the process has ended.
    fn step(&mut self) -> io::Result<Option<f64>> {
        if self.ended {
            return Err(io::Error::other("the process has ended"));
        }
        self.operations += 1;
        if self.ends_at == Some(self.operations) {
            self.ended = true;
            return Ok(Some(self.part));
        }
        Ok(None)
    }

    /// Performs an operation completely or not at all.
    fn whole(&mut self, change: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        match self.step()? {
            None => change(self),
            Some(part) => {
                if part > 0.5 {
                    let _ = change(self);
                }
                Err(io::Error::other("the end"))
            }
        }
    }
}

fn is_task(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "task")
}

#[derive(Debug)]
struct SimulatedDiskLock(Arc<Mutex<Inner>>, usize, PathBuf);

impl Lock for SimulatedDiskLock {
    fn set_length(&self, length: u64, _durability: Durability) -> io::Result<()> {
        self.0.lock().unwrap().whole(|inner| {
            // The file may have been deleted.
            if let Some(file) = inner.files.get_mut(&self.2) {
                file.content.resize(length as usize, 0);
            }
            Ok(())
        })
    }
}

impl Drop for SimulatedDiskLock {
    fn drop(&mut self) {
        let holds = |by: &usize| *by == self.1;
        self.0.lock().unwrap().locked.retain(|_, by| !holds(by));
    }
}

impl Disk for SimulatedDisk {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        self.inner().whole(|inner| {
            for directory in path.ancestors() {
                let durable = directory.parent().is_none();
                let entry = inner.directories.entry(directory.to_path_buf());
                entry.or_insert(durable);
            }
            Ok(())
        })
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.inner().whole(|inner| {
            if inner.unsynced.as_deref() == Some(path) {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            if !inner.directories.contains_key(path) {
                return Err(io::ErrorKind::NotFound.into());
            }
            for (file, file_state) in &mut inner.files {
                file_state.listed |= file.parent() == Some(path);
            }
            for (directory, durable) in &mut inner.directories {
                *durable |= directory.parent() == Some(path);
            }
            Ok(())
        })
    }

    fn look(&self, path: &Path) -> io::Result<Entry> {
        let mut inner = self.inner();
        inner.looks += 1;
        if inner.ended {
            return Err(io::Error::other("the process has ended"));
        }
        let owner = inner.owners.get(path).copied().unwrap_or_default();
        let (kind, size) = match inner.files.get(path) {
            Some(file) => (Kind::File, file.content.len() as u64),
            None if inner.directories.contains_key(path) => (Kind::Directory, 0),
            None => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Entry { kind, size, owner })
    }

    fn remove_directory(&self, path: &Path) -> io::Result<()> {
        self.inner().whole(|inner| {
            if inner.files.keys().any(|file| file.parent() == Some(path)) {
                return Err(io::ErrorKind::DirectoryNotEmpty.into());
            }
            if inner.directories.remove(path).is_some() {
                return Ok(());
            }
            Err(io::ErrorKind::NotFound.into())
        })
    }

    fn list(
        &self,
        path: &Path,
        visit: &mut dyn FnMut(String) -> ControlFlow<()>,
    ) -> io::Result<()> {
        let hook = {
            let mut inner = self.inner();
            if let Some((number, _)) = &mut inner.during_list {
                *number -= 1;
            }
            inner.during_list.take_if(|(number, _)| *number == 0)
        };
        if let Some((_, Hook(hook))) = hook {
            hook();
        }
        let mut inner = self.inner();
        if inner.step()?.is_some() || !inner.directories.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let all = inner.files.keys().chain(inner.directories.keys());
        let below = all.filter(|file| file.parent() == Some(path));
        let names: Vec<_> = below
            .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        for name in names {
            inner.listed += 1;
            if visit(name).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn write(&self, path: &Path, content: &[u8], durability: Durability) -> io::Result<()> {
        let hook = self.inner().during_write.take();
        if let Some(Hook(hook)) = hook {
            hook();
        }
        let mut inner = self.inner();
        let part = inner.step()?;
        if !inner.directories.contains_key(path.parent().unwrap()) {
            return Err(io::ErrorKind::NotFound.into());
        }
        assert!(
            !inner.files.contains_key(path),
            "{} is there",
            path.display()
        );
        let tasks = inner.files.iter().filter(|(path, _)| is_task(path));
        let used: usize = tasks.map(|(_, file)| file.content.len()).sum();
        let fits = inner
            .room
            .map_or(content.len(), |room| room.saturating_sub(used));
        let end = match part {
            Some(part) => (content.len() as f64 * part) as usize,
            None => content.len(),
        };
        let written = &content[..end.min(fits)];
        let durable = durability == Durability::Synced && part.is_none();
        let file = File {
            content: written.to_vec(),
            durable,
            listed: false,
        };
        inner.files.insert(path.to_path_buf(), file);
        match part {
            None if fits >= content.len() => Ok(()),
            _ => Err(io::ErrorKind::StorageFull.into()),
        }
    }

    fn read(&self, path: &Path, _most: u64) -> io::Result<Vec<u8>> {
        let mut inner = self.inner();
        inner.reads += 1;
        if let Some(read_error) = inner.read_error {
            return Err(read_error.into());
        }
        match inner.step()? {
            None => inner.files.get(path).map(|file| file.content.clone()),
            Some(_) => None,
        }
        .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.inner().whole(|inner| {
            let file = inner.files.remove(from).ok_or(io::ErrorKind::NotFound)?;
            let listed = false;
            inner
                .files
                .insert(to.to_path_buf(), File { listed, ..file });
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.inner().whole(|inner| {
            if inner.keeps && is_task(path) {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            let file = inner.files.remove(path).ok_or(io::ErrorKind::NotFound)?;
            inner.removed.insert(path.to_path_buf(), file);
            Ok(())
        })
    }

    fn lock(&self, path: &Path) -> io::Result<Option<FileLock>> {
        let mut inner = self.inner();
        if inner.step()?.is_some() || !inner.directories.contains_key(path.parent().unwrap()) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let empty = File {
            content: Vec::new(),
            durable: true,
            listed: false,
        };
        inner.files.entry(path.to_path_buf()).or_insert(empty);
        if inner.locked.contains_key(path) {
            return Ok(None);
        }
        let by = inner.operations;
        inner.locked.insert(path.to_path_buf(), by);
        drop(inner);
        Ok(Some(Box::new(SimulatedDiskLock(
            self.0.clone(),
            by,
            path.to_path_buf(),
        ))))
    }

    fn descriptors(&self) -> Arc<Descriptors> {
        self.inner().descriptors.clone()
    }
}
