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
    };
    Arc::new(Spool::new(disk.clone(), &options, Log::default()))
}
