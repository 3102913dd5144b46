//! Tests that orphans count towards the size of the spool, and that no task waits for that for long.

use std::{
    path::Path,
    sync::{Arc, mpsc},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    simulated_disk::{Hook, SimulatedDisk},
    support::{adopt, crowd, spool},
};
use crate::spool::{Spool, Stored, record};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(10);

fn size() -> u64 {
    record::encode("key", b"body").len() as u64
}

/// Counts what can be counted in a moment.
fn count(spool: &Spool) {
    spool.count(Instant::now() + PATIENCE);
}

#[test]
fn counts_orphans_before_adding_tasks() {
    let disk = Arc::new(SimulatedDisk::default());
    let first = spool(&disk, 0, 2 * size(), false);
    let _stored = [first.store("key", b"body"), first.store("key", b"body")];
    // The process has ended.
    disk.inner().locked.clear();
    let second = spool(&disk, 9, 2 * size(), false);
    count(&second);
    assert!(second.store("key", b"body").is_none());
    assert_eq!(second.stats().tasks, 0, "none is taken over yet");
    let found = adopt(&second);
    assert_eq!((found.len(), second.stats().bytes), (2, 2 * size()));
    assert!(second.store("key", b"body").is_none());
    found.into_iter().for_each(Stored::remove);
    assert!(second.store("key", b"body").is_some());
}

/// The clock stands still, so that a slow machine does not end the wait.
#[tokio::test(start_paused = true)]
async fn the_first_task_waits_until_orphans_are_counted() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 100);
    let next = spool(&disk, 1 << 20, 100 * size(), false);
    next.begin_counting();
    assert!(next.store("key", b"body").is_none(), "full");
}

#[tokio::test]
async fn no_task_waits_for_a_slow_search() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 1);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    let (begun, has_begun) = mpsc::channel();
    let (stored, is_stored) = mpsc::channel();
    let (ended, has_ended) = mpsc::channel();
    let hook = move || {
        begun.send(()).unwrap();
        let _ = ended.send(is_stored.recv_timeout(PATIENCE));
    };
    disk.during_list(1, Hook(Box::new(hook)));
    next.begin_counting();
    has_begun.recv_timeout(PATIENCE).unwrap();
    assert!(next.store("key-1", b"body").is_some());
    assert!(next.store("key-2", b"body").is_some());
    stored.send(()).unwrap();
    assert_eq!(has_ended.recv().unwrap(), Ok(()));
}

/// The number of names that were listed, and of files that were looked at.
fn work(disk: &SimulatedDisk) -> (usize, usize) {
    let inner = disk.inner();
    (inner.listed, inner.looks)
}

#[test]
fn no_task_looks_for_orphans_and_the_count_is_short() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 5_000);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    let before = work(&disk);
    count(&next);
    let after = work(&disk);
    let (listed, looks) = (after.0 - before.0, after.1 - before.1);
    assert!(
        listed <= 2_010 && looks <= 1_010,
        "{listed} names, {looks} files"
    );
    let before = work(&disk);
    assert!(next.store("key", b"body").is_some());
    // It looks at the directories that it makes for itself, and at the names of others.
    let after = work(&disk);
    let (listed, looks) = (after.0 - before.0, after.1 - before.1);
    assert!(listed <= 2 && looks <= 10, "{listed} names, {looks} files");
    assert!(next.store("key", b"body").is_some());
    assert_eq!(work(&disk), after);
}

#[test]
fn stores_only_what_surely_fits_before_orphans_are_counted() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 1_500);
    let held = 1_500 * size();
    let full = spool(&disk, 1 << 20, held + size(), false);
    assert!(full.store("key", b"body").is_none(), "not known to fit");
    count(&full);
    assert!(full.store("key", b"body").is_none(), "not all are counted");
    let roomy = spool(&disk, 1 << 20, held + (80 << 10), false);
    let stored: Vec<_> = (0..1_000)
        .map_while(|_| roomy.store("key", b"body"))
        .collect();
    // What earlier processes have reserved, and not used, is up to 66 KiB.
    assert!(
        stored.len() as u64 > (14 << 10) / size() - 1,
        "{}",
        stored.len()
    );
    assert!(stored.len() as u64 <= (80 << 10) / size());
    let mut found = Vec::new();
    while found.len() < 1_500 {
        let more = adopt(&full);
        assert!(!more.is_empty());
        found.extend(more.into_iter().map(Stored::remove));
    }
    assert!(full.store("key", b"body").is_some(), "known now");
}

#[test]
fn takes_a_directory_that_tells_no_size_for_full_until_it_is_counted() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 1);
    let is_lock = |path: &Path| path.extension().is_some_and(|it| it == "lock");
    for (path, file) in &mut disk.inner().files {
        if is_lock(path) {
            file.content.clear();
        }
    }
    let next = spool(&disk, 1 << 20, 1 << 30, false);
    assert!(next.store("key", b"body").is_none());
    count(&next);
    assert!(next.store("key", b"body").is_some());
}

#[test]
fn looks_at_few_directories_for_the_first_task() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 600, 1);
    let next = spool(&disk, 1 << 20, 1 << 30, false);
    let before = work(&disk);
    assert!(next.store("key", b"body").is_none());
    let after = work(&disk);
    let (listed, looks) = (after.0 - before.0, after.1 - before.1);
    assert!(
        listed <= 1_010 && looks <= 510,
        "{listed} names, {looks} files"
    );
    // There is time to look at all of them on the other thread, and not to count them.
    next.count(Instant::now());
    assert!(next.store("key", b"body").is_some());
}

#[test]
fn has_room_again_when_another_process_has_adopted_what_it_counted() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 2, 1);
    let next = spool(&disk, 1 << 20, 2 * size(), false);
    count(&next);
    assert!(next.store("key", b"body").is_none(), "full");
    let other = spool(&disk, 1 << 30, u64::MAX, false);
    let found = adopt(&other);
    assert_eq!(found.len(), 2);
    found.into_iter().for_each(Stored::remove);
    assert!(adopt(&next).is_empty());
    assert!(next.store("key", b"body").is_some());
}
