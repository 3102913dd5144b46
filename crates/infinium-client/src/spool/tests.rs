//! Tests the spool on a simulated disk, where a process ends or power fails at any operation.

mod limits;
mod simulated_disk;
mod unusual;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    LocalDisk, Record, Spool, SpoolOptions, Stored,
    disk::Disk,
    files::{CORRUPT, Unread, name_of},
    record,
};
use crate::stats::SpoolStats;
use infinium_core::{Level, Log};
use simulated_disk::{Hook, SimulatedDisk};

/// Adopts orphans on this thread.
fn adopt(spool: &Spool) -> Vec<Stored> {
    spool.adopt_here()
}

fn spool(disk: &Arc<SimulatedDisk>, first_number: u64, max_bytes: u64, sync: bool) -> Arc<Spool> {
    let options = SpoolOptions {
        directory: Path::new("/spool"),
        destination: "agent",
        max_bytes,
        sync,
        first_number,
    };
    Arc::new(Spool::new(disk.clone(), &options, Log::default()))
}

/// The expected state of all tasks of all processes so far.
#[derive(Default)]
struct Known {
    bodies: BTreeMap<String, Vec<u8>>,
    /// Tasks whose `store` has returned.
    accepted: BTreeSet<String>,
    /// Tasks whose `remove` has begun, and tasks whose `remove` has returned.
    confirmed: BTreeSet<String>,
    removed: BTreeSet<String>,
}

/// Runs one process: it adopts the existing tasks, then performs random operations from `rng` until it ends.
fn live(
    disk: &Arc<SimulatedDisk>,
    first: u64,
    sync: bool,
    rng: &mut fastrand::Rng,
    known: &mut Known,
) {
    let spool = spool(disk, first, u64::MAX, sync);
    let mut open: Vec<(String, Stored)> = Vec::new();
    for stored in adopt(&spool) {
        // An incomplete task was set aside before. So this task is complete, unless the process has ended.
        if let Ok(record) = stored.read() {
            assert_eq!(known.bodies.get(&record.key), Some(&record.body));
            assert!(
                open.iter().all(|(key, _)| *key != record.key),
                "found twice"
            );
            open.push((record.key, stored));
        }
    }
    for _ in 0..rng.usize(1..12) {
        if disk.inner().ended {
            break;
        }
        if open.is_empty() || rng.bool() {
            let key = format!("{:08x}", rng.u32(..));
            let body: Vec<u8> = (0..rng.usize(0..60)).map(|_| rng.u8(..)).collect();
            known.bodies.insert(key.clone(), body.clone());
            if let Some(stored) = spool.store(&key, &body) {
                known.accepted.insert(key.clone());
                open.push((key, stored));
            }
        } else {
            let (key, stored) = open.swap_remove(rng.usize(0..open.len()));
            known.confirmed.insert(key.clone());
            stored.remove();
            if !disk.inner().ended {
                known.removed.insert(key);
            }
        }
    }
    // The process is killed: none of its code runs any more.
    disk.inner().ended = true;
}

/// Returns the tasks that a process finds at the end, when nothing fails any more.
fn recover(disk: &Arc<SimulatedDisk>) -> (Vec<Record>, SpoolStats) {
    let spool = spool(disk, 1 << 40, u64::MAX, false);
    let found = adopt(&spool);
    let records = found.iter().map(|stored| stored.read().unwrap()).collect();
    let stats = spool.stats();
    for stored in found {
        stored.remove();
    }
    drop(spool);
    let inner = disk.inner();
    let left = inner
        .files
        .keys()
        .filter(|path| !path.starts_with("/spool"));
    assert_eq!(left.count(), 0);
    (records, stats)
}

/// Runs processes one after another, ends each at any operation, and checks which tasks remain.
fn survive(power_fails: bool, sync: bool, seeds: std::ops::Range<u64>) -> usize {
    let mut ends = 0;
    for seed in seeds {
        // Counts the operations of a run without failures.
        let operations = {
            let disk = Arc::new(SimulatedDisk::default());
            let mut rng = fastrand::Rng::with_seed(seed);
            live(&disk, 0, sync, &mut rng, &mut Known::default());
            disk.inner().operations
        };
        for end in 1..=operations {
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut known = Known::default();
            let mut disk = Arc::new(SimulatedDisk::default());
            for generation in 0..3 {
                // Between two power failures, a process may also just end.
                let power_fails = power_fails && (generation == 2 || rng.bool());
                {
                    let mut inner = disk.inner();
                    inner.ends_at = Some(if generation == 0 {
                        end
                    } else {
                        rng.usize(1..30)
                    });
                    inner.part = f64::from(end as u32 * 7 % 11) / 10.0;
                }
                live(&disk, generation << 20, sync, &mut rng, &mut known);
                disk = Arc::new(disk.after_the_end(power_fails, &mut rng));
                ends += 1;
            }
            let (found, stats) = recover(&disk);
            let keys: BTreeSet<_> = found.iter().map(|record| record.key.clone()).collect();
            assert_eq!(
                keys.len(),
                found.len(),
                "seed {seed}, end {end}: found twice"
            );
            for record in &found {
                assert_eq!(known.bodies.get(&record.key), Some(&record.body));
            }
            let kept = sync || !power_fails;
            for key in known.accepted.difference(&known.confirmed) {
                assert!(
                    !kept || keys.contains(key),
                    "seed {seed}, end {end}: {key} is lost"
                );
            }
            if !power_fails {
                for key in &known.removed {
                    assert!(!keys.contains(key), "seed {seed}, end {end}: {key} is back");
                }
            }
            assert_eq!(stats.adopted, found.len() as u64);
        }
    }
    ends
}

#[test]
fn loses_nothing_when_a_process_ends_at_any_operation() {
    assert!(survive(false, false, 0..400) >= 10_000);
}

#[test]
fn loses_nothing_durable_when_power_fails_at_any_operation() {
    assert!(survive(true, true, 0..400) >= 10_000);
}

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
fn never_adopts_an_incomplete_task_when_power_fails_at_any_operation() {
    survive(true, false, 0..400);
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
