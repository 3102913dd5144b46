//! Tests what is stored, adopted, refused and removed.

#[cfg(unix)]
use std::path::Path;
use std::{path::PathBuf, sync::Arc};

use super::{
    simulated_disk::SimulatedDisk,
    support::{adopt, spool},
};
use crate::spool::{LocalDisk, Spool, SpoolOptions, Stored, disk::Disk, record};
use infinium_core::Log;

#[test]
fn refuses_durable_tasks_while_a_directory_cannot_be_synced() {
    let disk = Arc::new(SimulatedDisk::default());
    disk.inner().unsynced = Some(PathBuf::from("/"));
    // Its directory is new and may not be on the disk yet.
    let first = spool(&disk, 0, u64::MAX, true);
    assert!(first.store("key", b"body").is_none());
    // The same holds for files in adopted directories.
    let second = spool(&disk, 9, u64::MAX, true);
    assert!(second.store("key", b"body").is_some());
}

#[test]
fn sets_aside_what_it_cannot_read() {
    let disk = Arc::new(SimulatedDisk::default());
    let first = spool(&disk, 0, u64::MAX, false);
    let stored = first.store("key", b"body").unwrap();
    disk.inner()
        .files
        .get_mut(&stored.path())
        .unwrap()
        .content
        .truncate(9);
    let _other = first.store("other", b"body").unwrap();
    disk.inner().locked.clear();
    let second = spool(&disk, 9, u64::MAX, false);
    let found = adopt(&second);
    assert_eq!(found.len(), 1);
    assert_eq!((second.stats().adopted, second.stats().corrupted), (1, 1));
    let mut names = disk
        .inner()
        .files
        .clone()
        .into_keys()
        .map(|path| path.display().to_string());
    assert!(names.any(|name| name.contains("/corrupt/")));
    // It is examined only once.
    drop(found);
    disk.inner().locked.clear();
    let third = spool(&disk, 99, u64::MAX, false);
    assert_eq!((adopt(&third).len(), third.stats().corrupted), (1, 0));
}

#[test]
fn leaves_directories_that_another_process_has_locked() {
    let disk = Arc::new(SimulatedDisk::default());
    let first = spool(&disk, 0, u64::MAX, false);
    let stored = first.store("key", b"body").unwrap();
    let second = spool(&disk, 9, u64::MAX, false);
    assert_eq!(adopt(&second).len(), 0);
    drop((first, stored));
    assert_eq!(adopt(&second).len(), 1);
}

#[test]
fn refuses_tasks_that_do_not_fit_until_there_is_room() {
    let disk = Arc::new(SimulatedDisk::default());
    let size = record::encode("key", b"body").len() as u64;
    let spool = spool(&disk, 0, 2 * size, false);
    let first = spool.store("key", b"body").unwrap();
    let _second = spool.store("key", b"body").unwrap();
    assert!(spool.store("key", b"body").is_none());
    assert_eq!((spool.stats().tasks, spool.stats().bytes), (2, 2 * size));
    assert_eq!(spool.stats().refused, 1);
    first.remove();
    assert!(spool.store("key", b"body").is_some());
}

#[test]
fn removes_the_partial_file_when_the_disk_is_full() {
    let disk = Arc::new(SimulatedDisk::default());
    let spool = spool(&disk, 0, u64::MAX, false);
    let stored = spool.store("key", b"body").unwrap();
    let room: usize = disk
        .inner()
        .files
        .values()
        .map(|file| file.content.len())
        .sum();
    disk.inner().room = Some(room + 9);
    assert!(spool.store("key", b"body").is_none());
    assert_eq!(
        disk.inner()
            .files
            .values()
            .map(|file| file.content.len())
            .sum::<usize>(),
        room
    );
    disk.inner().room = None;
    assert!(spool.store("key", b"body").is_some());
    drop(stored);
}

#[test]
fn cleans_up_after_itself() {
    let disk = Arc::new(SimulatedDisk::default());
    let spool = spool(&disk, 0, u64::MAX, false);
    spool.store("key", b"body").unwrap().remove();
    assert_eq!(disk.inner().files.len(), 1, "the lock");
    drop(spool);
    assert_eq!(disk.inner().files.len(), 0);
}

#[test]
fn works_on_the_disk_of_this_machine() {
    let directory = std::env::temp_dir().join(format!("infinium-spool-{}", uuid::Uuid::new_v4()));
    let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
    let make = |first_number, sync| {
        let options = SpoolOptions {
            directory: &directory,
            destination: "agent",
            max_bytes: 1 << 20,
            sync,
            first_number,
            notices: infinium_core::Notices::none(),
        };
        Arc::new(Spool::new(disk.clone(), &options, Log::default()))
    };
    let first = make(0, true);
    let stored = first.store("key", b"body").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&stored.path()), 0o600);
        assert_eq!(mode(stored.path().parent().unwrap()), 0o700);
    }
    let second = make(9, false);
    assert_eq!(adopt(&second).len(), 0, "the first is still there");
    drop((first, stored));
    let found = adopt(&second);
    let record = found[0].read().unwrap();
    assert_eq!(
        (record.key.as_str(), record.body.as_slice()),
        ("key", &b"body"[..])
    );
    found.into_iter().for_each(Stored::remove);
    drop(second);
    let root = std::fs::read_dir(&directory)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    std::fs::remove_dir_all(&directory).unwrap();
}
