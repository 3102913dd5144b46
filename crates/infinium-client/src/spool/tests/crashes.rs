//! Ends processes, or the power, at every operation on the disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    simulated_disk::SimulatedDisk,
    support::{adopt, spool},
};
use crate::{
    spool::{Record, Stored},
    stats::SpoolStats,
};

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
fn never_adopts_an_incomplete_task_when_power_fails_at_any_operation() {
    survive(true, false, 0..400);
}
