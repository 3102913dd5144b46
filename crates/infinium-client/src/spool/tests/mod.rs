//! Tests the spool on a simulated disk, where a process ends or power fails at any operation, and on the disk of this
//! machine.

mod counting;
mod crashes;
mod limits;
mod orphans;
mod simulated_disk;
mod store;
mod support;
mod unusual;

pub(crate) use simulated_disk::{Hook, SimulatedDisk};
