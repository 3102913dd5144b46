//! Tests files in the spool directory that are not tasks.

use std::{collections::BTreeMap, io, path::PathBuf, sync::Arc};

use super::{
    simulated_disk::{File, SimulatedDisk},
    support::{adopt, spool},
};
use crate::spool::{LocalDisk, Spool, SpoolOptions, disk::Disk, files::Unread, names::CORRUPT};
use infinium_core::Log;

/// A directory on this machine that is removed on drop.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("infinium-spool-{}", uuid::Uuid::new_v4());
        Self(std::env::temp_dir().join(name))
    }

    fn spool(&self, first: u64) -> Arc<Spool> {
        let options = SpoolOptions {
            directory: &self.0,
            destination: "agent",
            max_bytes: 1 << 20,
            sync: false,
            first_number: first,
            notices: infinium_core::Notices::none(),
        };
        Arc::new(Spool::new(Arc::new(LocalDisk), &options, Log::default()))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn make_fifo(path: &std::path::Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[cfg(unix)]
#[test]
fn adopts_tasks_despite_irregular_and_oversized_files() {
    use crate::spool::names::name_of;
    use std::{fs, os::unix::fs::symlink};

    let scratch = Scratch::new();
    let first = scratch.spool(0);
    let stored = first.store("key", b"body").unwrap();
    let directory = stored.path().parent().unwrap().to_path_buf();
    let root = directory.parent().unwrap().to_path_buf();
    make_fifo(&directory.join(name_of(1)));
    fs::create_dir(directory.join(name_of(2))).unwrap();
    symlink("nowhere", directory.join(name_of(3))).unwrap();
    symlink(stored.path(), directory.join(name_of(4))).unwrap();
    let sparse = fs::File::create(directory.join(name_of(5))).unwrap();
    sparse.set_len(2 << 30).unwrap();
    make_fifo(&root.join("fifo"));
    make_fifo(&root.join("locked.lock"));
    fs::create_dir(root.join("locked")).unwrap();
    drop((first, stored));

    let second = scratch.spool(9);
    let own = second.store("key", b"body");
    assert!(own.is_some(), "what can be no task takes no room");
    let found = adopt(&second);
    assert_eq!(found.len(), 1);
    assert_eq!(second.stats().corrupted, 5);
    assert_eq!(fs::read_dir(root.join(CORRUPT)).unwrap().count(), 5);
}

#[cfg(unix)]
#[test]
fn never_reads_a_task_file_that_was_replaced() {
    let scratch = Scratch::new();
    let spool = scratch.spool(0);
    let stored = spool.store("key", b"body").unwrap();
    std::fs::remove_file(stored.path()).unwrap();
    make_fifo(&stored.path());
    assert!(matches!(stored.read(), Err(Unread::Damaged)));
    assert_eq!(spool.stats().corrupted, 1);
}

#[test]
fn leaves_a_damaged_file_where_it_is_if_it_cannot_be_moved() {
    let scratch = Scratch::new();
    let spool = scratch.spool(0);
    let stored = spool.store("key", b"body").unwrap();
    let path = stored.path();
    let root = path.parent().unwrap().parent().unwrap();
    std::fs::write(root.join(CORRUPT), "").unwrap();
    std::fs::write(&path, "ruin").unwrap();
    assert!(matches!(stored.read(), Err(Unread::Damaged)));
    stored.remove();
    assert_eq!(std::fs::read(&path).unwrap(), b"ruin");
    assert_eq!((spool.stats().tasks, spool.stats().corrupted), (0, 1));
}

#[test]
fn creates_no_lock_next_to_a_foreign_file() {
    let scratch = Scratch::new();
    let first = scratch.spool(0);
    let stored = first.store("key", b"body").unwrap();
    let root = stored.path().parent().unwrap().parent().unwrap().to_owned();
    std::fs::write(root.join("notes"), "").unwrap();
    assert_eq!(adopt(&scratch.spool(9)).len(), 0);
    assert!(!root.join("notes.lock").exists());
}

#[test]
fn keeps_a_task_that_cannot_be_read_for_now() {
    let disk = Arc::new(SimulatedDisk::default());
    let spool = spool(&disk, 0, u64::MAX, false);
    let stored = spool.store("key", b"body").unwrap();
    disk.inner().read_error = Some(io::ErrorKind::PermissionDenied);
    let error = crate::Error::from(stored.read().unwrap_err());
    assert!(error.is_retryable_later(), "{error}");
    disk.inner().read_error = None;
    assert_eq!(stored.read().unwrap().body, b"body");
}

#[test]
fn fails_a_task_whose_file_is_missing() {
    let disk = Arc::new(SimulatedDisk::default());
    let spool = spool(&disk, 0, u64::MAX, false);
    let stored = spool.store("key", b"body").unwrap();
    disk.remove(&stored.path()).unwrap();
    let error = crate::Error::from(stored.read().unwrap_err());
    assert_eq!(error.kind(), crate::ErrorKind::Unexpected);
    stored.remove();
    assert_eq!((spool.stats().tasks, spool.stats().corrupted), (0, 0));
}

#[test]
fn never_removes_a_file_that_was_damaged() {
    let disk = Arc::new(SimulatedDisk::default());
    let spool = spool(&disk, 0, u64::MAX, false);
    let stored = spool.store("key", b"body").unwrap();
    let content = b"ruin".to_vec();
    let path = stored.path();
    disk.inner().files.get_mut(&path).unwrap().content = content.clone();
    let error = crate::Error::from(stored.read().unwrap_err());
    assert!(!error.is_retryable_later(), "{error}");
    assert!(stored.read().is_err());
    stored.remove();
    assert_eq!((spool.stats().tasks, spool.stats().corrupted), (0, 1));
    let kept = |file: &File| file.content == content;
    assert_eq!(disk.inner().files.values().filter(|it| kept(it)).count(), 1);
}

#[test]
fn takes_nothing_from_another_user() {
    let disk = Arc::new(SimulatedDisk::default());
    let first = spool(&disk, 0, u64::MAX, false);
    let stored = first.store("key", b"body").unwrap();
    let directory = stored.path().parent().unwrap().to_path_buf();
    drop((first, stored));

    disk.inner().owners.insert(directory.clone(), 7);
    let second = spool(&disk, 9, u64::MAX, false);
    assert_eq!(adopt(&second).len(), 0);
    let own = second.store("key", b"body").unwrap();
    own.remove();
    drop(second);

    let root = directory.parent().unwrap().to_path_buf();
    disk.inner().owners = BTreeMap::from([(root, 7)]);
    let third = spool(&disk, 99, u64::MAX, false);
    assert_eq!(adopt(&third).len(), 0);
    assert!(third.store("key", b"body").is_none());
    assert_eq!(third.stats().refused, 1);
    disk.inner().owners.clear();
    assert_eq!(adopt(&third).len(), 1);
}
