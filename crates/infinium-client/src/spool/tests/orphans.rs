//! Tests the search for tasks of processes that have ended: what it holds, and what it finds again.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex},
};

use futures_util::FutureExt;

use super::{
    simulated_disk::SimulatedDisk,
    support::{adopt, crowd, spool},
};
use crate::spool::{Spool, SpoolOptions, Stored};
use infinium_core::{Level, Log, Logger};

#[test]
fn holds_few_locks_however_many_processes_have_ended() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 100, 1);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    let mut keys = BTreeSet::new();
    while keys.len() < 100 {
        let found = adopt(&next);
        assert!(!found.is_empty() && found.len() <= 7);
        assert!(disk.inner().locked.len() <= 7);
        // Nothing more is taken while these are not settled.
        assert!(adopt(&next).is_empty());
        for stored in found {
            keys.insert(stored.read().unwrap().key);
            stored.remove();
        }
    }
    assert!(adopt(&next).is_empty());
    assert_eq!(disk.inner().locked.len(), 0);
}

#[test]
fn has_few_tasks_in_memory_however_many_a_process_has_left() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 2_500);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    let mut keys = Vec::new();
    while keys.len() < 2_500 {
        let found = adopt(&next);
        assert!(!found.is_empty() && found.len() <= 1_024);
        assert_eq!(next.stats().tasks, found.len() as u64);
        for stored in found {
            keys.push(stored.read().unwrap().key);
            stored.remove();
        }
    }
    let all: Vec<_> = (0..2_500).map(|task| format!("key-{task}")).collect();
    assert!(keys == all, "the oldest first, each once");
    assert_eq!((next.stats().adopted, next.stats().bytes), (2_500, 0));
}

#[test]
fn goes_on_when_half_of_the_adopted_tasks_are_settled() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 100, 1);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    let mut found = adopt(&next);
    let mut waiting = std::pin::pin!(next.room());
    assert!(waiting.as_mut().now_or_never().is_none());
    for _ in 0..3 {
        found.pop().unwrap().remove();
        assert!(waiting.as_mut().now_or_never().is_none());
    }
    found.pop().unwrap().remove();
    assert!(waiting.as_mut().now_or_never().is_some());
    assert_eq!(adopt(&next).len(), 4);
}

#[test]
fn all_clients_of_a_process_hold_few_locks() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 100, 1);
    let clients: Vec<_> = (1..=20)
        .map(|number| spool(&disk, number << 20, u64::MAX, false))
        .collect();
    let mut keys = BTreeSet::new();
    let mut most = 0;
    while keys.len() < 100 {
        let found: Vec<_> = clients.iter().map(|client| adopt(client)).collect();
        assert!(!found[0].is_empty());
        most = most.max(disk.inner().locked.len());
        for stored in found.into_iter().flatten() {
            assert!(keys.insert(stored.read().unwrap().key), "adopted once");
            stored.remove();
        }
    }
    assert_eq!(most, 14);
}

#[test]
fn a_client_goes_on_when_another_one_has_settled() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 30, 1);
    let clients: Vec<_> = (1..=5)
        .map(|number| spool(&disk, number << 20, u64::MAX, false))
        .collect();
    let mut found: Vec<_> = clients.iter().map(|client| adopt(client)).collect();
    let last = clients.last().unwrap();
    assert!(found.pop().unwrap().is_empty());
    let mut waiting = std::pin::pin!(last.room());
    assert!(waiting.as_mut().now_or_never().is_none());
    found[0].pop().unwrap().remove();
    assert!(waiting.as_mut().now_or_never().is_some());
    assert_eq!(adopt(last).len(), 1);
}

#[test]
fn does_not_find_again_what_it_leaves_to_other_processes() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 2, 2);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    // The platform refuses them for their credentials.
    assert_eq!(adopt(&next).len(), 4);
    assert!(adopt(&next).is_empty());
    let better = spool(&disk, 1 << 30, u64::MAX, false);
    let found = adopt(&better);
    assert_eq!(found.len(), 4);
    found.into_iter().for_each(Stored::remove);
}

#[test]
fn does_not_find_again_what_it_cannot_remove() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 2);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    disk.inner().keeps = true;
    let found = adopt(&next);
    assert_eq!(found.len(), 2);
    found.into_iter().for_each(Stored::remove);
    assert!(
        adopt(&next).is_empty(),
        "they would be sent again and again"
    );
}

#[test]
fn finds_a_task_again_that_could_not_be_read() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 1);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    disk.inner().read_error = Some(std::io::ErrorKind::PermissionDenied);
    assert!(adopt(&next).is_empty());
    disk.inner().read_error = None;
    assert_eq!(adopt(&next).len(), 1);
}

#[test]
fn reports_foreign_and_damaged_files_once_however_often_it_searches() {
    let lines = Arc::new(Mutex::new(0));
    let heard = lines.clone();
    let logger = Logger::new(Level::Warn, move |_, _| *heard.lock().unwrap() += 1);
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 2, 50);
    let is_task = |path: &Path| path.extension().is_some_and(|it| it == "task");
    let directories: BTreeSet<_> = {
        let inner = disk.inner();
        let tasks = inner.files.keys().filter(|path| is_task(path));
        tasks
            .map(|path| path.parent().unwrap().to_owned())
            .collect()
    };
    let [foreign, damaged] = [directories.first().unwrap(), directories.last().unwrap()];
    disk.inner().owners.insert(foreign.clone(), 7);
    for (path, file) in &mut disk.inner().files {
        if path.parent() == Some(damaged) {
            file.content.truncate(9);
        }
    }
    let options = SpoolOptions {
        directory: Path::new("/spool"),
        destination: "agent",
        max_bytes: u64::MAX,
        sync: false,
        first_number: 1 << 20,
        notices: infinium_core::Notices::none(),
    };
    let next = Arc::new(Spool::new(disk, &options, Log(Some(logger))));
    for _ in 0..3 {
        assert!(adopt(&next).is_empty());
    }
    assert_eq!(next.stats().corrupted, 50);
    assert_eq!(*lines.lock().unwrap(), 2);
}

#[test]
fn removes_empty_files() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 1, 2);
    for file in disk.inner().files.values_mut() {
        file.content.clear();
    }
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    assert!(adopt(&next).is_empty());
    let files = disk.inner().files.len();
    assert_eq!((next.stats().corrupted, files), (0, 0));
}

#[test]
fn unlocks_everything_when_the_client_is_closed() {
    let disk = Arc::new(SimulatedDisk::default());
    crowd(&disk, 20, 100);
    let next = spool(&disk, 1 << 20, u64::MAX, false);
    let found = adopt(&next);
    assert!(!found.is_empty());
    next.leave();
    drop(found);
    assert_eq!(disk.inner().locked.len(), 0);
    assert!(adopt(&next).is_empty());
}
