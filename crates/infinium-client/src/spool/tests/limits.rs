//! Tests how the spool limits its use of the disk, the log, and the shared thread.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use super::{
    simulated_disk::{Hook, SimulatedDisk},
    support::spool,
};
use crate::spool::{Found, Spool, SpoolOptions, Stored, record};
use infinium_core::{Level, Log, Logger};

fn size() -> u64 {
    record::encode("key", b"body").len() as u64
}

#[test]
fn reports_a_burst_once_even_if_some_of_it_fits() {
    let lines = Arc::new(AtomicUsize::new(0));
    let reported = lines.clone();
    let logger = Logger::new(Level::Warn, move |_, _| {
        reported.fetch_add(1, Ordering::Relaxed);
    });
    let log = Log(Some(logger));
    let disk = Arc::new(SimulatedDisk::default());
    let max = 10 * size();
    let options = SpoolOptions {
        directory: Path::new("/spool"),
        destination: "agent",
        max_bytes: max,
        sync: false,
        first_number: 0,
        notices: infinium_core::Notices::none(),
    };
    let spool = Spool::new(disk, &options, log);
    let spool = Arc::new(spool);
    let mut open = Vec::new();
    let mut fill = || {
        while let Some(stored) = spool.store("key", b"body") {
            open.push(stored);
        }
        open.pop().unwrap().remove();
        (lines.load(Ordering::Relaxed), std::mem::take(&mut open))
    };
    let (reported, mut first) = fill();
    assert_eq!(reported, 1);
    first.pop().unwrap().remove();
    let (reported, mut second) = fill();
    assert_eq!(reported, 1);
    first.append(&mut second);
    first.into_iter().for_each(Stored::remove);
    assert_eq!(fill().0, 2, "another burst");
}

#[test]
fn answers_while_the_disk_is_busy() {
    let disk = Arc::new(SimulatedDisk::default());
    let spool = spool(&disk, 0, u64::MAX, false);
    let (sender, receiver) = mpsc::channel();
    let other = spool.clone();
    disk.inner().during_write = Some(Hook(Box::new(move || {
        let (answer, answered) = mpsc::channel();
        std::thread::spawn(move || answer.send(other.stats().tasks));
        let tasks = answered.recv_timeout(Duration::from_secs(5));
        let _ = sender.send(tasks);
    })));
    let _stored = spool.store("key", b"body").unwrap();
    assert_eq!(receiver.recv().unwrap(), Ok(1));
}

#[test]
fn runs_other_blocking_work_while_adopting_many_orphans() {
    let disk = Arc::new(SimulatedDisk::default());
    let first = spool(&disk, 0, u64::MAX, false);
    let stored: Vec<_> = (0..1_000)
        .map(|_| first.store("key", b"body").unwrap())
        .collect();
    drop((first, stored));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let spool = spool(&disk, 1 << 20, u64::MAX, false);
        let searching = tokio::spawn(async move {
            let mut adopted = Vec::new();
            loop {
                match spool.clone().search().await {
                    Found::Tasks(tasks) => adopted.extend(tasks),
                    Found::Continue => {}
                    Found::Full | Found::End => return adopted,
                }
            }
        });
        let mut turns = Vec::new();
        while !searching.is_finished() {
            let disk = disk.clone();
            let lookup = tokio::task::spawn_blocking(move || disk.inner().reads);
            turns.push(lookup.await.unwrap());
        }
        let between = turns.iter().filter(|&&reads| reads > 0 && reads < 1_000);
        assert!(between.count() > 0, "{turns:?}");
        assert_eq!(searching.await.unwrap().len(), 1_000);
    });
}
