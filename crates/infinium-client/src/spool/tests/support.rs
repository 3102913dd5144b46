//! What the tests of the spool share.

use std::{path::Path, sync::Arc};

use super::simulated_disk::SimulatedDisk;
use crate::spool::{Spool, SpoolOptions, Stored};
use infinium_core::Log;

/// Adopts orphans on this thread.
pub(super) fn adopt(spool: &Spool) -> Vec<Stored> {
    spool.adopt_here()
}

pub(super) fn spool(
    disk: &Arc<SimulatedDisk>,
    first_number: u64,
    max_bytes: u64,
    sync: bool,
) -> Arc<Spool> {
    let options = SpoolOptions {
        directory: Path::new("/spool"),
        destination: "agent",
        max_bytes,
        sync,
        first_number,
        notices: infinium_core::Notices::none(),
    };
    Arc::new(Spool::new(disk.clone(), &options, Log::default()))
}

/// Leaves this many directories of ended processes behind, with this many tasks in each.
pub(super) fn crowd(disk: &Arc<SimulatedDisk>, directories: u64, tasks: u64) {
    for directory in 0..directories {
        let ended = spool(disk, directory * tasks, u64::MAX, false);
        let store = |task| ended.store(&format!("key-{}", directory * tasks + task), b"body");
        let stored: Vec<_> = (0..tasks).map(store).collect();
        assert!(stored.iter().all(Option::is_some));
    }
}
